#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inspector/estimate.h"

#define OF 1024
#define RUNS 500
#define HONEST 0.93

static uint64_t dice;

/* Uniform in [0, 1), by xorshift64*. */
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
near(double a, double b, double within)
{
	return fabs(a - b) <= within * fabs(b);
}

/* --- 95 of 100, by simulation --- */

static void
one_by_one(int64_t *table, int64_t n, double unused)
{
	(void)unused;
	while (n-- > 0)
		table[(size_t)(roll() * OF)]++;
}

/* Collections that share a segment, exponential in length. */
static void
collections(int64_t *table, int64_t n, double mean)
{
	while (n > 0) {
		int64_t size = 1 + (int64_t)(-log(1 - roll()) * (mean - 1));

		if (size > n)
			size = n;
		table[(size_t)(roll() * OF)] += size;
		n -= size;
	}
}

/* Log-normal counts around ${n} a segment. */
static void
uneven(int64_t *table, int64_t n, double sigma)
{
	for (int i = 0; i < OF; i++) {
		double gauss = sqrt(-2 * log(1 - roll())) *
		    cos(6.283185307179586 * roll());

		table[i] = (int64_t)((double)n *
			exp(sigma * gauss - sigma * sigma / 2) +
		    roll());
	}
}

static void
equal(int64_t *table, int64_t n, double unused)
{
	(void)unused;
	for (int i = 0; i < OF; i++)
		table[i] = n;
}

static const struct {
	const char *name;
	void (*fill)(int64_t *table, int64_t n, double how);
	int64_t n;
	double how;
} tables[] = {
	/* clang-format off */
	{ "even, dense", one_by_one, 20000, 0 },
	{ "even, fewer entries than segments", one_by_one, 500, 0 },
	{ "the same in each segment", equal, 20, 0 },
	{ "40 of a kind", one_by_one, 40, 0 },
	{ "10 of a kind", one_by_one, 10, 0 },
	{ "3 of a kind", one_by_one, 3, 0 },
	{ "1 of a kind", one_by_one, 1, 0 },
	{ "none of a kind", one_by_one, 0, 0 },
	{ "uneven: collections of 5", collections, 2000, 5 },
	{ "uneven: collections of 20", collections, 20000, 20 },
	{ "uneven: segments of half and twice the size", uneven, 20, 0.5 },
	{ "uneven: the same, with many entries", uneven, 1000, 0.5 },
	/* clang-format on */
};

static const int64_t samples[] = { 30, 102, 512, 1000 };

/* Each run has its own table and chooses segments of it. */
static bool
inside(size_t t, int64_t segments, uint64_t seed)
{
	struct estimate_sample s = { segments, OF, 1 };
	struct estimate e;
	int64_t table[OF] = { 0 }, total = 0, seen = 0;
	double squares = 0;
	bool chosen[OF];

	tables[t].fill(table, tables[t].n, tables[t].how);
	estimate_choose(chosen, OF, segments, seed);
	for (int i = 0; i < OF; i++) {
		total += table[i];
		if (!chosen[i])
			continue;
		seen += table[i];
		squares += (double)table[i] * (double)table[i];
	}
	e = estimate_count(&s, seen, squares);
	if (e.low < seen || e.items < e.low || e.high < e.items)
		fail_msg("%s: %lld is not within %lld..%lld", tables[t].name,
		    (long long)e.items, (long long)e.low, (long long)e.high);
	return total >= e.low && total <= e.high;
}

static void
test_honest(void **state)
{
	(void)state;
	dice = 20261122;
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (size_t k = 0; k < sizeof(samples) / sizeof(*samples);
		     k++) {
			int in = 0;

			for (uint64_t seed = 0; seed < RUNS; seed++)
				in += inside(t, samples[k], seed);
			if (in < HONEST * RUNS)
				fail_msg("%s, %d of %d segments: inside in "
					 "%d of %d runs",
				    tables[t].name, (int)samples[k], OF, in,
				    RUNS);
		}
}

