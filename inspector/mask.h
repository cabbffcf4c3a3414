#ifndef INSPECTOR_MASK_H
#define INSPECTOR_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct buf;
struct item;
struct record;
struct rules;

/*
 * What may be shown. Anyone who has a session id is logged in. Which keys and
 * entries are masked is decided once, where an entry is judged
 * (inspector/record.h); everything that is printed goes through here.
 *
 * A masked key keeps its session prefix, then the first 4 characters when 16
 * or more remain, then "…" and the first 6 hex digits of the SHA-256 of the
 * whole key. Nothing is escaped. All of it is pure, but for the locale: without
 * UTF-8 the "…" is "...".
 */

/* Add the keys of ${r} as they may be shown: nothing for a missing sort key. */
void mask_key(struct buf *out, const struct record *r);
void mask_sort(struct buf *out, const struct record *r);
/* How many bytes of the key itself mask_key begins with. */
size_t mask_front(const struct record *r);

/* Add the group of ${r}. If the key is masked, a session prefix is shown, or
 * where there is none a word of letters ("USER#"); anything else is part of the
 * id and masked like a key. */
void mask_group(struct buf *out, const struct record *r);
/* Whether that differs from the group. */
bool mask_hides_group(const struct record *r);

/* Add the key of ${item}, then a space and its sort key, for a message. */
void mask_item(struct buf *out, const struct rules *rules,
    const struct item *item);
/* Add ${message}, a server's message about ${item}. Where it repeats a masked
 * key, "…" replaces all but the prefix. */
void mask_message(struct buf *out, const struct rules *rules,
    const struct item *item, const char *message);
/* Add what a user gave as (the beginning of) a key: masked if an entry with
 * this partition key would be, unless nothing follows the prefix. */
void mask_text(struct buf *out, const struct rules *rules, struct slice text);

/* Whether attributes and members of maps with this name are masked: it contains
 * token, secret, password, cookie or sess, in any case. ${name} is the inside
 * of a checked JSON string. */
bool mask_hides_name(struct slice name);
/* The same for a plain name. */
bool mask_hides_attribute(const char *name);
/* Whether all of ${value}, of the attribute ${name} of ${r}, is masked. A TTL
 * that is a number or a time is shown. */
bool mask_hides(const struct record *r, struct slice name, struct slice value);
/* Whether the AttributeValue ${value} is text or binary with JSON in it that
 * has a member with a masked name. It may also be plain JSON. */
bool mask_hides_json(struct slice value);
/* The same for a text, and for base64, without their quotes. */
bool mask_hides_text(struct slice text);
bool mask_hides_binary(struct slice text);
/* Add what replaces ${size} bytes: "… 312 B". */
void mask_value(struct buf *out, int64_t size);

/* Whether ${key} may be the id of a session, without its prefix. Pure. */
bool mask_may_be_id(struct slice key);
/* Add such a text, masked. */
void mask_id(struct buf *out, struct slice key);

/* Whether ${text} looks like a masked key of any locale: it ends with "…" or
 * "..." and 6 hex digits. */
bool mask_is(struct slice text);

#endif
