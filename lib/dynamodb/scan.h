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
	bool keys_only; /* only keys and TTL travel; costs the same */
	int64_t limit;  /* Limit of every request, 0: none */
	bool grows;     /* … only of the first ones (scan_size.c) */
	/* Where to begin each segment (a checkpoint's); NULL: at its start.
	 * segments of them, copied. */
	const struct segment *from;
	/* Which segments to hand out, a flag for each (scan_shard, a sample);
	 * NULL: all. Copied. */
	const bool *wanted;
};

/* The segments of one parallel scan, handed out in bit-reversed order. */
struct source *scan_source(const struct scan_options *options);

/* How many: a power of two, at most 4096, at least ${jobs} · 4 and
 * ${bytes} / 64 MiB. Pure. */
int64_t scan_segments(int jobs, int64_t bytes);
/* The ${i}th of ${n} (a power of two) in bit-reversed order. Pure. */
int64_t scan_order(int64_t i, int64_t n);

/* The segments of a table that is divided over machines. */
#define SCAN_SHARD_SEGMENTS 1024
/* Whether ${segment} is of shard ${shard} (from 1) of ${of}: each segment is
 * of exactly one, and neighbours are of different ones. Pure. */
bool scan_shard(int64_t segment, int64_t shard, int64_t of);

#endif
