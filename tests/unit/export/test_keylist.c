#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "export/keylist.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/table.h"
#include "tests/unit/files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MASKED                     \
	"session:Ab12\xe2\x80\xa6" \
	"0123ef"

/* Tables by the types of partition and sort key. */
static struct ddb_table
table_of(const char *types)
{
	static const enum attr_type
	    type[] = { ['S'] = ATTR_S, ['N'] = ATTR_N, ['B'] = ATTR_B };
	static char partition[] = "key", sort[] = "at", name[] = "T";
	struct ddb_table t = { .name = name, .partition = partition };

	t.partition_type = type[(int)types[0]];
	if (types[1] != '\0') {
		t.sort = sort;
		t.sort_type = type[(int)types[1]];
	}
	t.schema = (struct key_schema){ t.partition, t.sort };
	return t;
}

static const struct {
	const char *name, *types;
	struct slice text;
	const char *want;  /* the keys; NULL: a fault … */
	const char *fault; /* … that says this */
	int64_t twice;
} cases[] = {
	{ "empty", "S", SLICE(""), "", NULL, 0 },
	{ "only a header row", "S", SLICE("\"key\",\"kind\"\r\n"), "", NULL,
	    0 },
	{ "an empty key", "S", SLICE("a\n\n\"\"\n"), NULL,
	    "/file:3: row 2: cell 1 is not a valid key \"key\": it is empty",
	    0 },
	{ "keys of any text", "S", SLICE("a\r\n b \n#c\n\n\"d,\"\"e\"\"\"\n"),
	    "a| b |#c|d,\"e\"|", NULL, 0 },
	{ "a header row of one column", "S", SLICE("key\na\n"), "a|", NULL, 0 },
	{ "a byte order mark", "S", SLICE("\xef\xbb\xbfkey\na\n"), "a|", NULL,
	    0 },
	{ "other columns are ignored", "S",
	    SLICE("key,state\na,\nb,\"\"\"\n\"\n"), "a|b|", NULL, 0 },
	{ "NUL", "S", SLICE("a\0b\n"), "a\\u0000b|", NULL, 0 },
	{ "duplicate keys", "S", SLICE("key,x\na,1\nb,2\na,3\na,4\n"), "a|b|",
	    NULL, 2 },
	{ "similar keys are different", "S", SLICE("a\n a\nA\na \na\0\n"),
	    "a| a|A|a |a\\u0000|", NULL, 0 },
	{ "numbers are compared by value", "N",
	    SLICE("1\n1.0\n10e-1\n-0\n0\n1.01\n+1\n"), "1|-0|1.01|", NULL, 4 },
	{ "38 digits", "N", SLICE("12345678901234567890123456789012345678\n"),
	    "12345678901234567890123456789012345678|", NULL, 0 },
	{ "39 digits", "N",
	    SLICE("1\n123456789012345678901234567890123456789\n"), NULL,
	    "/file:2: row 2: cell 1 is not a valid key \"key\": not a decimal",
	    0 },
	{ "a space before a number", "N", SLICE(" 1\n"), NULL, "row 1", 0 },
	{ "negative", "N", SLICE("-1\n"), "-1|", NULL, 0 },
	{ "bytes", "B", SLICE("AAE=\nQUI=\nAAE=\n"), "AAE=|QUI=|", NULL, 1 },
	{ "not base64", "B", SLICE("AAE\n"), NULL, "not base64", 0 },
	{ "not UTF-8", "S", SLICE("a\n\xff\n"), NULL,
	    "/file:2: row 2: cell 1 is not a valid key \"key\": not text in UTF-8",
	    0 },
	{ "two keys", "SN", SLICE("key,at,kind\na,1,\na,2,\nb,1.0,\na,1.00,\n"),
	    "a,1|a,2|b,1.0|", NULL, 1 },
	{ "two keys are compared separately", "SS",
	    SLICE("key,at\na,bc\nab,c\n"), "a,bc|ab,c|", NULL, 0 },
	{ "an invalid sort key", "SN", SLICE("key,at\na,x\n"), NULL,
	    "/file:2: row 2: cell 2 is not a valid key \"at\": not a decimal",
	    0 },
	{ "no sort key", "SS", SLICE("key\na\n"), NULL,
	    "/file:1: row 1: it is a header row without the sort key, "
	    "\"at\"; if the CSV was written from a file, write it again with "
	    "--key key,at",
	    0 },
	{ "two keys without a header row", "SS", SLICE("a,b\n"), NULL,
	    "/file:1: row 1: it is not a header row", 0 },
	{ "the header row of another table", "S", SLICE("id,kind\na,item\n"),
	    NULL,
	    "which begins with \"key\" (only a list of nothing but keys, one per line, needs none)",
	    0 },
	{ "an unquoted comma", "S", SLICE("a\nb,c\n"), NULL,
	    "/file:2: row 2: it has 2 cells, and the first row has 1", 0 },
	{ "a truncated row", "S", SLICE("key,kind\na,item\nb"), NULL,
	    "/file:3: row 3: it has 1 cell, ", 0 },
	{ "a truncated cell", "S", SLICE("key,kind\na,item\nb,\"it"), NULL,
	    "/file:3: row 3: the file ends inside cell 2", 0 },
	{ "masked", "S", SLICE("a\n" MASKED "\n"), NULL,
	    "/file:2: row 2: the key looks masked, and a masked key matches no entry; write the "
	    "list with ttlsweep list -t T --reveal --format csv",
	    0 },
	{ "masked, beside masked attributes", "S",
	    SLICE("key,kind,attributes\n" MASKED ",session,\xe2\x80\xa6 3 B\n"),
	    NULL, "the key looks masked", 0 },
	{ "masked, a session", "S", SLICE("key,kind\n" MASKED ",session\n"),
	    NULL, "masked", 0 },
	{ "masked, an item", "S", SLICE("key,kind\n" MASKED ",item\n"), NULL,
	    "masked", 0 },
	{ "a key that only looks masked, with its attributes", "S",
	    SLICE("key,kind,attributes\n" MASKED ",session,{}\n"), MASKED "|",
	    NULL, 0 },
	{ "semicolons", "S", SLICE("key;kind;state\na;item;stuck\n"), NULL,
	    "/file:1: row 1: it looks like a header row separated by "
	    "semicolons; save the list with commas (ttlsweep list does with "
	    "--reveal --format csv), or, if this is a key, put "
	    "the line key above it",
	    0 },
	{ "tabs", "S", SLICE("Key\tkind\na\titem\n"), NULL,
	    "a header row separated by tabs", 0 },
	{ "a name in capitals", "S", SLICE("KEY\na\n"), NULL,
	    "/file:1: row 1: is this the header row? The key is named "
	    "\"key\", not \"KEY\"; if this is a key, put the line key "
	    "above it",
	    0 },
	{ "keys like names, below a header row", "S",
	    SLICE("key\nKEY\nkey;kind\nkey\n"), "KEY|key;kind|key|", NULL, 0 },
	{ "keys that begin like the name", "S", SLICE("keys\nkey:\n"),
	    "keys|key:|", NULL, 0 },
	{ "UTF-16", "S", SLICE("\xff\xfek\0e\0y\0\n\0"), NULL,
	    "/file: is text in UTF-16; run: iconv -f UTF-16 -t UTF-8 ", 0 },
	{ "UTF-16, big endian", "S", SLICE("\xfe\xff\0k"), NULL, "UTF-16", 0 },
	{ "columns added", "S",
	    SLICE("key,kind,attributes,reviewed,,\na,item,{},yes,,\n"), "a|",
	    NULL, 0 },
	{ "made safe", "S", SLICE("a\n'=b\n"), NULL,
	    "/file:2: row 2: the key looks as if it was made safe for a "
	    "spreadsheet, and only the columns size and attributes could tell",
	    0 },
	/* 'key' and its value: 5 bytes */
	{ "a key that only looks made safe", "S",
	    SLICE("key,size,attributes\n'=,5,{}\n'@,8,\"{\"\"a\"\":{\"\"S\"\":"
		  "\"\"bc\"\"}}\"\n"),
	    "'=|'@|", NULL, 0 },
	{ "made safe, as its size says", "S",
	    SLICE("key,size,attributes\n'=,4,{}\n"), NULL,
	    "/file:2: row 2: the key was made safe for a spreadsheet", 0 },
	{ "made safe, with damaged attributes", "S",
	    SLICE("key,size,attributes\n'=,5,{\n"), NULL, "made safe", 0 },
	{ "two keys that only look made safe", "SS",
	    SLICE("key,at,size,attributes\n'=,'+a,10,{}\n"), "'=,'+a|", NULL,
	    0 },
	{ "a sort key made safe", "SS", SLICE("key,at\na,'@b\n"), NULL,
	    "made safe", 0 },
	{ "base64 made safe", "B", SLICE("'+AAA\n"), NULL, "made safe", 0 },
	{ "a key with a leading apostrophe", "S", SLICE("'a\n=b\n"), "'a|=b|",
	    NULL, 0 },
	{ "a quote in it", "S", SLICE("a\"b\n"), NULL,
	    "/file:1: row 1: a quote inside cell 1", 0 },
	{ "JSON", "S", SLICE("{\"schema\":\"ttlsweep.inspect/1\"}\n"), NULL,
	    "/file: is JSON, not a list of keys: CSV, as ttlsweep list", 0 },
	{ "a key that is a brace", "S", SLICE("{\n"), "{|", NULL, 0 },
};

