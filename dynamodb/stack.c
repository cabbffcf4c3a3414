#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "dynamodb/arn.h"
#include "dynamodb/config.h"
#include "dynamodb/refusal.h"
#include "dynamodb/stack_parts.h"
#include "dynamodb/xml.h"

#define VERSION "2010-05-15"
#define DETAIL "DescribeStackResourceResult/StackResourceDetail"

int
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

bool
stack_is_table(const char *type)
{
	return strcmp(type, "AWS::DynamoDB::Table") == 0 ||
	    strcmp(type, "AWS::DynamoDB::GlobalTable") == 0;
}

bool
stack_is_going(const char *status)
{
	return strncmp(status, "DELETE", 6) == 0;
}

const char *
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
		    "DescribeStackResource: the reply tells no type of %s",
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
		    "stack %s: the table %s (%s) is %s: it is being deleted, "
		    "or was; to work on what is left of it, name it with -t",
		    stack, logical, id[0] != '\0' ? id : "no name", status);
	if (id[0] == '\0')
		return fault(f, FAULT_REFUSED,
		    "stack %s: the table %s has no name yet (%s); try again "
		    "when the stack is complete",
		    stack, logical, status[0] != '\0' ? status : "no status");
	if (!arn_is_table_name(id))
		return fault(f, FAULT_DATA,
		    "stack %s: %s is no name of a table: %s", stack, logical,
		    id);
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
			    "stack %s is %s: its tables go with it; to work "
			    "on one all the same, name it with -t",
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
		    "stack %s is not of region %s: give its own with --region",
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
		r = refusal_fault(&q, &reply, f);
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
