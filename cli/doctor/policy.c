#include <stdlib.h>
#include <string.h>

#include "cli/doctor/doctor.h"
#include "cli/doctor/policy.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "lib/aws/arn.h"
#include "lib/aws/config.h"
#include "lib/aws/credentials.h"
#include "lib/aws/endpoint.h"
#include "lib/aws/provider/provider.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/slice.h"

/*
 * What each use calls. BatchExecuteStatement has no action of its own: each
 * statement needs that of its verb. BatchGetItem tells a renewed entry from
 * one that is gone, and reads --keys-from. DeleteItem is what a purge falls
 * back to where a batch is refused; restore puts back what repair changed
 * by UpdateItem. What sts:GetCallerIdentity tells is told to everybody.
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
	    "dynamodb:DescribeTimeToLive", "dynamodb:PutItem",
	    "dynamodb:UpdateItem" } },
	[POLICY_REPAIR] = { "Repair", { "dynamodb:BatchGetItem", "dynamodb:DescribeTable",
	    "dynamodb:DescribeTimeToLive", "dynamodb:Scan",
	    "dynamodb:UpdateItem" } },
	/* clang-format on */
};

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_MOST 255

/* Whether ${s} begins with one to ${most} characters of ${set} and ${end}: what
 * is behind; else NULL. */
static const char *
past(const char *s, const char *set, size_t most, char end)
{
	size_t n = strspn(s, set);

	return n > 0 && n <= most && s[n] == end ? s + n + 1 : NULL;
}

bool
policy_is_table(const char *s)
{
	const char *p = s;

	if (strncmp(s, "arn:", 4) == 0) {
		p = past(s + 4, LOWER "-", 32, ':');
		if (p == NULL || strncmp(p, "dynamodb:", 9) != 0)
			return false;
		p = past(p + 9, LOWER DIGITS "-", 64, ':');
		if (p == NULL || strspn(p, DIGITS) != 12 ||
		    strncmp(p + 12, ":table/", 7) != 0)
			return false;
		p += 12 + 7;
	}
	return past(p, LOWER UPPER DIGITS "_.-", NAME_MOST, '\0') != NULL;
}

static void
add_string(struct buf *out, const char *s)
{
	slice_text_encode(out, s, strlen(s));
}

/* "TtlsweepPurge": letters and digits are all that a Sid may hold. */
static void
add_head(struct buf *out, const char *sid, const char *more)
{
	buf_addf(out,
	    "    {\n      \"Sid\": \"Ttlsweep%s%s\",\n"
	    "      \"Effect\": \"Allow\",\n",
	    sid, more);
}

void
policy_json(struct buf *out, const struct policy *p)
{
	const char *sid = uses[p->use].sid;
	const char *const *actions = uses[p->use].actions;

	buf_adds(out,
	    "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n");
	add_head(out, sid, "");
	buf_adds(out, "      \"Action\": [");
	for (size_t i = 0; actions[i] != NULL; i++) {
		buf_adds(out, i > 0 ? ",\n        " : "\n        ");
		add_string(out, actions[i]);
	}
	buf_adds(out, "\n      ],\n      \"Resource\": ");
	add_string(out, p->table_arn);
	buf_adds(out, "\n    }");
	if (p->stack_arn != NULL) {
		buf_adds(out, ",\n");
		add_head(out, sid, "Stack");
		buf_adds(out,
		    "      \"Action\": [\n"
		    "        \"cloudformation:DescribeStackResource\",\n"
		    "        \"cloudformation:DescribeStacks\"\n"
		    "      ],\n      \"Resource\": ");
		add_string(out, p->stack_arn);
		buf_adds(out, "\n    }");
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
 * What a policy is made of is asked for only where the options do not tell
 * it: with -t, a region and --expect-account no network is needed.
 */

/* The ARN's parts, found out or not. */
struct target {
	struct doctor *d;
	char *table_arn; /* as the service says; NULL: to be put together */
	char *account;   /* NULL: not known */
	struct fault why;
};

/* What -t says must be one table, and of the account that is expected. */
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

/* Of the keys themselves, or of whom STS takes them for. */
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

/* The table's ARN from the service, else the account from elsewhere. */
static int
ask_service(struct target *t, struct fault *f)
{
	struct doctor *d = t->d;

	d->c.credentials = aws_credentials_open(&d->c.config, d->c.world,
	    provider_search, &t->why);
	if (d->c.credentials == NULL ||
	    context_client(&d->c, option_table_from(d->o), &t->why) != 0)
		goto failed;
	if (d->o->stack != NULL) {
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
	/* A table that is not there may be one that is to be made. */
	t->account = account_of_keys(d, &t->why);
	if (t->account != NULL)
		return 0;
failed:
	if (t->why.kind == FAULT_CANCELLED || d->o->stack != NULL) {
		*f = t->why;
		return -1;
	}
	return 0;
}

static void
add_policy(struct target *t, struct buf *out)
{
	struct doctor *d = t->d;
	const struct policy_place table = { "dynamodb", d->c.config.region,
		t->account };
	const struct policy_place stack = { "cloudformation",
		d->c.config.region, t->account };
	struct buf arn = { 0 }, stack_arn = { 0 };
	struct policy p = { .use = d->o->policy };

	if (t->table_arn != NULL)
		buf_adds(&arn, t->table_arn);
	else if (strncmp(d->name, "arn:", 4) == 0)
		buf_adds(&arn, d->name);
	else
		policy_arn(&arn, &table, "table/", d->name);
	p.table_arn = buf_text(&arn);
	/* The name's own part, whatever id it has: it may be made anew. */
	if (d->o->stack != NULL) {
		if (strncmp(d->o->stack, "arn:", 4) == 0)
			buf_adds(&stack_arn, d->o->stack);
		else
			policy_arn(&stack_arn, &stack, "stack/", d->o->stack);
		if (strncmp(d->o->stack, "arn:", 4) != 0)
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
	struct doctor d = { .o = o,
		.c = { .o = o, .log = log },
		.name = o->table };
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
