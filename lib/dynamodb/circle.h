#ifndef LIB_DYNAMODB_CIRCLE_H
#define LIB_DYNAMODB_CIRCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/crypto.h"
#include "lib/base/slice.h"

struct key_schema;

/*
 * Whether the page keys of a scan or query go in a circle, however long it is,
 * and however many pages lead to it: a server (or a cache before it) that does
 * so would be read for ever. In constant memory, by Brent's method: one key is
 * kept, each new one is compared with it, and after 1, 2, 4, 8 … pages the
 * newest is kept in its place. So a circle of n pages is found before 3 n
 * further ones, or as many as led to it. Keys are kept as their SHA-256, of
 * what they are by value: no two keys are taken for one.
 * All zero is a fresh one.
 */
struct circle {
	unsigned char kept[CRYPTO_SHA256];
	uint64_t steps, power; /* since it was kept, and until the next is */
};

/* The page ended at ${key}, {"key":{…},…}: true when that closes a circle. */
bool circle_closes(struct circle *c, struct slice key,
    const struct key_schema *schema);

#endif
