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
 * What may be shown. A session id is a bearer secret: anyone who has it is
 * logged in. Which keys and entries are masked is decided once, where an
 * entry is judged (inspector/record.h); all that prints goes through here.
 *
 * A masked key keeps its session prefix, then the first 4 characters when 16
 * or more remain, then "…" and the first 6 hex digits of the SHA-256 of the
 * whole key. Nothing is escaped. All of it is pure.
 */

/* Add the keys of ${r} as they may be shown. mask_sort adds nothing where
 * there is no sort key. */
void mask_key(struct buf *out, const struct record *r);
void mask_sort(struct buf *out, const struct record *r);
/* With how many bytes of the key itself begins what mask_key adds. */
size_t mask_front(const struct record *r);

/*
 * Add the group of ${r}. Of a masked key it shows the session prefix, and
 * where there is none a word of letters ("USER#"); else it is part of the id
 * and masked like a key.
 */
void mask_group(struct buf *out, const struct record *r);
/* Whether that differs from the group itself. */
bool mask_hides_group(const struct record *r);

/* Add the key of ${item}, then a space and its sort key, for a message. */
void mask_item(struct buf *out, const struct rules *rules,
    const struct item *item);
/* Add ${message}, what a server says about ${item}: a masked key that it
 * repeats becomes "…", from the end of its prefix on. */
void mask_message(struct buf *out, const struct rules *rules,
    const struct item *item, const char *message);
/* Add what somebody gave as (the beginning of) a key: masked where an entry
 * with this partition key would be, unless it ends with the prefix. */
void mask_text(struct buf *out, const struct rules *rules, struct slice text);

/* Whether values of attributes (and members of maps) of this name are masked:
 * it contains token, secret, password, cookie or sess, in any case. ${name}
 * is what stands between the quotes of a checked JSON string. */
bool mask_hides_name(struct slice name);
/* The same of a name as it is. */
bool mask_hides_attribute(const char *name);
/* Whether the value ${value} of the attribute ${name} of ${r} is masked as a
 * whole. The TTL is shown where it is a number or a time. */
bool mask_hides(const struct record *r, struct slice name, struct slice value);
/* Whether the AttributeValue ${value}, of a name that is shown, is a text or
 * binary with JSON in it that contains a member of a masked name. So may JSON
 * that is no AttributeValue. */
bool mask_hides_json(struct slice value);
/* The same of a text, and of base64, as they stand between quotes. */
bool mask_hides_text(struct slice text);
bool mask_hides_binary(struct slice text);
/* Add what is shown in place of ${size} bytes: "… 312 B". */
void mask_value(struct buf *out, int64_t size);

/* Whether ${text} looks like a masked key: "…" and 6 hex digits at its
 * end. */
bool mask_is(struct slice text);

#endif
