#ifndef LIB_DYNAMODB_ITEM_H
#define LIB_DYNAMODB_ITEM_H

#include "lib/base/buf.h"
#include "lib/base/slice.h"
#include "lib/dynamodb/attr.h"

struct fault;

/* The key of a table; names are borrowed, sort is NULL if there is none. */
struct key_schema {
	const char *partition;
	const char *sort;
};

/* An entry, as slices of the reply it came in: valid as long as its page. */
struct item {
	struct slice json;      /* {"key":{"S":"…"},…}, the whole item */
	struct slice partition; /* {"S":"…"}, the partition key's value */
	struct slice sort;      /* likewise, p NULL without a sort key */
	struct slice ttl; /* the TTL attribute's value, p NULL if absent */
	int64_t size;     /* bytes as DynamoDB counts them (attr_item_size) */
	bool plain; /* keys are {"S":"…"}, {"N":"…"} or {"B":"…"} without
		       white space or escapes */
	bool storable; /* attr_item_check would find nothing wrong */
};

/* attr_open of ${key}, which is ${item}'s partition or sort. Pure. */
enum attr_type item_key_open(const struct item *item, struct slice key,
    struct slice *text);

/*
 * Find the key and TTL attributes of the JSON object at the walk, and check all
 * of it. 0, or -1 if it is not valid JSON, lacks a key attribute, or has one of
 * the three twice. ${ttl} may be NULL (no TTL attribute known).
 */
int item_read(struct slice_walk *w, const struct key_schema *schema,
    const char *ttl, struct item *item, struct fault *f);

/* Add {"key":{…},"sort":{…}} to ${out}, the value of Key. */
void item_key_json(struct buf *out, const struct item *item,
    const struct key_schema *schema);

/* Add ,"ProjectionExpression":"…","ExpressionAttributeNames":{…} to ${out}, so
 * that only the key attributes and ${ttl} (NULL: none) are sent. The read costs
 * the same. */
void item_projection(struct buf *out, const struct key_schema *schema,
    const char *ttl);

/* A deep copy: the bytes are added to ${store}, and the slices point there, and
 * are valid until it moves. */
void item_copy(struct item *to, struct buf *store, const struct item *from);

/* Items and the bytes they point into. Owns both. */
struct page {
	struct buf body;    /* the reply, or the lines of a file */
	struct item *items; /* items[0..n) */
	size_t n, cap;
	struct slice last; /* LastEvaluatedKey, p NULL if absent, null or
			      empty: the last page */
	int64_t scanned;   /* ScannedCount */
	int64_t absent;    /* keys asked for that have no item */
	double units;      /* ConsumedCapacity, < 0 if not reported */
};

/* CapacityUnits of a ConsumedCapacity object, or of the first in a list of
 * them; -1 if not reported (or p NULL). Pure. */
double item_units(struct slice value);

void page_reset(struct page *page);
void page_release(struct page *page);

/* Read the reply of Scan or Query in ${page}->body. 0, or -1 with FAULT_DATA if
 * it is not one. */
int page_parse(struct page *page, const struct key_schema *schema,
    const char *ttl, struct fault *f);

/* The same for BatchGetItem of one table; ${unprocessed} is the list of Keys in
 * UnprocessedKeys (p NULL if none). */
int page_parse_batch(struct page *page, const char *table,
    const struct key_schema *schema, const char *ttl, struct slice *unprocessed,
    struct fault *f);

/* Add the item ${text}, a part of page->body. 0, or -1 with the page
 * unchanged. */
int page_item(struct page *page, struct slice text,
    const struct key_schema *schema, const char *ttl, struct fault *f);

#endif
