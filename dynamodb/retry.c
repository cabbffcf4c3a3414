#include <string.h>

#include "dynamodb/retry.h"

#define RETRY_CAP_MS 20000
#define RETRY_AFTER_MS 5000 /* the service may ask for that much more */
/* A signature fails past 5 minutes; try again only when that far off. */
#define RETRY_SKEW_MS (4 * 60 * 1000)

#define QUOTA_FULL 500
#define QUOTA_THROTTLE 5
#define QUOTA_TRANSIENT 14
#define QUOTA_SUCCESS 1

static const struct {
	const char *code;
	enum retry_class why;
} retry_codes[] = {
	/* clang-format off */
	{ "BandwidthLimitExceeded",			RETRY_THROTTLE },
	{ "EC2ThrottledException",			RETRY_THROTTLE },
	{ "LimitExceededException",			RETRY_THROTTLE },
	{ "ProvisionedThroughputExceeded",		RETRY_THROTTLE },
	{ "ProvisionedThroughputExceededException",	RETRY_THROTTLE },
	{ "RequestLimitExceeded",			RETRY_THROTTLE },
	{ "RequestThrottled",				RETRY_THROTTLE },
	{ "RequestThrottledException",			RETRY_THROTTLE },
	{ "SlowDown",					RETRY_THROTTLE },
	{ "ThrottledException",				RETRY_THROTTLE },
	{ "Throttling",					RETRY_THROTTLE },
	{ "ThrottlingError",				RETRY_THROTTLE },
	{ "ThrottlingException",			RETRY_THROTTLE },
	{ "TooManyRequestsException",			RETRY_THROTTLE },
	/* Somebody else is writing the entry, and ours was turned away before
	 * it did anything: it must not count as a send that may have acted. */
	{ "ReplicatedWriteConflictException",		RETRY_THROTTLE },
	{ "TransactionConflict",			RETRY_THROTTLE },
	{ "TransactionConflictException",		RETRY_THROTTLE },
	{ "TransactionInProgressException",		RETRY_THROTTLE },

	{ "InternalFailure",				RETRY_TRANSIENT },
	{ "InternalServerError",			RETRY_TRANSIENT },
	{ "PriorRequestNotComplete",			RETRY_TRANSIENT },
	{ "RequestTimeout",				RETRY_TRANSIENT },
	{ "RequestTimeoutException",			RETRY_TRANSIENT },
	{ "ServiceUnavailable",				RETRY_TRANSIENT },
	{ "ServiceUnavailableException",		RETRY_TRANSIENT },

	{ "ExpiredToken",				RETRY_EXPIRED },
	{ "ExpiredTokenException",			RETRY_EXPIRED },

	/* Of these only what came with clocks apart; the rest are answers. */
	{ "AccessDeniedException",			RETRY_SKEW },
	{ "AuthFailure",				RETRY_SKEW },
	{ "InvalidSignatureException",			RETRY_SKEW },
	{ "RequestExpired",				RETRY_SKEW },
	{ "RequestInTheFuture",				RETRY_SKEW },
	{ "RequestTimeTooSkewed",			RETRY_SKEW },
	{ "SignatureDoesNotMatch",			RETRY_SKEW },
	/* clang-format on */
};

enum retry_class
retry_classify(int status, const char *code)
{
	for (size_t i = 0; i < sizeof(retry_codes) / sizeof(retry_codes[0]);
	     i++)
		if (strcmp(code, retry_codes[i].code) == 0)
			return retry_codes[i].why;
	if (status == 429)
		return RETRY_THROTTLE;
	if (status == 0 || status == 408 || (status >= 500 && status <= 599))
		return RETRY_TRANSIENT;
	return RETRY_NO;
}

int64_t
retry_delay_ms(enum retry_class why, int i, double chance, int64_t after_ms)
{
	int64_t span = why == RETRY_THROTTLE ? 1000 : 25, delay;

	if (why == RETRY_NO)
		return 0;
	for (; i > 0 && span < RETRY_CAP_MS; i--)
		span *= 2;
	if (span > RETRY_CAP_MS)
		span = RETRY_CAP_MS;
	delay = chance > 0 && chance < 1 ? (int64_t)(chance * (double)span) : 0;
	if (after_ms > delay)
		delay = after_ms - delay < RETRY_AFTER_MS
		    ? after_ms
		    : delay + RETRY_AFTER_MS;
	return delay;
}

bool
retry_skewed(int64_t right, int64_t used)
{
	return right > used ? right - used > RETRY_SKEW_MS
			    : used - right > RETRY_SKEW_MS;
}

void
retry_quota_init(struct retry_quota *q)
{
	q->tokens = QUOTA_FULL;
}

int
retry_quota_take(struct retry_quota *q, enum retry_class why)
{
	int cost = why == RETRY_THROTTLE ? QUOTA_THROTTLE : QUOTA_TRANSIENT;

	if (q->tokens < cost)
		return 0;
	q->tokens -= cost;
	return cost;
}

void
retry_quota_give(struct retry_quota *q, int cost)
{
	q->tokens += cost > 0 ? cost : QUOTA_SUCCESS;
	if (q->tokens > QUOTA_FULL)
		q->tokens = QUOTA_FULL;
}
