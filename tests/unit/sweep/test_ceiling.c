#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inspector/record.h"
#include "lib/base/decimal.h"
#include "sweep/batch.h"
#include "sweep/ceiling.h"

static void
test_items(void **state)
{
	const struct ceilings c = { .given[CEILING_ITEMS] = true, .items = 2 };
	struct account a = { .ceilings = &c };

	(void)state;
	assert_int_equal(account_take(&a, 1, 0), -1);
	assert_int_equal(account_take(&a, 1, 0), -1);
	assert_int_equal(account_take(&a, 1, 0), CEILING_ITEMS);
	assert_int_equal(account_take(&a, 1, 0), CEILING_ITEMS);
}

static void
test_no_items_at_all(void **state)
{
	const struct ceilings c = { .given[CEILING_ITEMS] = true };
	struct account a = { .ceilings = &c };

	(void)state;
	assert_int_equal(account_take(&a, 1, 0), CEILING_ITEMS);
}

/* Units in flight count in full; what turned out cheaper makes room. */
static void
test_units(void **state)
{
	const struct ceilings c = { .given[CEILING_UNITS] = true, .units = 10 };
	struct account a = { .ceilings = &c };

	(void)state;
	assert_int_equal(account_take(&a, 6, 0), -1);
	assert_int_equal(account_take(&a, 5, 0), CEILING_UNITS);
	assert_int_equal(account_take(&a, 4, 0), -1);
	assert_int_equal(account_take(&a, 0.5, 0), CEILING_UNITS);
	account_settle(&a, 10, 8);
	assert_int_equal(account_take(&a, 2, 0), -1);
	assert_int_equal(account_take(&a, 1, 0), CEILING_UNITS);
	/* dearer than estimated: only requests in flight overshoot */
	account_settle(&a, 2, 5);
	assert_true(a.spent == 13);
	assert_int_equal(account_take(&a, 1, 0), CEILING_UNITS);
}

static void
test_cost(void **state)
{
	const struct ceilings c = { .given[CEILING_COST] = true,
		.usd = 0.01,
		.usd_per_unit = 0.001 };
	struct account a = { .ceilings = &c };

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(account_take(&a, 1, 0), -1);
	assert_int_equal(account_take(&a, 1, 0), CEILING_COST);
}

static void
test_deadline(void **state)
{
	const struct ceilings c = { .given[CEILING_DEADLINE] = true,
		.deadline = 5 };
	const struct ceilings long_one = { .given[CEILING_DEADLINE] = true,
		.deadline = INT64_MAX };
	struct account a = { .ceilings = &c, .begun_us = 1000000 }, far = a;

	(void)state;
	assert_int_equal(account_take(&a, 1, 5999999), -1);
	assert_false(account_late(&a, 5999999));
	assert_int_equal(account_take(&a, 1, 6000000), CEILING_DEADLINE);
	assert_true(account_late(&a, 6000000));
	far.ceilings = &long_one;
	assert_false(account_late(&far, INT64_MAX - 1));
}

static void
test_percent(void **state)
{
	static const struct {
		double percent;
		int64_t matched, scanned;
		bool passed;
	} rows[] = {
		{ 10, 10, 100, false },
		{ 10, 11, 100, true },
		{ 0, 0, 100, false },
		{ 0, 1, 100, true },
		{ 100, 100, 100, false },
		{ 0.1, 1, 1000, false },
		{ 0.1, 2, 1000, true },
		{ 50, 0, 0, false },
	};
	struct ceilings c = { .given[CEILING_PERCENT] = true };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		c.percent = rows[i].percent;
		if (ceiling_percent_passed(&c, rows[i].matched,
			rows[i].scanned) != rows[i].passed)
			fail_msg("row %zu", i);
	}
	c.given[CEILING_PERCENT] = false;
	assert_false(ceiling_percent_passed(&c, 1, 1));
}

