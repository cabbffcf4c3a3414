#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inspector/histogram.h"

#define VALUES 5000

static uint64_t seed;

static uint64_t
next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* max(u + 1, ceil(u · 1.04)) without overflow. */
static int64_t
end_after(int64_t u)
{
	int64_t whole = u / 100 * 4, rest = (u % 100 * 4 + 99) / 100;

	if (u > INT64_MAX - whole - rest)
		return INT64_MAX;
	return whole + rest > 1 ? u + whole + rest : u + 1;
}

static void
test_ends(void **state)
{
	int64_t u = 1;

	(void)state;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (histogram_up_to(i) != u)
			fail_msg("bucket %u does not end where it should",
			    (unsigned)i);
		u = end_after(u);
	}
	assert_true(histogram_up_to(0) == 1);
	assert_true(histogram_up_to(24) == 25);
	assert_true(histogram_up_to(25) == 26);
	assert_true(histogram_up_to(26) == 28);
	assert_true(histogram_up_to(HISTOGRAM_BUCKETS - 1) == INT64_MAX);
	assert_true(histogram_up_to(HISTOGRAM_BUCKETS) == INT64_MAX);
	assert_true(histogram_up_to(SIZE_MAX) == INT64_MAX);
}

static void
check_bucket(int64_t v)
{
	size_t b = histogram_bucket(v);

	if (b >= HISTOGRAM_BUCKETS || v > histogram_up_to(b) ||
	    (b > 0 && v <= histogram_up_to(b - 1)))
		fail_msg("%lld is not of bucket %u", (long long)v, (unsigned)b);
}

static void
test_bucket(void **state)
{
	(void)state;
	assert_int_equal(histogram_bucket(0), 0);
	assert_int_equal(histogram_bucket(1), 0);
	assert_int_equal(histogram_bucket(2), 1);
	assert_int_equal(histogram_bucket(-5), 0);
	assert_int_equal(histogram_bucket(INT64_MIN), 0);
	for (int64_t v = 0; v < 100000; v++)
		check_bucket(v);
	for (size_t i = 0; histogram_up_to(i) < INT64_MAX; i++) {
		check_bucket(histogram_up_to(i));
		check_bucket(histogram_up_to(i) + 1);
		check_bucket(histogram_up_to(i) - 1);
	}
	check_bucket(INT64_MAX);
	check_bucket(INT64_MAX - 1);
}

