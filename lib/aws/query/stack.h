#ifndef LIB_AWS_QUERY_STACK_H
#define LIB_AWS_QUERY_STACK_H

#include <stdbool.h>

struct aws_caller;
struct fault;

/* A table that a CloudFormation stack made. */
struct stack_ask {
	const char *stack;   /* name or ARN */
	const char *logical; /* the table's name in the template */
};

struct stack_table {
	char *table;  /* the table's own name */
	char *stack;  /* the stack's ARN, "" where the service tells none */
	char *status; /* of the resource: "CREATE_COMPLETE" */
	/* Whether the stack is being deleted could not be asked
	 * (cloudformation:DescribeStacks). */
	bool unsure;
};

/*
 * Look it up. Refused (FAULT_REFUSED) are a stack or a table that is being
 * deleted or was, and what is no table; where the stack has nothing of that
 * name, the fault (FAULT_NOT_FOUND) lists the tables it has. Freed by
 * stack_release.
 */
int stack_find(const struct aws_caller *caller, const struct stack_ask *ask,
    struct stack_table *out, struct fault *f);
void stack_release(struct stack_table *t);

#endif
