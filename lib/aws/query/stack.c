#include <stdlib.h>
#include <string.h>

#include "lib/aws/arn.h"
#include "lib/aws/config.h"
#include "lib/aws/query/identity.h"
#include "lib/aws/query/query.h"
#include "lib/aws/query/stack.h"
#include "lib/aws/query/xml.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include <stdbool.h>

struct xml_element;

/* The inside of the lookup, for stack.c and stack_list.c only. */

struct stack_lookup {
	const struct aws_caller *caller;
	const struct stack_ask *ask;
};

/* Call ${action} with the stack's name and ${more} (its name may be NULL). As
 * query_call, but that ${q} is what was asked, for query_refused. */
static int stack_call(const struct stack_lookup *l, struct query *q,
    const char *action, const struct query_param *more,
    struct query_reply *reply, struct fault *f);
static bool stack_is_table(const char *type);
/* Whether a resource (or stack) of this status is being deleted, was, or was
 * to be: no table to work on. */
static bool stack_is_going(const char *status);
/* xml_text, "" where there is nothing, also where ${at} is NULL. */
static const char *stack_text(const struct xml_element *at, const char *path);

/* ${what} is wrong with the resource: say so, and what tables there are.
 * Returns -1. */
static int stack_not_that(const struct stack_lookup *l, enum fault_kind kind,
    const char *what, struct fault *f);
/*
 * A missing stack and a missing resource are the same error, and only its
 * words differ: whether the stack can be listed tells. ${asked} and ${said}
 * are the question and its refusal. Returns -1.
 */
static int stack_not_found(const struct stack_lookup *l,
    const struct query *asked, const struct query_reply *said, struct fault *f);

#define SUMMARIES "ListStackResourcesResult/StackResourceSummaries/member"
#define PAGES_MAX 200 /* of ListStackResources; some 100 resources each */
#define LISTED 12     /* tables, and nested stacks, in a message */

