#ifndef LIB_DYNAMODB_ATTR_WALK_H
#define LIB_DYNAMODB_ATTR_WALK_H

#include <stdbool.h>

#include "lib/dynamodb/attr.h"

/* Below attr.h, for attr*.c only. All pure. */

/* Step into an AttributeValue at the walk, up to what it holds. */
int attr_enter(struct slice_walk *w, enum attr_type *type);
/* Step out of it: it had this one member only. */
int attr_leave(struct slice_walk *w);
/* What the elements of a set are. */
enum attr_type attr_element(enum attr_type set);
/* The text itself, or decoded in ${store} when it has escapes. */
struct slice attr_plain(struct buf *store, struct slice text);
/* Whether DynamoDB can hold that number. */
bool attr_is_number(struct slice text);
bool attr_is_base64(struct slice text);
/* attr_key_canonical of {"${type}":"${text}"}. */
void attr_text_canonical(struct buf *out, enum attr_type type,
    struct slice text);

#endif
