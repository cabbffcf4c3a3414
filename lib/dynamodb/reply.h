#ifndef LIB_DYNAMODB_REPLY_H
#define LIB_DYNAMODB_REPLY_H

#include <stdint.h>

#include "lib/aws/retry.h"

struct ddb_call;
struct ddb_conn;
struct ddb_reply;
struct fault;
struct http_exchange;

/* What came back of one try, for call.c. */

/* Read c->x into ${reply}, and say what the try came to; ${skew}: the clock's
 * correction that it was signed with, ms. ${f} is filled but where it is an
 * answer of status 200. */
enum retry_class reply_judge(struct ddb_conn *c, const struct ddb_call *call,
    struct ddb_reply *reply, int64_t skew, struct fault *f);
/* Add the try's deliveries to reply->sends and reply->lost, once it has been
 * judged. Pure. */
void reply_count(struct ddb_reply *reply, const struct http_exchange *x);

#endif
