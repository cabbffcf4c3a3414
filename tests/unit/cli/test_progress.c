#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/progress.h"
#include "inspector/pass.h"
#include "lib/base/buf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define STEPS 12

/* How far the pass is, and when. */
struct step {
	int64_t ms;
	int64_t items, matched, segments_done, waiting;
};

struct screen {
	struct buf text;
	int width;
};

/* A drawn line ends in "|", an erased one is "<>"; lines keep their newline. */
static void
put(void *ctx, const char *p, size_t n)
{
	struct screen *s = ctx;

	if (n == 0)
		buf_adds(&s->text, "<>");
	buf_add(&s->text, p, n);
	if (n > 0 && p[n - 1] != '\n')
		buf_addc(&s->text, '|');
}

static int
width(void *ctx)
{
	const struct screen *s = ctx;

	return s->width;
}

static const struct {
	const char *name;
	enum progress_mode mode;
	int64_t expected;
	const char *matched;
	int width;
	struct step steps[STEPS];
	const char *shows;
} cases[] = {
	{ "off", PROGRESS_OFF, 100, "matched", 80, { { 5000, 50, 0, 0, 0 } },
	    "" },
	{ "shorter than half a second", PROGRESS_DRAW, 100, NULL, 80,
	    { { 100, 10, 0, 0, 0 }, { 499, 90, 0, 0, 0 } }, "<>" },
	{ "the first line", PROGRESS_DRAW, 100, NULL, 80,
	    { { 500, 10, 0, 0, 0 } }, "scanned 10 of ~100 (~10 %), 20/s|<>" },
	{ "at most four a second", PROGRESS_DRAW, 1000, NULL, 80,
	    { { 500, 10, 0, 0, 0 }, { 600, 12, 0, 0, 0 }, { 749, 13, 0, 0, 0 },
		{ 750, 15, 0, 0, 0 }, { 999, 18, 0, 0, 0 },
		{ 1000, 20, 0, 0, 0 } },
	    "scanned 10 of ~1 000 (~1 %), 20/s|"
	    "scanned 15 of ~1 000 (~1 %), 20/s|"
	    "scanned 20 of ~1 000 (~2 %), 20/s|<>" },
	{ "time left after two seconds", PROGRESS_DRAW, 1000, NULL, 80,
	    { { 1900, 190, 0, 0, 0 }, { 2400, 240, 0, 0, 0 } },
	    "scanned 190 of ~1 000 (~19 %), 100/s|"
	    "scanned 240 of ~1 000 (~24 %), 100/s, ~7 s left|<>" },
	{ "never above 100 %", PROGRESS_DRAW, 100, NULL, 80,
	    { { 5000, 250, 0, 0, 0 } },
	    "scanned 250 of ~100 (~100 %), 50/s|<>" },
	{ "the number of entries is unknown", PROGRESS_DRAW, 0, NULL, 80,
	    { { 500, 100, 0, 8, 0 }, { 4000, 800, 0, 16, 0 } },
	    "scanned 100 (~25 %), 200/s|"
	    "scanned 800 (~50 %), 200/s, ~4 s left|<>" },
	{ "the share is unknown", PROGRESS_DRAW, -1, NULL, 80,
	    { { 4000, 800, 0, 16, 0 } }, "scanned 800, 200/s|<>" },
	{ "matches", PROGRESS_DRAW, -1, "to delete", 80,
	    { { 1000, 12345, 6789, 0, 0 } },
	    "scanned 12 345, 12 345/s, 6 789 to delete|<>" },
	{ "parts without room are left out", PROGRESS_DRAW, 100000, "matched",
	    40, { { 4000, 12345, 6789, 0, 0 } },
	    "scanned 12 345 of ~100 000 (~12 %)|<>" },
	{ "in the background", PROGRESS_DRAW, 100, NULL, 0,
	    { { 500, 10, 0, 0, 0 }, { 1000, 20, 0, 0, 0 } }, "<>" },
	{ "standing still", PROGRESS_DRAW, 100, NULL, 80,
	    { { 500, 0, 0, 0, 0 }, { 3000, 0, 0, 0, 0 } },
	    "scanned 0 of ~100 (~0 %)|scanned 0 of ~100 (~0 %)|<>" },
	{ "the clock stands still", PROGRESS_DRAW, 100, NULL, 80,
	    { { 500, 10, 0, 0, 0 }, { 500, 10, 0, 0, 0 } },
	    "scanned 10 of ~100 (~10 %), 20/s|<>" },
	{ "another pass begins", PROGRESS_DRAW, -1, NULL, 80,
	    { { 1000, 100, 0, 0, 0 }, { 2000, 5, 0, 0, 0 } },
	    "scanned 100, 100/s|scanned 5, 84/s|<>" },
	{ "deletes lag behind: rate and time are theirs", PROGRESS_DRAW, 1000,
	    NULL, 80,
	    { { 1000, 200, 100, 0, 90 }, { 2000, 240, 120, 0, 100 },
		{ 4000, 260, 130, 0, 0 } },
	    "scanned 200 of ~1 000 (~20 %), 20/s|"
	    "scanned 240 of ~1 000 (~24 %), 20/s, ~48 s left|"
	    "scanned 260 of ~1 000 (~26 %), 45/s, ~16 s left|<>" },
	{ "more is held than before: that is no other pass", PROGRESS_DRAW,
	    1000, NULL, 80,
	    { { 1000, 200, 100, 0, 0 }, { 2000, 300, 200, 0, 180 } },
	    "scanned 200 of ~1 000 (~20 %), 200/s|"
	    "scanned 300 of ~1 000 (~30 %), 166/s, ~5 s left|<>" },
	{ "nothing moves: no time is told", PROGRESS_DRAW, 1000, NULL, 80,
	    { { 5000, 500, 0, 0, 0 }, { 15000, 500, 0, 0, 0 },
		{ 15500, 500, 0, 0, 0 } },
	    "scanned 500 of ~1 000 (~50 %), 100/s, ~5 s left|"
	    "scanned 500 of ~1 000 (~50 %), 33/s, ~15 s left|"
	    "scanned 500 of ~1 000 (~50 %), 30/s|<>" },
	{ "lines, one a second", PROGRESS_LINES, 100, NULL, 80,
	    { { 500, 5, 0, 0, 0 }, { 1000, 10, 0, 0, 0 }, { 1999, 19, 0, 0, 0 },
		{ 2000, 20, 0, 0, 0 } },
	    "ttlsweep: scanned 10 of ~100 (~10 %), 10/s\n"
	    "ttlsweep: scanned 20 of ~100 (~20 %), 10/s, ~8 s left\n" },
	{ "a log, one line a minute", PROGRESS_BEAT, 10000, "matched", 80,
	    { { 59999, 599, 0, 0, 0 }, { 60000, 600, 5, 0, 0 },
		{ 119000, 1190, 6, 0, 0 }, { 120000, 1200, 7, 0, 0 } },
	    "ttlsweep: 1 min: scanned 600 of ~10 000 (~6 %), 10/s, "
	    "~15 min 40 s left, 5 matched\n"
	    "ttlsweep: 2 min: scanned 1 200 of ~10 000 (~12 %), 10/s, "
	    "~14 min 40 s left, 7 matched\n" },
};

