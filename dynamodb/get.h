#ifndef DYNAMODB_GET_H
#define DYNAMODB_GET_H

#include <stdbool.h>
#include <stddef.h>

#include "dynamodb/slice.h"

struct buf;
struct ddb_conn;
struct ddb_table;
struct fault;
struct page;

/* Read up to 100 distinct keys (JSON objects) consistently; ${page} holds
 * those that are there. Unprocessed keys are asked for again. */
int ddb_get_batch(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, const struct slice *keys, size_t n, struct page *page,
    struct fault *f);

/* The same of one key, for somebody who waits for it: fewer tries. */
int ddb_get_one(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, const struct slice *key, struct page *page,
    struct fault *f);

/* All entries of one partition (Query), page after page: ${start} is empty
 * for the first and holds where to go on after each; 1 while there may be
 * more, 0 at the end, -1. ${partition} is an AttributeValue. */
int ddb_query(struct ddb_conn *c, const struct ddb_table *table,
    const char *ttl, struct slice partition, struct buf *start,
    struct page *page, struct fault *f);

#endif