/* What the stack has, as a message tells it. */
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
add_contents(struct contents *c, const struct xml_element *result)
{
	const struct xml_element *m = xml_find(result, SUMMARIES);

	for (; m != NULL; m = xml_next(m)) {
		const char *type = stack_text(m, "ResourceType");
		const char *name = stack_text(m, "LogicalResourceId");
		const char *id = stack_text(m, "PhysicalResourceId");

		if (stack_is_going(stack_text(m, "ResourceStatus")))
			continue;
		if (stack_is_table(type)) {
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
list_contents(const struct stack_lookup *l, struct contents *c,
    struct query_reply *reply, struct fault *f)
{
	char *token = NULL;
	int r = 0;

	for (int page = 0; page < PAGES_MAX; page++) {
		const struct query_param next = { "NextToken", token, false };
		const char *more;
		struct query q;

		r = stack_call(l, &q, "ListStackResources", &next, reply, f);
		if (r != 0)
			break;
		add_contents(c, xml_root(reply->xml));
		more = stack_text(xml_root(reply->xml),
		    "ListStackResourcesResult/NextToken");
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

static void
contents_release(struct contents *c)
{
	buf_release(&c->tables);
	buf_release(&c->nested);
	free(c->first);
}

/* "; its DynamoDB tables are …" */
static void
tell_contents(struct buf *out, const struct contents *c)
{
	if (c->ntables == 0)
		buf_adds(out, "; it has no DynamoDB table");
	else if (c->ntables == 1)
		buf_addf(out,
		    "; its DynamoDB table is %s: give --logical-id %s",
		    buf_text(&c->tables), c->first);
	else
		buf_addf(out,
		    "; its DynamoDB tables are %s: give one of them with "
		    "--logical-id",
		    buf_text(&c->tables));
	if (c->ntables > LISTED)
		buf_addf(out, " (%d in all)", c->ntables);
	if (c->nnested > 0)
		buf_addf(out,
		    "; not looked into %s nested %s %s: for what is in there "
		    "give its ARN with --stack",
		    c->nnested == 1 ? "is the" : "are the",
		    c->nnested == 1 ? "stack" : "stacks", buf_text(&c->nested));
	if (c->nnested > LISTED)
		buf_addf(out, " (%d in all)", c->nnested);
}

static int
stack_not_that(const struct stack_lookup *l, enum fault_kind kind,
    const char *what, struct fault *f)
{
	struct contents c = { 0 };
	struct query_reply reply;
	struct buf tables = { 0 };

	if (list_contents(l, &c, &reply, NULL) == 0)
		tell_contents(&tables, &c);
	query_release(&reply);
	(void)fault(f, kind, "stack %s: %s%s", l->ask->stack, what,
	    buf_text(&tables));
	contents_release(&c);
	buf_release(&tables);
	return -1;
}

static int
stack_not_found(const struct stack_lookup *l, const struct query *asked,
    const struct query_reply *said, struct fault *f)
{
	struct contents c = { 0 };
	struct query_reply reply;
	struct buf tables = { 0 };
	int r = list_contents(l, &c, &reply, f);

	if (r == 0) {
		tell_contents(&tables, &c);
		(void)fault(f, FAULT_NOT_FOUND, "stack %s has no resource %s%s",
		    l->ask->stack, l->ask->logical, buf_text(&tables));
	} else if (r > 0 && strcmp(reply.code, "ValidationError") == 0) {
		(void)fault(f, FAULT_NOT_FOUND,
		    "stack %s: not found in region %s (%s)", l->ask->stack,
		    l->caller->config->region, said->message);
	} else if (r > 0) {
		(void)query_refused(asked, said, f);
	}
	contents_release(&c);
	query_release(&reply);
	buf_release(&tables);
	return -1;
}

#define VERSION "2010-05-15"
#define DETAIL "DescribeStackResourceResult/StackResourceDetail"

static int
stack_call(const struct stack_lookup *l, struct query *q, const char *action,
    const struct query_param *more, struct query_reply *reply, struct fault *f)
{
	const struct query_param params[] = {
		{ "StackName", l->ask->stack, false }, *more
	};

	*q = (struct query){
		.config = l->caller->config,
		.world = l->caller->world,
		.service = "cloudformation",
		.action = action,
		.version = VERSION,
		.params = params,
		.nparams = more->name != NULL ? 2 : 1,
		.credentials = l->caller->credentials,
	};
	int r = query_call(q, reply, f);

	q->params = NULL; /* they end here */
	return r;
}

static bool
stack_is_table(const char *type)
{
	return strcmp(type, "AWS::DynamoDB::Table") == 0 ||
	    strcmp(type, "AWS::DynamoDB::GlobalTable") == 0;
}

static bool
stack_is_going(const char *status)
{
	return strncmp(status, "DELETE", 6) == 0;
}

static const char *
stack_text(const struct xml_element *at, const char *path)
{
	const char *s = at != NULL ? xml_text(at, path) : NULL;

	return s != NULL ? s : "";
}

/* Whether the resource is a table to work on. */
static int
check(const struct stack_lookup *l, const struct xml_element *detail,
    struct fault *f)
{
	const char *type = stack_text(detail, "ResourceType");
	const char *status = stack_text(detail, "ResourceStatus");
	const char *id = stack_text(detail, "PhysicalResourceId");
	const char *logical = l->ask->logical, *stack = l->ask->stack;
	struct buf what = { 0 };
	int rc;

	if (type[0] == '\0')
		return fault(f, FAULT_DATA,
		    "DescribeStackResource: the reply has no type for %s",
		    logical);
	if (!stack_is_table(type)) {
		buf_addf(&what, "%s is not a DynamoDB table but %.100s",
		    logical, type);
		rc = stack_not_that(l, FAULT_REFUSED, buf_text(&what), f);
		buf_release(&what);
		return rc;
	}
	if (stack_is_going(status))
		return fault(f, FAULT_REFUSED,
		    "stack %s: table %s (%s) is %s: it is being or was "
		    "deleted; to work on it anyway, name it with -t",
		    stack, logical, id[0] != '\0' ? id : "no name", status);
	if (id[0] == '\0')
		return fault(f, FAULT_REFUSED,
		    "stack %s: the table %s has no name yet (%s); try again "
		    "when the stack is complete",
		    stack, logical, status[0] != '\0' ? status : "no status");
	if (!arn_is_table_name(id))
		return fault(f, FAULT_DATA,
		    "stack %s: %s is not a valid table name: %s", stack,
		    logical, id);
	return 0;
}

/*
 * The stack itself: its tables may be among the last that go. ${unsure}: it
 * may not be asked about, or not there.
 */
static int
check_stack(const struct stack_lookup *l, bool *unsure, struct fault *f)
{
	const struct query_param none = { NULL, NULL, false };
	struct query_reply reply;
	const char *status;
	struct query q;
	int r = stack_call(l, &q, "DescribeStacks", &none, &reply, f);

	*unsure = r > 0;
	if (r == 0) {
		status = stack_text(xml_root(reply.xml),
		    "DescribeStacksResult/Stacks/member/StackStatus");
		if (stack_is_going(status))
			r = fault(f, FAULT_REFUSED,
			    "stack %s is %s: its tables are deleted with it; "
			    "to work on one anyway, name it with -t",
			    l->ask->stack, status);
	}
	query_release(&reply);
	return r < 0 ? -1 : 0;
}

/* arn:aws:cloudformation:REGION:… names a region of its own. */
static int
check_region(const struct stack_lookup *l, struct fault *f)
{
	const char *region = l->caller->config->region, *p = l->ask->stack;

	if (strncmp(p, "arn:", 4) != 0)
		return 0;
	for (int i = 0; i < 3 && p != NULL; i++) {
		p = strchr(p, ':');
		p = p != NULL ? p + 1 : NULL;
	}
	if (p == NULL || strncmp(p, region, strlen(region)) != 0 ||
	    p[strlen(region)] != ':')
		return fault(f, FAULT_REFUSED,
		    "stack %s is not in region %s; give its region with "
		    "--region",
		    l->ask->stack, region);
	return 0;
}

int
stack_find(const struct aws_caller *caller, const struct stack_ask *ask,
    struct stack_table *out, struct fault *f)
{
	const struct stack_lookup l = { caller, ask };
	const struct query_param logical = { "LogicalResourceId", ask->logical,
		false };
	const struct xml_element *detail;
	struct query_reply reply;
	struct query q;
	int r;

	*out = (struct stack_table){ 0 };
	if (check_region(&l, f) != 0)
		return -1;
	r = stack_call(&l, &q, "DescribeStackResource", &logical, &reply, f);
	if (r == 0) {
		detail = xml_find(xml_root(reply.xml), DETAIL);
		r = check(&l, detail, f);
		if (r == 0)
			*out = (struct stack_table){
				.table = xstrdup(
				    stack_text(detail, "PhysicalResourceId")),
				.stack = xstrdup(stack_text(detail, "StackId")),
				.status = xstrdup(
				    stack_text(detail, "ResourceStatus")),
			};
		if (r == 0)
			r = check_stack(&l, &out->unsure, f);
		if (r != 0)
			stack_release(out);
	} else if (r > 0 && strcmp(reply.code, "ValidationError") == 0) {
		r = stack_not_found(&l, &q, &reply, f);
	} else if (r > 0) {
		r = query_refused(&q, &reply, f);
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
