#include <stddef.h>
#include <string.h>

#include "cli/context/locate.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "lib/aws/identity.h"
#include "lib/aws/stack.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/table.h"

int
locate_stack(const struct options *o, const struct aws_caller *caller,
    struct log *log, struct stack_table *out, struct fault *f)
{
	const struct stack_ask ask = { o->stack, o->logical_id };

	if (stack_find(caller, &ask, out, f) != 0)
		return -1;
	if (out->unsure)
		log_warn(log,
		    "whether the stack %s is being deleted is not known: "
		    "cloudformation:DescribeStacks was refused",
		    o->stack);
	return 0;
}

bool
locate_is_account(const char *account)
{
	return account != NULL && strspn(account, "0123456789") == 12 &&
	    account[12] == '\0' && strcmp(account, "000000000000") != 0;
}

int
locate_account(const struct options *o, const struct aws_caller *caller,
    const struct ddb_table *t, struct fault *f)
{
	const char *expected = o->expect_account;
	struct fault why = { 0 };
	struct identity who;
	int rc = 0;

	if (expected == NULL || strcmp(t->account, expected) == 0)
		return 0;
	if (locate_is_account(t->account))
		return fault(f, FAULT_REFUSED,
		    "the table %s is of account %s, not of %s, which "
		    "--expect-account names: are these the right profile and "
		    "region?",
		    t->arn, t->account, expected);
	if (identity_ask(caller, &who, &why) != 0) {
		if (why.kind == FAULT_CANCELLED)
			*f = why;
		else
			(void)fault(f, FAULT_REFUSED,
			    "--expect-account %s: the table's ARN (%s) tells "
			    "no account, and STS could not say whose the "
			    "credentials are: %s",
			    expected, t->arn[0] != '\0' ? t->arn : "none",
			    why.text);
		return -1;
	}
	if (strcmp(who.account, expected) != 0)
		rc = fault(f, FAULT_REFUSED,
		    "the credentials (%s) are of account %s, not of %s, which "
		    "--expect-account names: is this the right profile?",
		    who.arn, who.account, expected);
	identity_release(&who);
	return rc;
}
