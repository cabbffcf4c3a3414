#ifndef LIB_DYNAMODB_RATE_H
#define LIB_DYNAMODB_RATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A token bucket of capacity units. The policy:
 * - Every request takes its estimate before it is sent, and gives back or
 *   takes more when the service has reported what it cost. The bucket may go
 *   below zero by that; the next request waits until it is above again.
 * - It contains a quarter of a second, so that over any 5 s consumption stays
 *   within 5 % of the limit (1/4 of 1/5), plus one request where one costs
 *   more than that.
 * - Throttling is judged by intervals of a quarter second and at least 20
 *   requests, or of a whole second: by the share of units that were turned
 *   away in it and, the older the less, in those before. Where it is worth a
 * reaction, the pace becomes four fifths of what the service did take, and
 * climbs back as CUBIC does (RFC 9438; the adaptive mode of the AWS SDKs uses
 * it, too): fast at first, slowly around the rate that held last, then faster
 * again to find out whether there is more now.
 * - Some throttling has nothing to do with the pace. Where as large a share is
 *   turned away after the pace went down, that share is expected from then on,
 *   and only what comes on top of it is a reason to slow down.
 * Time is an argument (monotonic microseconds): the tests are arithmetic.
 */
struct rate {
	double limit; /* units a second; 0: no limit */
	double pace;  /* the limit in force now, <= limit */
	double tokens;
	int64_t at_us; /* tokens are as of this moment */
	bool paced;    /* throttled once: a pace is kept without a limit */

	/* the climb */
	double held;    /* what the service took when it last throttled; 0: it
			   has not, or the limit is reached again */
	double before;  /* the pace before it was lowered then */
	int64_t cut_us; /* when that was */

	/* the interval under way; what ends before it starts does not count,
	 * for it was sent at the pace of before */
	int64_t start_us;
	double taken, refused; /* units */
	int requests;
	/* the same of those before it, the older the less, since the pace was
	 * lowered */
	double past_taken, past_refused, past_requests;
	double share;    /* of the units refused of late */
	double expected; /* the share that is refused at any pace */
	bool lowered;    /* the pace was, at the end of the last interval */
};

void rate_init(struct rate *r, double limit, int64_t now_us);
/* From now on ${limit}; what is owed stays owed, a lowered pace low. */
void rate_change(struct rate *r, double limit, int64_t now_us);
/* Take ${units}; returns how long to wait before sending, in us (0: now). */
int64_t rate_take(struct rate *r, double units, int64_t now_us);
/* The request cost ${cost} where ${units} were taken. */
void rate_settle(struct rate *r, double units, double cost, int64_t now_us);
/* The service turned ${units} away. */
void rate_throttled(struct rate *r, double units, int64_t now_us);
/* Whether throttling is rare: the pace is about right, and who was throttled
 * had bad luck and need not wait long. */
bool rate_calm(const struct rate *r);

/* How many units one request may cost so that it fits into the bucket: larger
 * ones would lie unevenly in 5 s by the network's delays alone. 0: no limit. */
double rate_share(const struct rate *r);

#endif
