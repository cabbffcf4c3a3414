#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/dynamodb/rate.h"

#define SECOND INT64_C(1000000)

static uint64_t dice;

/* Uniform in [0, 1); xorshift64*. */
static double
roll(void)
{
	dice ^= dice >> 12;
	dice ^= dice << 25;
	dice ^= dice >> 27;
	return (double)((dice * UINT64_C(2685821657736338717)) >> 11) /
	    9007199254740992.0;
}

static bool
near(double a, double b)
{
	return fabs(a - b) <= 1e-6 * (1 + fabs(b));
}

/* --- any 5 s, by simulation --- */

#define WORKERS 16
#define EVENTS 200000

struct event {
	int64_t at_us;
	double cost;
};

struct load {
	const char *name;
	double limit;
	int workers;
	double estimate;          /* what each request takes … */
	double cheapest, dearest; /* … and costs, as parts of that */
	double failing;           /* part of the requests that is free */
	int64_t latency_us;
	bool idle; /* long pauses let the bucket fill now and then */
	bool full; /* there is work enough to use the limit */
};

static const struct load loads[] = {
	/* clang-format off */
	/* name, limit, workers, estimate, cheapest, dearest, failing,
	 * latency, idle, full */
	{ "exact costs", 1000, 8, 10, 1, 1, 0, 20000, false, true },
	{ "one worker", 1000, 1, 20, 1, 1, 0, 5000, false, true },
	{ "costs vary", 1000, 8, 10, 0.1, 1.9, 0, 20000, false, true },
	{ "dear", 1000, 8, 10, 1, 3, 0, 20000, false, true },
	{ "cheap", 1000, 8, 10, 0.1, 1, 0, 20000, false, true },
	{ "failing, free", 1000, 16, 10, 1, 1, 0.5, 20000, false, true },
	{ "with pauses", 1000, 8, 10, 0.5, 1.5, 0, 20000, true, false },
	{ "too slow for it", 1000, 2, 10, 1, 1, 0, 50000, false, false },
	{ "full pages", 2000, 8, 128.5, 0.2, 1, 0, 60000, false, true },
	{ "below one", 0.5, 4, 0.1, 0.5, 1.5, 0, 10000, false, true },
	{ "huge", 4e7, 16, 1e4, 0.5, 1.5, 0, 1000, false, true },
	{ "larger than the bucket", 100, 4, 60, 1, 1, 0, 20000, false, true },
	{ "larger than a second", 100, 4, 400, 1, 1, 0, 20000, false, true },
	/* clang-format on */
};

/* Where a worker stands. */
struct hand {
	int64_t at_us;
	bool waiting; /* for the reply; else about to take */
	double cost;
};

/* Run ${l} for ${span_us}; what was sent when, in order. */
static size_t
simulate(const struct load *l, int64_t span_us, struct event *events)
{
	struct hand hands[WORKERS] = { 0 };
	int64_t start = (int64_t)(roll() * 1e12), now;
	struct rate r;
	size_t n = 0;

	rate_init(&r, l->limit, start);
	for (int i = 0; i < l->workers; i++)
		hands[i].at_us = start + i;
	while (n < EVENTS) {
		struct hand *h = &hands[0];
		int64_t wait;

		for (int i = 1; i < l->workers; i++)
			if (hands[i].at_us < h->at_us)
				h = &hands[i];
		now = h->at_us;
		if (now - start > span_us)
			break;
		if (h->waiting) {
			rate_settle(&r, l->estimate, h->cost, now);
			h->waiting = false;
			if (l->idle && roll() < 0.02)
				h->at_us += (int64_t)(roll() * 2e6);
			continue;
		}
		wait = rate_take(&r, l->estimate, now);
		assert_true(wait >= 0);
		h->cost = roll() < l->failing ? 0
					      : l->estimate *
			(l->cheapest + roll() * (l->dearest - l->cheapest));
		h->waiting = true;
		h->at_us = now + wait +
		    (int64_t)((0.5 + roll()) * (double)l->latency_us);
		events[n++] = (struct event){ now + wait, h->cost };
	}
	return n;
}

