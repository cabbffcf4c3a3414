#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "cli/report/codec.h"
#include "cli/report/price.h"
#include "cli/report/report.h"
#include "cli/report/report_read.h"
#include "cli/report/report_sample.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "inspector/summary_names.h"
#include "lib/aws/endpoint.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/sum.h"

/*
 * The report as JSON, and back: one function per section writes it, or reads
 * and checks it (codec.h).
 */

#define SCHEMA "ttlsweep.inspect/1"

static void
add_range(struct codec at, const struct estimate *e)
{
	json_int(at.j, "items_low", e->low);
	if (e->high < INT64_MAX)
		json_int(at.j, "items_high", e->high);
}

/* A count; of a sample, with the range that ${seen} gives. */
static void
items(struct codec at, int64_t *count, int64_t seen, double squares)
{
	struct estimate e;

	codec_figure(at, "items", count);
	if (at.p->r->sample == NULL)
		return;
	e = estimate_count(&at.p->r->sample->by, seen, squares);
	add_range(at, &e);
}

static void
bytes(struct codec at, int64_t *v)
{
	if (at.p->s->sizes)
		codec_figure(at, "bytes", v);
}

static void
by_state(struct codec at, int64_t *v)
{
	for (int i = 0; i < STATES; i++)
		codec_figure(at, state_name((enum state)i), &v[i]);
}

static int64_t
sum(const int64_t *v, int n)
{
	int64_t s = 0;

	for (int i = 0; i < n; i++)
		s += v[i];
	return s;
}

static void
states(struct codec at)
{
	struct summary *s = at.p->s;
	const struct report *r = at.p->r;
	struct codec all = codec_member(at, "states");

	for (int i = 0; i < STATES; i++) {
		struct codec j = codec_member(all, state_name((enum state)i));
		struct summary_count *c = &s->states[i];

		codec_figure(j, "items", &c->items);
		if (r->sample != NULL) {
			const struct estimate e =
			    report_sample_state(r, (enum state)i);

			add_range(j, &e);
		}
		bytes(j, &c->bytes);
		if (at.j != NULL)
			continue;
		s->items += c->items;
		s->bytes += c->bytes;
		s->reasons[i][REASON_NONE] = c->items;
	}
	/* parts and sums of these need no such check */
	codec_check(at, "states",
	    s->items <= REPORT_FIGURE_MAX && s->bytes <= REPORT_FIGURE_MAX);
}

/* The value of a word, by ${parse}; -1. */
static int
word(struct codec at, const char *name, int (*parse)(const char *s))
{
	struct buf b = { 0 };
	struct slice got = codec_decoded(at, name, &b);
	int r = -1;

	if (got.p != NULL && strlen(got.p) == got.n)
		r = parse(got.p);
	buf_release(&b);
	return r;
}

static void
example_read(struct codec at, struct summary_key *example)
{
	struct buf key_text = { 0 }, sort = { 0 };
	struct summary_candidate c =
	    summary_candidate(codec_decoded(at, "example", &key_text),
		codec_decoded(at, "example_sort", &sort), 0);

	if (c.key.p != NULL && codec_has(at, "example_expires"))
		codec_figure(at, "example_expires", &c.moment);
	if (c.key.p != NULL && !at.p->wrong)
		summary_offer_example(example, &c);
	buf_release(&key_text);
	buf_release(&sort);
}

/* At first all entries of a state have REASON_NONE; each reason takes its own
 * from them. */
static void
reason_read(struct codec at)
{
	struct summary *s = at.p->s;
	int state = word(at, "state", state_parse);
	int why = word(at, "reason", reason_parse);
	int64_t n = 0;

	if (state < 0 || why <= REASON_NONE || s->reasons[state][why] != 0) {
		codec_wrong(at, "reasons");
		return;
	}
	codec_figure(at, "items", &n);
	if (n == 0 || n > s->reasons[state][REASON_NONE])
		codec_wrong(at, "reasons");
	s->reasons[state][why] = n;
	s->reasons[state][REASON_NONE] -= n;
	if (codec_has(at, "zoneless")) {
		codec_figure(at, "zoneless", &s->zoneless[state]);
		if (why != REASON_STRING || s->zoneless[state] > n)
			codec_wrong(at, "zoneless");
	}
	if (codec_has(at, "too_old")) {
		codec_figure(at, "too_old", &s->old[why]);
		if (state != STATE_STUCK || s->old[why] > n)
			codec_wrong(at, "too_old");
	}
	if (codec_has(at, "zoneless_too_old")) {
		codec_figure(at, "zoneless_too_old", &s->zoneless_old);
		if (why != REASON_STRING || s->zoneless_old > s->old[why] ||
		    s->zoneless_old > s->zoneless[state])
			codec_wrong(at, "zoneless_too_old");
	}
	example_read(at, &s->examples[state][why]);
}

