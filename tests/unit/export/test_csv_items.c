#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "export/csv_items.h"
#include "export/reader.h"
#include "lib/base/fault.h"
#include "lib/stream/input.h"
#include "tests/unit/files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NAMES "key,kind,state,reason,ttl,expires,overdue,size,attributes\n"
#define TWO "key,at,kind,state,reason,ttl,expires,overdue,size,attributes\n"

static struct csv_items *
opened(const char *text, size_t n, struct fault *f)
{
	struct input *in;

	put(at("file"), text, n);
	in = input_open(at("file"), NULL);
	assert_non_null(in);
	return csv_items_of(in, f);
}

/* The key by the header row. */
static const struct {
	const char *name, *text, *hint;
	const char *want;  /* "name:TYPE[,name:TYPE]"; NULL: a fault … */
	const char *fault; /* … that says this */
} heads[] = {
	{ "an export", NAMES, NULL, "key:S", NULL },
	{ "with a sort key", TWO, NULL, "key:S,at:S", NULL },
	{ "a byte order mark", "\xef\xbb\xbf" NAMES, NULL, "key:S", NULL },
	{ "columns of another program", "id,attributes\n", NULL, "id:S", NULL },
	{ "in another order", "id,attributes,@a,size\n", NULL, "id:S", NULL },
	{ "two keys of another program", "pk,sk,attributes\n", NULL,
	    "pk:S,sk:S", NULL },
	{ "an attribute's column", "id,@x,attributes\n", NULL, "id:S", NULL },
	{ "made safe", "id,'@x,attributes\n", NULL, "id:S", NULL },
	{ "a sort key named like a column",
	    "key,kind,kind,state,reason,ttl,expires,overdue,size,attributes\n",
	    NULL, "key:S,kind:S", NULL },
	{ "keys named like columns",
	    "attributes,size,kind,state,reason,ttl,expires,overdue,size,"
	    "attributes\n",
	    NULL, "attributes:S,size:S", NULL },
	{ "hinted", NAMES, "key", "key:S", NULL },
	{ "a number", NAMES, "key:N", "key:N", NULL },
	{ "two types", TWO, "key:B,at:N", "key:B,at:N", NULL },
	{ "an invalid type", "a:X,attributes\n", "a:X", "a:X:S", NULL },
	{ "a name like a type", ":N,attributes\n", ":N", ":N:S", NULL },
	{ "empty", " \n", NULL, NULL, "not an export or a journal" },
	{ "no attributes", "key,kind\n", NULL, NULL,
	    "/file: not an export or a journal; CSV needs the column "
	    "\"attributes\": export without --columns, or with --format "
	    "dynamodb-json" },
	{ "semicolons", "key;kind;attributes\n", NULL, NULL,
	    "/file: it looks like a header row separated by semicolons; save the "
	    "file with commas, or write it with export --format csv, or, if it is from the AWS CLI, with --output json" },
	{ "the key is not first", "attributes,key\n", NULL, NULL,
	    "/file: its first column is \"attributes\", but must be the key" },
	{ "an invalid name", "key,\xff,attributes\n", NULL, NULL,
	    "/file:1: row 1: not a header row of CSV: cell 2 is not UTF-8 text; CSV has commas between its cells; if it is an export or a journal, not CSV, its beginning is missing or damaged: use another copy of it" },
	{ "another hint", NAMES, "id", NULL,
	    "/file: its first columns are the key (key), not (id) as --key "
	    "says; give --key key, or leave out --key" },
	{ "a hint without the sort key", TWO, "key", NULL,
	    "the key (key,at), not (key) as --key says; give --key key,at, " },
	{ "a hint with a sort key", NAMES, "key,at", NULL,
	    "the key (key), not (key,at) as --key says" },
	{ "three keys", "a,b,c,attributes\n", NULL, NULL,
	    "/file: column 3, \"c\", is not one that ttlsweep writes; "
	    "remove it, or move it after \"attributes\"" },
	{ "columns added after those of an export",
	    "key,kind,state,reason,ttl,expires,overdue,size,attributes,"
	    "reviewed,,\n",
	    NULL, "key:S", NULL },
	{ "columns added after those of another program",
	    "pk,sk,attributes,who\n", NULL, "pk:S,sk:S", NULL },
	{ "a column added in between",
	    "key,kind,state,reason,ttl,seen,expires,overdue,size,attributes\n",
	    NULL, NULL, "column 6, \"seen\", is not one that ttlsweep writes" },
	{ "a column added before them",
	    "key,seen,kind,state,reason,ttl,expires,overdue,size,attributes\n",
	    "key", NULL,
	    "its first columns are the key (key,seen), not (key) as --key "
	    "says" },
	{ "a column added after the sort key",
	    "key,at,seen,kind,state,reason,ttl,expires,overdue,size,"
	    "attributes\n",
	    "key,at", NULL, "column 3, \"seen\", is not one that" },
	{ "UTF-16", "\xff\xfek", NULL, NULL,
	    "/file:1: it is UTF-16; save it as CSV in UTF-8" },
	{ "an empty name", ",attributes\n", "", ":S", NULL },
};

