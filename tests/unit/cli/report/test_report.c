#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/report/figure.h"
#include "cli/report/price.h"
#include "cli/report/report.h"
#include "cli/report/report_manner.h"
#include "cli/report/text_report.h"
#include "inspector/record.h"
#include "inspector/sample.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/dynamodb/item.h"
#include "sweep/purge.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW INT64_C(1795332271)
#define HOSTILE "image:\x1b[31m\x00\xe2\x80\xae\n\"x"

static const char *const prefixes[] = { "session:" };
static const struct rules rules = { .now = NOW,
	.ttl_acts = true,
	.session_prefixes = prefixes,
	.nprefixes = 1,
	.sizes = true };
static const struct rules off = { .now = NOW,
	.session_prefixes = prefixes,
	.nprefixes = 1,
	.sizes = true };
static const struct key_schema schema = { "key", NULL };
static const struct key_schema pair = { "pk", "sk" };

static void
keep(struct summary_key *k, const char *key, size_t n, const char *sort,
    int64_t bytes)
{
	*k = (struct summary_key){ .key = xstrndup(key, n),
		.len = n,
		.bytes = bytes };
	if (sort != NULL) {
		k->sort = xstrdup(sort);
		k->sort_len = strlen(sort);
	}
}

static void
group(struct summary *s, const char *name, int64_t items, int64_t live)
{
	struct summary_group *g = &s->groups[s->ngroups++];

	*g = (struct summary_group){ .name = xstrdup(name),
		.len = strlen(name),
		.items = items,
		.bytes = items * 10 };
	g->states[STATE_LIVE] = live;
	g->states[STATE_PENDING] = items - live;
}

/* A summary with some of everything; ${sort}: of a table with a sort key. */
static void
fill(struct summary *s, bool sizes, const char *sort)
{
	summary_init(s, 3, sizes);
	s->items = 100;
	s->bytes = sizes ? 123456 : 0;
	s->states[STATE_LIVE].items = 60;
	s->states[STATE_PENDING].items = 30;
	s->states[STATE_STUCK].items = 6;
	s->states[STATE_IMMORTAL].items = 4;
	s->reasons[STATE_LIVE][REASON_NONE] = 60;
	s->reasons[STATE_PENDING][REASON_NONE] = 30;
	s->reasons[STATE_STUCK][REASON_MILLISECONDS] = 6;
	s->reasons[STATE_IMMORTAL][REASON_MISSING] = 4;
	keep(&s->examples[STATE_STUCK][REASON_MILLISECONDS],
	    "session:ab12\xe2\x80\xa6"
	    "9f3c1a",
	    21, sort, 0);
	keep(&s->examples[STATE_IMMORTAL][REASON_MISSING], HOSTILE,
	    sizeof(HOSTILE) - 1, sort, 0);
	for (int i = 0; i < STATES; i++) {
		s->kind_states[KIND_SESSION][i] = s->states[i].items;
		if (sizes)
			s->states[i].bytes = s->states[i].items * 1000;
	}
	s->kinds[KIND_SESSION].items = 100;
	s->kinds[KIND_SESSION].bytes = s->bytes;
	s->groups = xcalloc(2, sizeof(*s->groups));
	s->cgroups = 2;
	group(s, "(none)", 1, 1);
	group(s, "session:", 99, 59);
	summary_add_age(s, 30, 20);
	summary_add_age(s, 300000, 16);
	s->upcoming[0] = 1;
	s->upcoming[1] = 20;
	s->upcoming[2] = 60;
	s->upcoming[SUMMARY_BEYOND] = 7;
	if (sizes)
		keep(&s->largest[s->nlargest++], HOSTILE, sizeof(HOSTILE) - 1,
		    sort, INT64_C(9007199254740993));
	s->purge_units = 40;
	s->free_by_ttl = 30;
}

static struct report
report_of(const struct summary *s)
{
	return (struct report){
		.place = { .table = "T",
		    .table_id = "id-1",
		    .account = "123456789012",
		    .region = "us-east-1",
		    .endpoint = "https://dynamodb.us-east-1.amazonaws.com",
		    .price = price_of("us-east-1") },
		.work = { .items = s->items,
		    .bytes = s->sizes ? s->bytes : -1,
		    .pages = 8,
		    .requests = 10,
		    .retries = 1,
		    .read_units = 12.5,
		    .seconds = 0.25 },
		.schema = &schema,
		.ttl_attribute = "ttl",
		.ttl_status = "ENABLED",
		.table_ttl = "ttl",
		.rules = &rules,
		.summary = s,
		.complete = true,
		.segments = 8,
		.segments_asked = 8,
		.segments_done = 8,
		.top = 10,
	};
}

/* It has these members in this order; there may be others between them. */
static void
test_json(void **state)
{
	static const char *const wanted[] = {
		/* clang-format off */
		"{\"schema\":\"ttlsweep.inspect/1\",\"table\":\"T\",",
		"\"table_id\":\"id-1\",\"region\":\"us-east-1\",",
		"\"endpoint\":\"https://dynamodb.us-east-1.amazonaws.com\",",
		"\"key\":[\"key\"],\"ttl_attribute\":\"ttl\",",
		"\"ttl_status\":\"ENABLED\",\"now\":1795332271,",
		"\"complete\":true,\"segments\":8,\"sample\":null,",
		"\"shards\":null,\"scanned\":{\"items\":100,\"bytes\":123456,",
		"\"pages\":8,\"requests\":10,\"retries\":1,",
		"\"capacity_units\":12.5,\"seconds\":0.25",
		"\"states\":{\"live\":{\"items\":60,\"bytes\":60000}",
		"\"pending\":{\"items\":30,\"bytes\":30000}",
		"\"stuck\":{\"items\":6,\"bytes\":6000}",
		"\"immortal\":{\"items\":4,\"bytes\":4000}",
		"\"reasons\":[{\"state\":\"stuck\",\"reason\":\"milliseconds\"",
		",\"items\":6",
		"\"example\":\"session:ab12\342\200\2469f3c1a\"",
		"{\"state\":\"immortal\",\"reason\":\"missing\",\"items\":4",
		"\"example\":\"image:\\u001b[31m\\u0000\\u202e\\u000a\\\"x\"",
		"\"kinds\":{\"session\":{\"items\":100,\"bytes\":123456,",
		"\"live\":60,\"pending\":30,\"stuck\":6,\"immortal\":4",
		"\"item\":{\"items\":0,\"bytes\":0,\"live\":0,\"pending\":0,",
		"\"groups\":[{\"group\":\"(none)\",\"items\":1,\"bytes\":10,"
		    "\"live\":1,\"pending\":0,\"stuck\":0,\"immortal\":0",
		"{\"group\":\"session:\",\"items\":99,\"bytes\":990,"
		    "\"live\":59,\"pending\":40,",
		"\"groups_complete\":true",
		"\"overdue\":{\"max\":300000,\"p50\":",
		"\"p90\":", "\"p99\":", "\"sum\":4800600,",
		"\"histogram\":[{\"up_to\":", "\"items\":20}", "\"items\":16}],",
		"\"ages\":[{\"below\":60,\"items\":20}",
		"{\"below\":2592000,\"items\":36}]}",
		"\"upcoming\":[{\"within\":3600,\"items\":1}",
		"{\"within\":86400,\"items\":20}",
		"{\"within\":604800,\"items\":60}",
		"{\"beyond\":157788000,\"items\":7}],",
		"\"largest\":[{\"key\":\"image:\\u001b[31m\\u0000",
		"\"bytes\":9007199254740993}]",
		"\"purge\":{\"items\":36", "\"write_units\":40",
		"\"usd\":0.000025", "\"free_by_ttl\":30",
		"\"prices\":\"us-east-1 2026-05-13\"", "}}\n",
		/* clang-format on */
	};
	struct summary s;
	struct report r;
	struct buf b = { 0 };
	const char *at;

	(void)state;
	fill(&s, true, NULL);
	r = report_of(&s);
	report_json(&b, &r);
	at = buf_text(&b);
	for (size_t i = 0; i < COUNT(wanted); i++) {
		const char *found = strstr(at, wanted[i]);

		if (found == NULL) {
			print_error("no %s behind\n  %.60s\n", wanted[i], at);
			fail();
			return;
		}
		at = found + strlen(wanted[i]);
	}
	assert_string_equal(at, "");
	summary_release(&s);
	buf_release(&b);
}

/* What is not known is left out: neither 0 nor null. */
static void
test_json_unknown(void **state)
{
	static const char *const absent[] = { "\"bytes\"", "\"usd\"",
		"\"prices\"", "\"table\"", "\"table_id\"", "\"region\"",
		"\"endpoint\"", "\"ttl_status\"", "\"write_units\"",
		"\"requests\"", "\"capacity_units\"" };
	struct summary s;
	struct report r;
	struct buf b = { 0 };

	(void)state;
	fill(&s, false, NULL);
	r = report_of(&s);
	r.place = (struct report_place){ .input = "dump.json" };
	r.ttl_status = r.table_ttl = NULL;
	report_json(&b, &r);
	for (size_t i = 0; i < COUNT(absent); i++)
		if (strstr(buf_text(&b), absent[i]) != NULL) {
			print_error("%s is there\n", absent[i]);
			fail();
		}
	assert_non_null(strstr(buf_text(&b), "\"items\":100"));
	summary_release(&s);
	buf_release(&b);
}

static void
test_json_sort_key(void **state)
{
	struct summary s;
	struct report r;
	struct buf b = { 0 };

	(void)state;
	fill(&s, true, "9");
	r = report_of(&s);
	r.schema = &pair;
	report_json(&b, &r);
	assert_non_null(strstr(buf_text(&b), "\"key\":[\"pk\",\"sk\"]"));
	assert_non_null(strstr(buf_text(&b), "x\",\"sort\":\"9\",\"bytes\":"));
	summary_release(&s);
	buf_release(&b);
}

/* The longest line in cells, without color codes and commands, which are not
 * wrapped, so that they can be copied. */
static int
widest(const char *text)
{
	int most = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		struct buf plain = { 0 };
		int w;

		for (size_t i = 0; i < n; i++)
			if (text[i] == '\033')
				i += strcspn(text + i, "m");
			else
				buf_addc(&plain, text[i]);
		w = text_width(buf_text(&plain), plain.n);
		if (w > most &&
		    strstr(buf_text(&plain), "    ttlsweep ") == NULL &&
		    strstr(buf_text(&plain), "    aws ") == NULL)
			most = w;
		buf_release(&plain);
		text += n + (text[n] == '\n');
	}
	return most;
}

/* No byte may reach a terminal that must not, except for color codes. */
static bool
harmless(const char *text, size_t n, bool color)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\033' && color && text[i + 1] == '[') {
			i += strspn(text + i + 2, "0123456789;") + 2;
			if (text[i] != 'm')
				return false;
		} else if ((c < 0x20 && c != '\n') || c == 0x7f) {
			return false;
		}
	}
	return strstr(text, "\xe2\x80\xae") == NULL;
}