/* Values like the ages of expired entries, and others. */
static int64_t
draw(int shape)
{
	uint64_t r = next_random();

	switch (shape) {
	case 0: /* the first seconds */
		return (int64_t)(r % 40);
	case 1: /* evenly over a week */
		return (int64_t)(r % 604800);
	case 2: /* evenly over magnitudes */
		return (int64_t)(r >> (1 + next_random() % 60));
	case 3: /* all equal */
		return 86400;
	case 4: /* two clusters far apart */
		return r % 2 ? (int64_t)(r % 100) : 1700000000;
	default: /* the whole range */
		return (int64_t)(r >> 1);
	}
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Within 2 % of the true value, plus half a second for rounding; the first
 * bucket contains both 0 and 1. */
static int
is_close(int64_t told, int64_t v)
{
	int64_t off = told > v ? told - v : v - told;

	return off <= v / 50 + (v % 50 + 25) / 50 || (v <= 1 && told <= 1);
}

static void
test_quantile(void **state)
{
	static const double qs[] = { 0, 0.001, 0.07, 0.1, 0.25, 0.5, 0.75, 0.9,
		0.95, 0.99, 0.999, 1 };
	int64_t *v = calloc(VALUES, sizeof(*v));
	struct histogram h;

	(void)state;
	assert_non_null(v);
	seed = 88172645463325252u;
	for (int round = 0; round < 60; round++) {
		size_t n = round < 6 ? VALUES : 1 + next_random() % 200;
		int shape = round % 6;

		memset(&h, 0, sizeof(h));
		for (size_t i = 0; i < n; i++) {
			v[i] = draw(shape);
			histogram_add(&h, v[i], 1);
		}
		qsort(v, n, sizeof(*v), by_value);
		for (size_t i = 0; i < sizeof(qs) / sizeof(qs[0]); i++) {
			/* per mille, for an integer rank */
			size_t mille = (size_t)(qs[i] * 1000 + 0.5);
			size_t rank = (mille * n + 999) / 1000;
			int64_t want = v[rank > 0 ? rank - 1 : 0];
			int64_t told = histogram_quantile(&h, qs[i]);

			if (!is_close(told, want) || told > v[n - 1])
				fail_msg("shape %d, %u values, q %u/1000: "
					 "%lld, not %lld",
				    shape, (unsigned)n, (unsigned)mille,
				    (long long)told, (long long)want);
		}
		assert_true(h.max == v[n - 1]);
	}
	free(v);
}

/* Every value is right within 2 %, whatever its neighbours are. */
static void
test_each_value(void **state)
{
	(void)state;
	seed = 1234567;
	for (int i = 0; i < 3000; i++) {
		int64_t v = i < 2000 ? i : draw(2);
		struct histogram h = { 0 };

		histogram_add(&h, v, 2);
		histogram_add(&h, INT64_MAX, 1);
		if (!is_close(histogram_quantile(&h, 0.5), v))
			fail_msg("%lld was told as %lld", (long long)v,
			    (long long)histogram_quantile(&h, 0.5));
	}
}

static void
test_edges(void **state)
{
	struct histogram h = { 0 };

	(void)state;
	assert_true(histogram_quantile(&h, 0.5) == 0);
	assert_true(histogram_quantile(&h, 1) == 0);
	histogram_add(&h, 100, 0);
	histogram_add(&h, 100, -1);
	assert_true(h.total == 0 && h.max == 0);
	histogram_add(&h, -7, 3);
	assert_true(h.total == 3 && h.count[0] == 3 && h.max == 0);
	assert_true(histogram_quantile(&h, 0.5) == 0);
	assert_true(histogram_quantile(&h, 1) == 0);
	histogram_add(&h, INT64_MAX, 1);
	assert_true(h.max == INT64_MAX);
	assert_true(histogram_quantile(&h, 1) == INT64_MAX);
	assert_true(histogram_quantile(&h, 0.75) <= 1);
	assert_true(histogram_quantile(&h, 7) == INT64_MAX);
	assert_true(histogram_quantile(&h, -7) <= 1);
}

/* What "at most" says is true, and within a bucket of the value. */
static void
test_at_most(void **state)
{
	struct histogram h = { 0 };

	(void)state;
	assert_true(histogram_at_most(&h, 0.5) == 0);
	histogram_add(&h, 86400, 9);
	assert_true(histogram_at_most(&h, 0.5) == 86400);
	histogram_add(&h, 900000, 1);
	assert_true(histogram_at_most(&h, 0.9) >= 86400);
	assert_true(histogram_at_most(&h, 0.9) <= 86400 / 100 * 104);
	assert_true(histogram_at_most(&h, 0.99) == 900000);
}

/* Where all are in one bucket, no quantile is outside of them. */
static void
test_one_bucket(void **state)
{
	struct histogram h = { 0 };

	(void)state;
	histogram_add(&h, 90000, 5);
	assert_true(histogram_quantile(&h, 0.5) == 90000);
	memset(&h, 0, sizeof(h));
	histogram_add(&h, 3613, 1);
	histogram_add(&h, 3616, 1);
	assert_true(histogram_quantile(&h, 0.5) == 3614);
	/* the sum is no longer exact */
	memset(&h, 0, sizeof(h));
	histogram_add(&h, INT64_MAX, 3);
	assert_true(histogram_quantile(&h, 0.5) > INT64_MAX / 26 * 25);
}

/* Ranks that rounding almost makes wrong: 0.07 · 100 is 7.000000000000001. */
static void
test_ranks(void **state)
{
	(void)state;
	for (int n = 1; n <= 200; n++)
		for (int percent = 1; percent < 100; percent++) {
			struct histogram h = { 0 };
			int rank = (percent * n + 99) / 100;

			/* exactly rank values are small */
			histogram_add(&h, 5, rank);
			histogram_add(&h, 5000, n - rank);
			if (histogram_quantile(&h, percent / 100.0) != 5)
				fail_msg("%d %% of %d", percent, n);
			if (rank < n && rank > 1) {
				struct histogram g = { 0 };

				histogram_add(&g, 5, rank - 1);
				histogram_add(&g, 5000, n - rank + 1);
				if (histogram_quantile(&g, percent / 100.0) ==
				    5)
					fail_msg("%d %% of %d, less one",
					    percent, n);
			}
		}
}

/* Histograms add up to the one that counted everything. */
static void
test_merge(void **state)
{
	struct histogram *part = calloc(8, sizeof(*part));
	struct histogram whole = { 0 }, sum = { 0 };

	(void)state;
	assert_non_null(part);
	seed = 42;
	for (int i = 0; i < 20000; i++) {
		int64_t v = draw(1), times = 1 + i % 3;

		histogram_add(&whole, v, times);
		histogram_add(&part[next_random() % 7], v, times);
	}
	for (int i = 7; i >= 0; i--)
		histogram_merge(&sum, &part[i]);
	assert_memory_equal(sum.count, whole.count, sizeof(sum.count));
	assert_true(sum.total == whole.total);
	assert_true(sum.max == whole.max);
	assert_true(sum.sum == whole.sum);
	free(part);
}

/* A sum that overflows stays at the maximum, in any order. */
static void
test_too_much(void **state)
{
	struct histogram a = { 0 }, b = { 0 };

	(void)state;
	histogram_add(&a, INT64_MAX, 1);
	assert_true(a.sum == INT64_MAX);
	histogram_add(&a, 5, 2);
	assert_true(a.sum == INT64_MAX && a.total == 3);
	histogram_add(&b, INT64_MAX / 2, 3);
	assert_true(b.sum == INT64_MAX);
	histogram_merge(&b, &a);
	assert_true(b.sum == INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_bucket),
		cmocka_unit_test(test_quantile),
		cmocka_unit_test(test_each_value),
		cmocka_unit_test(test_one_bucket),
		cmocka_unit_test(test_at_most),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_ranks),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
