#ifndef LIB_DYNAMODB_REPLY_H
#define LIB_DYNAMODB_REPLY_H

#include "lib/aws/retry.h"

struct ddb_call;
struct ddb_reply;
struct fault;
struct http_exchange;
struct request;

/* What came back of one try, for call.c. */

/* Read what ${r} brought into ${reply}, and say what the try came to. ${f} is
 * filled but where it is an answer of status 200. */
enum retry_class reply_judge(const struct request *r,
    const struct ddb_call *call, struct ddb_reply *reply, struct fault *f);
/* Add the try's deliveries to reply->sends and reply->lost, once it has been
 * judged. Pure. */
void reply_count(struct ddb_reply *reply, const struct http_exchange *x);

#endif
