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

/* Keys to be read, distinct. */
struct ddb_keys {
	struct buf json; /* {"key":{…}},{"key":{…}}: an array's inside */
	size_t n;        /* of them, at most 100 */
	double units;    /* what one is thought to cost */
	bool projected;  /* only keys and TTL travel */
	bool single;     /* these two as in struct ddb_call */
	bool settling;
};
/* One more, at the end. */
void ddb_keys_add(struct ddb_keys *keys, struct slice key);

/* Read as many of ${keys} as one reply holds, consistently: ${page} has the
 * items, and ${keys} then those still to be asked for (none: done). A reply
 * that brings nothing on is waited out here; one with a key that was not asked
 * for, or with one twice, is not DynamoDB's, and tried again. */
int ddb_get_some(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, struct ddb_keys *keys, struct page *page, struct fault *f);

/* Read all of ${n} distinct keys (at most 25), consistently; ${page} holds
 * those that are there, of however many replies. A signal does not end it. */
int ddb_get_batch(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, const struct slice *keys, size_t n, struct page *page,
    struct fault *f);

/* The same of one key, for somebody who waits for it: fewer tries. */
int ddb_get_one(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, const struct slice *key, struct page *page,
    struct fault *f);

/* All entries of one partition (Query), page after page: ${start} is empty
 * for the first and says where to go on after each; 1 while there may be more,
 * 0 at the end, -1. ${partition} is an AttributeValue. */
struct ddb_place {
	struct buf key; /* the caller releases it */
	struct circle circle;
};
int ddb_query(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, struct slice partition, struct ddb_place *start,
    struct page *page, struct fault *f);

#endif
