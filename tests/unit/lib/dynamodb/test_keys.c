#include "tests/unit/script.h"

#include "lib/base/mem.h"
#include "lib/dynamodb/get.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/keys.h"
#include "lib/dynamodb/scan.h"
#include "lib/dynamodb/source.h"
#include "lib/dynamodb/table.h"

static struct ddb_table table = { .name = (char *)"T",
	.partition = (char *)"key",
	.schema = { "key", NULL } };

#define KEY(k) "{\"key\":{\"S\":\"" k "\"}}"
#define SOME(items, left)                                                 \
	{                                                                 \
		.status = 200,                                            \
		.body = "{\"Responses\":{\"T\":[" items "]},"             \
			"\"UnprocessedKeys\":{\"T\":{\"Keys\":[" left "]" \
			"}}}"                                             \
	}
#define ALL(items)                                          \
	{                                                   \
		.status = 200,                              \
		.body = "{\"Responses\":{\"T\":[" items "]" \
			"},\"UnprocessedKeys\":{}}"         \
	}

static void
test_request(void **state)
{
	static const struct {
		const char *name;
		double bytes, units, share;
		size_t want;
	} rows[] = {
		{ "nothing is known", 0, 1, 0, 2 },
		{ "small entries", 100, 1, 0, 25 },
		{ "entries of 16 KB", 16e3, 4, 0, 25 },
		{ "entries of 400 KB", 400e3, 100, 0, 5 },
		{ "entries of 400 KB of NULs", 2.4e6, 100, 0, 1 },
		{ "a limit", 100, 1, 10, 10 },
		{ "expensive entries under a limit", 16e3, 4, 10, 2 },
		{ "at least one", 400e3, 100, 10, 1 },
		{ "a large limit", 100, 1, 1000, 25 },
		{ "the first under a limit", 0, 1, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (keys_request(rows[i].bytes, rows[i].units, rows[i].share) !=
		    rows[i].want)
			fail_msg("%s: not %zu", rows[i].name, rows[i].want);
}

struct listed {
	struct buf json;
	size_t ends[64];
	struct source *source;
};

static void
listed_open(struct listed *l, size_t n)
{
	memset(l, 0, sizeof(*l));
	for (size_t i = 0; i < n; i++) {
		buf_addf(&l->json, KEY("k%zu"), i);
		l->ends[i] = l->json.n;
	}
	l->source = keys_source(&(struct keys_options){ .table = &table,
	    .ttl = "ttl",
	    .json = &l->json,
	    .ends = l->ends,
	    .n = n });
}

static void
listed_close(struct listed *l)
{
	source_close(l->source);
	buf_release(&l->json);
}

/* A full reply is a page; its unprocessed keys are requested at once, together
 * with the next ones. */
static void
test_rest(void **state)
{
	static const struct script_reply replies[] = {
		SOME(KEY("k1"), KEY("k0")),
		SOME(KEY("k0"), KEY("k2")),
		ALL(KEY("k2")),
	};
	static const struct {
		const char *keys;
		int absent;
	} rows[] = {
		{ KEY("k0") "," KEY("k1"), 0 },
		{ KEY("k0") "," KEY("k2") "," KEY("k3") "," KEY("k4"), 2 },
		{ KEY("k2"), 0 },
	};
	struct listed l;
	struct page page = { 0 };
	struct segment seg;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	listed_open(&l, 5);
	assert_true(l.source->segments == 1);
	script_open(&s, replies, 3);
	assert_int_equal(l.source->ops->take(l.source, &seg, &f), 1);
	for (size_t i = 0; i < 3; i++) {
		char *want = xasprintf("\"Keys\":[%s]", rows[i].keys);

		assert_false(seg.finished);
		assert_int_equal(l.source->ops->fetch(l.source, &seg, s.conn,
				     &page, &f),
		    1);
		assert_non_null(strstr(buf_text(&s.sent[i]), want));
		assert_int_equal(page.n, 1);
		assert_true(page.absent == rows[i].absent);
		free(want);
	}
	assert_true(seg.finished);
	assert_int_equal(s.slept_ms, 0);
	assert_int_equal(l.source->ops->fetch(l.source, &seg, s.conn, &page,
			     &f),
	    0);
	page_release(&page);
	l.source->ops->put(l.source, &seg);
	assert_int_equal(l.source->ops->take(l.source, &seg, &f), 0);
	listed_close(&l);
	script_close(&s);
}

/* Only after a reply that answers no key is there a pause. */
static void
test_throttled(void **state)
{
	static const struct script_reply replies[] = {
		SOME("", KEY("k0") "," KEY("k1")),
		SOME(KEY("k0"), KEY("k1")),
		ALL(KEY("k1")),
	};
	const struct slice keys[] = { SLICE(KEY("k0")), SLICE(KEY("k1")) };
	struct page page = { 0 };
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 3);
	assert_int_equal(ddb_get_batch(s.conn, &table, "ttl", keys, 2, &page,
			     &f),
	    0);
	assert_int_equal(page.n, 2);
	assert_true(page.absent == 0 && page.scanned == 2);
	assert_true(s.slept_ms > 0);
	page_release(&page);
	script_close(&s);
}

/* A reply is compared with the keys asked for, by value: what does not match is
 * retried, and finally an error. */
static void
test_others(void **state)
{
	static const struct {
		const char *name;
		struct script_reply reply;
		const char *says; /* NULL: accepted */
	} rows[] = {
		/* clang-format off */
		{ "both keys", ALL(KEY("k1") "," KEY("k0")), NULL },
		{ "written with escapes", ALL(KEY("\\u006b0") "," KEY("k1")), NULL },
		{ "one is unprocessed", SOME(KEY("k1"), KEY("k0")), NULL },
		{ "UnprocessedKeys is null", { .status = 200,
		    .body = "{\"Responses\":{\"T\":[]},"
			"\"UnprocessedKeys\":null}" }, NULL },
		{ "an item of another key", ALL(KEY("k0") "," KEY("k2")),
		    "not asked for" },
		{ "an item of a key of another type",
		    ALL("{\"key\":{\"B\":\"a0==\"}}"), "not asked for" },
		{ "an item twice", ALL(KEY("k0") "," KEY("k0")), "twice" },
		{ "an item that is unprocessed, too", SOME(KEY("k0"), KEY("k0")),
		    "twice" },
		{ "another key is unprocessed", SOME(KEY("k0"), KEY("k2")),
		    "not asked for" },
		{ "a key is unprocessed twice",
		    SOME("", KEY("k0") "," KEY("k0")), "twice" },
		{ "an unprocessed key is not a key", SOME(KEY("k0"), "{}"),
		    "something that is not a key" },
		{ "an unprocessed key is not an object", SOME(KEY("k0"), "\"k1\""),
		    "something that is not a key" },
		{ "keys of another table are unprocessed", { .status = 200,
		    .body = "{\"Responses\":{\"T\":[]},\"UnprocessedKeys\":"
			"{\"U\":{\"Keys\":[" KEY("k0") "]}}}" },
		    "not what DynamoDB sends" },
		{ "unprocessed keys are not a list", { .status = 200,
		    .body = "{\"Responses\":{\"T\":[]},\"UnprocessedKeys\":"
			"{\"T\":{}}}" }, "not what DynamoDB sends" },
		{ "UnprocessedKeys is a list", { .status = 200,
		    .body = "{\"Responses\":{\"T\":[]},\"UnprocessedKeys\":"
			"[]}" }, "not what DynamoDB sends" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct script_reply twice[2] = { rows[i].reply,
			rows[i].reply };
		struct ddb_keys keys = { .units = 1 };
		struct page page = { 0 };
		struct fault f = { 0 };
		struct script s;
		int rc;

		ddb_keys_add(&keys, SLICE(KEY("k0")));
		ddb_keys_add(&keys, SLICE(KEY("k1")));
		script_open(&s, twice, rows[i].says != NULL ? 2 : 1);
		s.config.attempts_set = true;
		s.config.max_attempts = 2;
		rc = ddb_get_some(s.conn, &table, "ttl", &keys, &page, &f);
		if (rows[i].says == NULL
			? rc != 0
			: rc != -1 || strstr(f.text, rows[i].says) == NULL)
			fail_msg("%s: %d (%s)", rows[i].name, rc, f.text);
		assert_int_equal(s.at, rows[i].says != NULL ? 2 : 1);
		page_release(&page);
		buf_release(&keys.json);
		script_close(&s);
	}
}

/* A long list is divided among the workers. */
static void
test_segments(void **state)
{
	struct listed l;
	struct segment seg;
	struct fault f = { 0 };
	int n = 0;

	(void)state;
	listed_open(&l, 51);
	while (l.source->ops->take(l.source, &seg, &f) == 1) {
		assert_int_equal(seg.index, n++);
		l.source->ops->put(l.source, &seg);
	}
	assert_int_equal(n, 3);
	listed_close(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_throttled),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