static void
test_heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(heads); i++) {
		struct buf out = { 0 };
		struct fault f = { 0 };
		struct csv_key key;
		struct csv_items *c =
		    opened(heads[i].text, strlen(heads[i].text), &f);

		if (c != NULL &&
		    csv_items_guess(c, heads[i].hint, &key, &f) == 0) {
			buf_addf(&out, "%s:%s", key.partition,
			    attr_type_name(key.partition_type));
			if (key.sort != NULL)
				buf_addf(&out, ",%s:%s", key.sort,
				    attr_type_name(key.sort_type));
		}
		if (heads[i].want != NULL
			? strcmp(buf_text(&out), heads[i].want) != 0
			: f.kind != FAULT_DATA ||
			    strstr(f.text, heads[i].fault) == NULL)
			fail_msg("%s: %s %s", heads[i].name, buf_text(&out),
			    f.text);
		csv_items_close(c);
		buf_release(&out);
	}
}

/* One row below NAMES, and its entry. */
static const struct {
	const char *name, *types;
	struct slice row;
	const char *want;  /* NULL: a fault … */
	const char *fault; /* … that says this */
} rows[] = {
	{ "plain", "S", SLICE("a,,,,,,,,\"{\"\"x\"\":{\"\"S\"\":\"\"y\"\"}}\""),
	    "{\"key\":{\"S\":\"a\"},\"x\":{\"S\":\"y\"}}", NULL },
	{ "nothing but the key", "S", SLICE("a,,,,,,,,{}"),
	    "{\"key\":{\"S\":\"a\"}}", NULL },
	{ "white space in JSON", "S", SLICE("a,,,,,,,,\" { } \""),
	    "{\"key\":{\"S\":\"a\"}}", NULL },
	{ "NUL and quotes in the key", "S", SLICE("\"a\0\"\"\r\n\",,,,,,,,{}"),
	    "{\"key\":{\"S\":\"a\\u0000\\\"\\u000d\\u000a\"}}", NULL },
	{ "the TTL is taken from attributes", "S",
	    SLICE("a,,,,1,,,,\"{\"\"ttl\"\":{\"\"N\"\":\"\"2\"\"}}\""),
	    "{\"key\":{\"S\":\"a\"},\"ttl\":{\"N\":\"2\"}}", NULL },
	{ "a number", "N", SLICE("-1.50,,,,,,,,{}"),
	    "{\"key\":{\"N\":\"-1.50\"}}", NULL },
	{ "bytes", "B", SLICE("AAE=,,,,,,,,{}"), "{\"key\":{\"B\":\"AAE=\"}}",
	    NULL },
	{ "a key that looks masked", "S",
	    SLICE("session:\xe2\x80\xa6"
		  "0123ef,,,,,,,,{}"),
	    "{\"key\":{\"S\":\"session:\xe2\x80\xa6"
	    "0123ef\"}}",
	    NULL },
	/* 'key' and its value: 5 bytes */
	{ "a key that only looks made safe", "S", SLICE("'=,,,,,,,5,{}"),
	    "{\"key\":{\"S\":\"'=\"}}", NULL },
	{ "made safe", "S", SLICE("'=,,,,,,,4,{}"), NULL,
	    "/file:2: row 2: its key was made safe" },
	{ "made safe, no size", "S", SLICE("'=,,,,,,,,{}"), NULL, "made safe" },
	{ "base64 made safe", "B", SLICE("'+AAA,,,,,,,,{}"), NULL,
	    "made safe" },
	{ "a cell too few", "S", SLICE("a,,,,,,,{}"), NULL,
	    "/file:2: row 2: it has 8 cells, but the header row has 9" },
	{ "a cell too many", "S", SLICE("a,,,,,,,,{},"), NULL,
	    "it has 10 cells" },
	{ "no key", "S", SLICE(",,,,,,,,{}"), NULL,
	    "cell 1 is not a valid key \"key\": not there" },
	{ "not a number", "N", SLICE("a,,,,,,,,{}"), NULL, "not a decimal" },
	{ "not UTF-8", "S", SLICE("\xc3,,,,,,,,{}"), NULL,
	    "not text in UTF-8" },
	{ "masked", "S",
	    SLICE("session:\xe2\x80\xa6"
		  "0123ef,,,,,,,,"
		  "\xe2\x80\xa6 12 B"),
	    NULL, "a session, and it is masked" },
	{ "no attributes", "S", SLICE("a,,,,,,,,"), NULL,
	    "is not valid JSON from its byte 1 on" },
	{ "truncated by a spreadsheet", "S",
	    SLICE("a,,,,,,,,\"{\"\"x\"\":{\"\"S\"\":\"\"y\""), NULL,
	    "is not valid JSON from its byte 13 on" },
	{ "not an object", "S", SLICE("a,,,,,,,,[]"), NULL,
	    "is not a JSON object" },
	{ "plain JSON", "S", SLICE("a,,,,,,,,\"{\"\"x\"\":1}\""), NULL,
	    "\"x\" in the column \"attributes\" is not an attribute value" },
	{ "not a decimal, in a map", "S",
	    SLICE(
		"a,,,,,,,,\"{\"\"x\"\":{\"\"L\"\":[{\"\"N\"\":\"\"y\"\"}]}}\""),
	    NULL, "\"x\" in the column" },
	{ "the key in attributes, too", "S",
	    SLICE("a,,,,,,,,\"{\"\"k\\u0065y\"\":{\"\"S\"\":\"\"b\"\"}}\""),
	    NULL, "has the key's \"k\\u0065y\", too" },
};

