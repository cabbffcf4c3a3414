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
 * The worker's side of a purge or repair. An entry that is selected is held
 * as a copy, across pages, until HELD_MAX are held, or their images fill
 * HELD_BYTES, or a page ends when they are HELD_ENOUGH, or the segment. Then
 * their images go to the journal, all at once: a sync takes as long for many as
 * for one. While it goes on, others are held, and those before them sent: there
 * are two hauls, of which one is filled and the other, that was submitted to
 * the journal, waits to be sent. Of that, when it is synced, a part at a time,
 * as many as a request may have: the writes are sent, each under its condition;
 * where the answer does not tell, a consistent read does; what became of them
 * goes to the journal and into the totals. Every entry that was held is counted
 * in exactly one outcome, whatever fails on the way.
 */
#define PART_MAX 25
#define HELD_MAX (20 * PART_MAX)
#define HELD_BYTES ((size_t)256 << 10)
/* So many are not kept for another page: they would get old. */
#define HELD_ENOUGH (4 * PART_MAX)

/* What the workers of a run share. */
struct sweep_run {
	const struct purge *p;
	struct journal *journal;          /* NULL: none, or a dry run */
	atomic_int mode;                  /* enum ddb_batch_mode */
	struct condition_numbers numbers; /* of all conditions */
	struct lock *lock;                /* all below */
	struct sweep_totals *totals;
	bool returns[2];     /* an old image came back of a single delete, of a
				batched one */
	bool told_silent[2]; /* that none does */
	struct account account;
	int64_t saved_us; /* the checkpoint was last written */
};

/* A matched entry between its page and its outcome. */
struct held {
	struct item item; /* in the batch's images */
	struct ddb_cond cond;
	double units; /* estimate */
	char ttl[48]; /* repair: the value it gets, {"N":"…"} */
	enum reason reason;
	int64_t at_us;  /* when it was read, by the service's clock */
	int64_t number; /* in the journal */
	int found;      /* a consistent read: 1, 0, -1 not asked */
	bool ours;      /* repair: what is there has our value already */
	bool others;    /* the image that came back is not the entry's */
	enum outcome outcome;
	bool unconfirmed;
	bool open; /* no outcome goes on record */
};

/* Entries that go to the journal together. */
struct haul {
	struct held held[HELD_MAX];
	size_t n;
	struct buf images; /* theirs; it moves only while none is held */
	double units;      /* reserved for them */
	struct buf begin;  /* where the page of the first of them begins */
	struct buf lines;  /* their intents */
	struct journal_waiting waiting;
	bool submitted; /* they are on their way to the journal */
};

struct batch {
	struct sweep_run *run;
	struct ddb_conn *conn;
	struct haul hauls[2];
	struct haul *filled; /* entries are added to this one … */
	struct haul *sent;   /* … and this one, if not empty, was submitted */
	size_t from, to;     /* the part of it that is under way */
	struct ddb_delete deletes[PART_MAX]; /* its writes */
	int64_t page_us; /* when the page under way was read, by the service's
			    clock; 0: not asked yet */
	bool enough;     /* a ceiling was met inside of a page that begins at */
	struct buf begin;
	struct buf old, lines, keys, scratch;
	struct page found;
};

struct batch *batch_new(struct sweep_run *run, struct ddb_conn *conn);
/* What is held was never sent, and is skipped. */
void batch_free(struct batch *s);

/* Whether ${r}, whose write takes ${units}, could not be put back, as what the
 * server sent is no possible entry: it has been counted as failed, and must not
 * be held. */
bool batch_refuses(struct batch *s, const struct record *r, int64_t units);
/* Whether there is room to hold ${r}. There is where nothing is held. */
bool batch_has_room(const struct batch *s, const struct record *r);
/* Hold a copy of ${r} of the page that begins at ${begin}, whose write takes
 * ${units}; there must be room. */
void batch_hold(struct batch *s, const struct record *r,
    const struct buf *begin, int64_t units);
/* How many are held and not yet submitted; and their units. */
size_t batch_held(const struct batch *s);
double batch_held_units(const struct batch *s);
/* Where the page begins of the first entry that is held and not settled; NULL:
 * there is none. */
const struct buf *batch_unsettled(const struct batch *s);
/* Submit what is held, of which there is some, to the journal, and settle what
 * was submitted before. 0, or -1 when going on makes no sense: nothing is held
 * then. */
int batch_turn(struct batch *s, struct fault *f);
/* Settle what was submitted. As batch_turn. */
int batch_settle(struct batch *s, struct fault *f);
/* Settle all. As batch_turn; nothing is held afterwards either way. */
int batch_flush(struct batch *s, struct fault *f);

/* The TTL value that repair gives ${r}, always a time (inspector/moment.h):
 * 1 and {"N":"…"} in ${out}, or 0 when it leaves the entry as it is. Pure. */
int batch_repair(char out[48], const struct record *r,
    const struct rules *rules, int64_t ttl_for_missing);
/* Write units of what ${p} does with ${r}, which it wants. Pure. */
int64_t batch_units(const struct purge *p, const struct record *r);
/* Whether ${p} does anything with the selected ${r}. Pure. */
bool batch_wants(const struct purge *p, const struct record *r);

#endif