/* Whether the same run would stop at the same entry. */
static void
test_always(void **state)
{
	static const struct {
		struct ceilings c;
		enum ceiling which;
		double units;
		bool always;
	} rows[] = {
		{ { .items = 0 }, CEILING_ITEMS, 1, true },
		{ { .items = 1 }, CEILING_ITEMS, 1, false },
		{ { .units = 4 }, CEILING_UNITS, 4, false },
		{ { .units = 4 }, CEILING_UNITS, 5, true },
		{ { .usd = 0.5, .usd_per_unit = 0.25 }, CEILING_COST, 2,
		    false },
		{ { .usd = 0.5, .usd_per_unit = 0.25 }, CEILING_COST, 3, true },
		{ { .deadline = 0 }, CEILING_DEADLINE, 1, true },
		{ { .deadline = 1 }, CEILING_DEADLINE, 1, false },
		{ { .percent = 50 }, CEILING_PERCENT, 1, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ceilings c = rows[i].c;

		c.given[rows[i].which] = true;
		if (ceiling_always(&c, rows[i].which, rows[i].units) !=
		    rows[i].always)
			fail_msg("row %zu", i);
	}
}

/* The value that repair writes for each reason. */
static void
test_repair(void **state)
{
	static const struct {
		const char *name, *item;
		int64_t missing;
		const char *want; /* NULL: left alone */
	} rows[] = {
		/* clang-format off */
		{ "milliseconds, ahead",
		    "{\"k\":{\"S\":\"a\"},\"t\":{\"N\":\"1795332271123\"}}", -1,
		    "{\"N\":\"1795332271\"}" },
		{ "milliseconds, past",
		    "{\"k\":{\"S\":\"a\"},\"t\":{\"N\":\"1600000000000\"}}", -1,
		    "{\"N\":\"1600000000\"}" },
		{ "nanoseconds",
		    "{\"k\":{\"S\":\"a\"},\"t\":{\"N\":\"1.795332271E18\"}}", -1,
		    "{\"N\":\"1795332271\"}" },
		{ "a number in a string",
		    "{\"k\":{\"S\":\"a\"},\"t\":{\"S\":\"1795332271\"}}", -1,
		    "{\"N\":\"1795332271\"}" },
		{ "a date in a string",
		    "{\"k\":{\"S\":\"a\"},\"t\":{\"S\":\"2026-11-22T08:12:00Z\"}}",
		    -1, "{\"N\":\"1795335120\"}" },
		{ "the first second of the window",
		    "{\"k\":{\"S\":\"a\"},\"t\":{\"N\":\"1326844800000\"}}", -1,
		    "{\"N\":\"1326844800\"}" },
		{ "the last millisecond of it",
		    "{\"k\":{\"S\":\"a\"},\"t\":{\"N\":\"4945760000000\"}}", -1,
		    "{\"N\":\"4945760000\"}" },
		{ "far-future", "{\"k\":{\"S\":\"a\"},\"t\":{\"N\":\"4945760000001\"}}",
		    60, NULL },
		{ "no-time", "{\"k\":{\"S\":\"a\"},\"t\":{\"N\":\"0\"}}", 60, NULL },
		{ "no-time in a string",
		    "{\"k\":{\"S\":\"a\"},\"t\":{\"S\":\"9999-12-31T23:59:59Z\"}}",
		    60, NULL },
		{ "a date without a zone",
		    "{\"k\":{\"S\":\"a\"},\"t\":{\"S\":\"2020-11-22T08:12:00\"}}",
		    60, NULL },
		{ "missing, a hundred years", "{\"k\":{\"S\":\"a\"}}", 3155760000,
		    "{\"N\":\"4945760000\"}" },
		{ "missing, a second more", "{\"k\":{\"S\":\"a\"}}", 3155760001,
		    NULL },
		{ "missing, more than there is", "{\"k\":{\"S\":\"a\"}}",
		    INT64_MAX, NULL },
		{ "missing", "{\"k\":{\"S\":\"a\"}}", -1, NULL },
		{ "missing, and one is asked for", "{\"k\":{\"S\":\"a\"}}", 60,
		    "{\"N\":\"1790000060\"}" },
		{ "seconds", "{\"k\":{\"S\":\"a\"},\"t\":{\"N\":\"1795332271\"}}",
		    60, NULL },
		{ "no time at all",
		    "{\"k\":{\"S\":\"a\"},\"t\":{\"S\":\"soon\"}}", 60, NULL },
		{ "beyond all clocks",
		    "{\"k\":{\"S\":\"a\"},\"t\":{\"N\":\"9E125\"}}", 60, NULL },
		/* clang-format on */
	};
	const struct rules rules = { .now = 1790000000, .ttl_acts = true };
	const struct key_schema schema = { "k", NULL };
	struct buf scratch = { 0 };
	char out[48];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct slice_walk w = slice_walk(slice_str(rows[i].item));
		struct item item;
		struct record r;
		int got;

		assert_int_equal(item_read(&w, &schema, "t", &item, NULL), 0);
		record_of(&r, &item, &rules, &scratch);
		got = batch_repair(out, &r, &rules, rows[i].missing);
		if (got != (rows[i].want != NULL))
			fail_msg("%s: %d", rows[i].name, got);
		if (got)
			assert_string_equal(out, rows[i].want);
	}
	buf_release(&scratch);
}

/* With --zone, a date-time without a zone is repaired; values before the
 * window's first day are never written. */
static void
test_repair_zone(void **state)
{
	const char *text =
	    "{\"k\":{\"S\":\"a\"},\"t\":{\"S\":\"2026-11-28T16:47:24.846462\"}}";
	struct rules rules = { .now = 1790000000,
		.zone = { .known = true, .east = -28800 } };
	const struct key_schema schema = { "k", NULL };
	struct slice_walk w = slice_walk(slice_str(text));
	struct buf scratch = { 0 };
	struct item item;
	struct record r;
	char out[48];

	(void)state;
	assert_int_equal(item_read(&w, &schema, "t", &item, NULL), 0);
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(batch_repair(out, &r, &rules, -1), 1);
	assert_string_equal(out, "{\"N\":\"1795913244\"}");
	item.ttl = (struct slice){ NULL, 0 };
	rules.now = 0;
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(batch_repair(out, &r, &rules, 1326844799), 0);
	assert_int_equal(batch_repair(out, &r, &rules, 1326844800), 1);
	buf_release(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_no_items_at_all),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_always),
		cmocka_unit_test(test_repair),
		cmocka_unit_test(test_repair_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
