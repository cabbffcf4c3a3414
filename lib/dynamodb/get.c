#include <string.h>

#include "lib/aws/refusal.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/call.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/get.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"

/* Keys of one BatchGetItem (API reference). */
#define KEYS_MAX 100

struct accept {
	struct page *page;
	const struct ddb_table *table;
	const char *ttl;
	const struct ddb_keys *asked; /* BatchGetItem */
	struct slice unprocessed;
	struct slice partition; /* Query */
};

static void
swap_body(struct accept *a, struct buf *body)
{
	struct buf swap = a->page->body;

	a->page->body = *body;
	*body = swap;
	a->page->n = 0;
}

/* Keys by value, each of which may be answered once. */
struct asked {
	struct buf text; /* attr_key_canonical of each */
	size_t ends[KEYS_MAX];
	bool answered[KEYS_MAX];
	size_t n;
};

static struct slice
sort_of(struct slice key, const struct key_schema *schema)
{
	return schema->sort != NULL ? slice_get(key, schema->sort)
				    : (struct slice){ NULL, 0 };
}

static void
add_canonical(struct buf *out, struct slice partition, struct slice sort)
{
	attr_key_canonical(out, partition);
	if (sort.p != NULL)
		attr_key_canonical(out, sort);
}

static void
asked_read(struct asked *k, const struct accept *a)
{
	const struct key_schema *schema = &a->table->schema;
	struct slice_walk w =
	    slice_walk((struct slice){ a->asked->json.p, a->asked->json.n });
	struct slice key;

	while (k->n < a->asked->n && k->n < KEYS_MAX &&
	    slice_value(&w, &key) == 0) {
		add_canonical(&k->text, slice_get(key, schema->partition),
		    sort_of(key, schema));
		k->ends[k->n++] = k->text.n;
		if (w.p < w.end && *w.p == ',')
			w.p++;
	}
}

/* The reply has this key: 0, or -1 when it was not asked for or is there
 * twice. */
static int
asked_answer(struct asked *k, struct slice partition, struct slice sort,
    struct fault *f)
{
	size_t from = k->text.n, n;
	bool twice = false;

	add_canonical(&k->text, partition, sort);
	n = k->text.n - from;
	k->text.n = from;
	for (size_t i = 0; i < k->n; i++) {
		size_t at = i > 0 ? k->ends[i - 1] : 0;

		if (k->ends[i] - at != n ||
		    memcmp(k->text.p + at, k->text.p + from, n) != 0)
			continue;
		twice = k->answered[i];
		if (twice)
			continue;
		k->answered[i] = true;
		return 0;
	}
	return fault(f, FAULT_DATA,
	    twice ? "the reply has a key twice"
		  : "the reply has a key that was not asked for");
}

/* Each item and each unprocessed key of the reply must be one of those asked
 * for, and none may be there twice. */
static int
check_asked(struct asked *k, const struct accept *a, struct fault *f)
{
	const struct key_schema *schema = &a->table->schema;
	const struct page *page = a->page;
	struct slice_walk w = slice_walk(a->unprocessed);
	struct slice key;

	for (size_t i = 0; i < page->n; i++)
		if (asked_answer(k, page->items[i].partition,
			page->items[i].sort, f) != 0)
			return -1;
	if (a->unprocessed.p == NULL)
		return 0;
	if (slice_array(&w) != 0)
		return fault(f, FAULT_DATA, "UnprocessedKeys has no keys");
	while (slice_element(&w) == 1 && slice_value(&w, &key) == 0) {
		struct slice partition = slice_get(key, schema->partition);
		struct slice sort = sort_of(key, schema);

		if (key.p[0] != '{' || partition.p == NULL ||
		    (schema->sort != NULL && sort.p == NULL))
			return fault(f, FAULT_DATA,
			    "UnprocessedKeys contains something that is not a "
			    "key");
		if (asked_answer(k, partition, sort, f) != 0)
			return -1;
	}
	return 0;
}

static int
accept_batch(void *ctx, struct buf *body, struct fault *f)
{
	struct accept *a = ctx;
	struct asked k = { .n = 0 };
	int rc;

	swap_body(a, body);
	if (page_parse_batch(a->page, a->table->name, &a->table->schema, a->ttl,
		&a->unprocessed, f) != 0)
		return -1;
	asked_read(&k, a);
	rc = check_asked(&k, a, f);
	buf_release(&k.text);
	return rc;
}

