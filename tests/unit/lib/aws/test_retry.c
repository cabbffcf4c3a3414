#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/aws/retry.h"

static const struct {
	int status;
	const char *code;
	enum retry_class want;
} replies[] = {
	/* clang-format off */
	/* too fast: nothing was done, always 400 on DynamoDB */
	{ 400, "Throttling",				RETRY_THROTTLE },
	{ 400, "ThrottlingException",			RETRY_THROTTLE },
	{ 400, "ThrottledException",			RETRY_THROTTLE },
	{ 400, "RequestThrottledException",		RETRY_THROTTLE },
	{ 400, "TooManyRequestsException",		RETRY_THROTTLE },
	{ 400, "ProvisionedThroughputExceededException", RETRY_THROTTLE },
	{ 400, "TransactionInProgressException",	RETRY_THROTTLE },
	{ 400, "RequestLimitExceeded",			RETRY_THROTTLE },
	{ 400, "BandwidthLimitExceeded",		RETRY_THROTTLE },
	{ 400, "LimitExceededException",		RETRY_THROTTLE },
	{ 400, "RequestThrottled",			RETRY_THROTTLE },
	{ 503, "SlowDown",				RETRY_THROTTLE },
	{ 400, "EC2ThrottledException",			RETRY_THROTTLE },
	{ 429, "",					RETRY_THROTTLE },
	{ 429, "SomethingNew",				RETRY_THROTTLE },
	/* refused because of another writer: nothing was done */
	{ 409, "ReplicatedWriteConflictException",	RETRY_THROTTLE },
	{ 400, "ReplicatedWriteConflictException",	RETRY_THROTTLE },
	{ 400, "TransactionConflictException",		RETRY_THROTTLE },
	/* in the 200 of a batch */
	{ 200, "ThrottlingError",			RETRY_THROTTLE },
	{ 200, "ProvisionedThroughputExceeded",		RETRY_THROTTLE },
	{ 200, "RequestLimitExceeded",			RETRY_THROTTLE },
	{ 200, "TransactionConflict",			RETRY_THROTTLE },
	{ 200, "InternalServerError",			RETRY_TRANSIENT },
	{ 200, "ConditionalCheckFailed",		RETRY_NO },
	{ 200, "ItemCollectionSizeLimitExceeded",	RETRY_NO },
	{ 200, "ValidationError",			RETRY_NO },
	{ 200, "ResourceNotFound",			RETRY_NO },
	{ 200, "AccessDenied",				RETRY_NO },
	{ 200, "DuplicateItem",				RETRY_NO },
	{ 200, "",					RETRY_NO },
	/* it may have acted */
	{ 0, "",					RETRY_TRANSIENT },
	{ 500, "",					RETRY_TRANSIENT },
	{ 500, "InternalServerError",			RETRY_TRANSIENT },
	{ 500, "InternalFailure",			RETRY_TRANSIENT },
	{ 502, "",					RETRY_TRANSIENT },
	{ 503, "ServiceUnavailable",			RETRY_TRANSIENT },
	{ 504, "",					RETRY_TRANSIENT },
	{ 599, "",					RETRY_TRANSIENT },
	{ 408, "",					RETRY_TRANSIENT },
	{ 400, "RequestTimeout",			RETRY_TRANSIENT },
	{ 400, "RequestTimeoutException",		RETRY_TRANSIENT },
	{ 400, "PriorRequestNotComplete",		RETRY_TRANSIENT },
	/* credentials, clock */
	{ 400, "ExpiredTokenException",			RETRY_EXPIRED },
	{ 403, "ExpiredToken",				RETRY_EXPIRED },
	{ 400, "InvalidSignatureException",		RETRY_SKEW },
	{ 403, "SignatureDoesNotMatch",			RETRY_SKEW },
	{ 403, "RequestTimeTooSkewed",			RETRY_SKEW },
	{ 400, "RequestExpired",			RETRY_SKEW },
	{ 400, "RequestInTheFuture",			RETRY_SKEW },
	{ 401, "AuthFailure",				RETRY_SKEW },
	{ 400, "AccessDeniedException",			RETRY_SKEW },
	/* wrong requests */
	{ 400, "ConditionalCheckFailedException",	RETRY_NO },
	{ 400, "ValidationException",			RETRY_NO },
	{ 400, "SerializationException",		RETRY_NO },
	{ 400, "ResourceNotFoundException",		RETRY_NO },
	{ 400, "UnrecognizedClientException",		RETRY_NO },
	{ 400, "MissingAuthenticationTokenException",	RETRY_NO },
	{ 400, "IncompleteSignatureException",		RETRY_NO },
	{ 400, "UnknownOperationException",		RETRY_NO },
	{ 400, "ItemCollectionSizeLimitExceededException", RETRY_NO },
	{ 400, "",					RETRY_NO },
	{ 400, "throttlingexception",			RETRY_NO },
	{ 400, "ThrottlingExceptionX",			RETRY_NO },
	{ 301, "",					RETRY_NO },
	{ 404, "",					RETRY_NO },
	{ 413, "",					RETRY_NO },
	{ 600, "",					RETRY_NO },
	{ -1, "",					RETRY_NO },
	/* clang-format on */
};

