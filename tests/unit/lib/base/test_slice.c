#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/slice.h"

/* A text and its length, as it may contain NUL. */
#define TEXT(s) (s), sizeof(s) - 1

static const struct {
	const char *name;
	const char *text;
	size_t n;
	long where; /* -1: valid; else the first wrong byte */
} documents[] = {
	/* clang-format off */
	{ "empty object", TEXT("{}"), -1 },
	{ "white space around", TEXT(" \t\r\n[1]\n"), -1 },
	{ "all kinds", TEXT("{\"a\":[1,-0.5e+3,true,false,null,\"x\"],\"b\":{}}"), -1 },
	{ "escapes", TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\""), -1 },
	{ "NUL escaped", TEXT("\"a\\u0000b\""), -1 },
	{ "lone surrogate", TEXT("\"\\ud800\""), -1 },
	{ "four-byte UTF-8", TEXT("\"\xf0\x9f\x98\x80\""), -1 },
	{ "DEL is allowed", TEXT("\"\x7f\""), -1 },
	{ "nothing", TEXT(""), 0 },
	{ "only white space", TEXT("  "), 2 },
	{ "trailing garbage", TEXT("{} x"), 3 },
	{ "two values", TEXT("1 2"), 2 },
	{ "missing colon", TEXT("{\"S\" \"a\"}"), 5 },
	{ "missing comma", TEXT("[1 2]"), 3 },
	{ "trailing comma in array", TEXT("[1,]"), 3 },
	{ "trailing comma in object", TEXT("{\"a\":1,}"), 7 },
	{ "leading comma", TEXT("[,1]"), 1 },
	{ "name without quotes", TEXT("{a:1}"), 1 },
	{ "number as a name", TEXT("{1:1}"), 1 },
	{ "single quotes", TEXT("['a']"), 1 },
	{ "leading zero", TEXT("[01]"), 2 },
	{ "leading plus", TEXT("[+1]"), 1 },
	{ "no digit before the point", TEXT("[.5]"), 1 },
	{ "no digit after the point", TEXT("[1.]"), 3 },
	{ "no digit in the exponent", TEXT("[1e]"), 3 },
	{ "minus alone", TEXT("[-]"), 2 },
	{ "hexadecimal", TEXT("[0x1]"), 2 },
	{ "NaN", TEXT("[NaN]"), 1 },
	{ "truncated word", TEXT("[tru]"), 4 },
	{ "capital word", TEXT("[True]"), 1 },
	{ "unclosed string", TEXT("[\"a"), 3 },
	{ "unclosed array", TEXT("[1"), 2 },
	{ "unclosed object", TEXT("{\"a\":1"), 6 },
	{ "array closed by a brace", TEXT("[1}"), 2 },
	{ "object closed by a bracket", TEXT("{\"a\":1]"), 6 },
	{ "raw newline in a string", TEXT("\"a\nb\""), 2 },
	{ "raw NUL in a string", TEXT("\"a\0b\""), 2 },
	{ "raw NUL between", TEXT("[1\0]"), 2 },
	{ "bad escape", TEXT("\"\\x41\""), 2 },
	{ "short unicode escape", TEXT("\"\\u00g0\""), 5 },
	{ "truncated unicode escape", TEXT("\"\\u00"), 5 },
	{ "invalid UTF-8", TEXT("\"\xff\""), 1 },
	{ "overlong UTF-8", TEXT("\"\xc0\x80\""), 1 },
	{ "surrogate in UTF-8", TEXT("\"\xed\xa0\x80\""), 1 },
	{ "past U+10FFFF", TEXT("\"\xf4\x90\x80\x80\""), 1 },
	{ "truncated UTF-8", TEXT("\"\xe2\x82\""), 1 },
	{ "byte order mark", TEXT("\xef\xbb\xbf{}"), 0 },
	{ "comment", TEXT("[1/**/]"), 2 },
	/* clang-format on */
};

static void
only_valid_json_is_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		struct slice doc = { documents[i].text, documents[i].n };
		size_t where = SIZE_MAX;
		int r = slice_check(doc, &where);

		if (r != (documents[i].where < 0 ? 0 : -1) ||
		    (r != 0 && where != (size_t)documents[i].where))
			fail_msg("%s: %d at %zu, expected %ld",
			    documents[i].name, r, where, documents[i].where);
	}
}

static void
truncated_documents_are_refused(void **state)
{
	static const char doc[] =
	    "{\"a\":[1,-0.5e+3,true,\"x\\u0041\xf0\x9f\x98\x80\"],\"b\":{}}";

	(void)state;
	for (size_t n = 0; n + 1 < sizeof(doc); n++)
		assert_int_equal(slice_check((struct slice){ doc, n }, NULL),
		    -1);
}

