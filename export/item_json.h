#ifndef EXPORT_ITEM_JSON_H
#define EXPORT_ITEM_JSON_H

#include <stdbool.h>

#include "lib/base/slice.h"

struct buf;
struct key_schema;

/*
 * JSON made from JSON: the slices are walked, and only what must differ is
 * changed. In strings, characters that a terminal might obey (DEL, C1
 * controls, bidirectional marks) become \u escapes: the same JSON, and always
 * one line; item_json_verbatim alone leaves them. ${value} is what slice_check
 * or item_read accepted.
 */
struct json_style {
	bool typed; /* as DynamoDB JSON; else plain: S a string, N a number
		       with its digits unchanged (a string where JSON has no
		       such form), B its base64, sets and lists arrays, M an
		       object */
	bool quote; /* plain numbers are strings */
	bool mask;  /* members of maps whose name suggests a secret, and texts
		       and binaries of JSON with such members, become the
		       string "… 312 B" (inspector/mask.h). What is masked is
		       no AttributeValue, so nobody mistakes it for an entry */
};

/* Add the AttributeValue ${value} to ${out}; what is none, as it is. */
void item_json_value(struct buf *out, struct slice value,
    struct json_style style);
/* Add the JSON ${value} without white space between its parts. */
void item_json_compact(struct buf *out, struct slice value);
/* The same, but strings stay byte for byte: not for a terminal. JSON has no
 * raw newline in them, so this is one line, too. */
void item_json_verbatim(struct buf *out, struct slice value);
/* Add the names of the key attributes, as an array. */
void item_json_key(struct buf *out, const struct key_schema *schema);
/* Add the inside of a string, with quotes. */
void item_json_string(struct buf *out, struct slice text);
/* Replace what is not ASCII in the JSON from byte ${from} of ${b} on by \u
 * escapes: for a terminal without Unicode. */
void item_json_ascii(struct buf *b, size_t from);

#endif