/* The keys of ${list}, their values joined by , and | */
static void
keys(struct buf *out, const struct keylist *list)
{
	buf_reset(out);
	for (size_t i = 0; i < list->n; i++) {
		size_t from = i > 0 ? list->ends[i - 1] : 0;
		struct slice key = { list->json.p + from,
			list->ends[i] - from };
		struct slice_walk w = slice_walk(key);
		struct slice name, value, inner;
		int n = 0;

		assert_int_equal(slice_check(key, NULL), 0);
		assert_int_equal(slice_object(&w), 0);
		while (slice_member(&w, &name) == 1) {
			assert_true(slice_text_is(name, n == 0 ? "key" : "at",
			    n == 0 ? 3 : 2));
			assert_int_equal(slice_value(&w, &value), 0);
			(void)attr_open(value, &inner);
			if (n++ > 0)
				buf_addc(out, ',');
			if (memchr(inner.p, '"', inner.n) != NULL)
				slice_text_decode(out, inner);
			else
				buf_add(out, inner.p, inner.n);
		}
		buf_addc(out, '|');
	}
}

static void
test_lists(void **state)
{
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ddb_table t = table_of(cases[i].types);
		struct fault f = { 0 };
		struct keylist list;
		int rc;

		put(at("file"), cases[i].text.p, cases[i].text.n);
		rc = keylist_read(&list, at("file"), &t, &f);
		keys(&out, &list);
		if (cases[i].want == NULL
			? rc != -1 || strstr(f.text, cases[i].fault) == NULL
			: rc != 0 ||
			    strcmp(buf_text(&out), cases[i].want) != 0 ||
			    list.twice != cases[i].twice)
			fail_msg("%s: %s %s", cases[i].name, buf_text(&out),
			    f.text);
		keylist_release(&list);
	}
	buf_release(&out);
}

