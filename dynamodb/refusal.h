#ifndef DYNAMODB_REFUSAL_H
#define DYNAMODB_REFUSAL_H

#include <stdbool.h>

#include "dynamodb/retry.h"

struct fault;
struct query;
struct query_reply;

/* Turn what a service of the query protocol refused (query_call returned 1)
 * into a fault that names the service and the action that is missing;
 * returns -1. */
int refusal_fault(const struct query *q, const struct query_reply *reply,
    struct fault *f);

/* What to do when a service fails whatever is asked. */
#define REFUSAL_TROUBLE "the service is in trouble: run again later"

/* Whether the tries ran out, and it was no answer. Pure. */
bool refusal_given_up(enum retry_class why);
/* "try" or "tries". Pure. */
const char *refusal_tries(int n);

#endif
