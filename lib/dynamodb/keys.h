#ifndef LIB_DYNAMODB_KEYS_H
#define LIB_DYNAMODB_KEYS_H

#include <stddef.h>

#include "lib/dynamodb/source.h"

struct buf;
struct ddb_table;

/* Keys one by one, read by BatchGetItem (consistently), so many a request
 * that a reply stays small. */
struct keys_options {
	const struct ddb_table *table;
	const char *ttl;
	/* ${n} keys as JSON objects {"key":{…}} behind each other in
	 * ${json}; key i is json->p[ends[i-1]..ends[i]). Borrowed. */
	const struct buf *json;
	const size_t *ends;
	size_t n;
};
struct source *keys_source(const struct keys_options *options);

/* How many keys to ask for at once, 1..25, where one takes ${bytes} of a
 * reply and costs ${units} (0: not known), and a request may cost ${share}
 * (0: whatever). Pure. */
size_t keys_request(double bytes, double units, double share);

#endif
