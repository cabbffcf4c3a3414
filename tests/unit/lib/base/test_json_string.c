#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/json_string.h"

/* More than two blocks of 64, so that every offset occurs. */
#define LONGEST 150

/* A text and its length, as it may contain NUL. */
#define TEXT(s) (s), sizeof(s) - 1

static const struct {
	const char *name;
	const char *text; /* a part of a string */
	size_t n;
	int fewer; /* bytes that decoding saves; -1: not valid */
} parts[] = {
	/* clang-format off */
	{ "nothing", TEXT(""), 0 },
	{ "plain", TEXT("a"), 0 },
	{ "DEL", TEXT("\x7f"), 0 },
	{ "space, the lowest that is plain", TEXT(" "), 0 },
	{ "unit separator, the highest control", TEXT("\x1f"), -1 },
	{ "NUL", TEXT("\0"), -1 },
	{ "newline", TEXT("\n"), -1 },
	{ "escaped quote", TEXT("\\\""), 1 },
	{ "escaped backslash", TEXT("\\\\"), 1 },
	{ "escaped backslash and quote", TEXT("\\\\\\\""), 2 },
	{ "all short escapes", TEXT("\\/\\b\\f\\n\\r\\t"), 6 },
	{ "unknown escape", TEXT("\\x"), -1 },
	{ "escaped newline", TEXT("\\\n"), -1 },
	{ "\\u of one byte", TEXT("\\u0041"), 5 },
	{ "\\u of NUL", TEXT("\\u0000"), 5 },
	{ "\\u of two bytes", TEXT("\\u00e9"), 4 },
	{ "\\u of three bytes", TEXT("\\u20AC"), 3 },
	{ "surrogate pair", TEXT("\\ud83d\\ude00"), 8 },
	{ "high half alone", TEXT("\\ud83d"), 3 },
	{ "low half alone", TEXT("\\ude00"), 3 },
	{ "high half before a letter", TEXT("\\ud83d\\u0041"), 8 },
	{ "high half before another", TEXT("\\ud83d\\ud83d"), 6 },
	{ "low half before a high one", TEXT("\\ude00\\ud83d"), 6 },
	{ "high half before a short escape", TEXT("\\ud83d\\n"), 4 },
	{ "\\u without digits", TEXT("\\ug000"), -1 },
	{ "\\u with three digits", TEXT("\\u123x"), -1 },
	{ "pair with a bad half", TEXT("\\ud83d\\ude0x"), -1 },
	{ "capital U", TEXT("\\U0041"), -1 },
	{ "two bytes", TEXT("\xc3\xa9"), 0 },
	{ "three bytes", TEXT("\xe2\x82\xac"), 0 },
	{ "four bytes", TEXT("\xf0\x9f\x98\x80"), 0 },
	{ "highest of two bytes", TEXT("\xdf\xbf"), 0 },
	{ "highest before the surrogates", TEXT("\xed\x9f\xbf"), 0 },
	{ "U+10FFFF", TEXT("\xf4\x8f\xbf\xbf"), 0 },
	{ "continuation alone", TEXT("\x80"), -1 },
	{ "overlong of two bytes", TEXT("\xc1\xbf"), -1 },
	{ "overlong of three bytes", TEXT("\xe0\x9f\xbf"), -1 },
	{ "overlong of four bytes", TEXT("\xf0\x8f\xbf\xbf"), -1 },
	{ "surrogate in UTF-8", TEXT("\xed\xa0\x80"), -1 },
	{ "past U+10FFFF", TEXT("\xf4\x90\x80\x80"), -1 },
	{ "two bytes, truncated", TEXT("\xc3"), -1 },
	{ "three bytes, truncated", TEXT("\xe2\x82"), -1 },
	{ "four bytes, truncated", TEXT("\xf0\x9f\x98"), -1 },
	{ "a byte that UTF-8 never has", TEXT("\xff"), -1 },
	{ "two in a row, the second truncated", TEXT("\xc3\xa9\xc3"), -1 },
	/* clang-format on */
};

/* A copy of exactly ${n} bytes, so that a sanitizer notices a read past it. */
static char *
exactly(const char *p, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);

	assert_non_null(copy);
	if (n > 0)
		memcpy(copy, p, n);
	return copy;
}

