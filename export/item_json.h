#ifndef EXPORT_ITEM_JSON_H
#define EXPORT_ITEM_JSON_H

#include <stdbool.h>

#include "lib/base/slice.h"

struct buf;

/*
 * JSON out of JSON, without a detour: the slices are walked and what must
 * be different is different. In strings, characters that a terminal might
 * obey (DEL, C1 controls, bidirectional marks) become \u escapes: the same
 * JSON, and always one line; item_json_verbatim alone leaves them. All take
 * what slice_check or item_read accepted.
 */

/*
 * Add the AttributeValue ${value} to ${out} as plain JSON: S a string, N a
 * number with its digits as they stand (a string when ${quote} is set or
 * they are no JSON number), B its base64, sets and lists arrays, M an
 * object. What is no AttributeValue is added as it is.
 */
void item_json_value(struct buf *out, struct slice value, bool quote);
/* The JSON ${value} without the blanks between its parts. */
void item_json_compact(struct buf *out, struct slice value);
/*
 * The same two for an AttributeValue that may contain secrets: members of maps
 * whose name says so, and texts and binaries of JSON with such members, become
 * the string "… 312 B" (inspector/mask.h). With it the second is no longer an
 * AttributeValue: what is masked cannot be taken for an entry.
 */
void item_json_masked(struct buf *out, struct slice value, bool quote);
void item_json_masked_compact(struct buf *out, struct slice value);
/* Add what stands in place of the masked ${value}, as a JSON string. */
void item_json_mask(struct buf *out, struct slice value);
/* The same, but strings stay byte for byte: not for a terminal. JSON has no raw
 * line end in them, so this is one line, too. */
void item_json_verbatim(struct buf *out, struct slice value);
/* What stands between the quotes of a string, with quotes. */
void item_json_string(struct buf *out, struct slice text);
/* Make all that JSON in ${b} from byte ${from} on holds beyond ASCII \u
 * escapes: for a terminal without Unicode. */
void item_json_ascii(struct buf *b, size_t from);

#endif