static int
event_order(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	return (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

/* The most and the least that any 5 s hold. */
static void
windows(struct event *e, size_t n, double *most, double *least)
{
	double sum = 0;
	size_t tail = 0;

	qsort(e, n, sizeof(*e), event_order);
	*most = 0;
	*least = INFINITY;
	for (size_t i = 0; i < n; i++) {
		sum += e[i].cost;
		while (e[tail].at_us <= e[i].at_us - 5 * SECOND) {
			/* the 5 s that end just before this event */
			double without = sum - e[i].cost;

			if (without < *least)
				*least = without;
			sum -= e[tail++].cost;
		}
		if (sum > *most)
			*most = sum;
	}
}

static void
any_five_seconds_stay_within_five_percent(void **state)
{
	struct event *events = calloc(EVENTS, sizeof(*events));

	(void)state;
	assert_non_null(events);
	for (size_t k = 0; k < sizeof(loads) / sizeof(loads[0]); k++) {
		const struct load *l = &loads[k];

		for (uint64_t seed = 1; seed <= 5; seed++) {
			double most, least, bound = 1.05 * 5 * l->limit;
			double dearest = l->estimate * l->dearest;
			size_t n;

			dice = seed * UINT64_C(0x9e3779b97f4a7c15);
			n = simulate(l, 120 * SECOND, events);
			windows(events, n, &most, &least);
			if (dearest > l->limit / 4)
				bound += dearest;
			/* What is in flight may turn out dearer. */
			if (l->dearest > 1)
				bound += l->workers * (dearest - l->estimate);
			if (most > bound * (1 + 1e-6) || n < 10) {
				print_error("%s, seed %d: %g > %g, %d\n",
				    l->name, (int)seed, most, bound, (int)n);
				fail();
			}
			if (l->full && least < 0.95 * 5 * l->limit - dearest) {
				print_error("%s, seed %d: only %g of %g\n",
				    l->name, (int)seed, least, 5 * l->limit);
				fail();
			}
		}
	}
	free(events);
}

/* --- single steps --- */

static void
without_a_limit_nothing_waits(void **state)
{
	struct rate r;

	(void)state;
	rate_init(&r, 0, 5);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(rate_take(&r, 1e9, 5), 0);
		rate_settle(&r, 1e9, 1e12, 5);
	}
	assert_true(rate_share(&r) == 0);
	rate_init(&r, -1, 5);
	assert_int_equal(rate_take(&r, 100, 5), 0);
	rate_init(&r, NAN, 5);
	assert_int_equal(rate_take(&r, 100, 5), 0);
}

static void
steps_add_up(void **state)
{
	struct rate r;
	int64_t t = 1000 * SECOND;

	(void)state;
	rate_init(&r, 100, t);
	/* A quarter of a second is there at once. */
	assert_int_equal(rate_take(&r, 25, t), 0);
	/* The next ones queue up behind each other. */
	assert_in_range(rate_take(&r, 10, t), 100000, 100001);
	assert_in_range(rate_take(&r, 10, t), 200000, 200001);
	t += 200000;
	assert_in_range(rate_take(&r, 1, t), 10000, 10001);
	/* It cost less: given back; more: owed. */
	rate_settle(&r, 10, 4, t);
	assert_int_equal(rate_take(&r, 5, t), 0);
	rate_settle(&r, 5, 35, t);
	assert_in_range(rate_take(&r, 1, t), 310000, 310001);
	/* However long the pause, it holds a quarter of a second. */
	t += 3600 * SECOND;
	rate_settle(&r, 100, 0, t);
	assert_int_equal(rate_take(&r, 25, t), 0);
	assert_in_range(rate_take(&r, 1, t), 10000, 10001);
}

static void
what_is_larger_than_the_bucket_goes_when_it_is_full(void **state)
{
	struct rate r;
	int64_t t = 0;

	(void)state;
	rate_init(&r, 100, t);
	assert_int_equal(rate_take(&r, 500, t), 0);
	/* … and is paid for by the next one. */
	assert_in_range(rate_take(&r, 1, t), 4760000, 4760001);
	assert_in_range(rate_take(&r, 500, t), 5010000, 5010001);
}

static void
odd_arguments_do_no_harm(void **state)
{
	static const double odd[] = { 0, -1, -1e300, 1e300, NAN, INFINITY,
		-INFINITY, 1e-300 };
	int64_t t = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		for (size_t k = 0; k < sizeof(odd) / sizeof(odd[0]); k++) {
			struct rate r;

			rate_init(&r, 10, t);
			assert_true(rate_take(&r, odd[i], t) >= 0);
			rate_settle(&r, odd[i], odd[k], t + 1);
			assert_true(rate_take(&r, 1, t + 2) >= 0);
			rate_throttled(&r, odd[k], t + 3);
			assert_true(rate_take(&r, 1, t - 5 * SECOND) >= 0);
			rate_init(&r, odd[i], t);
			rate_throttled(&r, odd[k], t);
			assert_true(rate_take(&r, 1, t) >= 0);
			assert_true(rate_share(&r) >= 0);
		}
}

static void
a_clock_behind_adds_nothing(void **state)
{
	struct rate r;

	(void)state;
	rate_init(&r, 100, 10 * SECOND);
	assert_int_equal(rate_take(&r, 25, 10 * SECOND), 0);
	assert_in_range(rate_take(&r, 0, 9 * SECOND), 0, 0);
	assert_true(near(r.tokens, 0));
	assert_int_equal(r.at_us, 10 * SECOND);
}

/* --- throttling --- */

static void
throttling_halves_the_pace_once_a_second(void **state)
{
	struct rate r;
	int64_t t = 0;

	(void)state;
	rate_init(&r, 1000, t);
	rate_throttled(&r, 0, t);
	assert_true(near(r.pace, 500));
	assert_true(near(rate_share(&r), 500 / 4.0));
	/* Eight workers tell of the same moment. */
	for (int i = 0; i < 8; i++)
		rate_throttled(&r, 0, t + i * 100000);
	assert_true(near(r.pace, 500));
	/* Throttling goes on: no second without it, nothing comes back. */
	for (int i = 8; i < 20; i++)
		rate_throttled(&r, 0, t + i * 100000);
	assert_true(near(r.pace, 250));
	for (int i = 0; i < 100; i++) {
		t += SECOND / 2;
		rate_throttled(&r, 0, 2 * SECOND + t);
	}
	assert_true(near(r.pace, 1)); /* it never stops */
}

static void
a_twentieth_comes_back_every_quiet_second(void **state)
{
	struct rate r;
	int64_t t = 0;

	(void)state;
	rate_init(&r, 1000, t);
	rate_throttled(&r, 0, t);
	rate_take(&r, 1, t + SECOND - 1);
	assert_true(near(r.pace, 500));
	rate_take(&r, 1, t + SECOND);
	assert_true(near(r.pace, 550));
	rate_take(&r, 1, t + 5 * SECOND + SECOND / 2);
	assert_true(near(r.pace, 750));
	rate_take(&r, 1, t + 3600 * SECOND);
	assert_true(near(r.pace, 1000)); /* never above */
	rate_throttled(&r, 0, t + 3600 * SECOND + 1);
	assert_true(near(r.pace, 500));
}

static void
a_lowered_pace_is_kept_to(void **state)
{
	struct rate r;
	double sent = 0;
	int64_t t = 0;

	(void)state;
	rate_init(&r, 1000, t);
	rate_throttled(&r, 0, t);
	for (;;) {
		t += rate_take(&r, 10, t);
		if (t >= SECOND)
			break;
		sent += 10;
	}
	assert_true(sent >= 600 && sent <= 640); /* 500 and the bucket's 125 */
}

static void
throttling_without_a_limit_finds_a_pace(void **state)
{
	struct rate r;
	int64_t t = 0;

	(void)state;
	rate_init(&r, 0, t);
	t += 100 * SECOND;
	rate_throttled(&r, 800, t);
	assert_true(near(r.pace, 400));
	assert_true(near(rate_share(&r), 400 / 4.0));
	assert_in_range(rate_take(&r, 100, t), 250000, 250001);
	/* Up by a twentieth of itself each quiet second. */
	rate_take(&r, 1, t + SECOND);
	assert_true(near(r.pace, 420));
	/* Until it is no bound any more. */
	rate_take(&r, 1, t + 3600 * SECOND);
	assert_false(r.paced);
	assert_int_equal(rate_take(&r, 1e12, t + 3600 * SECOND), 0);
	/* Nothing consumed yet: it still goes on, slowly. */
	t += 7200 * SECOND;
	rate_throttled(&r, 0, t);
	assert_true(near(r.pace, 1));
	rate_take(&r, 0, t + 10 * SECOND);
	assert_true(near(r.pace, 11));
}

/* --- another limit --- */

static void
another_limit_keeps_debt_and_a_lowered_pace(void **state)
{
	struct rate r;
	int64_t t = 0;

	(void)state;
	rate_init(&r, 100, t);
	rate_take(&r, 225, t);
	rate_change(&r, 1000, t);
	assert_true(near(r.pace, 1000));
	assert_in_range(rate_take(&r, 0, t), 200000, 200001);
	/* A smaller one cuts the bucket. */
	rate_take(&r, 0, t + SECOND);
	rate_change(&r, 40, t + SECOND);
	assert_true(near(r.tokens, 10));
	/* Lowered, it stays low, and rises to the new limit. */
	rate_throttled(&r, 0, t + SECOND);
	rate_change(&r, 400, t + SECOND);
	assert_true(near(r.pace, 20));
	rate_take(&r, 0, t + 60 * SECOND);
	assert_true(near(r.pace, 400));
	/* Off and on: what went meanwhile was not counted. */
	rate_change(&r, 0, t + 60 * SECOND);
	assert_int_equal(rate_take(&r, 1e6, t + 60 * SECOND), 0);
	rate_change(&r, 100, t + 60 * SECOND);
	assert_in_range(rate_take(&r, 10, t + 60 * SECOND), 100000, 100001);
	/* Off while lowered: the pace is kept. */
	rate_throttled(&r, 0, t + 62 * SECOND);
	rate_change(&r, 0, t + 62 * SECOND);
	assert_true(r.paced);
	assert_true(near(rate_share(&r), 50 / 4.0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_five_seconds_stay_within_five_percent),
		cmocka_unit_test(without_a_limit_nothing_waits),
		cmocka_unit_test(steps_add_up),
		cmocka_unit_test(
		    what_is_larger_than_the_bucket_goes_when_it_is_full),
		cmocka_unit_test(odd_arguments_do_no_harm),
		cmocka_unit_test(a_clock_behind_adds_nothing),
		cmocka_unit_test(throttling_halves_the_pace_once_a_second),
		cmocka_unit_test(a_twentieth_comes_back_every_quiet_second),
		cmocka_unit_test(a_lowered_pace_is_kept_to),
		cmocka_unit_test(throttling_without_a_limit_finds_a_pace),
		cmocka_unit_test(another_limit_keeps_debt_and_a_lowered_pace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
