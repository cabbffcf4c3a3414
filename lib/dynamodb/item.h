#ifndef LIB_DYNAMODB_ITEM_H
#define LIB_DYNAMODB_ITEM_H

#include "lib/base/buf.h"
#include "lib/base/slice.h"
#include "lib/dynamodb/attr.h"

struct fault;

/* What a table's key looks like; borrowed names. sort is NULL without one. */
struct key_schema {
	const char *partition;
	const char *sort;
};

/*
 * An entry as the service sent it: stretches of the reply's own bytes. It
 * lives as long as the page it came with.
 */
struct item {
	struct slice json;      /* {"key":{"S":"…"},…}, the whole item */
	struct slice partition; /* {"S":"…"}, the partition key's value */
	struct slice sort;      /* likewise, p NULL without a sort key */
	struct slice ttl; /* the TTL attribute's value, p NULL if absent */
	int64_t size;     /* bytes as DynamoDB counts them (attr_item_size) */
	bool plain; /* keys are {"S":"…"}, {"N":"…"} or {"B":"…"} without
		       blanks and escapes: item_key_open need not look */
};

/* attr_open of ${key}, which is ${item}'s partition or sort. Pure. */
enum attr_type item_key_open(const struct item *item, struct slice key,
    struct slice *text);

/*
 * Find the key and TTL attributes of the JSON object at the walk, checking
 * the whole of it on the way. 0, or -1 when it is not an object of
 * attributes, lacks a key attribute, or names one of the three twice.
 * ${ttl} may be NULL (no TTL attribute known).
 */
int item_read(struct slice_walk *w, const struct key_schema *schema,
    const char *ttl, struct item *item, struct fault *f);

/* Add {"key":{…},"sort":{…}} to ${out}: what Key wants. */
void item_key_json(struct buf *out, const struct item *item,
    const struct key_schema *schema);

/* Add what has only the key attributes and TTL attribute ${ttl} (NULL: none)
 * travel: ,"ProjectionExpression":"…","ExpressionAttributeNames":{…}. It
 * costs the same. */
void item_projection(struct buf *out, const struct key_schema *schema,
    const char *ttl);

/* A deep copy: its bytes are added to ${store}, where the slices point. They do
 * until it moves. */
void item_copy(struct item *to, struct buf *store, const struct item *from);

/*
 * Items together with the bytes they point into. Owns both; page_reset
 * keeps the memory for the next reply.
 */
struct page {
	struct buf body;    /* the reply, or the lines of a file */
	struct item *items; /* items[0..n) */
	size_t n, cap;
	struct slice last; /* LastEvaluatedKey, p NULL at the end: when it is
			      absent, null, or empty */
	int64_t scanned;   /* ScannedCount */
	int64_t absent;    /* keys asked for that have no item */
	double units;      /* ConsumedCapacity, < 0 when not told */
};

/* CapacityUnits of a ConsumedCapacity object, or of the first of a list of
 * them (p NULL: none); -1 when it tells none. Pure. */
double item_units(struct slice value);

void page_reset(struct page *page);
void page_release(struct page *page);

/*
 * Read the reply of Scan or Query in ${page}->body. 0, or -1 with
 * FAULT_DATA when it is not one.
 */
int page_parse(struct page *page, const struct key_schema *schema,
    const char *ttl, struct fault *f);

/* Likewise of BatchGetItem for the one table ${table}: the items, and in
 * ${unprocessed} the slice of its UnprocessedKeys' Keys (p NULL if none). */
int page_parse_batch(struct page *page, const char *table,
    const struct key_schema *schema, const char *ttl, struct slice *unprocessed,
    struct fault *f);

/* Read the one item ${text}, a part of page->body: 0, or -1 and it is as
 * before. */
int page_item(struct page *page, struct slice text,
    const struct key_schema *schema, const char *ttl, struct fault *f);
/* Read the ${n} items that lie in page->body one behind the other, each up to
 * its ${ends}: how many. When fewer, the next is wrong, and ${f} says how. */
int page_items(struct page *page, const size_t *ends, int n,
    const struct key_schema *schema, const char *ttl, struct fault *f);

#endif
