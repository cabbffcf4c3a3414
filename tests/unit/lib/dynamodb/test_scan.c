#include "tests/unit/script.h"

#include "lib/dynamodb/item.h"
#include "lib/dynamodb/scan.h"
#include "lib/dynamodb/scan_size.h"
#include "lib/dynamodb/source.h"
#include "lib/dynamodb/table.h"

static struct ddb_table table = { .name = (char *)"T",
	.partition = (char *)"key",
	.schema = { "key", NULL } };

#define ITEM(k) "{\"key\":{\"S\":\"" k "\"},\"ttl\":{\"N\":\"1\"}}"
#define MORE ",\"LastEvaluatedKey\":{\"key\":{\"S\":\"b\\u0000\"}}"
#define UNITS ",\"ConsumedCapacity\":{\"CapacityUnits\":2.5}"

static void
segments_fit_jobs_and_size(void **state)
{
	static const struct {
		int jobs;
		int64_t bytes, want;
	} rows[] = {
		{ 1, 0, 4 },
		{ 8, 0, 32 },
		{ 3, 0, 16 },
		{ 8, INT64_C(20) << 30, 512 },
		{ 8, INT64_C(1) << 50, 4096 },
		{ 256, 0, 1024 },
	};
	bool seen[64] = { false };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(
		    scan_segments(rows[i].jobs, rows[i].bytes) == rows[i].want);
	for (int64_t i = 0; i < 64; i++) {
		int64_t o = scan_order(i, 64);

		assert_in_range(o, 0, 63);
		assert_false(seen[o]);
		seen[o] = true;
	}
	assert_true(scan_order(0, 1) == 0);
	assert_true(scan_order(1, 64) == 32);
	assert_true(scan_order(2, 64) == 16);
	assert_true(scan_order(3, 64) == 48);
}

static void
a_segment_is_read_to_its_last_page(void **state)
{
	static const struct script_reply replies[] = {
		{ .status = 200,
		    .body = "{\"Items\":[" ITEM(
			"a") "],\"Count\":1,"
			     "\"ScannedCount\":1" MORE UNITS "}" },
		/* an empty page with more to come is normal */
		{ .status = 200,
		    .body = "{\"Items\":[],\"Count\":0,\"ScannedCount\":0,"
			    "\"LastEvaluatedKey\":{\"key\":{\"S\":\"c\"}}}" },
		{ .status = 200, .body = "{\"Items\":[" ITEM("d") "]}" },
	};
	const struct scan_options o = { .table = &table,
		.ttl = "ttl",
		.segments = 1 };
	struct source *src = scan_source(&o);
	struct page page = { 0 };
	struct segment seg;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 3);
	assert_int_equal(src->ops->take(src, &seg, &f), 1);
	assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f), 1);
	assert_int_equal(page.n, 1);
	assert_true(page.units == 2.5);
	assert_false(seg.finished);
	assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f), 1);
	assert_int_equal(page.n, 0);
	assert_non_null(strstr(buf_text(&s.sent[1]),
	    "\"ExclusiveStartKey\":{\"key\":{\"S\":\"b\\u0000\"}}"));
	assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f), 1);
	assert_true(seg.finished);
	assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f), 0);
	src->ops->put(src, &seg);
	assert_int_equal(src->ops->take(src, &seg, &f), 0);
	source_close(src);
	page_release(&page);
	script_close(&s);
}

static void
a_service_that_repeats_itself_is_an_error(void **state)
{
	static const struct script_reply replies[] = {
		{ .status = 200, .body = "{\"Items\":[]" MORE "}" },
		{ .status = 200, .body = "{\"Items\":[]" MORE "}" },
	};
	const struct scan_options o = { .table = &table, .segments = 1 };
	struct source *src = scan_source(&o);
	struct page page = { 0 };
	struct segment seg;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 2);
	assert_int_equal(src->ops->take(src, &seg, &f), 1);
	assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f), 1);
	assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f), -1);
	assert_int_equal(f.kind, FAULT_SERVICE);
	src->ops->put(src, &seg);
	source_close(src);
	page_release(&page);
	script_close(&s);
}

#define HOT                                                         \
	"{\"__type\":\"x#ProvisionedThroughputExceededException\"," \
	"\"ThrottlingReasons\":[{\"reason\":"                       \
	"\"TableReadKeyRangeThroughputExceeded\"}]}"

