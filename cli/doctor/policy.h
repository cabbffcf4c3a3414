#ifndef CLI_DOCTOR_POLICY_H
#define CLI_DOCTOR_POLICY_H

#include <stdbool.h>

struct buf;
struct fault;
struct log;
struct options;

/*
 * The least IAM policy for one use of one table, to stand in place of
 * dynamodb:* on *. Pure.
 */
struct policy {
	int use;               /* enum policy_use (cli/option/option.h) */
	const char *table_arn; /* of the table; indexes are never read */
	const char *stack_arn; /* of the stack it is looked up in; NULL */
};

/* Add the policy, an indented JSON document, to ${out}. */
void policy_json(struct buf *out, const struct policy *p);

/* Whether ${s} is one table's name, or its ARN. A policy for anything else
 * could be one for all tables, or for none. */
bool policy_is_table(const char *s);

/* What stands for the account where nobody tells it. */
#define POLICY_ACCOUNT "${Account}"

/*
 * Add the ARN of ${kind} ("table/" or "stack/") ${name} of ${service} in
 * ${region} to ${out}; ${account} NULL: POLICY_ACCOUNT.
 */
struct policy_place {
	const char *service, *region, *account;
};
void policy_arn(struct buf *out, const struct policy_place *at,
    const char *kind, const char *name);

/* doctor --policy: the policy on standard output. */
int policy_print(const struct options *o, struct log *log, struct fault *f);

#endif
