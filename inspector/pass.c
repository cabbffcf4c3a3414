#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "inspector/pass.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "inspector/summary.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/cost.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/source.h"
#include "lib/dynamodb/table.h"

/* Progress within a page: after so many entries that the sink took. */
#define PUBLISH 32

/* What the workers of a pass share. */
struct run {
	const struct pass *pass;
	atomic_bool cancel; /* the pass ends … */
	atomic_bool enough; /* … because the sink has enough */
	struct lock *lock;  /* all below */
	struct summary *total;
	struct pass_progress progress;
	struct fault first; /* the fault that ended it */
};

/* A worker. */
struct hand {
	struct run *run;
	struct ddb_conn *conn;
	void *state; /* the sink's */
	struct page page;
	struct summary tally; /* of the current segment */
	struct buf scratch;
	struct buf begin; /* where the current page began */
};

/* How much a fault says. */
static int
weight(const struct fault *f)
{
	switch (f->kind) {
	case FAULT_NONE:
		return 0;
	case FAULT_LATE:
		return 1;
	case FAULT_CANCELLED:
		return 2;
	default:
		return 3;
	}
}

/* A worker failed. Of all faults that say as much, the first is kept. */
static void
fail(struct run *run, const struct fault *f)
{
	lock_enter(run->lock);
	if (weight(&run->first) < weight(f))
		run->first = *f;
	lock_leave(run->lock);
	run->cancel = true;
}

/* Write units to delete an entry; 0 unless it is expired or ${wanted}, or where
 * its size is unknown. The indexes of entries in a file are unknown. */
static int64_t
units_of(const struct pass *pass, const struct record *r, bool wanted)
{
	bool expired = r->state == STATE_PENDING || r->state == STATE_STUCK;

	return r->size >= 0 && (wanted || expired)
	    ? cost_item(pass->table, r->item)
	    : 0;
}

/* Add to the progress what was done since the last call. */
static void
publish(struct run *run, struct pass_progress *done)
{
	lock_enter(run->lock);
	run->progress.items += done->items;
	run->progress.absent += done->absent;
	run->progress.bytes += done->bytes;
	run->progress.matched += done->matched;
	run->progress.units += done->units;
	run->progress.pages += done->pages;
	lock_leave(run->lock);
	*done = (struct pass_progress){ 0 };
}

/* Judge and count the entries of a page, and pass the selected ones to the
 * sink: 0, 1 enough, -1. ${sum}: what is not published yet. */
static int
judge_page(struct hand *h, const struct segment *at, struct pass_progress *sum,
    struct fault *f)
{
	const struct pass *pass = h->run->pass;
	struct record r;
	int64_t units;
	bool wanted, named;
	int rc;

	for (size_t i = 0; i < h->page.n; i++) {
		record_of(&r, &h->page.items[i], pass->rules, &h->scratch);
		wanted = selection_wants(pass->selection, pass->rules, &r);
		units = units_of(pass, &r, wanted);
		summary_add(&h->tally, &r, units);
		named = wanted || selection_names(pass->selection, &r);
		h->tally.named = h->tally.named || named;
		h->tally.chosen +=
		    named && (pass->selection->kinds & 1u << r.kind) != 0;
		sum->items++;
		sum->bytes += r.size > 0 ? r.size : 0;
		if (!wanted)
			continue;
		sum->matched++;
		sum->units += units;
		if (pass->sink.entry == NULL)
			continue;
		rc = pass->sink.entry(h->state, at, &r, f);
		if (rc != 0)
			return rc;
		/* deleting a page may take minutes */
		if (sum->matched >= PUBLISH)
			publish(h->run, sum);
	}
	return 0;
}

/* One page of ${seg}: 1 more follow, 0 the segment is finished or paused, 2 the
 * sink has enough, -1. */
