#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/attr.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CHECK(name, cond)                                               \
	do {                                                            \
		if (!(cond)) {                                          \
			print_error("%s: not so: %s\n", (name), #cond); \
			bad++;                                          \
		}                                                       \
	} while (0)

/* The first block was measured on the service at its limit of 400 KB; the
 * second follows from the rule. */
static const struct {
	const char *text;
	int64_t size;
} numbers[] = {
	/* clang-format off */
	{ "0", 1 }, { "-0", 1 }, { "0.000", 1 }, { "0E5", 1 },
	{ "1", 2 }, { "12", 2 }, { "123", 3 }, { "1234", 3 },
	{ "12345678901234567890123456789012345678", 20 },
	{ "0042", 2 }, { "100", 2 }, { "1010", 3 }, { "0.0000001", 2 },
	{ "1E125", 2 }, { "1E-100", 2 }, { "1.5", 3 }, { "15", 2 },
	{ "1.2", 3 }, { "1.200", 3 }, { "1.234", 4 }, { "3.14159", 5 },
	{ "123456", 4 }, { "100.5", 4 }, { "0.15", 2 }, { "-42", 3 },
	{ "1700000000", 2 }, { "1716439397", 6 }, { "1716439397.123", 8 },

	{ "120", 2 }, { "1200", 2 }, { "12000", 2 }, { "170000000", 2 },
	{ "0.012", 2 }, { "-0.001", 3 }, { "10.01", 3 }, { "1000.0001", 5 },
	{ "1716439397120", 7 }, { "1E-130", 2 }, { "12E-131", 2 },
	{ "-12345678901234567890123456789012345678", 21 },
	{ "1.2345678901234567890123456789012345678", 21 },
	{ "-1.2345678901234567890123456789012345678", 22 },
	{ "12345678901234567890123456789012345678E3", 20 },
	{ "-12345678901234567890123456789012345678E3", 21 },

	{ "1.5E1", 2 }, { "1.5e+1", 2 }, { "150E-1", 2 }, { "150e-2", 3 },
	{ "0.15e2", 2 }, { "+15", 2 }, { "1\\u0035", 2 },
	/* clang-format on */
};

static void
numbers_have_the_measured_size(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		int64_t size = attr_number_size(slice_str(numbers[i].text));

		if (size != numbers[i].size) {
			print_error("%s: %d, not %d\n", numbers[i].text,
			    (int)size, (int)numbers[i].size);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

static void
hostile_numbers_have_a_size(void **state)
{
	struct buf b = { 0 };
	int bad = 0;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, (char)('1' + i % 9));
	CHECK("100 000 digits",
	    attr_number_size((struct slice){ b.p, b.n }) == 33);
	CHECK("empty", attr_number_size(SLICE("")) == 0);
	CHECK("not a number", attr_number_size(SLICE("abc")) == 3);
	CHECK("huge exponent",
	    attr_number_size(SLICE("1e999999999999999999")) == 2);
	CHECK("tiny exponent",
	    attr_number_size(SLICE("-1.5e-999999999999999999")) > 0);
	buf_release(&b);
	assert_int_equal(bad, 0);
}

static const struct {
	const char *name;
	const char *json;
	int64_t size;
} values[] = {
	/* clang-format off */
	{ "empty string", "{\"S\":\"\"}", 0 },
	{ "string", "{\"S\":\"abc\"}", 3 },
	{ "UTF-8 string", "{\"S\":\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"}", 9 },
	{ "escaped UTF-8", "{\"S\":\"\\u00e4\\u20ac\\ud83d\\ude00\"}", 9 },
	{ "escapes", "{\"S\":\"\\n\\\"\\\\\\/\\u0000\"}", 5 },
	{ "backslash at the end", "{\"S\":\"a\\\\\"}", 2 },
	{ "quote at the end", "{\"S\":\"a\\\"\"}", 2 },
	{ "ends in a backslash", "{\"S\":\"a\\", 0 },
	{ "ends in an escaped quote", "{\"S\":\"a\\\"", 0 },
	{ "a space before it", "{\"S\": \"a\"}", 1 },
	{ "number", "{\"N\":\"3.14159\"}", 5 },
	{ "empty binary", "{\"B\":\"\"}", 0 },
	{ "binary of 1", "{\"B\":\"QQ==\"}", 1 },
	{ "binary of 2", "{\"B\":\"QUI=\"}", 2 },
	{ "binary of 3", "{\"B\":\"QUJD\"}", 3 },
	{ "binary of 4", "{\"B\":\"QUJDRA==\"}", 4 },
	{ "binary, slash escaped", "{\"B\":\"\\/\\/\\/\\/\"}", 3 },
	{ "bool", "{\"BOOL\":true}", 1 },
	{ "bool false", "{\"BOOL\":false}", 1 },
	{ "null", "{\"NULL\":true}", 1 },
	{ "string set", "{\"SS\":[\"a\",\"bc\"]}", 3 },
	{ "number set", "{\"NS\":[\"0\",\"15\",\"-42\"]}", 6 },
	{ "binary set", "{\"BS\":[\"QQ==\",\"QUJD\"]}", 4 },
	{ "empty list", "{\"L\":[]}", 3 },
	{ "list", "{\"L\":[{\"S\":\"x\"},{\"NULL\":true}]}", 7 },
	{ "empty map", "{\"M\":{}}", 3 },
	{ "map", "{\"M\":{\"k\":{\"S\":\"vv\"}}}", 7 },
	{ "map, name escaped", "{\"M\":{\"\\u00e4\":{\"S\":\"vv\"}}}", 8 },
	{ "map in a list", "{\"L\":[{\"M\":{\"a\":{\"N\":\"1\"}}}]}", 11 },
	{ "spaces between", " { \"L\" : [ { \"S\" : \"x\" } , { \"S\" : \"y\" } ] } ", 7 },
	{ "not an AttributeValue", "{\"X\":\"abc\"}", 0 },
	{ "two members", "{\"S\":\"abc\",\"N\":\"1\"}", 0 },
	{ "unknown type in a list", "{\"L\":[{\"X\":{\"S\":\"abc\"}},{\"S\":\"y\"}]}", 6 },
	{ "a plain string", "\"abc\"", 0 },
	{ "not JSON", "{\"S\":", 0 },
	{ "nothing", "", 0 },
	/* clang-format on */
};

static void
values_have_the_size_of_the_rule(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		int64_t size = attr_size(slice_str(values[i].json));

		if (size != values[i].size) {
			print_error("%s: %d, not %d\n", values[i].name,
			    (int)size, (int)values[i].size);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

static void
an_item_counts_names_and_values(void **state)
{
	int bad = 0;

	(void)state;
	CHECK("no attribute", attr_item_size(SLICE("{}")) == 0);
	CHECK("one",
	    attr_item_size(SLICE("{\"key\":{\"S\":\"session:1\"}}")) == 12);
	CHECK("every type",
	    attr_item_size(
		SLICE("{\"pk\":{\"S\":\"abc\"},\"n\":{\"N\":\"123\"},"
		      "\"b\":{\"B\":\"AAEC\"},\"flag\":{\"BOOL\":true},"
		      "\"l\":{\"L\":[{\"S\":\"x\"},{\"NULL\":true}]},"
		      "\"m\":{\"M\":{\"k\":{\"S\":\"vv\"}}},"
		      "\"ss\":{\"SS\":[\"a\",\"bc\"]}}")) == 39);
	CHECK("names in bytes",
	    attr_item_size(SLICE("{\"\xc3\xa4\":{\"S\":\"\"}}")) == 2);
	CHECK("of a value of unknown type only the name counts",
	    attr_item_size(SLICE("{\"a\":7,\"b\":{\"S\":\"x\"}}")) == 3);
	CHECK("not an object", attr_item_size(SLICE("[]")) == 0);
	assert_int_equal(bad, 0);
}

static const struct {
	const char *name;
	const char *json;
	enum attr_type type;
	const char *inner;
} opens[] = {
	/* clang-format off */
	{ "S", "{\"S\":\"a\\nb\"}", ATTR_S, "a\\nb" },
	{ "empty S", "{\"S\":\"\"}", ATTR_S, "" },
	{ "N", "{ \"N\" : \"1\" }", ATTR_N, "1" },
	{ "B", "{\"B\":\"QQ==\"}", ATTR_B, "QQ==" },
	{ "BOOL", "{\"BOOL\":false}", ATTR_BOOL, "false" },
	{ "NULL", "{\"NULL\":true}", ATTR_NULL, "true" },
	{ "M", "{\"M\":{\"a\":{\"S\":\"x\"}}}", ATTR_M, "{\"a\":{\"S\":\"x\"}}" },
	{ "L", "{\"L\":[]}", ATTR_L, "[]" },
	{ "SS", "{\"SS\":[\"a\"]}", ATTR_SS, "[\"a\"]" },
	{ "NS", "{\"NS\":[\"1\"]}", ATTR_NS, "[\"1\"]" },
	{ "BS", "{\"BS\":[\"QQ==\"]}", ATTR_BS, "[\"QQ==\"]" },
	{ "type's letter escaped", "{\"\\u0053\":\"x\"}", ATTR_S, "x" },
	{ "only the outermost level is checked", "{\"L\":[7]}", ATTR_L, "[7]" },
	{ "no member", "{}", ATTR_BAD, "{}" },
	{ "two members", "{\"S\":\"a\",\"S\":\"b\"}", ATTR_BAD, NULL },
	{ "unknown type", "{\"s\":\"a\"}", ATTR_BAD, NULL },
	{ "empty type", "{\"\":\"a\"}", ATTR_BAD, NULL },
	{ "type with a NUL", "{\"S\\u0000\":\"a\"}", ATTR_BAD, NULL },
	{ "number for N", "{\"N\":1}", ATTR_BAD, NULL },
	{ "string for BOOL", "{\"BOOL\":\"true\"}", ATTR_BAD, NULL },
	{ "null for NULL", "{\"NULL\":null}", ATTR_BAD, NULL },
	{ "array for M", "{\"M\":[]}", ATTR_BAD, NULL },
	{ "object for L", "{\"L\":{}}", ATTR_BAD, NULL },
	{ "string for SS", "{\"SS\":\"a\"}", ATTR_BAD, NULL },
	{ "a string", "\"S\"", ATTR_BAD, NULL },
	{ "an array", "[\"S\"]", ATTR_BAD, NULL },
	{ "truncated", "{\"S\":", ATTR_BAD, NULL },
	{ "something after it", "{\"S\":\"a\"}x", ATTR_BAD, NULL },
	{ "empty", "", ATTR_BAD, NULL },
	/* clang-format on */
};

static void
a_value_is_opened_if_type_and_content_match(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(opens); i++) {
		struct slice inner;
		enum attr_type type =
		    attr_open(slice_str(opens[i].json), &inner);

		CHECK(opens[i].name, type == opens[i].type);
		if (type == opens[i].type && opens[i].inner != NULL)
			CHECK(opens[i].name,
			    inner.n == strlen(opens[i].inner) &&
				memcmp(inner.p, opens[i].inner, inner.n) == 0);
	}
	CHECK("names", strcmp(attr_type_name(ATTR_S), "S") == 0);
	CHECK("names", strcmp(attr_type_name(ATTR_BS), "BS") == 0);
	assert_int_equal(bad, 0);
}

static const struct {
	const char *name;
	const char *json;
	int rc;
} checks[] = {
	/* clang-format off */
	{ "S", "{\"S\":\"a\"}", 0 },
	{ "N", "{\"N\":\"-1.5E+3\"}", 0 },
	{ "empty N", "{\"N\":\"\"}", -1 },
	{ "N that is not a number", "{\"N\":\"0x10\"}", -1 },
	{ "N with a space", "{\"N\":\" 1\"}", -1 },
	{ "N with a tab after it", "{\"N\":\"1\\t\"}", -1 },
	{ "B", "{\"B\":\"QQ==\"}", 0 },
	{ "empty B", "{\"B\":\"\"}", 0 },
	{ "B that is not base64", "{\"B\":\"Q\"}", -1 },
	{ "BOOL", "{\"BOOL\":false}", 0 },
	{ "NULL", "{\"NULL\":true}", 0 },
	{ "SS", "{\"SS\":[\"a\"]}", 0 },
	{ "SS of numbers", "{\"SS\":[1]}", -1 },
	{ "NS", "{\"NS\":[\"1\",\"2\"]}", 0 },
	{ "NS of words", "{\"NS\":[\"1\",\"two\"]}", -1 },
	{ "BS", "{\"BS\":[\"QQ==\"]}", 0 },
	{ "BS of words", "{\"BS\":[\"QQ==\",\"!\"]}", -1 },
	{ "L", "{\"L\":[{\"S\":\"a\"},{\"N\":\"1\"}]}", 0 },
	{ "L of strings", "{\"L\":[\"a\"]}", -1 },
	{ "L with a bad number", "{\"L\":[{\"N\":\"x\"}]}", -1 },
	{ "M", "{\"M\":{\"a\":{\"S\":\"a\"},\"b\":{\"M\":{}}}}", 0 },
	{ "M of strings", "{\"M\":{\"a\":\"a\"}}", -1 },
	{ "M with an unknown type", "{\"M\":{\"a\":{\"Z\":\"a\"}}}", -1 },
	{ "M with two types", "{\"M\":{\"a\":{\"S\":\"a\",\"N\":\"1\"}}}", -1 },
	{ "something after it", "{\"S\":\"a\"} {}", -1 },
	{ "NULL that is false", "{\"NULL\":false}", -1 },
	{ "largest N", "{\"N\":\"9.9999999999999999999999999999999999999E125\"}", 0 },
	{ "smallest N", "{\"N\":\"-1E-130\"}", 0 },
	{ "N too large", "{\"N\":\"1E126\"}", -1 },
	{ "N too small", "{\"N\":\"1E-131\"}", -1 },
	{ "N of 39 digits", "{\"N\":\"123456789012345678901234567890123456789\"}", -1 },
	{ "NS with one too large", "{\"NS\":[\"1\",\"1E126\"]}", -1 },
	{ "empty SS", "{\"SS\":[]}", -1 },
	{ "empty NS", "{\"NS\":[]}", -1 },
	{ "empty BS", "{\"BS\":[]}", -1 },
	{ "empty set in a list", "{\"L\":[{\"M\":{\"a\":{\"SS\":[]}}}]}", -1 },
	{ "SS twice", "{\"SS\":[\"a\",\"b\",\"\\u0061\"]}", -1 },
	{ "SS, an empty text twice", "{\"SS\":[\"\",\"\"]}", -1 },
	{ "SS, an empty text", "{\"SS\":[\"\",\"a\"]}", 0 },
	{ "NS twice by value", "{\"NS\":[\"1\",\"2\",\"1.0\"]}", -1 },
	{ "NS, zero twice", "{\"NS\":[\"0\",\"-0.00\"]}", -1 },
	{ "NS of both signs", "{\"NS\":[\"1\",\"-1\"]}", 0 },
	{ "BS twice", "{\"BS\":[\"Pz8/\",\"Pz8\\/\"]}", -1 },
	{ "BS, an empty one", "{\"BS\":[\"\",\"QQ==\"]}", 0 },
	{ "L twice the same", "{\"L\":[{\"S\":\"a\"},{\"S\":\"a\"}]}", 0 },
	{ "M with an empty name", "{\"M\":{\"\":{\"S\":\"a\"}}}", -1 },
	{ "empty object", "{}", -1 },
	{ "empty", "", -1 },
	/* clang-format on */
};

static void
deep(struct buf *b, int levels)
{
	buf_reset(b);
	for (int i = 1; i < levels; i++)
		buf_adds(b, i % 2 ? "{\"M\":{\"a\":" : "{\"L\":[");
	buf_adds(b, "{\"S\":\"leaf\"}");
	for (int i = levels - 1; i >= 1; i--)
		buf_adds(b, i % 2 ? "}}" : "]}");
}

static void
values_that_dynamodb_refuses_are_wrong(void **state)
{
	struct buf b = { 0 };
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(checks); i++)
		CHECK(checks[i].name,
		    (attr_wrong(slice_str(checks[i].json)) == NULL) ==
			(checks[i].rc == 0));
	deep(&b, 32);
	CHECK("32 levels", attr_wrong((struct slice){ b.p, b.n }) == NULL);
	CHECK("their size",
	    attr_size((struct slice){ b.p, b.n }) == 31 * 4 + 16 + 4);
	deep(&b, 33);
	CHECK("33 levels", attr_wrong((struct slice){ b.p, b.n }) != NULL);
	deep(&b, 5000);
	CHECK("5000 levels", attr_wrong((struct slice){ b.p, b.n }) != NULL);
	CHECK("their size", attr_size((struct slice){ b.p, b.n }) == 0);
	buf_release(&b);
	assert_int_equal(bad, 0);
}

static void
a_large_set_is_checked_in_linear_time(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (int twice = 0; twice < 2; twice++) {
		buf_reset(&b);
		buf_adds(&b, "{\"NS\":[\"0\"");
		for (int i = 1; i < 100000; i++)
			buf_addf(&b, ",\"%d\"", i);
		buf_adds(&b, twice ? ",\"7e0\"]}" : "]}");
		assert_int_equal(attr_wrong((struct slice){ b.p, b.n }) != NULL,
		    twice);
	}
	buf_release(&b);
}

static const struct {
	const char *json;
	const char *says; /* NULL: it is valid */
} entries[] = {
	/* clang-format off */
	{ "{\"key\":{\"S\":\"a\"},\"e\":{\"SS\":[\"x\"]}}", NULL },
	{ "{}", NULL },
	{ "{\"key\":{\"S\":\"a\"},\"e\":{\"SS\":[]}}", "\"e\" contains an empty set" },
	{ "{\"e\":{\"L\":[{\"NS\":[\"1\",\"1.0\"]}]}}", "\"e\" contains a set with" },
	{ "{\"e\":{\"NULL\":false}}", "a NULL that is not true" },
	{ "{\"e\":{\"S\":\"a\",\"N\":\"1\"}}", "\"e\" is not an attribute value" },
	{ "{\"e\":7}", "\"e\" is not an attribute value" },
	{ "{\"e\":{\"N\":\"1E126\"}}", "\"e\" contains an invalid number" },
	{ "{\"e\":{\"B\":\"!\"}}", "\"e\" contains invalid base64" },
	{ "{\"\":{\"S\":\"a\"}}", "an attribute without a name" },
	{ "[]", "not a JSON object" },
	/* clang-format on */
};

static void
the_fault_names_the_wrong_attribute(void **state)
{
	struct fault f = { 0 };
	struct buf b = { 0 };
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(entries); i++) {
		int rc = attr_item_check(slice_str(entries[i].json), &f);

		if (entries[i].says == NULL)
			CHECK(entries[i].json, rc == 0);
		else
			CHECK(entries[i].json,
			    rc == -1 && f.kind == FAULT_DATA &&
				strstr(f.text, entries[i].says) != NULL);
	}
	for (int more = 0; more < 2; more++) {
		buf_reset(&b);
		buf_adds(&b, "{\"e\":{\"S\":\"");
		for (int i = 0; i < ATTR_ITEM_MAX - 1 + more; i++)
			buf_addc(&b, 'x');
		buf_adds(&b, "\"}}");
		CHECK("400 KB",
		    attr_item_check((struct slice){ b.p, b.n }, &f) == -more);
	}
	CHECK("409601", strstr(f.text, "409601 bytes") != NULL);
	buf_release(&b);
	assert_int_equal(bad, 0);
}

/* It would take minutes if the rest were searched again after each escape. */
static void
escapes_are_measured_in_linear_time(void **state)
{
	const int64_t n = 2000000;
	struct buf b = { 0 };

	(void)state;
	buf_adds(&b, "{\"S\":\"");
	for (int64_t i = 0; i < n; i++)
		buf_adds(&b, "\\n");
	buf_adds(&b, "\"}");
	assert_int_equal(attr_size((struct slice){ b.p, b.n }), n);
	buf_release(&b);
}

static const struct {
	const char *json;
	const char *text;
	size_t n;
} texts[] = {
	/* clang-format off */
	{ "{\"S\":\"session:1\"}", "session:1", 9 },
	{ "{\"S\":\"a\\u0000b\"}", "a\0b", 3 },
	{ "{\"S\":\"\\u00e4\"}", "\xc3\xa4", 2 },
	{ "{\"N\":\"1.50\"}", "1.50", 4 },
	{ "{\"B\":\"QUI=\"}", "QUI=", 4 },
	{ "{\"B\":\"\\/\\/8=\"}", "//8=", 4 },
	{ "{\"BOOL\":true}", "{\"BOOL\":true}", 13 },
	/* clang-format on */
};

static void
keys_are_shown_decoded(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct buf b = { 0 };

		attr_key_text(&b, slice_str(texts[i].json));
		CHECK(texts[i].json,
		    b.n == texts[i].n && memcmp(b.p, texts[i].text, b.n) == 0);
		buf_release(&b);
	}
	assert_int_equal(bad, 0);
}

