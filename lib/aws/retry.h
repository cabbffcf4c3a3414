#ifndef LIB_AWS_RETRY_H
#define LIB_AWS_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Which replies are retried, when, and how often. This is the SDKs' standard
 * mode of 2026 for DynamoDB ("Retry behavior" in the SDKs' guide), changed
 * where a sweep needs something else:
 *
 * - Full jitter: rand(0,1) · min(base · 2^i, 20 s) before retry i (from 0).
 *   The base is 25 ms for broken replies and 5xx, 1 s for throttling, but 25 ms
 *   where the pace is about right (rate.h). The service's x-amz-retry-after
 *   can raise the delay by up to 5 s.
 * - RETRY_SINGLE tries, as in the SDKs, for a request that somebody waits for:
 *   tables, stacks and identities, doctor and show. RETRY_ATTEMPTS for those of
 *   a sweep, which runs for hours. AWS_MAX_ATTEMPTS or max_attempts is for all
 *   of them. AWS_RETRY_MODE changes nothing ("adaptive" is what rate.h does).
 * - The quota: 500 tokens for all workers. A retry takes 14, after throttling
 *   5; an answer gives back what its last retry took, or 1 without one. In an
 *   SDK a request fails when there are too few tokens. Here that would end a
 *   long sweep because of one bad minute; so the retry is made, but after the
 *   longest delay. While the service is failing, each worker then sends a
 *   request every ten seconds on average, and 10 tries last minutes.
 * - A signature that is refused for its time is retried once by the service's
 *   clock, if that differs by more than 4 minutes from the signature's time.
 *   This counts as a try.
 * - Keys that are called expired are renewed once a request. This does not
 *   count.
 */
#define RETRY_ATTEMPTS 10
#define RETRY_SINGLE 4

enum retry_class {
	RETRY_NO,
	RETRY_THROTTLE,  /* too fast */
	RETRY_UNLUCKY,   /* the same, but few requests are throttled; not from
			    retry_classify but by who keeps the pace */
	RETRY_TRANSIENT, /* 5xx, a broken reply, or one not from DynamoDB */
	RETRY_EXPIRED,   /* renew the credentials, once */
	RETRY_SKEW       /* the time it was signed with may be off */
};

/* ${code}: the error's name after '#', or a batch statement's Code; "" when
 * there is none. ${status}: 0 without a reply. Pure. */
enum retry_class retry_classify(int status, const char *code);
/*
 * Whether the error ${code} of a request, or of a batch's statement, says that
 * it did nothing. Only DynamoDB's own names of such errors do: a reply without
 * one may be that of a proxy that had passed the request on, and nobody knows
 * what an unknown name means. Pure.
 */
bool retry_did_nothing(const char *code);

/* Milliseconds before retry ${i} (0: the first); ${chance} in [0,1),
 * ${after_ms} what the service asks for, or -1. Pure. */
int64_t retry_delay_ms(enum retry_class why, int i, double chance,
    int64_t after_ms);
/* A retry with the longest delay. */
#define RETRY_LAST 30

/* A reply that took longer says nothing about the clock. */
#define RETRY_SKEW_ROUND_TRIP_MS (15 * 60 * 1000)
/* Whether a request signed with a clock corrected by ${used} ms may have been
 * refused for that, as ${right} would be right. Pure. */
bool retry_skewed(int64_t right, int64_t used);

/* The quota; the caller locks it. */
struct retry_quota {
	int tokens;
};
void retry_quota_init(struct retry_quota *q);
/* Take what a retry for ${why} costs, and return it; 0: too few are left. */
int retry_quota_take(struct retry_quota *q, enum retry_class why);
/* There was an answer; its last retry took ${cost} (0: there was none). */
void retry_quota_give(struct retry_quota *q, int cost);

#endif
