#ifndef CLI_RANK_H
#define CLI_RANK_H

#include <stddef.h>

struct item;
struct record;
struct rules;

/*
 * The first N of many entries in an order, as copies, in the memory of N.
 * Shared by threads. Ties go by key, so that the same table gives the same.
 */
enum rank_by {
	RANK_OVERDUE, /* expired ones, the oldest first */
	RANK_SIZE,    /* the largest first */
	RANK_EXPIRES  /* those not yet expired, the next to expire first */
};

struct rank;

struct rank *rank_new(enum rank_by by, size_t n);
void rank_free(struct rank *k);
/* Keep ${r} if it is among the first so far. */
void rank_offer(struct rank *k, const struct record *r,
    const struct rules *rules);
/* Put them in order; returns how many there are. */
size_t rank_sort(struct rank *k);
/* The ${i}th, borrowed. */
const struct item *rank_item(const struct rank *k, size_t i);

#endif
