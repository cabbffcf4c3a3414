#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/aws/retry.h"
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
	double cheapest, dearest; /* … and its cost, as parts of that */
	double failing;           /* part of the requests that is free */
	int64_t latency_us;
	bool idle; /* long pauses let the bucket fill now and then */
	bool full; /* there is enough work to use the limit */
};

static const struct load loads[] = {
	/* clang-format off */
	/* name, limit, workers, estimate, cheapest, dearest, failing,
	 * latency, idle, full */
	{ "exact costs", 1000, 8, 10, 1, 1, 0, 20000, false, true },
	{ "one worker", 1000, 1, 20, 1, 1, 0, 5000, false, true },
	{ "costs vary", 1000, 8, 10, 0.1, 1.9, 0, 20000, false, true },
	{ "expensive", 1000, 8, 10, 1, 3, 0, 20000, false, true },
	{ "cheap", 1000, 8, 10, 0.1, 1, 0, 20000, false, true },
	{ "failing requests are free", 1000, 16, 10, 1, 1, 0.5, 20000, false, true },
	{ "with pauses", 1000, 8, 10, 0.5, 1.5, 0, 20000, true, false },
	{ "workers too slow for the limit", 1000, 2, 10, 1, 1, 0, 50000, false, false },
	{ "full pages", 2000, 8, 128.5, 0.2, 1, 0, 60000, false, true },
	{ "below one", 0.5, 4, 0.1, 0.5, 1.5, 0, 10000, false, true },
	{ "huge", 4e7, 16, 1e4, 0.5, 1.5, 0, 1000, false, true },
	{ "larger than the bucket", 100, 4, 60, 1, 1, 0, 20000, false, true },
	{ "larger than a second", 100, 4, 400, 1, 1, 0, 20000, false, true },
	/* clang-format on */
};

/* A worker. */
struct hand {
	int64_t at_us;
	bool waiting; /* for the reply; else about to send */
	double cost;
};

/* Run ${l} for ${span_us}. Returns the number of events. */
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

/* The most and the least cost in any 5 s. */
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
			/* requests in flight may cost more */
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
nothing_waits_without_a_limit(void **state)
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
units_are_taken_returned_and_owed(void **state)
{
	struct rate r;
	int64_t t = 1000 * SECOND;

	(void)state;
	rate_init(&r, 100, t);
	/* a quarter of a second is available at once */
	assert_int_equal(rate_take(&r, 25, t), 0);
	/* the next ones queue up */
	assert_in_range(rate_take(&r, 10, t), 100000, 100001);
	assert_in_range(rate_take(&r, 10, t), 200000, 200001);
	t += 200000;
	assert_in_range(rate_take(&r, 1, t), 10000, 10001);
	/* units are returned if it cost less, owed if more */
	rate_settle(&r, 10, 4, t);
	assert_int_equal(rate_take(&r, 5, t), 0);
	rate_settle(&r, 5, 35, t);
	assert_in_range(rate_take(&r, 1, t), 310000, 310001);
	/* after any pause, it contains a quarter of a second */
	t += 3600 * SECOND;
	rate_settle(&r, 100, 0, t);
	assert_int_equal(rate_take(&r, 25, t), 0);
	assert_in_range(rate_take(&r, 1, t), 10000, 10001);
}

