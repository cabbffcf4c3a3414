#ifndef LIB_DYNAMODB_RATE_H
#define LIB_DYNAMODB_RATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A token bucket of capacity units. The policy:
 * - Every request takes its estimate before it is sent, and gives back or
 *   takes more when the service has told what it cost. The bucket may go
 *   below zero by that; the next one waits until it is above again.
 * - It holds a quarter of a second, so that over any 5 s consumption stays
 *   within 5 % of the limit (1/4 of 1/5), plus one request where one costs
 *   more than that.
 * - Throttling halves the pace, at most once a second; every second without
 *   it gives a twentieth of the limit back (without a limit, of the pace).
 * Time is an argument (monotonic microseconds): the tests are arithmetic.
 */
struct rate {
	double limit; /* units a second; 0: no limit */
	double pace;  /* the limit in force now, <= limit */
	double tokens;
	int64_t at_us;    /* tokens are as of this moment */
	int64_t eased_us; /* the pace last rose, or throttling was last told:
			     it rises a second later */
	int64_t halved_us;
	bool paced; /* throttled once: a pace is kept without a limit */
};

void rate_init(struct rate *r, double limit, int64_t now_us);
/* From now on ${limit}; what is owed stays owed, a lowered pace low. */
void rate_change(struct rate *r, double limit, int64_t now_us);
/* Take ${units}; returns how long to wait before sending, in us (0: now). */
int64_t rate_take(struct rate *r, double units, int64_t now_us);
/* The request cost ${cost} where ${units} were taken. */
void rate_settle(struct rate *r, double units, double cost, int64_t now_us);
/* The service throttled. ${seen} is what was consumed a second of late: the
 * pace to start from when there is no limit. */
void rate_throttled(struct rate *r, double seen, int64_t now_us);

/* How many units one request may cost so that it fits into the bucket: larger
 * ones would lie unevenly in 5 s by the network's delays alone. 0: no limit. */
double rate_share(const struct rate *r);

#endif
