#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/fault.h"
#include "lib/base/json_string.h"
#include "lib/base/mem.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/compact.h"
#include "lib/dynamodb/item.h"

/* The attributes to find in each item, with the lengths of their names. */
struct wanted {
	const struct key_schema *schema;
	uint64_t lengths; /* bit i: a name has i bytes (modulo 64) */
	int n;
	struct {
		const char *name;
		size_t n;
		size_t at; /* offset in struct item */
	} parts[3];
};

static void
want(struct wanted *w, const char *name, size_t at)
{
	w->parts[w->n].name = name;
	w->parts[w->n].n = strlen(name);
	w->lengths |= UINT64_C(1) << (w->parts[w->n].n & 63);
	w->parts[w->n++].at = at;
}

static struct wanted
wanted(const struct key_schema *schema, const char *ttl)
{
	struct wanted w = { .schema = schema };

	want(&w, schema->partition, offsetof(struct item, partition));
	if (schema->sort != NULL)
		want(&w, schema->sort, offsetof(struct item, sort));
	if (ttl != NULL)
		want(&w, ttl, offsetof(struct item, ttl));
	return w;
}

static struct slice *
part(struct item *item, const struct wanted *w, int i)
{
	return (struct slice *)(void *)((char *)item + w->parts[i].at);
}

static bool
is_key(struct slice value)
{
	struct slice inner;
	enum attr_type type;

	if (value.p == NULL)
		return false;
	type = attr_open(value, &inner);
	return (type == ATTR_S || type == ATTR_N || type == ATTR_B) &&
	    inner.n > 0;
}

/* Read any item; ${f} says what is wrong with it. */
static int
read_plain(struct slice_walk *w, const struct wanted *want, struct item *item,
    struct fault *f)
{
	struct slice name, value;
	const char *begin;
	int r;

	*item = (struct item){ 0 };
	if (slice_object(w) != 0)
		return fault(f, FAULT_DATA, "an item is not a JSON object");
	begin = w->p - 1;
	while ((r = slice_member(w, &name)) == 1) {
		item->size += (int64_t)slice_text_length(name);
		if (attr_measure(w, &value, &item->size) != 0)
			break;
		for (int i = 0; i < want->n; i++) {
			if (!slice_text_is(name, want->parts[i].name,
				want->parts[i].n))
				continue;
			if (part(item, want, i)->p != NULL)
				return fault(f, FAULT_DATA,
				    "an item has the attribute \"%s\" twice",
				    want->parts[i].name);
			*part(item, want, i) = value;
		}
	}
	if (r != 0)
		return fault(f, FAULT_DATA, "an item is not valid JSON");
	item->json = (struct slice){ begin, (size_t)(w->p - begin) };
	return 0;
}

/* Keep ${value} if ${name} is wanted; false if the item has it already.
 * ${plain}: it has no escapes. */
static bool
keep_wanted(struct item *item, const struct wanted *want, struct slice name,
    struct slice value, bool plain)
{
	/* most others have another length than all of these */
	if ((want->lengths >> (name.n & 63) & 1) == 0)
		return true;
	for (int i = 0; i < want->n; i++) {
		if (name.n != want->parts[i].n ||
		    memcmp(name.p, want->parts[i].name, name.n) != 0)
			continue;
		if (part(item, want, i)->p != NULL)
			return false;
		*part(item, want, i) = value;
		item->plain = item->plain && plain;
	}
	return true;
}

/* Read an item as the service writes it (compact.h). False, with the walk where
 * it was, for others and for wrong ones. */