/* All items are of the one partition. */
static int
accept_query(void *ctx, struct buf *body, struct fault *f)
{
	struct accept *a = ctx;
	struct buf scratch = { 0 };
	int rc = 0;

	swap_body(a, body);
	if (page_parse(a->page, &a->table->schema, a->ttl, f) != 0)
		return -1;
	for (size_t i = 0; i < a->page->n && rc == 0; i++)
		if (!attr_key_same(a->partition, a->page->items[i].partition,
			&scratch))
			rc = fault(f, FAULT_DATA,
			    "the reply has an entry of another partition");
	buf_release(&scratch);
	return rc;
}

void
ddb_keys_add(struct ddb_keys *keys, struct slice key)
{
	if (keys->n++ > 0)
		buf_addc(&keys->json, ',');
	buf_add(&keys->json, key.p, key.n);
}

static void
batch_body(struct buf *b, const struct accept *a, const struct ddb_keys *keys)
{
	buf_adds(b, "{\"RequestItems\":{");
	slice_text_encode(b, a->table->name, strlen(a->table->name));
	buf_adds(b, ":{\"ConsistentRead\":true");
	if (keys->projected)
		item_projection(b, &a->table->schema, a->ttl);
	buf_adds(b, ",\"Keys\":[");
	buf_add(b, keys->json.p, keys->json.n);
	buf_adds(b, "]}},\"ReturnConsumedCapacity\":\"TOTAL\"}");
}

/* One BatchGetItem of ${keys}; a->page and a->unprocessed are its reply. */
static int
get_once(struct ddb_conn *c, struct accept *a, const struct ddb_keys *keys,
    struct fault *f)
{
	struct ddb_call call = { .operation = "BatchGetItem",
		.read_units = (double)keys->n * keys->units,
		.accept = accept_batch,
		.accept_ctx = a,
		.single = keys->single,
		.settling = keys->settling };
	struct ddb_reply reply;
	struct buf body = { 0 };
	int r;

	a->asked = keys;
	batch_body(&body, a, keys);
	call.body = (struct slice){ body.p, body.n };
	r = ddb_call(c, &call, &reply, f);
	buf_release(&body);
	if (r > 0)
		return ddb_refused(&call, &reply, a->table->name, f);
	if (r == 0)
		ddb_settle(c, a->page->units, 0);
	return r;
}

/* Make the elements of ${unprocessed} the keys to ask for next. */
static void
keep_unprocessed(struct ddb_keys *keys, struct slice unprocessed)
{
	struct slice_walk w = slice_walk(unprocessed);
	struct slice key;

	buf_reset(&keys->json);
	keys->n = 0;
	if (unprocessed.p == NULL || slice_array(&w) != 0)
		return;
	while (slice_element(&w) == 1 && slice_value(&w, &key) == 0)
		ddb_keys_add(keys, key);
}

/* Keys are unprocessed because the reply is full (16 MB) or because the table
 * is throttled. Only the latter is a reason to wait, so as long as some keys
 * were answered the rest is requested at once. */
int
ddb_get_some(struct ddb_conn *c, const struct ddb_table *table, const char *ttl,
    struct ddb_keys *keys, struct page *page, struct fault *f)
{
	struct accept a = { .page = page, .table = table, .ttl = ttl };
	size_t asked = keys->n;

	for (int try = 0;; try++) {
		if (get_once(c, &a, keys, f) != 0)
			return -1;
		keep_unprocessed(keys, a.unprocessed);
		if (keys->n < asked || asked == 0)
			break;
		ddb_throttled(c, (double)keys->n, 0);
		if (try + 1 >= ddb_attempts(ddb_of(c)))
			return fault(f, FAULT_SERVICE,
			    "BatchGetItem: %zu key%s still unprocessed after "
			    "%d %s; run again later",
			    keys->n, keys->n == 1 ? "" : "s", try + 1,
			    refusal_tries(try + 1));
		if (ddb_backoff(c, ddb_throttle_class(ddb_of(c), false), try,
			f) != 0)
			return -1;
	}
	page->scanned = (int64_t)page->n;
	page->absent = (int64_t)(asked - keys->n) - page->scanned;
	page->last = (struct slice){ NULL, 0 };
	return 0;
}

