#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/screen.h"
#include "lib/base/buf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define H "\033[H"
#define K "\033[K\n"
#define J "\033[J"

static const struct {
	const char *name, *text;
	int rows;
	bool first;
	const char *want;
} cases[] = {
	{ "the first screen", "a\nb\n", 24, true, "\033[2J" H "a" K "b" K J },
	{ "a later screen", "a\nb\n", 24, false, H "a" K "b" K J },
	{ "nothing", "", 24, false, H J },
	{ "empty lines", "\n\n", 24, false, H K K J },
	{ "exactly enough room", "a\nb\nc\n", 4, false, H "a" K "b" K "c" K J },
	{ "one too many", "a\nb\nc\nd\n", 4, false,
	    H "a" K "\033[m(2 more lines: enlarge the window)" K "d" K J },
	{ "two rows", "a\nb\n", 2, false,
	    H "\033[m(2 more lines: enlarge the window)" K J },
	{ "no rows", "a\n", 0, false, H "a" K J },
	{ "a line that the terminal wraps", "0123456789a\nb\nc\n", 4, false,
	    H "\033[m(3 more lines: enlarge the window)" K "c" K J },
	{ "a last line that is wrapped", "a\nb\n0123456789a\n", 5, false,
	    H "a" K "b" K "0123456789a" K J },
	{ "room for the last line only", "a\nb\n0123456789a\n", 4, false,
	    H "a" K "b" K "\033[m(2 more lines: enlarge the window)" K J },
	{ "exactly as wide", "0123456789\nb\nc\n", 4, false,
	    H "0123456789" K "b" K "c" K J },
	{ "colours take no room", "\033[1;31m0123456789\033[m\nb\nc\n", 4,
	    false, H "\033[1;31m0123456789\033[m" K "b" K "c" K J },
	{ "colours", "\033[1ma\033[m\n", 9, false, H "\033[1ma\033[m" K J },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = { 0 };

		print_message("%s\n", cases[i].name);
		screen_draw(&out, cases[i].text, strlen(cases[i].text),
		    cases[i].rows, 10, cases[i].first);
		assert_string_equal(buf_text(&out), cases[i].want);
		buf_release(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
