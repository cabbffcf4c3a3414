#ifndef LIB_AWS_RETRY_H
#define LIB_AWS_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Which replies are tried again, when, and how often. The policy is the SDKs'
 * standard mode of 2026 for DynamoDB ("Retry behavior" of the SDKs' guide),
 * and where a sweep is no SDK's request, what follows from that:
 *
 * - Full jitter: rand(0,1) · min(base · 2^i, 20 s) before the i-th retry (from
 *   0), base 25 ms for broken replies and 5xx, 1 s for throttling, but 25 ms
 *   where a pace is kept that is about right (rate.h); the service's own
 * x-amz-retry-after counts from that delay to 5 s above it.
 * - RETRY_SINGLE tries, as theirs, for a request that somebody waits for:
 *   what describes tables, stacks and identities, what doctor and show ask.
 *   RETRY_ATTEMPTS for those of a sweep, which goes through a table once, for
 *   hours. AWS_MAX_ATTEMPTS or max_attempts is for all of them. AWS_RETRY_MODE
 *   changes nothing: all three modes mean this one (rate.h is what "adaptive"
 *   asks for).
 * - The quota: 500 tokens for all workers; a retry takes 14, after throttling
 *   5; an answer gives back what its last retry took, one that needed none
 *   gives 1. In an SDK a request that finds too few tokens fails. Here that
 *   would end a sweep of millions over a bad minute of the service, and leave
 *   it half done; so with too few tokens a retry is made all the same, but no
 *   sooner than if it had come to the longest delay. What the quota is for
 *   holds: while the service is failing, however many workers there are, each
 *   sends a request in ten seconds on average, and 10 tries last minutes.
 * - A signature refused for its time is tried again, once, at the service's
 *   clock, when that differs by more than 4 minutes from the time it was made
 *   with. That is an ordinary retry: it counts.
 * - Keys that are called expired are renewed, once a request; that does not
 *   count, for nothing was wrong with the request.
 */
#define RETRY_ATTEMPTS 10
#define RETRY_SINGLE 4

enum retry_class {
	RETRY_NO,
	RETRY_THROTTLE,  /* too fast */
	RETRY_UNLUCKY,   /* the same, but few are throttled: not by the error
			    alone, but who keeps the pace can say so */
	RETRY_TRANSIENT, /* 5xx, torn or garbled reply, or not DynamoDB's own */
	RETRY_EXPIRED,   /* renew the credentials, once */
	RETRY_SKEW       /* the time it was signed with may be off */
};

/* ${code}: the error's name after '#', or a batch statement's Code; "" when
 * the reply was no error document. ${status}: 0 when no reply came. Pure. */
enum retry_class retry_classify(int status, const char *code);
/*
 * Whether the error ${code} of a request, or of a batch's statement, says that
 * it did nothing. Only a name that DynamoDB gives to such an error does: a
 * reply without one, of whatever status, may be that of a proxy or a filter
 * which had passed the request on, and of a name that is not known nobody
 * knows what it means. Pure.
 */
bool retry_did_nothing(const char *code);

/* Milliseconds before retry ${i} (0: the first), ${chance} in [0,1),
 * ${after_ms} the service's wish or -1. Pure. */
int64_t retry_delay_ms(enum retry_class why, int i, double chance,
    int64_t after_ms);
/* The place in the row of retries at which the delay is longest. */
#define RETRY_LAST 30

/* A reply that took longer tells nothing about the clock. */
#define RETRY_SKEW_ROUND_TRIP_MS (15 * 60 * 1000)
/* Whether a request signed with a clock corrected by ${used} may have been
 * refused for it, when the right correction is ${right} (ms). Pure. */
bool retry_skewed(int64_t right, int64_t used);

/* The quota. Whoever shares it locks it. */
struct retry_quota {
	int tokens;
};
void retry_quota_init(struct retry_quota *q);
/* Take what a retry for ${why} costs; 0: too few were left. */
int retry_quota_take(struct retry_quota *q, enum retry_class why);
/* An answer came; its last retry took ${cost}, 0 when there was none. */
void retry_quota_give(struct retry_quota *q, int cost);

#endif
