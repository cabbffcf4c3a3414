#ifndef SWEEP_TOTALS_H
#define SWEEP_TOTALS_H

#include <stdbool.h>
#include <stdint.h>

#include "inspector/record.h"
#include "sweep/outcome.h"

struct item;

/* An entry that failed, for the report: its key, masked and escaped, and
 * why. */
struct sweep_failure {
	char *key;
	char *why;
};
#define SWEEP_FAILURES 20

/* Why a repair leaves an entry as it is. */
enum sweep_left {
	SWEEP_LEFT_ZONELESS, /* a date-time without a zone; among the skipped */
	SWEEP_LEFT_FAR_FUTURE,
	SWEEP_LEFT_NO_TIME,
	SWEEP_LEFT
};

/* What purge, repair and restore count. Always matched = the sum of the
 * outcomes, when they return. */
struct sweep_totals {
	int64_t scanned;
	int64_t absent; /* keys asked for that had no entry */
	int64_t matched;
	int64_t outcomes[OUTCOMES]; /* deleted counts what was repaired, or
				       restored; refreshed what restore found
				       present */
	int64_t states[STATES];     /* of the matched ones, as are … */
	int64_t reasons[STATES][REASONS];
	int64_t live_sessions;
	int64_t unconfirmed;
	int64_t units;         /* write units, estimated from sizes */
	int64_t journal_bytes; /* what the journal needs (dry run) or has */
	char *journal;         /* its path; NULL: none was written */
	struct sweep_failure failures[SWEEP_FAILURES];
	int nfailures;
	int64_t left[SWEEP_LEFT]; /* repair: selected, and left as they are */
	int64_t images_refused; /* old images that came back and were not taken,
				   and what was wrong with the first */
	char *image_wrong;
	int64_t left_out;    /* restore: what an incremental export says was
				deleted; not among the matched */
	uint64_t prefixes;   /* bit i: session prefix i was seen */
	int64_t of_repair;   /* restore: matched ones of a repair's journal */
	bool expired_again;  /* restore: some are expired already */
	const char *partial; /* restore: a file whose last reply says that more
				entries follow; NULL: none, borrowed */
	const char *stopped; /* NULL, "max-items", "interrupted", … */
	bool blocked;        /* … which would stop the same run again, where
				this one stopped */
	int64_t percent_of;  /* max-percent: what the counting pass scanned */
	int64_t percent_matched; /* … and matched */
	double spent;            /* max-units: units really spent by then */
};

void sweep_totals_release(struct sweep_totals *t);
/* How many of the matched ones TTL will never delete as they are. Pure. */
int64_t sweep_totals_never(const struct sweep_totals *t);
/* One more entry matched, whose write takes ${units}. */
void sweep_totals_match(struct sweep_totals *t, const struct record *r,
    int64_t units);
/* A repair leaves the selected ${r}: count it where people want to know.
 * What is without a zone is matched and skipped. */
void sweep_totals_leave(struct sweep_totals *t, const struct record *r);
/* Name one more failed entry, masked, unless SWEEP_FAILURES are named. */
void sweep_totals_failed(struct sweep_totals *t, const struct rules *rules,
    const struct item *item, const char *why);

#endif
