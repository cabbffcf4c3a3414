#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "export/column.h"
#include "inspector/mask.h"
#include "lib/base/fault.h"
#include "tests/unit/entry.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct key_schema key_only = { "key", NULL };
static const struct key_schema both = { "pk", "sk" };
static const struct key_schema odd = { "state", "size" };
static const struct key_schema ttl_sorts = { "key", "ttl" };
static const struct key_schema ttl_is_key = { "ttl", NULL };

/* The headings joined by '|', a sort key's with "*". */
static void
test_parse(void **state)
{
	static const struct {
		const char *list;
		const struct key_schema *schema;
		const char *want; /* NULL: refused */
	} cases[] = {
		{ NULL, &key_only,
		    "key|kind|state|reason|expires|overdue|size" },
		{ NULL, &both,
		    "pk|sk*|kind|state|reason|expires|overdue|size" },
		{ "key", &key_only, "key" },
		{ "key", &both, "pk" },
		{ "pk,sk", &both, "pk|sk*" },
		{ "sk,pk,key", &both, "sk*|pk|pk" },
		{ " key , size ", &key_only, "key|size" },
		{ "kind,state,reason,ttl,expires,overdue,size,group,value,"
		  "attributes",
		    &both,
		    "kind|state|reason|ttl|expires|overdue|"
		    "size|group|value|attributes" },
		{ "@data,@key,@@,@a b", &key_only, "@data|@key|@@|@a b" },
		{ "state,size,key", &odd, "state|size|state" },
		{ "key,key", &key_only, "key|key" },
		{ "", &key_only, NULL },
		{ "key,", &key_only, NULL },
		{ ",key", &key_only, NULL },
		{ "@", &key_only, NULL },
		{ "KEY", &key_only, NULL },
		{ "data", &key_only, NULL },
		{ "sk", &key_only, NULL },
		{ "pk", &key_only, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct columns c = { 0 };
		struct fault f = { 0 };
		struct buf got = { 0 };
		int rc = columns_parse(&c, cases[i].list, cases[i].schema, &f);

		print_message("%s\n",
		    cases[i].list != NULL ? cases[i].list : "default");
		if (cases[i].want == NULL) {
			assert_int_equal(rc, -1);
			assert_int_equal(f.kind, FAULT_USAGE);
			assert_non_null(strstr(f.text, "overdue, size"));
			assert_null(c.list);
			continue;
		}
		assert_int_equal(rc, 0);
		for (size_t k = 0; k < c.n; k++)
			buf_addf(&got, "%s%s%s", k > 0 ? "|" : "",
			    c.list[k].name, c.list[k].sort ? "*" : "");
		assert_string_equal(buf_text(&got), cases[i].want);
		columns_release(&c);
		buf_release(&got);
	}
}

static void
test_csv_columns(void **state)
{
	static const char *const want[] = { "pk", "sk", "kind", "state",
		"reason", "ttl", "expires", "overdue", "size", "attributes" };
	struct columns c;

	(void)state;
	columns_csv(&c, &both);
	assert_int_equal(c.n, COUNT(want));
	for (size_t i = 0; i < c.n; i++)
		assert_string_equal(c.list[i].name, want[i]);
	columns_release(&c);
	columns_csv(&c, &key_only);
	assert_int_equal(c.n, COUNT(want) - 1);
	assert_string_equal(c.list[0].name, "key");
	columns_release(&c);
}

#define ID "0123456789abcdef"
#define SESSION(rest) "{\"key\":{\"S\":\"session:" ID "\"}" rest "}"
#define ITEM(rest) "{\"key\":{\"S\":\"image:1\"}" rest "}"
#define TTL(n) ",\"ttl\":{\"N\":\"" n "\"}"

static const struct {
	const char *name, *column;
	const struct key_schema *schema;
	struct slice json;
	bool reveal;
	struct slice want;
} texts[] = {
	{ "a key", "key", &key_only, SLICE(ITEM("")), false, SLICE("image:1") },
	{ "a key with NUL and a newline", "key", &key_only,
	    SLICE("{\"key\":{\"S\":\"a\\u0000b\\r\\nc\"}}"), false,
	    SLICE("a\0b\r\nc") },
	{ "a number key", "key", &key_only,
	    SLICE("{\"key\":{\"N\":\"-1.50\"}}"), false, SLICE("-1.50") },
	{ "a binary key", "key", &key_only, SLICE("{\"key\":{\"B\":\"AP8=\"}}"),
	    false, SLICE("AP8=") },
	{ "a session's key, revealed", "key", &key_only, SLICE(SESSION("")),
	    true, SLICE("session:" ID) },
	{ "a sort key", "sk", &both,
	    SLICE("{\"pk\":{\"S\":\"session:x\"},\"sk\":{\"N\":\"7\"}}"), false,
	    SLICE("7") },
	{ "kind of a session", "kind", &key_only, SLICE(SESSION("")), false,
	    SLICE("session") },
	{ "kind of an item", "kind", &key_only, SLICE(ITEM("")), false,
	    SLICE("item") },
	{ "state", "state", &key_only, SLICE(ITEM(TTL("1795332270"))), false,
	    SLICE("pending") },
	{ "reason none", "reason", &key_only, SLICE(ITEM(TTL("1795332270"))),
	    false, SLICE("none") },
	{ "reason", "reason", &key_only, SLICE(ITEM("")), false,
	    SLICE("missing") },
	{ "ttl as stored", "ttl", &key_only, SLICE(ITEM(TTL("1.50E3"))), false,
	    SLICE("1.50E3") },
	{ "ttl of a session", "ttl", &key_only, SLICE(SESSION(TTL("7"))), false,
	    SLICE("7") },
	{ "ttl a string", "ttl", &key_only,
	    SLICE(ITEM(",\"ttl\":{\"S\":\"a\\tb\"}")), false, SLICE("a\tb") },
	{ "ttl a list", "ttl", &key_only,
	    SLICE(ITEM(",\"ttl\" : { \"L\" : [ ] }")), false,
	    SLICE("{\"L\":[]}") },
	{ "ttl missing", "ttl", &key_only, SLICE(ITEM("")), false, SLICE("") },
	{ "ttl is a session's key", "ttl", &ttl_is_key,
	    SLICE("{\"ttl\":{\"S\":\"session:abc\"}}"), true,
	    SLICE("session:abc") },
	{ "ttl is the sort key", "ttl", &ttl_sorts, SLICE(SESSION(TTL("7"))),
	    false, SLICE("7") },
	{ "expires", "expires", &key_only, SLICE(ITEM(TTL("1795332270"))),
	    false, SLICE("2026-11-22T07:24:30Z") },
	{ "expires, milliseconds", "expires", &key_only,
	    SLICE(ITEM(TTL("1795332270999"))), false,
	    SLICE("2026-11-22T07:24:30Z") },
	{ "expires, no time", "expires", &key_only, SLICE(ITEM("")), false,
	    SLICE("") },
	{ "expires, far in the future", "expires", &key_only,
	    SLICE(ITEM(TTL("253402300799"))), false, SLICE("") },
	{ "expires, no zone", "expires", &key_only,
	    SLICE(ITEM(",\"ttl\":{\"S\":\"2026-11-22T01:02:03\"}")), false,
	    SLICE("2026-11-22T01:02:03Z") },
	{ "overdue", "overdue", &key_only, SLICE(ITEM(TTL("1795332211"))),
	    false, SLICE("60") },
	{ "overdue by less than a second", "overdue", &key_only,
	    SLICE(ITEM(TTL("1795332270.5"))), false, SLICE("0") },
	{ "overdue now", "overdue", &key_only, SLICE(ITEM(TTL("1795332271"))),
	    false, SLICE("") },
	{ "overdue, live", "overdue", &key_only, SLICE(ITEM(TTL("1795332272"))),
	    false, SLICE("") },
	{ "overdue, stuck", "overdue", &key_only,
	    SLICE(ITEM(TTL("1795332261000"))), false, SLICE("10") },
	{ "overdue, no time", "overdue", &key_only, SLICE(ITEM(TTL("-1E+125"))),
	    false, SLICE("") },
	{ "overdue, no zone, past in UTC only", "overdue", &key_only,
	    SLICE(ITEM(",\"ttl\":{\"S\":\"2026-11-22T01:02:03\"}")), false,
	    SLICE("") },
	{ "overdue, no zone, past everywhere", "overdue", &key_only,
	    SLICE(ITEM(",\"ttl\":{\"S\":\"2026-11-21T07:24:31\"}")), false,
	    SLICE("86400") },
	{ "overdue, immortal", "overdue", &key_only,
	    SLICE(ITEM(TTL("1895332271000"))), false, SLICE("") },
	{ "size", "size", &key_only, SLICE(ITEM("")), false, SLICE("10") },
	{ "group", "group", &key_only, SLICE(ITEM("")), false,
	    SLICE("image:") },
	{ "group of a session", "group", &key_only, SLICE(SESSION("")), false,
	    SLICE("session:") },
	{ "value", "value", &key_only,
	    SLICE(ITEM(",\"a\":{\"N\":\"1\"}" TTL(
		"2") ",\"b\":{\"L\":[{\"BOOL\":true},{\"NULL\":true}]}")),
	    false, SLICE("{\"a\":1,\"b\":[true,null]}") },
	{ "value, no attributes", "value", &key_only, SLICE(ITEM(TTL("2"))),
	    false, SLICE("{}") },
	{ "value of a session", "value", &key_only,
	    SLICE(SESSION(TTL("2") ",\"d\":{\"S\":\"secret\"}")), false,
	    SLICE("\xe2\x80\xa6 7 B") },
	{ "value of a session, revealed", "value", &key_only,
	    SLICE(SESSION(TTL("2") ",\"d\":{\"S\":\"secret\"}")), true,
	    SLICE("{\"d\":\"secret\"}") },
	{ "attributes", "attributes", &both,
	    SLICE("{\"pk\":{\"S\":\"x\"}, \"d\" : {\"S\":\"a\\u0000\"},\r\n"
		  "\"sk\":{\"S\":\"y\"},\"ttl\":{\"N\":\"1\"}}"),
	    false,
	    SLICE("{\"d\":{\"S\":\"a\\u0000\"},\"ttl\":{\"N\":\"1\"}}") },
	{ "attributes of a session", "attributes", &key_only,
	    SLICE(SESSION(",\"d\":{\"S\":\"secret\"}")), false,
	    SLICE("\xe2\x80\xa6 7 B") },
	{ "an attribute, S", "@d", &key_only,
	    SLICE(ITEM(",\"d\":{\"S\":\"a\\\"b\"}")), false, SLICE("a\"b") },
	{ "an attribute, its name escaped", "@d", &key_only,
	    SLICE(ITEM(",\"\\u0064\":{\"S\":\"x\"}")), false, SLICE("x") },
	{ "an attribute, N", "@d", &key_only,
	    SLICE(ITEM(",\"d\":{\"N\":\"12345678901234567890\"}")), false,
	    SLICE("12345678901234567890") },
	{ "an attribute, M", "@d", &key_only,
	    SLICE(ITEM(",\"d\":{\"M\":{\"x\": {\"S\":\" \"}}}")), false,
	    SLICE("{\"M\":{\"x\":{\"S\":\" \"}}}") },
	{ "an item's token", "value", &key_only,
	    SLICE(ITEM(",\"a\":{\"N\":\"1\"},\"Token\":{\"S\":\"abc\"}")),
	    false, SLICE("{\"a\":1,\"Token\":\"\xe2\x80\xa6 3 B\"}") },
	{ "an item's token, typed", "attributes", &key_only,
	    SLICE(ITEM(",\"a\":{\"N\":\"1\"},\"Token\":{\"S\":\"abc\"}")),
	    false,
	    SLICE("{\"a\":{\"N\":\"1\"},\"Token\":\"\xe2\x80\xa6 3 B\"}") },
	{ "an item's token, revealed", "attributes", &key_only,
	    SLICE(ITEM(",\"Token\":{\"S\":\"abc\"}")), true,
	    SLICE("{\"Token\":{\"S\":\"abc\"}}") },
	{ "a token in a map in a list", "value", &key_only,
	    SLICE(
		ITEM(",\"l\":{\"L\":[{\"M\":{\"a\":{\"NULL\":true},\"sessId\":"
		     "{\"N\":\"77\"}}}]}")),
	    false,
	    SLICE("{\"l\":[{\"a\":null,\"sessId\":\"\xe2\x80\xa6 2 B\"}]}") },
	{ "a token in a map, typed", "@m", &key_only,
	    SLICE(ITEM(",\"m\":{\"M\":{\"t\\u006fken\":{\"S\":\"x\"},\"b\":"
		       "{\"BOOL\":false}}}")),
	    false,
	    SLICE(
		"{\"M\":{\"t\\u006fken\":\"\xe2\x80\xa6 1 B\",\"b\":{\"BOOL\":"
		"false}}}") },
	{ "JSON with a token", "@j", &key_only,
	    SLICE(ITEM(",\"j\":{\"S\":\"{\\\"token\\\":1}\"}")), false,
	    SLICE("\xe2\x80\xa6 11 B") },
	{ "JSON without a token", "@j", &key_only,
	    SLICE(ITEM(",\"j\":{\"S\":\"{\\\"taken\\\":1}\"}")), false,
	    SLICE("{\"taken\":1}") },
	{ "sets of JSON", "value", &key_only,
	    SLICE(ITEM(",\"s\":{\"SS\":[\"{\\\"cookie\\\":1}\",\"a\"]},\"b\":"
		       "{\"BS\":[\"eyJ0b2tlbiI6MX0=\",\"AAAA\"]}")),
	    false,
	    SLICE("{\"s\":[\"\xe2\x80\xa6 12 B\",\"a\"],\"b\":[\"\xe2\x80\xa6 "
		  "16 B\",\"AAAA\"]}") },
	{ "a long sort key of a session", "sk", &both,
	    SLICE("{\"pk\":{\"S\":\"session:x\"},\"sk\":{\"S\":"
		  "\"0123456789abcdef\"}}"),
	    false,
	    SLICE("0123\xe2\x80\xa6"
		  "9f9f51") },
	{ "group of both keys", "group", &both,
	    SLICE("{\"pk\":{\"S\":\"USER#1\"},\"sk\":{\"S\":\"SESSION#a\"}}"),
	    false, SLICE("USER# SESSION#") },
	{ "a missing attribute", "@d", &key_only, SLICE(ITEM("")), false,
	    SLICE("") },
	{ "a session's attribute", "@d", &key_only,
	    SLICE(SESSION(",\"d\":{\"S\":\"secret\"}")), false,
	    SLICE("\xe2\x80\xa6 6 B") },
	{ "a session's ttl as an attribute", "@ttl", &key_only,
	    SLICE(SESSION(TTL("7"))), false, SLICE("7") },
	{ "a session's key as an attribute, revealed", "@key", &key_only,
	    SLICE(SESSION("")), true, SLICE("session:" ID) },
};

static void
column_of(struct buf *out, const char *column, const struct column_view *view,
    const struct record *r)
{
	struct columns c;
	struct fault f = { 0 };

	if (columns_parse(&c, column, view->schema, &f) != 0)
		fail_msg("%s", f.text);
	column_text(out, &c.list[0], view, r);
	columns_release(&c);
}

static void
test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct column_view view = { .schema = texts[i].schema,
			.reveal = texts[i].reveal };
		struct buf out = { 0 };
		struct entry e;

		print_message("%s\n", texts[i].name);
		entry_read(&e, texts[i].json, texts[i].schema, &entry_rules);
		buf_adds(&out, "=");
		column_of(&out, texts[i].column, &view, &e.record);
		assert_int_equal(out.n, texts[i].want.n + 1);
		if (out.n > 1)
			assert_memory_equal(out.p + 1, texts[i].want.p,
			    out.n - 1);
		buf_release(&out);
		buf_release(&e.scratch);
	}
}

