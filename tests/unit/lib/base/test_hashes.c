#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/hashes.h"

#define MANY 100000

struct entry {
	struct hash hash;
	int64_t number;
	char more[24];
};

static struct entry *
entry(struct hashes *t, size_t i)
{
	char text[24];

	return hashes_at(t,
	    hash_of(text, (size_t)snprintf(text, sizeof(text), "%zu", i)));
}

/* Also after the table has grown, and with all that is in their slots. */
static void
each_of_many_is_found(void **state)
{
	struct hashes t = { .size = sizeof(struct entry) };

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		struct entry *e = entry(&t, i);

		assert_int_equal(t.n, i + 1);
		assert_int_equal(e->number, 0);
		assert_string_equal(e->more, "");
		e->number = (int64_t)i + 1;
		(void)snprintf(e->more, sizeof(e->more), "%zu", i);
	}
	for (size_t i = 0; i < MANY; i++) {
		char text[24];

		(void)snprintf(text, sizeof(text), "%zu", i);
		assert_int_equal(entry(&t, i)->number, i + 1);
		assert_string_equal(entry(&t, i)->more, text);
	}
	assert_int_equal(t.n, MANY);
	assert_in_range(t.cap, 2 * MANY, 4 * MANY);
	hashes_release(&t);
	assert_int_equal(t.n, 0);
	assert_int_equal(entry(&t, 1)->number, 0);
	hashes_release(&t);
}

/* Of the hashes ${high} and ${low}; they may differ in one half only, meet in
 * the same slot, and be zero. */
static void
halves_count_both(void **state)
{
	static const struct hash hashes[] = { { 1, 5 }, { 2, 5 }, { 1, 69 },
		{ 1, 133 }, { 0, 5 }, { 5, 0 }, { 0, 0 }, { UINT64_MAX, 5 } };
	struct hashes t = { .size = sizeof(struct entry) };
	size_t n = sizeof(hashes) / sizeof(hashes[0]);

	(void)state;
	for (int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < n; i++) {
			struct entry *e = hashes_at(&t, hashes[i]);

			assert_int_equal(e->number, turn == 0 ? 0 : i + 1);
			e->number = (int64_t)i + 1;
		}
	assert_int_equal(t.n, n);
	hashes_release(&t);
}

static void
what_is_dropped_is_new_again(void **state)
{
	struct hashes t = { .size = sizeof(struct hash) };
	size_t cap;

	(void)state;
	for (uint64_t i = 1; i <= 1000; i++)
		(void)hashes_at(&t, (struct hash){ i, i });
	cap = t.cap;
	hashes_drop(&t, 3);
	assert_int_equal(t.n, 250);
	assert_int_equal(t.cap, cap);
	for (uint64_t i = 1; i <= 1000; i++) {
		size_t n = t.n;

		(void)hashes_at(&t, (struct hash){ i, i });
		assert_int_equal(t.n - n, i % 4 != 0);
	}
	hashes_release(&t);
}

static void
a_hash_is_of_all_bytes(void **state)
{
	struct hash a = hash_of("ab\0c", 4), b = hash_of("ab\0d", 4);

	(void)state;
	assert_memory_not_equal(&a, &b, sizeof(a));
	b = hash_of("ab\0c", 4);
	assert_memory_equal(&a, &b, sizeof(a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_of_many_is_found),
		cmocka_unit_test(halves_count_both),
		cmocka_unit_test(what_is_dropped_is_new_again),
		cmocka_unit_test(a_hash_is_of_all_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