static void
test_text(void **state)
{
	static const struct report_style styles[] = {
		{ .width = 40 },
		{ .width = 40, .color = true },
		{ .width = 80 },
		{ .width = 80, .ascii = true },
		{ .width = 80, .color = true, .ascii = true },
		{ .width = 200, .color = true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(styles) * 4; i++) {
		const struct report_style *style = &styles[i / 4];
		struct buf b = { 0 };
		struct summary s;
		struct report r;

		fill(&s, i % 2 == 0, i % 4 < 2 ? NULL : "sort");
		r = report_of(&s);
		if (i % 4 > 1)
			r.schema = &pair;
		report_text(&b, &r, style);
		assert_true(harmless(buf_text(&b), b.n, style->color));
		assert_int_equal(strstr(buf_text(&b), "\033[") != NULL,
		    style->color);
		assert_in_range(widest(buf_text(&b)), 30, style->width);
		for (size_t k = 0; style->ascii && k < b.n; k++)
			assert_in_range(buf_text(&b)[k], 0, 0x7e);
		assert_non_null(strstr(buf_text(&b), "milliseconds"));
		assert_non_null(strstr(buf_text(&b), "image:\\x1b[31m"));
		assert_non_null(strstr(buf_text(&b), "pending"));
		assert_non_null(strstr(buf_text(&b), "< 1 w"));
		if (!s.sizes)
			assert_null(strstr(buf_text(&b), "BYTES"));
		summary_release(&s);
		buf_release(&b);
	}
}

/* Capacity units come in halves; what sums of them add to that is noise. */
static void
units_have_one_decimal_or_none(void **state)
{
	static const struct {
		double units;
		const char *shown;
	} cases[] = {
		{ 0, "0" },
		{ -1e-13, "0" },
		{ 0.04, "0" },
		{ 0.5, "0.5" },
		{ 20.999999, "21" },
		{ 21, "21" },
		{ 21.000001, "21" },
		{ 9999.5, "9999.5" },
		{ 10000.5, "10 001" },
		{ 1e19, "9 223 372 036 854 775 807" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(figure_units(cases[i].units).s,
		    cases[i].shown);
}

/* What the text says about different tables. */
static void
test_says(void **state)
{
	static const char *const names[] = { "expires", "created" };
	static const struct report_style style = { .width = 80 };
	struct summary s;
	struct report r;
	struct buf b = { 0 };

	(void)state;
	fill(&s, true, NULL);
	r = report_of(&s);
	report_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b), "account 123456789012"));
	assert_null(strstr(buf_text(&b), "amazonaws.com"));
	assert_non_null(strstr(buf_text(&b), "36 entries are expired"));
	assert_non_null(strstr(buf_text(&b), "; the other 6 it"));
	assert_non_null(strstr(buf_text(&b),
	    "Repair first: it turns the times of 6 expired entries into"));
	assert_non_null(strstr(buf_text(&b),
	    "\n    ttlsweep repair -t T --region us-east-1\n"));
	assert_non_null(strstr(buf_text(&b),
	    "\n    ttlsweep purge -t T --region us-east-1 --state stuck\n"));
	assert_non_null(strstr(buf_text(&b), "40 write units"));

	/* Not all of it was read. */
	buf_reset(&b);
	r.complete = false;
	r.segments_done = 3;
	report_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b), "INCOMPLETE: 3 of 8"));

	/* The commands repeat the options that selected the entries. */
	buf_reset(&b);
	r.complete = true;
	r.selected = true;
	r.place.repeat = " --kind session";
	report_text(&b, &r, &style);
	assert_non_null(
	    strstr(buf_text(&b), "us-east-1 --kind session --state stuck\n"));

	/* TTL is off. */
	buf_reset(&b);
	r = report_of(&s);
	r.rules = &off;
	r.ttl_status = "DISABLED";
	r.table_ttl = NULL;
	report_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b), "TTL DISABLED"));
	summary_release(&s);

	/* An attribute that no entry has. */
	buf_reset(&b);
	summary_init(&s, 3, true);
	s.items = 9;
	s.states[STATE_IMMORTAL].items = 9;
	s.reasons[STATE_IMMORTAL][REASON_MISSING] = 9;
	r = report_of(&s);
	r.lookalikes = names;
	r.nlookalikes = 2;
	report_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b), "created"));
	assert_non_null(strstr(buf_text(&b), "--ttl-attribute expires"));
	summary_release(&s);

	/* Nothing at all. */
	buf_reset(&b);
	summary_init(&s, 3, true);
	r = report_of(&s);
	report_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b), "0 entries"));
	assert_null(strstr(buf_text(&b), "What to do"));
	summary_release(&s);
	buf_release(&b);
}

/* --- what went wrong, and what to do --- */

#define AWS                                                    \
	"    aws dynamodb update-time-to-live --table-name T " \
	"--time-to-live-specification Enabled="
#define YEAR INT64_C(31557600)

/* Counts by state and reason; REASON_NONE ends them. */
struct trouble {
	const char *name;
	const char *status;    /* NULL: a file */
	const char *table_ttl; /* NULL: none */
	bool acts;
	struct {
		enum state state;
		enum reason why;
		int64_t n, age;
	} counts[5];
	const char *renamed; /* an attribute that looks like times */
	const char *says[6], *never[4];
};

/* The same of selected entries, or with times that name no zone. */
struct narrow {
	const char *selection; /* NULL: all */
	int64_t zoneless;      /* of those that are stuck */
	struct trouble trouble;
};