static void
a_request_larger_than_the_bucket_waits_until_it_is_full(void **state)
{
	struct rate r;
	int64_t t = 0;

	(void)state;
	rate_init(&r, 100, t);
	assert_int_equal(rate_take(&r, 500, t), 0);
	/* … and the next one pays for it */
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
a_clock_that_goes_back_adds_nothing(void **state)
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

/* A table that throttles above its capacity and at random. Workers send batches
 * to it and wait for each reply. */
struct service {
	const char *name;
	double limit;    /* ours; 0: none */
	double capacity; /* the table's; 0: boundless */
	double burst;    /* seconds of it that were saved up */
	double unlucky;  /* part of the requests throttled at random */
	int workers;
	double units; /* a request */
	int64_t latency_us;
	/* what a minute must show */
	double least,
	    most; /* of the capacity, or of what goes through unthrottled */
	double throttled; /* part of the requests, at most */
};

static const struct service services[] = {
	/* clang-format off */
	{ "5 000 units, 5 ms away", 0, 5000, 0, 0, 8, 25, 5000, 0.9, 1.001, 0.05 },
	{ "256 workers", 0, 5000, 0, 0, 256, 25, 5000, 0.9, 1.001, 0.12 },
	{ "throttled after a second", 0, 5000, 1, 0, 8, 25, 5000, 0.9, 1.03, 0.05 },
	{ "throttled after ten", 0, 5000, 10, 0, 8, 25, 5000, 0.9, 1.2, 0.05 },
	{ "one unit a request", 0, 1000, 0, 0, 8, 1, 5000, 0.9, 1.001, 0.05 },
	{ "a small table", 0, 25, 0, 0, 8, 1, 5000, 0.9, 1.001, 0.15 },
	{ "below our limit", 1000, 5000, 0, 0, 8, 25, 5000, 0.19, 0.21, 0.01 },
	{ "above our limit", 20000, 5000, 0, 0, 8, 25, 5000, 0.9, 1.001, 0.05 },
	{ "random throttling", 0, 0, 0, 0.06, 8, 25, 5000, 0.5, 1, 0.08 },
	{ "random throttling, 20 ms away", 0, 0, 0, 0.06, 8, 25, 20000, 0.5, 1, 0.08 },
	{ "random throttling, one unit a request", 0, 0, 0, 0.06, 8, 1, 5000, 0.5, 1, 0.08 },
	{ "random throttling below our limit", 1000, 0, 0, 0.06, 8, 1, 2000, 0, 1, 0.08 },
	{ "random throttling and a capacity", 0, 5000, 0, 0.03, 8, 25, 5000, 0.85, 1, 0.12 },
	/* clang-format on */
};

#define SERVED_WORKERS 256

struct served {
	double units, requests, throttled;
};

/* Run the workers until ${span_us}. */
static struct served
serve(const struct service *v, int64_t span_us)
{
	struct {
		int64_t at_us;
		bool sent;
		int tries;
	} worker[SERVED_WORKERS] = { 0 };
	struct served sum = { 0 };
	double saved = v->capacity * v->burst;
	int64_t filled = 0;
	struct rate r;

	rate_init(&r, v->limit, 0);
	for (;;) {
		int k = 0;
		int64_t now, wait;
		bool refused;

		for (int i = 1; i < v->workers; i++)
			if (worker[i].at_us < worker[k].at_us)
				k = i;
		now = worker[k].at_us;
		if (now > span_us)
			return sum;
		if (!worker[k].sent) {
			wait = rate_take(&r, v->units, now);
			worker[k].sent = true;
			worker[k].at_us = now + wait +
			    (int64_t)((0.5 + roll()) * (double)v->latency_us);
			continue;
		}
		worker[k].sent = false;
		saved += (double)(now - filled) * v->capacity / SECOND;
		if (saved > v->capacity * fmax(v->burst, 1))
			saved = v->capacity * fmax(v->burst, 1);
		filled = now;
		refused = (v->capacity > 0 && saved < 0) || roll() < v->unlucky;
		sum.requests++;
		if (!refused) {
			saved -= v->units;
			sum.units += v->units;
			worker[k].tries = 0;
			rate_settle(&r, v->units, v->units, now);
			continue;
		}
		sum.throttled++;
		rate_settle(&r, v->units, 0, now);
		rate_throttled(&r, v->units, now);
		worker[k].at_us = now +
		    1000 *
			retry_delay_ms(rate_calm(&r) ? RETRY_UNLUCKY
						     : RETRY_THROTTLE,
			    worker[k].tries++, roll(), -1);
	}
}

static void
a_table_is_used_fully_and_not_flooded(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		const struct service *v = &services[i];

		for (uint64_t seed = 1; seed <= 5; seed++) {
			struct service lucky = *v;
			double best, part, throttled;
			struct served s;

			dice = seed * UINT64_C(0x9e3779b97f4a7c15);
			s = serve(v, 60 * SECOND);
			lucky.unlucky = 0;
			best = v->capacity > 0
			    ? v->capacity * 60
			    : serve(&lucky, 60 * SECOND).units;
			part = s.units / best;
			throttled = s.throttled / s.requests;
			if (part < v->least || part > v->most ||
			    throttled > v->throttled) {
				print_error("%s, seed %d: %g of it, %g "
					    "throttled\n",
				    v->name, (int)seed, part, throttled);
				fail();
			}
		}
	}
}

