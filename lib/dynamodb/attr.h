#ifndef LIB_DYNAMODB_ATTR_H
#define LIB_DYNAMODB_ATTR_H

#include <stdbool.h>

#include "lib/base/slice.h"

struct buf;
struct fault;

/* The largest item, in bytes as attr_item_size counts them. */
#define ATTR_ITEM_MAX 409600
/* The size of a list or map itself, and what each element adds. */
#define ATTR_DOCUMENT_BYTES 3
#define ATTR_ELEMENT_BYTES 1

/* The types of an AttributeValue (DynamoDB API reference, AttributeValue). */
enum attr_type {
	ATTR_S,
	ATTR_N,
	ATTR_B,
	ATTR_BOOL,
	ATTR_NULL,
	ATTR_M,
	ATTR_L,
	ATTR_SS,
	ATTR_NS,
	ATTR_BS,
	ATTR_BAD /* not an AttributeValue */
};

/* "S", "N" … */
const char *attr_type_name(enum attr_type type);

/*
 * The type of the checked AttributeValue ${value} ({"S":"…"}), and in ${inner}
 * its content: the text between the quotes for S, N and B, the JSON value for
 * the others. ATTR_BAD unless it has exactly one member, with a known name and
 * the JSON type that belongs to it; deeper levels are left to attr_wrong. Pure.
 */
enum attr_type attr_open(struct slice value, struct slice *inner);

/*
 * Why DynamoDB would not store the checked ${value}, on any level, to be read
 * after its name ("contains an empty set"); NULL if it would. Numbers have at
 * most 38 digits and are in range, binary is base64, sets are not empty and
 * have no duplicates, NULL is true, names are not empty, nesting is <= 32.
 * Pure.
 */
const char *attr_wrong(struct slice value);
/* Check a whole checked item, its size too: 0, or -1 and a fault (FAULT_DATA)
 * that names the attribute. */
int attr_item_check(struct slice item, struct fault *f);

/* The bytes that DynamoDB counts for an attribute value, without its name
 * (Developer Guide, "DynamoDB Item sizes and formats"). Pure. */
int64_t attr_size(struct slice value);
/* Read any JSON value at the walk, and add its size to ${size}: 0 for what is
 * not an AttributeValue. 0, or -1 if it is not JSON. */
int attr_measure(struct slice_walk *w, struct slice *value, int64_t *size);
/* The size of a whole item {"a":{"S":"…"},…}, names included. Pure. */
int64_t attr_item_size(struct slice item);
/* The bytes of a number with the text ${text}. Pure. */
int64_t attr_number_size(struct slice text);
/* The same of what most numbers are, at most 38 digits, the first not a zero; 0
 * of others. Pure. */
int64_t attr_whole_number_size(struct slice text);
/* Whether DynamoDB can store the number ${text}. It may have no white space
 * around it. Pure. */
bool attr_is_number(struct slice text);
/* The bytes that base64 ${text} decodes to. Pure. */
int64_t attr_binary_size(struct slice text);

/* Add a key attribute to ${out} as people write it: the text of S, the decimal
 * of N, the base64 of B. */
void attr_key_text(struct buf *out, struct slice value);

/* The reverse: add ${text} to ${out} as {"S":…}, {"N":…} or {"B":…}. 0, or -1
 * if it is empty or not valid for that type. */
int attr_key_value(struct buf *out, enum attr_type type, const char *text,
    size_t n);

/*
 * Add a byte string to ${out} that is equal for equal keys and for no others.
 * Keys are equal by text (S), value (N; 1 = 1.0) or bytes (B).
 */
void attr_key_canonical(struct buf *out, struct slice value);
/* Whether ${a} and ${b} are equal as keys; not so where p is NULL. What
 * ${scratch} contains is lost. */
bool attr_key_same(struct slice a, struct slice b, struct buf *scratch);

#endif
