#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inspector/mask.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "tests/unit/entry.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MARK "\xe2\x80\xa6"

static const char *const prefixes[] = { "session:", "sess:" };

/* The digits at the end are the key's own SHA-256, by another program. */
static const struct {
	const char *name;
	const char *key;
	size_t n;
	const char *shown;
	size_t shown_n; /* 0: as long as a string is */
} cases[] = {
	/* clang-format off */
	{ "short secret", "session:abc", 11, "session:" MARK "a29d80", 0 },
	{ "15 characters", "sess:0123456789abcde", 20, "sess:" MARK "885e82", 0 },
	{ "16 characters", "session:0123456789abcdef", 24, "session:0123" MARK "3e27ee", 0 },
	{ "20 characters", "session:0123456789abcdef0123", 28, "session:0123" MARK "331696", 0 },
	{ "only the prefix", "session:", 8, "session:", 0 },
	{ "17 characters of two bytes",
	  "session:\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
	  "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 42,
	  "session:\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4" MARK "a33b28", 0 },
	{ "15 characters of three bytes",
	  "session:\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
	  "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
	  "\xe2\x82\xac\xe2\x82\xac", 53,
	  "session:" MARK "b7fb67", 0 },
	{ "a NUL in the secret", "session:a\0b", 11, "session:" MARK "ffa028", 0 },
	{ "bytes that are not UTF-8", "session:abc\xff\xfe" "0123456789abcdef", 29,
	  "session:abc\xff" MARK "8be844", 0 },
	{ "a truncated character", "session:ab\xe2\x82" "0123456789abcdef", 28,
	  "session:ab\xe2\x82" MARK "f8c896", 0 },
	{ "an item", "user:0123456789abcdef", 21, "user:0123456789abcdef", 0 },
	{ "an item with a NUL", "user:\0x", 7, "user:\0x", 7 },
	{ "an item that looks masked", "user:" MARK "a29d80", 14, "user:" MARK "a29d80", 0 },
	{ "empty", "", 0, "", 0 },
	/* clang-format on */
};

static void
test_text(void **state)
{
	struct rules rules = { .session_prefixes = prefixes,
		.nprefixes = COUNT(prefixes) };
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct slice key = { cases[i].key, cases[i].n };
		struct buf b = { 0 };
		size_t n = cases[i].shown_n;

		if (n == 0)
			n = strlen(cases[i].shown);
		mask_text(&b, &rules, key);
		if (b.n != n || memcmp(b.p, cases[i].shown, n) != 0) {
			print_error("%s: %s\n", cases[i].name, buf_text(&b));
			bad++;
		}
		buf_release(&b);
	}
	assert_int_equal(bad, 0);
}