/* Run both readers on ${text}[0..n). */
static void
check(const char *text, size_t n, int fewer, const char *name)
{
	char *copy = exactly(text, n);
	const char *end = copy + n, *bad = NULL, *plain, *fast;
	size_t drop = 0;

	plain = json_string_plain(copy, end, &bad);
	fast = json_string_close(copy + 1, end, &drop);
	if ((plain == NULL) != (fewer < 0) || (fast == NULL) != (fewer < 0))
		print_error("%s, %zu bytes\n", name, n);
	assert_int_equal(plain == NULL, fewer < 0);
	assert_int_equal(fast == NULL, fewer < 0);
	if (plain == NULL) {
		assert_true(bad > copy && bad <= end);
	} else {
		assert_ptr_equal(fast + 1, plain);
		assert_int_equal(drop, fewer);
	}
	free(copy);
}

/* Each part after 0 to 150 letters, alone or with as many after it; the closing
 * quote is the last byte, is followed by others, or is missing. */
static void
both_readers_agree_at_every_offset(void **state)
{
	char text[2 * LONGEST + 64];

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		for (size_t at = 0; at <= LONGEST; at++)
			for (int behind = 0; behind < 2; behind++) {
				size_t tail = behind ? at : 0;
				size_t n = 1 + at + parts[i].n + tail;

				memset(text, 'x', sizeof(text));
				text[0] = '"';
				memcpy(text + 1 + at, parts[i].text,
				    parts[i].n);
				text[n] = '"';
				check(text, n + 1, parts[i].fewer,
				    parts[i].name);
				check(text, n + 33, parts[i].fewer,
				    parts[i].name);
				check(text, n, -1, parts[i].name);
			}
}

static void
truncated_strings_are_refused(void **state)
{
	char text[LONGEST];

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		for (size_t at = 55; at < 70; at++) {
			memset(text, 'x', sizeof(text));
			text[0] = '"';
			memcpy(text + 1 + at, parts[i].text, parts[i].n);
			for (size_t n = at; n < at + parts[i].n; n++)
				check(text, 1 + n, -1, parts[i].name);
		}
}

/* Not with halves of pairs in the wrong order, which would become pairs. */
static void
repeated_parts_meet_every_block_border(void **state)
{
	char text[4 * LONGEST];

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		size_t n = 1;
		int fewer = 0;

		if (parts[i].fewer < 0 || parts[i].n == 0 ||
		    strcmp(parts[i].text, "\\ude00\\ud83d") == 0)
			continue;
		text[0] = '"';
		for (; n + parts[i].n < 2 * LONGEST; n += parts[i].n) {
			memcpy(text + n, parts[i].text, parts[i].n);
			fewer += parts[i].fewer;
			text[n + parts[i].n] = '"';
			check(text, n + parts[i].n + 1, fewer, parts[i].name);
		}
	}
}

static void
stops_are_found_in_every_place(void **state)
{
	char text[16];

	(void)state;
	for (int c = 0; c < 256; c++)
		for (int at = 0; at < 16; at++) {
			unsigned want =
			    c < 0x20 || c >= 0x80 || c == '"' || c == '\\';

			memset(text, 'x', sizeof(text));
			text[at] = (char)c;
			assert_int_equal(json_stops(text), want << at);
			assert_int_equal(json_stops_portable(text), want << at);
			memset(text, c, sizeof(text));
			text[at] = 'x';
			want = want ? 0xffff & ~(1u << at) : 0;
			assert_int_equal(json_stops(text), want);
			assert_int_equal(json_stops_portable(text), want);
		}
}

/* The marks of the 64 bytes at ${text}, which all ways must agree on. */
static struct json_marks
marks_of(const char *text)
{
	struct json_marks m, other;

	json_marks(&m, text);
	json_marks_portable(&other, text);
	assert_memory_equal(&m, &other, sizeof(m));
#ifdef JSON_WIDE
	if (__builtin_cpu_supports("avx2")) {
		json_marks_wide(&other, text);
		assert_memory_equal(&m, &other, sizeof(m));
	}
#endif
	return m;
}

static void
marks_are_found_in_every_place(void **state)
{
	struct json_marks m;
	char text[64];

	(void)state;
	for (int c = 0; c < 256; c++)
		for (int at = 0; at < 64; at++) {
			memset(text, 'x', sizeof(text));
			text[at] = (char)c;
			m = marks_of(text);
			assert_true(m.quote == (uint64_t)(c == '"') << at);
			assert_true(m.slash == (uint64_t)(c == '\\') << at);
			assert_true(m.control == (uint64_t)(c < 0x20) << at);
			assert_true(m.high == (uint64_t)(c >= 0x80) << at);
			memset(text, c, sizeof(text));
			(void)marks_of(text);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_readers_agree_at_every_offset),
		cmocka_unit_test(truncated_strings_are_refused),
		cmocka_unit_test(repeated_parts_meet_every_block_border),
		cmocka_unit_test(stops_are_found_in_every_place),
		cmocka_unit_test(marks_are_found_in_every_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
