#ifndef CLI_CONTEXT_SUBSET_H
#define CLI_CONTEXT_SUBSET_H

#include <stdbool.h>
#include <stdint.h>

struct fault;
struct options;

/* The part of the table that is read: all of it (all zero), one shard
 * (--shard), or a sample (--sample). */
struct subset {
	int64_t shard, of; /* shard 1..of; of 0: no shards */
	bool from_job;     /* the environment named it (auto/N) */
	int64_t ppm;       /* the sample, parts per million; 0: none */
	int64_t segments;  /* of the whole table, once chosen */
	int64_t asked;     /* how many of them are wanted */
	bool *wanted;      /* which; NULL: all */
};

/* Read the options; for auto/N, the environment. */
int subset_read(struct subset *p, const struct options *o, struct fault *f);

/*
 * Choose the segments of a table of ${bytes}; ${chance}, uniform in [0, 1),
 * decides which ones a sample has. Called again it changes nothing, so that a
 * second look is at the same entries.
 */
void subset_choose(struct subset *p, const struct options *o, int64_t bytes,
    double chance);
void subset_release(struct subset *p);

/* How much a pass with --limit reads: no more than it needs, as every entry
 * read is paid for. */
struct scan_budget {
	int64_t page; /* entries per request; 0: no limit */
	bool grows;   /* … of the first request; later ones may read more */
	bool whole;   /* the table is one segment, read from its start */
	int jobs;
};

/* For ${limit} rows (0 or less: all) by ${jobs} workers; ${narrowed}: not every
 * entry makes a row. Pure. */
struct scan_budget scan_budget_of(int64_t limit, bool narrowed, int jobs);

#endif
