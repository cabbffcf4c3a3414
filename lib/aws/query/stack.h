#ifndef LIB_AWS_QUERY_STACK_H
#define LIB_AWS_QUERY_STACK_H

#include <stdbool.h>

struct aws_caller;
struct fault;

/* A table that a CloudFormation stack created. */
struct stack_ask {
	const char *stack;   /* name or ARN */
	const char *logical; /* the table's name in the template */
};

struct stack_table {
	char *table;  /* the table's own name */
	char *stack;  /* the stack's ARN, "" when not known */
	char *status; /* of the resource: "CREATE_COMPLETE" */
	bool unsure;  /* whether the stack is being deleted could not be asked
			 (cloudformation:DescribeStacks) */
};

/*
 * Look it up; freed by stack_release. FAULT_REFUSED: the resource is not a
 * table, or it or the stack is being deleted or was. FAULT_NOT_FOUND: the
 * stack has no such resource, and the fault lists its tables.
 */
int stack_find(const struct aws_caller *caller, const struct stack_ask *ask,
    struct stack_table *out, struct fault *f);
void stack_release(struct stack_table *t);

#endif
