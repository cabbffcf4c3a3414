#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/report/emit.h"
#include "cli/report/html.h"
#include "cli/report/report.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/slice.h"
#include "lib/dynamodb/item.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	struct slice text;
	const char *want;
} foreign[] = {
	{ "plain", SLICE("user:1"), "user:1" },
	{ "markup", SLICE("<b a='1' c=\"2\">&amp;</b>"),
	    "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;&lt;/b&gt;" },
	{ "the end of the element", SLICE("</bdi><script>"),
	    "&lt;/bdi&gt;&lt;script&gt;" },
	{ "escape sequence", SLICE("\033[31m"), "\\x1b[31m" },
	{ "NUL", SLICE("a\0b"), "a\\x00b" },
	{ "right to left",
	    SLICE("a\xe2\x80\xae"
		  "b"),
	    "a\\xe2\\x80\\xaeb" },
	{ "not UTF-8", SLICE("\xff\xfe"), "\\xff\\xfe" },
	{ "newline", SLICE("a\nb"), "a\\nb" },
	{ "Arabic", SLICE("\xd8\xa7"), "\xd8\xa7" },
	{ "empty", SLICE(""), "" },
};

static void
test_foreign(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(foreign); i++) {
		struct buf out = { 0 }, want = { 0 };

		print_message("%s\n", foreign[i].name);
		html_foreign(&out, foreign[i].text.p, foreign[i].text.n);
		buf_addf(&want, "<bdi>%s</bdi>", foreign[i].want);
		assert_string_equal(buf_text(&out), buf_text(&want));
		buf_release(&out);
		buf_release(&want);
	}
}

/* Long text is cut between characters, wherever those of two and four bytes
 * are. */
static void
test_foreign_long(void **state)
{
	static const char *const letters[] = { "a", "\xc3\xa9", "\xe2\x82\xac",
		"\xf0\x9f\x96\xbc" };

	(void)state;
	for (size_t i = 0; i < COUNT(letters); i++)
		for (size_t shift = 0; shift < 4; shift++) {
			struct buf text = { 0 }, out = { 0 };

			for (size_t k = 0; k < shift; k++)
				buf_addc(&text, 'x');
			while (text.n < 3000)
				buf_adds(&text, letters[i]);
			html_foreign(&out, text.p, text.n);
			assert_null(strstr(out.p, "\\x"));
			assert_non_null(strstr(out.p, " bytes)"));
			assert_true(out.n < 2048 + 64);
			buf_release(&text);
			buf_release(&out);
		}
}

static void
test_text(void **state)
{
	struct buf out = { 0 };

	(void)state;
	html_element(&out, "p class=\"a\"", "1 234 <x> of 5 GiB & more");
	assert_string_equal(out.p,
	    "<p class=\"a\">1&#160;234&#160;&lt;x&gt; of 5&#160;GiB &amp; "
	    "more</p>\n");
	buf_release(&out);
}

/* Hostile names, keys and prefixes, in the page and in metrics. */
static void
test_report(void **state)
{
	static const char evil[] = "</title></style><script>alert(1)</script>"
				   "\"'\033]0;x\007\n\\";
	static const struct key_schema schema = { evil, NULL };
	const struct rules rules = { .now = 1795332271, .ttl_acts = true };
	struct summary s;
	struct report r = {
		.place = { .table = evil,
		    .region = evil,
		    .account = evil,
		    .endpoint = evil,
		    .endpoint_shown = true,
		    .input = evil },
		.schema = &schema,
		.ttl_attribute = evil,
		.ttl_status = evil,
		.table_ttl = "other",
		.rules = &rules,
		.summary = &s,
		.complete = true,
		.top = 10,
	};
	struct item item = { .json = SLICE("{}") };
	struct record record = { .item = &item,
		.state = STATE_STUCK,
		.reason = REASON_MILLISECONDS,
		.kind = KIND_ITEM,
		.overdue = 5,
		.key = { evil, sizeof(evil) - 1 },
		.group = { evil, sizeof(evil) - 1 },
		.size = 100 };
	struct buf out = { 0 };

	(void)state;
	summary_init(&s, 10, true);
	summary_add(&s, &record, 1);
	report_html(&out, &r);
	assert_null(strstr(out.p, "<script"));
	assert_null(strchr(out.p, '\033'));
	assert_null(strchr(out.p, '\007'));
	assert_non_null(strstr(out.p, "&lt;script&gt;"));
	buf_reset(&out);
	report_prometheus(&out, &r);
	assert_null(strchr(out.p, '\033'));
	for (const char *p = out.p; (p = strchr(p, '\n')) != NULL; p++)
		assert_true(p[1] == '\0' || p[1] == '#' || p[1] == 't');
	buf_release(&out);
	summary_release(&s);
}

