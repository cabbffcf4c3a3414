#ifndef CLI_CONTEXT_SCAN_BUDGET_H
#define CLI_CONTEXT_SCAN_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How a pass reads that ends after some rows (--limit N): no more than it
 * needs, as each entry read is paid for.
 */
struct scan_budget {
	int64_t page; /* entries a request reads; 0: as many as there are */
	bool grows;   /* the first request; later ones may read more */
	bool whole;   /* the table is one segment, read from its start */
	int jobs;
};

/* For ${limit} rows (0 or less: all) by ${jobs} workers; ${narrowed}: not
 * every entry makes a row, so it is not known how many are needed. Pure. */
struct scan_budget scan_budget_of(int64_t limit, bool narrowed, int jobs);

#endif
