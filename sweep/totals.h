#ifndef SWEEP_TOTALS_H
#define SWEEP_TOTALS_H

#include <stdbool.h>
#include <stdint.h>

#include "inspector/record.h"
#include "sweep/outcome.h"

struct item;

/* An entry that failed: its key, masked and escaped, and why. */
struct sweep_failure {
	char *key;
	char *why;
};
#define SWEEP_FAILURES 20

/* Why a repair leaves an entry alone. */
enum sweep_left {
	SWEEP_LEFT_ZONELESS, /* a date-time without a zone; counts as skipped */
	SWEEP_LEFT_FAR_FUTURE,
	SWEEP_LEFT_NO_TIME,
	SWEEP_LEFT_MISSING,
	SWEEP_LEFT_WRONG_TYPE,
	SWEEP_LEFT
};

/* What purge, repair and restore count. When they return, matched is the sum of
 * the outcomes. */
struct sweep_totals {
	int64_t scanned;
	int64_t absent; /* keys of --keys-from without an entry */
	int64_t matched;
	int64_t outcomes[OUTCOMES]; /* deleted counts what was repaired, or
				       restored; refreshed what restore found
				       present */
	int64_t states[STATES];     /* of matched entries, like reasons */
	int64_t reasons[STATES][REASONS];
	int64_t live_sessions;
	/* immortal, and the time in another unit or format has not passed; of
	 * these, sessions */
	int64_t ahead, ahead_sessions;
	int64_t live_other;        /* expired, but live by rules.ttl_other */
	int64_t timeless_sessions; /* immortal, without a time that is known */
	int64_t unconfirmed;
	int64_t unsure; /* failed without a reply, and could not be read */
	int64_t units;  /* write units, estimated from sizes */
	int64_t journal_bytes; /* what the journal needs (dry run) or has */
	char *journal;         /* its path; NULL: none was written */
	struct sweep_failure failures[SWEEP_FAILURES];
	int nfailures;
	int64_t left[SWEEP_LEFT]; /* repair: selected, and left alone */
	/* Of these, without a zone: stuck, but not for five years; immortal. */
	int64_t left_due, left_ahead;
	int64_t images_refused; /* returned old images that were ignored, … */
	char *image_wrong;      /* … and why the first one was */
	int64_t left_out; /* restore: not matched, as an incremental export
			     says they were deleted */
	int64_t unseen;   /* restore, dry: skipped, as the run would stop, or
			     stopped, before it */
	int64_t older;    /* restore: of those present, images of which the
			     files have a newer one */
	/* Stuck, and TTL would leave them alone even if it were on (ttl-off),
	 * or after a repair (a time in another unit). */
	int64_t old_off, old_unit;
	uint64_t prefixes; /* bit i: session prefix i was seen */
	int64_t of_repair; /* restore: matched, from a repair's journal */
	/* restore: put back (dry: to put back), from a repair's journal, as the
	 * entry is gone since; changed back (dry: to change back) */
	int64_t gone_since, changed;
	int64_t lasting; /* restore, dry: to put back, and known not to be
			    expired */
	bool nameless;   /* restore: no image has the TTL attribute */
	int64_t endless; /* restore: put back or changed back (dry: to be), and
			    without an expiry time */
	bool chained;    /* restore: the repair of an entry is undone after
			    it was put back: the next two are not known */
	int64_t expired; /* restore: put back and already expired, … */
	int64_t expired_again; /* … of which TTL will delete these */
	const char *partial; /* restore: a file whose last reply says that more
				entries follow; NULL: none. Borrowed */
	const char *stopped; /* NULL, "max-items", "interrupted", … */
	bool blocked;        /* the same run would stop here again */
	int64_t percent_of;  /* max-percent: what the counting pass scanned */
	int64_t percent_matched; /* … and matched */
	double spent;            /* max-units: units used by then */
};

void sweep_totals_release(struct sweep_totals *t);
/* The sum of the outcomes: how many of the matched ones have one. Pure. */
int64_t sweep_totals_settled(const struct sweep_totals *t);
/* Whether the run ended before its end for no reason of its own: it failed, or
 * was interrupted. Pure. */
bool sweep_totals_broke_off(const struct sweep_totals *t);
/* Whether it stopped while all entries were counted, before the first write:
 * the same run would, too. Pure. */
bool sweep_totals_counted(const struct sweep_totals *t);
/* Of a restore: how many entries are present; and, of its dry run, how many
 * keys without an entry were found. Pure. */
int64_t sweep_totals_present(const struct sweep_totals *t);
int64_t sweep_totals_to_put(const struct sweep_totals *t);
/* Of a dry run: how many entries a run would write to. Pure. */
int64_t sweep_totals_would(const struct sweep_totals *t);
/* How many of the matched entries TTL will never delete. Pure. */
int64_t sweep_totals_never(const struct sweep_totals *t);
/* Count a matched entry whose write takes ${units}. */
void sweep_totals_match(struct sweep_totals *t, const struct record *r,
    int64_t units);
/* Count the selected ${r}, which a repair leaves alone. */
void sweep_totals_leave(struct sweep_totals *t, const struct record *r);
/* Record a failed entry, masked, unless SWEEP_FAILURES are recorded. */
void sweep_totals_failed(struct sweep_totals *t, const struct rules *rules,
    const struct item *item, const char *why);

#endif
