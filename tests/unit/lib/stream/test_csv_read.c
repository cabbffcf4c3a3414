#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "lib/base/fault.h"
#include "lib/stream/csv_read.h"
#include "lib/stream/csv_safe.h"
#include "lib/stream/input.h"
#include "tests/unit/files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct csv_read *
opened(const char *path)
{
	struct input *in = input_open(path, NULL);

	assert_non_null(in);
	return csv_read_of(in);
}

/* All rows as "row@line[cell][cell]", "!" for a fault. */
static void
rows(struct buf *out, struct csv_read *c, struct fault *f)
{
	struct csv_row row;
	int r;

	buf_reset(out);
	while ((r = csv_read_next(c, &row, f)) == 1) {
		buf_addf(out, "%lld@%lld", (long long)row.number,
		    (long long)row.line);
		for (size_t i = 0; i < row.n; i++) {
			buf_addc(out, '[');
			buf_add(out, row.cells[i].p, row.cells[i].n);
			buf_addc(out, ']');
		}
	}
	if (r < 0)
		buf_addc(out, '!');
}

static const struct {
	const char *name;
	struct slice text, want;
	const char *fault; /* in its text; NULL: none */
} cases[] = {
	{ "empty", SLICE(""), SLICE(""), NULL },
	{ "only a byte order mark", SLICE("\xef\xbb\xbf"), SLICE(""), NULL },
	{ "CRLF", SLICE("a,b\r\nc,d\r\n"), SLICE("1@1[a][b]2@2[c][d]"), NULL },
	{ "LF", SLICE("a,b\nc,d\n"), SLICE("1@1[a][b]2@2[c][d]"), NULL },
	{ "CR", SLICE("a\rb\r"), SLICE("1@1[a]2@2[b]"), NULL },
	{ "no newline at the end", SLICE("a\nb"), SLICE("1@1[a]2@2[b]"), NULL },
	{ "a byte order mark", SLICE("\xef\xbb\xbf\"a\"\n"), SLICE("1@1[a]"),
	    NULL },
	{ "a byte order mark inside",
	    SLICE("a\n\xef\xbb\xbf"
		  "b\n"),
	    SLICE("1@1[a]2@2[\xef\xbb\xbf"
		  "b]"),
	    NULL },
	{ "empty lines", SLICE("\n\r\n\na\n\n\nb\n\n"), SLICE("1@4[a]2@7[b]"),
	    NULL },
	{ "empty cells", SLICE(",\n\"\",\"\"\n\"\"\n"),
	    SLICE("1@1[][]2@2[][]3@3[]"), NULL },
	{ "spaces are part of a cell", SLICE(" a , b\t\n\" c \"\n"),
	    SLICE("1@1[ a ][ b\t]2@2[ c ]"), NULL },
	{ "quotes", SLICE("\"a\"\"b\",\"\"\"\",\"\"\"\"\"\"\n"),
	    SLICE("1@1[a\"b][\"][\"\"]"), NULL },
	{ "commas and newlines in quotes", SLICE("\"a,b\nc\r\nd\re\"\r\nf\r\n"),
	    SLICE("1@1[a,b\nc\r\nd\re]2@5[f]"), NULL },
	{ "NUL", SLICE("\"a\0b\",c\0\n\0\n"), SLICE("1@1[a\0b][c\0]2@2[\0]"),
	    NULL },
	{ "not UTF-8", SLICE("\xff\xff,\"\xc3\"\n"),
	    SLICE("1@1[\xff\xff][\xc3]"), NULL },
	{ "UTF-16", SLICE("\xff\xfe\0a\0\n"), SLICE("!"),
	    "/file:1: it is UTF-16" },
	{ "no comments", SLICE("#a\n"), SLICE("1@1[#a]"), NULL },
	{ "a comma at the end of the file", SLICE("a,"), SLICE("1@1[a][]"),
	    NULL },

	{ "truncated inside a cell", SLICE("a,b\n\"c\",\"d\ne"),
	    SLICE("1@1[a][b]!"),
	    "/file:2: row 2: the file ends inside cell 2: it is "
	    "truncated" },
	{ "truncated after a doubled quote", SLICE("\"a\"\""), SLICE("!"),
	    "/file:1: row 1: the file ends inside cell 1" },
	{ "truncated after an opening quote", SLICE("a\n\n\""),
	    SLICE("1@1[a]!"), "/file:3: row 2: the file ends inside" },
	{ "text after a closing quote", SLICE("a\n\"b\"c,d\n"),
	    SLICE("1@1[a]!"),
	    "/file:2: row 2: cell 1 continues after its closing quote" },
	{ "a space after a closing quote", SLICE("\"b\" ,d\n"), SLICE("!"),
	    "/file:1: row 1: cell 1 continues" },
	{ "a quote inside a cell", SLICE("a,b\"c\n"), SLICE("!"),
	    "/file:1: row 1: a quote inside cell 2" },
	{ "a space before a quote", SLICE(" \"b\"\n"), SLICE("!"),
	    "/file:1: row 1: a quote inside cell 1" },
	{ "a fault on a later line of a row", SLICE("a\n\"b\n\n\",c\"\n"),
	    SLICE("1@1[a]!"), "/file:2: row 2: a quote inside cell 2" },
};

