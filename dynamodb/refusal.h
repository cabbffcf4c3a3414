#ifndef DYNAMODB_REFUSAL_H
#define DYNAMODB_REFUSAL_H

struct fault;
struct query;
struct query_reply;

/* Turn what a service of the query protocol refused (query_call returned 1)
 * into a fault that names the service and the action that is missing;
 * returns -1. */
int refusal_fault(const struct query *q, const struct query_reply *reply,
    struct fault *f);

#endif
