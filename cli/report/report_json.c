#include <string.h>

#include "cli/json.h"
#include "cli/report/price.h"
#include "cli/report/report.h"
#include "cli/report/report_sample.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/dynamodb/item.h"

/* A count; of a sample, with the range of what was ${seen} of it. */
static void
items(struct json *j, const struct report *r, int64_t count, int64_t seen,
    double squares)
{
	struct estimate e;

	json_int(j, "items", count);
	if (r->sample == NULL)
		return;
	e = report_sample_count(r, seen, squares);
	json_int(j, "items_low", e.low);
	if (e.high < INT64_MAX)
		json_int(j, "items_high", e.high);
}

/* What was counted: of a sample, before it was scaled up. */
static const struct summary *
seen_of(const struct report *r)
{
	return r->sample != NULL ? r->sample->seen : r->summary;
}

static void
part(struct json *parent, const struct report *r)
{
	struct json *j;

	json_int(parent, "segments", r->segments);
	/* a reader knows an interrupted run by it */
	if (r->segments_done < r->segments_asked || !r->complete)
		json_int(parent, "segments_done", r->segments_done);
	if (r->sample != NULL) {
		const struct estimate_sample *by = &r->sample->by;

		j = json_object(parent, "sample");
		json_real(j, "fraction",
		    by->of > 0 ? (double)by->segments / (double)by->of : 0, 6);
		json_int(j, "segments", by->segments);
		json_int(j, "of", by->of);
	} else {
		json_null(parent, "sample");
	}
	if (r->shards == NULL) {
		json_null(parent, "shards");
		return;
	}
	j = json_object(parent, "shards");
	json_int(j, "of", r->shards->of);
	j = json_array(j, "have");
	for (size_t i = 0; i < r->shards->n; i++)
		json_int(j, NULL, r->shards->have[i]);
}

static void
head(struct json *j, const struct report *r)
{
	struct json *key;

	json_str(j, "schema", "ttlsweep.inspect/1");
	json_str(j, "table", r->place.table);
	json_str(j, "table_id", r->place.table_id);
	json_str(j, "region", r->place.region);
	json_str(j, "endpoint", r->place.endpoint);
	key = json_array(j, "key");
	json_str(key, NULL, r->schema->partition);
	json_str(key, NULL, r->schema->sort);
	json_str(j, "ttl_attribute", r->ttl_attribute);
	json_str(j, "ttl_status", r->ttl_status);
	if (r->table_ttl != NULL && strcmp(r->table_ttl, r->ttl_attribute) != 0)
		json_str(j, "table_ttl_attribute", r->table_ttl);
	json_int(j, "now", r->rules->now);
	if (r->selection != NULL && r->selection[0] != '\0')
		json_str(j, "selection", r->selection);
	if (r->judging != NULL && r->judging[0] != '\0')
		json_str(j, "judging", r->judging);
	json_bool(j, "complete",
	    r->complete && !(r->merged && r->shards != NULL));
	part(j, r);
}

static void
scanned(struct json *parent, const struct report *r)
{
	struct json *j = json_object(parent, "scanned");

	json_int(j, "items", r->work.items);
	if (r->work.bytes >= 0)
		json_int(j, "bytes", r->work.bytes);
	json_int(j, "pages", r->work.pages);
	if (r->place.input == NULL) {
		json_int(j, "requests", r->work.requests);
		json_int(j, "retries", r->work.retries);
		json_real(j, "capacity_units", r->work.read_units, 3);
	}
	json_real(j, "seconds", r->work.seconds, 3);
}

static void
states(struct json *parent, const struct report *r)
{
	const struct summary *s = r->summary, *q = seen_of(r);
	struct json *all = json_object(parent, "states");

	for (int i = 0; i < STATES; i++) {
		struct json *j = json_object(all, state_name((enum state)i));

		items(j, r, s->states[i].items, q->states[i].items,
		    q->squares.states[i]);
		if (s->sizes)
			json_int(j, "bytes", s->states[i].bytes);
	}
}

static void
example(struct json *j, const struct summary_key *k)
{
	if (k->key != NULL)
		json_text(j, "example", k->key, k->len);
	if (k->sort != NULL)
		json_text(j, "example_sort", k->sort, k->sort_len);
	if (k->moment != 0)
		json_int(j, "example_expires", k->moment);
}

static void
reasons(struct json *parent, const struct report *r)
{
	const struct summary *s = r->summary, *q = seen_of(r);
	struct json *all = json_array(parent, "reasons");

	for (int i = 0; i < STATES; i++)
		for (int k = REASON_NONE + 1; k < REASONS; k++) {
			struct json *j;

			if (s->reasons[i][k] == 0)
				continue;
			j = json_object(all, NULL);
			json_str(j, "state", state_name((enum state)i));
			json_str(j, "reason", reason_name((enum reason)k));
			items(j, r, s->reasons[i][k], q->reasons[i][k],
			    q->squares.reasons[i][k]);
			if (k == REASON_STRING && s->zoneless[i] > 0)
				json_int(j, "zoneless", s->zoneless[i]);
			example(j, &s->examples[i][k]);
		}
}