static const struct trouble troubles[] = {
	/* clang-format off */
	{ "up to date", "ENABLED", "ttl", true,
	    { { STATE_LIVE, REASON_NONE, 9, 0 } }, NULL,
	    { "No expired entry is left: TTL is up to date.",
	      "Nothing: all entries are live." },
	    { "never", "aws " } },
	{ "renamed: all of them", "ENABLED", "ttl", true,
	    { { STATE_IMMORTAL, REASON_MISSING, 3000, 0 } }, "expires",
	    { "No entry has the TTL attribute ttl: by that, none will ever "
	      "expire. Numbers that look like times are in expires.",
	      "\n    ttlsweep inspect -t T --region us-east-1 "
	      "--ttl-attribute expires\n",
	      "let it write ttl again, or move TTL to expires." },
	    { "up to date", "aws " } },
	{ "renamed: in one release", "ENABLED", "ttl", true,
	    { { STATE_LIVE, REASON_NONE, 9, 0 },
	      { STATE_IMMORTAL, REASON_MISSING, 30, 0 } }, "expires",
	    { "No expired entry is left, but TTL will never delete 30 entries.",
	      "was the attribute renamed?",
	      "30 entries lack the attribute ttl. Numbers that look like "
	      "times are in expires. If expires is the expiry time:",
	      "--ttl-attribute expires\n" },
	    { "up to date" } },
	{ "milliseconds, all in the future", "ENABLED", "ttl", true,
	    { { STATE_IMMORTAL, REASON_MILLISECONDS, 1, 0 } }, NULL,
	    { "No expired entry is left, but TTL will never delete 1 entry.",
	      "Math.floor(Date.now() / 1000)",
	      ("Repair turns the time of 1 entry into seconds, and "
	       "TTL then deletes it free of charge after it expires. "
	       "Have the application write and read seconds first, or it may "
	       "treat it as expired:"),
	      "'ttlsweep repair' fixes it. ",
	      "\n    ttlsweep repair -t T --region us-east-1\n" },
	    { "up to date", "lack", "ttlsweep purge", "ttlsweep list" } },
	{ "milliseconds, two in the future", "ENABLED", "ttl", true,
	    { { STATE_IMMORTAL, REASON_MILLISECONDS, 2, 0 } }, NULL,
	    { "'ttlsweep repair' fixes them. " },
	    { "up to date", "fixes it" } },
	{ "milliseconds, some in the past", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_MILLISECONDS, 2, 60 },
	      { STATE_IMMORTAL, REASON_MILLISECONDS, 5, 0 } }, NULL,
	    { "2 entries are expired and still here",
	      "TTL will never delete them as they are, nor 5 of the others.",
	      "milliseconds: 2 stuck, 5 immortal The time is in",
	      ("of 7 entries, 2 of them expired, into seconds, and TTL then "
	       "deletes them free of charge after they expire. "
	       "Have the application write and read seconds first, or it may "
	       "treat what has not expired as if it had:"),
	      "Or, without a repair, delete the 2 stuck entries now:" },
	    { "off", "still never", "immortal, milli", "Then" } },
	{ "milliseconds, all in the past", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_MILLISECONDS, 2, 60 } }, NULL,
	    { "By ttl, every entry has expired. If it is the time of creation, "
	      "these are live. Inspect by the expiry time instead:",
	      "\n    ttlsweep inspect -t T --region us-east-1 --ttl-attribute NAME\n",
	      "What follows is right only if ttl is the expiry time. 2 expired "
	      "entries:", "Without --yes, these commands change nothing." },
	    { "aws " } },
	{ "all in the past, but not for long", "ENABLED", "ttl", true,
	    { { STATE_PENDING, REASON_NONE, 2, 60 } }, NULL,
	    { "To delete both expired" }, { "creation" } },
	{ "all in the past, and still here", "ENABLED", "ttl", true,
	    { { STATE_PENDING, REASON_NONE, 2, YEAR } }, NULL,
	    { "By ttl, every entry has expired. If it is the time of creation, "
	      "these are live, and TTL deletes them: switch it off at once,",
	      AWS "false,AttributeName=ttl --region us-east-1\n",
	      "and inspect by the expiry time, which says how to switch TTL on "
	      "for that:",
	      "What follows is right only if ttl is the expiry time. TTL will "
	      "delete 2 expired entries",
	      "Without --yes, the ttlsweep commands change nothing." },
	    { "Or, instead" } },
	{ "milliseconds, too old, and never expiring", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_MILLISECONDS, 2, 60 },
	      { STATE_STUCK, REASON_TOO_OLD, 9, 9 * YEAR },
	      { STATE_IMMORTAL, REASON_STRING, 5, 0 },
	      { STATE_IMMORTAL, REASON_MISSING, 3, 0 } }, NULL,
	    { "11 expired entries: TTL will never delete them as they are. "
	      "Repair first: it turns the times of 7 entries, 2 of them expired, into",
	      "Then purge the other 9, which TTL will never delete:",
	      "After the repair, 3 entries are still immortal:" }, { "the rest" } },
	{ "milliseconds, too old themselves", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_MILLISECONDS, 2, 9 * YEAR } }, NULL,
	    { "2 expired entries: TTL will never delete them as they are. To "
	      "delete both expired entries now:",
	      "All of these expired five or more years ago: TTL leaves them "
	      "alone even after a repair. Purge them." },
	    { "Repair first", "the rest", "fixes" } },
	{ "one in milliseconds, too old itself, off", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_MILLISECONDS, 1, 9 * YEAR } }, NULL,
	    { "This one expired five or more years ago: TTL leaves it alone "
	      "even after a repair. Purge it." }, { "fixes" } },
	{ "off, in milliseconds, one too old itself", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_MILLISECONDS, 1, 9 * YEAR },
	      { STATE_STUCK, REASON_MILLISECONDS, 1, 60 } }, NULL,
	    { "fixes the existing entries, but TTL, once on, leaves alone the one that expired five or "
	      "more years ago; or purge them." }, { NULL } },
	{ "off, all of the expired too old", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_TTL_OFF, 4, 9 * YEAR },
	      { STATE_LIVE, REASON_TTL_OFF, 6, 0 } }, NULL,
	    { "4 expired entries: TTL will never delete them as they are. Purge "
	      "them:",
	      "\n    ttlsweep purge -t T --region us-east-1 --state stuck\n" },
	    { "instead" } },
	{ "off, one too old", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_TTL_OFF, 3, 60 },
	      { STATE_STUCK, REASON_TTL_OFF, 1, 9 * YEAR } }, NULL,
	    { "TTL will not delete the other one as it is." }, { NULL } },
	{ "strings under another name", "ENABLED", "ttl", true,
	    { { STATE_IMMORTAL, REASON_MISSING, 5, 0 } }, NULL,
	    { "No entry has the attribute ttl. No other attribute has numbers "
	      "that look like times; strings are not looked at. If the time "
	      "is in another one, name it with --ttl-attribute." },
	    { NULL } },
	{ "late, and stuck ones beside it", "ENABLED", "ttl", true,
	    { { STATE_PENDING, REASON_NONE, 20, 10 * 86400 },
	      { STATE_STUCK, REASON_MILLISECONDS, 25, 60 } }, NULL,
	    { " 20 pending entries have been expired for two days or more: "
	      "TTL is behind," }, { "At least" } },
	{ "milliseconds, some too old themselves", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_MILLISECONDS, 2, 9 * YEAR },
	      { STATE_STUCK, REASON_MILLISECONDS, 3, 60 } }, NULL,
	    { "Repair first: it turns the times of 5 expired entries into "
	      "seconds, and TTL then deletes them free of charge, except the "
	      "2 that expired five or more years ago:",
	      "Then purge the other 2, which TTL will never delete:" },
	    { "the rest" } },
	{ "milliseconds, expired ones too old, others ahead", "ENABLED", "ttl",
	    true, { { STATE_STUCK, REASON_MILLISECONDS, 2, 9 * YEAR },
	      { STATE_IMMORTAL, REASON_MILLISECONDS, 1, 0 } }, NULL,
	    { "To delete both expired entries now:",
	      "Repair turns the time of 1 entry into seconds",
	      "ttlsweep repair -t T --region us-east-1 --state immortal\n" },
	    { "Repair first" } },
	{ "too old: nothing to repair", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_TOO_OLD, 9, 9 * YEAR } }, NULL,
	    { "9 expired entries: TTL will never delete them as they are. To "
	      "delete all 9 expired entries now:",
	      "--state stuck\n" }, { "epair", "Then" } },
	{ "off, nothing expired", "DISABLED", NULL, false,
	    { { STATE_LIVE, REASON_TTL_OFF, 7, 0 } }, NULL,
	    { "No expired entry is left, but TTL is off.",
	      "Turn TTL on, and the 7 live entries are deleted free of charge "
	      "when they have expired. TTL acts on the whole table and has no undo:",
	      AWS "true,AttributeName=ttl --region us-east-1\n" },
	    { "up to date", "Nothing:" } },
	{ "off, nothing expired, some immortal", "DISABLED", NULL, false,
	    { { STATE_LIVE, REASON_TTL_OFF, 1, 0 },
	      { STATE_IMMORTAL, REASON_MISSING, 2, 0 } }, NULL,
	    { "left, but TTL is off, and TTL will never delete 2 entries.",
	      "Turn TTL on, and the live entry is deleted" }, { NULL } },
	{ "off: what TTL would delete", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_TTL_OFF, 302, YEAR },
	      { STATE_STUCK, REASON_STRING, 69, YEAR } }, NULL,
	    { ", oldest 365 d 6 h). TTL is off.",
	      "Turn TTL on, and 302 of the 371 expired entries are deleted "
	      "free of charge, typically within a few days. TTL acts on the whole table and has no undo:",
	      AWS "true,AttributeName=ttl --region us-east-1\n",
	      "TTL will not delete the other 69 as they are. Repair turns "
	      "the times of 69 expired entries into seconds, and TTL, when "
	      "it is on, then deletes them free of charge:",
	      "Or, instead, delete all 371 expired entries now:",
	      "\n    ttlsweep purge -t T --region us-east-1\n" },
	    { "up to" } },
	{ "off, some immortal", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_TTL_OFF, 2, 60 },
	      { STATE_IMMORTAL, REASON_MISSING, 4, 0 } }, NULL,
	    { "TTL will never delete 4 of the others. TTL is off." },
	    { "nor", "as they are, " } },
	{ "some stuck, one immortal", "ENABLED", "ttl", true,
	    { { STATE_PENDING, REASON_NONE, 2, 60 },
	      { STATE_STUCK, REASON_TOO_OLD, 1, 9 * YEAR },
	      { STATE_IMMORTAL, REASON_MISSING, 1, 0 } }, NULL,
	    { "TTL will never delete 1 of them as it is, nor the other one." },
	    { "of the others" } },
	{ "some stuck", "ENABLED", "ttl", true,
	    { { STATE_PENDING, REASON_NONE, 2, 60 },
	      { STATE_STUCK, REASON_TOO_OLD, 3, 9 * YEAR },
	      { STATE_LIVE, REASON_NONE, 1, 0 } }, NULL,
	    { "TTL will never delete 3 of them as they are." }, { "nor" } },
	{ "some immortal", "ENABLED", "ttl", true,
	    { { STATE_PENDING, REASON_NONE, 2, 60 },
	      { STATE_IMMORTAL, REASON_MISSING, 3, 0 } }, NULL,
	    { "). TTL will never delete 3 of the others." }, { "nor" } },
	{ "values that may be times", "ENABLED", "ttl", true,
	    { { STATE_IMMORTAL, REASON_NO_TIME, 3, 0 } }, NULL,
	    { "No entry is known to be expired, but TTL will never delete 3" },
	    { "No expired" } },
	{ "numbers that may be ticks", "ENABLED", "ttl", true,
	    { { STATE_IMMORTAL, REASON_FAR_FUTURE, 3, 0 } }, NULL,
	    { "No entry is known to be expired, but TTL will never delete 3" },
	    { "No expired" } },
	{ "late", "ENABLED", "ttl", true,
	    { { STATE_PENDING, REASON_NONE, 5, 60 },
	      { STATE_PENDING, REASON_NONE, 3, YEAR } }, NULL,
	    { "TTL will delete 8 expired entries free of charge. 3 pending "
	      "entries have been expired for two days or more: TTL is behind, "
	      "or only recently turned on, or these were repaired or restored. To delete all 8 expired entries now:",
	      "Without --yes, the ttlsweep commands change nothing." },
	    { "few days" } },
	{ "not late", "ENABLED", "ttl", true,
	    { { STATE_PENDING, REASON_NONE, 1, 60 },
	      { STATE_STUCK, REASON_TOO_OLD, 1, 9 * YEAR } }, NULL,
	    { "TTL will delete 1 of the 2 expired entries free of charge; the "
	      "other one it will never delete as it is. To delete what TTL will "
	      "not:" }, { "behind" } },
	{ "one to repair, one that is too old", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_STRING, 1, 60 },
	      { STATE_STUCK, REASON_TOO_OLD, 1, 9 * YEAR } }, NULL,
	    { "Then purge the remaining one, which TTL will never delete:" },
	    { "the other" } },
	{ "off: all of them", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_TTL_OFF, 1, 60 } }, NULL,
	    { "Turn TTL on, and the expired entry is deleted free of charge",
	      "Or, instead, delete the expired entry now:",
	      "Deleting the expired entry would take 1 write unit, " }, { "The other", "all 1", "all of" } },
	{ "off, some past five years", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_TTL_OFF, 30, 60 },
	      { STATE_STUCK, REASON_TTL_OFF, 10, 9 * YEAR } }, NULL,
	    { "and 30 of the 40 expired entries are deleted",
	      "Turn TTL on (it leaves alone what expired five or more years "
	      "ago), or purge them.",
	      "TTL will not delete the other 10 as they are. Once it is on, "
	      "purge these: \n    ttlsweep purge -t T --region us-east-1 "
	      "--state stuck\nOr, instead, delete all 40 expired entries now:" },
	    { "up to" } },
	{ "off, but it would delete none of them", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_STRING, 371, YEAR } }, NULL,
	    { "371 expired entries: TTL will never delete them as they are. "
	      "Repair turns the times of 371 expired entries into seconds, and "
	      "TTL, when it is on, then deletes them free of charge:",
	      "Then turn TTL on. TTL acts on the whole table and has no undo:",
	      AWS "true,AttributeName=ttl --region us-east-1\n" },
	    { "Turn TTL on" } },
	{ "off, and some that neither repair nor TTL takes", "DISABLED", NULL,
	    false,
	    { { STATE_STUCK, REASON_MILLISECONDS, 4, 60 },
	      { STATE_STUCK, REASON_MILLISECONDS, 3, 9 * YEAR },
	      { STATE_STUCK, REASON_TTL_OFF, 6, 60 },
	      { STATE_STUCK, REASON_TTL_OFF, 2, 9 * YEAR } }, NULL,
	    { "and 6 of the 15 expired entries are deleted",
	      "Once TTL is on, purge the other 5, which TTL will never delete:",
	      "Or, instead, delete all 15 expired entries now:" },
	    { NULL } },
	{ "off, and all are ahead, in milliseconds", "DISABLED", NULL, false,
	    { { STATE_IMMORTAL, REASON_MILLISECONDS, 5, 0 } }, NULL,
	    { "Repair turns the times of 5 entries into seconds, and TTL, when "
	      "it is on, then deletes them free of charge after they expire. "
	      "Have the application write and read seconds first, or it may "
	      "treat them as expired:",
	      "Then turn TTL on. TTL acts on the whole table and has no undo:",
	      AWS "true,AttributeName=ttl --region us-east-1\n" },
	    { NULL } },
	{ "on another attribute, all ahead, in milliseconds", "ENABLED",
	    "expires", false,
	    { { STATE_IMMORTAL, REASON_MILLISECONDS, 5, 0 } }, NULL,
	    { "Then, if the application writes ttl now, move TTL to it: it then "
	      "deletes what has expired by that, also those that are live by "
	      "expires. TTL acts on the whole table and has no undo. Until it is "
	      "moved, it deletes by expires, also what is live by ttl. Switch "
	      "TTL off:",
	      AWS "true,AttributeName=ttl --region us-east-1\n" },
	    { NULL } },
	{ "off, all past five years", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_TTL_OFF, 5, 9 * YEAR } }, NULL,
	    { "5 expired entries: TTL will never delete them as they are.",
	      "TTL is off. Even when it is on, it leaves alone what expired five "
	      "or more years ago. Purge them." }, { "aws ", "Turn" } },
	{ "being switched off", "DISABLING", "ttl", false,
	    { { STATE_STUCK, REASON_TTL_OFF, 5, 60 } }, NULL,
	    { "TTL is being switched off, which takes up to an hour. Turn it "
	      "on when that is done, and all 5 expired" }, { NULL } },
	{ "on another attribute", "ENABLED", "expires", false,
	    { { STATE_STUCK, REASON_TTL_OFF, 5, 60 },
	      { STATE_STUCK, REASON_STRING, 2, 60 } }, NULL,
	    { ", oldest 1 min). TTL acts on expires, not on "
	      "ttl.",
	      "Purge them, or move TTL to ttl; it may delete some of these by "
	      "expires.",
	      "If the application writes ttl now, move TTL to ttl, and 5 of "
	      "the 7 expired entries are deleted free of charge, typically "
	      "within a few days, also those that are live by expires. TTL "
	      "acts on the whole table and has no undo. Until it is moved, it "
	      "deletes by expires, also what is live by ttl. Switch TTL off:",
	      AWS "false,AttributeName=expires --region us-east-1\n",
	      AWS "true,AttributeName=ttl --region us-east-1\n",
	      "Without --yes, the ttlsweep commands change nothing." },
	    { "TTL is off", "Turn TTL on" } },
	{ "on another attribute, nothing expired", "ENABLED", "expires", false,
	    { { STATE_LIVE, REASON_TTL_OFF, 5, 0 } }, NULL,
	    { "No expired entry is left, but TTL acts on expires, not on ttl.",
	      "Move TTL to ttl before they expire; it may delete some of these "
	      "by expires." },
	    { "TTL is off", "Turn TTL on" } },
	{ "on another attribute, which is the right one", "ENABLED", "expires",
	    false, { { STATE_IMMORTAL, REASON_MISSING, 5, 0 } }, "expires",
	    { "No entry has the attribute ttl: by that, none will ever "
	      "expire. TTL acts on expires, not on ttl." },
	    { "aws ", "let it write" } },
	{ "a file", NULL, NULL, true,
	    { { STATE_PENDING, REASON_NONE, 34, 60 },
	      { STATE_STUCK, REASON_STRING, 6, 60 } }, NULL,
	    { "40 entries in this file are expired (median",
	      "In a table with TTL on ttl, TTL deletes 34 of the 40 expired "
	      "entries free of charge; the other 6 it will never delete as "
	      "they are." },
	    { "TTL will delete", "ttlsweep purge" } },
	{ "a file with nothing expired", NULL, NULL, true,
	    { { STATE_LIVE, REASON_NONE, 3, 0 } }, NULL,
	    { "No entry in this file is expired." }, { "up to date", "off" } },
	{ "a file with another attribute", NULL, NULL, true,
	    { { STATE_IMMORTAL, REASON_MISSING, 3, 0 } }, "expires",
	    { "No entry has the TTL attribute ttl",
	      "Try --ttl-attribute expires." }, { "ttlsweep inspect" } },
	/* clang-format on */
};

