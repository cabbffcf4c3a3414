#ifndef CLI_RANK_H
#define CLI_RANK_H

#include <stddef.h>

#include "dynamodb/slice.h"

struct buf;
struct fault;
struct record;
struct rules;

/*
 * The first N of many entries in an order, in the memory of N rows: of an
 * entry is kept what its row shows, not the entry. Shared by threads. Ties go
 * by key, so that the same table gives the same.
 */
enum rank_by {
	RANK_OVERDUE, /* expired ones, the oldest first */
	RANK_SIZE,    /* the largest first */
	RANK_EXPIRES  /* those not yet expired, the next to expire first */
};

struct rank_options {
	enum rank_by by;
	size_t n;
	size_t bytes; /* that rows and keys may take */
	/* Add the row of ${r}; one thread at a time. */
	void (*row)(void *ctx, const struct record *r, struct buf *row);
	void *ctx;
};

struct rank;

struct rank *rank_new(const struct rank_options *o);
void rank_free(struct rank *k);
/* Keep ${r} if it is among the first so far. -1 when that is more than may
 * be kept. */
int rank_offer(struct rank *k, const struct record *r,
    const struct rules *rules, struct fault *f);
/* Put them in order; returns how many there are. */
size_t rank_sort(struct rank *k);
/* The ${i}th row, borrowed. */
struct slice rank_row(const struct rank *k, size_t i);

#endif
