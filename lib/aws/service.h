#ifndef LIB_AWS_SERVICE_H
#define LIB_AWS_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/aws/retry.h"

struct http_exchange;
struct world;

/* What all threads' requests to a service share: its clock, by the Date of its
 * replies, and the quota of retries. */
struct service;

/* Borrows ${world}, which must outlive it. */
struct service *service_open(struct world *world);
void service_close(struct service *s);

/*
 * Note a reply, and set the clock by it. Date has whole seconds (RFC 9110), so
 * this clock is half a second behind on average: an entry counts as expired
 * later than by the service's own clock, never earlier.
 */
void service_learn(struct service *s, const struct http_exchange *x);
/* Whether it ever replied, and whether a reply has set the clock. */
bool service_heard(struct service *s);
bool service_clock_known(struct service *s);
/* Whether the clocks are more than a minute apart. True only once, to be
 * reported once. */
bool service_apart(struct service *s);

/* No answer comes: true once until one comes (service_answered), to be reported
 * once. */
bool service_lost(struct service *s);

/* The service's clock minus ours, ms; 0 before the first reply. */
int64_t service_skew_ms(struct service *s);
/* The service's clock, epoch seconds; ours before the first reply. */
int64_t service_now(struct service *s);
/*
 * The service's clock for time stamps, microseconds since the epoch. It is ours
 * while the difference is within SERVICE_STAMP_SLACK_MS, as Date has whole
 * seconds and stamps should keep their order. Else a correction is added, the
 * same one until it is wrong by more than that again.
 */
#define SERVICE_STAMP_SLACK_MS INT64_C(2000)
int64_t service_stamp_us(struct service *s);

/* Take a retry from the quota. Returns its cost, 0 if the quota is used up. */
int service_retry(struct service *s, enum retry_class why);
/* An answer came, after a retry that took ${cost}, or without one (0). */
void service_answered(struct service *s, int cost);

#endif