/* --- a rare kind in clusters; all entries show the spread --- */

/* Tables whose entries lie in collections of ${mean}; of a kind there are
 * ${heaps}, each of ${size}. */
static const struct {
	const char *name;
	double mean;
	int heaps, size;
} heaped[] = {
	/* clang-format off */
	{ "one collection of 5", 10, 1, 5 },
	{ "4 collections of 5", 10, 4, 5 },
	{ "4 collections of 10", 10, 4, 10 },
	{ "10 collections of 10", 10, 10, 10 },
	{ "4 collections of 20", 20, 4, 20 },
	{ "10 collections of 20", 20, 10, 20 },
	/* clang-format on */
};

static bool
inside_heaped(size_t t, int64_t segments, uint64_t seed)
{
	int64_t all[OF] = { 0 }, rare[OF] = { 0 }, seen = 0, sum = 0;
	int64_t total = (int64_t)heaped[t].heaps * heaped[t].size;
	double squares = 0, all_squares = 0;
	struct estimate_sample s = { .segments = segments, .of = OF };
	struct estimate e;
	bool chosen[OF];

	collections(all, 20000, heaped[t].mean);
	for (int i = 0; i < heaped[t].heaps; i++)
		rare[(size_t)(roll() * OF)] += heaped[t].size;
	estimate_choose(chosen, OF, segments, seed);
	for (int i = 0; i < OF; i++) {
		int64_t n = all[i] + rare[i];

		if (!chosen[i])
			continue;
		sum += n;
		all_squares += (double)n * (double)n;
		seen += rare[i];
		squares += (double)rare[i] * (double)rare[i];
	}
	s.spread = estimate_spread(segments, sum, all_squares);
	e = estimate_count(&s, seen, squares);
	return total >= e.low && total <= e.high;
}

static void
test_heaped(void **state)
{
	(void)state;
	dice = 20261122;
	for (size_t t = 0; t < sizeof(heaped) / sizeof(heaped[0]); t++)
		for (size_t k = 0; k < sizeof(samples) / sizeof(*samples);
		     k++) {
			int in = 0;

			for (uint64_t seed = 0; seed < RUNS; seed++)
				in += inside_heaped(t, samples[k], seed);
			if (in < HONEST * RUNS)
				fail_msg("%s, %d of %d segments: inside in "
					 "%d of %d runs",
				    heaped[t].name, (int)samples[k], OF, in,
				    RUNS);
		}
}

/* An interval that contains everything would pass as well: for many even
 * entries it must be the usual one, 2 · 1.96 standard deviations. */
static void
test_narrow(void **state)
{
	struct estimate_sample s = { 256, 1024, 1 };
	/* Poisson of mean 1000 in each: variance 1000, too */
	double squares = 256.0 * 1000 * 1000 + 255.0 * 1000;
	struct estimate e = estimate_count(&s, 256000, squares);
	double width = 2 * 1.9693 * 1024 * sqrt(1000 / 256.0 * 0.75);

	(void)state;
	assert_true(e.items == 1024000);
	assert_true(near((double)(e.high - e.low), width, 0.01));
	/* … and a hundred times the variance makes it ten times as wide */
	squares = 256.0 * 1000 * 1000 + 255.0 * 100000;
	e = estimate_count(&s, 256000, squares);
	assert_true(near((double)(e.high - e.low), 10 * width, 0.02));
}

/* --- edges --- */

