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
	const char *action;    /* IAM's name, if it is another; NULL */
	struct slice body;     /* JSON */
	double read_units;     /* estimates, taken from the buckets */
	double write_units;
	bool again;    /* it was sent before, and counts as a retry */
	bool single;   /* somebody waits for it: fewer tries (retry.h) */
	bool patient;  /* do not wait if one key range is throttled, but return
			  1: the caller has other work */
	bool settling; /* sent until STOP_SETTLE_MS after a signal: it finds out
			  what became of earlier requests */
	/*
	 * Read a reply of status 200; may swap ${body} away. -1: not what
	 * DynamoDB sends, and the request is retried. NULL: any JSON is
	 * accepted.
	 */
	int (*accept)(void *ctx, struct buf *body, struct fault *f);
	void *accept_ctx;
	/* An empty buffer that the reply may be received in, to reuse its
	 * memory; NULL: the connection's own. */
	struct buf *room;
};

/*
 * Sign, send and retry until there is a complete reply. 0: status 200, and the
 * caller must call ddb_settle with the cost. 1: the service refused; code and
 * message say why, and it is settled (a failed condition costs as estimated).
 * -1: no reply, no credentials, a signal, or the deadline. reply->sends and
 * reply->lost are always set.
 */
int ddb_call(struct ddb_conn *c, const struct ddb_call *call,
    struct ddb_reply *reply, struct fault *f);

/* Blank the request's secrets in ${part} of the reply, which will be shown. For
 * accept: other parts of a reply of status 200 are data. */
void ddb_hide(struct ddb_conn *c, struct slice part);

/* Wait until ${until_us} by the world's mono_us; -1 as ddb_backoff. */
int ddb_wait(struct ddb_conn *c, int64_t until_us, struct fault *f);
/* Wait before retry ${i}; -1 on a signal or at the deadline. */
int ddb_backoff(struct ddb_conn *c, enum retry_class why, int i,
    struct fault *f);

#endif