static const struct narrow narrows[] = {
	/* clang-format off */
	{ "--reason milliseconds --kind session", 0,
	    { "repair gives old times another reason", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_MILLISECONDS, 2, 60 },
	      { STATE_STUCK, REASON_MILLISECONDS, 6, 9 * YEAR } }, NULL,
	    { "Then purge the other 6, which TTL will never delete. Repaired "
		"entries that are too old for TTL then have the reason "
		"too-old, so this purge names it, and also deletes all others "
		"that have it:",
	      "\n    ttlsweep purge -t T --region us-east-1 --reason "
	      "milliseconds,too-old --kind session --state stuck\n",
	      "\n    ttlsweep repair -t T --region us-east-1 --reason "
	      "milliseconds --kind session\n",
	      "Without --yes, these commands change nothing." }, { "the rest" } } },
	{ "--reason missing,string --kind session", 0,
	    { "a time for what has none, of what is selected", "ENABLED", "ttl",
	    true, { { STATE_IMMORTAL, REASON_MISSING, 5, 0 } }, NULL,
	    { "If entries without the attribute ttl should expire, give them a "
	      "time (DUR from now, such as 30d):",
	      "\n    ttlsweep repair -t T --region us-east-1 --kind session "
	      "--reason missing --ttl-for-missing DUR\n" }, { NULL } } },
	{ "--kind session", 0,
	    { "selected values that may be times", "ENABLED", "ttl", true,
	    { { STATE_IMMORTAL, REASON_WRONG_TYPE, 5, 0 } }, NULL,
	    { "None of the selected entries is known to be expired, but TTL "
	      "will never delete 5 entries." }, { NULL } } },
	{ "--kind session", 0,
	    { "none of the selected", "ENABLED", "ttl", true,
	    { { STATE_IMMORTAL, REASON_MISSING, 5, 0 } }, NULL,
	    { "None of the selected entries is expired, but" }, { NULL } } },
	{ "--kind session", 0,
	    { "a time for what has none", "ENABLED", "ttl",
	    true, { { STATE_IMMORTAL, REASON_MISSING, 5, 0 } }, NULL,
	    { "\n    ttlsweep repair -t T --region us-east-1 --kind session "
	      "--reason missing --ttl-for-missing DUR\n" }, { NULL } } },
	{ "--reason ttl-off", 0,
	    { "too old, and then of another reason", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_TTL_OFF, 4, 9 * YEAR },
	      { STATE_LIVE, REASON_TTL_OFF, 6, 0 } }, NULL,
	    { " --reason ttl-off,too-old --state stuck\n" }, { "instead" } } },
	{ "--larger-than 85", 0,
	    { "turning TTL on makes nothing smaller", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_TTL_OFF, 4, 60 },
	      { STATE_STUCK, REASON_TTL_OFF, 3, 9 * YEAR } }, NULL,
	    { "Once it is on, purge these:",
	      " --larger-than 85 --state stuck\n" }, { "any size" } } },
	{ "--larger-than 85", 0,
	    { "what was repaired needs no purge", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_MILLISECONDS, 2, 60 },
	      { STATE_STUCK, REASON_TOO_OLD, 6, 9 * YEAR } }, NULL,
	    { "Then purge the other 6, which TTL will never delete:",
	      " --larger-than 85 --state stuck\n" }, { "any size" } } },
	{ "--prefix 'a --larger-than 5' --larger-than 85", 0,
	    { "a repair makes entries smaller", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_MILLISECONDS, 2, 60 },
	      { STATE_STUCK, REASON_MILLISECONDS, 6, 9 * YEAR } }, NULL,
	    { "Then purge the other 6, which TTL will never delete. Repaired "
		"entries are smaller, so this purge also deletes others of any "
		"size:",
	      " --prefix 'a --larger-than 5' --state stuck\n",
	      "\n    ttlsweep repair -t T --region us-east-1 --prefix 'a "
	      "--larger-than 5' --larger-than 85\n" }, { "too-old" } } },
	{ "--reason milliseconds --larger-than 85", 0,
	    { "smaller, and of another reason", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_MILLISECONDS, 2, 60 },
	      { STATE_STUCK, REASON_MILLISECONDS, 6, 9 * YEAR } }, NULL,
	    { "and also deletes all others that have it. Repaired entries "
		"are smaller, so this purge also deletes others of any size:",
	      " --reason milliseconds,too-old --state stuck\n" }, { NULL } } },
	{ "--reason too-old,milliseconds", 0,
	    { "reasons with too-old", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_MILLISECONDS, 2, 60 },
	      { STATE_STUCK, REASON_MILLISECONDS, 6, 9 * YEAR } }, NULL,
	    { "Then purge the other 6, which TTL will never delete:",
	      " --reason too-old,milliseconds --state stuck\n" }, { NULL } } },
	{ "--reason milliseconds,string", 2,
	    { "nothing selected is old", "ENABLED", "ttl", true,
		{ { STATE_STUCK, REASON_MILLISECONDS, 10, 60 },
		    { STATE_STUCK, REASON_STRING, 2, 60 } }, NULL,
		{ "If the zone is not known, repair first, and then purge the other "
		  "2 that have expired; TTL will never delete them as they are:",
		    " --reason milliseconds,string --state stuck\n" },
		{ "too-old" } } },
	{ NULL, 2,
	    { "some of the rest have no zone", "ENABLED", "ttl", true,
		{ { STATE_STUCK, REASON_MILLISECONDS, 10, 60 },
		    { STATE_STUCK, REASON_STRING, 2, 60 },
		    { STATE_STUCK, REASON_WRONG_TYPE, 3, 60 } }, NULL,
		{ "Then purge the other 5 (3 with --zone), which TTL will "
		  "never delete:", "fixes the existing entries, so that TTL "
		  "deletes them free of charge; or" }, { NULL } } },
	{ NULL, 2,
	    { "zone unknown, and five years ago", "ENABLED", "ttl", true,
		{ { STATE_STUCK, REASON_MILLISECONDS, 10, 60 },
		    { STATE_STUCK, REASON_STRING, 2, 60 },
		    { STATE_STUCK, REASON_TOO_OLD, 3, 9 * YEAR } }, NULL,
		{ "Then purge the other 5 (3 with --zone), which TTL "
		  "will never delete:", "string: 2 stuck",
		  "so that TTL deletes them free of charge; or purge them." },
		{ "except" } } },
	{ NULL, 2,
	    { "times without a zone, all too old, off", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_STRING, 2, 9 * YEAR } }, NULL,
	    { "All of these expired five or more years ago: TTL leaves them "
	      "alone even after a repair. Purge them.",
	      "To delete both expired entries now: " },
	    { "--zone UTC", "--zone ZONE", "urn TTL on" } } },
	{ NULL, 3,
	    { "times without a zone, and others that are too old", "ENABLED",
	    "ttl", true,
	    { { STATE_STUCK, REASON_STRING, 3, 60 },
	      { STATE_STUCK, REASON_TOO_OLD, 2, 9 * YEAR } }, NULL,
	    { "3 entries have a time without a zone. ",
	      "Then purge the rest, which TTL will never delete: " },
	    { "To delete all" } } },
	{ NULL, 5,
	    { "times without a zone, off", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_STRING, 5, 60 } }, NULL,
	    { "application's zone. If that is UTC: ", "--zone UTC\nThen turn TTL on. TTL acts",
	      "If the zone is not known, purge the 5 that have expired; TTL "
	      "will never delete them as they are: " },
	    { "To delete all", "Or, without a repair" } } },
	{ NULL, 3,
	    { "times without a zone beside others, off", "DISABLED", NULL, false,
	    { { STATE_STUCK, REASON_STRING, 3, 60 },
	      { STATE_STUCK, REASON_TTL_OFF, 1, 60 } }, NULL,
	    { "If the zone is not known, turn TTL on first, and then purge the 3 "
	      "that have expired; TTL will never delete them as they are: ",
	      "Or, instead, delete all 4 expired entries now: " },
	    { "To delete all" } } },
	{ NULL, 3,
	    { "times without a zone beside others, elsewhere", "ENABLED", "expires", false,
	    { { STATE_STUCK, REASON_STRING, 3, 60 },
	      { STATE_STUCK, REASON_TTL_OFF, 1, 60 } }, NULL,
	    { "move TTL first, and then purge the 3 that have expired; TTL will" },
	    { "To delete all" } } },
	{ NULL, 5,
	    { "times without a zone", "ENABLED", "ttl", true,
	    { { STATE_STUCK, REASON_STRING, 5, 60 } }, NULL,
	    { "'ttlsweep repair --zone ZONE' fixes the existing entries",
	      "5 entries have a time without a zone. Repair turns them into "
	      "seconds only if it is given the application's zone. If that is "
	      "UTC:",
	      "\n    ttlsweep repair -t T --region us-east-1 --zone UTC\n" },
	    { "Repair first" } } },
	/* clang-format on */
};

static void
fill_trouble(struct summary *s, const struct trouble *t)
{
	summary_init(s, 3, true);
	for (size_t i = 0; i < COUNT(t->counts); i++) {
		enum state state = t->counts[i].state;
		int64_t n = t->counts[i].n;

		s->items += n;
		s->states[state].items += n;
		s->reasons[state][t->counts[i].why] += n;
		s->purge_units += n;
		s->free_by_ttl += state == STATE_PENDING ? n : 0;
		if (state == STATE_PENDING || state == STATE_STUCK)
			summary_add_age(s, t->counts[i].age, n);
		if (state == STATE_PENDING && t->counts[i].age >= SUMMARY_LATE)
			s->late += n;
		if (state == STATE_STUCK && t->counts[i].age >= RECORD_TOO_OLD)
			s->old[t->counts[i].why] += n;
	}
}

/* The same words, wherever lines were broken: spaces are joined, but commands
 * keep their lines. */
static void
unwrap(struct buf *out, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n"), blanks = strspn(text, " ");
		bool command = blanks == 4 &&
		    (strncmp(text + 4, "aws ", 4) == 0 ||
			strncmp(text + 4, "ttlsweep ", 9) == 0);

		if (command)
			buf_addc(out, '\n');
		buf_add(out, command ? text : text + blanks,
		    command ? n : n - (blanks < n ? blanks : n));
		buf_addc(out, command ? '\n' : ' ');
		text += n + (text[n] == '\n');
	}
}

