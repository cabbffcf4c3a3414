#include <csv.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/format.h"
#include "lib/base/fault.h"
#include "tests/unit/entry.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct key_schema key_only = { "key", NULL };
static const struct key_schema both = { "pk", "sk" };

static const struct format *
format_named(const char *name)
{
	for (const struct format *f = formats; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static void
test_lookup(void **state)
{
	static const struct {
		const char *path, *name;
	} cases[] = {
		{ "a.csv", "csv" },
		{ "a.csv.gz", "csv" },
		{ "/x.y/a.tsv", "tsv" },
		{ "a.jsonl", "jsonl" },
		{ "a.jsonl.gz", "jsonl" },
		{ "a.json", "dynamodb-json" },
		{ "a.json.gz", "dynamodb-json" },
		{ "a.txt", NULL },
		{ "a", NULL },
		{ "", NULL },
		{ ".gz", NULL },
		{ ".csv", NULL },
		{ "a.csv.gz.gz", NULL },
		{ "a.gz", NULL },
		{ "acsv", NULL },
		{ "a.CSV", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct format *f = format_of_path(cases[i].path);

		print_message("%s\n", cases[i].path);
		if (cases[i].name == NULL)
			assert_null(f);
		else
			assert_ptr_equal(f, format_named(cases[i].name));
	}
	assert_string_equal(formats[FORMAT_CSV].name, "csv");
	assert_string_equal(formats[FORMAT_TSV].name, "tsv");
	assert_string_equal(formats[FORMAT_JSONL].name, "jsonl");
	assert_string_equal(formats[FORMAT_DYNAMODB_JSON].name,
	    "dynamodb-json");
	assert_null(formats[FORMATS].name);
}

/* One row of ${format}. */
static void
row_of(struct buf *out, const char *format, const char *columns,
    const struct column_view *view, struct slice json)
{
	const struct format *f = format_named(format);
	struct columns c = { 0 };
	struct entry e;

	if (columns != NULL)
		assert_int_equal(columns_parse(&c, columns, view->schema, NULL),
		    0);
	else
		columns_csv(&c, view->schema);
	entry_read(&e, json, view->schema, &entry_rules);
	f->row(out, f->columned ? &c : NULL, view, &e.record);
	columns_release(&c);
	buf_release(&e.scratch);
}

/* Odd texts, and their TSV form. */
static const struct {
	const char *name, *json;
	struct slice text;
	const char *tsv;
} hostile[] = {
	{ "a quote", "a\\\"b", SLICE("a\"b"), "a\"b" },
	{ "quotes only", "\\\"\\\"", SLICE("\"\""), "\"\"" },
	{ "a comma", "a,b", SLICE("a,b"), "a,b" },
	{ "a newline", "a\\nb", SLICE("a\nb"), "a\\nb" },
	{ "CRLF", "a\\r\\nb\\r", SLICE("a\r\nb\r"), "a\\r\\nb\\r" },
	{ "a tab", "a\\tb", SLICE("a\tb"), "a\\tb" },
	{ "a backslash", "a\\\\tb", SLICE("a\\tb"), "a\\\\tb" },
	{ "NUL", "a\\u0000b", SLICE("a\0b"), "a\\x00b" },
	{ "only NUL", "\\u0000", SLICE("\0"), "\\x00" },
	{ "spaces at both ends", "  a  ", SLICE("  a  "), "  a  " },
	{ "a formula", "=1+1", SLICE("=1+1"), "=1+1" },
	{ "escape", "\\u001b[2J", SLICE("\x1b[2J"), "\\x1b[2J" },
	{ "umlaut", "\xc3\xa4", SLICE("\xc3\xa4"), "\xc3\xa4" },
	{ "a C1 control", "\xc2\x9b", SLICE("\xc2\x9b"), "\\xc2\\x9b" },
	{ "right to left", "\\u202e", SLICE("\xe2\x80\xae"),
	    "\\xe2\\x80\\xae" },
};

static struct buf fields; /* of a parsed CSV: <field> … | at a row's end */

static void
field(void *p, size_t n, void *ctx)
{
	(void)ctx;
	buf_addc(&fields, '<');
	buf_add(&fields, p, n);
	buf_addc(&fields, '>');
}

static void
row_end(int c, void *ctx)
{
	(void)c;
	(void)ctx;
	buf_addc(&fields, '|');
}

static void
parse_csv(const struct buf *csv)
{
	struct csv_parser p;

	buf_reset(&fields);
	assert_int_equal(csv_init(&p, CSV_STRICT | CSV_STRICT_FINI), 0);
	assert_int_equal(csv_parse(&p, csv->p, csv->n, field, row_end, NULL),
	    csv->n);
	assert_int_equal(csv_fini(&p, field, row_end, NULL), 0);
	csv_free(&p);
}

static void
test_csv(void **state)
{
	struct column_view view = { .schema = &key_only, .reveal = true };
	struct buf out = { 0 }, json = { 0 }, want = { 0 };
	struct columns c;

	(void)state;
	columns_csv(&c, &both);
	format_named("csv")->row(&out, &c, NULL, NULL);
	columns_release(&c);
	assert_string_equal(buf_text(&out),
	    "\"pk\",\"sk\",\"kind\",\"state\",\"reason\",\"ttl\",\"expires\","
	    "\"overdue\",\"size\",\"attributes\"\r\n");
	for (size_t i = 0; i < COUNT(hostile); i++) {
		print_message("%s\n", hostile[i].name);
		buf_reset(&json);
		buf_reset(&out);
		buf_reset(&want);
		buf_addf(&json, "{\"key\":{\"S\":\"%s\"},\"d\":{\"S\":\"%s\"}}",
		    hostile[i].json, hostile[i].json);
		row_of(&out, "csv", "key,@d,state", &view,
		    (struct slice){ json.p, json.n });
		assert_memory_equal(out.p + out.n - 2, "\r\n", 2);
		for (int k = 0; k < 2; k++) {
			buf_addc(&want, '<');
			buf_add(&want, hostile[i].text.p, hostile[i].text.n);
			buf_addc(&want, '>');
		}
		buf_adds(&want, "<immortal>|");
		parse_csv(&out);
		assert_int_equal(fields.n, want.n);
		assert_memory_equal(fields.p, want.p, want.n);
	}
	/* every type is kept */
	buf_reset(&out);
	row_of(&out, "csv", NULL, &view,
	    SLICE("{\"key\":{\"S\":\"session:x\"},"
		  "\"ttl\":{\"N\":\"1795332270\"},\"d\":{\"BS\":[\"AA==\"]}}"));
	assert_string_equal(buf_text(&out),
	    "\"session:x\",\"session\",\"pending\",\"none\",\"1795332270\","
	    "\"2026-11-22T07:24:30Z\",\"1\",\"23\",\"{\"\"ttl\"\":{\"\"N\"\":"
	    "\"\"1795332270\"\"},\"\"d\"\":{\"\"BS\"\":[\"\"AA==\"\"]}}\""
	    "\r\n");
	buf_release(&out);
	buf_release(&json);
	buf_release(&want);
	buf_release(&fields);
}

static void
test_tsv(void **state)
{
	struct column_view view = { .schema = &key_only, .reveal = true };
	struct buf out = { 0 }, json = { 0 }, want = { 0 };
	const struct key_schema tab = { "a\tb", NULL };
	struct columns c;

	(void)state;
	assert_int_equal(columns_parse(&c, NULL, &tab, NULL), 0);
	format_named("tsv")->row(&out, &c, NULL, NULL);
	columns_release(&c);
	assert_string_equal(buf_text(&out),
	    "a\\tb\tkind\tstate\treason\texpires\toverdue\tsize\n");
	for (size_t i = 0; i < COUNT(hostile); i++) {
		print_message("%s\n", hostile[i].name);
		buf_reset(&json);
		buf_reset(&out);
		buf_reset(&want);
		buf_addf(&json, "{\"key\":{\"S\":\"%s\"},\"d\":{\"S\":\"%s\"}}",
		    hostile[i].json, hostile[i].json);
		row_of(&out, "tsv", "key,@d,@none,kind", &view,
		    (struct slice){ json.p, json.n });
		buf_addf(&want, "%s\t%s\t\titem\n", hostile[i].tsv,
		    hostile[i].tsv);
		assert_int_equal(out.n, strlen(out.p));
		assert_string_equal(buf_text(&out), buf_text(&want));
	}
	buf_release(&out);
	buf_release(&json);
	buf_release(&want);
}

#define NULS "{\"S\":\"\\u0000\"}"

static const struct {
	const char *name, *json, *plain;
	const char *dynamodb; /* NULL: as it is */
} values[] = {
	{ "S", "{\"S\":\"a\"}", "\"a\"", NULL },
	{ "S with escapes", "{\"S\":\"\\u0000\\n\\\"\\\\\\/\\ud800\"}",
	    "\"\\u0000\\n\\\"\\\\\\/\\ud800\"", NULL },
	{ "S that a terminal obeys",
	    "{\"S\":\"a\x7f"
	    "b\xc2\x9b"
	    "c\xe2\x80\xae"
	    "d\xf3\xa0\x80\x81"
	    "e\xc3\xa4\"}",
	    "\"a\\u007fb\\u009bc\\u202ed\\udb40\\udc01e\xc3\xa4\"",
	    "{\"S\":\"a\\u007fb\\u009bc\\u202ed\\udb40\\udc01e\xc3\xa4\"}" },
	{ "N", "{\"N\":\"1\"}", "1", NULL },
	{ "N of 38 digits",
	    "{\"N\":\"-12345678901234567890123456789012345678\"}",
	    "-12345678901234567890123456789012345678", NULL },
	{ "N with an exponent", "{\"N\":\"1E+125\"}", "1E+125", NULL },
	{ "N, a fraction", "{\"N\":\"1.10\"}", "1.10", NULL },
	{ "N that JSON has no form for", "{\"N\":\"+1\"}", "\"+1\"", NULL },
	{ "N, a leading point", "{\"N\":\".5\"}", "\".5\"", NULL },
	{ "N, leading zeros", "{\"N\":\"007\"}", "\"007\"", NULL },
	{ "N with a space", "{\"N\":\" 7\"}", "\" 7\"", NULL },
	{ "N empty", "{\"N\":\"\"}", "\"\"", NULL },
	{ "N a word", "{\"N\":\"true\"}", "\"true\"", NULL },
	{ "N escaped", "{\"N\":\"\\u0031\"}", "\"\\u0031\"", NULL },
	{ "B", "{\"B\":\"AP8=\"}", "\"AP8=\"", NULL },
	{ "BOOL", "{\"BOOL\":false}", "false", NULL },
	{ "NULL", "{\"NULL\":true}", "null", NULL },
	{ "SS", "{\"SS\":[\"a\",\"b\"]}", "[\"a\",\"b\"]", NULL },
	{ "NS", "{\"NS\":[\"1\",\"2.50\",\"x\"]}", "[1,2.50,\"x\"]", NULL },
	{ "BS", "{\"BS\":[\"AA==\"]}", "[\"AA==\"]", NULL },
	{ "L", "{\"L\":[{\"N\":\"1\"},{\"S\":\"1\"},{\"L\":[]}]}",
	    "[1,\"1\",[]]", NULL },
	{ "M", "{\"M\":{\"b\":{\"N\":\"1\"},\"a\":{\"M\":{}}}}",
	    "{\"b\":1,\"a\":{}}", NULL },
	{ "M with odd names", "{\"M\":{\"\":" NULS ",\"\\u0000\":" NULS "}}",
	    "{\"\":\"\\u0000\",\"\\u0000\":\"\\u0000\"}", NULL },
	{ "white space",
	    "{ \"L\" :\r\n[ { \"S\" : \" \" } ,\t"
	    "{ \"N\" : \"1\" } ] }",
	    "[\" \",1]", "{\"L\":[{\"S\":\" \"},{\"N\":\"1\"}]}" },
	{ "not an attribute value", "{\"X\": 1}", "{\"X\":1}", "{\"X\":1}" },
	{ "two types", "{\"S\":\"a\",\"N\":\"1\"}", "{\"S\":\"a\",\"N\":\"1\"}",
	    NULL },
	{ "an array", "[ 1 ]", "[1]", "[1]" },
	{ "sets of something else", "{\"NS\":[1,{\"a\": 2}]}", "[1,{\"a\":2}]",
	    "{\"NS\":[1,{\"a\":2}]}" },
	{ "lists of something else", "{\"L\":[1, [2]]}", "[1,[2]]",
	    "{\"L\":[1,[2]]}" },
};

static void
test_json(void **state)
{
	struct column_view view = { .schema = &key_only };
	struct buf out = { 0 }, json = { 0 }, want = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		const char *dynamodb = values[i].dynamodb != NULL
		    ? values[i].dynamodb
		    : values[i].json;

		print_message("%s\n", values[i].name);
		buf_reset(&json);
		buf_reset(&out);
		buf_reset(&want);
		buf_addf(&json, "{\"z\":%s,\n \"key\" : {\"S\":\"k\"}}",
		    values[i].json);
		buf_addf(&want, "{\"z\":%s,\"key\":\"k\"}\n", values[i].plain);
		row_of(&out, "jsonl", NULL, &view,
		    (struct slice){ json.p, json.n });
		assert_string_equal(buf_text(&out), buf_text(&want));

		buf_reset(&out);
		buf_reset(&want);
		buf_addf(&want, "{\"Item\":{\"z\":%s,\"key\":{\"S\":\"k\"}}}\n",
		    dynamodb);
		view.terminal = true;
		row_of(&out, "dynamodb-json", NULL, &view,
		    (struct slice){ json.p, json.n });
		assert_string_equal(buf_text(&out), buf_text(&want));
		/* the same JSON */
		assert_true(slice_same((struct slice){ json.p, json.n },
		    slice_get((struct slice){ out.p, out.n - 1 }, "Item")));
	}
	/* byte for byte, except on a terminal */
	buf_reset(&json);
	buf_reset(&out);
	buf_adds(&json,
	    "{ \"key\":\n\t{\"S\":\"k\x7f \xe2\x80\xa8\\\" \\\\\" } ,\"\xe2\x80\xae \":"
	    "{\"S\":\"\\u0000\"}}");
	view.terminal = false;
	row_of(&out, "dynamodb-json", NULL, &view,
	    (struct slice){ json.p, json.n });
	assert_string_equal(buf_text(&out),
	    "{\"Item\":{\"key\":{\"S\":\"k\x7f \xe2\x80\xa8\\\" \\\\\"},"
	    "\"\xe2\x80\xae \":{\"S\":\"\\u0000\"}}}\n");
	buf_release(&out);
	buf_release(&json);
	buf_release(&want);
}

static void
test_json_options(void **state)
{
	static const struct slice session = SLICE(
	    "{\"d\":{\"S\":\"secret\"},\"key\":{\"S\":\"session:0123456789abcdef"
	    "\"},\"n\":{\"N\":\"1\"},\"ttl\":{\"N\":\"7\"}}");
	struct column_view view = { .schema = &key_only,
		.reveal = true,
		.numbers_string = true };
	struct buf out = { 0 };
	const char *hash;

	(void)state;
	row_of(&out, "jsonl", NULL, &view,
	    SLICE("{\"key\":{\"S\":\"k\"},"
		  "\"n\":{\"N\":\"1.0\"},\"s\":{\"NS\":[\"1\"]}}"));
	assert_string_equal(buf_text(&out),
	    "{\"key\":\"k\",\"n\":\"1.0\",\"s\":[\"1\"]}\n");
	buf_reset(&out);
	row_of(&out, "jsonl", NULL, &view, session);
	assert_non_null(strstr(buf_text(&out), "secret"));
	view.reveal = false;
	buf_reset(&out);
	row_of(&out, "jsonl", NULL, &view, session);
	hash = strstr(buf_text(&out), "session:0123\xe2\x80\xa6");
	assert_non_null(hash);
	assert_null(strstr(buf_text(&out), "secret"));
	assert_null(strstr(buf_text(&out), "456789"));
	assert_non_null(strstr(buf_text(&out),
	    "{\"d\":\"\xe2\x80\xa6 6 B\",\"key\":\"session:0123"));
	assert_non_null(strstr(buf_text(&out), ",\"ttl\":\"7\"}\n"));
	/* what can be read back is never masked */
	buf_reset(&out);
	row_of(&out, "dynamodb-json", NULL, &view, session);
	assert_non_null(strstr(buf_text(&out), "\"secret\""));
	assert_non_null(strstr(buf_text(&out), "0123456789abcdef"));
	buf_release(&out);
}

static int
keep(void *ctx, const char *p, size_t n, struct fault *f)
{
	(void)f;
	buf_add(ctx, p, n);
	return 0;
}

static int
refuse(void *ctx, const char *p, size_t n, struct fault *f)
{
	(void)p;
	(void)n;
	++*(int *)ctx;
	return fault(f, FAULT_PIPE, "gone");
}

struct shape {
	const char *columns;
	int width;
	bool no_headings, ascii, color;
};

/* ${n} rows made from ${json} (a format for the row's number). */
static void
table_of(struct buf *out, const struct shape *s, const char *json, int n)
{
	struct column_view view = { .schema = &key_only };
	struct columns c;
	struct table_options o = { .columns = &c,
		.view = &view,
		.width = s->width,
		.headings = !s->no_headings,
		.ascii = s->ascii,
		.color = s->color,
		.write = keep,
		.ctx = out };
	struct table_out *t;
	struct fault f = { 0 };

	assert_int_equal(columns_parse(&c, s->columns, &key_only, NULL), 0);
	t = table_out_open(&o);
	for (int i = 0; i < n; i++) {
		char text[512];
		struct entry e;

		(void)snprintf(text, sizeof(text), json, i);
		entry_read(&e, slice_str(text), &key_only, &entry_rules);
		if (table_out_row(t, &e.record, &f) != 0)
			fail_msg("%s", f.text);
		buf_release(&e.scratch);
	}
	if (table_out_close(t, &f) != 0)
		fail_msg("%s", f.text);
	columns_release(&c);
}

static void
test_table(void **state)
{
	static const struct {
		const char *name;
		struct shape shape;
		int rows;
		const char *json, *want;
	} cases[] = {
		{ "no rows", { .width = 80 }, 0, "", "" },
		{ "the default columns", { .width = 80 }, 2,
		    "{\"key\":{\"S\":\"image:%d\"},\"ttl\":{\"N\":"
		    "\"1795332270\"}}",
		    "key     kind    state    reason  expires             "
		    " overdue   size\n"
		    "image:0 item    pending  none    2026-11-22T07:24:30Z "
		    "      1     19\n"
		    "image:1 item    pending  none    2026-11-22T07:24:30Z "
		    "      1     19\n" },
		{ "no headings",
		    { .columns = "key,size", .width = 80, .no_headings = true },
		    1, "{\"key\":{\"S\":\"image:%d\"}}", "image:0     10\n" },
		{ "a narrow terminal cuts keys, not numbers",
		    { .columns = "key,size", .width = 20 }, 1,
		    "{\"key\":{\"S\":\"image:0123456789012345678901234567%d"
		    "\"}}",
		    "key             size\nimage:012345\xe2\x80\xa6     38\n" },
		{ "milliseconds keep their digits",
		    { .columns = "key,ttl", .width = 30 }, 2,
		    "{\"key\":{\"S\":\"image:0123456789012345678901234567%d"
		    "\"},\"ttl\":{\"N\":\"1790000000000\"}}",
		    "key              ttl\n"
		    "image:012345678\xe2\x80\xa6 1790000000000\n"
		    "image:012345678\xe2\x80\xa6 1790000000000\n" },
		{ "digits in a string are kept, too",
		    { .columns = "key,ttl", .width = 22 }, 1,
		    "{\"key\":{\"S\":\"image:0123456789%d\"},"
		    "\"ttl\":{\"S\":\"1790000000000\"}}",
		    "key      ttl\nimage:0\xe2\x80\xa6 1790000000000\n" },
		{ "too narrow for two numbers: the line is longer",
		    { .columns = "ttl,@n,key", .width = 20 }, 1,
		    "{\"key\":{\"S\":\"image:0123456789%d\"},\"n\":{\"N\":"
		    "\"12345678901234567890123456789012345678\"},"
		    "\"ttl\":{\"N\":\"1790000000000\"}}",
		    "ttl           @n                                     key\n"
		    "1790000000000 12345678901234567890123456789012345678 "
		    "image:0\xe2\x80\xa6\n" },
		{ "a key that is a number",
		    { .columns = "key,@d", .width = 20 }, 1,
		    "{\"key\":{\"N\":\"179000000000%d\"},\"d\":{\"S\":"
		    "\"abcdefghijklm\"}}",
		    "key           @d\n1790000000000 abcdefg\xe2\x80\xa6\n" },
		{ "other texts are cut with an ellipsis",
		    { .columns = "key,@d,ttl", .width = 24 }, 1,
		    "{\"key\":{\"S\":\"k%d\"},\"d\":{\"L\":[{\"N\":\"179\"},"
		    "{\"N\":\"178\"},{\"N\":\"177\"}]},"
		    "\"ttl\":{\"S\":\"2026-11-22T07:24:30Z\"}}",
		    "key @d        ttl\n"
		    "k0  {\"L\":[{\"\xe2\x80\xa6 2026-11-2\xe2\x80\xa6\n" },
		{ "a masked key keeps its hash",
		    { .columns = "key,ttl", .width = 30 }, 1,
		    "{\"key\":{\"S\":\"session:0123456789abcdef%d\"},"
		    "\"ttl\":{\"N\":\"1790000000000\"}}",
		    "key              ttl\n"
		    "session:0\xe2\x80\xa6"
		    "4c7857 1790000000000\n" },
		{ "a masked key keeps its hash, in ASCII",
		    { .columns = "key,ttl", .width = 23, .ascii = true }, 1,
		    "{\"key\":{\"S\":\"session:0123456789abcdef%d\"},"
		    "\"ttl\":{\"N\":\"1790000000000\"}}",
		    "key       ttl\n"
		    "...4c7857 1790000000000\n" },
		{ "a heading is cut",
		    { .columns = "key,@a-long-name,ttl", .width = 28 }, 1,
		    "{\"key\":{\"S\":\"k%d\"},\"ttl\":{\"N\":"
		    "\"1790000000000\"}}",
		    "key @a-long-n\xe2\x80\xa6 ttl\nk0             1790000000000\n" },
		{ "wide characters", { .columns = "key,kind", .width = 16 }, 1,
		    "{\"key\":{\"S\":\"\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2"
		    "\xe6\xbc\xa2%d\"}}",
		    "key      kind\n\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe2"
		    "\x80\xa6  item\n" },
		{ "a key with control bytes", { .columns = "key", .width = 80 },
		    1,
		    "{\"key\":{\"S\":\"\\u001b[2J\\u0000\\n\\\\x1b\xc2\x9b%d"
		    "\"}}",
		    "key\n\\x1b[2J\\x00\\n\\\\x1b\\xc2\\x9b0\n" },
		{ "masked, in ASCII",
		    { .columns = "value", .width = 80, .ascii = true }, 1,
		    "{\"key\":{\"S\":\"sess:%d\"},\"d\":"
		    "{\"S\":\"1\"}}",
		    "value\n... 2 B\n" },
		{ "no UTF-8 terminal",
		    { .columns = "key", .width = 80, .ascii = true }, 1,
		    "{\"key\":{\"S\":\"\xc3\xa4%d\"}}", "key\n\\xc3\\xa40\n" },
		{ "colors",
		    { .columns = "key,state",
			.width = 80,
			.no_headings = true,
			.color = true },
		    1, "{\"key\":{\"S\":\"%d\"}}",
		    "0 \x1b[35mimmortal\x1b[0m\n" },
		{ "unlimited", { .columns = "key,value" }, 1,
		    "{\"key\":{\"S\":\"k%d\"},\"a\":{\"S\":\"01234567890123456"
		    "78901234567890123456789012345678901234567890123456789012"
		    "345678901234567890\"}}",
		    "key value\nk0  {\"a\":\"0123456789012345678901234567890"
		    "123456789012345678901234567890123456789012345678901234567"
		    "890\"}\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = { 0 };

		print_message("%s\n", cases[i].name);
		table_of(&out, &cases[i].shape, cases[i].json, cases[i].rows);
		assert_string_equal(buf_text(&out), cases[i].want);
		buf_release(&out);
	}
}

/* Several batches look like one table: later texts may be shorter, and longer
 * ones are not cut while there is room. */
static void
test_table_batches(void **state)
{
	static const char *const columns = "key,kind,@n,size,state,value";
	static const int widths[] = { 72, 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(widths); i++) {
		struct shape shape = { .columns = columns, .width = widths[i] };
		struct buf out = { 0 };
		size_t rows = 0, state_at = 0;

		table_of(&out, &shape,
		    "{\"key\":{\"S\":\"image:%1$d\"},\"n\":{\"N\":\"%1$d\"}}",
		    1500);
		for (char *p = out.p; *p != '\0'; rows++) {
			char *end = strchr(p, '\n'), *word, key[32];

			assert_non_null(end);
			*end = '\0';
			word = strstr(p, rows == 0 ? "state" : "immortal");
			assert_non_null(word);
			if (rows % 500 == 1 || rows == 0)
				assert_true((size_t)(word - p) >= state_at);
			if (rows % 500 == 1 || rows == 0)
				state_at = (size_t)(word - p);
			assert_int_equal(word - p, state_at);
			(void)snprintf(key, sizeof(key), "image:%zu ",
			    rows - 1);
			if (rows > 0)
				assert_ptr_equal(strstr(p, key), p);
			p = end + 1;
		}
		assert_int_equal(rows, 1501);
		buf_release(&out);
	}
}

/* The second batch has only short texts. */
static void
test_table_narrower(void **state)
{
	struct column_view view = { .schema = &key_only };
	struct buf out = { 0 };
	struct columns c;
	struct table_options o = { .columns = &c,
		.view = &view,
		.width = 60,
		.write = keep,
		.ctx = &out };
	struct table_out *t;
	struct entry e;

	(void)state;
	assert_int_equal(columns_parse(&c, "key,size,state", &key_only, NULL),
	    0);
	t = table_out_open(&o);
	for (int i = 0; i < 600; i++) {
		entry_read(&e,
		    i < 500 ? SLICE("{\"key\":{\"S\":\"image:long:key\"}}")
			    : SLICE("{\"key\":{\"S\":\"k\"}}"),
		    &key_only, &entry_rules);
		assert_int_equal(table_out_row(t, &e.record, NULL), 0);
		buf_release(&e.scratch);
	}
	assert_int_equal(table_out_close(t, NULL), 0);
	columns_release(&c);
	assert_non_null(strstr(buf_text(&out),
	    "\nimage:long:key     17 immortal\n"
	    "k                   4 immortal\nk   "));
	assert_int_equal(out.n, 600 * 31);
	buf_release(&out);
}

static void
test_table_fails(void **state)
{
	struct column_view view = { .schema = &key_only };
	struct columns c;
	int calls = 0;
	struct table_options o = { .columns = &c,
		.view = &view,
		.width = 80,
		.write = refuse,
		.ctx = &calls };
	struct table_out *t;
	struct fault f = { 0 };
	struct entry e;
	int rows = 0;

	(void)state;
	assert_int_equal(columns_parse(&c, NULL, &key_only, NULL), 0);
	entry_read(&e, SLICE("{\"key\":{\"S\":\"k\"}}"), &key_only,
	    &entry_rules);
	t = table_out_open(&o);
	while (table_out_row(t, &e.record, &f) == 0)
		rows++;
	assert_in_range(rows, 100, 1000);
	assert_int_equal(f.kind, FAULT_PIPE);
	f = (struct fault){ 0 };
	assert_int_equal(table_out_row(t, &e.record, &f), -1);
	assert_int_equal(f.kind, FAULT_PIPE);
	assert_int_equal(table_out_close(t, &f), -1);
	assert_int_equal(calls, 1);
	assert_int_equal(table_out_close(NULL, &f), 0);
	columns_release(&c);
	buf_release(&e.scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_tsv),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_options),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_table_batches),
		cmocka_unit_test(test_table_narrower),
		cmocka_unit_test(test_table_fails),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
