#include <string.h>

#include "base/fault.h"
#include "dynamodb/ddb.h"
#include "dynamodb/get.h"
#include "dynamodb/item.h"
#include "dynamodb/table.h"

struct accept {
	struct page *page;
	const struct ddb_table *table;
	const char *ttl;
	struct slice unprocessed;
};

static void
swap_body(struct accept *a, struct buf *body)
{
	struct buf swap = a->page->body;

	a->page->body = *body;
	*body = swap;
	a->page->n = 0;
}

static int
accept_batch(void *ctx, struct buf *body, struct fault *f)
{
	struct accept *a = ctx;

	swap_body(a, body);
	return page_parse_batch(a->page, a->table->name, &a->table->schema,
	    a->ttl, &a->unprocessed, f);
}

static int
accept_query(void *ctx, struct buf *body, struct fault *f)
{
	struct accept *a = ctx;

	swap_body(a, body);
	return page_parse(a->page, &a->table->schema, a->ttl, f);
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

/* The inside of the array ${unprocessed} as the keys still to ask for. */
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

/*
 * Keys come back unprocessed because the reply is full (16 MB) or because the
 * table is throttled. The one is no reason to wait, so as long as keys were
 * answered the rest is asked for at once.
 */
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
		ddb_throttled(c, false);
		if (try + 1 >= ddb_attempts(ddb_of(c)))
			return fault(f, FAULT_SERVICE,
			    "BatchGetItem: %zu keys still unprocessed after "
			    "%d tries",
			    keys->n, try + 1);
		if (ddb_backoff(c, RETRY_THROTTLE, try, f) != 0)
			return -1;
	}
	page->scanned = (int64_t)page->n;
	page->absent = (int64_t)(asked - keys->n) - page->scanned;
	page->last = (struct slice){ NULL, 0 };
	return 0;
}

/* Add the items of ${page} to an Items array under construction. */
static void
gather(struct buf *items, const struct page *page)
{
	for (size_t i = 0; i < page->n; i++) {
		buf_addc(items, items->n > 0 ? ',' : ' ');
		buf_add(items, page->items[i].json.p, page->items[i].json.n);
	}
}

/* Make ${items} the page. */
static int
set_page(struct page *page, const struct ddb_table *table, const char *ttl,
    const struct buf *items, struct fault *f)
{
	buf_reset(&page->body);
	buf_adds(&page->body, "{\"Items\":[");
	buf_add(&page->body, items->p, items->n);
	buf_adds(&page->body, "]}");
	return page_parse(page, &table->schema, ttl, f);
}

/* All of ${keys}, as ${left} says, however often it takes; they are a->page
 * then. */
static int
get_all(struct ddb_conn *c, const struct accept *a, struct ddb_keys left,
    const struct slice *keys, size_t n, struct fault *f)
{
	struct page *page = a->page;
	struct buf items = { 0 };
	int rc = -1;

	for (size_t i = 0; i < n; i++)
		ddb_keys_add(&left, keys[i]);
	while (left.n > 0) {
		if (ddb_get_some(c, a->table, a->ttl, &left, page, f) != 0)
			goto out;
		if (left.n > 0 || items.n > 0)
			gather(&items, page);
	}
	if (items.n > 0 && set_page(page, a->table, a->ttl, &items, f) != 0)
		goto out;
	page->scanned = (int64_t)page->n;
	page->absent = (int64_t)n - page->scanned;
	rc = 0;
out:
	buf_release(&left.json);
	buf_release(&items);
	return rc;
}

int
ddb_get_batch(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, const struct slice *keys, size_t n, struct page *page,
    struct fault *f)
{
	const struct accept a = { .page = page, .table = table, .ttl = ttl };
	const struct ddb_keys left = { .units = 1, .settling = true };

	return get_all(c, &a, left, keys, n, f);
}

int
ddb_get_one(struct ddb_conn *c, const struct ddb_table *table, const char *ttl,
    const struct slice *key, struct page *page, struct fault *f)
{
	const struct accept a = { .page = page, .table = table, .ttl = ttl };
	const struct ddb_keys left = { .units = 1,
		.single = true,
		.settling = true };

	return get_all(c, &a, left, key, 1, f);
}

int
ddb_query(struct ddb_conn *c, const struct ddb_table *table, const char *ttl,
    struct slice partition, struct buf *start, struct page *page,
    struct fault *f)
{
	struct accept a = { .page = page, .table = table, .ttl = ttl };
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
	if (start->n > 0) {
		buf_adds(&b, ",\"ExclusiveStartKey\":");
		buf_add(&b, start->p, start->n);
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
	buf_reset(start);
	if (page->last.p == NULL)
		return 0;
	buf_add(start, page->last.p, page->last.n);
	return 1;
}
