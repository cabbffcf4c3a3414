#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/command/cookie.h"
#include "lib/base/fault.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Signed with "keyboard cat" by express-session. */
#define ID "0GbXHZ4KUcDgvNvjTc8LmtR3aXq1yE5w"
#define SIG "erSqMe+lrXRxXhpJ+Xc/mXUrB/edqpniPQPyy4xhPC8"
#define ESC "erSqMe%2BlrXRxXhpJ%2BXc%2FmXUrB%2FedqpniPQPyy4xhPC8"
#define VALUE "s%3A" ID "." ESC
#define CAT "keyboard cat"

static const struct {
	const char *name;
	struct slice text, secrets; /* p NULL: no file */
	enum cookie_verdict verdict;
	struct slice id;
	size_t secret;
} cases[] = {
	/* clang-format off */
	{ "as in the header", SLICE(VALUE), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "decoded", SLICE("s:" ID "." SIG), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "hex in lower case", SLICE("s%3a" ID "." ESC), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "spaces around it", SLICE("  " VALUE " \n"), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "in quotes", SLICE("connect.sid=\"" VALUE "\""), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "name and value", SLICE("connect.sid=" VALUE), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "another name", SLICE("sid=" VALUE), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "Cookie header", SLICE("Cookie: a=b; connect.sid=" VALUE "; c=d"), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "header without its name", SLICE("a=b; connect.sid=" VALUE), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "header in upper case, without a space", SLICE("COOKIE:connect.sid=" VALUE), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "Set-Cookie header", SLICE("Set-Cookie: connect.sid=" VALUE "; Path=/; Expires=Sun, 22 Nov 2026 09:12:00 GMT; HttpOnly"), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "Set-Cookie value", SLICE(VALUE "; Path=/; HttpOnly"), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "of two, the one that verifies", SLICE("Cookie: connect.sid=s%3Aabc.def; other=" VALUE), SLICE(CAT), COOKIE_VALID, SLICE(ID), 1 },
	{ "the second secret", SLICE(VALUE), SLICE("new\n" CAT "\nold\n"), COOKIE_VALID, SLICE(ID), 2 },
	{ "CRLF, empty lines", SLICE(VALUE), SLICE("\r\n\n" CAT "\r\n"), COOKIE_VALID, SLICE(ID), 1 },
	{ "spaces belong to a secret", SLICE(VALUE), SLICE(" " CAT "\n"), COOKIE_WRONG, SLICE(ID), 0 },
	{ "another secret", SLICE(VALUE), SLICE("dog"), COOKIE_WRONG, SLICE(ID), 0 },
	{ "an empty file", SLICE(VALUE), SLICE(""), COOKIE_WRONG, SLICE(ID), 0 },
	{ "no secret file", SLICE(VALUE), { NULL, 0 }, COOKIE_UNVERIFIED, SLICE(ID), 0 },
	{ "another id", SLICE("s%3A1" ID "." ESC), SLICE(CAT), COOKIE_WRONG, SLICE("1" ID), 0 },
	{ "a truncated signature", SLICE("s:" ID "." "erSqMe+lrXRxXhpJ+Xc/mXUrB/edqpniPQPyy4xhPC"), SLICE(CAT), COOKIE_WRONG, SLICE(ID), 0 },
	{ "signature with padding", SLICE("s:" ID "." SIG "="), SLICE(CAT), COOKIE_WRONG, SLICE(ID), 0 },
	{ "its last bit, which base64 does not use", SLICE("s:" ID "." "erSqMe+lrXRxXhpJ+Xc/mXUrB/edqpniPQPyy4xhPC9"), SLICE(CAT), COOKIE_WRONG, SLICE(ID), 0 },
	{ "base64url", SLICE("s:" ID "." "erSqMe-lrXRxXhpJ-Xc_mXUrB_edqpniPQPyy4xhPC8"), SLICE(CAT), COOKIE_WRONG, SLICE(ID), 0 },
	{ "dots in the id", SLICE("s:a.b.c." SIG), SLICE(CAT), COOKIE_WRONG, SLICE("a.b.c"), 0 },
	{ "no signature", SLICE("s:" ID), SLICE(CAT), COOKIE_UNSIGNED, SLICE("s:" ID), 0 },
	{ "no s:", SLICE(ID "." SIG), SLICE(CAT), COOKIE_UNSIGNED, SLICE(ID "." SIG), 0 },
	{ "an upper-case S", SLICE("S:" ID "." SIG), SLICE(CAT), COOKIE_UNSIGNED, SLICE("S:" ID "." SIG), 0 },
	{ "unsigned connect.sid before a signed one", SLICE("Cookie: connect.sid=abc; x=s:a.b"), { NULL, 0 }, COOKIE_UNSIGNED, SLICE("abc"), 0 },
	{ "the only signed one", SLICE("Cookie: a=b; x=s:a.b"), { NULL, 0 }, COOKIE_UNVERIFIED, SLICE("a"), 0 },
	{ "NUL in the id", SLICE("s%3Aa%00b.c"), { NULL, 0 }, COOKIE_UNVERIFIED, SLICE("a\0b"), 0 },
	{ "half a percent escape: as it stands", SLICE("s%3Aa%2.c"), { NULL, 0 }, COOKIE_UNSIGNED, SLICE("s%3Aa%2.c"), 0 },
	{ "percent at the end", SLICE("s:a.c%"), { NULL, 0 }, COOKIE_UNVERIFIED, SLICE("a"), 0 },
	{ "not UTF-8: as it stands", SLICE("s:a%ff.c"), { NULL, 0 }, COOKIE_UNVERIFIED, SLICE("a%ff"), 0 },
	{ "an empty id", SLICE("s:.c"), { NULL, 0 }, COOKIE_UNVERIFIED, SLICE(""), 0 },
	/* clang-format on */
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cookie c;
		struct fault f = { 0 };

		print_message("%s\n", cases[i].name);
		if (cookie_read(&c, cases[i].text, cases[i].secrets, &f) != 0)
			fail_msg("%s", f.text);
		assert_int_equal(c.verdict, cases[i].verdict);
		assert_int_equal(c.secret, cases[i].secret);
		assert_int_equal(c.id.n, cases[i].id.n);
		assert_memory_equal(buf_text(&c.id), cases[i].id.p, c.id.n);
		cookie_release(&c);
	}
}

