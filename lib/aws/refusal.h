#ifndef LIB_AWS_REFUSAL_H
#define LIB_AWS_REFUSAL_H

#include <stdbool.h>

#include "lib/aws/retry.h"

struct fault;

/* What a service refused, of whatever protocol. Borrowed strings. */
struct refusal {
	const char *service;   /* "dynamodb", as IAM calls it */
	const char *action;    /* what IAM calls it: "PartiQLDelete" */
	const char *what;      /* what people call it: the operation */
	const char *table;     /* NULL: it is about none */
	const char *keys_from; /* where the keys were found; NULL: not told */
	const char *code, *message; /* the service's own; message may be "" */
	enum retry_class why;       /* … of the last try, of ${tries} */
	int tries;
	const char *slow; /* what to do when it is throttled; NULL: wait */
};

/* Turn it into a fault that names what is missing or wrong, and what to do;
 * returns -1. */
int refusal_say(const struct refusal *r, struct fault *f);

/* What to do when a service fails whatever is asked. */
#define REFUSAL_TROUBLE "the service has problems; run again later"

/* Whether the tries ran out, and it was no answer. Pure. */
bool refusal_given_up(enum retry_class why);
/* "try" or "tries". Pure. */
const char *refusal_tries(int n);

#endif
