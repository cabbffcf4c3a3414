#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/report/text_table.h"
#include "lib/base/buf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct text_table_column columns[] = {
	{ .head = "NAME", .flexible = true },
	{ .head = "N", .right = true },
	{ .head = "MORE", .right = true, .rank = 1 },
	{ .head = "MOST", .rank = 2 },
};

static const struct {
	const char *name;
	int indent, width;
	bool ascii;
	const char *first; /* in the flexible column */
	const char *shows;
} cases[] = {
	{ "all fits", 0, 80, false, "ab",
	    "NAME   N  MORE  MOST\n"
	    "ab     7   888  nine\n"
	    "b     12     3\n" },
	{ "indented", 2, 80, false, "ab",
	    "  NAME   N  MORE  MOST\n"
	    "  ab     7   888  nine\n"
	    "  b     12     3\n" },
	{ "just enough", 0, 20, false, "ab",
	    "NAME   N  MORE  MOST\n"
	    "ab     7   888  nine\n"
	    "b     12     3\n" },
	{ "the highest rank is left out first", 0, 19, false, "ab",
	    "NAME   N  MORE\n"
	    "ab     7   888\n"
	    "b     12     3\n"
	    "no room for MOST\n" },
	{ "then the next", 0, 13, false, "ab",
	    "NAME   N\n"
	    "ab     7\n"
	    "b     12\n"
	    "no room for\n"
	    "MORE, MOST\n" },
	{ "the flexible column is cut while it is wide", 0, 44, false,
	    "abcdefghijklmnopqrstuvwxyzabcdefghijklmn",
	    "NAME                           N  MORE  MOST\n"
	    "abcdefghijklmnopqrstuvwxyza\xe2\x80\xa6   7   888  nine\n"
	    "b                             12     3\n" },
	{ "cut with dots", 0, 14, true, "abcdefghijklmnop",
	    "NAME         N\n"
	    "abcdefg...   7\n"
	    "b           12\n"
	    "no room for\n"
	    "MORE, MOST\n" },
	{ "wide characters", 0, 14, false,
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac"
	    "\xe8\xaa\x9e",
	    "NAME         N\n"
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe2\x80\xa6    7\n"
	    "b           12\n"
	    "no room for\n"
	    "MORE, MOST\n" },
	{ "a number is not cut", 0, 12, false, "1790000000000",
	    "NAME            N\n"
	    "1790000000000   7\n"
	    "b              12\n"
	    "no room for\n"
	    "MORE, MOST\n" },
	{ "a masked key keeps its hash", 0, 16, false,
	    "session:ab12\xe2\x80\xa6"
	    "9f3e21",
	    "NAME           N\n"
	    "sessi\xe2\x80\xa6"
	    "9f3e21   7\n"
	    "b             12\n"
	    "no room for\n"
	    "MORE, MOST\n" },
	{ "never narrower than eight", 0, 1, false, "abcdefghijkl",
	    "NAME       N\n"
	    "abcdefg\xe2\x80\xa6   7\n"
	    "b         12\n"
	    "no\n"
	    "room\n"
	    "for\n"
	    "MORE,\n"
	    "MOST\n" },
};

static void
test_fit(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct text_table *g =
		    text_table_new(columns, 4, cases[i].ascii);
		struct buf b = { 0 };

		text_table_cell(g, cases[i].first, NULL);
		text_table_cell(g, "7", NULL);
		text_table_cell(g, "888", NULL);
		text_table_cell(g, "nine", NULL);
		text_table_cell(g, "b", NULL);
		text_table_cell(g, "12", NULL);
		text_table_cell(g, "3", NULL);
		text_table_cell(g, "", NULL);
		text_table_print(g, &b, cases[i].indent, cases[i].width, NULL);
		if (strcmp(buf_text(&b), cases[i].shows) != 0) {
			print_error("%s:\n%s", cases[i].name, buf_text(&b));
			bad++;
		}
		buf_release(&b);
	}
	assert_int_equal(bad, 0);
}

/* A note is broken at words, and left out only where a word has no room. */
static void
test_wraps(void **state)
{
	static const struct text_table_column notes[] = { { .head = "" },
		{ .head = "", .right = true },
		{ .head = "", .wraps = true, .rank = 1 } };
	static const struct {
		int width;
		const char *shows;
	} widths[] = {
		{ 80, "  stuck  3  1 milliseconds, 1 string, 1 too-old\n" },
		{ 40,
		    "  stuck  3  1 milliseconds, 1 string,\n"
		    "            1 too-old\n" },
		{ 20, "  stuck  3\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(widths); i++) {
		struct text_table *g = text_table_new(notes, 3, false);
		struct buf b = { 0 };

		text_table_cell(g, "stuck", NULL);
		text_table_cell(g, "3", NULL);
		text_table_cell(g, "1 milliseconds, 1 string, 1 too-old", NULL);
		text_table_print(g, &b, 2, widths[i].width, NULL);
		assert_string_equal(buf_text(&b), widths[i].shows);
		buf_release(&b);
	}
}

/* Colors take no room; an empty cell has none. */
static void
test_color(void **state)
{
	static const struct text_table_column two[] = { { .head = "" },
		{ .head = "", .right = true } };
	struct text_table *g = text_table_new(two, 2, false);
	struct buf b = { 0 };

	(void)state;
	text_table_cell(g, "a", "31");
	text_table_cell(g, "1", NULL);
	text_table_cell(g, "", "31");
	text_table_cell(g, "23", "2");
	text_table_print(g, &b, 0, 80, "2");
	assert_string_equal(buf_text(&b),
	    "\033[31ma\033[m   1\n"
	    "   \033[2m23\033[m\n");
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_wraps),
		cmocka_unit_test(test_color),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
