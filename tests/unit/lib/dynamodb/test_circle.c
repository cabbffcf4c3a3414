#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/dynamodb/circle.h"
#include "lib/dynamodb/item.h"

static const struct key_schema schema = { "key", NULL };
static const struct key_schema sorted = { "p", "s" };

static bool
step(struct circle *c, int at)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "{\"key\":{\"S\":\"k%d\"}}", at);
	return circle_closes(c, slice_str(key), &schema);
}

/* A circle of any length, after any number of pages, is found soon enough. */
static void
every_circle_is_found(void **state)
{
	(void)state;
	for (int tail = 0; tail <= 40; tail++)
		for (int length = 1; length <= 40; length++) {
			struct circle c = { .steps = 0 };
			int most = tail + 2 * length +
			    2 * (tail > length ? tail : length) + 4;
			int n = 0, at = 0;

			while (!step(&c, at)) {
				if (++n > most)
					fail_msg("%d pages, then %d: not found",
					    tail, length);
				if (++at == tail + length)
					at = tail;
			}
			if (n < tail + length)
				fail_msg("%d pages, then %d: found at %d", tail,
				    length, n);
		}
}

static void
no_other_way_is_a_circle(void **state)
{
	struct circle c = { .steps = 0 };

	(void)state;
	for (int i = 0; i < 200000; i++)
		assert_false(step(&c, i));
}

static const struct {
	const char *name;
	const char *a, *b;
	bool same;
} keys[] = {
	/* clang-format off */
	{ "the same bytes", "{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"}}",
	    "{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"}}", true },
	{ "members in another order", "{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"}}",
	    "{ \"s\":{\"N\":\"1\"}, \"p\":{\"S\":\"a\"} }", true },
	{ "written with escapes", "{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"}}",
	    "{\"p\":{\"S\":\"\\u0061\"},\"s\":{\"N\":\"1.0\"}}", true },
	{ "another sort key", "{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"}}",
	    "{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"2\"}}", false },
	{ "another partition key", "{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"}}",
	    "{\"p\":{\"S\":\"b\"},\"s\":{\"N\":\"1\"}}", false },
	{ "another type", "{\"p\":{\"S\":\"1\"},\"s\":{\"N\":\"1\"}}",
	    "{\"p\":{\"N\":\"1\"},\"s\":{\"N\":\"1\"}}", false },
	{ "divided differently", "{\"p\":{\"S\":\"ab\"},\"s\":{\"S\":\"c\"}}",
	    "{\"p\":{\"S\":\"a\"},\"s\":{\"S\":\"bc\"}}", false },
	{ "not a key of the table", "{\"x\":1}", "{\"x\":1}", true },
	{ "two of these", "{\"x\":1}", "{\"x\":2}", false },
	/* clang-format on */
};

static void
keys_are_the_same_by_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct circle c = { .steps = 0 };

		assert_false(circle_closes(&c, slice_str(keys[i].a), &sorted));
		if (circle_closes(&c, slice_str(keys[i].b), &sorted) !=
		    keys[i].same)
			fail_msg("%s", keys[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_circle_is_found),
		cmocka_unit_test(no_other_way_is_a_circle),
		cmocka_unit_test(keys_are_the_same_by_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
