#ifndef LIB_BASE_PAIRS_H
#define LIB_BASE_PAIRS_H

#include <stddef.h>

/* A hash table with a number for each pair of strings, which are borrowed and
 * must not change. All zero is an empty one. */
struct pairs {
	struct pairs_slot *slots;
	size_t n, cap;
};

/* The number of (${a}, ${b}), 0 if the pair is new; to be set before the next
 * call. */
size_t *pairs_at(struct pairs *p, const char *a, const char *b);
void pairs_release(struct pairs *p);

#endif