static void
a_hot_segment_is_left_until_it_is_the_last(void **state)
{
	static const char hot[] = HOT;
	static const struct script_reply replies[] = {
		{ .status = 400, .body = hot },
		{ .status = 200, .body = "{\"Items\":[]}" },
		{ .status = 400, .body = hot },
		{ .status = 200, .body = "{\"Items\":[]}" },
	};
	const struct scan_options o = { .table = &table, .segments = 2 };
	struct source *src = scan_source(&o);
	struct page page = { 0 };
	struct segment seg;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 4);
	assert_int_equal(src->ops->take(src, &seg, &f), 1);
	assert_true(seg.index == 0);
	assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f), 2);
	assert_int_equal(s.slept_ms, 0);
	src->ops->put(src, &seg);
	assert_int_equal(src->ops->take(src, &seg, &f), 1);
	assert_true(seg.index == 1);
	assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f), 1);
	src->ops->put(src, &seg);
	assert_int_equal(src->ops->take(src, &seg, &f), 1);
	assert_true(seg.index == 0);
	assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f), 1);
	/* half a second until it may be read, and another as the last one */
	assert_in_range(s.slept_ms, 1000, 1001);
	src->ops->put(src, &seg);
	source_close(src);
	page_release(&page);
	script_close(&s);
}

static void
hot_segments_wait_longer_each_time(void **state)
{
	/* the total time slept after each fetch; chance is a half */
	static const int64_t slept[] = { 0, 0, 500, 500, 1500, 1500 };
	const size_t n = sizeof(slept) / sizeof(slept[0]);
	const struct scan_options o = { .table = &table, .segments = 2 };
	struct script_reply replies[8];
	struct source *src = scan_source(&o);
	struct page page = { 0 };
	struct segment seg;
	struct ddb_counts counts;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	for (size_t i = 0; i < n; i++)
		replies[i] =
		    (struct script_reply){ .status = 400, .body = HOT };
	replies[n] =
	    (struct script_reply){ .status = 200, .body = "{\"Items\":[]}" };
	script_open(&s, replies, n + 1);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(src->ops->take(src, &seg, &f), 1);
		assert_true(seg.index == (int64_t)i % 2);
		assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f),
		    2);
		assert_true(s.slept_ms == slept[i]);
		src->ops->put(src, &seg);
	}
	assert_int_equal(src->ops->take(src, &seg, &f), 1);
	assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f), 1);
	assert_true(s.slept_ms == 3500);
	ddb_counts(s.ddb, &counts);
	assert_int_equal(counts.requests, 7);
	assert_int_equal(counts.retries, 5);
	assert_true(counts.read_units == 128);
	src->ops->put(src, &seg);
	source_close(src);
	page_release(&page);
	script_close(&s);
}

#define PAGE(scanned, units)                               \
	"{\"Items\":[],\"ScannedCount\":" scanned MORE_AT( \
	    scanned) ",\"ConsumedCapacity\":{\"CapacityUnits\":" units "}}"
#define MORE_AT(k) ",\"LastEvaluatedKey\":{\"key\":{\"S\":\"" k "\"}}"

/* That is 98 of 400 units here: one entry while their size is unknown, then as
 * many as fit at the highest recent cost, or a whole page. */
static void
a_page_costs_a_quarter_of_a_second_of_the_limit(void **state)
{
	static const struct {
		const char *reply; /* to the request before */
		double rcu;
		long want; /* 0: no Limit */
	} rows[] = {
		{ NULL, 400, 1 },
		{ PAGE("1", "1"), 400, 98 },
		/* the estimate falls slowly */
		{ PAGE("98", "49"), 400, 112 },
		/* and rises at once */
		{ PAGE("112", "1120"), 400, 9 },
		{ PAGE("9", "450"), 400, 1 },
		{ PAGE("2", "400"), 400, 1 },
		{ PAGE("3", "600"), 40000, 0 },
	};
	struct script_reply replies[sizeof(rows) / sizeof(rows[0])];
	const size_t n = sizeof(rows) / sizeof(rows[0]);
	const struct scan_options o = { .table = &table,
		.segments = 1,
		.consistent = true,
		.keys_only = true,
		.ttl = "ttl" };
	struct source *src = scan_source(&o);
	struct page page = { 0 };
	struct segment seg;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	for (size_t i = 0; i < n; i++)
		replies[i] = (struct script_reply){ .status = 200,
			.body = i + 1 < n ? rows[i + 1].reply : NULL };
	replies[n - 1].body = "{\"Items\":[]}";
	script_open(&s, replies, n);
	assert_int_equal(src->ops->take(src, &seg, &f), 1);
	for (size_t i = 0; i < n; i++) {
		const char *at;

		ddb_limit(s.ddb, rows[i].rcu, 0);
		assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f),
		    1);
		at = strstr(buf_text(&s.sent[i]), "\"Limit\":");
		assert_int_equal(at != NULL ? strtol(at + 8, NULL, 10) : 0,
		    rows[i].want);
	}
	assert_non_null(
	    strstr(buf_text(&s.sent[0]), "\"ProjectionExpression\":\"#k,#t\""));
	assert_non_null(
	    strstr(buf_text(&s.sent[0]), "\"ConsistentRead\":true"));
	src->ops->put(src, &seg);
	source_close(src);
	page_release(&page);
	script_close(&s);
}

