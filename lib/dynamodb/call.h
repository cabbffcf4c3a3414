#ifndef LIB_DYNAMODB_CALL_H
#define LIB_DYNAMODB_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/aws/retry.h"
#include "lib/base/slice.h"
#include "lib/dynamodb/reply.h"

struct buf;
struct ddb_conn;
struct fault;

/* One call of the API. */
struct ddb_call {
	const char *operation; /* "Scan" */
	struct slice body;     /* JSON */
	double read_units;     /* estimates, taken from the buckets */
	double write_units;
	bool again;    /* it was sent before, and counts as a retry */
	bool single;   /* somebody waits for this one: fewer tries (retry.h) */
	bool patient;  /* throttling of one key range is not waited out here
			  but handed back: the caller has other work */
	bool settling; /* a signal does not keep it from being sent, for
			  STOP_SETTLE_MS: it shows what became of work
			  under way */
	/*
	 * Look at the bytes of a reply of status 200 and keep them (it may
	 * swap ${body} away). -1: they are not what DynamoDB sends, and the
	 * request is tried again. NULL: any JSON will do.
	 */
	int (*accept)(void *ctx, struct buf *body, struct fault *f);
	void *accept_ctx;
	/* An empty buffer to receive the reply in, the last one's that was
	 * swapped away; NULL: the connection's own. */
	struct buf *room;
};

/*
 * Sign, send and, where the policy says so, try again, until there is a
 * complete reply. 0: status 200, and the caller must call ddb_settle with
 * what it cost. 1: the service refused; code and message say why, and it has
 * been settled (a failed condition costs, as estimated). -1: no reply to be
 * had, no credentials, a signal, or the deadline; in all four cases
 * reply->sends and reply->lost are set.
 */
int ddb_call(struct ddb_conn *c, const struct ddb_call *call,
    struct ddb_reply *reply, struct fault *f);

/* Blank what ${part} of the reply, which is to be shown, has of the request's
 * secrets: for accept, as a reply of status 200 is data else. */
void ddb_hide(struct ddb_conn *c, struct slice part);

/* Wait until ${until_us} by the world's mono_us; -1 as ddb_backoff. */
int ddb_wait(struct ddb_conn *c, int64_t until_us, struct fault *f);
/* Wait as the policy says before retry ${i}; -1 when a signal or the
 * deadline came. */
int ddb_backoff(struct ddb_conn *c, enum retry_class why, int i,
    struct fault *f);

#endif
