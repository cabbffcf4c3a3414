#include <string.h>

#include "lib/aws/retry.h"

#define RETRY_CAP_MS 20000
#define RETRY_AFTER_MS 5000 /* how much more the service may ask for */
/* A signature is valid for 5 minutes. */
#define RETRY_SKEW_MS (4 * 60 * 1000)

#define QUOTA_FULL 500
#define QUOTA_THROTTLE 5
#define QUOTA_TRANSIENT 14
#define QUOTA_SUCCESS 1

/* The service's errors. ${nothing}: the request did nothing. */
static const struct {
	const char *code;
	enum retry_class why;
	bool nothing;
} retry_codes[] = {
	/* clang-format off */
	{ "BandwidthLimitExceeded",			RETRY_THROTTLE,		true },
	{ "EC2ThrottledException",			RETRY_THROTTLE,		true },
	{ "LimitExceededException",			RETRY_THROTTLE,		true },
	{ "ProvisionedThroughputExceeded",		RETRY_THROTTLE,		true },
	{ "ProvisionedThroughputExceededException",	RETRY_THROTTLE,		true },
	{ "RequestLimitExceeded",			RETRY_THROTTLE,		true },
	{ "RequestThrottled",				RETRY_THROTTLE,		true },
	{ "RequestThrottledException",			RETRY_THROTTLE,		true },
	{ "SlowDown",					RETRY_THROTTLE,		true },
	{ "ThrottledException",				RETRY_THROTTLE,		true },
	{ "Throttling",					RETRY_THROTTLE,		true },
	{ "ThrottlingError",				RETRY_THROTTLE,		true },
	{ "ThrottlingException",			RETRY_THROTTLE,		true },
	{ "TooManyRequestsException",			RETRY_THROTTLE,		true },

	/* Another request is writing the entry, so ours did nothing. */
	{ "ReplicatedWriteConflictException",		RETRY_THROTTLE,		true },
	{ "TransactionConflict",			RETRY_THROTTLE,		true },
	{ "TransactionConflictException",		RETRY_THROTTLE,		true },
	{ "TransactionInProgressException",		RETRY_THROTTLE,		true },

	/* The service failed on the way: it may have acted. */
	{ "InternalFailure",				RETRY_TRANSIENT,	false },
	{ "InternalServerError",			RETRY_TRANSIENT,	false },
	{ "PriorRequestNotComplete",			RETRY_TRANSIENT,	false },
	{ "RequestTimeout",				RETRY_TRANSIENT,	false },
	{ "RequestTimeoutException",			RETRY_TRANSIENT,	false },
	{ "ServiceUnavailable",				RETRY_TRANSIENT,	false },
	{ "ServiceUnavailableException",		RETRY_TRANSIENT,	false },

	{ "ExpiredToken",				RETRY_EXPIRED,		true },
	{ "ExpiredTokenException",			RETRY_EXPIRED,		true },

	/* Retried only when the clocks differ. */
	{ "AccessDeniedException",			RETRY_SKEW,		true },
	{ "AuthFailure",				RETRY_SKEW,		true },
	{ "InvalidSignatureException",			RETRY_SKEW,		true },
	{ "RequestExpired",				RETRY_SKEW,		true },
	{ "RequestInTheFuture",				RETRY_SKEW,		true },
	{ "RequestTimeTooSkewed",			RETRY_SKEW,		true },
	{ "SignatureDoesNotMatch",			RETRY_SKEW,		true },

	/* Answers. A batch statement's code has no "Exception". */
	{ "AccessDenied",				RETRY_NO,		true },
	{ "ConditionalCheckFailed",			RETRY_NO,		true },
	{ "ConditionalCheckFailedException",		RETRY_NO,		true },
	{ "DuplicateItem",				RETRY_NO,		true },
	{ "DuplicateItemException",			RETRY_NO,		true },
	{ "IncompleteSignature",			RETRY_NO,		true },
	{ "IncompleteSignatureException",		RETRY_NO,		true },
	{ "InvalidClientTokenId",			RETRY_NO,		true },
	{ "ItemCollectionSizeLimitExceeded",		RETRY_NO,		true },
	{ "ItemCollectionSizeLimitExceededException",	RETRY_NO,		true },
	{ "MissingAuthenticationToken",			RETRY_NO,		true },
	{ "MissingAuthenticationTokenException",	RETRY_NO,		true },
	{ "ResourceInUseException",			RETRY_NO,		true },
	{ "ResourceNotFound",				RETRY_NO,		true },
	{ "ResourceNotFoundException",			RETRY_NO,		true },
	{ "SerializationException",			RETRY_NO,		true },
	{ "TableNotFoundException",			RETRY_NO,		true },
	{ "UnknownOperationException",			RETRY_NO,		true },
	{ "UnrecognizedClientException",		RETRY_NO,		true },
	{ "ValidationError",				RETRY_NO,		true },
	{ "ValidationException",			RETRY_NO,		true },
	/* clang-format on */
};
#define RETRY_CODES (sizeof(retry_codes) / sizeof(retry_codes[0]))

enum retry_class
retry_classify(int status, const char *code)
{
	for (size_t i = 0; i < RETRY_CODES; i++)
		if (strcmp(code, retry_codes[i].code) == 0)
			return retry_codes[i].why;
	if (status == 429)
		return RETRY_THROTTLE;
	if (status == 0 || status == 408 || (status >= 500 && status <= 599))
		return RETRY_TRANSIENT;
	return RETRY_NO;
}

bool
retry_did_nothing(const char *code)
{
	for (size_t i = 0; i < RETRY_CODES; i++)
		if (strcmp(code, retry_codes[i].code) == 0)
			return retry_codes[i].nothing;
	return false;
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
	bool throttled = why == RETRY_THROTTLE || why == RETRY_UNLUCKY;
	int cost = throttled ? QUOTA_THROTTLE : QUOTA_TRANSIENT;

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
