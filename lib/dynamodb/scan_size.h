#ifndef LIB_DYNAMODB_SCAN_SIZE_H
#define LIB_DYNAMODB_SCAN_SIZE_H

#include <stdbool.h>
#include <stdint.h>

struct scan_options;

/* How much one Scan may read: about the entries wanted, and no more units than
 * the bucket of the limit has room for. */
struct scan_size {
	double consistent; /* 1, or 2 */
	double item;       /* units of an entry, of late; 0: unknown */
	double page;       /* units of the last page; 0: unknown */
	int64_t read;      /* entries so far */
	int64_t limit;     /* as in scan_options */
	bool grows;
};

void scan_size_init(struct scan_size *z, const struct scan_options *o);
/* The Limit of the next request (0: none), and in ${units} its estimated cost.
 * ${share}: what it may cost (ddb_share), 0: anything. Pure. */
int64_t scan_size_limit(const struct scan_size *z, double share, double *units);
/* A page of ${scanned} entries cost ${units}. */
void scan_size_learn(struct scan_size *z, double units, int64_t scanned);

#endif