/* --- the types of a key, by the sizes of entries --- */

#define ROW(key, size) key ",,,,,,," size ",{}\n"
#define PAIR(one, two, size) one "," two ",,,,,,," size ",{}\n"

static const struct {
	const char *name, *text, *hint;
	const char *want; /* the images, or in the fault */
} typed[] = {
	/* clang-format off */
	{ "text", NAMES ROW("abcd", "7"), NULL, "{\"key\":{\"S\":\"abcd\"}}" },
	{ "base64", NAMES ROW("abcd", "6"), NULL,
	    "{\"key\":{\"B\":\"abcd\"}}" },
	{ "a number", NAMES ROW("1234", "6"), NULL,
	    "{\"key\":{\"N\":\"1234\"}}" },
	{ "text of digits", NAMES ROW("1234", "7"), NULL,
	    "{\"key\":{\"S\":\"1234\"}}" },
	{ "any size but these", NAMES ROW("1234", "99"), NULL,
	    "{\"key\":{\"S\":\"1234\"}}" },
	{ "no size", NAMES ROW("1234", ""), NULL,
	    "{\"key\":{\"S\":\"1234\"}}" },
	{ "as told", NAMES ROW("abcd", "6"), "key",
	    "{\"key\":{\"S\":\"abcd\"}}" },
	{ "no column of sizes", "key,attributes\nabcd,{}\n", NULL,
	    "{\"key\":{\"S\":\"abcd\"}}" },
	{ "of one size as text and number",
	    NAMES ROW("12", "5") ROW("123", "6"), NULL,
	    "{\"key\":{\"S\":\"12\"}}{\"key\":{\"S\":\"123\"}}" },
	{ "known only later", NAMES ROW("12", "5") ROW("1234", "6"), NULL,
	    "/file:3: row 3: its size shows that the key has other types than "
	    "in the rows before: name them, --key key:N" },
	{ "two", TWO PAIR("abcd", "1234", "12"), NULL,
	    "{\"key\":{\"S\":\"abcd\"},\"at\":{\"N\":\"1234\"}}" },
	{ "two, known only later",
	    TWO PAIR("YQ==", "12", "8") PAIR("YQ==", "1234", "9"), NULL,
	    "name them, --key key:B,at:N" },
	/* clang-format on */
};

static void
test_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * COUNT(typed); i++) {
		const char *text = typed[i / 2].text;
		struct fault f = { 0 };
		struct csv_items *c = opened(text, strlen(text), &f);
		struct csv_key key;
		struct buf out = { 0 };
		struct slice image;
		int64_t line;
		int r;

		assert_int_equal(csv_items_guess(c, typed[i / 2].hint, &key,
				     &f),
		    0);
		if (i % 2 == 1)
			assert_int_equal(csv_items_restart(c, &f), 0);
		while ((r = csv_items_next(c, &image, &line, &f)) == 1)
			buf_add(&out, image.p, image.n);
		if (r < 0 ? strstr(f.text, typed[i / 2].want) == NULL
			  : strcmp(buf_text(&out), typed[i / 2].want) != 0)
			fail_msg("%s: %s %s", typed[i / 2].name, buf_text(&out),
			    f.text);
		csv_items_close(c);
		buf_release(&out);
	}
}

