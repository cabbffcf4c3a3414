#ifndef LIB_DYNAMODB_SCAN_H
#define LIB_DYNAMODB_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/dynamodb/source.h"

struct ddb_table;

struct scan_options {
	const struct ddb_table *table; /* borrowed, must outlive the source */
	const char *ttl;               /* the TTL attribute's name */
	int64_t segments;              /* TotalSegments, 1..4096 */
	bool consistent;
	bool keys_only; /* read only keys and TTL; costs the same */
	int64_t limit;  /* Limit of each request, 0: none */
	bool grows;     /* … of the first ones only (scan_size.c) */
	/* Where each segment begins (a checkpoint's); NULL: at its start.
	 * Copied. */
	const struct segment *from;
	/* Which segments to read, a flag for each (scan_shard, a sample); NULL:
	 * all. Copied. */
	const bool *wanted;
};

/* The segments of one parallel scan, in bit-reversed order. */
struct source *scan_source(const struct scan_options *options);

/* How many segments to use: a power of two, at most 4096, at least ${jobs} · 4
 * and ${bytes} / 64 MiB. Pure. */
int64_t scan_segments(int jobs, int64_t bytes);
/* The ${i}th of ${n} (a power of two) in bit-reversed order. Pure. */
int64_t scan_order(int64_t i, int64_t n);

/* The number of segments of a table that is divided among machines. */
#define SCAN_SHARD_SEGMENTS 1024
/* Whether ${segment} belongs to shard ${shard} (from 1) of ${of}: each segment
 * belongs to exactly one, neighbours to different ones. Pure. */
bool scan_shard(int64_t segment, int64_t shard, int64_t of);

#endif