static const struct {
	const char *name;
	enum attr_type type;
	const char *text;
	size_t n;
	const char *json; /* NULL: refused */
} people[] = {
	/* clang-format off */
	{ "S", ATTR_S, "session:1", 9, "{\"S\":\"session:1\"}" },
	{ "S with a NUL", ATTR_S, "a\0b", 3, "{\"S\":\"a\\u0000b\"}" },
	{ "S with a quote", ATTR_S, "a\"b", 3, "{\"S\":\"a\\\"b\"}" },
	{ "empty S", ATTR_S, "", 0, NULL },
	{ "S that is not UTF-8", ATTR_S, "a\xff", 2, NULL },
	{ "N", ATTR_N, "-1.50", 5, "{\"N\":\"-1.50\"}" },
	{ "zero", ATTR_N, "0", 1, "{\"N\":\"0\"}" },
	{ "empty N", ATTR_N, "", 0, NULL },
	{ "N of 38 digits", ATTR_N, "12345678901234567890123456789012345678", 38,
	  "{\"N\":\"12345678901234567890123456789012345678\"}" },
	{ "N of 39 digits", ATTR_N, "123456789012345678901234567890123456789", 39, NULL },
	{ "N of 39 digits, the last a zero", ATTR_N,
	  "123456789012345678901234567890123456780", 39,
	  "{\"N\":\"123456789012345678901234567890123456780\"}" },
	{ "N too large", ATTR_N, "1E126", 5, NULL },
	{ "largest N", ATTR_N, "1E125", 5, "{\"N\":\"1E125\"}" },
	{ "N too small", ATTR_N, "1E-131", 6, NULL },
	{ "smallest N", ATTR_N, "1E-130", 6, "{\"N\":\"1E-130\"}" },
	{ "N with a space", ATTR_N, "1 ", 2, NULL },
	{ "N that is not a number", ATTR_N, "one", 3, NULL },
	{ "B", ATTR_B, "QUI=", 4, "{\"B\":\"QUI=\"}" },
	{ "B that is not base64", ATTR_B, "QUI", 3, NULL },
	{ "empty B", ATTR_B, "", 0, NULL },
	{ "not a type of keys", ATTR_BOOL, "true", 4, NULL },
	{ "not a type", ATTR_BAD, "true", 4, NULL },
	/* clang-format on */
};

