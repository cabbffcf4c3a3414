#ifndef CLI_COMMAND_TOP_N_H
#define CLI_COMMAND_TOP_N_H

#include <stddef.h>

#include "cli/option/option.h"
#include "lib/base/slice.h"

struct buf;
struct fault;
struct record;
struct rules;

/*
 * The first N of many entries in an order, in the memory of N rows: it keeps
 * what a row shows, not the entry. Shared by threads. Ties are broken by key,
 * so that the same table gives the same rows.
 */
struct top_n_options {
	/* BY_OVERDUE: expired ones, the oldest first; BY_SIZE: the largest
	 * first; BY_EXPIRES: those not yet expired, the next one first */
	enum option_by by;
	size_t n;
	size_t bytes; /* limit for rows and keys */
	/* Add the row of ${r}; one thread at a time. */
	void (*row)(void *ctx, const struct record *r, struct buf *row);
	void *ctx;
};

struct top_n;

struct top_n *top_n_new(const struct top_n_options *o);
void top_n_free(struct top_n *k);
/* Keep ${r} if it is among the first so far. -1 if that exceeds the limit. */
int top_n_offer(struct top_n *k, const struct record *r,
    const struct rules *rules, struct fault *f);
/* Put them in order; returns how many there are. */
size_t top_n_sort(struct top_n *k);
/* The ${i}th row, borrowed. */
struct slice top_n_row(const struct top_n *k, size_t i);

#endif
