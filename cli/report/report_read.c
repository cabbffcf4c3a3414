#include <stdlib.h>
#include <string.h>

#include "cli/report/price.h"
#include "cli/report/report_read.h"
#include "cli/report/report_read_parts.h"
#include "lib/aws/config.h"
#include "lib/aws/endpoint.h"
#include "lib/base/buf.h"
#include "lib/base/decimal.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"

#define SCHEMA "ttlsweep.inspect/1"

int
report_read_wrong(const struct report_text *t, const char *what)
{
	return fault(t->f, FAULT_DATA,
	    "%s: not a whole report of inspect --format json: \"%s\" is "
	    "missing or wrong",
	    t->name, what);
}

int
report_read_figure(const struct report_text *t, struct slice object,
    const char *name, int64_t max, int64_t *v)
{
	struct slice value = slice_get(object, name);

	if (value.p == NULL || value.p[0] == '"' || slice_int(value, v) != 0 ||
	    *v < 0 || *v > max)
		return report_read_wrong(t, name);
	return 0;
}

/* A member that is text without NULs; NULL where there is none. */
static int
text_of(const struct report_text *t, struct slice object, const char *name,
    char **out)
{
	struct slice value = slice_get(object, name), inner;
	struct buf b = { 0 };

	if (value.p == NULL)
		return 0;
	inner = slice_unquote(value);
	if (inner.p == NULL)
		return report_read_wrong(t, name);
	slice_text_decode(&b, inner);
	if (memchr(buf_text(&b), '\0', b.n) != NULL) {
		buf_release(&b);
		return report_read_wrong(t, name);
	}
	free(*out);
	*out = xstrdup(buf_text(&b));
	buf_release(&b);
	return 0;
}

static bool
is(struct slice value, const char *word)
{
	return value.n == strlen(word) && memcmp(value.p, word, value.n) == 0;
}

static int
bool_of(const struct report_text *t, struct slice object, const char *name,
    bool *out)
{
	struct slice value = slice_get(object, name);

	if (value.p == NULL || (!is(value, "true") && !is(value, "false")))
		return report_read_wrong(t, name);
	*out = is(value, "true");
	return 0;
}

/* "128.5": at most three digits behind the point, as we write it. */
static int
real_of(const struct report_text *t, struct slice object, const char *name,
    double *out)
{
	struct slice value = slice_get(object, name);
	struct decimal d;
	int64_t thousandths;

	if (value.p == NULL || decimal_parse(&d, value.p, value.n) != 0)
		return report_read_wrong(t, name);
	decimal_scale(&d, 3);
	thousandths = decimal_floor(&d);
	if (thousandths < 0 || thousandths > REPORT_FIGURE_MAX)
		return report_read_wrong(t, name);
	*out = (double)thousandths / 1000;
	return 0;
}

static int
key_of(const struct report_text *t, struct slice doc, struct report_read *r)
{
	struct slice_walk w = slice_walk(slice_get(doc, "key"));
	char **names[] = { &r->partition, &r->sort };
	struct slice text;
	struct buf b = { 0 };
	int n = 0, more;

	if (slice_array(&w) != 0)
		return report_read_wrong(t, "key");
	while ((more = slice_element(&w)) == 1 && n < 2 &&
	    slice_string(&w, &text) == 0) {
		buf_reset(&b);
		slice_text_decode(&b, text);
		*names[n++] = xstrdup(buf_text(&b));
	}
	buf_release(&b);
	if (more != 0 || n == 0)
		return report_read_wrong(t, "key");
	r->schema = (struct key_schema){ r->partition, r->sort };
	return 0;
}

static int
names_of(const struct report_text *t, struct slice doc, struct report_read *r)
{
	if (text_of(t, doc, "table", &r->table) != 0 ||
	    text_of(t, doc, "table_id", &r->table_id) != 0 ||
	    text_of(t, doc, "region", &r->region) != 0 ||
	    text_of(t, doc, "endpoint", &r->endpoint) != 0 ||
	    text_of(t, doc, "ttl_attribute", &r->ttl_attribute) != 0 ||
	    text_of(t, doc, "ttl_status", &r->ttl_status) != 0 ||
	    text_of(t, doc, "table_ttl_attribute", &r->table_ttl) != 0 ||
	    text_of(t, doc, "selection", &r->selection) != 0 ||
	    text_of(t, doc, "judging", &r->judging) != 0)
		return -1;
	if (r->ttl_attribute == NULL)
		return report_read_wrong(t, "ttl_attribute");
	return key_of(t, doc, r);
}

