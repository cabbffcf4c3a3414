#ifndef SWEEP_IMAGE_H
#define SWEEP_IMAGE_H

#include <stdbool.h>

#include "lib/base/slice.h"

struct buf;
struct ddb_table;
struct fault;
struct item;

/*
 * Check that the checked JSON object ${image} can be an entry of ${table},
 * whose TTL attribute is ${ttl}: it has the table's key, of its types and not
 * too long, and every value in it is one that DynamoDB stores. 0, and ${item}
 * has its parts; or -1, and the fault says what is wrong. Nothing else is ever
 * put back, so nothing else may get into a journal.
 */
int image_check(struct slice image, const struct ddb_table *table,
    const char *ttl, struct item *item, struct fault *f);

/* Add the key of ${item} by value: equal for equal keys only, since where the
 * partition key ends comes last. Pure. */
void image_key(struct buf *out, const struct item *item);
/* Whether the two have the same key, by value. Pure. */
bool image_same_key(const struct item *a, const struct item *b);

/* What an image that came back with an answer is worth. */
enum image_worth {
	IMAGE_TAKEN,
	IMAGE_WRONG,  /* the entry's, but nothing that DynamoDB stores */
	IMAGE_OTHERS, /* it is not the entry's: another key, or none */
};

/* Judge ${image}, which came back as that of ${asked}. What is wrong with it
 * is in ${f}. Pure. */
enum image_worth image_judge(struct slice image, const struct item *asked,
    const struct ddb_table *table, const char *ttl, struct fault *f);

#endif
