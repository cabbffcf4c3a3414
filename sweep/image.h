#ifndef SWEEP_IMAGE_H
#define SWEEP_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/slice.h"

struct ddb_table;
struct fault;
struct item;

/*
 * Check that ${image}, a well-formed JSON object, can be an entry of ${table}
 * with the TTL attribute ${ttl}: it has the table's key, of the right types and
 * not too long, and DynamoDB stores every value in it. 0 with its parts in
 * ${item}, or -1. Nothing else is ever put back, so nothing else may get into a
 * journal.
 */
int image_check(struct slice image, const struct ddb_table *table,
    const char *ttl, struct item *item, struct fault *f);

/* The same of ${item}, which was read with the table's key. */
int image_check_item(const struct item *item, const struct ddb_table *table,
    struct fault *f);

/* Add the key of ${item} by value, the length of its partition key last: equal
 * for equal keys only. Pure. */
void image_key(struct buf *out, const struct item *item);
/* Whether both have the same key, by value. Pure. */
bool image_same_key(const struct item *a, const struct item *b);

/* The keys of one request, which contains each only once. A new one is zero. */
#define IMAGE_KEYS_MOST 100
struct image_keys {
	struct buf text;
	size_t ends[IMAGE_KEYS_MOST]; /* of each in the text */
	size_t n;
};
/* The number of ${item}'s key, by value; -1 if it is not there. */
int image_keys_find(struct image_keys *k, const struct item *item);
/* There must be room. */
void image_keys_add(struct image_keys *k, const struct item *item);
void image_keys_reset(struct image_keys *k);
void image_keys_release(struct image_keys *k);

/* What an image in a reply is worth. */
enum image_worth {
	IMAGE_TAKEN,
	IMAGE_WRONG,  /* the entry's, but not what DynamoDB stores */
	IMAGE_OTHERS, /* another entry's, or it has no key */
};

/* Judge ${image}, which was returned as that of ${asked}; ${f}: what is wrong
 * with it. Pure. */
enum image_worth image_judge(struct slice image, const struct item *asked,
    const struct ddb_table *table, const char *ttl, struct fault *f);

#endif
