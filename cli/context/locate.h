#ifndef CLI_CONTEXT_LOCATE_H
#define CLI_CONTEXT_LOCATE_H

#include <stdbool.h>

struct aws_caller;
struct ddb_table;
struct fault;
struct options;
struct stack_table;
struct log;

/*
 * Which table the options mean, and whose it is.
 */

/* What --stack names, looked up; freed by stack_release. */
int locate_stack(const struct options *o, const struct aws_caller *caller,
    struct log *log, struct stack_table *out, struct fault *f);

/*
 * --expect-account: refused unless ${t} belongs to it, by its ARN, or where
 * that tells no account, as with servers on one's own machine, by what STS
 * says of the credentials. Without that option nothing is asked.
 */
int locate_account(const struct options *o, const struct aws_caller *caller,
    const struct ddb_table *t, struct fault *f);

/* Whether ${account} is one of AWS's, not that of a server of one's own. */
bool locate_is_account(const char *account);

#endif