/* Entries in full: key, sort key, group. */
#define ID20 "0123456789abcdef0123"
static const struct {
	const char *name;
	const char *given;          /* --session-prefix, NULL: none */
	bool all;                   /* a table of sessions */
	bool partition, sort_named; /* names of key attributes are secrets */
	const char *json;
	const char *key, *sort, *group;
} entries[] = {
	/* clang-format off */
	{ "partition key", NULL, false, false, false,
	  "{\"pk\":{\"S\":\"session:" ID20 "\"},\"sk\":{\"S\":\"meta\"}}",
	  "session:0123" MARK "331696", "meta", "session:" },
	{ "a long sort key after it", NULL, false, false, false,
	  "{\"pk\":{\"S\":\"session:" ID20 "\"},\"sk\":{\"S\":\"0123456789abcdef\"}}",
	  "session:0123" MARK "331696", "0123" MARK "9f9f51", "session:" },
	{ "sort key", NULL, false, false, false,
	  "{\"pk\":{\"S\":\"USER#11111111-2222\"},\"sk\":{\"S\":\"SESSION#aaaaaaaa-bbbb-4ccc\"}}",
	  "USER" MARK "769fa4", "SESSION#aaaa" MARK "74e77c", "USER# SESSION#" },
	{ "a short id in the sort key", NULL, false, false, false,
	  "{\"pk\":{\"S\":\"USER#1\"},\"sk\":{\"S\":\"SESSION#a\"}}",
	  MARK "3c2263", "SESSION#" MARK "4c41bc", "USER# SESSION#" },
	{ "the partition key has an id, with a slash", NULL, false, false, false,
	  "{\"pk\":{\"S\":\"Zx9/SECRETSECRET\"},\"sk\":{\"S\":\"sess:1\"}}",
	  "Zx9/" MARK "c82001", "sess:" MARK "10e903", MARK "7dba29 sess:" },
	{ "an item", NULL, false, false, false,
	  "{\"pk\":{\"S\":\"USER#1\"},\"sk\":{\"S\":\"ACCOUNT#2\"}}",
	  "USER#1", "ACCOUNT#2", "USER# ACCOUNT#" },
	{ "a verification token", NULL, false, false, false,
	  "{\"pk\":{\"S\":\"VT#u@example.com\"},\"sk\":{\"S\":\"VT#t\"}}",
	  "VT#" MARK "e284d3", "VT#" MARK "ff4ae3", "VT# VT#" },
	{ "a table of sessions", NULL, true, false, false,
	  "{\"pk\":{\"S\":\"u1\"},\"sk\":{\"S\":\"t2\"}}",
	  MARK "bb8203", MARK "c44474", "(none)" },
	{ "of sessions, a key with a word", NULL, true, false, false,
	  "{\"pk\":{\"S\":\"user:u1\"},\"sk\":{\"N\":\"7\"}}",
	  MARK "6daf61", MARK "790269", "user:" },
	{ "of sessions, a key with half an id", NULL, true, false, false,
	  "{\"pk\":{\"S\":\"aB3cD4eF5gH6iJ7kL8/mN9\"},\"sk\":{\"N\":\"7\"}}",
	  "aB3c" MARK "ccdce2", MARK "790269", "aB3c" MARK "b6b29c" },
	{ "of sessions, number keys", NULL, true, false, false,
	  "{\"pk\":{\"N\":\"12345678901234567890\"},\"sk\":{\"N\":\"7\"}}",
	  "1234" MARK "6ed645", MARK "790269", "(none)" },
	{ "of sessions, binary keys", NULL, true, false, false,
	  "{\"pk\":{\"B\":\"AQIDBAUGBwgJCgsM\"},\"sk\":{\"B\":\"AQID\"}}",
	  "AQID" MARK "4738c0", MARK "b70035", "(none)" },
	{ "binary with a session's key in it", NULL, false, false, false,
	  "{\"pk\":{\"B\":\"c2Vzc2lvbjphYmM=\"},\"sk\":{\"B\":\"AQID\"}}",
	  "c2Vz" MARK "351077", MARK "b70035", "(none)" },
	{ "empty prefix", "", false, false, false,
	  "{\"pk\":{\"S\":\"0123456789abcdefXYZ\"},\"sk\":{\"S\":\"x\"}}",
	  "0123" MARK "b19dd0", MARK "2d7116", "(none)" },
	{ "a prefix that matches nothing", "nothing:", false, false, false,
	  "{\"pk\":{\"S\":\"session:" ID20 "\"},\"sk\":{\"S\":\"meta\"}}",
	  "session:0123" MARK "331696", "meta", "session:" },
	{ "the partition key's name", NULL, false, true, false,
	  "{\"pk\":{\"S\":\"u1\"},\"sk\":{\"S\":\"t2\"}}",
	  MARK "bb8203", "t2", "(none)" },
	{ "the sort key's name", NULL, false, false, true,
	  "{\"pk\":{\"S\":\"u1\"},\"sk\":{\"S\":\"t2\"}}",
	  "u1", MARK "c44474", "(none)" },
	/* clang-format on */
};

static void
check_entry(size_t i, const struct record *r, int *bad)
{
	struct buf key = { 0 }, sort = { 0 }, group = { 0 };

	mask_key(&key, r);
	mask_sort(&sort, r);
	mask_group(&group, r);
	if (strcmp(buf_text(&key), entries[i].key) != 0 ||
	    strcmp(buf_text(&sort), entries[i].sort) != 0 ||
	    strcmp(buf_text(&group), entries[i].group) != 0) {
		print_error("%s: %s / %s | %s\n", entries[i].name,
		    buf_text(&key), buf_text(&sort), buf_text(&group));
		++*bad;
	}
	if (mask_hides_group(r) !=
	    (group.n != r->group.n ||
		memcmp(group.p, r->group.p, group.n) != 0)) {
		print_error("%s: the group\n", entries[i].name);
		++*bad;
	}
	/* the shown key begins with mask_front bytes of the key */
	if (memcmp(key.p, r->key.p, mask_front(r)) != 0)
		++*bad;
	buf_release(&key);
	buf_release(&sort);
	buf_release(&group);
}

