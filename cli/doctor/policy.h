#ifndef CLI_DOCTOR_POLICY_H
#define CLI_DOCTOR_POLICY_H

#include <stdbool.h>

struct buf;
struct fault;
struct log;
struct options;

/* The smallest IAM policy for one use of one table. */
struct policy {
	int use;               /* enum policy_use (cli/option/option.h) */
	const char *table_arn; /* indexes are never read */
	const char *stack_arn; /* of the stack that names it; NULL: none */
};

/* Add the policy, an indented JSON document, to ${out}. Pure. */
void policy_json(struct buf *out, const struct policy *p);

/* Whether ${s} is the name or ARN of one table: a policy for anything else
 * could be for all tables, or for none. Pure. */
bool policy_is_table(const char *s);

/* Replaces an unknown account. */
#define POLICY_ACCOUNT "${Account}"

struct policy_place {
	const char *service, *region;
	const char *account; /* NULL: POLICY_ACCOUNT */
};
/* Add the ARN of ${kind} ("table/" or "stack/") ${name}. Pure. */
void policy_arn(struct buf *out, const struct policy_place *at,
    const char *kind, const char *name);

/* doctor --policy: write the policy to standard output. */
int policy_print(const struct options *o, struct log *log, struct fault *f);

#endif
