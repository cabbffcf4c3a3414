#ifndef INSPECTOR_SUMMARY_H
#define INSPECTOR_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspector/histogram.h"
#include "inspector/record.h"

/*
 * The counts over a table, in constant memory. summary_merge adds two of them
 * up to exactly what one pass over both would have counted: those of segments,
 * workers and machines. Keys are kept, and sorted, as they may be shown, so a
 * report merges like the summary that it was made from.
 */
#define SUMMARY_GROUPS 1000 /* of more, the first names in order are kept */

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

/* An example, or one of the largest. */
struct summary_key {
	char *key; /* as it may be shown, may contain NUL; NULL: none yet */
	size_t len;
	char *sort; /* the sort key, likewise; NULL without one */
	size_t sort_len;
	int64_t bytes;
	int64_t moment; /* an example's expiry time; 0: none */
};

/* Live entries that expire within an hour, a day, a week, and those that expire
 * in more than five years: somebody may have added milliseconds to seconds. */
#define SUMMARY_UPCOMING 4
#define SUMMARY_BEYOND 3 /* the last of them */

/* Expired less than so long ago, as people think of it. */
#define SUMMARY_AGES 7

/* For each count the sum of its squares in the segments, from which a sample
 * estimates its error. 0 unless summary_square was called. */
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
	/* Set by a pass: a key begins as the selection asks; and how many do,
	 * and are of its kinds. */
	bool named;
	int64_t chosen;
	struct summary_count states[STATES];
	int64_t reasons[STATES][REASONS];
	/* the first key in order; none of REASON_NONE */
	struct summary_key examples[STATES][REASONS];
	struct summary_count kinds[KINDS];
	int64_t kind_states[KINDS][STATES];
	int64_t kind_bytes[KINDS][STATES];
	struct summary_group *groups; /* sorted by name */
	size_t ngroups, cgroups;
	bool groups_complete;
	struct histogram overdue;   /* of pending and stuck */
	int64_t ages[SUMMARY_AGES]; /* of these, younger than summary_ages */
	int64_t late; /* pending, and expired SUMMARY_LATE ago or earlier */
	int64_t upcoming[SUMMARY_UPCOMING];
	int64_t farthest[KINDS];  /* the most that a live entry has left, s */
	int64_t zoneless[STATES]; /* date-times without a zone */
	int64_t old[REASONS];     /* of those that are stuck: record.old … */
	int64_t zoneless_old;     /* … without a zone */
	struct summary_key *largest; /* by bytes down, then key */
	size_t nlargest, top;
	int64_t purge_units; /* write units to delete the expired ones */
	int64_t free_by_ttl; /* how many of them TTL will delete */
	struct summary_squares squares;
};

/* By then TTL has typically deleted an entry (Developer Guide, "TTL"), in
 * seconds. */
#define SUMMARY_LATE 172800

/* A session that lasts longer is suspect, in seconds: browsers keep no cookie
 * for more than 400 days (RFC 6265bis, "The Max-Age Attribute"), but a day in
 * milliseconds, added to seconds, is 1000 days. */
#define SUMMARY_LASTING 34560000

/* The times of upcoming, in seconds from now. */
extern const int64_t summary_within[SUMMARY_UPCOMING];

/* The times of ages, in seconds. */
extern const int64_t summary_ages[SUMMARY_AGES];

/* An empty summary that keeps the ${top} largest. */
void summary_init(struct summary *s, size_t top, bool sizes);
void summary_release(struct summary *s);
/* Count ${r}, whose delete would cost ${units}. */
void summary_add(struct summary *s, const struct record *r, int64_t units);
/* Of that, only how long ago ${times} expired entries expired, in seconds. */
void summary_add_age(struct summary *s, int64_t overdue, int64_t times);
/* Add ${from} to ${to}. */
void summary_merge(struct summary *to, const struct summary *from);
/* Empty it for the next segment, keeping its memory. */
void summary_reset(struct summary *s);
/* Whether there are entries, and none has the TTL attribute. Pure. */
bool summary_nameless(const struct summary *s);
/* Whether there are several entries with the TTL attribute, and all of them
 * have expired, as by a time of creation. Pure. */
bool summary_all_expired(const struct summary *s);
/* The same, and something else speaks for it, too: where TTL acts on the
 * attribute, it has not deleted some of them for long; else somebody has
 * ${chosen} the attribute. Pure. */
bool summary_by_creation(const struct summary *s, bool acts, bool chosen);
/* The entries that have the TTL attribute. Pure. */
int64_t summary_named(const struct summary *s);
/* How many entries of ${state} have a time that repair converts: in another
 * unit, or in a string with a zone. Pure. */
int64_t summary_repairable(const struct summary *s, enum state state);
/* How many have a date-time without a zone. Pure. */
int64_t summary_zoneless(const struct summary *s);
/* How many of ${state} have a date-time without a zone, and are not too old for
 * TTL: a repair that is told the zone is of use for them. Pure. */
int64_t summary_zoned(const struct summary *s, enum state state);
/* How many of those that are stuck TTL would delete once it is on. Pure. */
int64_t summary_taken_on(const struct summary *s);
/* How many of those that are stuck TTL would leave alone after a repair: they
 * are too old. Pure. */
int64_t summary_repairable_old(const struct summary *s);
/* Set the ages of ${s} from its histogram, as well as that knows them. */
void summary_guess_ages(struct summary *s);
/* Whether the ages of ${s} can be those of its histogram. Pure. */
bool summary_has_ages(const struct summary *s);
/* Set the squares of ${s}, which has counted one whole segment. */
void summary_square(struct summary *s);

#endif