static void
test_entries(void **state)
{
	const struct key_schema schema = { "pk", "sk" };
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(entries); i++) {
		struct rules rules = {
			.session_prefixes = &entries[i].given,
			.nprefixes = entries[i].given != NULL,
			.all_sessions = entries[i].all,
			.mask_partition = entries[i].partition,
			.mask_sort = entries[i].sort_named,
		};
		struct entry e;

		entry_read(&e, slice_str(entries[i].json), &schema, &rules);
		check_entry(i, &e.record, &bad);
		buf_release(&e.scratch);
	}
	assert_int_equal(bad, 0);
}

/* The key in a message about a failure. */
static void
test_item(void **state)
{
	const struct rules rules = { .now = NOW };
	const struct item item = { .partition = SLICE("{\"S\":\"USER#1\"}"),
		.sort = SLICE("{\"S\":\"SESSION#a\"}") };
	struct buf b = { 0 };

	(void)state;
	mask_item(&b, &rules, &item);
	assert_string_equal(buf_text(&b), MARK "3c2263 SESSION#" MARK "4c41bc");
	buf_release(&b);
}

/* A server's message that repeats the keys. */
static void
test_message(void **state)
{
	const struct rules rules = { .now = NOW };
	const struct item session = { .partition =
					  SLICE("{\"S\":\"USER#12345\"}"),
		.sort = SLICE("{\"S\":\"SESSION#abcdefgh\"}") };
	const struct item other = { .partition =
					SLICE("{\"S\":\"user:12345\"}") };
	struct buf b = { 0 };

	(void)state;
	mask_message(&b, &rules, &session,
	    "USER#12345: no; SESSION#abcdefgh, abcdefghabcdefg");
	assert_string_equal(buf_text(&b),
	    MARK ": no; SESSION#" MARK ", " MARK "abcdefg");
	buf_reset(&b);
	mask_message(&b, &rules, &other, "user:12345: no");
	assert_string_equal(buf_text(&b), "user:12345: no");
	buf_reset(&b);
	mask_message(&b, &rules, &session, "");
	assert_string_equal(buf_text(&b), "");
	buf_release(&b);
}

/* Which attributes of which entry are masked. */
static const struct {
	const char *name;
	const char *key, *attribute; /* the attribute's JSON */
	bool hides;
} values[] = {
	/* clang-format off */
	{ "of a session", "session:1", "\"a\":{\"S\":\"x\"}", true },
	{ "of an item", "user:1", "\"a\":{\"S\":\"x\"}", false },
	{ "access_token", "user:1", "\"access_token\":{\"S\":\"x\"}", true },
	{ "client_Secret", "user:1", "\"client_Secret\":{\"N\":\"1\"}", true },
	{ "PASSWORD", "user:1", "\"PASSWORD\":{\"B\":\"AA==\"}", true },
	{ "setCookie2", "user:1", "\"setCookie2\":{\"L\":[]}", true },
	{ "sess", "user:1", "\"sess\":{\"M\":{}}", true },
	{ "escaped", "user:1", "\"t\\u006fken\":{\"S\":\"x\"}", true },
	{ "tok en", "user:1", "\"tok en\":{\"S\":\"x\"}", false },
	{ "the TTL of a session", "session:1", "\"ttl\":{\"N\":\"1\"}", false },
	{ "the TTL of a session, a time", "session:1", "\"ttl\":{\"S\":\"2026-01-01T00:00:00Z\"}", false },
	{ "the TTL of a session, another text", "session:1", "\"ttl\":{\"S\":\"x\"}", true },
	{ "the TTL of a session, a map", "session:1", "\"ttl\":{\"M\":{}}", true },
	{ "the TTL of an item, another text", "user:1", "\"ttl\":{\"S\":\"x\"}", false },
	/* clang-format on */
};

static void
test_values(void **state)
{
	const struct key_schema schema = { "pk", NULL };
	const struct rules rules = { .now = NOW };
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		struct slice_walk w;
		struct slice name = { 0 }, value = { 0 };
		struct buf json = { 0 };
		struct entry e;

		buf_addf(&json, "{\"pk\":{\"S\":\"%s\"},%s}", values[i].key,
		    values[i].attribute);
		entry_read(&e, (struct slice){ json.p, json.n }, &schema,
		    &rules);
		w = slice_walk(e.item.json);
		assert_int_equal(slice_object(&w), 0);
		while (slice_member(&w, &name) == 1)
			assert_int_equal(slice_value(&w, &value), 0);
		if (mask_hides(&e.record, name, value) != values[i].hides) {
			print_error("%s\n", values[i].name);
			bad++;
		}
		buf_release(&json);
		buf_release(&e.scratch);
	}
	assert_int_equal(bad, 0);
}