static bool
has_reason(const struct summary *s, size_t i)
{
	return i % REASONS != REASON_NONE &&
	    s->reasons[i / REASONS][i % REASONS] > 0;
}

static void
reason(struct codec at, size_t i)
{
	struct summary *s = at.p->s;
	const struct summary *q = at.p->seen;
	size_t state = i / REASONS, why = i % REASONS;
	const struct summary_key *k = &s->examples[state][why];

	if (at.j == NULL) {
		reason_read(at);
		return;
	}
	json_str(at.j, "state", state_name((enum state)state));
	json_str(at.j, "reason", reason_name((enum reason)why));
	items(at, &s->reasons[state][why], q->reasons[state][why],
	    q->squares.reasons[state][why]);
	if (why == REASON_STRING && s->zoneless[state] > 0)
		json_int(at.j, "zoneless", s->zoneless[state]);
	if (state == STATE_STUCK && why != REASON_TOO_OLD && s->old[why] > 0)
		json_int(at.j, "too_old", s->old[why]);
	if (state == STATE_STUCK && why == REASON_STRING && s->zoneless_old > 0)
		json_int(at.j, "zoneless_too_old", s->zoneless_old);
	if (k->key != NULL)
		json_text(at.j, "example", k->key, k->len);
	if (k->sort != NULL)
		json_text(at.j, "example_sort", k->sort, k->sort_len);
	if (k->moment != 0)
		json_int(at.j, "example_expires", k->moment);
}

static void
kinds(struct codec at)
{
	struct summary *s = at.p->s;
	const struct summary *q = at.p->seen;
	struct codec all = codec_member(at, "kinds");
	int64_t n = 0;

	for (int i = 0; i < KINDS; i++) {
		struct codec j = codec_member(all, kind_name((enum kind)i));
		struct summary_count *c = &s->kinds[i];

		items(j, &c->items, q->kinds[i].items, q->squares.kinds[i]);
		bytes(j, &c->bytes);
		by_state(j, s->kind_states[i]);
		if (s->sizes)
			by_state(codec_member(j, "bytes_by_state"),
			    s->kind_bytes[i]);
		codec_check(at, "kinds",
		    sum(s->kind_states[i], STATES) == c->items);
		n += c->items;
	}
	codec_check(at, "kinds", n == s->items);
}

/* A new group by the name in the element; NULL if the name is not new. */
static struct summary_group *
group_read(struct codec at)
{
	struct summary *s = at.p->s;
	struct buf name = { 0 };
	struct slice got = codec_decoded(at, "group", &name);
	size_t before = s->ngroups;
	struct summary_group *g = NULL;

	if (got.p != NULL && before < SUMMARY_GROUPS)
		g = summary_group_named(s, got);
	buf_release(&name);
	return s->ngroups > before ? g : NULL;
}

static void
group(struct codec at, size_t i)
{
	const struct summary *q = at.p->seen;
	struct summary_group *g;

	if (at.j != NULL) {
		g = &at.p->s->groups[i];
		json_text(at.j, "group", g->name, g->len);
		items(at, &g->items, q->groups[i].items, q->groups[i].squares);
	} else {
		g = group_read(at);
		if (g == NULL) {
			codec_wrong(at, "groups");
			return;
		}
		codec_figure(at, "items", &g->items);
	}
	bytes(at, &g->bytes);
	by_state(at, g->states);
	codec_check(at, "groups", sum(g->states, STATES) == g->items);
}

