#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/report/emit.h"
#include "cli/report/report.h"
#include "cli/report/report_sample.h"
#include "inspector/sample.h"
#include "lib/base/buf.h"

/* Count ${n} live and ${expired} pending entries of 100 bytes. */
static void
count(struct summary *s, int n, int expired)
{
	struct record r = { .key = SLICE("a:b"),
		.group = SLICE("a:"),
		.kind = KIND_ITEM,
		.size = 100 };

	for (int i = 0; i < n + expired; i++) {
		r.state = i < n ? STATE_LIVE : STATE_PENDING;
		r.overdue = i < n ? -10 : 10;
		summary_add(s, &r, 1);
	}
}

static void
add(struct sample *s, int64_t segment, bool finished, int n, int expired)
{
	struct summary tally;

	summary_init(&tally, 3, true);
	count(&tally, n, expired);
	sample_add(s, segment, finished, &tally);
	summary_release(&tally);
}

/* A segment in parts counts as one, once it is complete. */
static void
test_parts(void **state)
{
	struct sample s;

	(void)state;
	sample_init(&s, 3, true);
	add(&s, 5, false, 2, 1);
	add(&s, 9, false, 1, 0);
	add(&s, 7, true, 4, 0);
	assert_int_equal(s.segments, 1);
	assert_true(s.seen.items == 4 && s.seen.squares.items == 16);
	add(&s, 5, false, 0, 0);
	add(&s, 5, true, 1, 2);
	assert_int_equal(s.segments, 2);
	assert_true(s.seen.items == 10 && s.seen.squares.items == 16 + 36);
	assert_true(s.seen.states[STATE_PENDING].items == 3);
	assert_true(s.seen.squares.states[STATE_PENDING] == 9);
	assert_true(s.seen.squares.overdue == 9);
	assert_true(s.seen.groups[0].squares == 52);
	/* 9 was never complete: it does not count */
	assert_int_equal(s.nparts, 1);
	sample_release(&s);
}

static void
test_scale(void **state)
{
	struct estimate_sample by = { 2, 20, 1 };
	struct summary scaled;
	struct sample s;

	(void)state;
	sample_init(&s, 3, true);
	add(&s, 0, true, 3, 1);
	add(&s, 1, true, 3, 2);
	sample_scale(&scaled, &s.seen, &by);
	assert_true(scaled.items == 90 && scaled.bytes == 9000);
	assert_true(scaled.states[STATE_LIVE].items == 60);
	assert_true(scaled.states[STATE_PENDING].bytes == 3000);
	assert_true(scaled.kinds[KIND_ITEM].items == 90);
	assert_true(scaled.kind_states[KIND_ITEM][STATE_PENDING] == 30);
	assert_true(scaled.kind_bytes[KIND_ITEM][STATE_PENDING] == 3000);
	assert_true(scaled.groups[0].items == 90);
	assert_true(scaled.groups[0].states[STATE_LIVE] == 60);
	assert_true(scaled.overdue.total == 30 && scaled.overdue.max == 10);
	assert_true(scaled.overdue.sum == 300);
	assert_true(scaled.upcoming[0] == 60);
	assert_true(scaled.purge_units == 30 && scaled.free_by_ttl == 30);
	/* scaling does not change what was seen */
	assert_true(scaled.nlargest == 3 && scaled.largest[0].bytes == 100);
	assert_true(s.seen.items == 9);
	summary_release(&scaled);
	/* all segments: nothing changes */
	by.of = 2;
	sample_scale(&scaled, &s.seen, &by);
	assert_true(scaled.items == 9 && scaled.overdue.total == 3);
	summary_release(&scaled);
	/* none */
	by.segments = 0;
	sample_scale(&scaled, &s.seen, &by);
	assert_true(scaled.items == 9);
	summary_release(&scaled);
	sample_release(&s);
}

/* Few entries in many buckets: what rounding takes from one, another gets. */
static void
test_scale_ages(void **state)
{
	struct summary seen, scaled;
	int64_t sum = 0;

	(void)state;
	summary_init(&seen, 3, true);
	for (int64_t age = 1; age < 4000000; age = age * 3 / 2 + 1)
		summary_add_age(&seen, age, 1);
	for (int64_t of = 10; of <= 100; of++) {
		const struct estimate_sample by = { .segments = 10, .of = of };

		sum = 0;
		sample_scale(&scaled, &seen, &by);
		for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
			sum += scaled.overdue.count[i];
		assert_true(sum == scaled.overdue.total);
		assert_true(sum == estimate_scale(&by, seen.overdue.total));
		assert_true(sum >= scaled.ages[SUMMARY_AGES - 1]);
		summary_release(&scaled);
	}
	summary_release(&seen);
}