static void
test_rows(void **state)
{
	static const enum attr_type
	    type[] = { ['S'] = ATTR_S, ['N'] = ATTR_N, ['B'] = ATTR_B };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct csv_key key = { "key", NULL,
			type[(int)*rows[i].types], ATTR_S };
		struct buf text = { 0 };
		struct slice image = { NULL, 0 };
		struct fault f = { 0 };
		struct csv_items *c;
		int64_t line;

		buf_adds(&text, NAMES);
		buf_add(&text, rows[i].row.p, rows[i].row.n);
		c = opened(text.p, text.n, &f);
		assert_int_equal(csv_items_key(c, &key, &f), 0);
		for (int walk = 0; walk < 2; walk++) {
			int r = csv_items_next(c, &image, &line, &f);

			if (rows[i].want == NULL
				? r != -1 || f.kind != FAULT_DATA ||
				    strstr(f.text, rows[i].fault) == NULL
				: r != 1 || line != 2 ||
				    image.n != strlen(rows[i].want) ||
				    memcmp(image.p, rows[i].want, image.n) != 0)
				fail_msg("%s: %.*s %s", rows[i].name,
				    SLICE_ARG(image), f.text);
			if (r == 1)
				assert_int_equal(csv_items_next(c, &image,
						     &line, &f),
				    0);
			assert_int_equal(csv_items_restart(c, &f), 0);
		}
		csv_items_close(c);
		buf_release(&text);
	}
}

/* The table and the file must have the same key. */
static void
test_keys(void **state)
{
	static const struct {
		const char *text, *partition, *sort;
		bool good;
	} tables[] = {
		{ NAMES, "key", NULL, true },
		{ NAMES, "id", NULL, false },
		{ NAMES, "key", "kind", false },
		{ TWO, "key", "at", true },
		{ TWO, "at", "key", false },
		{ TWO, "key", NULL, false },
		{ "key,attributes\n", "key", NULL, true },
		{ "key,attributes\n", "key", "attributes", false },
		{ "key,at,attributes\n", "key", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++) {
		const struct csv_key key = { tables[i].partition,
			tables[i].sort, ATTR_S, ATTR_S };
		struct csv_items *c =
		    opened(tables[i].text, strlen(tables[i].text), NULL);

		if ((csv_items_key(c, &key, NULL) == 0) != tables[i].good)
			fail_msg("%zu: %s", i, tables[i].text);
		csv_items_close(c);
	}
}

/* The kind of a file is detected by how it begins. */
static void
test_told(void **state)
{
	static const struct {
		const char *name;
		struct slice text;
		const char *want; /* the keys, or in the fault */
	} files[] = {
		{ "CSV", SLICE("key,attributes\na,{}\nb,{}\n"), "a@2 b@3 " },
		{ "after empty lines", SLICE("\r\n\n\nkey,attributes\na,{}"),
		    "a@5 " },
		{ "with a byte order mark",
		    SLICE("\xef\xbb\xbf\"key\",attributes\na,{}"), "a@2 " },
		{ "JSON after white space",
		    SLICE(" \n\t{\"Item\":{\"key\":"
			  "{\"S\":\"a\"}}}"),
		    "a@2 " },
		{ "empty", SLICE(""), "" },
		{ "white space", SLICE(" \n\n"), "" },
		{ "an empty array", SLICE("[]"), "" },
		{ "an array of numbers", SLICE("[7]"), "not an entry" },
		{ "NUL", SLICE("\0\0"), "not a header row" },
		{ "text", SLICE("hello\n"), "not an export or a journal" },
		{ "JSON Lines", SLICE("{\"key\":\"a\"}"),
		    "JSON Lines have lost the types" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(files); i++) {
		enum reader_which which =
		    i % 2 == 0 ? READER_DELETED : READER_RESTORE;
		struct slice item;
		struct fault f = { 0 };
		struct buf out = { 0 };
		struct reader *r;
		int64_t line;
		char *partition = NULL, *sort = NULL;
		int got = -1;

		put(at("file"), files[i / 2].text.p, files[i / 2].text.n);
		r = reader_open(at("file"), which, NULL, &f);
		if (r != NULL &&
		    reader_schema(r, NULL, &partition, &sort, &f) !=
			KEY_UNKNOWN)
			while ((got = reader_next(r, &item, &line, &f)) == 1)
				buf_addf(&out, "%.*s@%d ",
				    SLICE_ARG(slice_unquote(
					slice_get(slice_get(item, "key"),
					    "S"))),
				    (int)line);
		if (got < 0)
			buf_adds(&out, f.text);
		if (got < 0 ? strstr(buf_text(&out), files[i / 2].want) == NULL
			    : strcmp(buf_text(&out), files[i / 2].want) != 0)
			fail_msg("%s: %s", files[i / 2].name, buf_text(&out));
		reader_close(r);
		buf_release(&out);
		free(partition);
		free(sort);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_heads, directory_setup,
		    directory_teardown),
		cmocka_unit_test_setup_teardown(test_types, directory_setup,
		    directory_teardown),
		cmocka_unit_test_setup_teardown(test_rows, directory_setup,
		    directory_teardown),
		cmocka_unit_test_setup_teardown(test_keys, directory_setup,
		    directory_teardown),
		cmocka_unit_test_setup_teardown(test_told, directory_setup,
		    directory_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
