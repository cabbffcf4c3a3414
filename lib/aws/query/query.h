#ifndef LIB_AWS_QUERY_QUERY_H
#define LIB_AWS_QUERY_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/aws/retry.h"

struct aws_config;
struct aws_credentials;
struct aws_keys;
struct world;
struct fault;
struct xml;

/* Who asks AWS's other services, and where: all borrowed. */
struct aws_caller {
	const struct aws_config *config;
	struct aws_credentials *credentials; /* NULL: none */
	struct world *world;
};

/* A call in AWS's query protocol (STS, CloudFormation): a form is posted, and
 * XML returned. */
struct query_param {
	const char *name;
	const char *value; /* NULL: left out */
	bool secret;       /* never to be shown */
};

struct query {
	/* The request is signed with the caller's credentials, which are
	 * renewed when the service calls them expired, or with ${keys}; with
	 * neither it is not signed. */
	struct aws_caller caller;
	const struct aws_keys *keys;
	const char *service; /* "sts", "cloudformation" */
	const char *action;  /* "AssumeRole" */
	const char *version; /* "2011-06-15" */
	const struct query_param *params;
	size_t nparams;
};

struct query_reply {
	struct xml *xml;
	int status;           /* HTTP */
	char code[96];        /* the error's, "" when there is none */
	char message[512];    /* the service's own words */
	enum retry_class why; /* of the last reply, when retries ran out */
	int tries;
};

/*
 * Sign and send the request, and retry it as retry.h says. 0: reply->xml is
 * the answer. 1: the service refused; code and message say why. -1: there was
 * no usable reply. query_release frees ${reply} in all three cases.
 */
int query_call(const struct query *q, struct query_reply *reply,
    struct fault *f);
void query_release(struct query_reply *reply);
/* Turn a refusal (1) into a fault that names the service and the missing
 * action; returns -1. */
int query_refused(const char *service, const char *action,
    const struct query_reply *reply, struct fault *f);

#endif