static bool
read_compact(struct slice_walk *w, const struct wanted *want, struct item *item)
{
	const char *p = w->p, *end = w->end;
	struct compact sum = { 0 };

	*item = (struct item){ .plain = true };
	if (p >= end || *p != '{' || w->depth >= SLICE_DEPTH)
		return false;
	do {
		size_t fewer = 0, before = sum.fewer;
		const char *name = p + 2, *close, *value;

		if (end - p < 2 || p[1] != '"')
			return false;
		close = json_string_close(name, end, &fewer);
		if (close == NULL || fewer > 0 || end - close < 2 ||
		    close[1] != ':')
			return false;
		sum.doubtful = sum.doubtful || close == name;
		value = close + 2;
		sum.size += close - name;
		p = compact_value(value, end, w->depth + 1, &sum);
		if (p == NULL || p >= end ||
		    !keep_wanted(item, want,
			(struct slice){ name, (size_t)(close - name) },
			(struct slice){ value, (size_t)(p - value) },
			sum.fewer == before))
			return false;
	} while (*p == ',');
	if (*p != '}')
		return false;
	item->json = (struct slice){ w->p, (size_t)(p + 1 - w->p) };
	item->size = sum.size;
	item->storable = !sum.doubtful && sum.size <= ATTR_ITEM_MAX;
	w->p = p + 1;
	w->fresh = false;
	return true;
}

/* is_key of a value that compact_value accepted. */
static bool
is_compact_key(struct slice value)
{
	return value.n > sizeof("{'S':''}") - 1 && value.p[3] == '"' &&
	    (value.p[2] == 'S' || value.p[2] == 'N' || value.p[2] == 'B');
}

/* The key ${value} is missing, of another type, or empty. */
static int
no_key(struct slice value, const char *what, const char *name, struct fault *f)
{
	struct slice inner;
	enum attr_type type =
	    value.p != NULL ? attr_open(value, &inner) : ATTR_BAD;

	if (type == ATTR_S || type == ATTR_N || type == ATTR_B)
		return fault(f, FAULT_DATA,
		    "the %s \"%s\" of an item is empty, which DynamoDB does "
		    "not allow",
		    what, name);
	return fault(f, FAULT_DATA,
	    "an item has no %s \"%s\" of type S, N or B", what, name);
}

static int
read_wanted(struct slice_walk *w, const struct wanted *want, struct item *item,
    struct fault *f)
{
	const struct key_schema *schema = want->schema;

	if (read_compact(w, want, item)) {
		if (is_compact_key(item->partition) &&
		    (schema->sort == NULL || is_compact_key(item->sort)))
			return 0;
	} else if (read_plain(w, want, item, f) != 0) {
		return -1;
	}
	if (!is_key(item->partition))
		return no_key(item->partition, "key attribute",
		    schema->partition, f);
	if (schema->sort != NULL && !is_key(item->sort))
		return no_key(item->sort, "sort key", schema->sort, f);
	return 0;
}

enum attr_type
item_key_open(const struct item *item, struct slice key, struct slice *text)
{
	if (!item->plain)
		return attr_open(key, text);
	*text = (struct slice){ key.p + sizeof("{'S':'") - 1,
		key.n - (sizeof("{'S':''}") - 1) };
	return key.p[2] == 'S' ? ATTR_S : key.p[2] == 'N' ? ATTR_N : ATTR_B;
}

int
item_read(struct slice_walk *w, const struct key_schema *schema,
    const char *ttl, struct item *item, struct fault *f)
{
	struct wanted want = wanted(schema, ttl);

	return read_wanted(w, &want, item, f);
}

static void
add_name(struct buf *out, const char *before, const char *name)
{
	buf_adds(out, before);
	slice_text_encode(out, name, strlen(name));
}

void
item_key_json(struct buf *out, const struct item *item,
    const struct key_schema *schema)
{
	add_name(out, "{", schema->partition);
	buf_addc(out, ':');
	buf_add(out, item->partition.p, item->partition.n);
	if (schema->sort != NULL) {
		add_name(out, ",", schema->sort);
		buf_addc(out, ':');
		buf_add(out, item->sort.p, item->sort.n);
	}
	buf_addc(out, '}');
}

/* The slice that ${part} of ${whole} is in the copy at ${to}. */
static struct slice
moved(struct slice part, struct slice whole, const char *to)
{
	if (part.p == NULL)
		return part;
	return (struct slice){ to + (part.p - whole.p), part.n };
}

