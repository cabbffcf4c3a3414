#include <stdlib.h>
#include <string.h>

#include "lib/aws/arn.h"
#include "lib/aws/config.h"
#include "lib/aws/query/query.h"
#include "lib/aws/query/stack.h"
#include "lib/aws/query/xml.h"
#include "lib/aws/refusal.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"

#define SERVICE "cloudformation"
#define DESCRIBE "DescribeStackResource"
#define DETAIL "DescribeStackResourceResult/StackResourceDetail"
#define SUMMARIES "ListStackResourcesResult/StackResourceSummaries/member"
#define PAGES_MAX 200 /* of ListStackResources; some 100 resources each */
#define LISTED 12     /* tables, and nested stacks, in a message */

/* What is asked, by whom. */
struct lookup {
	const struct aws_caller *caller;
	const char *stack, *logical;
};

/* Call ${action} with the stack's name and one more parameter (NULL: none). As
 * query_call. */
static int
call(const struct lookup *l, const char *action, const char *name,
    const char *value, struct query_reply *reply, struct fault *f)
{
	const struct query_param params[] = {
		{ "StackName", l->stack, false },
		{ name, value, false },
	};
	const struct query q = {
		.caller = *l->caller,
		.service = SERVICE,
		.action = action,
		.version = "2010-05-15",
		.params = params,
		.nparams = 2,
	};

	return query_call(&q, reply, f);
}

static bool
is_table(const char *type)
{
	return strcmp(type, "AWS::DynamoDB::Table") == 0 ||
	    strcmp(type, "AWS::DynamoDB::GlobalTable") == 0;
}

/* Whether a resource or stack of this status is being deleted, was, or was to
 * be deleted. */
static bool
is_going(const char *status)
{
	return strncmp(status, "DELETE", 6) == 0;
}

/* As xml_text, but "" when there is no such element. */
static const char *
text(const struct xml *at, const char *path)
{
	const char *s = xml_text(at, path);

	return s != NULL ? s : "";
}

/* The tables and nested stacks of a stack, for a message. */
struct contents {
	struct buf tables, nested;
	int ntables, nnested;
	char *first; /* logical name of the first table */
};

static void
add_listed(struct buf *out, int *n, const char *name, const char *of)
{
	if ((*n)++ >= LISTED)
		return;
	buf_addf(out, "%s%.255s", *n > 1 ? ", " : "", name);
	if (of[0] != '\0')
		buf_addf(out, " (%.255s)", of);
}

static void
add_contents(struct contents *c, const struct xml *reply)
{
	const struct xml *m = xml_find(reply, SUMMARIES);

	for (; m != NULL; m = xml_next(m)) {
		const char *type = text(m, "ResourceType");
		const char *name = text(m, "LogicalResourceId");
		const char *id = text(m, "PhysicalResourceId");

		if (is_going(text(m, "ResourceStatus")))
			continue;
		if (is_table(type)) {
			if (c->first == NULL)
				c->first = xstrdup(name);
			add_listed(&c->tables, &c->ntables, name, id);
		} else if (strcmp(type, "AWS::CloudFormation::Stack") == 0) {
			add_listed(&c->nested, &c->nnested, name, id);
		}
	}
}

/* All pages of ListStackResources. As query_call; a refusal is in ${reply}. */
static int
list_contents(const struct lookup *l, struct contents *c,
    struct query_reply *reply, struct fault *f)
{
	char *token = NULL;
	int r = 0;

	for (int page = 0; page < PAGES_MAX; page++) {
		const char *more;

		r = call(l, "ListStackResources", "NextToken", token, reply, f);
		if (r != 0)
			break;
		add_contents(c, reply->xml);
		more = text(reply->xml, "ListStackResourcesResult/NextToken");
		if (more[0] == '\0' ||
		    (token != NULL && strcmp(more, token) == 0))
			break;
		free(token);
		token = xstrdup(more);
		query_release(reply);
	}
	free(token);
	return r;
}

/* Add "; its DynamoDB tables are …" to ${out}. As query_call. */
static int
add_tables(struct buf *out, const struct lookup *l, struct query_reply *reply,
    struct fault *f)
{
	struct contents c = { 0 };
	int r = list_contents(l, &c, reply, f);

	if (r != 0)
		goto out;
	if (c.ntables == 0)
		buf_adds(out, "; it has no DynamoDB table");
	else if (c.ntables == 1)
		buf_addf(out,
		    "; its DynamoDB table is %s: give --logical-id %s",
		    buf_text(&c.tables), c.first);
	else
		buf_addf(out,
		    "; its DynamoDB tables are %s: give one of them with "
		    "--logical-id",
		    buf_text(&c.tables));
	if (c.ntables > LISTED)
		buf_addf(out, " (%d in all)", c.ntables);
	if (c.nnested > 0)
		buf_addf(out,
		    "; not looked into %s nested %s %s: for what is in there "
		    "give its ARN with --stack",
		    c.nnested == 1 ? "is the" : "are the",
		    c.nnested == 1 ? "stack" : "stacks", buf_text(&c.nested));
	if (c.nnested > LISTED)
		buf_addf(out, " (%d in all)", c.nnested);
out:
	buf_release(&c.tables);
	buf_release(&c.nested);
	free(c.first);
	return r;
}

/*
 * A missing stack and a missing resource are the same error and differ only in
 * its words; so see whether the stack can be listed. ${said} is the refusal.
 * Returns -1.
 */
