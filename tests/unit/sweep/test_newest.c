#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/dynamodb/item.h"
#include "sweep/newest.h"

struct image {
	const char *partition, *sort; /* values; sort NULL: no sort key */
	int64_t at_us;
	bool old; /* expected */
};

static struct item
item_of(const struct image *i)
{
	return (struct item){ .partition = slice_str(i->partition),
		.sort = i->sort != NULL ? slice_str(i->sort)
					: (struct slice){ NULL, 0 } };
}

/* Walk over the ${count} images as often as needed. */
static struct newest *
weighed(const struct image *images, size_t count, size_t most)
{
	struct newest *n = newest_new((int64_t)count * 50, most);
	int rounds;

	for (size_t i = 0; i < count; i++) {
		struct item item = item_of(&images[i]);

		newest_see(n, &item);
	}
	rounds = newest_rounds(n, (int64_t)count);
	for (int r = 0; r < rounds; r++) {
		newest_begin(n, r);
		for (size_t i = 0; i < count; i++) {
			struct item item = item_of(&images[i]);

			newest_weigh(n, &item, images[i].at_us, (int64_t)i);
		}
	}
	return n;
}

#define S(x) "{\"S\":\"" x "\"}"
#define N(x) "{\"N\":\"" x "\"}"

static void
the_latest_stamp_is_the_newest(void **state)
{
	static const struct image images[] = {
		{ S("alone"), NULL, 9, false },
		{ S("a"), NULL, 1, true },
		{ S("b"), NULL, 5, false },
		{ S("c"), NULL, 0, false }, /* the first of equal times */
		{ S("a"), NULL, 3, false },
		{ S("b"), NULL, 4, true },
		{ S("c"), NULL, 0, true },
		{ S("a"), NULL, 2, true },
		/* equal by value, and almost equal */
		{ N("1"), NULL, 1, true },
		{ N("1.0"), NULL, 2, false },
		{ S("1"), NULL, 1, false },
		{ S("\\u0061"), NULL, 0, true },
		{ S("k"), N("1"), 1, true },
		{ S("k"), N("1e0"), 2, false },
		{ S("k"), N("2"), 1, false },
		{ S("x"), S("yz"), 1, false },
		{ S("xy"), S("z"), 2, false },
	};

	(void)state;
	for (size_t most = 1; most < 64; most *= 2) {
		struct newest *n =
		    weighed(images, sizeof(images) / sizeof(images[0]), most);

		for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++)
			if (newest_is_old(n, (int64_t)i) != images[i].old)
				fail_msg("%zu, at most %zu", i, most);
		newest_free(n);
	}
}

static void
different_keys_need_no_rounds(void **state)
{
	static const struct image images[] = {
		{ S("a"), NULL, 1, false },
		{ S("b"), NULL, 1, false },
	};
	struct newest *n = weighed(images, 2, 8);

	(void)state;
	assert_int_equal(newest_rounds(n, 2), 0);
	assert_false(newest_is_old(n, 0));
	newest_free(n);
	newest_free(NULL);
}

/* Many images of many keys, compared with a simple search. */
static void
of_many_images_one_per_key_is_the_newest(void **state)
{
	enum { IMAGES = 20000, KEYS = 7000 };
	struct image *images = xcalloc(IMAGES, sizeof(*images));
	char(*text)[24] = xcalloc(KEYS, sizeof(*text));
	size_t *best = xcalloc(KEYS, sizeof(*best));
	int *key = xcalloc(IMAGES, sizeof(*key));
	struct newest *n;
	unsigned seed = 1;

	(void)state;
	for (int k = 0; k < KEYS; k++) {
		(void)snprintf(text[k], sizeof(text[k]), S("%d"), k);
		best[k] = SIZE_MAX;
	}
	for (size_t i = 0; i < IMAGES; i++) {
		seed = seed * 1103515245 + 12345;
		key[i] = (int)(seed >> 8) % KEYS;
		images[i].partition = text[key[i]];
		images[i].at_us = (int64_t)(seed >> 20 & 63);
		if (best[key[i]] == SIZE_MAX ||
		    images[best[key[i]]].at_us < images[i].at_us)
			best[key[i]] = i;
	}
	n = weighed(images, IMAGES, 1024);
	for (size_t i = 0; i < IMAGES; i++)
		if (newest_is_old(n, (int64_t)i) != (best[key[i]] != i))
			fail_msg("%zu", i);
	newest_free(n);
	free(images);
	free(text);
	free(best);
	free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_latest_stamp_is_the_newest),
		cmocka_unit_test(different_keys_need_no_rounds),
		cmocka_unit_test(of_many_images_one_per_key_is_the_newest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
