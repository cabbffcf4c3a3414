#ifndef LIB_AWS_QUERY_QUERY_H
#define LIB_AWS_QUERY_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/aws/retry.h"

struct aws_config;
struct aws_credentials;
struct aws_keys;
struct buf;
struct world;
struct fault;
struct xml;

/*
 * A call of a service with AWS's query protocol (STS, CloudFormation): a form
 * that is posted, and answered in XML.
 */
struct query_param {
	const char *name;
	const char *value; /* NULL: left out */
	bool secret;       /* never to be told */
};

struct query {
	const struct aws_config *config;
	struct world *world;
	const char *service; /* "sts", "cloudformation" */
	const char *action;  /* "AssumeRole" */
	const char *version; /* "2011-06-15" */
	const struct query_param *params;
	size_t nparams;
	/* Signed with these keys, or with those of the run, which are renewed
	 * when the service calls them expired; both NULL: not signed. */
	const struct aws_keys *keys;
	struct aws_credentials *credentials;
};

struct query_reply {
	struct xml *xml;
	int status;           /* HTTP */
	char code[96];        /* the error's, "" when there is none */
	char message[512];    /* the service's own words */
	enum retry_class why; /* of the last reply, when retries ran out */
	int tries;            /* that were made */
};

/*
 * Sign, send and, where the policy says so (retry.h), try again, with the
 * service's clock when ours is off. 0: reply->xml is the answer. 1: the
 * service refused; code and message say why. -1: no reply to be had.
 * query_release frees ${reply} in all three cases.
 */
int query_call(const struct query *q, struct query_reply *reply,
    struct fault *f);
void query_release(struct query_reply *reply);
/* Turn a refusal (1) into a fault that names the service and the action that is
 * missing; returns -1. */
int query_refused(const struct query *q, const struct query_reply *reply,
    struct fault *f);

/* ${s} as part of an address or a form: percent-encoded, all but what RFC 3986
 * calls unreserved. Added to ${out}. Pure. */
void query_encode(struct buf *out, const char *s);

#endif
