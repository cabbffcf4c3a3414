#ifndef LIB_BASE_PAIRS_H
#define LIB_BASE_PAIRS_H

#include <stddef.h>

/*
 * A number for each pair of texts, found again at once however many there
 * are. The texts are borrowed and must not change. All zero is an empty one.
 */
struct pairs {
	struct pairs_slot *slots;
	size_t n, cap;
};

/* Where the number of (${a}, ${b}) is: 0 for a pair that is new. To be
 * written to before the next call. */
size_t *pairs_at(struct pairs *p, const char *a, const char *b);
void pairs_release(struct pairs *p);

#endif