/* Add the items of ${page} to the reply ${all}, which has no end yet. */
static void
gather(struct buf *all, const struct page *page)
{
	for (size_t i = 0; i < page->n; i++) {
		buf_adds(all, all->n > 0 ? "," : "{\"Items\":[");
		buf_add(all, page->items[i].json.p, page->items[i].json.n);
	}
}

/* Read all of ${keys} into a->page, in as many requests as it takes; ${left}
 * says how. */
static int
get_all(struct ddb_conn *c, struct accept *a, struct ddb_keys left,
    const struct slice *keys, size_t n, struct fault *f)
{
	struct page *page = a->page;
	struct buf all = { 0 };
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		ddb_keys_add(&left, keys[i]);
	while (left.n > 0 && rc == 0) {
		rc = ddb_get_some(c, a->table, a->ttl, &left, page, f);
		if (rc == 0 && (left.n > 0 || all.n > 0))
			gather(&all, page);
	}
	if (rc == 0 && all.n > 0) {
		buf_adds(&all, "]}");
		swap_body(a, &all);
		rc = page_parse(page, &a->table->schema, a->ttl, f);
	}
	page->scanned = (int64_t)page->n;
	page->absent = (int64_t)n - page->scanned;
	buf_release(&left.json);
	buf_release(&all);
	return rc;
}

int
ddb_get_batch(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, const struct slice *keys, size_t n, struct page *page,
    struct fault *f)
{
	struct accept a = { .page = page, .table = table, .ttl = ttl };

	return get_all(c, &a, (struct ddb_keys){ .units = 1, .settling = true },
	    keys, n, f);
}

int
ddb_get_one(struct ddb_conn *c, const struct ddb_table *table, const char *ttl,
    const struct slice *key, struct page *page, struct fault *f)
{
	struct accept a = { .page = page, .table = table, .ttl = ttl };

	return get_all(c, &a,
	    (struct ddb_keys){ .units = 1, .single = true, .settling = true },
	    key, 1, f);
}

int
ddb_query(struct ddb_conn *c, const struct ddb_table *table, const char *ttl,
    struct slice partition, struct ddb_place *start, struct page *page,
    struct fault *f)
{
	struct accept a = { .page = page,
		.table = table,
		.ttl = ttl,
		.partition = partition };
	struct ddb_call call = { .operation = "Query",
		.read_units = 1,
		.single = true,
		.accept = accept_query,
		.accept_ctx = &a };
	struct ddb_reply reply;
	struct buf b = { 0 };
	int r;

	buf_adds(&b, "{\"TableName\":");
	slice_text_encode(&b, table->name, strlen(table->name));
	buf_adds(&b,
	    ",\"ConsistentRead\":true,"
	    "\"ReturnConsumedCapacity\":\"TOTAL\","
	    "\"KeyConditionExpression\":\"#k=:k\","
	    "\"ExpressionAttributeNames\":{\"#k\":");
	slice_text_encode(&b, table->partition, strlen(table->partition));
	buf_adds(&b, "},\"ExpressionAttributeValues\":{\":k\":");
	buf_add(&b, partition.p, partition.n);
	buf_addc(&b, '}');
	if (start->key.n > 0) {
		buf_adds(&b, ",\"ExclusiveStartKey\":");
		buf_add(&b, start->key.p, start->key.n);
	}
	buf_addc(&b, '}');
	call.body = (struct slice){ b.p, b.n };
	page_reset(page);
	r = ddb_call(c, &call, &reply, f);
	buf_release(&b);
	if (r > 0)
		return ddb_refused(&call, &reply, table->name, f);
	if (r < 0)
		return -1;
	ddb_settle(c, page->units, 0);
	buf_reset(&start->key);
	if (page->last.p == NULL)
		return 0;
	if (circle_closes(&start->circle, page->last, &table->schema))
		return fault(f, FAULT_SERVICE,
		    "Query: the service repeats itself: a page ends where an "
		    "earlier one did; stopped, as this would never end");
	buf_add(&start->key, page->last.p, page->last.n);
	return 1;
}
