#ifndef SWEEP_BATCH_H
#define SWEEP_BATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "inspector/record.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/write.h"
#include "sweep/condition.h"
#include "sweep/journal.h"
#include "sweep/purge.h"

struct journal;
struct lock;
struct pass_sink;

/*
 * A worker's part of a purge or repair. Copies of the selected entries are held
 * until there are HELD_MAX, their images fill HELD_BYTES, a page ends with
 * HELD_ENOUGH, or the segment ends. Then their images are submitted to the
 * journal together, as a sync takes as long for many as for one. There are two
 * hauls: one is filled while the other, which was submitted, waits to be sent.
 *
 * A haul is sent after its images are synced, a part at a time, as many as fit
 * into a request. Each write has its condition. Where the reply does not say
 * what happened, a consistent read does. Outcomes go to the journal and into
 * the totals. Every entry that was held is counted in exactly one outcome,
 * whatever fails.
 */
#define PART_MAX WRITE_BATCH_MAX
#define HELD_MAX (20 * PART_MAX)
#define HELD_BYTES ((size_t)256 << 10)
/* So many are not held for another page: they would get old. */
#define HELD_ENOUGH (4 * PART_MAX)

/* What the workers of a run share. */
struct sweep_run {
	const struct purge *p;
	struct journal *journal;          /* NULL: none, or a dry run */
	atomic_int mode;                  /* enum ddb_batch_mode */
	struct condition_numbers numbers; /* of all conditions */
	struct lock *lock;                /* all below */
	struct sweep_totals *totals;
	bool returns[2];     /* old images come back of a single delete, of a
				batched one */
	bool told_silent[2]; /* it was reported that none do */
	struct account account;
	int64_t saved_us; /* when the checkpoint was last written */
};

/* A selected entry. */
struct held {
	struct item item; /* in the haul's images */
	struct ddb_cond cond;
	double units; /* estimate */
	char ttl[48]; /* repair: the value it gets, {"N":"…"} */
	enum reason reason;
	int64_t at_us;  /* when it was read, by the service's clock */
	int64_t number; /* in the journal */
	int found;      /* by a consistent read: 1, 0, -1 not read */
	bool ours;      /* repair: the entry has our value already */
	bool others;    /* the image that came back is another entry's */
	enum outcome outcome;
	bool unconfirmed;
	bool open; /* no outcome is recorded */
};

/* Entries that go to the journal together. */
struct haul {
	struct held held[HELD_MAX];
	size_t n;
	struct buf images; /* does not move while an entry is held */
	double units;      /* reserved for them */
	struct buf begin;  /* where the page of the first of them begins */
	struct buf lines;  /* their intents */
	struct journal_waiting waiting;
	bool submitted; /* to the journal */
};

struct batch {
	struct sweep_run *run;
	struct ddb_conn *conn;
	struct haul hauls[2];
	struct haul *filled; /* entries are added to this one … */
	struct haul *sent;   /* … and this one, if not empty, was submitted */
	size_t from, to;     /* the part of it that is being sent */
	struct ddb_write deletes[PART_MAX]; /* its writes */
	int64_t page_us; /* when the current page was read, by the service's
			    clock; 0: not known yet */
	bool enough;     /* a ceiling was met within the page at begin */
	struct buf begin;
	struct buf old, lines, keys;
	struct page found;
};

struct batch *batch_new(struct sweep_run *run, struct ddb_conn *conn);
/* Skips what is still held. */
void batch_free(struct batch *s);

/* Whether ${r}, whose write takes ${units}, could not be restored, as the
 * server sent something that is not a valid entry. Then it has been counted as
 * failed, and must not be held. */
bool batch_refuses(struct batch *s, const struct record *r, int64_t units);
/* Whether there is room to hold ${r}; always if nothing is held. */
bool batch_has_room(const struct batch *s, const struct record *r);
/* Hold a copy of ${r} of the page that begins at ${begin}, whose write takes
 * ${units}; there must be room. */
void batch_hold(struct batch *s, const struct record *r,
    const struct buf *begin, int64_t units);
/* Where the page of the first entry that is not settled begins; NULL when there
 * is none. */
const struct buf *batch_unsettled(const struct batch *s);
/* Submit the held entries, at least one, to the journal, and settle those that
 * were submitted before. 0, or -1 when the run cannot continue: then nothing is
 * held. */
int batch_turn(struct batch *s, struct fault *f);
/* Settle the submitted entries. As batch_turn. */
int batch_settle(struct batch *s, struct fault *f);
/* Settle all entries. As batch_turn; in both cases nothing is held
 * afterwards. */
int batch_flush(struct batch *s, struct fault *f);

/* The TTL value that repair gives ${r}, always a time (inspector/moment.h):
 * 1 with {"N":"…"} in ${out}, or 0 when it leaves the entry alone. Pure. */
int batch_repair(char out[48], const struct record *r,
    const struct rules *rules, int64_t ttl_for_missing);
/* The write units that ${p} needs for ${r}, which it wants. Pure. */
int64_t batch_units(const struct purge *p, const struct record *r);
/* Whether ${p} writes the selected ${r}. Pure. */
bool batch_wants(const struct purge *p, const struct record *r);

#endif
