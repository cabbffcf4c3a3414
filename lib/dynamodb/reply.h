#ifndef LIB_DYNAMODB_REPLY_H
#define LIB_DYNAMODB_REPLY_H

#include <stdbool.h>

#include "lib/aws/retry.h"
#include "lib/base/slice.h"

struct ddb_call;
struct fault;
struct http_exchange;
struct request;

/* The reply to a call. */
struct ddb_reply {
	int status;            /* HTTP */
	struct slice body;     /* borrowed from the connection until its next
				  call; empty when accept took it */
	char code[96];         /* the error's name after '#', "" on success */
	char message[512];     /* the service's own words */
	enum retry_class why;  /* of the last reply, after the last retry */
	int tries;             /* made */
	bool hot_range;        /* only one key range is throttled */
	const char *keys_from; /* aws_credentials_source; borrowed */
	int sends; /* that may have acted, the answered one included; throttled
		      ones did not and are not counted */
	int lost;  /* … and of these, those that are unknown to have acted: no
		      reply, one that is not DynamoDB's, or a failure of the
		      service */
};

/* Turn a refusal (1) into a fault that names the operation, and the missing
 * action or table if that is the reason; returns -1. */
int ddb_refused(const struct ddb_call *call, const struct ddb_reply *reply,
    const char *table, struct fault *f);
/* The same where a table is not found that was described before. */
int ddb_gone(const char *table, struct fault *f);

/* For call.c: parse the result of ${r} into ${reply} and classify it. ${f} is
 * set unless it is an accepted answer of status 200. */
enum retry_class reply_judge(const struct request *r,
    const struct ddb_call *call, struct ddb_reply *reply, struct fault *f);
/* Then add the try's deliveries to reply->sends and reply->lost. Pure. */
void reply_count(struct ddb_reply *reply, const struct http_exchange *x);

#endif
