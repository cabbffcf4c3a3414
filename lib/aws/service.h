#ifndef LIB_AWS_SERVICE_H
#define LIB_AWS_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/aws/retry.h"

struct http_exchange;
struct world;

/*
 * What all requests to one service share, from whichever thread: its clock,
 * by the Date of its replies, and the quota of retries.
 */
struct service;

/* Borrows ${world}, which must outlive it. */
struct service *service_open(struct world *world);
void service_close(struct service *s);

/*
 * Note that there was a reply, and set the clock by it. RFC 9110's Date has
 * whole seconds, so ours runs half a second behind on average: an entry counts
 * as expired a moment later than the service says, never earlier.
 */
void service_learn(struct service *s, const struct http_exchange *x);
/* Whether it ever replied, and whether a reply has set the clock. */
bool service_heard(struct service *s);
bool service_clock_known(struct service *s);
/* Whether the clocks are a minute apart, which is told once: false when it has
 * been. */
bool service_apart(struct service *s);

/* Its clock less ours, ms; 0 before the first reply. */
int64_t service_skew_ms(struct service *s);
/* Its clock, epoch seconds; ours before the first reply. */
int64_t service_now(struct service *s);
/*
 * Its clock for stamps, microseconds since the epoch. Replies tell whole
 * seconds, so while our clock is within SERVICE_STAMP_SLACK_MS of theirs it
 * counts as right, and what it tells in more digits keeps its order; else it is
 * corrected, by the same amount until that is wrong by more again.
 */
#define SERVICE_STAMP_SLACK_MS INT64_C(2000)
int64_t service_stamp_us(struct service *s);

/* A retry is to be made; what it took of the quota, 0 when that is used up. */
int service_retry(struct service *s, enum retry_class why);
/* An answer came, by a retry that took ${cost} or, 0, at once. */
void service_answered(struct service *s, int cost);

#endif