static void
check_trouble(const struct trouble *t, const char *text)
{
	struct buf plain = { 0 };

	unwrap(&plain, text);
	for (size_t k = 0; k < COUNT(t->says); k++)
		if (t->says[k] != NULL &&
		    strstr(buf_text(&plain), t->says[k]) == NULL)
			fail_msg("%s: \"%s\" is not in\n%s", t->name,
			    t->says[k], buf_text(&plain));
	for (size_t k = 0; k < COUNT(t->never); k++)
		if (t->never[k] != NULL &&
		    strstr(buf_text(&plain), t->never[k]) != NULL)
			fail_msg("%s: \"%s\" is in\n%s", t->name, t->never[k],
			    buf_text(&plain));
	buf_release(&plain);
}

static void
test_troubles(void **state)
{
	static const struct report_style style = { .width = 80 };

	(void)state;
	for (size_t i = 0; i < COUNT(troubles) + COUNT(narrows); i++) {
		const struct narrow *w =
		    i < COUNT(troubles) ? NULL : &narrows[i - COUNT(troubles)];
		const struct trouble *t =
		    w != NULL ? &w->trouble : &troubles[i];
		struct buf b = { 0 }, repeat = { 0 };
		struct summary s;
		struct report r;

		fill_trouble(&s, t);
		r = report_of(&s);
		r.ttl_status = t->status;
		r.table_ttl = t->table_ttl;
		r.rules = t->acts ? &rules : &off;
		r.lookalikes = &t->renamed;
		r.nlookalikes = t->renamed != NULL;
		if (w != NULL)
			s.zoneless[STATE_STUCK] = w->zoneless;
		if (w != NULL && s.old[REASON_STRING] > 0)
			s.zoneless_old = w->zoneless;
		if (w != NULL && w->selection != NULL) {
			buf_addf(&repeat, " %s", w->selection);
			r.selection = w->selection;
			r.selected = true;
			r.place.repeat = buf_text(&repeat);
		}
		if (t->status == NULL)
			r.place = (struct report_place){ .input = "x.json" };
		report_text(&b, &r, &style);
		check_trouble(t, buf_text(&b));
		/* only what is well has this color */
		buf_reset(&b);
		report_html(&b, &r);
		assert_int_equal(strstr(buf_text(&b), "\"verdict live\"") !=
			NULL,
		    s.states[STATE_LIVE].items == s.items && t->acts);
		summary_release(&s);
		buf_release(&b);
		buf_release(&repeat);
	}
}

/* What moves TTL takes two commands, and a brief report has room for one. */
static void
test_brief_move(void **state)
{
	static const struct report_style style = { .width = 80 };
	static const struct trouble moved = { .status = "ENABLED",
		.counts = { { STATE_STUCK, REASON_TTL_OFF, 5, 60 } } };
	struct buf b = { 0 };
	struct summary s;
	struct report r;

	(void)state;
	fill_trouble(&s, &moved);
	r = report_of(&s);
	r.ttl_status = moved.status;
	r.table_ttl = "expires";
	r.rules = &off;
	report_brief(&b, &r, &style);
	assert_null(strstr(buf_text(&b), "aws "));
	assert_non_null(strstr(buf_text(&b),
	    "how to do it is in the full report:\n    ttlsweep inspect -t T "
	    "--region us-east-1 --ttl-attribute ttl\n"));
	summary_release(&s);
	buf_release(&b);
}

/* The brief report has the states, and nothing after the first command. */
static void
test_brief(void **state)
{
	static const struct report_style style = { .width = 80 };
	struct summary s;
	struct report r;
	struct buf b = { 0 };
	const char *command;

	(void)state;
	fill(&s, true, NULL);
	r = report_of(&s);
	report_brief(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b), "36 entries are expired"));
	assert_non_null(strstr(buf_text(&b), "\nstuck "));
	assert_non_null(strstr(buf_text(&b), "What to do first"));
	command = strstr(buf_text(&b), "    ttlsweep repair");
	assert_non_null(command);
	assert_string_equal(strchr(command, '\n'), "\n");
	assert_null(strstr(buf_text(&b), "Why"));
	assert_null(strstr(buf_text(&b), "Groups"));
	summary_release(&s);

	/* Nothing at all. */
	buf_reset(&b);
	summary_init(&s, 3, true);
	r = report_of(&s);
	report_brief(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b), "0 entries"));
	assert_null(strstr(buf_text(&b), "What to do"));
	summary_release(&s);
	buf_release(&b);
}

/* What one entry of a sample lacks, others may have. */
static void
test_nameless_part(void **state)
{
	static const struct report_style style = { .width = 4000 };
	struct summary s, seen;
	struct report_sample sample = { .by = { 1, 64, 1 }, .seen = &seen };
	struct report r;
	struct buf b = { 0 };

	(void)state;
	summary_init(&s, 3, true);
	summary_init(&seen, 3, true);
	s.items = s.states[STATE_IMMORTAL].items = 9;
	s.reasons[STATE_IMMORTAL][REASON_MISSING] = 9;
	r = report_of(&s);
	r.sample = &sample;
	r.estimated = true;
	report_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b),
	    "\nNo entry in the sample has the TTL attribute ttl.\n"));
	assert_non_null(strstr(buf_text(&b),
	    "No entry in the sample has the attribute ttl; read more of the "
	    "table to be sure."));
	assert_null(strstr(buf_text(&b), "No entry has"));
	buf_reset(&b);
	r.sample = NULL;
	r.estimated = false;
	r.complete = false;
	report_html(&b, &r);
	assert_non_null(strstr(buf_text(&b), "No entry that was read has"));
	assert_null(strstr(buf_text(&b), "No entry has"));
	summary_release(&s);
	summary_release(&seen);
	buf_release(&b);
}

/* What was selected, and what was read of a part, says nothing of the rest. */
static void
test_parts(void **state)
{
	static const struct report_style style = { .width = 4000 };
	static const int64_t one = 1;
	static const struct report_shards shards = { 2, &one, 1 };
	struct summary s;
	struct buf b = { 0 };

	(void)state;
	for (int i = 0; i < 5; i++) {
		static const struct {
			int64_t pending;
			bool selected, complete, shard, timed;
			const char *says[2], *never;
		} cases[] = {
			{ 0, true, true, false, false,
			    { "\nNone of the selected entries is expired.\n",
				"Nothing for the selected entries: all are" },
			    "up to date" },
			{ 0, false, true, true, false,
			    { "\nNo entry that was read is expired.\n",
				"Nothing: all entries that were read are live." },
			    "up to date" },
			{ 0, false, false, false, false,
			    { "\nNo entry that was read is expired.\n",
				"INCOMPLETE: 7 of 8 segments were read to" },
			    "a part of the table" },
			{ 9, true, true, true, false,
			    { "\n9 selected entries are expired and still ",
				"These figures are of a part of the table; the "
				"commands act on all of it.\n" },
			    "as of" },
			{ 1, false, true, false, true,
			    { "\n1 entry expired 1 min ago and is still "
			      "here.\n",
				"These figures are as of 2026-11-22T07:24:31Z; "
				"the commands judge by the present time.\n" },
			    "part of" },
		};
		struct report r;

		summary_init(&s, 3, false);
		s.items = s.states[STATE_LIVE].items = 5;
		s.items += s.states[STATE_PENDING].items = cases[i].pending;
		if (cases[i].pending > 0)
			summary_add_age(&s, 60, cases[i].pending);
		r = report_of(&s);
		r.selected = cases[i].selected;
		r.complete = cases[i].complete;
		r.segments_done -= !r.complete;
		r.shards = cases[i].shard ? &shards : NULL;
		r.timed = cases[i].timed;
		buf_reset(&b);
		report_text(&b, &r, &style);
		for (int k = 0; k < 2; k++)
			if (strstr(buf_text(&b), cases[i].says[k]) == NULL)
				fail_msg("%d: \"%s\" is not in %s", i,
				    cases[i].says[k], buf_text(&b));
		if (strstr(buf_text(&b), cases[i].never) != NULL)
			fail_msg("%d: %s", i, buf_text(&b));
		summary_release(&s);
	}
	buf_release(&b);
}

