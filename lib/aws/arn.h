#ifndef LIB_AWS_ARN_H
#define LIB_AWS_ARN_H

#include <stdbool.h>

/* Whether ${s} can be the name of a table, or is the ARN of one (Amazon
 * DynamoDB Developer Guide, "Naming rules"). Pure. */
bool arn_is_table_name(const char *s);
bool arn_is_table(const char *s);

/* The account in the ARN ${s}, 12 digits, freed by the caller; NULL where there
 * is none, or no ARN. */
char *arn_account(const char *s);

#endif
