#ifndef LIB_DYNAMODB_KEYS_H
#define LIB_DYNAMODB_KEYS_H

#include <stddef.h>

#include "lib/dynamodb/source.h"

struct buf;
struct ddb_table;

/* Reads a list of keys by BatchGetItem, consistently, with few enough in a
 * request that replies stay small. */
struct keys_options {
	const struct ddb_table *table;
	const char *ttl;
	/* Key i is the JSON object {"key":{…}} at
	 * json->p[ends[i-1]..ends[i]). Borrowed. */
	const struct buf *json;
	const size_t *ends;
	size_t n;
};
struct source *keys_source(const struct keys_options *options);

/* How many keys to request, 1..25, if one has ${bytes} in a reply and costs
 * ${units} (0: unknown), and a request may cost ${share} (0: any). Pure. */
size_t keys_request(double bytes, double units, double share);

#endif