static void
people_type_only_valid_keys(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(people); i++) {
		struct buf b = { 0 };
		int rc = attr_key_value(&b, people[i].type, people[i].text,
		    people[i].n);

		if (people[i].json == NULL)
			CHECK(people[i].name, rc == -1 && b.n == 0);
		else
			CHECK(people[i].name,
			    rc == 0 &&
				strcmp(buf_text(&b), people[i].json) == 0);
		buf_release(&b);
	}
	assert_int_equal(bad, 0);
}

/* Cases with the same number are the same key. */
static const struct {
	int same;
	const char *json;
} keys[] = {
	/* clang-format off */
	{ 1, "{\"N\":\"1\"}" },
	{ 1, "{\"N\":\"1.0\"}" },
	{ 1, "{\"N\":\"+1\"}" },
	{ 1, "{\"N\":\"0.1E1\"}" },
	{ 1, "{\"N\":\"\\u0031\"}" },
	{ 2, "{\"N\":\"-1\"}" },
	{ 3, "{\"N\":\"10\"}" },
	{ 3, "{\"N\":\"1E1\"}" },
	{ 4, "{\"N\":\"0\"}" },
	{ 4, "{\"N\":\"-0.00\"}" },
	{ 5, "{\"N\":\"0.1\"}" },
	{ 6, "{\"N\":\"12345678901234567890123456789012345678\"}" },
	{ 7, "{\"N\":\"12345678901234567890123456789012345679\"}" },
	{ 8, "{\"S\":\"1\"}" },
	{ 8, "{ \"S\" : \"\\u0031\" }" },
	{ 9, "{\"S\":\"1.0\"}" },
	{ 10, "{\"S\":\"a\\u0000b\"}" },
	{ 11, "{\"S\":\"a\"}" },
	{ 12, "{\"B\":\"YQ==\"}" },
	{ 13, "{\"B\":\"Pz8/\"}" },
	{ 13, "{\"B\":\"Pz8\\/\"}" },
	{ 14, "{\"S\":\"\xc3\xa4\"}" },
	{ 14, "{\"S\":\"\\u00E4\"}" },
	{ 15, "{\"S\":\"YQ==\"}" },
	/* clang-format on */
};