/* It is a quarter of what was read, then there is none. */
static void
a_growing_limit_ends(void **state)
{
	static const struct {
		const char *reply; /* to the request before */
		long want;         /* 0: no Limit */
	} rows[] = {
		{ NULL, 100 },
		{ PAGE("100", "13"), 100 },
		{ PAGE("800", "100"), 225 },
		{ PAGE("15100", "1900"), 0 },
	};
	struct script_reply replies[sizeof(rows) / sizeof(rows[0])];
	const size_t n = sizeof(rows) / sizeof(rows[0]);
	const struct scan_options o = { .table = &table,
		.segments = 1,
		.limit = 100,
		.grows = true };
	struct source *src = scan_source(&o);
	struct page page = { 0 };
	struct segment seg;
	struct fault f = { 0 };
	struct script s;

	(void)state;
	for (size_t i = 0; i < n; i++)
		replies[i] = (struct script_reply){ .status = 200,
			.body =
			    i + 1 < n ? rows[i + 1].reply : "{\"Items\":[]}" };
	script_open(&s, replies, n);
	assert_int_equal(src->ops->take(src, &seg, &f), 1);
	for (size_t i = 0; i < n; i++) {
		const char *at;

		assert_int_equal(src->ops->fetch(src, &seg, s.conn, &page, &f),
		    1);
		at = strstr(buf_text(&s.sent[i]), "\"Limit\":");
		assert_int_equal(at != NULL ? strtol(at + 8, NULL, 10) : 0,
		    rows[i].want);
	}
	src->ops->put(src, &seg);
	source_close(src);
	page_release(&page);
	script_close(&s);
}

static void
finished_segments_are_not_read_again(void **state)
{
	struct segment from[2] = { { .index = 0, .finished = true },
		{ .index = 1 } };
	const struct scan_options o = { .table = &table,
		.segments = 2,
		.from = from };
	struct source *src;
	struct segment seg;
	struct fault f = { 0 };

	(void)state;
	buf_adds(&from[1].next, "{\"key\":{\"S\":\"m\"}}");
	src = scan_source(&o);
	assert_int_equal(src->ops->take(src, &seg, &f), 1);
	assert_true(seg.index == 1);
	assert_string_equal(buf_text(&seg.next), "{\"key\":{\"S\":\"m\"}}");
	src->ops->put(src, &seg);
	source_close(src);
	buf_release(&from[1].next);
}

/* With and without a checkpoint. All shards together read each segment once. */
static void
only_wanted_segments_are_read(void **state)
{
	struct segment from[8] = { { .finished = true } };
	bool wanted[8], seen[8] = { 0 };
	struct scan_options o = { .table = &table,
		.segments = 8,
		.wanted = wanted };
	struct segment seg;
	struct source *src;
	struct fault f = { 0 };

	(void)state;
	for (int shard = 1; shard <= 3; shard++) {
		for (int64_t i = 0; i < 8; i++)
			wanted[i] = scan_shard(i, shard, 3);
		src = scan_source(&o);
		memset(wanted, 0, sizeof(wanted)); /* it was copied */
		assert_true(src->segments == 8);
		while (src->ops->take(src, &seg, &f) == 1) {
			assert_false(seen[seg.index]);
			assert_true(seg.index % 3 == shard - 1);
			seen[seg.index] = true;
			seg.finished = true;
			src->ops->put(src, &seg);
		}
		source_close(src);
	}
	for (int i = 0; i < 8; i++)
		assert_true(seen[i]);
	o.from = from;
	wanted[0] = wanted[5] = true;
	src = scan_source(&o);
	assert_int_equal(src->ops->take(src, &seg, &f), 1);
	assert_true(seg.index == 5);
	seg.finished = true;
	src->ops->put(src, &seg);
	assert_int_equal(src->ops->take(src, &seg, &f), 0);
	source_close(src);
}

