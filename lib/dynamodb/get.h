#ifndef LIB_DYNAMODB_GET_H
#define LIB_DYNAMODB_GET_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/slice.h"
#include "lib/dynamodb/circle.h"

struct ddb_conn;
struct ddb_table;
struct fault;
struct page;

/* Distinct keys to be read. */
struct ddb_keys {
	struct buf json; /* {"key":{…}},{"key":{…}}: inside of an array */
	size_t n;        /* at most 100 */
	double units;    /* estimated cost of one */
	bool projected;  /* request only keys and TTL */
	bool single;     /* these two as in struct ddb_call */
	bool settling;
};
/* One more, at the end. */
void ddb_keys_add(struct ddb_keys *keys, struct slice key);

/* Read as many of ${keys} as one reply contains, consistently: ${page} has the
 * items, and ${keys} those still to be read. Requests are repeated, with
 * pauses, until some key is answered. A reply with a key that was not asked
 * for, or with one twice, is not DynamoDB's, and the request is retried. */
int ddb_get_some(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, struct ddb_keys *keys, struct page *page, struct fault *f);

/* Read all of ${n} distinct keys (at most 25), consistently; ${page} has the
 * items that exist. A signal does not end it. */
int ddb_get_batch(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, const struct slice *keys, size_t n, struct page *page,
    struct fault *f);

/* The same for one key, with fewer tries: a user waits for it. */
int ddb_get_one(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, const struct slice *key, struct page *page,
    struct fault *f);

/* The next page of a partition (Query), which begins at ${start}: empty for the
 * first page, then set to the next one. 1 while there may be more, 0 at the
 * end, -1. ${partition} is an AttributeValue. */
struct ddb_place {
	struct buf key; /* the caller releases it */
	struct circle circle;
};
int ddb_query(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, struct slice partition, struct ddb_place *start,
    struct page *page, struct fault *f);

#endif