static void
test_rows(void **state)
{
	struct buf out = { 0 }, packed = { 0 };

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		size_t k = i / 2;
		struct slice text = cases[k].text;
		struct fault f = { 0 };
		struct csv_read *c;

		if (i % 2 == 1) {
			buf_reset(&packed);
			gzip_member(&packed, text.p, text.n);
			text = (struct slice){ packed.p, packed.n };
		}
		put(at("file"), text.p, text.n);
		c = opened(at("file"));
		/* a restart reads the same again, also after a fault */
		for (int walk = 0; walk < 2; walk++) {
			rows(&out, c, &f);
			if (out.n != cases[k].want.n ||
			    memcmp(buf_text(&out), cases[k].want.p, out.n) !=
				0 ||
			    (cases[k].fault != NULL &&
				strstr(f.text, cases[k].fault) == NULL))
				fail_msg("%s: %s %s", cases[k].name,
				    buf_text(&out), f.text);
			if (cases[k].fault != NULL) {
				rows(&out, c, &f);
				assert_string_equal(buf_text(&out), "!");
			}
			assert_int_equal(csv_read_restart(c, NULL), 0);
		}
		csv_read_close(c);
	}
	buf_release(&out);
	buf_release(&packed);
}

/* The rows are the same however the text is cut into pieces. */
static void
test_pieces(void **state)
{
	const char *row = "\"a\"\"\r\n\",b\r\n\r\n";
	struct buf text = { 0 }, out = { 0 };

	(void)state;
	for (size_t pad = 0; pad < 16; pad++) {
		struct csv_row got;
		struct csv_read *c;
		int64_t n = 0;

		buf_reset(&text);
		for (size_t i = 0; i < pad; i++)
			buf_addc(&text, '\n');
		while (text.n < 300000)
			buf_adds(&text, row);
		put(at("file"), text.p, text.n);
		c = opened(at("file"));
		while (csv_read_next(c, &got, NULL) == 1) {
			assert_int_equal(got.n, 2);
			assert_int_equal(got.number, ++n);
			assert_int_equal(got.line,
			    (int64_t)pad + 1 + 3 * (n - 1));
			assert_int_equal(got.cells[0].n, 4);
			assert_memory_equal(got.cells[0].p, "a\"\r\n", 4);
		}
		assert_int_equal((size_t)n, (text.n - pad) / strlen(row));
		csv_read_close(c);
	}
	buf_release(&text);
	buf_release(&out);
}

static void
test_limits(void **state)
{
	struct buf text = { 0 };
	struct csv_row row;
	struct csv_read *c;
	struct fault f = { 0 };

	(void)state;
	buf_addc(&text, '"');
	memset(buf_reserve(&text, CSV_ROW_MAX), 'x', CSV_ROW_MAX);
	text.n += CSV_ROW_MAX;
	buf_adds(&text, "\"\n");
	put(at("long"), text.p, text.n);
	c = opened(at("long"));
	assert_int_equal(csv_read_next(c, &row, &f), 1);
	assert_int_equal(row.cells[0].n, CSV_ROW_MAX);
	csv_read_close(c);
	text.n -= 2;
	buf_adds(&text, "x\"\n");
	put(at("long"), text.p, text.n);
	c = opened(at("long"));
	assert_int_equal(csv_read_next(c, &row, &f), -1);
	assert_non_null(strstr(f.text, "longer than 16 MiB"));
	csv_read_close(c);
	memset(text.p, ',', CSV_CELLS_MAX);
	put(at("wide"), text.p, CSV_CELLS_MAX - 1);
	c = opened(at("wide"));
	assert_int_equal(csv_read_next(c, &row, &f), 1);
	assert_int_equal(row.n, CSV_CELLS_MAX);
	csv_read_close(c);
	put(at("wide"), text.p, CSV_CELLS_MAX + 1);
	c = opened(at("wide"));
	assert_int_equal(csv_read_next(c, &row, &f), -1);
	assert_non_null(strstr(f.text, "more than 10000 cells"));
	csv_read_close(c);
	buf_release(&text);
}

static void
test_safe(void **state)
{
	static const struct {
		struct slice cell;
		bool needs, is;
	} safe[] = {
		{ SLICE(""), false, false },
		{ SLICE("a=b"), false, false },
		{ SLICE("=1+1"), true, false },
		{ SLICE("@sum"), true, false },
		{ SLICE("+"), true, false },
		{ SLICE("-"), true, false },
		{ SLICE("-5"), false, false },
		{ SLICE("+1.50e-3"), false, false },
		{ SLICE("-5+cmd|' /C calc'!A0"), true, false },
		{ SLICE("-5 "), true, false },
		{ SLICE("-5\t"), true, false },
		{ SLICE("\t5"), true, false },
		{ SLICE("\r"), true, false },
		{ SLICE("\n=1"), true, false },
		{ SLICE("\0=1"), true, false },
		{ SLICE("\\'=1"), false, false },
		{ SLICE("'"), false, false },
		{ SLICE("'a"), false, false },
		{ SLICE("'-5"), false, false },
		{ SLICE("'=1+1"), false, true },
		{ SLICE("'\t5"), false, true },
		{ SLICE("''=1"), false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(safe); i++)
		if (csv_safe_needs(safe[i].cell) != safe[i].needs ||
		    csv_safe_is(safe[i].cell) != safe[i].is)
			fail_msg("%s", safe[i].cell.p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rows, directory_setup,
		    directory_teardown),
		cmocka_unit_test_setup_teardown(test_pieces, directory_setup,
		    directory_teardown),
		cmocka_unit_test_setup_teardown(test_limits, directory_setup,
		    directory_teardown),
		cmocka_unit_test(test_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