static void
every_reply_has_its_class(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		enum retry_class got =
		    retry_classify(replies[i].status, replies[i].code);

		if (got != replies[i].want) {
			print_error("%d \"%s\": %d, not %d\n",
			    replies[i].status, replies[i].code, (int)got,
			    (int)replies[i].want);
			fail();
		}
	}
}

static const struct {
	const char *name, *code;
	bool nothing;
} verdicts[] = {
	/* clang-format off */
	{ "no name: perhaps a proxy", "", false },
	{ "an unknown name", "ForbiddenException", false },
	{ "another case", "validationexception", false },
	{ "a longer name", "ValidationException2", false },
	{ "a failed condition", "ConditionalCheckFailedException", true },
	{ "... of a statement", "ConditionalCheckFailed", true },
	{ "a wrong request", "ValidationException", true },
	{ "... of a statement", "ValidationError", true },
	{ "not JSON to the service", "SerializationException", true },
	{ "no such table", "ResourceNotFoundException", true },
	{ "... of a statement", "ResourceNotFound", true },
	{ "table not ready", "ResourceInUseException", true },
	{ "no such operation", "UnknownOperationException", true },
	{ "not allowed", "AccessDeniedException", true },
	{ "... of a statement", "AccessDenied", true },
	{ "a wrong signature", "InvalidSignatureException", true },
	{ "unknown keys", "UnrecognizedClientException", true },
	{ "no keys", "MissingAuthenticationTokenException", true },
	{ "expired keys", "ExpiredTokenException", true },
	{ "throttled", "ThrottlingException", true },
	{ "... of a statement", "ThrottlingError", true },
	{ "... by capacity", "ProvisionedThroughputExceededException", true },
	{ "... by account", "RequestLimitExceeded", true },
	{ "a conflict", "TransactionConflict", true },
	{ "a full collection", "ItemCollectionSizeLimitExceededException",
	    true },
	{ "an internal error", "InternalServerError", false },
	{ "... by another name", "InternalFailure", false },
	{ "not available", "ServiceUnavailable", false },
	{ "a timeout", "RequestTimeout", false },
	/* clang-format on */
};

static void
only_known_errors_did_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (retry_did_nothing(verdicts[i].code) != verdicts[i].nothing)
			fail_msg("%s (%s)", verdicts[i].name, verdicts[i].code);
}

