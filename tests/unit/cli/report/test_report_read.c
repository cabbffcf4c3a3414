#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/json.h"
#include "cli/report/price.h"
#include "cli/report/report.h"
#include "cli/report/report_read.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"

#define NOW 1795332271
#define TOP 10

static uint64_t dice = 88172645463325252u;

static unsigned
roll(unsigned sides)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return sides > 0 ? (unsigned)((dice >> 11) % sides) : 0;
}

static const char *const prefixes[] = { "session:", "PHP_" };
static const char *const named[] = { "users" };

static const struct rules rules = {
	.now = NOW,
	.ttl_acts = true,
	.session_prefixes = prefixes,
	.nprefixes = 2,
	.groups = named,
	.ngroups = 1,
	.sizes = true,
};

static const struct key_schema schema = { "key", "sort" };

/* --- random tables --- */

static void
draw_key(struct buf *b, unsigned ngroups)
{
	switch (roll(8)) {
	case 0:
		buf_addf(b, "session:%u", roll(5));
		return;
	case 1:
		buf_addf(b, "session:%u00-0123456789-%u", roll(3), roll(9));
		return;
	case 2:
		buf_addf(b, "PHP_%u:x", roll(4));
		return;
	case 3:
		buf_adds(b, "users");
		return;
	case 4:
		buf_adds(b, "a\\u0000\\\"\\\\b\xc3\xa9");
		return;
	case 5:
		buf_adds(b, "plain");
		return;
	default:
		buf_addf(b, "g%u:%u", roll(ngroups), roll(3));
	}
}

static void
draw_ttl(struct buf *b)
{
	long long at = NOW - 1000000 + (long long)roll(2000000);

	switch (roll(8)) {
	case 0:
		return;
	case 1:
		buf_adds(b, "{\"BOOL\":true}");
		return;
	case 2:
		buf_addf(b, "{\"S\":\"%lld\"}", at);
		return;
	case 3:
		buf_addf(b, "{\"N\":\"%lld123\"}", at);
		return;
	case 4:
		buf_adds(b, "{\"N\":\"-1e40\"}");
		return;
	default:
		buf_addf(b, "{\"N\":\"%lld.25\"}", at);
	}
}

/* Add an entry to both. */
static void
add(struct summary *one, struct summary *other, unsigned ngroups, bool sort)
{
	struct buf key = { 0 }, range = { 0 }, ttl = { 0 }, scratch = { 0 };
	struct item item = { .json = SLICE("{}") };
	struct record r;

	buf_adds(&key, "{\"S\":\"");
	draw_key(&key, ngroups);
	buf_adds(&key, "\"}");
	item.partition = (struct slice){ key.p, key.n };
	if (sort) {
		buf_addf(&range, "{\"S\":\"%u\\n\"}", roll(9));
		item.sort = (struct slice){ range.p, range.n };
	}
	draw_ttl(&ttl);
	item.ttl = (struct slice){ ttl.p, ttl.n };
	record_of(&r, &item, &rules, &scratch);
	r.size = one->sizes ? (int64_t)roll(50) * 100 : -1;
	summary_add(one, &r, r.size / 1024 + 1);
	summary_add(other, &r, r.size / 1024 + 1);
	buf_release(&key);
	buf_release(&range);
	buf_release(&ttl);
	buf_release(&scratch);
}

static struct report
report_of(const struct summary *s)
{
	return (struct report){
		.place = { .table = "T",
		    .table_id = "0a-1b",
		    .region = "us-east-1",
		    .endpoint = "https://dynamodb.us-east-1.amazonaws.com",
		    .price = price_of("us-east-1") },
		.work = { .items = s->items,
		    .bytes = s->sizes ? s->bytes : -1,
		    .pages = 7,
		    .requests = 9,
		    .retries = 1,
		    .read_units = 128.5,
		    .seconds = 1.234 },
		.schema = &schema,
		.ttl_attribute = "ttl",
		.ttl_status = "ENABLED",
		.table_ttl = "ttl",
		.rules = &rules,
		.summary = s,
		.complete = true,
		.segments = SCAN_SHARD_SEGMENTS,
		.segments_asked = SCAN_SHARD_SEGMENTS,
		.segments_done = SCAN_SHARD_SEGMENTS,
	};
}

static void
written(struct buf *out, const struct report *r)
{
	buf_reset(out);
	report_json(out, r);
}

/* Read ${doc}, which has to be right. */
static void
again(struct report_read *in, const struct buf *doc)
{
	struct fault f;

	if (report_read(in, (struct slice){ doc->p, doc->n }, "a.json", &f) !=
	    0)
		fail_msg("%s\n%s", f.text, buf_text(doc));
}