static void
test_timed(void **state)
{
	static const struct {
		int64_t now, clock;
		bool timed;
	} cases[] = {
		{ NOW, NOW, false },
		{ NOW - 86400, NOW, false }, /* a long run */
		{ NOW + 86400, NOW, false },
		{ NOW - 86401, NOW, true },
		{ NOW + 86401, NOW, true },
		{ INT64_MIN, NOW, true },
		{ INT64_MAX, NOW, true },
		{ INT64_MAX, INT64_MAX, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (report_timed(cases[i].now, cases[i].clock) !=
		    cases[i].timed)
			fail_msg("%zu", i);
}

/* The figures of a sample agree, and say that they are estimates. The ages add
 * up to one more than the states. */
static void
test_estimate(void **state)
{
	static const struct report_style style = { .width = 4000 };
	static const char *const says[] = {
		"About 36 entries",
		", nor about 4 of the others.",
		"milliseconds: about 6 stuck (",
		"TTL will delete about 30 of about 36 expired entries",
		"; about 6 others it will never",
		" About 11 pending",
		"TTL will never delete about 4 immortal entries:",
		"would take about 40 write units",
	};
	struct summary s, seen;
	struct report_sample sample = { .by = { 64, 64, 1 }, .seen = &seen };
	struct report r;
	struct buf b = { 0 };

	(void)state;
	fill(&s, true, NULL);
	fill(&seen, true, NULL);
	summary_add_age(&s, 300000, 1);
	s.late = 11;
	r = report_of(&s);
	r.sample = &sample;
	r.estimated = true;
	report_text(&b, &r, &style);
	for (size_t i = 0; i < COUNT(says); i++)
		if (strstr(buf_text(&b), says[i]) == NULL)
			fail_msg("no \"%s\" in %s", says[i], buf_text(&b));
	buf_reset(&b);
	report_html(&b, &r);
	assert_non_null(strstr(buf_text(&b),
	    "About 11&#160;pending entries expired two days ago or "
	    "earlier."));
	summary_release(&s);
	summary_release(&seen);
	buf_release(&b);
}

/* Two reasons are rounded apart, and so are all that are stuck: 1 + 1 beside 3.
 * No entry is left that a repair would not change. */
static void
test_estimate_rounded(void **state)
{
	static const struct report_style style = { .width = 4000 };
	struct summary s, seen;
	struct report_sample sample = { .by = { 40, 50, 1 }, .seen = &seen };
	struct report r;
	struct buf b = { 0 };

	(void)state;
	summary_init(&seen, 3, true);
	seen.items = seen.states[STATE_STUCK].items = 2;
	seen.reasons[STATE_STUCK][REASON_MILLISECONDS] = 1;
	seen.reasons[STATE_STUCK][REASON_STRING] = 1;
	summary_add_age(&seen, 60, 2);
	sample_scale(&s, &seen, &sample.by);
	r = report_of(&s);
	r.sample = &sample;
	r.estimated = true;
	report_text(&b, &r, &style);
	if (strstr(buf_text(&b),
		"turns the times of about 3 expired entries into") == NULL ||
	    strstr(buf_text(&b), "Or, without a repair, ") == NULL ||
	    strstr(buf_text(&b), "Then purge") != NULL)
		fail_msg("%s", buf_text(&b));
	summary_release(&s);
	summary_release(&seen);
	buf_release(&b);
}

/* A command never acts on a table of the same name elsewhere. */
static void
test_switch(void **state)
{
	const struct report_place place = { .table = "my table",
		.region = "eu-west-1",
		.endpoint = "http://127.0.0.1:8000",
		.endpoint_shown = true,
		.profile = "a b" };
	struct buf b = { 0 };

	(void)state;
	text_report_ttl_command(&b, &place, false, "x");
	assert_string_equal(buf_text(&b),
	    "aws dynamodb update-time-to-live --table-name 'my table' "
	    "--time-to-live-specification Enabled=false,AttributeName=x "
	    "--region eu-west-1 --endpoint-url http://127.0.0.1:8000 "
	    "--profile 'a b'");
	buf_release(&b);
}

static struct sweep_totals
totals_of(bool executed)
{
	struct sweep_totals t = { .scanned = 50000,
		.matched = 15021,
		.states = { [STATE_PENDING] = 14973, [STATE_STUCK] = 48 },
		.units = 16000,
		.journal_bytes = 1 << 20 };

	if (executed) {
		t.outcomes[OUTCOME_DELETED] = 15010;
		t.outcomes[OUTCOME_REFRESHED] = 8;
		t.outcomes[OUTCOME_GONE] = 2;
		t.outcomes[OUTCOME_FAILED] = 1;
		t.unconfirmed = 3;
		t.stopped = "max-items";
	} else {
		t.outcomes[OUTCOME_SKIPPED] = 15021;
	}
	return t;
}

static void
test_sweep_json(void **state)
{
	struct sweep_totals t = totals_of(true);
	struct report_sweep r = {
		.command = "purge",
		.place = { .table = "T",
		    .region = "us-east-1",
		    .price = price_of("us-east-1") },
		.work = { .requests = 700,
		    .retries = 2,
		    .read_units = 6000.5,
		    .seconds = 12.3456 },
		.executed = true,
		.now = NOW,
		.totals = &t,
		.write_units = 16000,
		.journal = "/j/T.journal",
		.journal_free = -1,
	};
	struct buf b = { 0 };

	(void)state;
	report_sweep_json(&b, &r);
	assert_string_equal(buf_text(&b),
	    "{\"schema\":\"ttlsweep.purge/1\",\"table\":\"T\",\"executed\":"
	    "true,\"now\":1795332271,\"scanned\":50000,\"matched\":15021,"
	    "\"deleted\":15010,\"refreshed\":8,\"gone\":2,\"failed\":1,"
	    "\"skipped\":0,\"unconfirmed\":3,\"read_units\":6000.5,"
	    "\"write_units\":16000,\"usd\":0.01,\"free_by_ttl\":14973,"
	    "\"requests\":700,\"retries\":2,\"seconds\":12.346,\"journal\":"
	    "\"/j/T.journal\",\"stopped\":\"max-items\"}\n");

	/* A restore; nobody knows the price. */
	buf_reset(&b);
	t = (struct sweep_totals){ .scanned = 5, .matched = 5 };
	t.outcomes[OUTCOME_DELETED] = 3;
	t.outcomes[OUTCOME_REFRESHED] = 2;
	r.command = "restore";
	r.place.price = NULL;
	r.journal = NULL;
	report_sweep_json(&b, &r);
	assert_non_null(
	    strstr(buf_text(&b), "\"schema\":\"ttlsweep.restore/1\""));
	assert_non_null(strstr(buf_text(&b),
	    "\"matched\":5,\"restored\":3,\"present\":2,\"failed\":0,"
	    "\"skipped\":0,\"unconfirmed\":0,"));
	assert_null(strstr(buf_text(&b), "\"gone\""));
	assert_null(strstr(buf_text(&b), "usd"));
	assert_non_null(strstr(buf_text(&b), ",\"free_by_ttl\":0,"));
	assert_non_null(
	    strstr(buf_text(&b), ",\"journal\":null,\"stopped\":null}"));

	/* A dry run has none yet; small amounts are exact. */
	buf_reset(&b);
	t = totals_of(false);
	r.command = "purge";
	r.place.price = price_of("us-east-1");
	r.executed = false;
	r.journal = "/j/T.journal";
	r.write_units = 2;
	report_sweep_json(&b, &r);
	assert_non_null(strstr(buf_text(&b), "\"usd\":0.00000125,"));
	assert_non_null(strstr(buf_text(&b), ",\"journal\":null,"));
	buf_release(&b);
}

static void
test_throttled(void **state)
{
	static const struct {
		const char *name;
		struct report_work work;
		const char *said;
	} cases[] = {
		{ "nothing was sent", { 0 }, "" },
		{ "nothing was throttled", { .requests = 9, .writes = 3 }, "" },
		{ "all writes, and far more reads were not",
		    { .requests = 100,
			.throttled = 12,
			.writes = 12,
			.throttled_writes = 12 },
		    "the service throttled 12 of 12 write requests: slow down "
		    "with --max-wcu, or raise the table's capacity" },
		{ "half of the reads",
		    { .requests = 1100,
			.throttled = 51,
			.writes = 1000,
			.throttled_writes = 1 },
		    "the service throttled 50 of 100 read requests: slow down "
		    "with --max-rcu, or raise the table's capacity" },
		{ "less than half of each",
		    { .requests = 200,
			.throttled = 98,
			.writes = 100,
			.throttled_writes = 49 },
		    "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct report_sweep r = { .work = cases[i].work };
		struct buf line = { 0 };

		print_message("%s\n", cases[i].name);
		assert_int_equal(report_manner_throttled(&r, &line),
		    cases[i].said[0] != '\0');
		assert_string_equal(buf_text(&line), cases[i].said);
		buf_release(&line);
	}
}

/* The dry run of a restore, with and without journals of a repair, and its
 * end. */
static void
test_restore_text(void **state)
{
	static const struct report_style style = { .width = 1000 };
	static const struct {
		int64_t of_repair;
		bool executed;
		const char *stopped, *says;
		int64_t ttl_given; /* 0: none */
	} cases[] = {
		{ 0, false, NULL,
		    " Each is put back only if no entry has its key. That takes ",
		    0 },
		{ 5, false, NULL,
		    " Each entry of a repair gets back the TTL value that it "
		    "had, if any, if it still has the one that repair wrote. "
		    "One that was deleted is put back only if no entry has its "
		    "key. All of this takes ",
		    0 },
		{ 2, false, NULL,
		    " Each entry of a repair gets back the TTL value that it "
		    "had, if any, if it still has the one that repair wrote. "
		    "Any other, "
		    "and one that was deleted, is put back only if no entry "
		    "has its key. All of this takes ",
		    0 },
		{ 5, false, NULL,
		    " Each entry of a repair that still has the TTL value that "
		    "repair wrote gets the TTL 2026-11-22T08:12:00Z instead of "
		    "its old one. One that was deleted is put back only",
		    1795335120 },
		{ 2, false, NULL,
		    " What is put back gets the TTL 2026-11-22T08:12:00Z, though none of it has expired; a later TTL is shortened. Each "
		    "entry of a repair that still has the TTL value that repair "
		    "wrote gets this TTL instead of its old one. ",
		    1795335120 },
		{ 0, true, "interrupted",
		    " Stopped early: interrupted. The rest was not put back; "
		    "run the same command again to continue. ",
		    0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sweep_totals t = { .scanned = 5,
			.matched = 5,
			.outcomes = { [OUTCOME_SKIPPED] = 5 },
			.of_repair = cases[i].of_repair,
			.changed = cases[i].of_repair,
			.lasting = 5 - cases[i].of_repair,
			.stopped = cases[i].stopped };
		struct report_sweep r = { .command = "restore",
			.place = { .table = "T", .region = "us-east-1" },
			.executed = cases[i].executed,
			.ttl_given = cases[i].ttl_given != 0
			    ? cases[i].ttl_given
			    : INT64_MIN,
			.totals = &t,
			.journal_free = -1 };
		struct buf b = { 0 };

		report_sweep_text(&b, &r, &style);
		/* wherever its lines break */
		for (char *p = b.p; (p = strchr(p, '\n')) != NULL;)
			*p = ' ';
		if (strstr(b.p, cases[i].says) == NULL)
			fail_msg("%zu: %s", i, b.p);
		buf_release(&b);
	}
}

/* What reports of sweeps say about one entry, some, and all. */
static void
test_sweep_says(void **state)
{
	static const struct report_style style = { .width = 1000 };
	static const struct {
		const char *command;
		bool executed, refused;
		const char *ttl_unknown, *stopped;
		struct sweep_totals t;
		const char *says, *never;
	} cases[] = {
		/* clang-format off */
		{ "purge", false, true, NULL, NULL,
		    { .matched = 2, .outcomes = { [OUTCOME_SKIPPED] = 2 } },
		    "\nNothing was changed. With --yes this would be refused "
		    "(see above).\n", "    ttlsweep" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 188, .outcomes = { [OUTCOME_SKIPPED] = 188 },
			.states = { [STATE_PENDING] = 161, [STATE_STUCK] = 27 } },
		    "\nTTL will delete 161 of them free of charge. It will never "
		    "delete the other 27 as they are.\n", "few days" },
		{ "purge", false, false, "expires", NULL,
		    { .matched = 1, .outcomes = { [OUTCOME_SKIPPED] = 1 },
			.states = { [STATE_PENDING] = 1 } },
		    "\nIf TTL is on for expires, it will delete it free of "
		    "charge.\n", "other" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 9, .outcomes = { [OUTCOME_SKIPPED] = 9 },
			.states = { [STATE_LIVE] = 3, [STATE_PENDING] = 4,
			    [STATE_STUCK] = 2 } },
		    "\n3 LIVE entries are among them. Those that are renewed meanwhile are deleted all the same.\nTTL will delete 4 of "
		    "them free of charge, and the 3 live ones once they have expired. It will never\ndelete the other 2 as they are.\n", "all of" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 3, .outcomes = { [OUTCOME_SKIPPED] = 3 },
			.states = { [STATE_LIVE] = 1, [STATE_IMMORTAL] = 2 },
			.live_sessions = 1, .ahead = 2, .ahead_sessions = 2 },
		    "\nThe times of 2 immortal entries among them have not passed: "
		    "these are sessions, whose users would be\nlogged out, too.\n", "may still" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 1, .outcomes = { [OUTCOME_SKIPPED] = 1 },
			.states = { [STATE_IMMORTAL] = 1 }, .ahead = 1 },
		    "\nIts time has not passed: the application may still use it.\n", "logged out" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 3, .outcomes = { [OUTCOME_SKIPPED] = 3 },
			.states = { [STATE_IMMORTAL] = 3 }, .ahead = 3, .ahead_sessions = 1 },
		    "\nTheir times have not passed; 1 is a session, whose user would be logged out.\n", "too" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 38, .outcomes = { [OUTCOME_SKIPPED] = 38 },
			.states = { [STATE_IMMORTAL] = 33, [STATE_LIVE] = 5 },
			.live_sessions = 5, .timeless_sessions = 30 },
		    "\n30 sessions among them have no time that could be read: "
		    "their users may be logged out, too.\n", "These" },
		{ "repair", false, false, NULL, NULL,
		    { .matched = 3, .outcomes = { [OUTCOME_SKIPPED] = 3 },
			.states = { [STATE_IMMORTAL] = 3 }, .ahead = 3, .ahead_sessions = 3 },
		    "\nNone of the entries to repair has expired. Have the application write and read seconds first, or it\n"
		    "may treat these as expired, and log out their users.\n", "not expired" },
		{ "repair", false, false, NULL, NULL,
		    { .matched = 5, .outcomes = { [OUTCOME_SKIPPED] = 5 },
			.states = { [STATE_IMMORTAL] = 3 }, .ahead = 3, .ahead_sessions = 1 },
		    "\n3 of the 5 entries to repair have not expired. Have the application write and read seconds first, or\n"
		    "it may treat these as expired, and log out the user of 1 session.\n", "None" },
		{ "repair", false, false, NULL, NULL,
		    { .matched = 1, .outcomes = { [OUTCOME_SKIPPED] = 1 },
			.states = { [STATE_IMMORTAL] = 1 }, .ahead = 1 },
		    "\nThe entry to repair has not expired. Have the application write and read seconds first, or it may\n"
		    "treat it as expired.\n", "log" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 1, .outcomes = { [OUTCOME_SKIPPED] = 1 },
			.states = { [STATE_IMMORTAL] = 1 }, .timeless_sessions = 1 },
		    "\nThis session has no time that could be read: its user may be logged out.\n", "too" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 2, .outcomes = { [OUTCOME_SKIPPED] = 2 },
			.states = { [STATE_IMMORTAL] = 2 }, .timeless_sessions = 2 },
		    "\nThese sessions have no time that could be read: their users may be logged out.\n", "among" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 3, .outcomes = { [OUTCOME_SKIPPED] = 3 },
			.states = { [STATE_STUCK] = 3 } },
		    "\nTTL will never delete them as they are.\n", "all" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 1, .outcomes = { [OUTCOME_SKIPPED] = 1 },
			.states = { [STATE_STUCK] = 1 } },
		    "\nTTL will never delete it as it is.\n", "delete them" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 2, .outcomes = { [OUTCOME_SKIPPED] = 2 },
			.states = { [STATE_LIVE] = 2 }, .live_sessions = 2 },
		    "\nBoth are LIVE sessions: their users would be "
		    "logged out. Those that are renewed meanwhile are\ndeleted all the same.\n", "TTL" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 1, .outcomes = { [OUTCOME_SKIPPED] = 1 },
			.states = { [STATE_LIVE] = 1 }, .live_sessions = 1 },
		    "\nIt is a LIVE session: its user would be logged "
		    "out. If it is renewed meanwhile, it is deleted all\nthe same.\n", "TTL" },
		{ "purge", false, false, NULL, "max-percent",
		    { .matched = 3, .outcomes = { [OUTCOME_SKIPPED] = 3 },
			.percent_matched = 3, .percent_of = 11 },
		    "\n3 of 11 entries (27.3 %) match, more than --max-percent "
		    "20 allows: nothing would be changed.\n", "again" },
		{ "purge", true, false, NULL, NULL,
		    { .matched = 3, .outcomes = { [OUTCOME_DELETED] = 3 } },
		    "\nCopies of the entries, as they were, are in the journal "
		    "(0 B):\n    /j\n", "image" },
		{ "repair", false, false, NULL, NULL,
		    { .matched = 1, .outcomes = { [OUTCOME_SKIPPED] = 1 },
			.states = { [STATE_IMMORTAL] = 1 },
			.reasons = { [STATE_IMMORTAL] = { [REASON_MISSING] = 1 } } },
		    "\n1 entry without a TTL gets one: 2026-11-22T07:24:31Z.\n",
		    "old" },
		{ "restore", false, false, NULL, NULL,
		    { .scanned = 3, .matched = 3,
			.outcomes = { [OUTCOME_REFRESHED] = 3 } },
		    "  present       3  left alone: the key is in use\n  to put "
		    "back   0\n\nThere is nothing to put back: every key is in "
		    "use. Checking which keys are in use took 0 read units.\n", "--yes" },
		{ "restore", false, false, NULL, NULL,
		    { .matched = 3, .of_repair = 3,
			.outcomes = { [OUTCOME_REFRESHED] = 3 } },
		    ": none still has the TTL value that repair wrote. Checking which keys\n",
		    "every key" },
		{ "restore", false, false, NULL, NULL, { .scanned = 3 },
		    "\nThere is nothing to put back.\n", "--yes" },
		{ "restore", false, false, NULL, NULL,
		    { .matched = 188, .expired = 188, .expired_again = 161,
			.outcomes = { [OUTCOME_SKIPPED] = 188 } },
		    "\nAll 188 entries to put back are expired; TTL will delete 161 of them: "
		    "give more time with\n--extend-ttl DUR (sessions are then accepted again).\n", "Some" },
		{ "restore", false, false, NULL, "interrupted",
		    { .scanned = 9, .matched = 9, .unseen = 6,
			.expired = 2, .expired_again = 2,
			.outcomes = { [OUTCOME_REFRESHED] = 1,
			    [OUTCOME_SKIPPED] = 8 } },
		    "\n  to put back    2\n  not looked up  6  the run stopped first\n",
		    "    ttlsweep" },
		{ "restore", false, false, NULL, "interrupted",
		    { .scanned = 9, .matched = 9, .unseen = 6,
			.expired = 2, .expired_again = 2,
			.outcomes = { [OUTCOME_REFRESHED] = 1,
			    [OUTCOME_SKIPPED] = 8 } },
		    "\nBoth entries to put back are expired; TTL will delete both of them",
		    "put back    8" },
		{ "restore", false, false, NULL, "max-units",
		    { .scanned = 9, .matched = 9, .blocked = true,
			.outcomes = { [OUTCOME_SKIPPED] = 9 } },
		    "\nA run would stop early: max-units.\n", "then continue" },
		{ "restore", true, false, "ttl", NULL,
		    { .matched = 5, .expired = 1, .expired_again = 1,
			.outcomes = { [OUTCOME_DELETED] = 5 } },
		    "\n1 of the 5 entries that were put back is expired; if TTL is "
		    "on, it will delete it (--extend-ttl DUR\nwould have given more time).\n", "Some" },
		{ "restore", true, false, NULL, NULL,
		    { .scanned = 2, .matched = 2, .of_repair = 1,
			.outcomes = { [OUTCOME_REFRESHED] = 2 } },
		    "  present       2  left alone: the key is in use, or no "
		    "longer has the TTL value that repair wrote\n", "Some" },
		{ "restore", false, false, NULL, NULL,
		    { .scanned = 4, .matched = 4, .older = 2,
			.outcomes = { [OUTCOME_REFRESHED] = 2,
			    [OUTCOME_SKIPPED] = 2 } },
		    "\n  present       0  left alone: the key is in use\n  "
		    "other images  2  of the same entries: the newest, or else "
		    "the first, is put back\n  to put back   2\n", "refused" },
		{ "restore", true, false, NULL, NULL,
		    { .scanned = 4, .matched = 4, .older = 2,
			.outcomes = { [OUTCOME_REFRESHED] = 2,
			    [OUTCOME_DELETED] = 2 } },
		    "\n  restored      2\n  other images  2  of the same entries: "
		    "the newest, or else the first, is put back\n", "present" },
		{ "restore", false, false, NULL, "max-items",
		    { .scanned = 9, .matched = 9, .unseen = 6,
			.outcomes = { [OUTCOME_SKIPPED] = 9 } },
		    "\n  to put back   3\n  left          6  beyond the limit\n",
		    "looked up" },
		{ "purge", false, false, NULL, "interrupted", { .scanned = 0 },
		    "\nNothing was changed. INCOMPLETE: ", "again" },
		{ "repair", false, false, NULL, NULL,
		    { .matched = 5, .outcomes = { [OUTCOME_SKIPPED] = 5 },
			.left = { [SWEEP_LEFT_ZONELESS] = 2 }, .old_unit = 1,
			.states = { [STATE_STUCK] = 5 },
			.reasons = { [STATE_STUCK] = { [REASON_STRING] = 5 } } },
		    "\n1 entry expired five years ago or earlier: TTL will not "
		    "delete it, repaired or not; after the\nrepair, a purge with --reason too-old deletes it.\n"
		    "TTL deletes the other repaired entries, typically within a few days.\n"
		    "Repairing 3 entries takes about 0 write units.\n", "them as" },
		{ "repair", false, false, NULL, NULL,
		    { .matched = 9, .outcomes = { [OUTCOME_SKIPPED] = 9 },
			.states = { [STATE_STUCK] = 4, [STATE_IMMORTAL] = 5 } },
		    "\nTTL deletes repaired entries that have expired, typically "
		    "within a few days, and the rest once they\nexpire.\n", "other" },
		{ "repair", false, false, NULL, NULL,
		    { .matched = 3, .outcomes = { [OUTCOME_SKIPPED] = 3 },
			.left = { [SWEEP_LEFT_ZONELESS] = 2 },
			.left_due = 1, .left_ahead = 1,
			.states = { [STATE_STUCK] = 1, [STATE_IMMORTAL] = 2 } },
		    "\nTTL deletes repaired entries once they expire.\n", "have expired" },
		{ "repair", false, false, NULL, NULL,
		    { .matched = 2, .outcomes = { [OUTCOME_SKIPPED] = 2 },
			.left = { [SWEEP_LEFT_ZONELESS] = 1 },
			.old_unit = 1, .left_due = 1,
			.states = { [STATE_STUCK] = 2 } },
		    "a purge with --reason too-old deletes it.\n", "TTL deletes" },
		{ "repair", false, false, NULL, NULL,
		    { .matched = 7, .outcomes = { [OUTCOME_SKIPPED] = 7 },
			.states = { [STATE_STUCK] = 1, [STATE_IMMORTAL] = 6 },
			.reasons = { [STATE_IMMORTAL] = { [REASON_MISSING] = 4 } },
			.ahead = 2 },
		    "\n2 of the 3 entries with a time to convert have not expired. ", "to repair have" },
		{ "repair", true, false, NULL, NULL,
		    { .matched = 5, .outcomes = { [OUTCOME_DELETED] = 5 },
			.states = { [STATE_IMMORTAL] = 5 } },
		    "\nTTL deletes repaired entries once they expire.\n", "rest" },
		{ "repair", false, false, "expires", NULL,
		    { .matched = 5, .outcomes = { [OUTCOME_SKIPPED] = 5 },
			.states = { [STATE_STUCK] = 5 } },
		    "\nIf TTL is on for expires, it deletes repaired entries, "
		    "typically within a few days.\n", "rest" },
		{ "repair", true, false, NULL, NULL,
		    { .matched = 3, .old_unit = 2,
			.outcomes = { [OUTCOME_DELETED] = 3 } },
		    "\n2 entries expired five years ago or earlier: TTL will not "
		    "delete these, repaired or not; a purge\nwith --reason too-old deletes them.\nIt took ", "--zone" },
		{ "repair", false, false, NULL, NULL,
		    { .matched = 1, .old_unit = 1,
			.outcomes = { [OUTCOME_SKIPPED] = 1 },
			.left = { [SWEEP_LEFT_ZONELESS] = 1 } },
		    "repaired or not; after the\nrepair, a purge with --reason too-old deletes it.\nWithout --zone, there is nothing to repair.\n", "Repairing" },
		{ "repair", false, false, NULL, NULL,
		    { .left = { [SWEEP_LEFT_MISSING] = 2, [SWEEP_LEFT_WRONG_TYPE] = 1 } },
		    "\n  missing     2  no TTL value; left alone (--ttl-for-missing gives one)\n"
		    "  wrong-type  1  neither a number nor a string with a number or an ISO 8601 date-time; left alone\n\n"
		    "There is nothing to repair.\n", "--zone" },
		{ "restore", false, false, NULL, NULL,
		    { .scanned = 1, .matched = 1, .of_repair = 1, .changed = 1,
			.outcomes = { [OUTCOME_SKIPPED] = 1 } },
		    "Nothing was changed. To change it back:\n    ttlsweep\nNote.\n", "to put" },
		{ "restore", false, false, NULL, NULL,
		    { .scanned = 2, .matched = 2, .expired = 2,
			.outcomes = { [OUTCOME_SKIPPED] = 2 } },
		    "\nBoth entries to put back are expired; the next purge would "
		    "delete them again: give more time with\n--extend-ttl DUR (sessions are then accepted again).\n", "TTL will" },
		{ "restore", false, false, NULL, NULL,
		    { .scanned = 1, .matched = 1, .of_repair = 1, .changed = 1,
			.expired = 1, .outcomes = { [OUTCOME_SKIPPED] = 1 } },
		    "\n  to change back  1\n", "expired" },
		{ "restore", false, false, NULL, NULL,
		    { .scanned = 9, .matched = 9, .of_repair = 7, .changed = 4,
			.gone_since = 3, .outcomes = { [OUTCOME_SKIPPED] = 9 } },
		    "\n  to change back  4\n  to put back     5  3 gone since the repair: "
		    "deleted by TTL or somebody, or logged out\n", "change them" },
		{ "restore", false, false, NULL, NULL,
		    { .scanned = 9, .matched = 9, .of_repair = 7, .changed = 4,
			.gone_since = 3, .outcomes = { [OUTCOME_SKIPPED] = 9 } },
		    "\nNothing was changed. To do both:\n    ttlsweep\n", "change them" },
		{ "restore", false, false, NULL, NULL,
		    { .scanned = 9, .matched = 9, .of_repair = 9, .changed = 6,
			.gone_since = 3, .outcomes = { [OUTCOME_SKIPPED] = 9 } },
		    "\n  to put back     3  gone since the repair: ", "change them" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 1, .outcomes = { [OUTCOME_SKIPPED] = 1 },
			.states = { [STATE_STUCK] = 1 },
			.reasons = { [STATE_STUCK] = { [REASON_TTL_OFF] = 1 } } },
		    "\nTTL is off. Once on, it would delete it free of charge.\n", "never" },
		{ "purge", false, false, NULL, NULL,
		    { .matched = 5, .outcomes = { [OUTCOME_SKIPPED] = 5 },
			.states = { [STATE_STUCK] = 5 },
			.reasons = { [STATE_STUCK] = { [REASON_TTL_OFF] = 4, [REASON_STRING] = 1 } } },
		    "\nTTL is off. Once on, it would delete 4 of them free of charge; "
		    "the other one it would never delete\nas it is.\n", "will never" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sweep_totals t = cases[i].t;
		struct report_sweep r = { .command = cases[i].command,
			.place = { .table = "T", .region = "us-east-1" },
			.executed = cases[i].executed,
			.refused = cases[i].refused,
			.ttl_unknown = cases[i].ttl_unknown,
			.max_percent = "20",
			.ttl_given = strcmp(cases[i].command, "restore") == 0
			    ? INT64_MIN
			    : NOW,
			.totals = &t,
			.journal = "/j",
			.journal_free = -1,
			.run = "ttlsweep",
			.run_note = "Note." };
		struct buf b = { 0 };

		t.stopped = cases[i].stopped;
		report_sweep_text(&b, &r, &style);
		if (strstr(b.p, cases[i].says) == NULL ||
		    strstr(b.p, cases[i].never) != NULL)
			fail_msg("%zu: %s", i, b.p);
		buf_release(&b);
	}
}

