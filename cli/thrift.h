#ifndef CLI_THRIFT_H
#define CLI_THRIFT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How a pass reads that ends after some rows (--limit N): no more than it
 * needs, as each entry read is paid for.
 */
struct thrift {
	int64_t page; /* entries a request reads; 0: as many as there are */
	bool grows;   /* the first request; later ones may read more */
	bool whole;   /* the table is one segment, read from its start */
	int jobs;
};

/* For ${limit} rows (0 or less: all) by ${jobs} workers; ${narrowed}: not
 * every entry makes a row, so it is not known how many are needed. Pure. */
struct thrift thrift_of(int64_t limit, bool narrowed, int jobs);

#endif
