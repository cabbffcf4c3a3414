#ifndef LIB_DYNAMODB_RATE_H
#define LIB_DYNAMODB_RATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A token bucket of capacity units. The policy:
 * - Every request takes its estimate before it is sent, and settles the
 *   difference when the service has reported the cost. The bucket may go below
 *   zero by that; the next request waits until it is refilled.
 * - The bucket contains a quarter of a second, so that in any 5 s consumption
 *   exceeds the limit by at most 5 % (1/4 of 1/5), plus one request if one
 *   costs more than that.
 * - Throttling is judged in intervals of a quarter second with at least 20
 *   requests, or of a second: by the share of units that were refused in it
 *   and, with less weight the older they are, in those before. If that is too
 *   much, the pace becomes four fifths of what the service accepted, and rises
 *   as in CUBIC (RFC 9438; the adaptive mode of the AWS SDKs does the same):
 *   fast at first, slowly around the rate that was accepted last, then faster
 *   to find out whether more is possible now.
 * - Some throttling does not depend on the pace. If the share stays as large
 *   after the pace was lowered, it is expected from then on, and only more than
 *   that lowers the pace.
 * Time is an argument (monotonic microseconds).
 */
struct rate {
	double limit; /* units a second; 0: no limit */
	double pace;  /* the current limit, <= limit */
	double tokens;
	int64_t at_us; /* when tokens were counted */
	bool paced;    /* was throttled: there is a pace without a limit */

	/* since the pace was last lowered */
	double held;    /* what the service accepted then; 0: never lowered, or
			   the limit is reached again */
	double before;  /* the pace before that */
	int64_t cut_us; /* when that was */

	/* the current interval; replies before its start do not count, as they
	 * belong to the previous pace */
	int64_t start_us;
	double taken, refused; /* units */
	int requests, refusals;
	/* the intervals before it since the pace was lowered, weighted */
	double past_taken, past_refused, past_refusals;
	double share;    /* of recent units that were refused */
	double expected; /* the share that is refused at any pace */
	bool lowered;    /* the last interval ended with a lower pace */
};

void rate_init(struct rate *r, double limit, int64_t now_us);
/* Change the limit; debt and a lowered pace remain. */
void rate_change(struct rate *r, double limit, int64_t now_us);
/* Take ${units}; returns how long to wait before sending, in us (0: now). */
int64_t rate_take(struct rate *r, double units, int64_t now_us);
/* A request that took ${units} has cost ${cost}. */
void rate_settle(struct rate *r, double units, double cost, int64_t now_us);
/* The service refused ${units} of one request. */
void rate_throttled(struct rate *r, double units, int64_t now_us);
/* Whether throttling is rare: the pace is about right, and a throttled request
 * need not wait long. */
bool rate_calm(const struct rate *r);

/* The most units a request may cost to fit into the bucket, as larger ones
 * would be spread unevenly over 5 s. 0: no limit. */
double rate_share(const struct rate *r);

#endif
