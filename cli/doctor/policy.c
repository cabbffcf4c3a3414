#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/doctor/doctor.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "lib/aws/arn.h"
#include "lib/aws/credentials.h"
#include "lib/aws/endpoint.h"
#include "lib/aws/provider/provider.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/slice.h"

/*
 * The actions of each use. BatchExecuteStatement has none of its own: each
 * statement needs that of its verb. BatchGetItem tells a renewed entry from one
 * that is gone, and reads --keys-from. A purge uses DeleteItem, and a restore
 * PutItem, where batches are refused; restore undoes a repair by UpdateItem.
 * sts:GetCallerIdentity is always allowed.
 */
static const struct {
	const char *sid;
	const char *actions[8]; /* ends with NULL */
} uses[POLICY_USES] = {
	/* clang-format off */
	[POLICY_READ] = { "Read", { "dynamodb:BatchGetItem", "dynamodb:DescribeTable",
	    "dynamodb:DescribeTimeToLive", "dynamodb:Query",
	    "dynamodb:Scan" } },
	[POLICY_PURGE] = { "Purge", { "dynamodb:BatchGetItem", "dynamodb:DeleteItem",
	    "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive",
	    "dynamodb:PartiQLDelete", "dynamodb:Scan" } },
	[POLICY_RESTORE] = { "Restore", { "dynamodb:BatchGetItem", "dynamodb:DescribeTable",
	    "dynamodb:DescribeTimeToLive", "dynamodb:PartiQLInsert",
	    "dynamodb:PutItem", "dynamodb:UpdateItem" } },
	[POLICY_REPAIR] = { "Repair", { "dynamodb:BatchGetItem", "dynamodb:DescribeTable",
	    "dynamodb:DescribeTimeToLive", "dynamodb:Scan",
	    "dynamodb:UpdateItem" } },
	/* clang-format on */
};

static const char *const stack_actions[] = {
	"cloudformation:DescribeStackResource",
	"cloudformation:DescribeStacks",
	NULL,
};