static const struct {
	const char *name;
	struct slice text;
	const char *says;
} refused[] = {
	{ "empty", SLICE(""), "it is empty" },
	{ "blanks", SLICE(" \n"), "it is empty" },
	{ "a header without a cookie", SLICE("Cookie:"), "no cookie given" },
	{ "attributes only", SLICE("Path; HttpOnly"), "no cookie given" },
	{ "two signed ones without the name", SLICE("a=s:a.b; c=s:c.d"),
	    "several cookies are signed" },
	{ "several, and none can be it", SLICE("Cookie: a=b; theme=dark"),
	    "no session cookie in it: no cookie is signed or named "
	    "connect.sid; without one, the browser has no session" },
	{ "one, and it cannot be it", SLICE("Cookie: theme=dark"),
	    "the only cookie is neither signed nor named connect.sid" },
};

static void
test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct slice none = { NULL, 0 };
		struct fault f = { 0 };
		struct cookie c;

		print_message("%s\n", refused[i].name);
		assert_int_equal(cookie_read(&c, refused[i].text, none, &f),
		    -1);
		assert_int_equal(f.kind, FAULT_USAGE);
		assert_non_null(strstr(f.text, refused[i].says));
		cookie_release(&c);
	}
}

/* Changing any byte of the signature makes it wrong. */
static void
test_every_byte(void **state)
{
	char text[] = "s:" ID "." SIG;
	size_t n = strlen(text);

	(void)state;
	for (size_t i = 2; i < n; i++) {
		struct fault f = { 0 };
		struct cookie c;

		text[i] ^= 1;
		assert_int_equal(cookie_read(&c, (struct slice){ text, n },
				     SLICE(CAT), &f),
		    0);
		assert_int_not_equal(c.verdict, COOKIE_VALID);
		cookie_release(&c);
		text[i] ^= 1;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