/* A table just below the pace refuses a few statements of many batches; bad
 * luck refuses a few whole batches. 4 % of the units are refused in both. */
static void
few_statements_of_many_batches_lower_the_pace(void **state)
{
	static const struct {
		int every;    /* of the batches of 25 units, this one … */
		double units; /* … has so many refused */
		bool lowers;
	} cases[] = { { 1, 1, true }, { 25, 25, false } };

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		struct rate r;
		int64_t now = 0;
		bool lowered = false;

		rate_init(&r, 0, 0);
		for (int i = 0; i < 200; i++) {
			double no =
			    (i + 1) % cases[k].every == 0 ? cases[k].units : 0;

			now += SECOND / 200;
			rate_take(&r, 25, now);
			rate_settle(&r, 25, 25 - no, now);
			if (no > 0)
				rate_throttled(&r, no, now);
			lowered = lowered || r.lowered;
		}
		if (lowered != cases[k].lowers)
			fail_msg("%g units of every %d", cases[k].units,
			    cases[k].every);
	}
}

/* A request that was refused is reported to the rates of reads and of writes,
 * with no units to the one that is not concerned. */
static void
a_refusal_of_no_units_changes_nothing(void **state)
{
	struct rate r, same;

	(void)state;
	rate_init(&r, 2000, 0);
	for (int i = 1; i <= 100; i++) {
		rate_take(&r, 100, i * SECOND / 20);
		rate_settle(&r, 100, i % 50 == 0 ? 0 : 100, i * SECOND / 20);
		if (i % 50 == 0)
			rate_throttled(&r, 100, i * SECOND / 20);
		same = r;
		rate_throttled(&r, 0, i * SECOND / 20);
		assert_memory_equal(&r, &same, sizeof(r));
	}
}

/* Requests of ten units, a thousand a second, of which ${refused} in a hundred
 * are throttled. */
static int64_t
a_second_of(struct rate *r, int refused, int64_t now)
{
	for (int i = 0; i < 1000; i++) {
		bool no = i * refused / 100 != (i + 1) * refused / 100;

		now += SECOND / 1000;
		rate_take(r, 10, now);
		rate_settle(r, 10, no ? 0 : 10, now);
		if (no)
			rate_throttled(r, 10, now);
	}
	return now;
}

static void
the_pace_becomes_four_fifths_of_what_was_accepted(void **state)
{
	struct rate r;
	int64_t now;

	(void)state;
	rate_init(&r, 0, 0);
	now = a_second_of(&r, 0, 0);
	assert_false(r.paced);
	now = a_second_of(&r, 50, now);
	assert_true(r.paced);
	assert_true(r.held > 4500 && r.held < 5500);
	/* it rises again, and further if nothing is refused */
	rate_take(&r, 0, now + 20 * SECOND);
	assert_true(r.pace > 0.98 * r.held && r.pace < 1.1 * r.held);
	rate_take(&r, 0, now + 60 * SECOND);
	assert_true(r.pace > 2 * r.held);
	/* until there is no limit */
	rate_take(&r, 0, now + 3600 * SECOND);
	assert_false(r.paced);
	assert_int_equal(rate_take(&r, 1e12, now + 3600 * SECOND), 0);
}