/* JSON in strings and binaries. */
static const struct {
	const char *name;
	const char *value;
	bool hides;
} documents[] = {
	/* clang-format off */
	{ "not JSON", "{\"S\":\"token=abc\"}", false },
	{ "a member", "{\"S\":\"{\\\"token\\\":1}\"}", true },
	{ "another member", "{\"S\":\"{\\\"taken\\\":1}\"}", false },
	{ "nested deep", "{\"S\":\"[1,{\\\"a\\\":[{\\\"Cookie\\\":null}]}]\"}", true },
	{ "a value that says token", "{\"S\":\"{\\\"a\\\":\\\"token\\\"}\"}", false },
	{ "spaces before it", "{\"S\":\" \\n {\\\"token\\\":1}\"}", true },
	{ "truncated JSON", "{\"S\":\"{\\\"token\\\":1\"}", false },
	{ "JSON in JSON", "{\"S\":\"{\\\"a\\\":\\\"{\\\\\\\"token\\\\\\\":1}\\\"}\"}", true },
	{ "a string of JSON", "{\"S\":\"\\\"{\\\\\\\"token\\\\\\\":1}\\\"\"}", true },
	{ "an escaped name", "{\"S\":\"{\\\"t\\\\u006fken\\\":1}\"}", true },
	{ "binary", "{\"B\":\"eyJ0b2tlbiI6MX0=\"}", true },
	{ "other binary", "{\"B\":\"AAAA\"}", false },
	{ "a number", "{\"N\":\"1\"}", false },
	/* clang-format on */
};

static void
test_json(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(documents); i++)
		if (mask_hides_json(slice_str(documents[i].value)) !=
		    documents[i].hides) {
			print_error("%s\n", documents[i].name);
			bad++;
		}
	assert_int_equal(bad, 0);
}

/* mask_text appends, and mask_is recognizes what it added. */
static void
test_adds(void **state)
{
	struct rules rules = { .session_prefixes = prefixes,
		.nprefixes = COUNT(prefixes) };
	struct buf b = { 0 };

	(void)state;
	buf_adds(&b, "> ");
	mask_text(&b, &rules, SLICE("session:abc"));
	assert_string_equal(buf_text(&b), "> session:" MARK "a29d80");
	assert_true(mask_is((struct slice){ b.p + 2, b.n - 2 }));
	buf_reset(&b);
	(void)setlocale(LC_CTYPE, "C");
	mask_text(&b, &rules, SLICE("session:abc"));
	mask_value(&b, 312);
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	assert_string_equal(buf_text(&b), "session:...a29d80... 312 B");
	buf_release(&b);
}

static const struct {
	const char *name;
	const char *text;
	int is;
} masks[] = {
	/* clang-format off */
	{ "masked", "session:0123" MARK "3e27ee", 1 },
	{ "nothing before it", MARK "3e27ee", 1 },
	{ "an ellipsis in the middle", "a" MARK "b" MARK "000000", 1 },
	{ "five digits", "session:" MARK "3e27e", 0 },
	{ "seven digits", "session:" MARK "3e27ee0", 0 },
	{ "not a hexadecimal digit", "session:" MARK "3e27eg", 0 },
	{ "upper-case digits", "session:" MARK "3E27EE", 0 },
	{ "three dots: of a locale without UTF-8", "session:...3e27ee", 1 },
	{ "two dots", "session:..3e27ee", 0 },
	{ "no ellipsis", "session:0123456789", 0 },
	{ "half an ellipsis", "\x80\xa6" "3e27ee", 0 },
	{ "empty", "", 0 },
	/* clang-format on */
};

static void
test_is(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(masks); i++)
		if (mask_is(slice_str(masks[i].text)) != masks[i].is) {
			print_error("%s\n", masks[i].name);
			bad++;
		}
	if (mask_is((struct slice){ "a" MARK "3e27\0e", 10 }) != 0)
		bad++;
	assert_int_equal(bad, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_item),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_adds),
		cmocka_unit_test(test_is),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
