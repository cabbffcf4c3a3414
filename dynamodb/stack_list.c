#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "dynamodb/config.h"
#include "dynamodb/refusal.h"
#include "dynamodb/stack_parts.h"
#include "dynamodb/xml.h"

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

int
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

int
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
		(void)refusal_fault(asked, said, f);
	}
	contents_release(&c);
	query_release(&reply);
	buf_release(&tables);
	return -1;
}
