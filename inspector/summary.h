#ifndef INSPECTOR_SUMMARY_H
#define INSPECTOR_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspector/histogram.h"
#include "inspector/record.h"

/*
 * What is counted over a table, in constant memory, so that two of them add
 * up to exactly what one pass over both would have counted: segments,
 * workers and machines are all merged by summary_merge. Keys are kept, and
 * put in order, as they may be shown: a report that was written and read
 * back merges like the summary that it is of.
 */
#define SUMMARY_GROUPS 1000 /* past that, the smallest names are kept */

struct summary_count {
	int64_t items;
	int64_t bytes; /* only when sizes are known */
};

struct summary_group {
	char *name; /* as it may be shown (inspector/mask.h) */
	size_t len;
	int64_t items, bytes;
	int64_t states[STATES];
	double squares;
};

/* A key with a figure: an example, one of the largest. */
struct summary_key {
	char *key; /* as it may be shown, may hold NUL; NULL: none yet */
	size_t len;
	char *sort; /* the sort key, likewise; NULL without one */
	size_t sort_len;
	int64_t bytes;
	int64_t moment; /* an example's: when it was meant to expire; 0: it
			   means no moment */
};

/* What is counted of live entries: those that expire within an hour, a day,
 * a week, and those that are more than five years ahead, a sign of seconds
 * and milliseconds added up. */
#define SUMMARY_UPCOMING 4
#define SUMMARY_BEYOND 3 /* the last of them */

/* Of each count, the sum over segments of its square there: what tells how
 * even the segments are, for a sample. 0 unless summary_square was called. */
struct summary_squares {
	double items;
	double states[STATES];
	double reasons[STATES][REASONS];
	double kinds[KINDS];
	double overdue; /* pending and stuck together */
	double buckets[HISTOGRAM_BUCKETS];
	double upcoming[SUMMARY_UPCOMING];
};

struct summary {
	bool sizes;
	int64_t items, bytes;
	uint64_t prefixes; /* bit i: session prefix i was seen */
	struct summary_count states[STATES];
	int64_t reasons[STATES][REASONS];
	/* the smallest key as shown; of REASON_NONE there are none */
	struct summary_key examples[STATES][REASONS];
	struct summary_count kinds[KINDS];
	int64_t kind_states[KINDS][STATES];
	int64_t kind_bytes[KINDS][STATES];
	struct summary_group *groups; /* sorted by name */
	size_t ngroups, cgroups;
	bool groups_complete;
	struct histogram overdue; /* of pending and stuck */
	int64_t upcoming[SUMMARY_UPCOMING];
	int64_t zoneless[STATES];    /* date-times that name no zone */
	struct summary_key *largest; /* by bytes down, then key */
	size_t nlargest, top;
	int64_t purge_units; /* write units to delete the expired ones */
	int64_t free_by_ttl; /* how many of them TTL takes itself */
	struct summary_squares squares;
};

/* The spans of upcoming, in seconds. */
extern const int64_t summary_within[SUMMARY_UPCOMING];

/* Ready to count; keeps the ${top} largest. */
void summary_init(struct summary *s, size_t top, bool sizes);
void summary_release(struct summary *s);
/* Count ${r}; ${units}: what its delete would cost. */
void summary_add(struct summary *s, const struct record *r, int64_t units);
/* Add ${from} to ${to}; ${from} stays as it was. */
void summary_merge(struct summary *to, const struct summary *from);
/* Empty it for the next segment, keeping its memory. */
void summary_reset(struct summary *s);
/* How many of ${state} have a time that repair turns into seconds: in another
 * unit, or in a string that does not lack a zone. Pure. */
int64_t summary_repairable(const struct summary *s, enum state state);
/* ${s} has counted one segment, the whole of it: set its squares. */
void summary_square(struct summary *s);

#endif