static const struct {
	const char *name;
	struct estimate_sample s;
	int64_t sum;
	double squares;
	struct estimate want;
} edges[] = {
	/* clang-format off */
	{ "all segments", { 1024, 1024, 1 }, 777, 9999, { 777, 777, 777 } },
	{ "all of one segment", { 1, 1, 1 }, 5, 25, { 5, 5, 5 } },
	{ "all segments, none seen", { 64, 64, 1 }, 0, 0, { 0, 0, 0 } },
	{ "one of many segments", { 1, 1024, 1 }, 5, 25,
	    { 5120, 5, INT64_MAX } },
	{ "one of many segments, none seen", { 1, 1024, 1 }, 0, 0,
	    { 0, 0, INT64_MAX } },
	{ "no segment read", { 0, 1024, 1 }, 0, 0, { 0, 0, INT64_MAX } },
	{ "the largest count, all read", { 4096, 4096, 1 }, INT64_MAX,
	    1e38, { INT64_MAX, INT64_MAX, INT64_MAX } },
	{ "a count that overflows", { 40, 4096, 1 }, INT64_MAX / 2, 1e36,
	    { INT64_MAX, INT64_MAX, INT64_MAX } },
	/* clang-format on */
};

static void
test_edges(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		struct estimate e =
		    estimate_count(&edges[i].s, edges[i].sum, edges[i].squares);

		if (e.items != edges[i].want.items ||
		    e.low != edges[i].want.low || e.high != edges[i].want.high)
			fail_msg("%s: %lld in %lld..%lld", edges[i].name,
			    (long long)e.items, (long long)e.low,
			    (long long)e.high);
	}
}

/* None seen: 3.69 events and a little for Student, times 1024 / 102, less what
 * is known; in clusters, that many times more. */
static void
test_nothing_seen(void **state)
{
	struct estimate_sample s = { 102, 1024, 1 };
	struct estimate e = estimate_count(&s, 0, 0);

	(void)state;
	assert_true(e.items == 0 && e.low == 0);
	assert_true(e.high >= 35 && e.high <= 38);
	s.spread = 20;
	e = estimate_count(&s, 0, 0);
	assert_true(e.low == 0 && e.high >= 700 && e.high <= 740);
	/* if enough were seen, only their own spread counts */
	e = estimate_count(&s, 100, 100);
	assert_true(e.high < 1400);
	/* nearly all read */
	s = (struct estimate_sample){ 1023, 1024, 1 };
	e = estimate_count(&s, 0, 0);
	assert_true(e.low == 0 && e.high == 1);
}

static void
test_spread(void **state)
{
	(void)state;
	assert_true(estimate_spread(0, 0, 0) == 1);
	assert_true(estimate_spread(1, 7, 49) == 1);
	assert_true(estimate_spread(30, 0, 0) == 1);
	assert_true(estimate_spread(4, 8, 16) == 1); /* all equal: not 0 */
	/* 0 and 8: mean 4, variance 32 */
	assert_true(near(estimate_spread(2, 8, 64), 8, 1e-12));
}

/* --- choosing segments --- */

static void
test_choose(void **state)
{
	static const int64_t counts[] = { 0, 1, 30, 512, 1023, 1024 };
	bool chosen[OF], again[OF];
	int often[OF] = { 0 };

	(void)state;
	for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
		int64_t n = 0;

		estimate_choose(chosen, OF, counts[k], k);
		for (int i = 0; i < OF; i++)
			n += chosen[i];
		assert_true(n == counts[k]);
		estimate_choose(again, OF, counts[k], k);
		assert_memory_equal(chosen, again, sizeof(chosen));
	}
	/* each as often as the others: 1000 of 10 000 times, ± 30 · 6 */
	for (uint64_t seed = 0; seed < 10000; seed++) {
		estimate_choose(chosen, 64, 6, seed);
		for (int i = 0; i < 64; i++)
			often[i] += chosen[i];
	}
	for (int i = 0; i < 64; i++)
		if (often[i] < 937 - 180 || often[i] > 937 + 180)
			fail_msg("segment %d: %d times", i, often[i]);
}

