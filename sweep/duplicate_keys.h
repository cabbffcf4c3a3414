#ifndef SWEEP_DUPLICATE_KEYS_H
#define SWEEP_DUPLICATE_KEYS_H

#include <stddef.h>
#include <stdint.h>

struct item;

/*
 * Whether different entries of an export have the same key in the table they
 * are to be put into. Where its key is shorter than that of the table the
 * export is of, all but one of each would be lost.
 */
struct duplicate_keys;

/* At most ${most} keys are held (a power of two). */
struct duplicate_keys *duplicate_keys_new(size_t most);
/* ${item} stands in line ${line}: the line of another one that was added
 * with its key and other attributes, 0 when there is none. */
int64_t duplicate_keys_add(struct duplicate_keys *t, const struct item *item,
    int64_t line);
void duplicate_keys_free(struct duplicate_keys *t);

#endif
