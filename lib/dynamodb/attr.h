#ifndef LIB_DYNAMODB_ATTR_H
#define LIB_DYNAMODB_ATTR_H

#include "lib/base/slice.h"

struct buf;
struct fault;

/* An item's bytes, as attr_item_size counts them, are at most so many. */
#define ATTR_ITEM_MAX 409600
/* A list or map costs this much by itself, and so much an element. */
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
	ATTR_BAD /* not an AttributeValue at all */
};

/* "S", "N" … */
const char *attr_type_name(enum attr_type type);

/*
 * Open the checked AttributeValue ${value} ({"S":"…"}): its type, and in
 * ${inner} what it holds: the text between the quotes for S, N and B, the
 * whole JSON value for the others. ATTR_BAD unless it has exactly one member
 * of a known name and the JSON kind that goes with it (of what lies deeper
 * only attr_check judges). Pure.
 */
enum attr_type attr_open(struct slice value, struct slice *inner);

/*
 * What keeps the checked ${value} from being an AttributeValue that DynamoDB
 * stores, all the way down, to be read behind its name ("holds an empty
 * set"); NULL: nothing. Numbers have at most 38 digits and are in range,
 * binary is base64, sets are neither empty nor hold an element twice, NULL
 * is true, names are not empty, nesting is <= 32. Pure.
 */
const char *attr_wrong(struct slice value);
/* 0 when nothing is wrong, -1. Pure. */
int attr_check(struct slice value);
/* The same of a whole checked item, and of its size: 0, or -1 and the fault
 * (FAULT_DATA) names the attribute. */
int attr_item_check(struct slice item, struct fault *f);

/*
 * The size DynamoDB charges for an attribute value, without its name
 * ("DynamoDB Item sizes and formats" of its guide), in bytes. Pure.
 */
int64_t attr_size(struct slice value);
/* Read any JSON value at the walk, and add its size to ${size}: what is no
 * attribute's value adds nothing. 0, or -1 when it is no JSON. */
int attr_measure(struct slice_walk *w, struct slice *value, int64_t *size);
/* The same for a whole item {"a":{"S":"…"},…}, names included. Pure. */
int64_t attr_item_size(struct slice item);
/* Bytes of a number as DynamoDB stores it, from its text. Pure. */
int64_t attr_number_size(struct slice text);
/* Bytes of what base64 ${text} is the text of. Pure. */
int64_t attr_binary_size(struct slice text);

/*
 * A key attribute as people write it: S its text, N its decimal, B its
 * base64. Added to ${out}.
 */
void attr_key_text(struct buf *out, struct slice value);

/*
 * The other way: ${text} as {"S":…}, {"N":…} or {"B":…} added to ${out}.
 * 0, or -1 when ${text} is no decimal of at most 38 digits, no base64, or
 * empty.
 */
int attr_key_value(struct buf *out, enum attr_type type, const char *text,
    size_t n);

/*
 * Two key values are the same key: S by text, N by value (1 = 1.0), B by
 * bytes. attr_key_canonical adds a byte string to ${out} that is equal for
 * equal keys and for no others.
 */
void attr_key_canonical(struct buf *out, struct slice value);

#endif