/* What a run that continued prints last undoes its own part only. */
static void
test_sweep_resumed(void **state)
{
	static const struct report_style style = { .width = 80 };
	struct sweep_totals t = { .scanned = 3,
		.matched = 3,
		.outcomes = { [OUTCOME_DELETED] = 3 } };
	struct report_sweep r = { .command = "purge",
		.place = { .table = "T", .region = "us-east-1" },
		.executed = true,
		.ttl_given = INT64_MIN,
		.totals = &t,
		.journal = "/j",
		.undo = "ttlsweep restore --yes /j" };
	struct buf b = { 0 };

	(void)state;
	report_sweep_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b), "\nTo put them back:\n"));
	assert_null(strstr(buf_text(&b), "Earlier"));
	buf_reset(&b);
	r.resumed = true;
	report_sweep_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b),
	    "\nTo undo this run (what earlier runs with this checkpoint changed "
	    "is in their own\njournals: restore these, too):\n"));
	/* a run that found nothing says so */
	buf_reset(&b);
	t = (struct sweep_totals){ .scanned = 3 };
	r.journal = r.undo = NULL;
	report_sweep_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b),
	    "\nThere was nothing to delete, so no journal was written.\n"));
	buf_release(&b);
}

/* ${r}, of which some are live sessions, with what makes sessions of all. */
static void
says_why_all_are_sessions(const struct report_sweep *r,
    const struct report_style *style)
{
	static const char *const login[] = { "login:" };
	static const struct {
		const char *name, *key, *table;
		struct rules rules;
		const char *says; /* NULL: nothing */
	} whys[] = {
		{ "the table's name", "id", "my-sessions",
		    { .all_sessions = true },
		    "\n(All entries count as sessions, because the table is "
		    "called my-sessions; if only\nsome are, name them with "
		    "--session-prefix.)\n" },
		{ "the partition key's name", "sid", "my-sessions",
		    { .all_sessions = true },
		    "because the partition key is called sid; if only" },
		{ "prefixes are given", "sid", "my-sessions",
		    { .all_sessions = true,
			.session_prefixes = login,
			.nprefixes = 1 },
		    NULL },
		{ "the keys decide", "id", "cache", { 0 }, NULL },
	};
	struct buf b = { 0 };

	for (size_t i = 0; i < sizeof(whys) / sizeof(*whys); i++) {
		const struct key_schema keys = { .partition = whys[i].key };
		struct report_sweep of = *r;

		of.rules = &whys[i].rules;
		of.schema = &keys;
		of.place.table = whys[i].table;
		buf_reset(&b);
		report_sweep_text(&b, &of, style);
		if ((whys[i].says == NULL &&
			strstr(buf_text(&b), "count as sessions") != NULL) ||
		    (whys[i].says != NULL &&
			strstr(buf_text(&b), whys[i].says) == NULL))
			fail_msg("%s: %s", whys[i].name, buf_text(&b));
	}
	buf_release(&b);
}

