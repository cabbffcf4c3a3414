#ifndef LIB_AWS_REFUSAL_H
#define LIB_AWS_REFUSAL_H

#include <stdbool.h>

#include "lib/aws/retry.h"

struct fault;

/* A refusal, in any protocol. Strings are borrowed. */
struct refusal {
	const char *service;   /* "dynamodb", as IAM calls it */
	const char *action;    /* IAM's name: "PartiQLDelete" */
	const char *what;      /* the operation, for people */
	const char *table;     /* NULL: none */
	const char *keys_from; /* where the keys were found; NULL: not shown */
	const char *code, *message; /* the service's own; message may be "" */
	enum retry_class why;       /* of the last try */
	int tries;
	const char *slow; /* what to do when it is throttled; NULL: wait */
};

/* Whether the policy of the credentials is what has to allow it, by what the
 * service says of a refusal (IAM User Guide, "Troubleshoot access denied error
 * messages"): it names any other policy. Pure. */
bool refusal_own_policy(const char *message);

/* Turn it into a fault that says what is wrong and what to do; returns -1. */
int refusal_say(const struct refusal *r, struct fault *f);

/* What to do when the service itself fails. */
#define REFUSAL_TROUBLE "the service has problems; run again later"
/* The same if what it sends is no error of its own. */
#define REFUSAL_EITHER                                                       \
	"a proxy before it, or the service itself, has problems; run again " \
	"later"
/* What to check besides the endpoint if the reply is not the service's. */
#define REFUSAL_PROXY "whether a proxy or filter answers in the server's place"

/* What to check when ${error} was the reason that no usable reply came;
 * ${regional}: the endpoint is the region's own. Pure. */
const char *refusal_net(const char *error, bool regional);

/* Whether ${why} means that the tries ran out without an answer. Pure. */
bool refusal_given_up(enum retry_class why);
/* "try" or "tries". Pure. */
const char *refusal_tries(int n);

#endif
