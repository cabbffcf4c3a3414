#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/item.h"

static const struct key_schema schema = { .partition = "k" };

/* What is known to be storable after one walk; the rest is left to
 * attr_item_check, whether that would find something or not. */
static const struct {
	const char *name;
	const char *e; /* a value */
	bool storable;
} values[] = {
	/* clang-format off */
	{ "a string", "{\"S\":\"a\"}", true },
	{ "an empty string", "{\"S\":\"\"}", true },
	{ "escapes", "{\"S\":\"{\\\"a\\\":1}\"}", true },
	{ "a whole number", "{\"N\":\"1796807556\"}", true },
	{ "a negative number", "{\"N\":\"-1.5\"}", true },
	{ "zero", "{\"N\":\"0\"}", true },
	{ "38 digits", "{\"N\":\"12345678901234567890123456789012345678\"}", true },
	{ "39 digits", "{\"N\":\"123456789012345678901234567890123456789\"}", false },
	{ "a number out of range", "{\"N\":\"1E126\"}", false },
	{ "no number", "{\"N\":\"x\"}", false },
	{ "a number with blanks", "{\"N\":\" 1\"}", false },
	{ "true", "{\"BOOL\":true}", true },
	{ "false", "{\"BOOL\":false}", true },
	{ "NULL", "{\"NULL\":true}", true },
	{ "NULL that is false", "{\"NULL\":false}", false },
	{ "a map", "{\"M\":{\"a\":{\"S\":\"b\"},\"c\":{\"L\":[{\"N\":\"1\"}]}}}", true },
	{ "an empty map", "{\"M\":{}}", true },
	{ "an empty list", "{\"L\":[]}", true },
	{ "an empty name in a map", "{\"M\":{\"\":{\"S\":\"b\"}}}", false },
	{ "a wrong number in a list", "{\"L\":[{\"N\":\"1\"},{\"N\":\"1E126\"}]}", false },
	{ "binary", "{\"B\":\"YQ==\"}", false },
	{ "a set", "{\"SS\":[\"a\"]}", false },
	{ "an empty set", "{\"SS\":[]}", false },
	{ "white space", "{ \"S\":\"a\"}", false },
	/* clang-format on */
};

static void
only_what_is_known_to_be_storable_is_called_so(void **state)
{
	struct fault f = { 0 };
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		struct slice_walk w;
		struct item item;

		buf_reset(&b);
		buf_addf(&b, "{\"k\":{\"S\":\"a\"},\"e\":%s}", values[i].e);
		w = slice_walk((struct slice){ b.p, b.n });
		assert_int_equal(item_read(&w, &schema, "ttl", &item, &f), 0);
		if (item.storable != values[i].storable)
			fail_msg("%s", values[i].name);
		if (item.storable)
			assert_int_equal(attr_item_check(item.json, &f), 0);
	}
	buf_release(&b);
}

/* A list of lists; each level of values takes two of JSON. */
static void
depth_and_size_are_known_to_be_storable_far_from_the_limits(void **state)
{
	struct fault f = { 0 };
	struct buf b = { 0 };

	(void)state;
	for (int levels = 1; levels <= 34; levels++) {
		struct slice_walk w;
		struct item item;

		buf_reset(&b);
		buf_adds(&b, "{\"k\":{\"S\":\"a\"},\"e\":");
		for (int i = 1; i < levels; i++)
			buf_adds(&b, "{\"L\":[");
		buf_adds(&b, "{\"S\":\"\"}");
		for (int i = 1; i < levels; i++)
			buf_adds(&b, "]}");
		buf_addc(&b, '}');
		w = slice_walk((struct slice){ b.p, b.n });
		assert_int_equal(item_read(&w, &schema, "ttl", &item, &f), 0);
		assert_true(levels > 8 || item.storable);
		assert_true(levels <= 32 || !item.storable);
		if (item.storable)
			assert_int_equal(attr_item_check(item.json, &f), 0);
	}
	for (int more = 0; more < 2; more++) {
		struct slice_walk w;
		struct item item;

		buf_reset(&b);
		buf_adds(&b, "{\"k\":{\"S\":\"a\"},\"e\":{\"S\":\"");
		for (int i = 0; i < ATTR_ITEM_MAX - 3 + more; i++)
			buf_addc(&b, 'x');
		buf_adds(&b, "\"}}");
		w = slice_walk((struct slice){ b.p, b.n });
		assert_int_equal(item_read(&w, &schema, "ttl", &item, &f), 0);
		assert_int_equal(item.storable, !more);
	}
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    only_what_is_known_to_be_storable_is_called_so),
		cmocka_unit_test(
		    depth_and_size_are_known_to_be_storable_far_from_the_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
