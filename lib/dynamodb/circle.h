#ifndef LIB_DYNAMODB_CIRCLE_H
#define LIB_DYNAMODB_CIRCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/crypto.h"
#include "lib/base/slice.h"

struct key_schema;

/*
 * Detects page keys of a scan or query that repeat in a circle of any length,
 * after any number of pages: a server (or cache) that sends them would be read
 * for ever. In constant memory, by Brent's method: one key is kept and compared
 * with each new one, and after 1, 2, 4, 8 … pages replaced by it. So a circle
 * of n pages is found within 3 n further pages, or as many as led to it. Keys
 * are compared by value, as a SHA-256. All zero is ready for use.
 */
struct circle {
	unsigned char kept[CRYPTO_SHA256];
	uint64_t steps, power; /* pages since, and until it is replaced */
};

/* The page ended at ${key} ({"key":{…},…}): true when that closes a circle. */
bool circle_closes(struct circle *c, struct slice key,
    const struct key_schema *schema);

#endif
