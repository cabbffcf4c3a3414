#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cli/context/subset.h"

static const struct {
	const char *name;
	int64_t limit;
	bool narrowed;
	int jobs;
	struct scan_budget want;
} rows[] = {
	{ "no limit", 0, false, 8, { .jobs = 8 } },
	{ "no limit, narrowed", -1, true, 8, { .jobs = 8 } },
	{ "one row", 1, false, 8, { .page = 1, .whole = true, .jobs = 1 } },
	{ "a page", 1000, false, 8,
	    { .page = 1000, .whole = true, .jobs = 1 } },
	{ "more than a page", 1001, false, 8, { .page = 1000, .jobs = 2 } },
	{ "many", INT64_MAX, false, 8, { .page = 1000, .jobs = 8 } },
	{ "one worker", INT64_MAX, false, 1,
	    { .page = 1000, .whole = true, .jobs = 1 } },
	{ "one row, narrowed", 1, true, 8,
	    { .page = 100, .grows = true, .jobs = 8 } },
	{ "many, narrowed", 5000, true, 8,
	    { .page = 1000, .grows = true, .jobs = 8 } },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct scan_budget t = scan_budget_of(rows[i].limit,
		    rows[i].narrowed, rows[i].jobs);

		if (t.page != rows[i].want.page ||
		    t.grows != rows[i].want.grows ||
		    t.whole != rows[i].want.whole ||
		    t.jobs != rows[i].want.jobs)
			fail_msg("%s: %lld a page, %d workers", rows[i].name,
			    (long long)t.page, t.jobs);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
