#ifndef DYNAMODB_STACK_PARTS_H
#define DYNAMODB_STACK_PARTS_H

#include <stdbool.h>

#include "base/fault.h"
#include "dynamodb/identity.h"
#include "dynamodb/query.h"
#include "dynamodb/stack.h"

struct xml_element;

/* The inside of the lookup, for stack.c and stack_list.c only. */

struct stack_lookup {
	const struct aws_caller *caller;
	const struct stack_ask *ask;
};

/* Call ${action} with the stack's name and ${more} (its name may be NULL). As
 * query_call, but that ${q} is what was asked, for refusal_fault. */
int stack_call(const struct stack_lookup *l, struct query *q,
    const char *action, const struct query_param *more,
    struct query_reply *reply, struct fault *f);
bool stack_is_table(const char *type);
/* Whether a resource (or stack) of this status is being deleted, was, or was
 * to be: no table to work on. */
bool stack_is_going(const char *status);
/* xml_text, "" where there is nothing, also where ${at} is NULL. */
const char *stack_text(const struct xml_element *at, const char *path);

/* ${what} is wrong with the resource: say so, and what tables there are.
 * Returns -1. */
int stack_not_that(const struct stack_lookup *l, enum fault_kind kind,
    const char *what, struct fault *f);
/*
 * A missing stack and a missing resource are the same error, and only its
 * words differ: whether the stack can be listed tells. ${asked} and ${said}
 * are the question and its refusal. Returns -1.
 */
int stack_not_found(const struct stack_lookup *l, const struct query *asked,
    const struct query_reply *said, struct fault *f);

#endif