static void
test_sweep_text(void **state)
{
	static const struct report_style style = { .width = 80 };
	struct sweep_totals t = totals_of(false);
	struct report_sweep r = {
		.command = "purge",
		.place = { .table = "T",
		    .region = "us-east-1",
		    .price = price_of("us-east-1") },
		.now = NOW,
		.totals = &t,
		.write_units = 16000,
		.journal = "/j/T.journal",
		.journal_free = INT64_C(5) << 30,
		.run = "ttlsweep x",
	};
	const struct price given = { .usd_per_million_writes = 1000000 };
	struct buf b = { 0 };

	(void)state;
	report_sweep_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b), "TTL will delete 14 973 of them"));
	assert_non_null(strstr(buf_text(&b),
	    "It will never delete the other\n48 as they are.\n"));
	assert_non_null(strstr(buf_text(&b), "16 000 write units"));
	assert_non_null(strstr(buf_text(&b), "0.010 USD"));
	assert_non_null(strstr(buf_text(&b), "1.0 MiB"));
	assert_non_null(strstr(buf_text(&b), "5.0 GiB"));
	assert_non_null(strstr(buf_text(&b),
	    "\nNothing was changed. To delete them:\n    ttlsweep x\n"));
	assert_null(strstr(buf_text(&b), "deleted"));
	assert_null(strstr(buf_text(&b), "LIVE"));

	/* A dry run lists what would be deleted, by state, with a warning about
	 * live sessions. */
	buf_reset(&b);
	t.states[STATE_LIVE] = 94;
	t.live_sessions = 90;
	t.states[STATE_STUCK] = 12;
	t.reasons[STATE_STUCK][REASON_STRING] = 4;
	t.reasons[STATE_STUCK][REASON_TTL_OFF] = 5;
	t.reasons[STATE_STUCK][REASON_MILLISECONDS] = 2;
	t.reasons[STATE_STUCK][REASON_TOO_OLD] = 1;
	report_sweep_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b), "\n    live         94\n"));
	assert_non_null(
	    strstr(buf_text(&b), "5 ttl-off, 4 string, 2 milliseconds, 1 "));
	assert_non_null(strstr(buf_text(&b),
	    "94 LIVE entries are among them; 90 are sessions, whose users "));
	assert_non_null(strstr(buf_text(&b), "would delete 5 of them"));
	assert_null(strstr(buf_text(&b), "count as sessions"));

	says_why_all_are_sessions(&r, &style);

	buf_reset(&b);
	t.stopped = "interrupted";
	report_sweep_text(&b, &r, &style);
	t.stopped = NULL;
	assert_non_null(strstr(buf_text(&b),
	    "\nNothing was changed. INCOMPLETE: these figures are only of"));

	buf_reset(&b);
	r.journal_free = t.journal_bytes / 2;
	report_sweep_text(&b, &r, &style);
	r.journal_free = (int64_t)5 << 30;
	assert_non_null(strstr(buf_text(&b),
	    "With --yes this would stop when the disk of the journal"));

	buf_reset(&b);
	t = totals_of(true);
	r.executed = true;
	r.undo = "ttlsweep restore /j/T.journal";
	report_sweep_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b), "deleted      15 010"));
	assert_non_null(strstr(buf_text(&b), "refreshed         8"));
	assert_non_null(strstr(buf_text(&b), "max-items"));
	assert_non_null(
	    strstr(buf_text(&b), "\n    ttlsweep restore /j/T.journal\n"));
	assert_null(strstr(buf_text(&b), "Nothing was changed"));
	assert_null(strstr(buf_text(&b), "skipped"));

	/* Entries that TTL would leave, at the user's own price. */
	buf_reset(&b);
	t = (struct sweep_totals){ .scanned = 1,
		.matched = 1,
		.outcomes = { [OUTCOME_SKIPPED] = 1 },
		.states = { [STATE_STUCK] = 1 } };
	r.executed = false;
	r.write_units = 1;
	r.place.price = &given;
	report_sweep_text(&b, &r, &style);
	assert_non_null(
	    strstr(buf_text(&b), "\nTTL will never delete it as it is."));
	assert_non_null(strstr(buf_text(&b),
	    "takes about 1 write unit (about 1.00 USD, by --price)."));

	/* Nothing to do, no journal. */
	buf_reset(&b);
	t = (struct sweep_totals){ .scanned = 3 };
	r.executed = false;
	r.journal = r.undo = NULL;
	report_sweep_text(&b, &r, &style);
	assert_non_null(strstr(buf_text(&b), "nothing to delete"));
	assert_null(strstr(buf_text(&b), "--yes"));
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_unknown),
		cmocka_unit_test(test_json_sort_key),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_says),
		cmocka_unit_test(units_have_one_decimal_or_none),
		cmocka_unit_test(test_troubles),
		cmocka_unit_test(test_nameless_part),
		cmocka_unit_test(test_sweep_says),
		cmocka_unit_test(test_brief),
		cmocka_unit_test(test_brief_move),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_timed),
		cmocka_unit_test(test_estimate),
		cmocka_unit_test(test_estimate_rounded),
		cmocka_unit_test(test_switch),
		cmocka_unit_test(test_sweep_json),
		cmocka_unit_test(test_throttled),
		cmocka_unit_test(test_restore_text),
		cmocka_unit_test(test_sweep_resumed),
		cmocka_unit_test(test_sweep_text),
	};

	/* Widths are those of a terminal that takes UTF-8. */
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
