#ifndef DYNAMODB_RETRY_H
#define DYNAMODB_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Which replies are tried again, and when. The policy is the SDKs' standard
 * mode of 2026 for DynamoDB (AWS.md section 4): full jitter,
 * rand(0,1) · min(base · 2^i, 20 s) before the i-th retry (from 0), base
 * 25 ms for broken replies and 5xx, 1 s for throttling; the service's own
 * x-amz-retry-after counts from that delay to 5 s above it.
 * A sweep works through a table once, for hours: unlike an SDK's request it
 * has no user waiting, so RETRY_ATTEMPTS is larger than the SDKs' 4 unless
 * AWS_MAX_ATTEMPTS or max_attempts says otherwise.
 */
#define RETRY_ATTEMPTS 10

enum retry_class {
	RETRY_NO,
	RETRY_THROTTLE,	 /* too fast; the request did nothing */
	RETRY_TRANSIENT, /* 5xx, torn or garbled reply: it may have acted */
	RETRY_EXPIRED,	 /* renew the credentials, once */
	RETRY_SKEW	 /* the signature's time was off: correct, once */
};

/* ${code}: the error's name after '#', or a batch statement's Code; "" when
 * the reply was no error document. ${status}: 0 when no reply came. Pure. */
enum retry_class retry_classify(int status, const char *code);

/* Milliseconds before retry ${i} (0: the first), ${chance} in [0,1),
 * ${after_ms} the service's wish or -1. Pure. */
int64_t retry_delay_ms(enum retry_class why, int i, double chance,
    int64_t after_ms);

#endif