static void
groups(struct codec at)
{
	struct summary *s = at.p->s;
	int64_t n = 0;

	codec_each(at, "groups", s->ngroups, NULL, group);
	codec_flag(at, "groups_complete", &s->groups_complete);
	for (size_t i = 0; i < s->ngroups; i++)
		n += s->groups[i].items;
	codec_check(at, "groups",
	    s->groups_complete ? n == s->items : n <= s->items);
}

static bool
has_bucket(const struct summary *s, size_t i)
{
	return s->overdue.count[i] > 0;
}

static void
bucket(struct codec at, size_t i)
{
	struct histogram *h = &at.p->s->overdue;
	const struct summary *q = at.p->seen;
	int64_t end = histogram_up_to(i), n = h->count[i];

	codec_figure_to(at, "up_to", INT64_MAX, &end);
	items(at, &n, q->overdue.count[i], q->squares.buckets[i]);
	if (at.j != NULL || at.p->wrong)
		return;
	i = histogram_bucket(end);
	if (n == 0 || histogram_up_to(i) != end || h->count[i] != 0 ||
	    n > at.p->s->items - h->total) {
		codec_wrong(at, "histogram");
		return;
	}
	h->count[i] = n;
	h->total += n;
}

/* The smallest or largest sum that the ages in the buckets can have. */
static int64_t
bound(const struct histogram *h, bool most)
{
	int64_t all = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		int64_t age;

		if (h->count[i] == 0)
			continue;
		age = most ? histogram_up_to(i) : histogram_from(i);
		all = sum_add(all, sum_mul(age, h->count[i]));
	}
	return all;
}

/* There is no age if there are no entries, but 0 is allowed. */
static void
ages_read(struct codec at, struct histogram *h)
{
	int64_t least = bound(h, false), most = bound(h, true);
	size_t last = 0;

	if (h->total > 0 || codec_has(at, "max")) {
		codec_figure_to(at, "max", INT64_MAX, &h->max);
		h->sum = least + (most - least) / 2;
		if (codec_has(at, "sum"))
			codec_figure_to(at, "sum", INT64_MAX, &h->sum);
		if (h->sum < least || h->sum > most)
			codec_wrong(at, "sum");
	}
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		if (h->count[i] > 0)
			last = i;
	if (h->total !=
		at.p->s->states[STATE_PENDING].items +
		    at.p->s->states[STATE_STUCK].items ||
	    histogram_bucket(h->max) != last)
		codec_wrong(at, "overdue");
}

static void
age(struct codec at, size_t i)
{
	struct summary *s = at.p->s;
	int64_t below = summary_ages[i], n = s->ages[i];

	codec_figure(at, "below", &below);
	codec_figure(at, "items", &n);
	if (at.j != NULL)
		return;
	for (i = 0; i < SUMMARY_AGES; i++)
		if (summary_ages[i] == below) {
			s->ages[i] = n;
			return;
		}
	codec_wrong(at, "ages");
}

/* Reports of older versions do not have it. */
static void
ages(struct codec at, struct codec j)
{
	struct summary *s = at.p->s;

	if (at.j != NULL ? s->overdue.total == 0 : !codec_has(j, "ages")) {
		if (at.j == NULL)
			summary_guess_ages(s);
		return;
	}
	codec_each(j, "ages", SUMMARY_AGES, NULL, age);
	codec_check(at, "ages", summary_has_ages(s));
}

static void
overdue(struct codec at)
{
	const struct histogram *counted = &at.p->seen->overdue;
	struct histogram *h = &at.p->s->overdue;
	struct codec j = codec_member(at, "overdue");

	if (at.j != NULL && h->total > 0) {
		json_int(j.j, "max", h->max);
		json_int(j.j, "p50", histogram_quantile(counted, 0.5));
		json_int(j.j, "p90", histogram_quantile(counted, 0.9));
		json_int(j.j, "p99", histogram_quantile(counted, 0.99));
		json_int(j.j, "sum", h->sum);
	}
	if (at.j != NULL ? h->total > 0 : codec_has(j, "late"))
		codec_figure(j, "late", &at.p->s->late);
	codec_check(at, "overdue",
	    at.p->s->late <= at.p->s->states[STATE_PENDING].items);
	codec_each(j, "histogram", HISTOGRAM_BUCKETS, has_bucket, bucket);
	if (at.j == NULL)
		ages_read(j, h);
	ages(at, j);
}