void
item_projection(struct buf *out, const struct key_schema *schema,
    const char *ttl)
{
	bool also = ttl != NULL && strcmp(ttl, schema->partition) != 0 &&
	    (schema->sort == NULL || strcmp(ttl, schema->sort) != 0);

	buf_adds(out, ",\"ProjectionExpression\":\"#k");
	if (schema->sort != NULL)
		buf_adds(out, ",#s");
	if (also)
		buf_adds(out, ",#t");
	add_name(out,
	    "\",\"ExpressionAttributeNames\":{\"#k\":", schema->partition);
	if (schema->sort != NULL)
		add_name(out, ",\"#s\":", schema->sort);
	if (also)
		add_name(out, ",\"#t\":", ttl);
	buf_addc(out, '}');
}

void
item_copy(struct item *to, struct buf *store, const struct item *from)
{
	size_t at = store->n;
	const char *p;

	buf_add(store, from->json.p, from->json.n);
	p = store->p + at;
	to->json = (struct slice){ p, from->json.n };
	to->partition = moved(from->partition, from->json, p);
	to->sort = moved(from->sort, from->json, p);
	to->ttl = moved(from->ttl, from->json, p);
	to->plain = from->plain;
	to->storable = from->storable;
}

void
page_reset(struct page *page)
{
	buf_reset(&page->body);
	page->n = 0;
	page->last = (struct slice){ NULL, 0 };
	page->scanned = 0;
	page->absent = 0;
	page->units = -1;
}

void
page_release(struct page *page)
{
	buf_release(&page->body);
	free(page->items);
	*page = (struct page){ 0 };
}

/* A new item at the end of ${page}; valid until the next one. */
static struct item *
page_push(struct page *page)
{
	if (page->n == page->cap) {
		page->cap = page->cap > 0 ? page->cap * 2 : 256;
		page->items =
		    xreallocarray(page->items, page->cap, sizeof(*page->items));
	}
	return &page->items[page->n++];
}

static int
bad_reply(struct fault *f, const struct slice_walk *w, const struct buf *body)
{
	if (body->n == 0)
		return fault(f, FAULT_DATA, "the reply is empty");
	return fault(f, FAULT_DATA,
	    "the reply is not what DynamoDB sends (byte %zu of %zu)",
	    (size_t)(w->p - buf_text(body)), body->n);
}

static int
read_items(struct slice_walk *w, struct page *page,
    const struct key_schema *schema, const char *ttl, struct fault *f)
{
	struct wanted want = wanted(schema, ttl);
	int r;

	if (slice_array(w) != 0)
		return bad_reply(f, w, &page->body);
	while ((r = slice_element(w)) == 1)
		if (read_wanted(w, &want, page_push(page), f) != 0)
			return -1;
	return r == 0 ? 0 : bad_reply(f, w, &page->body);
}

double
item_units(struct slice value)
{
	struct slice_walk w = slice_walk(value);
	struct slice units;
	char text[32];

	if (value.n > 0 && value.p[0] == '[' &&
	    (slice_array(&w) != 0 || slice_element(&w) != 1 ||
		slice_value(&w, &value) != 0))
		return -1;
	units = slice_get(value, "CapacityUnits");
	if (units.p == NULL || units.n >= sizeof(text))
		return -1;
	memcpy(text, units.p, units.n);
	text[units.n] = '\0';
	return strtod(text, NULL);
}

/* Whether the checked ${value} is null or an object without members. */
static bool
is_empty(struct slice value)
{
	struct slice_walk w = slice_walk(value);
	struct slice name;

	return slice_object(&w) != 0 || slice_member(&w, &name) == 0;
}

int
page_parse(struct page *page, const struct key_schema *schema, const char *ttl,
    struct fault *f)
{
	struct slice_walk w =
	    slice_walk((struct slice){ page->body.p, page->body.n });
	const struct slice none = { NULL, 0 };
	struct slice name, value;
	bool items = false;
	int r;

