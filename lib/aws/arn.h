#ifndef LIB_AWS_ARN_H
#define LIB_AWS_ARN_H

#include <stdbool.h>

/* Whether ${s} can be the name of a table, or is the ARN of one (Amazon
 * DynamoDB Developer Guide, "Naming rules"). Pure. */
bool arn_is_table_name(const char *s);
bool arn_is_table(const char *s);

/* What follows the ${n}th colon of ${s}, or NULL. Pure. */
const char *arn_part(const char *s, int n);
/* The account in the ARN ${s}, 12 digits, freed by the caller; or NULL. */
char *arn_account(const char *s);

#endif
