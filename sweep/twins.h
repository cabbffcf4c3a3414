#ifndef SWEEP_TWINS_H
#define SWEEP_TWINS_H

#include <stddef.h>
#include <stdint.h>

struct item;

/*
 * Whether different entries of an export have the same key in the table they
 * are to be put into. Where its key is shorter than that of the table the
 * export is of, all but one of each would be lost.
 */
struct twins;

/* At most ${most} keys are held (a power of two). */
struct twins *twins_new(size_t most);
/* ${item} stands in line ${line}: the line of another one that was added
 * with its key and other attributes, 0 when there is none. */
int64_t twins_add(struct twins *t, const struct item *item, int64_t line);
void twins_free(struct twins *t);

#endif
