#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/aws/proxy.h"
#include "lib/base/buf.h"

static const struct {
	const char *address;
	bool plain;
} addresses[] = {
	/* clang-format off */
	{ "proxy", true },
	{ "proxy.example:3128", true },
	{ "http://proxy.example", true },
	{ "http://proxy.example:3128/", true },
	{ "socks5h://127.0.0.1:1080", true },
	{ "http://[::1]:3128", true },
	{ "http://user@proxy:3128", true },
	{ "http://user:secret@proxy:3128", true },
	{ "http://user:s%40c%2Fret@proxy:3128/", true },
	{ "user:secret@[fe80::1]", true },
	/* which part is the password is not known */
	{ "user:secret", false },
	{ "http://user:secret", false },
	{ "http://user:secret%40proxy:3128", false },
	{ "http://user%3Asecret%40proxy", false },
	{ "http://user:sec@ret@proxy:3128", false },
	{ "http://user:sec/ret@proxy:3128", false },
	{ "http://user:sec ret@proxy:3128", false },
	{ "http://user:sec?ret@proxy:3128", false },
	{ "http://user:secret@", false },
	{ "http://proxy:3128/user:secret", false },
	{ "http://proxy:3128?user=secret", false },
	{ "http://proxy:312899", false },
	{ "http://proxy:", false },
	{ "http://[::1", false },
	{ "http://[]", false },
	{ "http://", false },
	/* clang-format on */
};

static void
other_forms_are_not_plain(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		assert_int_equal(setenv("https_proxy", addresses[i].address, 1),
		    0);
		if (proxy_all_plain() != addresses[i].plain)
			fail_msg("%s", addresses[i].address);
	}
	assert_int_equal(unsetenv("https_proxy"), 0);
	assert_true(proxy_all_plain());
}

static const struct {
	const char *name, *text, *want;
} texts[] = {
	/* clang-format off */
	{ "the password", "wrong: hun/ter22", "wrong: *********" },
	{ "the password as in the address", "wrong: hun%2Fter22",
	    "wrong: ***********" },
	{ "the password, escaped otherwise", "wrong: hun\\u002fter22, hun&#47;ter22",
	    "wrong: **************, *************" },
	{ "user and password", "bob:hun%2Fter22@proxy",
	    "***************@proxy" },
	{ "as in the header", "Basic Ym9iOmh1bi90ZXIyMg==",
	    "Basic ********************" },
	{ "no secret", "no such proxy", "no such proxy" },
	/* clang-format on */
};

static void
passwords_are_blanked(void **state)
{
	(void)state;
	assert_int_equal(setenv("https_proxy",
			     "http://bob:hun%2Fter22@proxy:3128", 1),
	    0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buf b = { 0 };

		buf_adds(&b, texts[i].text);
		proxy_hide(&b);
		if (strcmp(buf_text(&b), texts[i].want) != 0)
			fail_msg("%s: %s", texts[i].name, buf_text(&b));
		buf_release(&b);
	}
	assert_int_equal(unsetenv("https_proxy"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_forms_are_not_plain),
		cmocka_unit_test(passwords_are_blanked),
	};

	for (size_t i = 0; i < 6; i++) {
		static const char *const names[] = { "http_proxy",
			"https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY",
			"ALL_PROXY" };

		(void)unsetenv(names[i]);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