/* Which segments a report is of; ${r}->segments was read. */
static int
shards_of(const struct report_text *t, struct slice doc, struct report_read *r)
{
	struct slice shards = slice_get(doc, "shards"), value;
	struct slice_walk w;
	int64_t shard, last = 0, asked = 0;
	int more;

	r->report.segments_asked = r->report.segments;
	if (shards.p == NULL || is(shards, "null"))
		return 0;
	if (r->report.segments != SCAN_SHARD_SEGMENTS ||
	    report_read_figure(t, shards, "of", SCAN_SHARD_SEGMENTS,
		&r->shards.of) != 0)
		return report_read_wrong(t, "shards");
	w = slice_walk(slice_get(shards, "have"));
	if (slice_array(&w) != 0)
		return report_read_wrong(t, "have");
	while ((more = slice_element(&w)) == 1) {
		if (slice_value(&w, &value) != 0 ||
		    slice_int(value, &shard) != 0 || shard <= last ||
		    shard > r->shards.of)
			return report_read_wrong(t, "have");
		r->have[r->shards.n++] = last = shard;
		for (int64_t i = 0; i < SCAN_SHARD_SEGMENTS; i++)
			asked += scan_shard(i, shard, r->shards.of);
	}
	if (more != 0 || r->shards.n == 0)
		return report_read_wrong(t, "have");
	r->shards.have = r->have;
	r->report.shards = &r->shards;
	r->report.segments_asked = asked;
	return 0;
}

static int
part_of(const struct report_text *t, struct slice doc, struct report_read *r)
{
	struct slice sample = slice_get(doc, "sample");

	if (sample.p != NULL && !is(sample, "null"))
		return fault(t->f, FAULT_DATA,
		    "%s: an estimate (--sample): what was counted is not in "
		    "it, so it cannot be added up or printed again",
		    t->name);
	if (bool_of(t, doc, "complete", &r->report.complete) != 0 ||
	    report_read_figure(t, doc, "segments", INT64_MAX,
		&r->report.segments) != 0 ||
	    shards_of(t, doc, r) != 0)
		return -1;
	r->report.segments_done = r->report.segments_asked;
	if (slice_get(doc, "segments_done").p == NULL) {
		/* else it only lacks shards, which are listed */
		r->report.complete = true;
		return 0;
	}
	return report_read_figure(t, doc, "segments_done",
	    r->report.segments_asked, &r->report.segments_done);
}

static int
work_of(const struct report_text *t, struct slice doc, struct report_read *r)
{
	struct report_work *w = &r->report.work;
	struct slice j = slice_get(doc, "scanned");

	if (j.p == NULL)
		return report_read_wrong(t, "scanned");
	w->bytes = -1;
	if (report_read_figure(t, j, "items", REPORT_FIGURE_MAX, &w->items) !=
		0 ||
	    report_read_figure(t, j, "pages", REPORT_FIGURE_MAX, &w->pages) !=
		0 ||
	    real_of(t, j, "seconds", &w->seconds) != 0)
		return -1;
	if (slice_get(j, "bytes").p != NULL &&
	    report_read_figure(t, j, "bytes", REPORT_FIGURE_MAX, &w->bytes) !=
		0)
		return -1;
	/* only a table is asked by requests */
	if (slice_get(j, "requests").p == NULL) {
		r->report.place.input = t->name;
		return 0;
	}
	if (report_read_figure(t, j, "requests", REPORT_FIGURE_MAX,
		&w->requests) != 0 ||
	    report_read_figure(t, j, "retries", REPORT_FIGURE_MAX,
		&w->retries) != 0)
		return -1;
	return real_of(t, j, "capacity_units", &w->read_units);
}

/* The kind that options selected, as inspect writes them; bits, 0 for all.
 * What stands behind a quote is other people's. */
static unsigned
kinds_of(const char *selection)
{
	const char *at =
	    selection != NULL ? strstr(selection, "--kind ") : NULL;
	const char *quote = selection != NULL ? strchr(selection, '\'') : NULL;

	if (at == NULL || (quote != NULL && quote < at))
		return 0;
	for (int i = 0; i < KINDS; i++) {
		const char *name = kind_name((enum kind)i);
		size_t n = strlen(name);

		if (strncmp(at + 7, name, n) == 0 &&
		    (at[7 + n] == '\0' || at[7 + n] == ' '))
			return 1u << i;
	}
	return 0;
}