static const struct {
	const char *name;
	unsigned entries, ngroups;
	size_t parts;
	bool sort, sizes;
} tables[] = {
	/* clang-format off */
	{ "empty", 0, 1, 1, false, true },
	{ "one entry", 1, 1, 2, false, true },
	{ "few", 300, 5, 4, false, true },
	{ "sort keys", 3000, 40, 4, true, true },
	{ "without sizes", 3000, 40, 3, true, false },
	{ "too many groups", 9000, 2500, 5, false, true },
	{ "many machines", 2000, 30, 64, true, true },
	/* clang-format on */
};

/* One machine and many write the same report, byte for byte, and a report that
 * was read back is written the same. */
static void
check_table(size_t t)
{
	struct summary *parts = calloc(tables[t].parts, sizeof(*parts));
	struct report_read *in = malloc(sizeof(*in));
	struct summary whole, total;
	struct report r;
	struct buf doc = { 0 }, want = { 0 }, got = { 0 };

	assert_non_null(parts);
	assert_non_null(in);
	summary_init(&whole, TOP, tables[t].sizes);
	summary_init(&total, TOP, tables[t].sizes);
	for (size_t i = 0; i < tables[t].parts; i++)
		summary_init(&parts[i], TOP, tables[t].sizes);
	for (unsigned i = 0; i < tables[t].entries; i++)
		add(&whole, &parts[roll((unsigned)tables[t].parts)],
		    tables[t].ngroups, tables[t].sort);
	for (size_t i = 0; i < tables[t].parts; i++) {
		r = report_of(&parts[i]);
		written(&doc, &r);
		again(in, &doc);
		written(&got, &in->report);
		if (strcmp(buf_text(&got), buf_text(&doc)) != 0)
			fail_msg("%s: read back, it is\n%s\nnot\n%s",
			    tables[t].name, buf_text(&got), buf_text(&doc));
		assert_true(in->summary.overdue.sum == parts[i].overdue.sum);
		summary_merge(&total, &in->summary);
		report_read_release(in);
		summary_release(&parts[i]);
	}
	r = report_of(&whole);
	written(&want, &r);
	r = report_of(&total);
	written(&got, &r);
	if (strcmp(buf_text(&got), buf_text(&want)) != 0)
		fail_msg("%s: added up, it is\n%s\nnot\n%s", tables[t].name,
		    buf_text(&got), buf_text(&want));
	summary_release(&whole);
	summary_release(&total);
	buf_release(&doc);
	buf_release(&want);
	buf_release(&got);
	free(parts);
	free(in);
}

static void
test_tables(void **state)
{
	(void)state;
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (int i = 0; i < 5; i++)
			check_table(t);
}

/* --- what else is in a report --- */

static void
test_head(void **state)
{
	static const int64_t have[] = { 1, 3 };
	const struct report_shards shards = { 4, have, 2 };
	struct report_read *in = malloc(sizeof(*in));
	struct buf doc = { 0 }, got = { 0 };
	struct summary s;
	struct report r;

	(void)state;
	assert_non_null(in);
	summary_init(&s, TOP, true);
	r = report_of(&s);
	r.shards = &shards;
	r.complete = false;
	r.segments_asked = 512;
	r.segments_done = 17;
	r.selection = "--kind session --prefix 'a b'";
	r.judging = "--group users";
	r.table_ttl = "expires";
	r.place.endpoint = "http://127.0.0.1:8000";
	r.place.price = NULL;
	r.work.items = 12;
	written(&doc, &r);
	again(in, &doc);
	written(&got, &in->report);
	assert_string_equal(buf_text(&got), buf_text(&doc));
	assert_false(in->rules.ttl_acts);
	assert_true(in->report.selected);
	assert_true(in->report.place.endpoint_shown);
	assert_string_equal(in->report.place.repeat,
	    " --ttl-attribute ttl --group users --kind session --prefix 'a b'");
	assert_int_equal(in->report.segments_asked, 512);
	report_read_release(in);
	/* nothing optional: of a file, on a machine without AWS */
	r = report_of(&s);
	r.place = (struct report_place){ .input = "export.json" };
	r.ttl_status = r.table_ttl = NULL;
	r.segments = r.segments_asked = r.segments_done = 1;
	r.work = (struct report_work){ .bytes = 0 };
	written(&doc, &r);
	again(in, &doc);
	written(&got, &in->report);
	assert_string_equal(buf_text(&got), buf_text(&doc));
	assert_true(in->rules.ttl_acts);
	assert_string_equal(in->report.place.input, "a.json");
	report_read_release(in);
	summary_release(&s);
	buf_release(&doc);
	buf_release(&got);
	free(in);
}