static void
the_pace_never_stops_and_never_exceeds_the_limit(void **state)
{
	struct rate r;
	int64_t now = 0;

	(void)state;
	rate_init(&r, 1000, 0);
	for (int i = 0; i < 100; i++)
		now = a_second_of(&r, 100, now);
	assert_true(r.pace >= 1 && r.pace < 20);
	rate_take(&r, 0, now + 3600 * SECOND);
	assert_true(near(r.pace, 1000));
	rate_init(&r, 0.5, 0);
	now = 0;
	for (int i = 0; i < 10; i++)
		now = a_second_of(&r, 100, now);
	assert_true(near(r.pace, 0.5));
}

static void
throttling_that_does_not_depend_on_the_pace_is_expected(void **state)
{
	struct rate r;
	int64_t now = 0;

	(void)state;
	rate_init(&r, 0, 0);
	for (int i = 0; i < 10; i++)
		now = a_second_of(&r, 10, now);
	assert_true(r.expected > 0.05 && r.expected < 0.15);
	assert_true(rate_calm(&r));
	/* more than that is not calm */
	(void)a_second_of(&r, 60, now);
	assert_false(rate_calm(&r));
}

/* --- another limit --- */

static void
a_new_limit_keeps_debt_and_a_lowered_pace(void **state)
{
	struct rate r;
	int64_t t = 0;
	double low;

	(void)state;
	rate_init(&r, 100, t);
	rate_take(&r, 225, t);
	rate_change(&r, 1000, t);
	assert_true(near(r.pace, 1000));
	assert_in_range(rate_take(&r, 0, t), 200000, 200001);
	/* a smaller limit makes the bucket smaller */
	rate_take(&r, 0, t + SECOND);
	rate_change(&r, 40, t + SECOND);
	assert_true(near(r.tokens, 10));
	/* a lowered pace stays low, and rises to the new limit */
	rate_change(&r, 1000, t + SECOND);
	t = a_second_of(&r, 100, t + SECOND);
	low = r.pace;
	assert_true(low < 100);
	rate_change(&r, 20000, t);
	assert_true(near(r.pace, low));
	rate_take(&r, 0, t + 60 * SECOND);
	assert_true(near(r.pace, 20000));
	/* off and on: requests in between were not counted */
	t += 60 * SECOND;
	rate_change(&r, 0, t);
	assert_int_equal(rate_take(&r, 1e6, t), 0);
	rate_change(&r, 100, t);
	assert_in_range(rate_take(&r, 10, t), 100000, 100001);
	/* off while lowered: the pace stays */
	t = a_second_of(&r, 100, t);
	low = r.pace;
	rate_change(&r, 0, t);
	assert_true(r.paced);
	assert_true(near(rate_share(&r), low / 4));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_five_seconds_stay_within_five_percent),
		cmocka_unit_test(nothing_waits_without_a_limit),
		cmocka_unit_test(units_are_taken_returned_and_owed),
		cmocka_unit_test(
		    a_request_larger_than_the_bucket_waits_until_it_is_full),
		cmocka_unit_test(odd_arguments_do_no_harm),
		cmocka_unit_test(a_clock_that_goes_back_adds_nothing),
		cmocka_unit_test(a_table_is_used_fully_and_not_flooded),
		cmocka_unit_test(few_statements_of_many_batches_lower_the_pace),
		cmocka_unit_test(a_refusal_of_no_units_changes_nothing),
		cmocka_unit_test(
		    the_pace_becomes_four_fifths_of_what_was_accepted),
		cmocka_unit_test(
		    the_pace_never_stops_and_never_exceeds_the_limit),
		cmocka_unit_test(
		    throttling_that_does_not_depend_on_the_pace_is_expected),
		cmocka_unit_test(a_new_limit_keeps_debt_and_a_lowered_pace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
