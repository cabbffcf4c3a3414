#include <string.h>

#include "cli/policy.h"
#include "lib/aws/config.h"
#include "lib/aws/endpoint.h"
#include "lib/base/buf.h"
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