/* What stands behind the count of a kind or a group. */
static void
tally(struct json *j, const struct summary *s, int64_t bytes,
    const int64_t *by_state)
{
	if (s->sizes)
		json_int(j, "bytes", bytes);
	for (int i = 0; i < STATES; i++)
		json_int(j, state_name((enum state)i), by_state[i]);
}

static void
kinds(struct json *parent, const struct report *r)
{
	const struct summary *s = r->summary, *q = seen_of(r);
	struct json *all = json_object(parent, "kinds"), *j, *bytes;

	for (int i = 0; i < KINDS; i++) {
		j = json_object(all, kind_name((enum kind)i));
		items(j, r, s->kinds[i].items, q->kinds[i].items,
		    q->squares.kinds[i]);
		tally(j, s, s->kinds[i].bytes, s->kind_states[i]);
		if (!s->sizes)
			continue;
		bytes = json_object(j, "bytes_by_state");
		for (int k = 0; k < STATES; k++)
			json_int(bytes, state_name((enum state)k),
			    s->kind_bytes[i][k]);
	}
}

static void
groups(struct json *parent, const struct report *r)
{
	const struct summary *s = r->summary, *q = seen_of(r);
	struct json *all = json_array(parent, "groups");

	for (size_t i = 0; i < s->ngroups; i++) {
		const struct summary_group *g = &s->groups[i];
		struct json *j = json_object(all, NULL);

		json_text(j, "group", g->name, g->len);
		items(j, r, g->items, q->groups[i].items, q->groups[i].squares);
		tally(j, s, g->bytes, g->states);
	}
	json_bool(parent, "groups_complete", s->groups_complete);
}

static void
overdue(struct json *parent, const struct report *r)
{
	const struct summary *q = seen_of(r);
	const struct histogram *h = &r->summary->overdue;
	struct json *j = json_object(parent, "overdue"), *buckets;

	if (h->total > 0) {
		json_int(j, "max", h->max);
		json_int(j, "p50", histogram_quantile(h, 0.5));
		json_int(j, "p90", histogram_quantile(h, 0.9));
		json_int(j, "p99", histogram_quantile(h, 0.99));
		json_int(j, "sum", h->sum);
	}
	buckets = json_array(j, "histogram");
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (h->count[i] == 0)
			continue;
		j = json_object(buckets, NULL);
		json_int(j, "up_to", histogram_up_to(i));
		items(j, r, h->count[i], q->overdue.count[i],
		    q->squares.buckets[i]);
	}
}

static void
upcoming_and_largest(struct json *parent, const struct report *r)
{
	const struct summary *s = r->summary, *q = seen_of(r);
	struct json *all = json_array(parent, "upcoming"), *j;

	for (int i = 0; i < SUMMARY_UPCOMING; i++) {
		j = json_object(all, NULL);
		json_int(j, i == SUMMARY_BEYOND ? "beyond" : "within",
		    summary_within[i]);
		items(j, r, s->upcoming[i], q->upcoming[i],
		    q->squares.upcoming[i]);
	}
	all = json_array(parent, "largest");
	for (size_t i = 0; i < s->nlargest; i++) {
		j = json_object(all, NULL);
		json_text(j, "key", s->largest[i].key, s->largest[i].len);
		if (s->largest[i].sort != NULL)
			json_text(j, "sort", s->largest[i].sort,
			    s->largest[i].sort_len);
		json_int(j, "bytes", s->largest[i].bytes);
	}
}

static void
purge(struct json *parent, const struct report *r)
{
	const struct summary *s = r->summary, *q = seen_of(r);
	const struct price *price = r->place.price;
	struct json *j = json_object(parent, "purge");

	items(j, r,
	    s->states[STATE_PENDING].items + s->states[STATE_STUCK].items,
	    q->overdue.total, q->squares.overdue);
	if (s->sizes) {
		json_int(j, "write_units", s->purge_units);
		if (price != NULL)
			json_real(j, "usd",
			    price_usd(price, (double)s->purge_units), 6);
	}
	/* of a file nobody asks about TTL: it is taken to be on */
	if (r->ttl_status != NULL || r->place.input != NULL)
		json_int(j, "free_by_ttl", s->free_by_ttl);
	if (s->sizes && price != NULL) {
		struct buf b = { 0 };

		buf_addf(&b, "%s %s", price->region, price->date);
		json_str(j, "prices", buf_text(&b));
		buf_release(&b);
	}
}

void
report_json(struct buf *out, const struct report *r)
{
	struct json *j = json_new();

	head(j, r);
	scanned(j, r);
	states(j, r);
	reasons(j, r);
	kinds(j, r);
	groups(j, r);
	overdue(j, r);
	upcoming_and_largest(j, r);
	purge(j, r);
	json_print(out, j);
	json_free(j);
}