bool
policy_is_table(const char *s)
{
	char account[13] = "";
	int prefix = 0;
	size_t n;

	if (strncmp(s, "arn:", 4) == 0) {
		(void)sscanf(s,
		    "arn:%*32[a-z-]:dynamodb:%*64[a-z0-9-]:%12[0-9]:table/%n",
		    account, &prefix);
		if (prefix == 0 || strlen(account) != 12)
			return false;
	}
	n = strspn(s + prefix,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_.-");
	return n > 0 && n <= 255 && s[(size_t)prefix + n] == '\0';
}

/* A Sid ("TtlsweepPurge") may contain only letters and digits. */
static void
add_statement(struct buf *out, const char *sid, const char *more,
    const char *const *actions, const char *resource)
{
	buf_addf(out,
	    "    {\n      \"Sid\": \"Ttlsweep%s%s\",\n"
	    "      \"Effect\": \"Allow\",\n      \"Action\": [",
	    sid, more);
	for (size_t i = 0; actions[i] != NULL; i++)
		buf_addf(out, "%s\n        \"%s\"", i > 0 ? "," : "",
		    actions[i]);
	buf_adds(out, "\n      ],\n      \"Resource\": ");
	slice_text_encode(out, resource, strlen(resource));
	buf_adds(out, "\n    }");
}

void
policy_json(struct buf *out, const struct policy *p)
{
	const char *sid = uses[p->use].sid;

	buf_adds(out,
	    "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n");
	add_statement(out, sid, "", uses[p->use].actions, p->table_arn);
	if (p->stack_arn != NULL) {
		buf_adds(out, ",\n");
		add_statement(out, sid, "Stack", stack_actions, p->stack_arn);
	}
	buf_adds(out, "\n  ]\n}\n");
}

void
policy_arn(struct buf *out, const struct policy_place *at, const char *kind,
    const char *name)
{
	buf_addf(out, "arn:%s:%s:%s:%s:%s%s", aws_partition(at->region),
	    at->service, at->region,
	    at->account != NULL ? at->account : POLICY_ACCOUNT, kind, name);
}

/*
 * What the options do not say is asked for: with -t, a region and
 * --expect-account no network is needed.
 */
struct target {
	struct doctor *d;
	char *table_arn;  /* from the service; NULL: unknown */
	char *account;    /* NULL: unknown, … */
	struct fault why; /* … for this reason */
};

/* -t must name one table, and of the expected account. */
static int
check_name(const struct options *o, struct fault *f)
{
	char *account = arn_account(o->table);
	int rc = 0;

	if (!policy_is_table(o->table))
		rc = fault(f, FAULT_USAGE,
		    "--table '%s': neither a table name nor a table ARN "
		    "(arn:aws:dynamodb:REGION:ACCOUNT:table/NAME)",
		    o->table);
	else if (account != NULL && o->expect_account != NULL &&
	    strcmp(account, o->expect_account) != 0)
		rc = fault(f, FAULT_REFUSED,
		    "table %s belongs to account %s, not to %s as "
		    "--expect-account says",
		    o->table, account, o->expect_account);
	free(account);
	return rc;
}

/* The account of the credentials, by themselves or by STS. */
static char *
account_of_keys(struct doctor *d, struct fault *f)
{
	struct aws_keyset keys;
	char *account = NULL;

	aws_credentials_get(d->c.credentials,
	    d->c.world->wall_ms(d->c.world->ctx) / 1000, &keys);
	if (keys.account != NULL)
		account = xstrdup(keys.account);
	aws_keyset_release(&keys);
	if (account == NULL && context_identity(&d->c, &d->who, f) == 0)
		account = xstrdup(d->who.account);
	return account;
}

/* Ask for the table's ARN, else for the account. */
static int
ask_service(struct target *t, struct fault *f)
{
	struct doctor *d = t->d;

	if (context_client(&d->c, option_table_from(d->c.o), &t->why) != 0)
		goto failed;
	if (d->c.o->stack != NULL) {
		if (context_stack(&d->c, f) != 0)
			return -1;
		d->name = d->c.stack.table;
		if (t->account == NULL)
			t->account = arn_account(d->c.stack.stack);
	}
	if (t->account != NULL)
		return 0;
	if (ddb_table_read(d->c.conn, d->name, &d->c.table, &t->why) == 0 &&
	    d->c.table.arn[0] != '\0') {
		t->table_arn = xstrdup(d->c.table.arn);
		t->account = arn_account(d->c.table.arn);
		return 0;
	}
	/* a table that does not exist may be created later */
	t->account = account_of_keys(d, &t->why);
	if (t->account != NULL)
		return 0;
failed:
	if (t->why.kind == FAULT_CANCELLED || d->c.o->stack != NULL) {
		*f = t->why;
		return -1;
	}
	return 0;
}

/* Add the ARN ${name}, or make that of the table or stack ${name}. */
static void
add_arn(struct buf *out, const struct target *t, const char *service,
    const char *kind, const char *name)
{
	const struct policy_place at = { service, t->d->c.config.region,
		t->account };

	if (strncmp(name, "arn:", 4) == 0)
		buf_adds(out, name);
	else
		policy_arn(out, &at, kind, name);
}

static void
add_policy(const struct target *t, struct buf *out)
{
	const char *stack = t->d->c.o->stack;
	struct buf arn = { 0 }, stack_arn = { 0 };
	struct policy p = { .use = t->d->c.o->policy };

	add_arn(&arn, t, "dynamodb", "table/",
	    t->table_arn != NULL ? t->table_arn : t->d->name);
	p.table_arn = buf_text(&arn);
	if (stack != NULL) {
		add_arn(&stack_arn, t, "cloudformation", "stack/", stack);
		/* with any id: a stack may be created again */
		if (strncmp(stack, "arn:", 4) != 0)
			buf_adds(&stack_arn, "/*");
		p.stack_arn = buf_text(&stack_arn);
	}
	policy_json(out, &p);
	buf_release(&arn);
	buf_release(&stack_arn);
}

int
policy_print(const struct options *o, struct log *log, struct fault *f)
{
	struct doctor d = { .c = { .o = o, .log = log }, .name = o->table };
	struct target t = { .d = &d };
	bool known = o->stack == NULL &&
	    (o->expect_account != NULL || strncmp(o->table, "arn:", 4) == 0);
	struct buf out = { 0 };
	int rc = -1;

	if (o->stack == NULL && check_name(o, f) != 0)
		return -1;
	if (context_locate(&d.c, NULL, f) != 0)
		goto out;
	if (o->expect_account != NULL)
		t.account = xstrdup(o->expect_account);
	if (!known && ask_service(&t, f) != 0)
		goto out;
	add_policy(&t, &out);
	rc = output_all(NULL, &out, f);
	if (rc == 0 && strstr(out.p, POLICY_ACCOUNT) != NULL)
		log_warn(log,
		    "the account is not known (%s); replace %s by its number, "
		    "or give it with --expect-account",
		    t.why.text, POLICY_ACCOUNT);
out:
	free(t.table_arn);
	free(t.account);
	buf_release(&out);
	doctor_release(&d);
	return rc;
}
