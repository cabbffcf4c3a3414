#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/aws/refusal.h"
#include "lib/base/fault.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define USER                                                           \
	"User: arn:aws:iam::123456789012:user/u is not authorized to " \
	"perform: dynamodb:Scan on resource: T "
#define THEIRS "); add it to the policy of these credentials"
#define DENIES "); that policy denies it whatever others allow: have it changed"
#define KEY "and in that of the key"
#define MUST "); that policy must allow it, too"

static void
test_denied(void **state)
{
	static const struct {
		const char *message, *ends;
	} cases[] = {
		{ "", THEIRS },
		{ USER, THEIRS },
		{ USER "because no identity-based policy allows the "
		       "dynamodb:Scan action",
		    THEIRS },
		{ "User: u is not authorized to perform: kms:Decrypt on "
		  "resource: k because no identity-based policy allows the "
		  "kms:Decrypt action",
		    KEY },
		{ "KMS key access denied error: The ciphertext refers to a "
		  "customer master key that does not exist",
		    KEY },
		{ USER "with an explicit deny in a service control policy",
		    DENIES },
		{ USER "with an explicit deny in an identity-based policy",
		    DENIES },
		{ USER "because no VPC endpoint policy allows the "
		       "dynamodb:Scan action",
		    MUST },
		{ USER "because no permissions boundary allows the "
		       "dynamodb:Scan action",
		    MUST },
		{ USER "because no session policy allows the dynamodb:Scan "
		       "action",
		    MUST },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct refusal r = { .service = "dynamodb",
			.action = "Scan",
			.what = "Scan",
			.table = "T",
			.code = "AccessDeniedException",
			.message = cases[i].message };
		struct fault f = { 0 };

		assert_int_equal(refusal_say(&r, &f), -1);
		assert_int_equal(f.kind, FAULT_DENIED);
		assert_non_null(strstr(f.text, cases[i].ends));
		assert_int_equal(refusal_own_policy(cases[i].message),
		    strcmp(cases[i].ends, THEIRS) == 0);
	}
}

static void
test_net(void **state)
{
	static const struct {
		const char *error, *says;
	} cases[] = {
		{ "the reply does not match its checksum (x-amz-crc32)",
		    "cuts or changes replies" },
		{ "transfer closed with 314 bytes remaining to read",
		    "cuts or changes replies" },
		{ "Empty reply from server", "cuts or changes replies" },
		{ "Failed to connect to 127.0.0.1 port 1",
		    "a server is listening" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_non_null(
		    strstr(refusal_net(cases[i].error, false), cases[i].says));
}

/* A full stop at the end of the service's message is not doubled. */
static void
test_stop(void **state)
{
	struct refusal r = { .service = "dynamodb",
		.action = "Scan",
		.what = "Scan",
		.code = "RequestLimitExceeded",
		.message = "Too fast.",
		.why = RETRY_THROTTLE,
		.tries = 2 };
	struct fault f = { 0 };

	(void)state;
	assert_int_equal(refusal_say(&r, &f), -1);
	assert_string_equal(f.text,
	    "Scan: gave up after 2 tries: RequestLimitExceeded: Too fast; too "
	    "many such requests in this account; run again later");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_net),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
