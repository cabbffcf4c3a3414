#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/pairs.h"

#define MANY 100000

/* Also after the table has grown. */
static void
every_pair_of_many_is_found(void **state)
{
	static char names[MANY][8];
	struct pairs p = { 0 };
	char again[8];

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		size_t *at;

		(void)snprintf(names[i], sizeof(names[i]), "%zu", i);
		at = pairs_at(&p, "a", names[i]);
		assert_int_equal(*at, 0);
		*at = i + 1;
	}
	for (size_t i = 0; i < MANY; i++) {
		(void)snprintf(again, sizeof(again), "%zu", i);
		assert_int_equal(*pairs_at(&p, "a", again), i + 1);
	}
	assert_int_equal(p.n, MANY);
	pairs_release(&p);
}

static void
pairs_with_the_same_letters_differ(void **state)
{
	struct pairs p = { 0 };

	(void)state;
	*pairs_at(&p, "a", "bc") = 1;
	assert_int_equal(*pairs_at(&p, "ab", "c"), 0);
	assert_int_equal(*pairs_at(&p, "bc", "a"), 0);
	assert_int_equal(*pairs_at(&p, "a", ""), 0);
	assert_int_equal(*pairs_at(&p, "", ""), 0);
	assert_int_equal(*pairs_at(&p, "a", "bc"), 1);
	pairs_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_many_is_found),
		cmocka_unit_test(pairs_with_the_same_letters_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