/* The table's own count is doubted only when it is outside the range. */
static void
test_doubt(void **state)
{
	static const struct {
		const char *name;
		int64_t count;
		bool doubt;
	} cases[] = {
		{ "unknown", 0, false },
		{ "at the lower bound", 900, false },
		{ "at the upper bound", 1100, false },
		{ "below", 899, true },
		{ "above", 1101, true },
	};
	struct report_sample s = { .all = { 1000, 900, 1100 } };
	struct report r = { .sample = &s, .estimated = true };
	struct buf line = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s.item_count = cases[i].count;
		buf_reset(&line);
		report_sample_doubt(&r, &line);
		if ((line.n > 0) != cases[i].doubt)
			fail_msg("%s: %s", cases[i].name, buf_text(&line));
	}
	assert_non_null(strstr(buf_text(&line), "1 101 entries"));
	assert_non_null(strstr(buf_text(&line), "900 to 1 100"));
	buf_reset(&line);
	r.sample = NULL;
	r.estimated = false;
	report_sample_doubt(&r, &line);
	assert_int_equal(line.n, 0);
	buf_release(&line);
}

static void
test_range(void **state)
{
	struct report_sample s = { .by = { 64, 64, 1 } };
	struct report r = { .sample = &s, .estimated = true };
	struct buf line = { 0 };

	(void)state;
	report_sample_range(&r, 7, 49, &line);
	assert_string_equal(buf_text(&line), " (exactly 7)");
	buf_reset(&line);
	s.by.segments = 1;
	report_sample_range(&r, 7, 49, &line);
	assert_string_equal(buf_text(&line), " (7 or more)");
	buf_reset(&line);
	s.by.segments = 32;
	report_sample_range(&r, 0, 0, &line);
	assert_string_equal(buf_text(&line), " (0 to 6)");
	buf_reset(&line);
	r.sample = NULL;
	r.estimated = false;
	report_sample_range(&r, 7, 49, &line);
	assert_int_equal(line.n, 0);
	buf_release(&line);
}

/* --- what it saved --- */

static const struct {
	const char *name;
	double read, usual;
	int64_t segments;
	const char *says;
} savings[] = {
	/* clang-format off */
	{ "a large table", 1000, 9990, 102,
	    "1 000 read units instead of about 9 990: 8 990 saved." },
	{ "an ordinary pass has fewer segments", 28.5, 276.5, 51,
	    "28.5 read units instead of about 276.5: 248 saved." },
	{ "the cost of a whole pass is unknown", 51, 0, 51,
	    "51 read units instead of about 1 024: 973 saved." },
	{ "a small table", 51, 17, 102,
	    "51 read units: reading all of such a small table takes no more." },
	{ "the whole table was read", 512, 17, 1024, "" },
	{ "nothing was read", 0, 17, 102, "" },
	/* clang-format on */
};

static void
test_saved(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(savings) / sizeof(*savings); i++) {
		struct report_sample s = { .by = { savings[i].segments, 1024,
					       1 },
			.usual_units = savings[i].usual };
		const struct summary none = { 0 };
		const struct report r = { .sample = &s,
			.estimated = true,
			.summary = &none,
			.work = { .read_units = savings[i].read } };
		struct buf out = { 0 }, want = { 0 };
		struct emit e = { .to = &emit_text,
			.p = { .out = &out, .style = { .width = 80 } } };

		report_sample_section(&e, &r);
		if (savings[i].says[0] != '\0')
			buf_addf(&want, "\nThe sample\n  %s\n",
			    savings[i].says);
		if (strcmp(buf_text(&out), buf_text(&want)) != 0)
			fail_msg("%s: %s", savings[i].name, buf_text(&out));
		buf_release(&out);
		buf_release(&e.line);
		buf_release(&want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_scale_ages),
		cmocka_unit_test(test_doubt),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_saved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
