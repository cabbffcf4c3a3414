#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"
#include "sweep/image.h"

static const struct ddb_table table = { .name = (char *)"T",
	.partition = (char *)"key",
	.partition_type = ATTR_S,
	.schema = { "key", NULL } };
static const struct ddb_table sorted = { .name = (char *)"T",
	.partition = (char *)"p",
	.sort = (char *)"s",
	.partition_type = ATTR_N,
	.sort_type = ATTR_B,
	.schema = { "p", "s" } };

#define KEY "\"key\":{\"S\":\"a/b\"}"
#define PS(p, s) "\"p\":{\"N\":\"" p "\"},\"s\":{\"B\":\"" s "\"}"

static const struct {
	const char *name;
	const struct ddb_table *table;
	const char *asked, *came;
	enum image_worth worth;
	const char *says;
} images[] = {
	/* clang-format off */
	{ "unchanged", &table, "{" KEY "}", "{" KEY "}", IMAGE_TAKEN, "" },
	{ "rewritten", &table, "{" KEY "}",
	    "{\"x\":{\"L\":[{\"N\":\"1e3\"}]}," KEY "}", IMAGE_TAKEN, "" },
	{ "its key, escaped", &table, "{" KEY "}",
	    "{\"key\":{\"S\":\"a\\u002fb\"}}", IMAGE_TAKEN, "" },
	{ "numbers and bytes by value", &sorted, "{" PS("1", "YQ==") "}",
	    "{" PS("1.0", "YQ==") "}", IMAGE_TAKEN, "" },
	{ "no key", &table, "{" KEY "}", "{\"x\":{\"S\":\"a/b\"}}",
	    IMAGE_OTHERS, "no key attribute \"key\"" },
	{ "half a key", &sorted, "{" PS("1", "YQ==") "}",
	    "{\"p\":{\"N\":\"1\"}}", IMAGE_OTHERS, "no sort key \"s\"" },
	{ "another key", &table, "{" KEY "}", "{\"key\":{\"S\":\"a/c\"}}",
	    IMAGE_OTHERS, "another entry" },
	{ "another sort key", &sorted, "{" PS("1", "YQ==") "}",
	    "{" PS("1", "Yg==") "}", IMAGE_OTHERS, "another entry" },
	{ "another number", &sorted, "{" PS("1", "YQ==") "}",
	    "{" PS("1.1", "YQ==") "}", IMAGE_OTHERS, "another entry" },
	{ "a key of another type", &table, "{" KEY "}",
	    "{\"key\":{\"B\":\"a/bc\"}}", IMAGE_OTHERS, "another type" },
	{ "a key that is not a value", &table, "{" KEY "}",
	    "{\"key\":\"a/b\"}", IMAGE_OTHERS, "no key attribute" },
	{ "the key twice", &table, "{" KEY "}", "{" KEY "," KEY "}",
	    IMAGE_OTHERS, "twice" },
	{ "not an object", &table, "{" KEY "}", "[]", IMAGE_OTHERS, "object" },
	{ "not a number", &table, "{" KEY "}",
	    "{" KEY ",\"n\":{\"N\":\"abc\"}}", IMAGE_WRONG, "n" },
	{ "too many digits", &table, "{" KEY "}", "{" KEY ",\"n\":{\"N\":"
	    "\"123456789012345678901234567890123456789\"}}",
	    IMAGE_WRONG, "n" },
	{ "a value of two types", &table, "{" KEY "}",
	    "{" KEY ",\"n\":{\"S\":\"\",\"N\":\"1\"}}", IMAGE_WRONG, "n" },
	{ "not base64", &table, "{" KEY "}", "{" KEY ",\"b\":{\"B\":\"*\"}}",
	    IMAGE_WRONG, "b" },
	{ "an empty set in a map", &table, "{" KEY "}",
	    "{" KEY ",\"m\":{\"M\":{\"s\":{\"SS\":[]}}}}", IMAGE_WRONG, "m" },
	/* clang-format on */
};

static void
only_a_valid_image_of_the_entry_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		struct slice_walk w = slice_walk(slice_str(images[i].asked));
		struct fault f = { 0 };
		struct item asked;
		enum image_worth worth;

		assert_int_equal(item_read(&w, &images[i].table->schema, "ttl",
				     &asked, NULL),
		    0);
		worth = image_judge(slice_str(images[i].came), &asked,
		    images[i].table, "ttl", &f);
		if (worth != images[i].worth ||
		    strstr(f.text, images[i].says) == NULL)
			fail_msg("%s: %d (%s)", images[i].name, (int)worth,
			    f.text);
	}
}

static void
a_key_that_is_too_long_is_refused(void **state)
{
	(void)state;
	for (int over = 0; over <= 1; over++) {
		struct buf b = { 0 };
		struct item item;

		buf_adds(&b, "{\"key\":{\"S\":\"");
		for (int i = 0; i < 2048 + over; i++)
			buf_addc(&b, 'k');
		buf_adds(&b, "\"}}");
		assert_int_equal(image_check((struct slice){ b.p, b.n }, &table,
				     "ttl", &item, NULL),
		    -over);
		buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_valid_image_of_the_entry_is_taken),
		cmocka_unit_test(a_key_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