static void
upcoming(struct codec at, size_t i)
{
	struct summary *s = at.p->s;
	const struct summary *q = at.p->seen;
	bool beyond =
	    at.j != NULL ? i == SUMMARY_BEYOND : codec_has(at, "beyond");
	int64_t span = summary_within[i], n = s->upcoming[i];

	codec_figure_to(at, beyond ? "beyond" : "within", INT64_MAX, &span);
	items(at, &n, q->upcoming[i], q->squares.upcoming[i]);
	if (at.j != NULL)
		return;
	for (i = 0; i < SUMMARY_UPCOMING; i++)
		if (summary_within[i] == span &&
		    beyond == (i == SUMMARY_BEYOND) &&
		    n <= s->states[STATE_LIVE].items) {
			s->upcoming[i] = n;
			return;
		}
	codec_wrong(at, "upcoming");
}

/* Reports of older versions do not have it. */
static void
farthest(struct codec at)
{
	struct summary *s = at.p->s;
	struct codec j;

	if (at.j != NULL ? s->states[STATE_LIVE].items == 0
			 : !codec_has(at, "farthest"))
		return;
	j = codec_member(at, "farthest");
	for (int i = 0; i < KINDS; i++)
		if (at.j != NULL ? s->kind_states[i][STATE_LIVE] > 0
				 : codec_has(j, kind_name((enum kind)i)))
			codec_figure_to(j, kind_name((enum kind)i), INT64_MAX,
			    &s->farthest[i]);
}

static void
largest(struct codec at, size_t i)
{
	struct summary *s = at.p->s;
	struct buf key_text = { 0 }, sort = { 0 };
	struct summary_candidate c;
	int64_t n = 0;

	if (at.j != NULL) {
		const struct summary_key *k = &s->largest[i];

		json_text(at.j, "key", k->key, k->len);
		if (k->sort != NULL)
			json_text(at.j, "sort", k->sort, k->sort_len);
		json_int(at.j, "bytes", k->bytes);
		return;
	}
	codec_figure(at, "bytes", &n);
	c = summary_candidate(codec_decoded(at, "key", &key_text),
	    codec_decoded(at, "sort", &sort), n);
	if (c.key.p == NULL || !s->sizes)
		codec_wrong(at, "largest");
	else
		summary_offer_largest(s, &c);
	buf_release(&key_text);
	buf_release(&sort);
}

static void
purge(struct codec at)
{
	struct summary *s = at.p->s;
	const struct report *r = at.p->r;
	const struct price *price = s->sizes ? r->place.price : NULL;
	int64_t n =
	    s->states[STATE_PENDING].items + s->states[STATE_STUCK].items;
	struct codec j = codec_member(at, "purge");
	struct buf b = { 0 };

	items(j, &n, at.p->seen->overdue.total, at.p->seen->squares.overdue);
	codec_check(at, "purge", n == s->overdue.total);
	if (s->sizes)
		codec_figure(j, "write_units", &s->purge_units);
	if (at.j != NULL && price != NULL)
		json_real(j.j, "usd", price_usd(price, (double)s->purge_units),
		    6);
	/* left out if it is not known whether TTL is on; for a file it is
	 * assumed to be */
	if (at.j == NULL)
		s->free_by_ttl = s->states[STATE_PENDING].items;
	if (at.j != NULL ? r->ttl_status != NULL || r->place.input != NULL
			 : codec_has(j, "free_by_ttl"))
		codec_figure(j, "free_by_ttl", &s->free_by_ttl);
	if (at.j != NULL && price != NULL) {
		buf_addf(&b, "%s %s", price->region, price->date);
		json_str(j.j, "prices", buf_text(&b));
		buf_release(&b);
	}
}

static void
counts(struct codec at)
{
	const struct summary *s = at.p->s;

	states(at);
	codec_each(at, "reasons", (size_t)STATES * REASONS, has_reason, reason);
	kinds(at);
	groups(at);
	overdue(at);
	codec_each(at, "upcoming", SUMMARY_UPCOMING, NULL, upcoming);
	farthest(at);
	codec_each(at, "largest", s->nlargest, NULL, largest);
	purge(at);
}