static void
equal_keys_have_equal_canonical_forms(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++)
		for (size_t j = 0; j < COUNT(keys); j++) {
			struct buf scratch = { 0 };
			bool same = attr_key_same(slice_str(keys[i].json),
			    slice_str(keys[j].json), &scratch);

			if (same != (keys[i].same == keys[j].same)) {
				print_error("%s, %s: %s\n", keys[i].json,
				    keys[j].json, same ? "same" : "differ");
				bad++;
			}
			buf_release(&scratch);
		}
	assert_int_equal(bad, 0);
}

static void
partition_and_sort_key_are_not_confused(void **state)
{
	struct buf a = { 0 }, b = { 0 };

	(void)state;
	attr_key_canonical(&a, SLICE("{\"S\":\"ab\"}"));
	attr_key_canonical(&a, SLICE("{\"S\":\"c\"}"));
	attr_key_canonical(&b, SLICE("{\"S\":\"a\"}"));
	attr_key_canonical(&b, SLICE("{\"S\":\"bc\"}"));
	assert_false(a.n == b.n && memcmp(a.p, b.p, a.n) == 0);
	buf_reset(&a);
	attr_key_canonical(&a,
	    SLICE("{\"S\":\"S\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000"
		  "\\u0000\\u0001x\"}"));
	buf_reset(&b);
	attr_key_canonical(&b, SLICE("{\"S\":\"\"}"));
	attr_key_canonical(&b, SLICE("{\"S\":\"x\"}"));
	assert_false(a.n == b.n && memcmp(a.p, b.p, a.n) == 0);
	buf_release(&a);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_the_measured_size),
		cmocka_unit_test(hostile_numbers_have_a_size),
		cmocka_unit_test(values_have_the_size_of_the_rule),
		cmocka_unit_test(escapes_are_measured_in_linear_time),
		cmocka_unit_test(an_item_counts_names_and_values),
		cmocka_unit_test(a_value_is_opened_if_type_and_content_match),
		cmocka_unit_test(values_that_dynamodb_refuses_are_wrong),
		cmocka_unit_test(a_large_set_is_checked_in_linear_time),
		cmocka_unit_test(the_fault_names_the_wrong_attribute),
		cmocka_unit_test(keys_are_shown_decoded),
		cmocka_unit_test(people_type_only_valid_keys),
		cmocka_unit_test(equal_keys_have_equal_canonical_forms),
		cmocka_unit_test(partition_and_sort_key_are_not_confused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
