#ifndef LIB_DYNAMODB_COMPACT_H
#define LIB_DYNAMODB_COMPACT_H

#include <stddef.h>
#include <stdint.h>

/*
 * A second reader of attribute values, for what DynamoDB itself writes: JSON
 * without blanks, and types that need no escapes. It checks and measures in
 * one walk and looks at each byte once, where attr_measure asks the scanner
 * for one thing after the other.
 *
 * It is never the judge. What it accepts attr_measure accepts, with the same
 * size; all else it leaves: NULL, and the caller asks attr_measure from the
 * beginning, which may accept it all the same, or knows what is wrong.
 */

/* What is added up on the way. */
struct compact {
	int64_t size; /* as DynamoDB counts */
	size_t fewer; /* by how much escapes are longer than what they mean */
};

/* Behind the attribute value at ${p}, inside of ${depth} levels of JSON, added
 * to ${sum}; or NULL. Pure. */
const char *compact_value(const char *p, const char *end, int depth,
    struct compact *sum);

#endif
