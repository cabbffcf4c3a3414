#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/report/figure.h"

#define DAY INT64_C(86400)

static void
test_span(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} cases[] = {
		{ 0, "0 s" },
		{ 3 * DAY + 4 * 3600, "3 d 4 h" },
		{ 2 * FIGURE_YEAR - 1, "730 d 11 h" },
		{ 2 * FIGURE_YEAR, "2 years" },
		{ 2 * FIGURE_YEAR + DAY - 1, "2 years" },
		{ 1090 * DAY, "2 years 359 d" },
		{ 157788000, "5 years" }, /* as summary_within has it */
		{ INT64_C(10000) * FIGURE_YEAR, "over 10 000 years" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(figure_span(cases[i].seconds).s,
		    cases[i].text);
}

static void
test_all(void **state)
{
	(void)state;
	assert_string_equal(figure_one(1).s, "one");
	assert_string_equal(figure_one(14973).s, "14 973");
	assert_string_equal(figure_all(2).s, "both");
	assert_string_equal(figure_all(14973).s, "all 14 973");
	assert_string_equal(figure_all_first(2).s, "Both");
	assert_string_equal(figure_all_first(3).s, "All 3");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_span),
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