/* --- what is refused --- */

static const char good[] =
    "{\"schema\":\"ttlsweep.inspect/1\",\"table\":\"T\",\"key\":[\"key\"],"
    "\"ttl_attribute\":\"ttl\",\"ttl_status\":\"ENABLED\",\"now\":1795332271,"
    "\"complete\":true,\"segments\":1024,\"sample\":null,"
    "\"shards\":{\"of\":4,\"have\":[1,3]},"
    "\"scanned\":{\"items\":5,\"bytes\":500,\"pages\":1,\"requests\":1,"
    "\"retries\":0,\"capacity_units\":0.5,\"seconds\":0.1},"
    "\"states\":{\"live\":{\"items\":2,\"bytes\":200},"
    "\"pending\":{\"items\":1,\"bytes\":100},"
    "\"stuck\":{\"items\":2,\"bytes\":200},"
    "\"immortal\":{\"items\":0,\"bytes\":0}},"
    "\"reasons\":[{\"state\":\"stuck\",\"reason\":\"string\",\"items\":2,"
    "\"zoneless\":1,\"example\":\"a:b\",\"example_expires\":1795332211}],"
    "\"kinds\":{\"session\":{\"items\":0,\"bytes\":0,\"live\":0,"
    "\"pending\":0,\"stuck\":0,\"immortal\":0,\"bytes_by_state\":{"
    "\"live\":0,\"pending\":0,\"stuck\":0,\"immortal\":0}},"
    "\"item\":{\"items\":5,\"bytes\":500,\"live\":2,\"pending\":1,"
    "\"stuck\":2,\"immortal\":0,\"bytes_by_state\":{\"live\":200,"
    "\"pending\":100,\"stuck\":200,\"immortal\":0}}},"
    "\"groups\":[{\"group\":\"a:\",\"items\":5,\"bytes\":500,\"live\":2,"
    "\"pending\":1,\"stuck\":2,\"immortal\":0}],\"groups_complete\":true,"
    "\"overdue\":{\"max\":60,\"p50\":1,\"p90\":60,\"p99\":60,\"histogram\":["
    "{\"up_to\":1,\"items\":2},{\"up_to\":61,\"items\":1}]},"
    "\"upcoming\":[{\"within\":3600,\"items\":1},{\"within\":86400,"
    "\"items\":2},{\"within\":604800,\"items\":2},"
    "{\"beyond\":157788000,\"items\":1}],"
    "\"largest\":[{\"key\":\"a:b\",\"bytes\":100}],"
    "\"purge\":{\"items\":3,\"write_units\":3,\"free_by_ttl\":1}}";