void
report_json(struct buf *out, const struct report *r)
{
	struct codec_pass p = { .r = r,
		.s = (struct summary *)(uintptr_t)r->summary,
		.seen = r->sample != NULL ? r->sample->seen : r->summary };
	const struct codec doc = { .p = &p, .j = json_new() };

	json_str(doc.j, "schema", SCHEMA);
	report_fields_head(doc);
	report_fields_part(doc);
	report_fields_work(doc);
	counts(doc);
	json_print(out, doc.j);
	json_free(doc.j);
}

/* The kind that options selected, as inspect writes them: bits, 0 for all.
 * Anything after a quote is other people's text. */
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

/* The options that a command about the same entries needs. */
static char *
repeat(const struct report *r, bool attribute)
{
	struct buf b = { 0 };

	if (attribute)
		buf_addf(&b, " --ttl-attribute %s", r->ttl_attribute);
	if (r->judging != NULL)
		buf_addf(&b, " %s", r->judging);
	if (r->selection != NULL)
		buf_addf(&b, " %s", r->selection);
	return buf_detach(&b);
}

/* Set what follows from the rest. */
static void
conclude(struct report_read *out, struct slice doc)
{
	struct report *r = &out->report;
	struct slice prices = slice_get(slice_get(doc, "purge"), "prices");
	const struct price *price = price_of(r->place.region);
	const char *status = r->ttl_status;
	struct buf b = { 0 };
	char *own;

	out->rules.sizes = out->summary.sizes;
	out->rules.ttl_acts = r->table_ttl == NULL &&
	    (status == NULL || strcmp(status, "ENABLED") == 0 ||
		strcmp(status, "ENABLING") == 0);
	out->repeat = repeat(r, r->table_ttl != NULL);
	r->place.repeat = out->repeat;
	if (out->rules.ttl_acts && status != NULL)
		r->table_ttl = xstrdup(r->ttl_attribute);
	r->selected = r->selection != NULL;
	r->kinds = kinds_of(r->selection);
	if (price != NULL && prices.p != NULL) {
		buf_addf(&b, "\"%s %s\"", price->region, price->date);
		if (codec_is(prices, buf_text(&b)))
			r->place.price = price;
		buf_release(&b);
	}
	if (r->place.region != NULL && r->place.endpoint != NULL) {
		own = aws_endpoint_url("dynamodb", r->place.region);
		r->place.endpoint_shown = strcmp(own, r->place.endpoint) != 0;
		free(own);
	}
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
	struct report *r = &out->report;
	struct codec_pass p = { .r = r,
		.s = &out->summary,
		.seen = &out->summary,
		.out = out,
		.name = name,
		.f = f };
	const struct codec at = { .p = &p, .in = doc };
	struct slice schema;
	size_t where;
	bool valid;

	memset(out, 0, sizeof(*out));
	r->schema = &out->schema;
	r->rules = &out->rules;
	r->summary = &out->summary;
	valid = slice_check(doc, &where) == 0;
	if (!valid && where >= doc.n)
		return fault(f, FAULT_DATA,
		    "%s: not a report: it is %s; make it again", name,
		    doc.n == 0 ? "empty" : "truncated");
	if (!valid)
		return fault(f, FAULT_DATA,
		    "%s: not a report: not valid JSON from byte %zu on", name,
		    where + 1);
	schema = slice_get(doc, "schema");
	if (schema.p == NULL || !codec_is(schema, "\"" SCHEMA "\""))
		return fault(f, FAULT_DATA,
		    "%s: not a report of inspect --format json: its schema is "
		    "not \"%s\"",
		    name, SCHEMA);
	summary_init(&out->summary, count_largest(doc),
	    slice_get(slice_get(doc, "scanned"), "bytes").p != NULL);
	report_fields_head(at);
	report_fields_part(at);
	report_fields_work(at);
	counts(at);
	if (r->selection == NULL && out->summary.items != r->work.items)
		codec_wrong(at, "states");
	if (!p.wrong)
		conclude(out, doc);
	return p.wrong ? -1 : 0;
}

void
report_read_release(struct report_read *r)
{
	report_fields_release(&r->report);
	free((char *)(uintptr_t)r->schema.partition);
	free((char *)(uintptr_t)r->schema.sort);
	free(r->repeat);
	summary_release(&r->summary);
	memset(r, 0, sizeof(*r));
}