static const struct {
	const char *name;
	enum retry_class why;
	int i;
	double chance;
	int64_t after_ms;
	int64_t want;
} delays[] = {
	/* clang-format off */
	{ "first, broken",	RETRY_TRANSIENT, 0, 0.5, -1,	12 },
	{ "it doubles",		RETRY_TRANSIENT, 3, 0.5, -1,	100 },
	{ "last before cap",	RETRY_TRANSIENT, 9, 0.5, -1,	6400 },
	{ "at the cap",		RETRY_TRANSIENT, 10, 0.5, -1,	10000 },
	{ "far past the cap",	RETRY_TRANSIENT, 2000000000, 0.5, -1, 10000 },
	{ "first, throttled",	RETRY_THROTTLE, 0, 0.5, -1,	500 },
	{ "throttled, 5th",	RETRY_THROTTLE, 4, 0.5, -1,	8000 },
	{ "throttled, at the cap",	RETRY_THROTTLE, 5, 0.5, -1,	10000 },
	{ "chance is 0",		RETRY_THROTTLE, 9, 0, -1,	0 },
	{ "chance is nearly 1",		RETRY_THROTTLE, 9, 0.99999, -1,	19999 },
	{ "expired",		RETRY_EXPIRED, 0, 0.5, -1,	12 },
	{ "skew",		RETRY_SKEW, 0, 0.5, -1,		12 },
	{ "no retry",		RETRY_NO, 3, 0.5, 4000,		0 },
	{ "negative number",	RETRY_THROTTLE, -3, 0.5, -1,	500 },
	{ "it asks for less",	RETRY_THROTTLE, 0, 0.5, 100,	500 },
	{ "it asks for 0",	RETRY_THROTTLE, 0, 0.5, 0,	500 },
	{ "it asks for more",	RETRY_THROTTLE, 0, 0.5, 1500,	1500 },
	{ "it asks for 5 s more",	RETRY_THROTTLE, 0, 0.5, 5500,	5500 },
	{ "it asks for much more",		RETRY_THROTTLE, 0, 0.5, 60000,	5500 },
	{ "it asks for the maximum",	RETRY_THROTTLE, 0, 0.5, INT64_MAX, 5500 },
	{ "it asks for less than 0",	RETRY_THROTTLE, 0, 0.5, INT64_MIN, 500 },
	{ "chance is not a number", RETRY_THROTTLE, 0, NAN, -1,	0 },
	{ "chance too large",	RETRY_THROTTLE, 0, 1e300, -1,	0 },
	{ "chance negative",	RETRY_THROTTLE, 0, -1, -1,	0 },
	/* clang-format on */
};

static void
delays_follow_the_formula(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		int64_t got = retry_delay_ms(delays[i].why, delays[i].i,
		    delays[i].chance, delays[i].after_ms);

		if (got != delays[i].want) {
			print_error("%s: %lld, not %lld\n", delays[i].name,
			    (long long)got, (long long)delays[i].want);
			fail();
		}
	}
}

static void
the_quota_is_taken_and_given_back(void **state)
{
	struct retry_quota q;
	int taken = 0;

	(void)state;
	retry_quota_init(&q);
	/* 35 retries of broken replies, or 100 of throttling, in a row */
	while (retry_quota_take(&q, RETRY_TRANSIENT) == 14)
		taken++;
	assert_int_equal(taken, 35);
	assert_int_equal(retry_quota_take(&q, RETRY_THROTTLE), 5);
	assert_int_equal(retry_quota_take(&q, RETRY_THROTTLE), 5);
	assert_int_equal(retry_quota_take(&q, RETRY_THROTTLE), 0);
	assert_int_equal(q.tokens, 0);

	/* answers fill it again: by what they took, else by one */
	retry_quota_give(&q, 14);
	assert_int_equal(q.tokens, 14);
	for (int i = 0; i < 486; i++)
		retry_quota_give(&q, 0);
	assert_int_equal(q.tokens, 500);
	retry_quota_give(&q, 0);
	retry_quota_give(&q, 14);
	assert_int_equal(q.tokens, 500);

	retry_quota_init(&q);
	for (taken = 0; retry_quota_take(&q, RETRY_THROTTLE) == 5; taken++)
		;
	assert_int_equal(taken, 100);
}

static void
more_than_four_minutes_are_skew(void **state)
{
	static const struct {
		int64_t right, used;
		bool want;
	} table[] = {
		{ 0, 0, false },
		{ 240000, 0, false },
		{ 240001, 0, true },
		{ -240000, 0, false },
		{ -240001, 0, true },
		{ 7200000, 7200000, false },
		{ 7200000, 6960000, false },
		{ 7200000, 6959999, true },
		{ -120001, 120000, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (retry_skewed(table[i].right, table[i].used) !=
		    table[i].want)
			fail_msg("%lld, %lld", (long long)table[i].right,
			    (long long)table[i].used);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reply_has_its_class),
		cmocka_unit_test(only_known_errors_did_nothing),
		cmocka_unit_test(delays_follow_the_formula),
		cmocka_unit_test(the_quota_is_taken_and_given_back),
		cmocka_unit_test(more_than_four_minutes_are_skew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