/* If ${from} is replaced with ${to}, the report is refused for ${why}. */
static const struct {
	const char *name, *from, *to, *why;
} bad[] = {
	/* clang-format off */
	{ "nothing wrong", "T", "T", NULL },
	{ "another schema", "inspect/1", "purge/1", "schema" },
	{ "truncated", "\"free_by_ttl\":1}}", "\"free", "it is truncated" },
	{ "as many late as pending", "\"p99\":60", "\"p99\":60,\"late\":1", NULL },
	{ "more late than pending", "\"p99\":60", "\"p99\":60,\"late\":2", "overdue" },
	{ "as many too old as stuck", "\"zoneless\":1", "\"zoneless\":1,\"too_old\":2,\"zoneless_too_old\":1", NULL },
	{ "more too old than stuck", "\"zoneless\":1", "\"zoneless\":1,\"too_old\":3", "too_old" },
	{ "more too old without a zone", "\"zoneless\":1", "\"zoneless\":1,\"too_old\":2,\"zoneless_too_old\":2", "zoneless_too_old" },
	{ "an estimate", "\"sample\":null", "\"sample\":{\"of\":1024}", "estimate" },
	{ "a number in quotes", "\"now\":1795332271", "\"now\":\"soon\"", "now" },
	{ "no key", "[\"key\"]", "[]", "key" },
	{ "three keys", "[\"key\"]", "[\"a\",\"b\",\"c\"]", "key" },
	{ "a NUL in a name", "\"T\"", "\"T\\u0000\"", "table" },
	{ "shards out of order", "[1,3]", "[3,1]", "have" },
	{ "a shard twice", "[1,3]", "[1,1]", "have" },
	{ "a shard too many", "[1,3]", "[1,5]", "have" },
	{ "shard 0", "[1,3]", "[0,3]", "have" },
	{ "no shard", "[1,3]", "[]", "have" },
	{ "shards of other segments", "\"segments\":1024", "\"segments\":512", "shards" },
	{ "no shards at all", "\"of\":4", "\"of\":0", "of" },
	{ "a negative figure", "\"pages\":1", "\"pages\":-1", "pages" },
	{ "a fraction of an entry", "\"pages\":1", "\"pages\":1.5", "pages" },
	{ "a figure of 2^53", "\"pages\":1", "\"pages\":9007199254740992", "pages" },
	{ "a figure past 2^63", "\"pages\":1", "\"pages\":99999999999999999999", "pages" },
	{ "more in the states than scanned", "\"scanned\":{\"items\":5", "\"scanned\":{\"items\":6", "states" },
	{ "more with a reason than in the state", "\"string\",\"items\":2", "\"string\",\"items\":3", "reasons" },
	{ "no such reason", "\"string\"", "\"strings\"", "reasons" },
	{ "no such state", "\"state\":\"stuck\"", "\"state\":\"lost\"", "reasons" },
	{ "kinds do not add up", "\"item\":{\"items\":5", "\"item\":{\"items\":4", "kinds" },
	{ "groups do not add up", "\"group\":\"a:\",\"items\":5", "\"group\":\"a:\",\"items\":4", "groups" },
	{ "more in the groups than in all", "\"bytes\":500,\"live\":2,\"pending\":1,\"stuck\":2,\"immortal\":0}]", "\"bytes\":500,\"live\":2,\"pending\":1,\"stuck\":2,\"immortal\":0},{\"group\":\"b\",\"items\":1,\"bytes\":1,\"live\":1,\"pending\":0,\"stuck\":0,\"immortal\":0}]", "groups" },
	{ "a group twice", "\"bytes\":500,\"live\":2,\"pending\":1,\"stuck\":2,\"immortal\":0}]", "\"bytes\":500,\"live\":2,\"pending\":1,\"stuck\":2,\"immortal\":0},{\"group\":\"a:\",\"items\":0}]", "groups" },
	{ "not a bucket", "\"up_to\":61", "\"up_to\":62", "histogram" },
	{ "a bucket twice", "\"up_to\":61", "\"up_to\":1", "histogram" },
	{ "an empty bucket", "{\"up_to\":1,\"items\":2}", "{\"up_to\":1,\"items\":0}", "histogram" },
	{ "more overdue than expired", "{\"up_to\":1,\"items\":2}", "{\"up_to\":1,\"items\":9}", "histogram" },
	{ "less overdue than expired", "{\"up_to\":1,\"items\":2}", "{\"up_to\":1,\"items\":1}", "overdue" },
	{ "a maximum in another bucket", "\"max\":60", "\"max\":6000", "overdue" },
	{ "no maximum", "\"max\":60,", "", "max" },
	{ "a possible sum", "\"p99\":60,", "\"sum\":61,", NULL },
	{ "a sum too large for its buckets", "\"p99\":60,", "\"sum\":64,", "sum" },
	{ "a sum too small for them", "\"p99\":60,", "\"sum\":58,", "sum" },
	{ "a sum in quotes", "\"p99\":60,", "\"sum\":\"60\",", "sum" },
	{ "ages", "\"up_to\":61,\"items\":1}]", "\"up_to\":61,\"items\":1}],\"ages\":[{\"below\":60,\"items\":2},{\"below\":3600,\"items\":3},{\"below\":21600,\"items\":3},{\"below\":86400,\"items\":3},{\"below\":172800,\"items\":3},{\"below\":604800,\"items\":3},{\"below\":2592000,\"items\":3}]", NULL },
	{ "an age that is none", "\"up_to\":61,\"items\":1}]", "\"up_to\":61,\"items\":1}],\"ages\":[{\"below\":61,\"items\":2}]", "ages" },
	{ "fewer of an age than in the buckets", "\"up_to\":61,\"items\":1}]", "\"up_to\":61,\"items\":1}],\"ages\":[{\"below\":60,\"items\":1}]", "ages" },
	{ "more of an age than in the buckets", "\"up_to\":61,\"items\":1}]", "\"up_to\":61,\"items\":1}],\"ages\":[{\"below\":60,\"items\":4}]", "ages" },
	{ "more upcoming than live", "\"within\":3600,\"items\":1", "\"within\":3600,\"items\":3", "upcoming" },
	{ "another span", "\"within\":3600", "\"within\":3601", "upcoming" },
	{ "more beyond than live", "\"beyond\":157788000,\"items\":1", "\"beyond\":157788000,\"items\":3", "upcoming" },
	{ "beyond another span", "\"beyond\":157788000", "\"beyond\":604800", "upcoming" },
	{ "within the span beyond", "\"beyond\":157788000", "\"within\":157788000", "upcoming" },
	{ "an older report, without a beyond", ",{\"beyond\":157788000,\"items\":1}", "", NULL },
	{ "more zoneless than with the reason", "\"zoneless\":1", "\"zoneless\":3", "zoneless" },
	{ "zoneless in quotes", "\"zoneless\":1", "\"zoneless\":\"1\"", "zoneless" },
	{ "no zoneless", "\"zoneless\":1,", "", NULL },
	{ "an example's moment in quotes", "1795332211", "\"soon\"", "example_expires" },
	{ "no bytes of the largest", "\"key\":\"a:b\",\"bytes\":100", "\"key\":\"a:b\"", "bytes" },
	{ "another purge", "\"purge\":{\"items\":3", "\"purge\":{\"items\":4", "purge" },
	{ "an array for an object", "\"groups\":[", "\"groups\":{\"a\":[]},\"other\":[", "groups" },
	/* clang-format on */
};