/* No key is longer than DynamoDB allows. */
static void
test_lengths(void **state)
{
	static const struct {
		const char *types;
		size_t bytes; /* of the last cell */
		bool good;
	} lengths[] = {
		{ "S", 2048, true },
		{ "S", 2049, false },
		{ "SS", 1024, true },
		{ "SS", 1025, false },
		{ "B", 2732, true }, /* 2049 bytes less one of padding */
		{ "B", 2736, false },
	};
	struct buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct ddb_table t = table_of(lengths[i].types);
		struct fault f = { 0 };
		struct keylist list;
		int rc;

		buf_reset(&text);
		if (t.sort != NULL)
			buf_adds(&text, "key,at\na,");
		for (size_t k = 0; k < lengths[i].bytes; k++)
			buf_addc(&text, 'A');
		if (*lengths[i].types == 'B')
			text.p[text.n - 1] = '=';
		put(at("file"), text.p, text.n);
		rc = keylist_read(&list, at("file"), &t, &f);
		if (rc != (lengths[i].good ? 0 : -1) ||
		    (rc != 0 && strstr(f.text, "longer than") == NULL))
			fail_msg("%s %zu: %s", lengths[i].types,
			    lengths[i].bytes, f.text);
		keylist_release(&list);
	}
	buf_release(&text);
}

/* Many keys, each three times. */
static void
test_many(void **state)
{
	struct ddb_table t = table_of("N");
	struct keylist list;
	struct buf text = { 0 };
	struct slice value;

	(void)state;
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 5000; i++)
			buf_addf(&text, round == 1 ? "%d.0\n" : "%d\n", i);
	put(at("file"), text.p, text.n);
	assert_int_equal(keylist_read(&list, at("file"), &t, NULL), 0);
	assert_int_equal(list.n, 5000);
	assert_int_equal(list.twice, 10000);
	value = slice_get((struct slice){ list.json.p + list.ends[4998],
			      list.ends[4999] - list.ends[4998] },
	    "key");
	assert_memory_equal(value.p, "{\"N\":\"4999\"}", value.n);
	keylist_release(&list);
	buf_release(&text);
}

static void
test_no_file(void **state)
{
	struct ddb_table t = table_of("S");
	struct keylist list;
	struct fault f = { 0 };

	(void)state;
	assert_int_equal(keylist_read(&list, at("none"), &t, &f), -1);
	assert_int_equal(f.kind, FAULT_IO);
	keylist_release(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lists, directory_setup,
		    directory_teardown),
		cmocka_unit_test_setup_teardown(test_lengths, directory_setup,
		    directory_teardown),
		cmocka_unit_test_setup_teardown(test_many, directory_setup,
		    directory_teardown),
		cmocka_unit_test_setup_teardown(test_no_file, directory_setup,
		    directory_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