	page->n = 0;
	page->last = (struct slice){ NULL, 0 };
	page->scanned = -1;
	page->units = -1;
	if (slice_object(&w) != 0)
		return bad_reply(f, &w, &page->body);
	while ((r = slice_member(&w, &name)) == 1) {
		if (slice_text_is(name, "Items", 5) && !items) {
			items = true;
			if (read_items(&w, page, schema, ttl, f) != 0)
				return -1;
			continue;
		}
		if (slice_value(&w, &value) != 0)
			break;
		if (slice_text_is(name, "LastEvaluatedKey", 16)) {
			if (value.p[0] != '{' && value.p[0] != 'n')
				break;
			page->last = is_empty(value) ? none : value;
		} else if (slice_text_is(name, "ScannedCount", 12))
			(void)slice_int(value, &page->scanned);
		else if (slice_text_is(name, "ConsumedCapacity", 16))
			page->units = item_units(value);
	}
	if (r != 0 || slice_end(&w) != 0 || !items)
		return bad_reply(f, &w, &page->body);
	if (page->scanned < 0)
		page->scanned = (int64_t)page->n;
	return 0;
}

/* BatchGetItem's Responses: the items of ${table}. */
static int
read_responses(struct slice_walk *w, struct page *page, const char *table,
    const struct key_schema *schema, const char *ttl, struct fault *f)
{
	struct slice name, value;
	int r;

	if (slice_object(w) != 0)
		return bad_reply(f, w, &page->body);
	while ((r = slice_member(w, &name)) == 1) {
		if (slice_text_is(name, table, strlen(table))) {
			if (read_items(w, page, schema, ttl, f) != 0)
				return -1;
		} else if (slice_value(w, &value) != 0) {
			break;
		}
	}
	return r == 0 ? 0 : bad_reply(f, w, &page->body);
}

int
page_item(struct page *page, struct slice text, const struct key_schema *schema,
    const char *ttl, struct fault *f)
{
	struct slice_walk w = slice_walk(text);
	int rc = item_read(&w, schema, ttl, page_push(page), f);

	if (rc == 0 && slice_end(&w) != 0)
		rc = fault(f, FAULT_DATA, "an item is not valid JSON");
	if (rc != 0)
		page->n--;
	return rc;
}

/* The keys in UnprocessedKeys, which may have no other table than ${table}. */
static int
read_unprocessed(struct slice value, const char *table, struct slice *keys)
{
	struct slice_walk w = slice_walk(value);
	struct slice name, inner;

	if (slice_object(&w) != 0)
		return -1;
	while (slice_member(&w, &name) == 1) {
		if (slice_value(&w, &inner) != 0 || inner.p[0] != '{' ||
		    !slice_text_is(name, table, strlen(table)) ||
		    keys->p != NULL)
			return -1;
		*keys = slice_get(inner, "Keys");
		if (keys->p == NULL || keys->p[0] != '[')
			return -1;
	}
	return 0;
}

int
page_parse_batch(struct page *page, const char *table,
    const struct key_schema *schema, const char *ttl, struct slice *unprocessed,
    struct fault *f)
{
	struct slice_walk w =
	    slice_walk((struct slice){ page->body.p, page->body.n });
	struct slice name, value;
	bool responses = false;
	int r;

	*unprocessed = (struct slice){ NULL, 0 };
	page->units = -1;
	if (slice_object(&w) != 0)
		return bad_reply(f, &w, &page->body);
	while ((r = slice_member(&w, &name)) == 1) {
		if (slice_text_is(name, "Responses", 9) && !responses) {
			responses = true;
			if (read_responses(&w, page, table, schema, ttl, f) !=
			    0)
				return -1;
			continue;
		}
		if (slice_value(&w, &value) != 0)
			break;
		if (slice_text_is(name, "UnprocessedKeys", 15)) {
			if (value.p[0] != 'n' &&
			    read_unprocessed(value, table, unprocessed) != 0)
				return bad_reply(f, &w, &page->body);
		} else if (slice_text_is(name, "ConsumedCapacity", 16))
			page->units = item_units(value);
	}
	if (r != 0 || slice_end(&w) != 0 || !responses)
		return bad_reply(f, &w, &page->body);
	return 0;
}