static void
test_script(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct screen s = { .width = cases[i].width };
		const struct progress_options o = {
			.mode = cases[i].mode,
			.verb = "scanned",
			.matched = cases[i].matched,
			.expected = cases[i].expected,
			.put = put,
			.width = width,
			.ctx = &s,
		};
		/* a clock that began long ago */
		int64_t begin = INT64_C(987654321000);
		struct progress *p = progress_start(&o, begin);

		for (size_t k = 0; k < STEPS && cases[i].steps[k].ms > 0; k++) {
			const struct step *at = &cases[i].steps[k];
			const struct pass_progress now = {
				.items = at->items,
				.matched = at->matched,
				.segments_done = at->segments_done,
				.waiting = at->waiting,
				.segments = 32,
			};

			progress_tick(p, begin + at->ms * 1000, &now);
		}
		progress_stop(p);
		if (strcmp(buf_text(&s.text), cases[i].shows) != 0) {
			print_error("%s:\n  '%s'\n  '%s'\n", cases[i].name,
			    buf_text(&s.text), cases[i].shows);
			bad++;
		}
		buf_release(&s.text);
	}
	assert_int_equal(bad, 0);
}

/* The width is 80 without a function; all functions accept NULL. */
static void
test_defaults(void **state)
{
	struct screen s = { .width = 0 };
	struct progress_options o = { .mode = PROGRESS_DRAW,
		.verb = "read",
		.expected = -1,
		.put = put,
		.ctx = &s };
	const struct pass_progress at = { .items = 7 };
	struct progress *p = progress_start(&o, 0);

	(void)state;
	progress_tick(p, 1000000, &at);
	progress_stop(p);
	assert_string_equal(buf_text(&s.text), "read 7, 7/s|<>");
	progress_tick(NULL, 0, &at);
	progress_stop(NULL);
	/* if there is little room, written entries come before rate and time */
	o.expected = 1000;
	o.verb = "deleting: scanned";
	o.written = "deleted";
	o.width = width;
	s.width = 64;
	buf_reset(&s.text);
	p = progress_start(&o, 0);
	progress_tick(p, 4000000,
	    &(struct pass_progress){ .items = 400,
		.matched = 50,
		.written = 37 });
	progress_stop(p);
	assert_string_equal(buf_text(&s.text),
	    "deleting: scanned 400 of ~1 000 (~40 %), 100/s, 37 deleted|<>");
	o.written = NULL;
	o.width = NULL;
	o.verb = "read";
	/* an exact number has no "~" */
	o.expected = 14;
	o.exact = true;
	buf_reset(&s.text);
	p = progress_start(&o, 0);
	progress_tick(p, 1000000, &at);
	progress_stop(p);
	assert_string_equal(buf_text(&s.text), "read 7 of 14 (50 %), 7/s|<>");
	buf_release(&s.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_script),
		cmocka_unit_test(test_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
