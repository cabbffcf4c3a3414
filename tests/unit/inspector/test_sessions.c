#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "inspector/sessions.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	bool is;
} tables[] = {
	/* clang-format off */
	{ "sessions", true },
	{ "session", true },
	{ "Sessions", true },
	{ "SESSIONS", true },
	{ "sEsSiOnS", false }, /* more than one word */
	{ "MySessions", true },
	{ "mySessions", true },
	{ "prod-sessions", true },
	{ "user_session_v2", true },
	{ "a.session.b", true },
	{ "sessions2024", true },
	{ "v2sessions", true },
	{ "PHPSessions", true },
	{ "PHPSESSIONS", false },
	{ "PHP_SESSIONS", true },
	{ "SessionStore", true },
	{ "SESSIONStore", true },
	{ "UserSessionDB", true },
	{ "sessionsx", false },
	{ "xsession", false },
	{ "obsession", false },
	{ "Obsessions", false },
	{ "sess", false },
	{ "sessio-n", false },
	{ "TSAGalleryCache", false },
	{ "", false },
	{ "---", false },
	/* clang-format on */
};

static void
test_table(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++)
		if (sessions_table(tables[i].name) != tables[i].is) {
			print_error("%s\n", tables[i].name);
			bad++;
		}
	assert_int_equal(bad, 0);
}

static void
test_attribute(void **state)
{
	static const char *const yes[] = { "session_id", "sessionId",
		"sessionid", "session_key", "session", "sid", "PHPSESSID" };
	static const char *const no[] = { "key", "id", "pk", "SID", "Session",
		"session_ids", "phpsessid", "" };

	(void)state;
	for (size_t i = 0; i < COUNT(yes); i++)
		assert_true(sessions_attribute(yes[i]));
	for (size_t i = 0; i < COUNT(no); i++)
		assert_false(sessions_attribute(no[i]));
}

/* Each word with each separator, in both cases. */
static void
test_prefix(void **state)
{
	static const char *const words[] = { "sess", "session", "sessions",
		"sessid", "sid", "phpsessid", "SESS", "Session", "SESSIONS",
		"SessID", "SID", "PHPSESSID" };
	static const char ends[] = ":#/_-.|";
	char key[32];

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++)
		for (const char *end = ends; *end != '\0'; end++) {
			int n = snprintf(key, sizeof(key), "%s%cab:c", words[i],
			    *end);

			assert_int_equal(sessions_prefix(slice_str(key)),
			    n - 4);
			assert_int_equal(sessions_prefix((struct slice){ key,
					     (size_t)n - 5 }),
			    0);
		}
	assert_int_equal(sessions_prefix(SLICE("sess\0abc")), 0);
	assert_int_equal(sessions_prefix(SLICE("sess abc")), 0);
	assert_int_equal(sessions_prefix(SLICE("sessy:abc")), 0);
	assert_int_equal(sessions_prefix(SLICE("")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_attribute),
		cmocka_unit_test(test_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
