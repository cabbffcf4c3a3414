#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "export/export_line.h"
#include "export/plain_line.h"
#include "lib/base/fault.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_line(void **state)
{
	static const struct {
		const char *name;
		struct slice text;
		int want; /* enum line_kind, or -1 */
	} cases[] = {
		{ "empty", SLICE(""), LINE_BLANK },
		{ "white space", SLICE(" \t\r"), LINE_BLANK },
		{ "an item", SLICE("{\"Item\":{}}"), LINE_ITEM },
		{ "an item with white space", SLICE(" { \"Item\" : { } } "),
		    LINE_ITEM },
		{ "an item with escapes", SLICE("{\"\\u0049tem\":{}}"),
		    LINE_ITEM },
		{ "an item with another member", SLICE("{\"x\":1,\"Item\":{}}"),
		    LINE_ITEM },
		{ "a change", SLICE("{\"Keys\":{},\"NewImage\":{}}"),
		    LINE_CHANGE },
		{ "a deletion", SLICE("{\"Keys\":{},\"OldImage\":{}}"),
		    LINE_CHANGE },
		{ "a deletion without image", SLICE("{\"Keys\":{}}"),
		    LINE_CHANGE },
		{ "a null image", SLICE("{\"Keys\":{},\"NewImage\":null}"),
		    LINE_CHANGE },
		{ "a header", SLICE("{\"ttlsweep.journal/1\":{}}"),
		    LINE_HEADER },
		{ "an intent",
		    SLICE("{\"Keys\":{},\"OldImage\":{},"
			  "\"Ttlsweep\":{\"n\":17}}"),
		    LINE_INTENT },
		{ "outcomes", SLICE("{\"Outcome\":[]}"), LINE_OUTCOME },

		/* bare items, whatever the names of their attributes */
		{ "a bare item", SLICE("{\"key\":{\"S\":\"a\"}}"), LINE_ITEM },
		{ "a bare item with Item",
		    SLICE("{\"Item\":{\"M\":{\"a\":{\"S\":\"b\"}}}}"),
		    LINE_ITEM },
		{ "a bare item with Keys and Outcome",
		    SLICE("{\"Keys\":{\"S\":\"a\"},\"Outcome\":{\"L\":[]}}"),
		    LINE_ITEM },
		{ "an item with the attribute M",
		    SLICE("{\"Item\":{\"M\":{\"S\":\"a\"}}}"), LINE_ITEM },
		{ "a change of the key M",
		    SLICE("{\"Keys\":{\"M\":{\"S\":\"a\"}}}"), LINE_CHANGE },
		{ "an attribute without type",
		    SLICE("{\"key\":{\"S\":\"a\"},\"b\":1}"), -1 },
		{ "an attribute of two types",
		    SLICE("{\"key\":{\"S\":\"a\",\"N\":\"1\"}}"), -1 },
		{ "a truncated bare item", SLICE("{\"key\":{\"S\":\"a\"}"),
		    -1 },

		{ "NUL", SLICE("\0"), -1 },
		{ "not an object", SLICE("[]"), -1 },
		{ "plain JSON", SLICE("{\"key\":\"a\"}"), -1 },
		{ "an empty object", SLICE("{}"), -1 },
		{ "CSV", SLICE("\"key\",\"kind\""), -1 },
		{ "truncated", SLICE("{\"Item\":{}"), -1 },
		{ "two objects", SLICE("{\"Item\":{}}{}"), -1 },
		{ "an item that is an array", SLICE("{\"Item\":[]}"), -1 },
		{ "an item that is null", SLICE("{\"Item\":null}"), -1 },
		{ "two items", SLICE("{\"Item\":{},\"Item\":{}}"), -1 },
		{ "item and outcome", SLICE("{\"Item\":{},\"Outcome\":[]}"),
		    -1 },
		{ "item and keys", SLICE("{\"Item\":{},\"Keys\":{}}"), -1 },
		{ "a change without keys", SLICE("{\"NewImage\":{}}"), -1 },
		{ "another version", SLICE("{\"ttlsweep.journal/2\":{}}"), -1 },
		{ "an intent without image",
		    SLICE("{\"Keys\":{},\"Ttlsweep\":{\"n\":1}}"), -1 },
		{ "an intent with a new image",
		    SLICE(
			"{\"Keys\":{},"
			"\"OldImage\":{},\"NewImage\":{},\"Ttlsweep\":{\"n\":1}}"),
		    -1 },
		{ "an intent without number",
		    SLICE("{\"Keys\":{},"
			  "\"OldImage\":{},\"Ttlsweep\":{}}"),
		    -1 },
		{ "entry 0",
		    SLICE("{\"Keys\":{},\"OldImage\":{},"
			  "\"Ttlsweep\":{\"n\":0}}"),
		    -1 },
		{ "entry 1.5",
		    SLICE("{\"Keys\":{},\"OldImage\":{},"
			  "\"Ttlsweep\":{\"n\":1.5}}"),
		    -1 },
		{ "entry 2^63",
		    SLICE("{\"Keys\":{},\"OldImage\":{},"
			  "\"Ttlsweep\":{\"n\":9223372036854775808}}"),
		    -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault f = { 0 };
		struct line line;
		int rc = line_parse(&line, cases[i].text, &f);

		if ((rc == 0 ? (int)line.kind : -1) != cases[i].want)
			fail_msg("%s: %d %s", cases[i].name, rc, f.text);
		if (rc != 0)
			assert_int_equal(f.kind, FAULT_DATA);
	}
}

static void
test_not_an_entry(void **state)
{
	static const struct {
		struct slice text;
		const char *why;
	} cases[] = {
		{ SLICE("{\"schema\":\"ttlsweep.inspect/1\",\"n\":1}"),
		    "a report (ttlsweep.inspect/1), not an export or a "
		    "journal; ttlsweep inspect --merge FILE prints it again" },
		{ SLICE("{\"schema\":\"ttlsweep.checkpoint/1\",\"n\":1}"),
		    "a checkpoint (ttlsweep.checkpoint/1), not an export or a "
		    "journal; name it with --checkpoint to continue its run" },
		{ SLICE("{\"schema\":\"ttlsweep.purge/1\",\"n\":1}"),
		    "a report (ttlsweep.purge/1), not an export or a "
		    "journal" },
		{ SLICE("{\"Items\":[]}"),
		    "a reply of Scan, Query or BatchGetItem after lines of "
		    "another kind; put each kind in its own file" },
		{ SLICE("{\"Responses\":{\"Tab\":[],\"Tac\":[]}}"),
		    "a reply of Scan, Query or BatchGetItem after lines of "
		    "another kind; put each kind in its own file" },
		{ SLICE("{\"ttlsweep.journal/2\":{}}"),
		    "a journal of another version of ttlsweep "
		    "(ttlsweep.journal/2); use the ttlsweep that wrote it" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault f = { 0 };
		struct line line;

		assert_int_equal(line_parse(&line, cases[i].text, &f), -1);
		assert_string_equal(f.text, cases[i].why);
	}
}

static void
test_heads_journal(void **state)
{
	(void)state;
	assert_true(line_heads_journal(SLICE("{\"ttlsweep.journal/1\":{\"ta")));
	assert_true(line_heads_journal(SLICE("{\"ttlsweep.journal/")));
	assert_false(line_heads_journal(SLICE("{\"ttlsweep.journal")));
	assert_false(line_heads_journal(SLICE("{\"ttlsweep.inspect/1\":{}}")));
	assert_false(line_heads_journal(SLICE("")));
}

static void
test_line_parts(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(
	    line_parse(&line,
		SLICE("{\"Keys\":{\"k\":1},"
		      "\"OldImage\":{\"o\":1},\"NewImage\":{\"n\":1}}"),
		NULL),
	    0);
	assert_false(line.deletes);
	assert_memory_equal(line.item.p, "{\"n\":1}", line.item.n);
	assert_memory_equal(line.keys.p, "{\"k\":1}", line.keys.n);
	assert_int_equal(
	    line_parse(&line,
		SLICE("{\"Keys\":{},\"OldImage\":"
		      "{\"o\":1},\"Ttlsweep\":{\"why\":\"none\",\"n\":7}}"),
		NULL),
	    0);
	assert_true(line.deletes);
	assert_int_equal(line.n, 7);
	assert_memory_equal(line.item.p, "{\"o\":1}", line.item.n);
}

/* An object with the member Item: an item in it, or a bare one. */
static void
test_line_bare(void **state)
{
	static const struct {
		struct slice text, item;
	} cases[] = {
		{ SLICE(" {\"Item\":{\"S\":\"x\"}} "),
		    SLICE("{\"Item\":{\"S\":\"x\"}}") },
		{ SLICE("{\"Item\":{\"S\":{\"S\":\"x\"}}}"),
		    SLICE("{\"S\":{\"S\":\"x\"}}") },
		{ SLICE("{\"Item\":{\"M\":{\"S\":\"x\"}}}"),
		    SLICE("{\"M\":{\"S\":\"x\"}}") },
		{ SLICE("{\"Item\":{\"M\":{\"M\":{\"S\":\"x\"}}}}"),
		    SLICE("{\"Item\":{\"M\":{\"M\":{\"S\":\"x\"}}}}") },
		{ SLICE("{\"Item\":{\"M\":{}}}"),
		    SLICE("{\"Item\":{\"M\":{}}}") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line line;

		assert_int_equal(line_parse(&line, cases[i].text, NULL), 0);
		assert_int_equal(line.item.n, cases[i].item.n);
		assert_memory_equal(line.item.p, cases[i].item.p, line.item.n);
	}
}

#define META "{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"17\"}},"
#define KEYS "\"Keys\":{\"k\":{\"S\":\"a\"}},"
#define OLD "\"OldImage\":{\"k\":{\"S\":\"a\"},\"t\":{\"N\":\"5\"}},"

static void
assert_same(const char *name, struct slice a, struct slice b)
{
	if (a.p != b.p || a.n != b.n)
		fail_msg("%s: '%.*s', '%.*s'", name, SLICE_ARG(a),
		    SLICE_ARG(b));
}

static void
agrees(const char *name, struct slice text, const struct line *fast)
{
	struct fault f = { 0 };
	struct line line;

	if (line_parse_any(&line, text, &f) != 0)
		fail_msg("%s: %s", name, f.text);
	assert_int_equal(fast->kind, line.kind);
	assert_same(name, fast->item, line.item);
	assert_same(name, fast->keys, line.keys);
	assert_same(name, fast->ttl, line.ttl);
	assert_same(name, fast->body, line.body);
	assert_int_equal(fast->n, line.n);
	assert_int_equal(fast->at_us, line.at_us);
	assert_int_equal(fast->deletes, line.deletes);
}

/* What it reads it reads as the other reader does, and it reads what journals
 * and exports consist of. */
static void
the_fast_reader_agrees(void **state)
{
	static const struct {
		const char *name;
		struct slice text;
		bool plain;
	} cases[] = {
		{ "an intent",
		    SLICE(META KEYS OLD
			"\"Ttlsweep\":{\"n\":12,\"why\":\"stuck\"}}"),
		    true },
		{ "an intent of a repair",
		    SLICE(META KEYS OLD
			"\"Ttlsweep\":{\"n\":12,\"why\":\"string\",\"ttl\":"
			"{\"N\":\"1796807556\"}}}"),
		    true },
		{ "18 digits",
		    SLICE(META KEYS OLD "\"Ttlsweep\":{\"n\":"
					"123456789012345678,\"why\":\"x\"}}"),
		    true },
		{ "19 digits",
		    SLICE(META KEYS OLD "\"Ttlsweep\":{\"n\":"
					"1234567890123456789,\"why\":\"x\"}}"),
		    false },
		{ "entry 0",
		    SLICE(
			META KEYS OLD "\"Ttlsweep\":{\"n\":0,\"why\":\"x\"}}"),
		    false },
		{ "a leading zero",
		    SLICE(META KEYS OLD
			"\"Ttlsweep\":{\"n\":012,\"why\":\"x\"}}"),
		    false },
		{ "another member",
		    SLICE(META KEYS OLD "\"Ttlsweep\":{\"n\":12,\"why\":\"x\","
					"\"more\":1}}"),
		    false },
		{ "another order",
		    SLICE(
			META OLD KEYS "\"Ttlsweep\":{\"n\":12,\"why\":\"x\"}}"),
		    false },
		{ "something behind it",
		    SLICE(META KEYS OLD
			"\"Ttlsweep\":{\"n\":12,\"why\":\"x\"}} "),
		    false },
		{ "a change",
		    SLICE(META KEYS "\"NewImage\":{\"k\":{\"S\":\"a\"}}}"),
		    false },
		{ "an item", SLICE("{\"Item\":{\"k\":{\"S\":\"a\"}}}"), true },
		{ "an item with white space",
		    SLICE("{\"Item\": {\"k\":{\"S\":\"a\"}}}"), false },
		{ "a bare item with Item",
		    SLICE("{\"Item\":{\"M\":{\"S\":{\"S\":\"a\"}}}}"), false },
		{ "an item with the attribute M",
		    SLICE("{\"Item\":{\"M\":{\"S\":\"a\"}}}"), true },
		{ "an item with a member",
		    SLICE("{\"Item\":{\"k\":{\"S\":\"a\"}},\"x\":1}"), false },
		{ "a truncated item", SLICE("{\"Item\":{\"k\":{\"S\":\"a\"}}"),
		    false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line fast;

		if (plain_line(&fast, cases[i].text) != cases[i].plain)
			fail_msg("%s", cases[i].name);
		if (cases[i].plain)
			agrees(cases[i].name, cases[i].text, &fast);
	}
}

#define SWEEP(n) "\"Ttlsweep\":{\"n\":" n ",\"why\":\"too-old\"}}"

/* What only ends like an intent has something else in the image's place. */
static void
the_fastest_reader_agrees(void **state)
{
	static const struct {
		const char *name;
		struct slice text;
		bool taken, whole; /* the image is one object */
	} cases[] = {
		{ "an intent", SLICE(META KEYS OLD SWEEP("12")), true, true },
		{ "members of that name in the image",
		    SLICE(META KEYS
			"\"OldImage\":{\"Ttlsweep\":{\"n\":3,\"why\":\"x\"}}," SWEEP(
			    "12")),
		    true, true },
		{ "the end of a line in a string",
		    SLICE(META KEYS "\"OldImage\":{\"k\":{\"S\":\"}},"
				    "\\\"Ttlsweep\\\":{\"}}," SWEEP("12")),
		    true, true },
		{ "an image that is truncated",
		    SLICE(META KEYS
			"\"OldImage\":{\"k\":{\"S\":\"a\"}," SWEEP("12")),
		    true, false },
		{ "a member behind the image",
		    SLICE(META KEYS OLD "\"x\":{}," SWEEP("12")), true, false },
		{ "two images", SLICE(META KEYS OLD OLD SWEEP("12")), true,
		    false },
		{ "zeros in the image",
		    SLICE(META KEYS "\"OldImage\":{\"k\":\0\0\0}," SWEEP("12")),
		    true, false },
		{ "only an object in the image ends like that",
		    SLICE(META KEYS "\"OldImage\":{\"k\":{}," SWEEP("12") "}"),
		    false, false },
		{ "entry 0", SLICE(META KEYS OLD SWEEP("0")), false, false },
		{ "a leading zero", SLICE(META KEYS OLD SWEEP("01")), false,
		    false },
		{ "19 digits",
		    SLICE(META KEYS OLD SWEEP("1234567890123456789")), false,
		    false },
		{ "no digits", SLICE(META KEYS OLD SWEEP("")), false, false },
		{ "no image", SLICE(META KEYS SWEEP("12")), false, false },
		{ "only an end", SLICE("," SWEEP("12")), false, false },
		{ "nothing", SLICE(""), false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line fast;

		if (plain_intent(&fast, cases[i].text) != cases[i].taken)
			fail_msg("%s", cases[i].name);
		if (!cases[i].taken)
			continue;
		if ((slice_check(fast.item, NULL) == 0) != cases[i].whole)
			fail_msg("%s: the image", cases[i].name);
		if (cases[i].whole)
			agrees(cases[i].name, cases[i].text, &fast);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_not_an_entry),
		cmocka_unit_test(test_heads_journal),
		cmocka_unit_test(test_line_parts),
		cmocka_unit_test(test_line_bare),
		cmocka_unit_test(the_fast_reader_agrees),
		cmocka_unit_test(the_fastest_reader_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