static void
replaced(struct buf *out, const char *from, const char *to)
{
	const char *at = strstr(good, from);

	assert_non_null(at);
	buf_reset(out);
	buf_add(out, good, (size_t)(at - good));
	buf_adds(out, to);
	buf_adds(out, at + strlen(from));
}

static void
test_bad(void **state)
{
	struct report_read *in = malloc(sizeof(*in));
	struct buf doc = { 0 };

	(void)state;
	assert_non_null(in);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct fault f = { .kind = FAULT_NONE };
		int rc;

		replaced(&doc, bad[i].from, bad[i].to);
		rc = report_read(in, (struct slice){ doc.p, doc.n }, "a.json",
		    &f);
		report_read_release(in);
		if (bad[i].why == NULL ? rc != 0
				       : rc == 0 || f.kind != FAULT_DATA ||
			    strncmp(f.text, "a.json: ", 8) != 0 ||
			    strstr(f.text, bad[i].why) == NULL)
			fail_msg("%s: %d, %s", bad[i].name, rc, f.text);
	}
	buf_release(&doc);
	free(in);
}

/* If nothing is expired there are no ages. An older report has 0 there, and is
 * read in the same way. */
static void
test_no_ages(void **state)
{
	static const char none[] = "\"overdue\":{\"histogram\":[]}";
	struct report_read *in = malloc(sizeof(*in));
	struct summary s;
	struct report r;
	struct buf doc = { 0 }, old = { 0 }, got = { 0 };
	const char *at;

	(void)state;
	assert_non_null(in);
	summary_init(&s, TOP, true);
	r = report_of(&s);
	written(&doc, &r);
	at = strstr(buf_text(&doc), none);
	assert_non_null(at);
	buf_add(&old, doc.p, (size_t)(at - doc.p));
	buf_adds(&old,
	    "\"overdue\":{\"max\":0,\"p50\":0,\"p90\":0,\"p99\":0,"
	    "\"histogram\":[]}");
	buf_adds(&old, at + strlen(none));
	again(in, &old);
	written(&got, &in->report);
	assert_string_equal(buf_text(&got), buf_text(&doc));
	report_read_release(in);
	summary_release(&s);
	buf_release(&doc);
	buf_release(&old);
	buf_release(&got);
	free(in);
}

/* Random damage is refused or gives another report, and does no harm. */
static void
test_damage(void **state)
{
	static const struct report_style style = { .width = 80 };
	struct report_read *in = malloc(sizeof(*in));
	struct buf doc = { 0 }, out = { 0 };
	int read = 0;

	(void)state;
	assert_non_null(in);
	/* entries that TTL leaves alone, in a table where it is on */
	replaced(&doc, "\"string\",\"items\":2,\"zoneless\":1,",
	    "\"ttl-off\",\"items\":2,");
	again(in, &doc);
	report_text(&out, &in->report, &style);
	report_read_release(in);
	for (int i = 0; i < 20000; i++) {
		buf_reset(&doc);
		buf_add(&doc, good, sizeof(good) - 1);
		for (unsigned k = roll(3); k < 3; k++)
			doc.p[roll((unsigned)doc.n)] =
			    "0123456789{}[],:\"x"[roll(18)];
		if (report_read(in, (struct slice){ doc.p, doc.n }, "a",
			NULL) == 0) {
			read++;
			written(&out, &in->report);
			report_text(&out, &in->report, &style);
		}
		report_read_release(in);
	}
	assert_true(read > 0);
	buf_release(&doc);
	buf_release(&out);
	free(in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_no_ages),
		cmocka_unit_test(test_damage),
	};

	json_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
