#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/base/buf.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/cost.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"

/* One index, of an entry with the key "key" and the TTL "ttl". */
#define NONE               \
	{                  \
		.nkeys = 0 \
	}

static struct ddb_index_key by_user[] = { { "user", ATTR_S } };
static struct ddb_index_key by_user_ttl[] = { { "user", ATTR_S },
	{ "ttl", ATTR_N } };
static struct ddb_index_key by_four[] = { { "a", ATTR_S }, { "b", ATTR_N },
	{ "c", ATTR_B }, { "d", ATTR_S } };
static char *with_ttl[] = { "ttl" };
static char *with_big[] = { "big" };

#define KEYS(k) .keys = (k), .nkeys = sizeof(k) / sizeof(*(k))
#define ALL .projection = DDB_PROJECT_ALL
#define KEYS_ONLY .projection = DDB_PROJECT_KEYS
#define INCLUDE(names) \
	.projection = DDB_PROJECT_SOME, .included = (names), .nincluded = 1

/* ${item}: "BIG" in it is a text of 3000 bytes. ${given} is what an update
 * gives to "ttl"; NULL: the item is deleted; "": the TTL is removed. */
static const struct {
	const char *name;
	struct ddb_index index;
	const char *item, *given;
	size_t replicas;
	int64_t want;
} cases[] = {
	/* clang-format off */
	{ "no index", NONE, "{\"key\":{\"S\":\"k\"}}", NULL, 0, 1 },
	{ "no index, 3 KB", NONE,
	    "{\"key\":{\"S\":\"k\"},\"big\":BIG}", NULL, 0, 3 },
	{ "no index, 3 KB, three regions", NONE,
	    "{\"key\":{\"S\":\"k\"},\"big\":BIG}", NULL, 2, 9 },

	{ "not in the index", { KEYS(by_user), ALL },
	    "{\"key\":{\"S\":\"k\"},\"big\":BIG}", NULL, 0, 3 },
	{ "in the index", { KEYS(by_user), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},\"big\":BIG}",
	    NULL, 0, 6 },
	{ "in the index, in two regions", { KEYS(by_user), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},\"big\":BIG}",
	    NULL, 1, 12 },
	{ "the index key has another type", { KEYS(by_user), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"N\":\"1\"}}", NULL, 0, 1 },
	{ "the index key is empty", { KEYS(by_user), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"\"}}", NULL, 0, 1 },
	{ "its name is written with an escape", { KEYS(by_user), ALL },
	    "{\"key\":{\"S\":\"k\"},\"\\u0075ser\":{\"S\":\"u\"}}",
	    NULL, 0, 2 },
	{ "only one of two keys", { KEYS(by_user_ttl), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"}}", NULL, 0, 1 },
	{ "two keys, one of another type", { KEYS(by_user_ttl), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},"
	    "\"ttl\":{\"S\":\"1\"}}", NULL, 0, 1 },
	{ "both keys", { KEYS(by_user_ttl), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},"
	    "\"ttl\":{\"N\":\"1\"}}", NULL, 0, 2 },
	{ "three of four keys", { KEYS(by_four), ALL },
	    "{\"key\":{\"S\":\"k\"},\"a\":{\"S\":\"1\"},\"b\":{\"N\":\"1\"},"
	    "\"c\":{\"B\":\"AA==\"}}", NULL, 0, 1 },
	{ "all four keys", { KEYS(by_four), ALL },
	    "{\"key\":{\"S\":\"k\"},\"a\":{\"S\":\"1\"},\"b\":{\"N\":\"1\"},"
	    "\"c\":{\"B\":\"AA==\"},\"d\":{\"S\":\"1\"}}", NULL, 0, 2 },
	{ "keys only", { KEYS(by_user), KEYS_ONLY },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},\"big\":BIG}",
	    NULL, 0, 4 },
	{ "keys only, and they are large", { KEYS(by_user), KEYS_ONLY },
	    "{\"key\":{\"S\":\"k\"},\"user\":BIG}", NULL, 0, 6 },
	{ "the large attribute is included", { KEYS(by_user), INCLUDE(with_big) },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},\"big\":BIG}",
	    NULL, 0, 6 },
	{ "another attribute is included", { KEYS(by_user), INCLUDE(with_ttl) },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},\"big\":BIG}",
	    NULL, 0, 4 },

	{ "update, no index", NONE,
	    "{\"key\":{\"S\":\"k\"},\"ttl\":{\"S\":\"1\"}}",
	    "{\"N\":\"1\"}", 0, 1 },
	{ "update, not in the index", { KEYS(by_user), ALL },
	    "{\"key\":{\"S\":\"k\"},\"ttl\":{\"S\":\"1\"}}",
	    "{\"N\":\"1\"}", 0, 1 },
	{ "update, projected by ALL", { KEYS(by_user), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},\"big\":BIG,"
	    "\"ttl\":{\"S\":\"1\"}}", "{\"N\":\"1\"}", 0, 6 },
	{ "update, included", { KEYS(by_user), INCLUDE(with_ttl) },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},\"big\":BIG,"
	    "\"ttl\":{\"S\":\"1\"}}", "{\"N\":\"1\"}", 0, 4 },
	{ "update, not projected: keys only", { KEYS(by_user), KEYS_ONLY },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},\"big\":BIG,"
	    "\"ttl\":{\"S\":\"1\"}}", "{\"N\":\"1\"}", 0, 3 },
	{ "update, not projected: others", { KEYS(by_user), INCLUDE(with_big) },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},\"big\":BIG,"
	    "\"ttl\":{\"S\":\"1\"}}", "{\"N\":\"1\"}", 0, 3 },
	{ "update of a key: one delete, one put", { KEYS(by_user_ttl), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},\"big\":BIG,"
	    "\"ttl\":{\"N\":\"1000\"}}", "{\"N\":\"1\"}", 0, 9 },
	{ "update of a key of keys only", { KEYS(by_user_ttl), KEYS_ONLY },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},\"big\":BIG,"
	    "\"ttl\":{\"N\":\"1000\"}}", "{\"N\":\"1\"}", 0, 5 },
	{ "update that puts it into the index", { KEYS(by_user_ttl), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},"
	    "\"ttl\":{\"S\":\"1\"}}", "{\"N\":\"1\"}", 0, 2 },
	{ "update that adds the key", { KEYS(by_user_ttl), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"}}",
	    "{\"N\":\"1\"}", 0, 2 },
	{ "update that removes it from the index", { KEYS(by_user_ttl), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"},"
	    "\"ttl\":{\"N\":\"1\"}}", "", 0, 2 },
	{ "update of an entry without the other key", { KEYS(by_user_ttl), ALL },
	    "{\"key\":{\"S\":\"k\"},\"ttl\":{\"S\":\"1\"}}",
	    "{\"N\":\"1\"}", 0, 1 },
	{ "update that makes it larger", NONE,
	    "{\"key\":{\"S\":\"k\"}}", "BIG", 0, 3 },
	{ "update that makes it smaller", NONE,
	    "{\"key\":{\"S\":\"k\"},\"ttl\":BIG}", "{\"N\":\"1\"}", 0, 3 },
	{ "update in two regions", { KEYS(by_user), ALL },
	    "{\"key\":{\"S\":\"k\"},\"user\":{\"S\":\"u\"}}",
	    "{\"N\":\"1\"}", 1, 4 },
	/* clang-format on */
};

/* ${text} with each "BIG" expanded. */
static int64_t
whole(const struct ddb_table *t, struct slice json)
{
	const struct item item = { .json = json, .size = attr_item_size(json) };

	return cost_item(t, &item);
}

static struct slice
written(struct buf *out, const char *text)
{
	const char *at;

	while ((at = strstr(text, "BIG")) != NULL) {
		buf_add(out, text, (size_t)(at - text));
		buf_adds(out, "{\"S\":\"");
		for (int i = 0; i < 3000; i++)
			buf_addc(out, 'x');
		buf_adds(out, "\"}");
		text = at + 3;
	}
	buf_adds(out, text);
	return (struct slice){ buf_text(out), out->n };
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ddb_index index = cases[i].index;
		const struct ddb_table t = { .partition = "key",
			.indexes = &index,
			.nindexes = index.nkeys > 0,
			.nreplicas = cases[i].replicas };
		struct buf item = { 0 }, given = { 0 };
		struct slice s = written(&item, cases[i].item);
		int64_t got;

		if (cases[i].given == NULL)
			got = whole(&t, s);
		else if (cases[i].given[0] == '\0')
			got = cost_update(&t, s, "ttl",
			    (struct slice){ NULL, 0 });
		else
			got = cost_update(&t, s, "ttl",
			    written(&given, cases[i].given));
		if (got != cases[i].want)
			fail_msg("%s: %lld, not %lld", cases[i].name,
			    (long long)got, (long long)cases[i].want);
		buf_release(&item);
		buf_release(&given);
	}
}

