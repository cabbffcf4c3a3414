#ifndef SWEEP_DUPLICATE_KEYS_H
#define SWEEP_DUPLICATE_KEYS_H

#include <stddef.h>
#include <stdint.h>

struct item;

/*
 * Finds different entries of an export that have the same key in the table
 * they are restored to. That happens where its key is shorter than that of the
 * exported table, and all but one of them would be lost.
 */
struct duplicate_keys;

/* Remembers at most ${most} keys (a power of two). */
struct duplicate_keys *duplicate_keys_new(size_t most);
/* Add ${item} of line ${line}: the line of an earlier one with the same key and
 * other attributes, 0 if there is none. */
int64_t duplicate_keys_add(struct duplicate_keys *t, const struct item *item,
    int64_t line);
void duplicate_keys_free(struct duplicate_keys *t);

#endif
