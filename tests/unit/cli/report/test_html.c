#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

/* Cut at a whole character, wherever those of two and four bytes lie. */
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

/* Names, keys and prefixes that try everything, in both forms of a report. */
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

/* --- the words at the axis of ages --- */

/* Pixels that a letter takes, a little more than it does. */
#define LETTER 7.0

/* Where the words of one tick end, left and right, in a picture of ${width}
 * pixels. */
static void
extent(const char *text, double width, double *left, double *right)
{
	const char *x = strstr(text, " x=\""), *word = strchr(text, '>') + 1;
	double at = strtod(x + 4, NULL) / 100 * width;
	double wide = (double)strcspn(word, "<") * LETTER;
	const char *anchor = strstr(text, "text-anchor=\"") + 13;

	*left = strncmp(anchor, "start", 5) == 0 ? at
	    : strncmp(anchor, "end", 3) == 0     ? at - wide
						 : at - wide / 2;
	*right = *left + wide;
}

/* No two words lie over each other. A phone shows no minor ones. */
static void
check_axis(const char *page, double width, bool phone, int64_t oldest)
{
	double end = -1, left, right;
	int n = 0;

	for (const char *p = page;
	     (p = strstr(p, "<text class=\"soft")) != NULL; p++) {
		if (strstr(p, "y=\"192\"") == NULL ||
		    strstr(p, "y=\"192\"") > strchr(p, '>') ||
		    (phone && strncmp(p + 17, " minor", 6) == 0))
			continue;
		extent(p, width, &left, &right);
		if (left < end || right > width + 15)
			fail_msg("oldest %lld s, %g pixels: %.40s begins at "
				 "%g, the one before ends at %g",
			    (long long)oldest, width, strchr(p, '>') + 1, left,
			    end);
		end = right + 3;
		n++;
	}
	assert_in_range(n, 3, 8);
}

static void
test_axis(void **state)
{
	static const int64_t oldest[] = { 5, 604800, 700000, 2000000, 2592000,
		3000000, 31556952, 40000000, 157788000, 315569520, 500000000,
		1100000000, INT64_C(2900000000), INT64_C(3155695199),
		INT64_C(3155695200), INT64_C(99999999999), INT64_MAX };
	static const struct key_schema schema = { "key", NULL };
	static const struct rules rules = { .now = 1795332271,
		.ttl_acts = true };

	(void)state;
	for (size_t i = 0; i < COUNT(oldest); i++) {
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
		histogram_add(&s.overdue, oldest[i], 1);
		report_html(&out, &r);
		check_axis(buf_text(&out), 440, false, oldest[i]);
		check_axis(buf_text(&out), 256, true, oldest[i]);
		buf_release(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_foreign_long),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_axis),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
