#ifndef INSPECTOR_MASK_H
#define INSPECTOR_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "dynamodb/slice.h"

struct buf;
struct rules;

/*
 * A session id is a bearer secret: who has it is logged in. Add ${key} (a
 * partition key as text) to ${out} as it may be shown: a session's key keeps
 * its prefix, then the first 4 characters when 16 or more remain, then "…"
 * and the first 6 hex digits of the whole key's SHA-256; any other key is
 * added whole. Nothing is escaped. Pure.
 */
void mask_key(struct buf *out, const struct rules *rules, struct slice key);

/* With how many bytes of ${key} itself what mask_key adds begins. Pure. */
size_t mask_front(const struct rules *rules, struct slice key);

/* Whether the name of a group is to be masked like a key: with a session
 * prefix that holds no colon it is part of a session's id. Pure. */
bool mask_hides(const struct rules *rules, struct slice group);

/* Whether ${text} looks like what mask_key makes: "…" and 6 hex digits at
 * its end. Pure. */
int mask_is(struct slice text);

#endif