static int
work_page(struct hand *h, struct segment *seg, struct fault *f)
{
	const struct pass *pass = h->run->pass;
	struct segment at = { .index = seg->index, .own = seg->own };
	struct pass_progress sum = { .pages = 1 };
	int r;

	buf_reset(&h->begin);
	buf_add(&h->begin, seg->next.p, seg->next.n);
	r = pass->source->ops->fetch(pass->source, seg, h->conn, &h->page, f);
	if (r != 1)
		return r < 0 ? -1 : 0;
	at.next = h->begin;
	sum.absent = h->page.absent;
	r = judge_page(h, &at, &sum, f);
	publish(h->run, &sum);
	if (r == 0 && pass->sink.page != NULL)
		r = pass->sink.page(h->state, seg, f);
	if (r != 0)
		return r > 0 ? 2 : -1;
	return !seg->finished;
}

/* The pages of ${seg} until it or the pass ends; then give it back. */
static int
work_segment(struct hand *h, struct segment *seg, struct fault *f)
{
	const struct pass *pass = h->run->pass;
	struct run *run = h->run;
	bool finished;
	int r = 1;

	while (r == 1 && !stop_requested() && !run->cancel)
		r = work_page(h, seg, f);
	if (r == 2) {
		run->enough = true;
		run->cancel = true;
	}
	if (r >= 0 && pass->sink.segment != NULL &&
	    pass->sink.segment(h->state, seg, f) < 0)
		r = -1;
	finished = seg->finished && r >= 0;
	if (!finished && r == 1 && stop_requested())
		r = fault(f, FAULT_CANCELLED, "interrupted");
	lock_enter(run->lock);
	summary_merge(run->total, &h->tally);
	run->progress.segments_done += finished;
	if (pass->tally != NULL)
		pass->tally(pass->tally_ctx, seg, &h->tally);
	lock_leave(run->lock);
	summary_reset(&h->tally);
	pass->source->ops->put(pass->source, seg);
	return r < 0 ? -1 : 0;
}

static int
work(struct hand *h, int index, struct fault *f)
{
	const struct pass *pass = h->run->pass;
	struct segment seg;
	int r;

	if (pass->ddb != NULL) {
		h->conn = ddb_conn_open(pass->ddb, f);
		if (h->conn == NULL)
			return -1;
	}
	h->state = pass->sink.ctx;
	if (pass->sink.open != NULL) {
		h->state = pass->sink.open(pass->sink.ctx, index, h->conn, f);
		if (h->state == NULL)
			return -1;
	}
	while (!h->run->cancel) {
		r = pass->source->ops->take(pass->source, &seg, f);
		if (r <= 0)
			return r;
		if (stop_requested()) {
			pass->source->ops->put(pass->source, &seg);
			return fault(f, FAULT_CANCELLED, "interrupted");
		}
		if (work_segment(h, &seg, f) != 0)
			return -1;
	}
	return 0;
}

static void
worker(void *ctx, int index)
{
	struct run *run = ctx;
	struct hand h = { .run = run };
	struct fault f = { 0 };

	summary_init(&h.tally, run->total->top, run->total->sizes);
	if (work(&h, index, &f) != 0)
		fail(run, &f);
	if (h.state != NULL && run->pass->sink.close != NULL &&
	    run->pass->sink.close(h.state, &f) != 0)
		fail(run, &f);
	ddb_conn_close(h.conn);
	page_release(&h.page);
	summary_release(&h.tally);
	buf_release(&h.scratch);
	buf_release(&h.begin);
}

static void
tick(void *ctx)
{
	struct run *run = ctx;
	struct pass_progress p;

	if (run->pass->tick == NULL)
		return;
	lock_enter(run->lock);
	p = run->progress;
	lock_leave(run->lock);
	run->pass->tick(run->pass->tick_ctx, &p);
}

int
pass_run(const struct pass *pass, struct summary *total,
    struct pass_progress *done, struct fault *f)
{
	struct run run = { .pass = pass, .total = total };
	const struct source *s = pass->source;
	int64_t most = s->workers > 0 ? s->workers : s->segments;
	int jobs = pass->jobs < most ? pass->jobs : (int)most;

	run.lock = lock_new();
	run.progress.segments = s->segments;
	threads_run(jobs > 0 ? jobs : 1, worker, &run, tick, &run);
	if (done != NULL)
		*done = run.progress;
	lock_free(run.lock);
	if (run.first.kind == FAULT_NONE)
		return run.enough;
	if (f != NULL)
		*f = run.first;
	return -1;
}
