#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "dynamodb/message.h"
#include "dynamodb/world.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TOKEN "IQoJ/b3+Jp==Z2"

static const struct {
	const char *text, *want;
} words[] = {
	/* clang-format off */
	{ "", "" },
	{ "slow down", "slow down" },
	{ "\n  slow down \n", "slow down" },
	{ "no\nttlsweep: purged 0 entries", "no" },
	{ "no\r\nmore", "no" },
	{ "no\tmore", "no" },
	{ "no\033[2Jmore", "no" },
	{ "no\302\233more", "no" },
	{ "no\342\200\250more", "no" },
	{ "d\303\251j\303\240 \342\200\246", "d\303\251j\303\240 \342\200\246" },
	{ "does not match. The Canonical String for this request should "
	    "have been 'POST", "does not match." },
	{ "The String-to-Sign should have been", "" },
	/* clang-format on */
};

static void
test_clean(void **state)
{
	char text[256];

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		message_copy(text, sizeof(text), words[i].text);
		assert_string_equal(text, words[i].want);
	}
	message_copy(text, sizeof(text), NULL);
	assert_string_equal(text, "");
	message_copy(text, 5, "slow down");
	assert_string_equal(text, "slow");
}

static const struct {
	const char *header, *reply, *want;
	int status;
} hidden[] = {
	/* clang-format off */
	{ "x-amz-security-token: " TOKEN, "a " TOKEN " b " TOKEN,
	    "a ************** b **************", 400 },
	{ "X-Amz-Security-Token: " TOKEN, "IQoJ\\/b3+Jp==Z2.",
	    "***************.", 403 },
	{ "x-amz-security-token: " TOKEN, "IQoJ/b3", "IQoJ/b3", 403 },
	{ "x-amz-security-token: " TOKEN, TOKEN, TOKEN, 200 },
	{ "x-amz-security-token: none", "none", "none", 403 },
	{ "authorization: " TOKEN, TOKEN, "**************", 500 },
	{ "x-amz-sso_bearer_token: " TOKEN, TOKEN, "**************", 401 },
	{ "x-aws-ec2-metadata-token: " TOKEN, TOKEN, "**************", 401 },
	{ "x-amz-target: Scan-of-all", "Scan-of-all", "Scan-of-all", 400 },
	{ "x-amz-security-token: " TOKEN, "", "", 400 },
	/* clang-format on */
};

static void
test_hide(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hidden); i++) {
		struct http_exchange x = { .headers = &hidden[i].header,
			.nheaders = 1,
			.status = hidden[i].status };

		buf_adds(&x.reply, hidden[i].reply);
		message_hide(&x);
		assert_string_equal(buf_text(&x.reply), hidden[i].want);
		buf_release(&x.reply);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_hide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