static int
not_found(const struct lookup *l, const struct query_reply *said,
    struct fault *f)
{
	struct query_reply reply;
	struct buf tables = { 0 };
	int r = add_tables(&tables, l, &reply, f);

	if (r == 0)
		(void)fault(f, FAULT_NOT_FOUND, "stack %s has no resource %s%s",
		    l->stack, l->logical, buf_text(&tables));
	else if (r > 0 && strcmp(reply.code, "ValidationError") == 0)
		(void)fault(f, FAULT_NOT_FOUND,
		    "stack %s: not found in region %s (%s)", l->stack,
		    l->caller->config->region, said->message);
	else if (r > 0 && strncmp(reply.code, "AccessDenied", 12) == 0)
		(void)fault(f, FAULT_NOT_FOUND,
		    "%s; its tables cannot be listed "
		    "(cloudformation:ListStackResources is not allowed): give "
		    "the name of the table in the stack with --logical-id, or "
		    "the table with -t",
		    said->message);
	else if (r > 0)
		(void)query_refused(SERVICE, DESCRIBE, said, f);
	query_release(&reply);
	buf_release(&tables);
	return -1;
}

/* The resource is a ${type}: say so, and which tables there are. */
static int
not_a_table(const struct lookup *l, const char *type, struct fault *f)
{
	struct query_reply reply;
	struct buf tables = { 0 };

	(void)add_tables(&tables, l, &reply, NULL);
	(void)fault(f, FAULT_REFUSED,
	    "stack %s: %s is not a DynamoDB table but %.100s%s", l->stack,
	    l->logical, type, buf_text(&tables));
	query_release(&reply);
	buf_release(&tables);
	return -1;
}

/* Whether the resource is a table to work on. */
static int
check(const struct lookup *l, const struct xml *detail, struct fault *f)
{
	const char *type = text(detail, "ResourceType");
	const char *status = text(detail, "ResourceStatus");
	const char *id = text(detail, "PhysicalResourceId");

	if (type[0] == '\0')
		return fault(f, FAULT_DATA,
		    DESCRIBE ": the reply has no type for %s; check the "
			     "endpoint, and " REFUSAL_PROXY,
		    l->logical);
	if (!is_table(type))
		return not_a_table(l, type, f);
	if (is_going(status))
		return fault(f, FAULT_REFUSED,
		    "stack %s: table %s (%s) is %s: it is being or was "
		    "deleted; to work on it anyway, name it with -t",
		    l->stack, l->logical, id[0] != '\0' ? id : "no name",
		    status);
	if (id[0] == '\0')
		return fault(f, FAULT_REFUSED,
		    "stack %s: the table %s has no name yet (%s); try again "
		    "when the stack is complete",
		    l->stack, l->logical,
		    status[0] != '\0' ? status : "no status");
	if (!arn_is_table_name(id))
		return fault(f, FAULT_DATA,
		    "stack %s: %s is not a valid table name: %s", l->stack,
		    l->logical, id);
	return 0;
}

/*
 * The stack itself: its tables may be the last to be deleted. *${unsure}: it
 * may not be asked about, or does not exist.
 */
static int
check_stack(const struct lookup *l, bool *unsure, struct fault *f)
{
	struct query_reply reply;
	const char *status;
	int r = call(l, "DescribeStacks", NULL, NULL, &reply, f);

	*unsure = r > 0;
	status =
	    text(reply.xml, "DescribeStacksResult/Stacks/member/StackStatus");
	if (r == 0 && is_going(status))
		r = fault(f, FAULT_REFUSED,
		    "stack %s is %s: its tables are deleted with it; to work "
		    "on one anyway, name it with -t",
		    l->stack, status);
	query_release(&reply);
	return r < 0 ? -1 : 0;
}

/* arn:aws:cloudformation:REGION:… must be in our region. */
static int
check_region(const struct lookup *l, struct fault *f)
{
	const char *region = l->caller->config->region;
	const char *part = arn_part(l->stack, 3);
	size_t n = strlen(region);

	if (strncmp(l->stack, "arn:", 4) == 0 &&
	    (part == NULL || strncmp(part, region, n) != 0 || part[n] != ':'))
		return fault(f, FAULT_REFUSED,
		    "stack %s is not in region %s; give its region with "
		    "--region",
		    l->stack, region);
	return 0;
}

int
stack_find(const struct aws_caller *caller, const struct stack_ask *ask,
    struct stack_table *out, struct fault *f)
{
	const struct lookup l = { caller, ask->stack, ask->logical };
	const struct xml *detail;
	struct query_reply reply;
	int r;

	*out = (struct stack_table){ 0 };
	if (check_region(&l, f) != 0)
		return -1;
	r = call(&l, DESCRIBE, "LogicalResourceId", l.logical, &reply, f);
	if (r == 0) {
		detail = xml_find(reply.xml, DETAIL);
		r = check(&l, detail, f);
		if (r == 0)
			r = check_stack(&l, &out->unsure, f);
		if (r == 0) {
			out->table =
			    xstrdup(text(detail, "PhysicalResourceId"));
			out->stack = xstrdup(text(detail, "StackId"));
			out->status = xstrdup(text(detail, "ResourceStatus"));
		}
	} else if (r > 0 && strcmp(reply.code, "ValidationError") == 0) {
		r = not_found(&l, &reply, f);
	} else if (r > 0) {
		r = query_refused(SERVICE, DESCRIBE, &reply, f);
	}
	query_release(&reply);
	return r;
}

void
stack_release(struct stack_table *t)
{
	free(t->table);
	free(t->stack);
	free(t->status);
	*t = (struct stack_table){ 0 };
}