/* What follows from the rest. */
static void
conclude(struct report_read *r, struct slice doc)
{
	struct report *report = &r->report;
	struct slice prices = slice_get(slice_get(doc, "purge"), "prices");
	const char *status = r->ttl_status;
	const struct price *price = price_of(r->region);
	struct buf b = { 0 };
	char *own;

	r->rules.ttl_acts = r->table_ttl == NULL &&
	    (status == NULL || strcmp(status, "ENABLED") == 0 ||
		strcmp(status, "ENABLING") == 0);
	r->rules.sizes = r->summary.sizes;
	report->table_ttl = r->table_ttl != NULL  ? r->table_ttl
	    : r->rules.ttl_acts && status != NULL ? r->ttl_attribute
						  : NULL;
	if (price != NULL && prices.p != NULL) {
		buf_addf(&b, "\"%s %s\"", price->region, price->date);
		if (is(prices, buf_text(&b)))
			report->place.price = price;
		buf_reset(&b);
	}
	if (r->region != NULL && r->endpoint != NULL) {
		own = aws_endpoint_url("dynamodb", r->region);
		report->place.endpoint_shown = strcmp(own, r->endpoint) != 0;
		free(own);
	}
	if (r->table_ttl != NULL)
		buf_addf(&b, " --ttl-attribute %s", r->ttl_attribute);
	if (r->judging != NULL)
		buf_addf(&b, " %s", r->judging);
	if (r->selection != NULL)
		buf_addf(&b, " %s", r->selection);
	r->repeat = buf_detach(&b);
}

static void
point(struct report_read *r)
{
	struct report *report = &r->report;

	report->place.table = r->table;
	report->place.table_id = r->table_id;
	report->place.region = r->region;
	report->place.endpoint = r->endpoint;
	report->place.repeat = r->repeat;
	report->schema = &r->schema;
	report->ttl_attribute = r->ttl_attribute;
	report->ttl_status = r->ttl_status;
	report->selection = r->selection;
	report->judging = r->judging;
	report->selected = r->selection != NULL;
	report->kinds = kinds_of(r->selection);
	report->rules = &r->rules;
	report->summary = &r->summary;
}

static size_t
count_largest(struct slice doc)
{
	struct slice_walk w = slice_walk(slice_get(doc, "largest"));
	struct slice value;
	size_t n = 0;

	if (slice_array(&w) != 0)
		return 0;
	while (slice_element(&w) == 1 && slice_value(&w, &value) == 0)
		n++;
	return n;
}

int
report_read(struct report_read *out, struct slice doc, const char *name,
    struct fault *f)
{
	const struct report_text t = { name, f };
	struct slice value;
	size_t where;

	memset(out, 0, sizeof(*out));
	if (slice_check(doc, &where) != 0)
		return fault(f, FAULT_DATA,
		    "%s: not a report: no JSON from byte %zu on", name,
		    where + 1);
	value = slice_get(doc, "schema");
	if (value.p == NULL || !is(value, "\"" SCHEMA "\""))
		return fault(f, FAULT_DATA,
		    "%s: not a report of inspect --format json: its schema is "
		    "not \"%s\"",
		    name, SCHEMA);
	value = slice_get(slice_get(doc, "scanned"), "bytes");
	summary_init(&out->summary, count_largest(doc), value.p != NULL);
	value = slice_get(doc, "now");
	if (value.p == NULL || slice_int(value, &out->rules.now) != 0)
		return report_read_wrong(&t, "now");
	if (names_of(&t, doc, out) != 0 || part_of(&t, doc, out) != 0 ||
	    work_of(&t, doc, out) != 0 ||
	    report_read_counts(&t, doc, &out->summary) != 0)
		return -1;
	if (out->selection == NULL &&
	    out->summary.items != out->report.work.items)
		return report_read_wrong(&t, "states");
	conclude(out, doc);
	point(out);
	return 0;
}

void
report_read_release(struct report_read *r)
{
	char *texts[] = { r->partition, r->sort, r->table, r->table_id,
		r->region, r->endpoint, r->ttl_attribute, r->ttl_status,
		r->table_ttl, r->selection, r->judging, r->repeat };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		free(texts[i]);
	summary_release(&r->summary);
	memset(r, 0, sizeof(*r));
}