static const struct {
	const char *name, *body;
} bad_pages[] = {
	{ "no Items", "{}" },
	{ "Items is not a list", "{\"Items\":{}}" },
	{ "an entry without its key", "{\"Items\":[{\"a\":{\"S\":\"x\"}}]}" },
	{ "a key of a wrong type", "{\"Items\":[{\"key\":{\"BOOL\":true}}]}" },
	{ "an empty key", "{\"Items\":[{\"key\":{\"S\":\"\"}}]}" },
	{ "a key twice",
	    "{\"Items\":[{\"key\":{\"S\":\"a\"},\"key\":{\"S\":\"b\"}}]}" },
	{ "a key twice, once with an escape",
	    "{\"Items\":[{\"key\":{\"S\":\"a\"},"
	    "\"k\\u0065y\":{\"S\":\"b\"}}]}" },
	{ "the ttl twice",
	    "{\"Items\":[{\"key\":{\"S\":\"a\"},\"ttl\":{\"N\":\"1\"},"
	    "\"ttl\":{\"N\":\"2\"}}]}" },
	{ "a page key that is not a key",
	    "{\"Items\":[],\"LastEvaluatedKey\":\"b\"}" },
	{ "... that is a list", "{\"Items\":[],\"LastEvaluatedKey\":[]}" },
	{ "... that is a number", "{\"Items\":[],\"LastEvaluatedKey\":0}" },
	{ "truncated", "{\"Items\":[{\"key\":{\"S\":\"a\"}}]" },
	{ "trailing garbage", "{\"Items\":[]} x" },
	{ "not JSON", "<html>" },
	{ "empty", "" },
};

static void
wrong_pages_are_refused(void **state)
{
	struct page page = { 0 };
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_pages) / sizeof(bad_pages[0]); i++) {
		page_reset(&page);
		buf_adds(&page.body, bad_pages[i].body);
		if (page_parse(&page, &table.schema, "ttl", &f) != -1 ||
		    f.kind != FAULT_DATA)
			fail_msg("%s: accepted", bad_pages[i].name);
	}
	page_release(&page);
}

static void
the_last_page_is_recognized(void **state)
{
	static const struct {
		const char *name, *body;
		bool end;
	} pages[] = {
		{ "no LastEvaluatedKey", "{\"Items\":[]}", true },
		{ "an empty key", "{\"Items\":[],\"LastEvaluatedKey\":{}}",
		    true },
		{ "... with white space",
		    "{\"LastEvaluatedKey\" : { \n } ,\"Items\":[]}", true },
		{ "null", "{\"Items\":[],\"LastEvaluatedKey\":null}", true },
		{ "a key", "{\"Items\":[]" MORE "}", false },
	};
	struct page page = { 0 };
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		page_reset(&page);
		buf_adds(&page.body, pages[i].body);
		assert_int_equal(page_parse(&page, &table.schema, "ttl", &f),
		    0);
		if ((page.last.p == NULL) != pages[i].end)
			fail_msg("%s", pages[i].name);
	}
	page_release(&page);
}

/* With or without memory of an earlier page. */
static void
an_empty_reply_is_an_error(void **state)
{
	struct page page = { 0 };
	struct slice unprocessed;
	struct fault f;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(page_parse(&page, &table.schema, "ttl", &f),
		    -1);
		assert_string_equal(f.text, "the reply is empty");
		assert_int_equal(page_parse_batch(&page, "T", &table.schema,
				     "ttl", &unprocessed, &f),
		    -1);
		assert_string_equal(f.text, "the reply is empty");
		buf_adds(&page.body, "{\"Items\":[]}");
		page_reset(&page);
	}
	page_release(&page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_fit_jobs_and_size),
		cmocka_unit_test(a_segment_is_read_to_its_last_page),
		cmocka_unit_test(a_service_that_repeats_itself_is_an_error),
		cmocka_unit_test(a_hot_segment_is_left_until_it_is_the_last),
		cmocka_unit_test(hot_segments_wait_longer_each_time),
		cmocka_unit_test(
		    a_page_costs_a_quarter_of_a_second_of_the_limit),
		cmocka_unit_test(a_growing_limit_ends),
		cmocka_unit_test(finished_segments_are_not_read_again),
		cmocka_unit_test(only_wanted_segments_are_read),
		cmocka_unit_test(wrong_pages_are_refused),
		cmocka_unit_test(the_last_page_is_recognized),
		cmocka_unit_test(an_empty_reply_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
