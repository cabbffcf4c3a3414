#ifndef LIB_DYNAMODB_REPLY_H
#define LIB_DYNAMODB_REPLY_H

#include <stdbool.h>

#include "lib/aws/retry.h"
#include "lib/base/slice.h"

struct ddb_call;
struct fault;
struct http_exchange;
struct request;

/* What came back of a call. */
struct ddb_reply {
	int status;            /* HTTP */
	struct slice body;     /* borrowed from the connection until its next
				  call; empty when accept took it */
	char code[96];         /* the error's name after '#', "" on success */
	char message[512];     /* the service's own words */
	enum retry_class why;  /* of the last reply, when retries ran out */
	int tries;             /* that were made */
	bool hot_range;        /* throttled for one key range only */
	const char *keys_from; /* aws_credentials_source; borrowed */
	int sends; /* sends that may have acted, the answered one included:
		      throttled ones did not act and are not counted */
	int lost;  /* of these, those of which it is not known whether they
		      acted: no reply came, or one that is not DynamoDB's
		      own, or a failure of the service */
};

/* Turn a refusal (1) into a fault that names the operation, and the missing
 * action or the table where that is what was wrong; returns -1. */
int ddb_refused(const struct ddb_call *call, const struct ddb_reply *reply,
    const char *table, struct fault *f);

/* The rest is for call.c. */

/* Read what ${r} brought into ${reply}, and say what the try came to. ${f} is
 * filled but where it is an answer of status 200. */
enum retry_class reply_judge(const struct request *r,
    const struct ddb_call *call, struct ddb_reply *reply, struct fault *f);
/* Add the try's deliveries to reply->sends and reply->lost, once it has been
 * judged. Pure. */
void reply_count(struct ddb_reply *reply, const struct http_exchange *x);

#endif
