#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/shlex.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Results of Python's shlex.split. */
static const struct {
	const char *text;
	const char *want[5];
} good[] = {
	{ "", { NULL } },
	{ " \t\r\n", { NULL } },
	{ "a", { "a" } },
	{ "  a  b ", { "a", "b" } },
	{ "a\tb\nc\rd", { "a", "b", "c", "d" } },
	{ "profile \"my dev\"", { "profile", "my dev" } },
	{ "profile 'my dev'", { "profile", "my dev" } },
	{ "a\"b c\"d", { "ab cd" } },
	{ "\"\" ''", { "", "" } },
	{ "a\\ b", { "a b" } },
	{ "\\\"a\\'", { "\"a'" } },
	{ "\"a\\\"b\"", { "a\"b" } },
	{ "\"a\\\\b\"", { "a\\b" } },
	{ "\"a\\b\"", { "a\\b" } },
	{ "\"a\\$b\"", { "a\\$b" } },
	{ "'a\\b'", { "a\\b" } },
	{ "'a\"b'", { "a\"b" } },
	{ "a\\\nb", { "a\nb" } },
	{ "a;b|c>$d `e`", { "a;b|c>$d", "`e`" } },
	{ "# a", { "#", "a" } },
	{ "a\vb", { "a\vb" } },
};

static void
words_are_split_as_by_python(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		char **list = shlex_split(good[i].text);
		size_t n = 0;

		if (list == NULL) {
			fail_msg("%s: not split", good[i].text);
			return;
		}
		for (; list[n] != NULL && good[i].want[n] != NULL; n++)
			assert_string_equal(list[n], good[i].want[n]);
		if (list[n] != NULL || good[i].want[n] != NULL)
			fail_msg("%s: %zu words", good[i].text, n);
		shlex_free(list);
	}
}

static void
open_quotes_are_refused(void **state)
{
	static const char *const bad[] = { "\"a", "'a", "a \"b c", "a\\",
		"a b \\", "\"a\\", "\"a\\\"", "'", "\"" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (shlex_split(bad[i]) != NULL)
			fail_msg("%s: split", bad[i]);
	shlex_free(NULL);
}

static void
quoted_words_survive_a_shell(void **state)
{
	static const struct {
		const char *text, *quoted, *octal;
	} cases[] = {
		{ "plain", "plain", "plain" },
		{ "a/b:c=d,e.f_g-h@i%j+k", "a/b:c=d,e.f_g-h@i%j+k",
		    "a/b:c=d,e.f_g-h@i%%j+k" },
		{ "", "''", "" },
		{ "a b", "'a b'", "a b" },
		{ "it's", "'it'\\''s'", "it\\047s" },
		{ "~root", "'~root'", "~root" },
		{ "$HOME", "'$HOME'", "$HOME" },
		{ "a\nb", "'a\nb'", "a\\012b" },
		{ "\\\x7f\xc3\xa4", "'\\\x7f\xc3\xa4'",
		    "\\134\\177\\303\\244" },
	};
	struct buf b = { 0 };
	char octal[80];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		shlex_quote(&b, cases[i].text);
		assert_string_equal(buf_text(&b), cases[i].quoted);
		buf_reset(&b);
		(void)snprintf(octal, sizeof(octal), "\"$(printf '%s')\"",
		    cases[i].octal);
		shlex_quote_octal(&b, cases[i].text);
		assert_string_equal(buf_text(&b), octal);
		buf_reset(&b);
	}
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_split_as_by_python),
		cmocka_unit_test(open_quotes_are_refused),
		cmocka_unit_test(quoted_words_survive_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