/* No column shows a session's secret, whatever its key. */
static void
test_secrets(void **state)
{
	static const char *const custom[] = { "session:", "s", "u-" };
	static const struct {
		const char *name;
		const struct key_schema *schema;
		const char *json;
	} cases[] = {
		{ "ordinary", &key_only,
		    "{\"key\":{\"S\":\"session:SECRET"
		    "SECRET\"},\"d\":{\"S\":\"SECRET\"},\"m\":{\"M\":{\"x\":"
		    "{\"S\":\"SECRET\"}}}" TTL("1") "}" },
		{ "a prefix without a colon", &key_only,
		    "{\"key\":{\"S\":\"u-SECRETSECRET:x\"},\"d\":"
		    "{\"S\":\"SECRET\"}}" },
		{ "the TTL is the key", &ttl_is_key,
		    "{\"ttl\":{\"S\":\"session:SECRETSECRET\"},\"d\":"
		    "{\"S\":\"SECRET\"}}" },
		{ "not an attribute value", &key_only,
		    "{\"key\":{\"S\":\"session:SECRETSECRET\"},\"d\":"
		    "[\"SECRET\"]}" },
	};
	struct rules rules = entry_rules;

	(void)state;
	rules.session_prefixes = custom;
	rules.nprefixes = COUNT(custom);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct column_view view = { .schema = cases[i].schema };
		struct buf out = { 0 };
		struct entry e;

		print_message("%s\n", cases[i].name);
		entry_read(&e, slice_str(cases[i].json), cases[i].schema,
		    &rules);
		assert_int_equal(e.record.kind, KIND_SESSION);
		for (const struct column_def *d = column_defs; d->name != NULL;
		     d++)
			column_of(&out, d->name, &view, &e.record);
		column_of(&out, "@d", &view, &e.record);
		column_of(&out, "@m", &view, &e.record);
		column_of(&out, i == 2 ? "@ttl" : "@key", &view, &e.record);
		assert_null(strstr(buf_text(&out), "SECRET"));
		buf_reset(&out);
		column_of(&out, "key", &view, &e.record);
		assert_true(mask_is((struct slice){ buf_text(&out), out.n }));
		buf_release(&out);
		buf_release(&e.scratch);
	}
}

static void
test_unknown_size(void **state)
{
	struct rules rules = entry_rules;
	struct column_view view = { .schema = &key_only };
	struct buf out = { 0 };
	struct entry e;

	(void)state;
	rules.sizes = false;
	entry_read(&e, SLICE(ITEM("")), &key_only, &rules);
	column_of(&out, "size", &view, &e.record);
	assert_int_equal(out.n, 0);
	buf_release(&out);
	buf_release(&e.scratch);
}

/* The table that completion, help and the manual depend on. */
static void
test_table(void **state)
{
	(void)state;
	assert_string_equal(column_defs[COLUMN_KEY].name, "key");
	assert_null(column_defs[COLUMNS].name);
	for (const struct column_def *d = column_defs; d->name != NULL; d++) {
		assert_true(d->help != NULL && *d->help != '\0');
		assert_true(d->width > 0);
		for (const struct column_def *k = d + 1; k->name != NULL; k++)
			assert_string_not_equal(d->name, k->name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_csv_columns),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_unknown_size),
		cmocka_unit_test(test_table),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
