#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/aws/message.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TOKEN "IQoJ/b3+Jp==Z2"
#define LONG "0123456789abcdefghijklmn"

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
a_message_ends_before_it_quotes_the_request(void **state)
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
	/* however it is escaped */
	{ "x-amz-security-token: " TOKEN, "a IQoJ%2Fb3%2bJp%3D%3dZ2 b",
	    "a ********************** b", 400 },
	{ "x-amz-security-token: " TOKEN, "%49QoJ%252Fb3+Jp==Z2",
	    "********************", 400 },
	{ "x-amz-security-token: " TOKEN, "IQoJ\\u002fb3\\u002BJp\\u003d=Z2",
	    "*****************************", 400 },
	{ "x-amz-security-token: " TOKEN, "\\u0049QoJ/b3+Jp==Z2",
	    "*******************", 400 },
	{ "x-amz-security-token: " TOKEN, "IQoJ&#47;b3&#x2b;Jp&#x3D;=Z2",
	    "****************************", 400 },
	{ "x-amz-security-token: pass&word\"<x>",
	    "pass&amp;word&quot;&lt;x&gt;.",
	    "****************************.", 400 },
	{ "x-amz-security-token: pass%25word", "pass%25word|pass%2525word",
	    "***********|*************", 400 },
	{ "x-amz-security-token: p\303\251ss\342\202\254word",
	    "p\\u00e9ss\\u20acword", "*******************", 400 },
	{ "x-amz-security-token: back\\slash", "back\\\\slash",
	    "***********", 400 },
	/* invalid escapes do not match */
	{ "x-amz-security-token: " TOKEN, "IQoJ\\u00", "IQoJ\\u00", 400 },
	{ "x-amz-security-token: " TOKEN, "IQoJ%2", "IQoJ%2", 400 },
	{ "x-amz-security-token: " TOKEN, "IQoJ&#;&#x;&#99999999;&",
	    "IQoJ&#;&#x;&#99999999;&", 400 },
	{ "x-amz-security-token: " TOKEN, "IQoJ\\ud800", "IQoJ\\ud800", 400 },
	/* the beginning of a long secret */
	{ "x-amz-security-token: " LONG "and so on", LONG "...",
	    "************************...", 400 },
	{ "x-amz-security-token: " LONG "and so on", "0123456789abcdefghijklm",
	    "0123456789abcdefghijklm", 400 },
	{ "authorization: Bearer 0123456789", "no 0123456789",
	    "no **********", 403 },
	/* clang-format on */
};

static void
secrets_are_blanked_in_the_reply(void **state)
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

/* Whatever the status. */
static void
secrets_are_blanked_in_id_and_error(void **state)
{
	const char *header = "x-amz-security-token: " TOKEN;

	(void)state;
	for (int status = 0; status <= 400; status += 200) {
		struct http_exchange x = { .headers = &header,
			.nheaders = 1,
			.status = status,
			.request_id = "id " TOKEN,
			.error = "IQoJ%2Fb3+Jp==Z2 no" };

		message_hide(&x);
		assert_string_equal(x.request_id, "id **************");
		assert_string_equal(x.error, "**************** no");
	}
}

static void
in_a_200_only_the_part_is_blanked(void **state)
{
	const char *header = "x-amz-security-token: " TOKEN;
	struct http_exchange x = { .headers = &header,
		.nheaders = 1,
		.status = 200 };

	(void)state;
	buf_adds(&x.reply, TOKEN " " TOKEN " " TOKEN);
	message_hide_part(&x, (struct slice){ x.reply.p + 15, 14 });
	assert_string_equal(buf_text(&x.reply), TOKEN " ************** " TOKEN);
	buf_release(&x.reply);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_ends_before_it_quotes_the_request),
		cmocka_unit_test(secrets_are_blanked_in_the_reply),
		cmocka_unit_test(secrets_are_blanked_in_id_and_error),
		cmocka_unit_test(in_a_200_only_the_part_is_blanked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
