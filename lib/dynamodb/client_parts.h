#ifndef LIB_DYNAMODB_CLIENT_PARTS_H
#define LIB_DYNAMODB_CLIENT_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/aws/config.h"
#include "lib/aws/retry.h"
#include "lib/aws/world.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/rate.h"

/* The inside of the client, for ddb.c and call.c only. */

struct ddb {
	struct ddb_options o;
	int64_t deadline_us; /* by mono_us; 0: none */
	struct aws_endpoint endpoint;
	char *url;
	struct lock *lock; /* all below */
	struct rate read, write;
	struct ddb_counts counts;
	int64_t skew_ms;
	bool answered; /* by anything, once */
	bool clock_known;
	bool skew_told;   /* that the clocks are apart */
	int64_t stamp_ms; /* what is added to ours for a stamp */
	struct retry_quota quota;
	/* units of the current second and of the one before */
	int64_t second;
	double now_read, now_write, last_read, last_write;
};

struct ddb_conn {
	struct ddb *d;
	void *line;
	struct http_exchange x;
	double took_read, took_write; /* by the try under way */
	double wrote; /* write units of all tries so far, as settled */
};

/* Take units from both buckets; how long to wait first, in us. */
int64_t client_take(struct ddb_conn *c, double read, double write);
/* A retry is to be made; what it took of the quota, 0 when that is used up. */
int client_retry(struct ddb *d, enum retry_class why);
/* An answer came, by a retry that took ${cost} or, 0, at once. */
void client_answered(struct ddb *d, int cost);
/* Whether the service ever answered. */
bool client_heard(struct ddb *d);
/* One more request was sent. */
void client_count(struct ddb *d, bool retry);
/*
 * Note that there was a reply, and set the clock by it. RFC 9110's Date has
 * whole seconds, so ours runs half a second behind on average: an entry counts
 * as expired a moment later than the service says, never earlier.
 */
void client_learn_clock(struct ddb *d, const struct http_exchange *x);

#endif