static void
nesting_is_limited(void **state)
{
	char deep[2 * SLICE_DEPTH + 3];

	(void)state;
	memset(deep, '[', SLICE_DEPTH);
	memset(deep + SLICE_DEPTH, ']', SLICE_DEPTH);
	assert_int_equal(slice_check((struct slice){ deep, 2 * SLICE_DEPTH },
			     NULL),
	    0);
	memset(deep, '[', SLICE_DEPTH + 1);
	memset(deep + SLICE_DEPTH + 1, ']', SLICE_DEPTH + 1);
	assert_int_equal(slice_check((struct slice){ deep,
					 2 * SLICE_DEPTH + 2 },
			     NULL),
	    -1);
}

static const struct {
	const char *name;
	struct slice text;
	const char *want;
	size_t n;
} texts[] = {
	/* clang-format off */
	{ "plain", { TEXT("session:abc") }, TEXT("session:abc") },
	{ "empty", { TEXT("") }, TEXT("") },
	{ "NUL", { TEXT("a\\u0000b") }, TEXT("a\0b") },
	{ "quote", { TEXT("a\\\"b") }, TEXT("a\"b") },
	{ "slash", { TEXT("a\\/b") }, TEXT("a/b") },
	{ "short escapes", { TEXT("\\b\\f\\n\\r\\t\\\\") }, TEXT("\b\f\n\r\t\\") },
	{ "two bytes", { TEXT("\\u00e4") }, TEXT("\xc3\xa4") },
	{ "three bytes", { TEXT("\\u20AC") }, TEXT("\xe2\x82\xac") },
	{ "surrogate pair", { TEXT("\\ud83d\\ude00") }, TEXT("\xf0\x9f\x98\x80") },
	{ "lone high surrogate", { TEXT("\\ud83dx") }, TEXT("\xef\xbf\xbdx") },
	{ "lone low surrogate", { TEXT("\\ude00") }, TEXT("\xef\xbf\xbd") },
	{ "high surrogate, then a letter", { TEXT("\\ud83d\\u0041") },
	    TEXT("\xef\xbf\xbd" "A") },
	{ "raw UTF-8", { TEXT("\xe2\x82\xac") }, TEXT("\xe2\x82\xac") },
	/* clang-format on */
};

static void
texts_are_decoded_and_encoded(void **state)
{
	struct buf out = { 0 }, again = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct slice text = texts[i].text, inner;

		buf_reset(&out);
		slice_text_decode(&out, text);
		if (out.n != texts[i].n ||
		    memcmp(buf_text(&out), texts[i].want, out.n) != 0)
			fail_msg("%s: decoded to %s", texts[i].name,
			    buf_text(&out));
		assert_int_equal(slice_text_length(text), out.n);
		assert_true(slice_text_is(text, texts[i].want, texts[i].n));
		assert_false(slice_text_is(text, "something else", 14));
		assert_false(
		    slice_text_is(text, texts[i].want, texts[i].n + 1));
		buf_reset(&again);
		slice_text_encode(&again, out.p, out.n);
		assert_int_equal(slice_check((struct slice){ again.p, again.n },
				     NULL),
		    0);
		inner = slice_unquote((struct slice){ again.p, again.n });
		if (!slice_text_is(inner, texts[i].want, texts[i].n))
			fail_msg("%s: did not survive", texts[i].name);
	}
	buf_release(&out);
	buf_release(&again);
}

static void
invalid_utf8_is_replaced(void **state)
{
	struct buf out = { 0 };

	(void)state;
	slice_text_encode(&out, "a\xff\"\n\x7f", 5);
	assert_string_equal(buf_text(&out),
	    "\"a\xef\xbf\xbd\\\"\\u000a\\u007f\"");
	buf_release(&out);
}