/* Each index counts, even more of them than a table can have. */
static void
test_many(void **state)
{
	static struct ddb_index indexes[70];
	const struct ddb_table t = { .partition = "key",
		.indexes = indexes,
		.nindexes = 70 };

	(void)state;
	for (size_t i = 0; i < 70; i++)
		indexes[i] = (struct ddb_index){ KEYS(by_user), ALL };
	assert_int_equal(whole(&t,
			     SLICE("{\"key\":{\"S\":\"k\"},"
				   "\"user\":{\"S\":\"u\"}}")),
	    71);
	/* it is assumed to be in those past the 64th */
	assert_int_equal(whole(&t, SLICE("{\"key\":{\"S\":\"k\"}}")), 7);
	assert_int_equal(cost_most(&t, 1024), 71);
	assert_int_equal(cost_most(&t, 1025), 142);
}

/* An attribute whose name needs escapes is found, and counted by its bytes. */
static void
test_odd_name(void **state)
{
	static struct ddb_index_key key[] = { { "a\"\\b", ATTR_N } };
	struct ddb_index index = { KEYS(key), ALL };
	const struct ddb_table t = { .partition = "key",
		.indexes = &index,
		.nindexes = 1 };
	const struct slice item =
	    SLICE("{\"key\":{\"S\":\"k\"},\"a\\\"\\\\b\":{\"S\":\"1\"}}");

	(void)state;
	assert_int_equal(whole(&t, item), 1);
	assert_int_equal(cost_update(&t, item, "a\"\\b",
			     SLICE("{\"N\":\"1\"}")),
	    2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_odd_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
