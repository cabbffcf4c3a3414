#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/dynamodb/item.h"
#include "sweep/duplicate_keys.h"

static const struct key_schema schema = { "key", NULL };

static int64_t
add(struct duplicate_keys *t, const char *json, int64_t line)
{
	struct slice_walk w = slice_walk(slice_str(json));
	struct item item;

	assert_int_equal(item_read(&w, &schema, "ttl", &item, NULL), 0);
	return duplicate_keys_add(t, &item, line);
}

/* Lines in order, and the result of the last. */
static const struct {
	const char *name;
	const char *lines[3];
	int64_t other;
} cases[] = {
	/* clang-format off */
	{ "two keys",
	    { "{\"key\":{\"S\":\"a\"}}", "{\"key\":{\"S\":\"b\"}}" }, 0 },
	{ "keys of two types",
	    { "{\"key\":{\"S\":\"1\"}}", "{\"key\":{\"N\":\"1\"}}" }, 0 },
	{ "the same entry",
	    { "{\"key\":{\"S\":\"a\"},\"x\":{\"S\":\"1\"}}",
	      "{\"key\":{\"S\":\"a\"},\"x\":{\"S\":\"1\"}}" }, 0 },
	{ "attributes in another order",
	    { "{\"key\":{\"S\":\"a\"},\"x\":{\"S\":\"1\"}}",
	      "{\"x\":{\"S\":\"1\"},\"key\":{\"S\":\"a\"}}" }, 0 },
	{ "duplicates",
	    { "{\"key\":{\"S\":\"b\"}}",
	      "{\"key\":{\"S\":\"a\"},\"sk\":{\"S\":\"1\"}}",
	      "{\"key\":{\"S\":\"a\"},\"sk\":{\"S\":\"2\"}}" }, 2 },
	{ "one more attribute",
	    { "{\"key\":{\"S\":\"a\"}}",
	      "{\"key\":{\"S\":\"a\"},\"x\":{\"S\":\"\"}}" }, 1 },
	{ "values swapped",
	    { "{\"key\":{\"S\":\"a\"},\"x\":{\"S\":\"1\"},\"y\":{\"S\":\"2\"}}",
	      "{\"key\":{\"S\":\"a\"},\"x\":{\"S\":\"2\"},\"y\":{\"S\":\"1\"}}" }, 1 },
	{ "keys with equal values",
	    { "{\"key\":{\"N\":\"1\"},\"x\":{\"S\":\"1\"}}",
	      "{\"key\":{\"N\":\"1.0\"},\"x\":{\"S\":\"2\"}}" }, 1 },
	/* clang-format on */
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct duplicate_keys *t = duplicate_keys_new(16);
		int64_t other = 0;

		for (int k = 0; k < 3 && cases[i].lines[k] != NULL; k++)
			other = add(t, cases[i].lines[k], k + 1);
		if (other != cases[i].other)
			fail_msg("%s: %d", cases[i].name, (int)other);
		duplicate_keys_free(t);
	}
}

/* Add ${keys} keys twice, far apart; how many duplicates are found. */
static int
found(size_t most, int keys)
{
	struct duplicate_keys *t = duplicate_keys_new(most);
	struct buf b = { 0 };
	int n = 0;

	for (int twin = 0; twin < 2; twin++)
		for (int i = 0; i < keys; i++) {
			int64_t line = (int64_t)twin * keys + i + 1, other;

			buf_reset(&b);
			buf_addf(&b,
			    "{\"key\":{\"S\":\"k%d\"},\"x\":{\"N\":\"%d\"}}", i,
			    twin);
			other = add(t, buf_text(&b), line);
			assert_true(other == 0 || other == i + 1);
			n += other != 0;
		}
	buf_release(&b);
	duplicate_keys_free(t);
	return n;
}

/* Up to the limit all are found, above it at least a quarter of the limit. */
static void
test_limit(void **state)
{
	(void)state;
	assert_int_equal(found(16, 15), 15);
	assert_int_equal(found(4096, 4000), 4000);
	assert_in_range(found(4096, 5000), 1024, 4096);
	assert_in_range(found(1024, 100000), 256, 1024);
	assert_in_range(found(1, 1000), 0, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