static void
a_walk_visits_every_value(void **state)
{
	static const char doc[] =
	    "{\"a\" : {\"S\":\"x\"} , \"b\\\"c\":[1, [2] ,\"3\"]}";
	struct slice_walk w = slice_walk(SLICE(doc));
	struct slice name, value;

	(void)state;
	assert_int_equal(slice_object(&w), 0);
	assert_int_equal(slice_member(&w, &name), 1);
	assert_true(slice_text_is(name, "a", 1));
	assert_int_equal(slice_value(&w, &value), 0);
	assert_memory_equal(value.p, "{\"S\":\"x\"}", value.n);
	assert_int_equal(slice_member(&w, &name), 1);
	assert_true(slice_text_is(name, "b\"c", 3));
	assert_int_equal(slice_array(&w), 0);
	assert_int_equal(slice_element(&w), 1);
	assert_int_equal(slice_value(&w, &value), 0);
	assert_int_equal(slice_element(&w), 1);
	assert_int_equal(slice_array(&w), 0);
	assert_int_equal(slice_element(&w), 1);
	assert_int_equal(slice_value(&w, &value), 0);
	assert_int_equal(slice_element(&w), 0);
	assert_int_equal(slice_element(&w), 1);
	assert_int_equal(slice_string(&w, &value), 0);
	assert_true(slice_text_is(value, "3", 1));
	assert_int_equal(slice_element(&w), 0);
	assert_int_equal(slice_member(&w, &name), 0);
	assert_int_equal(slice_end(&w), 0);
}

static void
a_walk_stops_at_a_wrong_byte(void **state)
{
	static const char *const docs[] = { "{\"a\":1,}", "{\"a\":1 \"b\":2}",
		"{,\"a\":1}", "{\"a\":}", "{\"a\":1", "{\"a\"}", "{" };

	(void)state;
	for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
		struct slice_walk w = slice_walk(slice_str(docs[i]));
		struct slice name, value;
		int r = 1;

		assert_int_equal(slice_object(&w), 0);
		while (r == 1 && (r = slice_member(&w, &name)) == 1)
			if (slice_value(&w, &value) != 0)
				r = -1;
		if (r != -1)
			fail_msg("accepted %s", docs[i]);
	}
}

static const struct {
	const char *a, *b;
	bool same;
} pairs[] = {
	{ "{\"a\":1,\"b\":2}", "{\"b\":2, \"a\":1}", true },
	{ "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":3}", false },
	{ "{\"a\":1}", "{\"a\":1,\"b\":2}", false },
	{ "{\"a\":1,\"b\":2}", "{\"a\":1}", false },
	{ "[1,2]", "[ 1 , 2 ]", true },
	{ "[1,2]", "[2,1]", false },
	{ "[1,2]", "[1]", false },
	{ "\"\\u0041\"", "\"A\"", true },
	{ "\"A\"", "\"B\"", false },
	{ "1", "1.0", false },
	{ "\"1\"", "1", false },
	{ "{\"k\":{\"M\":{\"x\":{\"N\":\"1\"},\"y\":{\"L\":[]}}}}",
	    "{\"k\":{\"M\":{\"y\":{\"L\":[ ]},\"x\":{\"N\":\"1\"}}}}", true },
	{ "{\"\\u0061\":1}", "{\"a\":1}", true },
	{ "{\"a\":1,\"b\":1}", "{\"a\":1,\"c\":1}", false },
};

static void
order_and_escapes_do_not_matter(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (slice_same(slice_str(pairs[i].a), slice_str(pairs[i].b)) !=
			pairs[i].same ||
		    slice_same(slice_str(pairs[i].b), slice_str(pairs[i].a)) !=
			pairs[i].same)
			fail_msg("%s and %s", pairs[i].a, pairs[i].b);
}

static void
members_and_integers_are_read(void **state)
{
	struct slice doc = slice_str("{\"a\":12,\"b\":\"-7\",\"a\":13,"
				     "\"c\":1.5,\"d\":9223372036854775807,"
				     "\"e\":9223372036854775808}");
	int64_t v = 0;

	(void)state;
	assert_int_equal(slice_int(slice_get(doc, "a"), &v), 0);
	assert_int_equal(v, 12);
	assert_int_equal(slice_int(slice_get(doc, "b"), &v), 0);
	assert_int_equal(v, -7);
	assert_int_equal(slice_int(slice_get(doc, "c"), &v), -1);
	assert_int_equal(slice_int(slice_get(doc, "d"), &v), 0);
	assert_true(v == INT64_MAX);
	assert_int_equal(slice_int(slice_get(doc, "e"), &v), -1);
	assert_null(slice_get(doc, "f").p);
	assert_null(slice_get(slice_str("[1]"), "a").p);
	assert_int_equal(slice_int(slice_get(doc, "f"), &v), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_valid_json_is_accepted),
		cmocka_unit_test(truncated_documents_are_refused),
		cmocka_unit_test(nesting_is_limited),
		cmocka_unit_test(texts_are_decoded_and_encoded),
		cmocka_unit_test(invalid_utf8_is_replaced),
		cmocka_unit_test(a_walk_visits_every_value),
		cmocka_unit_test(a_walk_stops_at_a_wrong_byte),
		cmocka_unit_test(order_and_escapes_do_not_matter),
		cmocka_unit_test(members_and_integers_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