static void
test_segments(void **state)
{
	(void)state;
	assert_true(estimate_segments(100000, 1024) == 102);
	assert_true(estimate_segments(10000, 1024) == 30);
	assert_true(estimate_segments(1, 4096) == 30);
	assert_true(estimate_segments(1000000, 1024) == 1024);
	assert_true(estimate_segments(999999, 1024) == 1024);
	assert_true(estimate_segments(500000, 16) == 16);
	assert_true(estimate_segments(125000, 4096) == 512);
}

static void
test_scale(void **state)
{
	struct estimate_sample s = { 102, 1024, 1 };

	(void)state;
	assert_true(estimate_scale(&s, 0) == 0);
	assert_true(estimate_scale(&s, 102) == 1024);
	assert_true(estimate_scale(&s, 1) == 10);
	s.segments = 1024;
	assert_true(estimate_scale(&s, INT64_MAX) == INT64_MAX);
}

/* --- against printed tables --- */

/* Chi-square quantiles for 0.025 and 0.975; a gamma variable is half of one
 * with twice the shape in degrees of freedom. */
static const struct {
	double df, low, high;
} chi_square[] = {
	{ 1, 0.000982, 5.0239 },
	{ 2, 0.050636, 7.3778 },
	{ 3, 0.215795, 9.3484 },
	{ 10, 3.24697, 20.4832 },
	{ 20, 9.59078, 34.1696 },
	{ 50, 32.3574, 71.4202 },
	{ 100, 74.2219, 129.561 },
	{ 500, 439.936, 563.852 },
	{ 1000, 914.257, 1089.53 },
};

static void
test_gamma(void **state)
{
	const double z = 1.959963984540054;

	(void)state;
	for (size_t i = 0; i < sizeof(chi_square) / sizeof(*chi_square); i++) {
		double a = chi_square[i].df / 2;

		if (!near(2 * estimate_gamma_low(a, z), chi_square[i].low,
			1e-4) ||
		    !near(2 * estimate_gamma_high(a, z), chi_square[i].high,
			1e-4))
			fail_msg("%g degrees: %g..%g", chi_square[i].df,
			    2 * estimate_gamma_low(a, z),
			    2 * estimate_gamma_high(a, z));
	}
	/* shape 1 is the exponential: exact, however far out */
	assert_true(
	    near(estimate_gamma_high(1, 6), -log(erfc(6 / sqrt(2)) / 2), 1e-9));
	assert_true(near(estimate_gamma_high(1, 12.7062),
	    -log(erfc(12.7062 / sqrt(2)) / 2), 1e-9));
	assert_true(near(estimate_gamma_low(1, 2),
	    -log1p(-erfc(2 / sqrt(2)) / 2), 1e-9));
	/* both methods agree where they meet */
	assert_true(near(estimate_gamma_low(200, 2.05),
	    estimate_gamma_low(200.0001, 2.05), 1e-5));
	assert_true(near(estimate_gamma_high(200, 2.05),
	    estimate_gamma_high(200.0001, 2.05), 1e-5));
	assert_true(estimate_gamma_low(0, 2) == 0);
	assert_true(estimate_gamma_low(-1, 2) == 0);
}

static void
test_student(void **state)
{
	(void)state;
	assert_true(near(estimate_student(1), 12.706, 1e-4));
	assert_true(near(estimate_student(29), 2.0452, 1e-4));
	assert_true(near(estimate_student(30), 2.0423, 1e-4));
	assert_true(near(estimate_student(31), 2.0395, 1e-4));
	assert_true(near(estimate_student(40), 2.0211, 1e-4));
	assert_true(near(estimate_student(60), 2.0003, 1e-4));
	assert_true(near(estimate_student(120), 1.9799, 1e-4));
	assert_true(near(estimate_student(4095), 1.9605, 1e-4));
	assert_true(estimate_student(0) == estimate_student(1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest),
		cmocka_unit_test(test_heaped),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_nothing_seen),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_choose),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_gamma),
		cmocka_unit_test(test_student),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
