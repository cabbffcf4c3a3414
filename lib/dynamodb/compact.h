#ifndef LIB_DYNAMODB_COMPACT_H
#define LIB_DYNAMODB_COMPACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A fast reader of attribute values as DynamoDB writes them: JSON without white
 * space, types without escapes. It checks and measures in one walk.
 *
 * What it accepts attr_measure accepts, with the same size. For all else it
 * returns NULL, and the caller asks attr_measure, which may accept it or knows
 * what is wrong.
 */

struct compact {
	int64_t size;  /* as DynamoDB counts */
	size_t fewer;  /* bytes that decoding the escapes would save */
	bool doubtful; /* attr_wrong may find something */
};

/* The byte after the attribute value at ${p}, which is inside ${depth} levels
 * of JSON and is added to ${sum}; or NULL. Pure. */
const char *compact_value(const char *p, const char *end, int depth,
    struct compact *sum);
/* The byte after the item {"name":{…},…} at ${p}; or NULL. Pure. */
const char *compact_item(const char *p, const char *end, int depth);

#endif
