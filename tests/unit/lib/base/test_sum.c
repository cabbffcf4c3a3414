#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/sum.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MOST INT64_MAX
#define LEAST INT64_MIN

static void
results_saturate(void **state)
{
	static const struct {
		int64_t a, b, add, sub, mul;
	} cases[] = {
		{ 0, 0, 0, 0, 0 },
		{ 7, -2, 5, 9, -14 },
		{ -7, -2, -9, -5, 14 },
		{ 0, LEAST, LEAST, MOST, 0 },
		{ -1, LEAST, LEAST, MOST, MOST },
		{ 1, LEAST, LEAST + 1, MOST, LEAST },
		{ LEAST, 1, LEAST + 1, LEAST, LEAST },
		{ LEAST, -1, LEAST, LEAST + 1, MOST },
		{ LEAST, LEAST, LEAST, 0, MOST },
		{ LEAST, MOST, -1, LEAST, LEAST },
		{ MOST, MOST, MOST, 0, MOST },
		{ MOST, LEAST, -1, MOST, LEAST },
		{ MOST, 1, MOST, MOST - 1, MOST },
		{ MOST, -1, MOST - 1, MOST, -MOST },
		{ MOST, 0, MOST, MOST, 0 },
		{ MOST / 2, 2, MOST / 2 + 2, MOST / 2 - 2, MOST - 1 },
		{ MOST / 2 + 1, 2, MOST / 2 + 3, MOST / 2 - 1, MOST },
		{ LEAST / 2, 2, LEAST / 2 + 2, LEAST / 2 - 2, LEAST },
		{ LEAST / 2 - 1, 2, LEAST / 2 + 1, LEAST / 2 - 3, LEAST },
		{ -(MOST / 2) - 1, -2, -(MOST / 2) - 3, -(MOST / 2) + 1, MOST },
		{ 1795332271, 3155760000, 4951092271, -1360427729,
		    INT64_C(1795332271) * 3155760000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (sum_add(cases[i].a, cases[i].b) != cases[i].add ||
		    sum_add(cases[i].b, cases[i].a) != cases[i].add)
			fail_msg("case %zu: add", i);
		if (sum_sub(cases[i].a, cases[i].b) != cases[i].sub)
			fail_msg("case %zu: sub", i);
		if (sum_mul(cases[i].a, cases[i].b) != cases[i].mul ||
		    sum_mul(cases[i].b, cases[i].a) != cases[i].mul)
			fail_msg("case %zu: mul", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_saturate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