/* --- the bars of ages --- */

/* The row of ${label}: its bar has the color ${colour} and all the width or
 * none; the label is there once. */
static void
check_age(const char *page, const char *label, const char *colour, bool any)
{
	struct buf row = { 0 }, bar = { 0 };
	const char *at;

	buf_addf(&row, "<th scope=\"row\" class=\"key\">%s</th><td%s>%d</td>",
	    label, any ? "" : " class=\"zero\"", any);
	buf_adds(&bar,
	    "<td class=\"bars\"><div class=\"bar\" "
	    "aria-hidden=\"true\">");
	if (any)
		buf_addf(&bar, "<i class=\"%s\" style=\"width:100.000%%\"></i>",
		    colour);
	buf_adds(&bar, "</div>\n</td>");
	at = strstr(page, buf_text(&row));
	if (at == NULL || strncmp(at + row.n, buf_text(&bar), bar.n) != 0)
		fail_msg("no %s%s in %.200s", buf_text(&row), buf_text(&bar),
		    at != NULL ? at : page);
	else
		assert_null(strstr(at + 1, buf_text(&row)));
	buf_release(&row);
	buf_release(&bar);
}

/* Ages past two days have another color, and neither is that of a state; each
 * age is in one row. */
static void
test_ages(void **state)
{
	static const struct {
		const char *label, *colour;
		int64_t oldest;
	} rows[] = {
		{ "&lt; 1&#160;min", "age", 59 },
		{ "&lt; 1&#160;h", "age", 3599 },
		{ "&lt; 6&#160;h", "age", 21599 },
		{ "&lt; 1&#160;d", "age", 86399 },
		{ "&lt; 2&#160;d", "age", 172799 },
		{ "&lt; 1&#160;w", "late", 604799 },
		{ "&lt; 30&#160;d", "late", 2591999 },
		{ "older", "late", 2592000 },
		{ "older", "late", INT64_C(3155695200) },
		{ "older", "late", INT64_MAX },
		{ "&lt; 1&#160;h", "age", 60 },
		{ "&lt; 1&#160;w", "late", 172800 },
	};
	static const struct key_schema schema = { "key", NULL };
	static const struct rules rules = { .now = 1795332271,
		.ttl_acts = true };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct summary s = { .items = 1 };
		const struct report r = { .place = { .table = "T" },
			.schema = &schema,
			.ttl_attribute = "ttl",
			.ttl_status = "ENABLED",
			.rules = &rules,
			.summary = &s,
			.complete = true };
		struct buf out = { 0 };

		s.states[STATE_PENDING].items = 1;
		summary_add_age(&s, rows[i].oldest, 1);
		report_html(&out, &r);
		for (size_t k = 0; k < 8; k++)
			check_age(buf_text(&out), rows[k].label, rows[k].colour,
			    strcmp(rows[k].label, rows[i].label) == 0);
		buf_release(&out);
	}
}

/* A command is copied as it is: its spaces stay spaces, and no line breaks
 * within an option. */
static void
test_command(void **state)
{
	struct buf out = { 0 };
	struct emit e = { .to = &emit_html, .p = { .out = &out } };

	(void)state;
	e.to->command(&e, "ttlsweep list -t table-1 --prefix 'a<b'");
	assert_string_equal(buf_text(&out),
	    "<pre>ttlsweep list <span>-t</span> <span>table-1</span> "
	    "<span>--prefix</span> &#39;a&lt;b&#39;</pre>\n");
	buf_reset(&out);
	e.to->command(&e, "a  --endpoint-url=http://dynamodb.example-one.test");
	assert_string_equal(buf_text(&out),
	    "<pre>a  --endpoint-url=http://dynamodb.example-one.test</pre>\n");
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_foreign_long),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_ages),
		cmocka_unit_test(test_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
