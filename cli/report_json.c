#include <string.h>

#include "base/buf.h"
#include "cli/json.h"
#include "cli/price.h"
#include "cli/report.h"
#include "dynamodb/item.h"
#include "inspector/record.h"
#include "inspector/summary.h"

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
	json_int(j, "now", r->rules->now);
	json_bool(j, "complete", r->complete);
	json_int(j, "segments", r->segments);
	json_null(j, "sample");
	json_null(j, "shards");
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
states(struct json *parent, const struct summary *s)
{
	struct json *all = json_object(parent, "states");

	for (int i = 0; i < STATES; i++) {
		struct json *j = json_object(all, state_name((enum state)i));

		json_int(j, "items", s->states[i].items);
		if (s->sizes)
			json_int(j, "bytes", s->states[i].bytes);
	}
}

static void
reasons(struct json *parent, const struct report *r)
{
	const struct summary *s = r->summary;
	struct json *all = json_array(parent, "reasons");

	for (int i = 0; i < STATES; i++)
		for (int k = REASON_NONE + 1; k < REASONS; k++) {
			struct json *j;

			if (s->reasons[i][k] == 0)
				continue;
			j = json_object(all, NULL);
			json_str(j, "state", state_name((enum state)i));
			json_str(j, "reason", reason_name((enum reason)k));
			json_int(j, "items", s->reasons[i][k]);
			if (s->examples[i][k].key != NULL)
				json_text(j, "example", s->examples[i][k].key,
				    s->examples[i][k].len);
		}
}

/* Items, bytes, and the four states. */
static void
tally(struct json *j, const struct summary *s, int64_t items, int64_t bytes,
    const int64_t *by_state)
{
	json_int(j, "items", items);
	if (s->sizes)
		json_int(j, "bytes", bytes);
	for (int i = 0; i < STATES; i++)
		json_int(j, state_name((enum state)i), by_state[i]);
}

static void
kinds_and_groups(struct json *parent, const struct report *r)
{
	const struct summary *s = r->summary;
	struct json *all = json_object(parent, "kinds");

	for (int i = 0; i < KINDS; i++)
		tally(json_object(all, kind_name((enum kind)i)), s,
		    s->kinds[i].items, s->kinds[i].bytes, s->kind_states[i]);
	all = json_array(parent, "groups");
	for (size_t i = 0; i < s->ngroups; i++) {
		const struct summary_group *g = &s->groups[i];
		struct json *j = json_object(all, NULL);

		json_text(j, "group", g->name, g->len);
		tally(j, s, g->items, g->bytes, g->states);
	}
	json_bool(parent, "groups_complete", s->groups_complete);
}

static void
overdue(struct json *parent, const struct summary *s)
{
	const struct histogram *h = &s->overdue;
	struct json *j = json_object(parent, "overdue"), *buckets;

	json_int(j, "max", h->max);
	json_int(j, "p50", histogram_quantile(h, 0.5));
	json_int(j, "p90", histogram_quantile(h, 0.9));
	json_int(j, "p99", histogram_quantile(h, 0.99));
	buckets = json_array(j, "histogram");
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (h->count[i] == 0)
			continue;
		j = json_object(buckets, NULL);
		json_int(j, "up_to", histogram_up_to(i));
		json_int(j, "items", h->count[i]);
	}
}

static void
upcoming_and_largest(struct json *parent, const struct report *r)
{
	const struct summary *s = r->summary;
	struct json *all = json_array(parent, "upcoming"), *j;

	for (int i = 0; i < 3; i++) {
		j = json_object(all, NULL);
		json_int(j, "within", summary_within[i]);
		json_int(j, "items", s->upcoming[i]);
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
	const struct summary *s = r->summary;
	const struct price *price = r->place.price;
	struct json *j = json_object(parent, "purge");

	json_int(j, "items",
	    s->states[STATE_PENDING].items + s->states[STATE_STUCK].items);
	if (s->sizes) {
		json_int(j, "write_units", s->purge_units);
		if (price != NULL)
			json_real(j, "usd", price_usd(price, s->purge_units),
			    6);
	}
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
	states(j, r->summary);
	reasons(j, r);
	kinds_and_groups(j, r);
	overdue(j, r->summary);
	upcoming_and_largest(j, r);
	purge(j, r);
	json_print(out, j);
	json_free(j);
}
