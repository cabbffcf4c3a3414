#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export/checkpoint.h"
#include "inspector/pass.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "inspector/summary.h"
#include "lib/aws/world.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/source.h"
#include "sweep/batch.h"
#include "sweep/journal.h"
#include "sweep/plan.h"
#include "sweep/purge.h"

/* Write a checkpoint that often. */
#define CHECKPOINT_US ((int64_t)5000000)

static int64_t
mono_us(const struct purge *p)
{
	struct world *w = ddb_options(p->ddb)->world;

	return w->mono_us(w->ctx);
}

/* Count a match of ${units} (0), or note the ceiling that forbids it (1). */
static int
take(struct sweep_run *run, const struct record *r, int64_t units)
{
	const struct purge *p = run->p;
	struct sweep_totals *t = run->totals;
	int64_t now_us = mono_us(run->p);
	int forbids;

	lock_enter(run->lock);
	forbids = account_take(&run->account, (double)units, now_us);
	if (forbids >= 0) {
		bool always = ceiling_always(&p->ceilings,
		    (enum ceiling)forbids, (double)units);

		if (t->stopped == NULL || always)
			t->stopped = ceiling_name((enum ceiling)forbids);
		t->blocked = t->blocked || always;
		lock_leave(run->lock);
		return 1;
	}
	sweep_totals_match(t, r, units);
	t->live_other += record_live_other(r, p->rules);
	if (!p->execute) {
		t->outcomes[OUTCOME_SKIPPED]++;
		t->journal_bytes += plan_journal_bytes(r->item);
	}
	lock_leave(run->lock);
	return 0;
}

/* All before ${seg}->next is settled, and need not be read again. */
static int
settled(struct sweep_run *run, const struct segment *seg, struct fault *f)
{
	struct checkpoint *c = run->p->checkpoint;
	struct segment *at;
	int64_t now_us;
	int rc = 0;

	if (run->p->checkpoint_path == NULL || !run->p->execute)
		return 0;
	lock_enter(run->lock);
	now_us = mono_us(run->p);
	at = &c->positions[seg->index];
	buf_reset(&at->next);
	buf_add(&at->next, seg->next.p, seg->next.n);
	at->finished = seg->finished;
	if (now_us - run->saved_us >= CHECKPOINT_US) {
		run->saved_us = now_us;
		rc = checkpoint_save(run->p->checkpoint_path, c, f);
	}
	lock_leave(run->lock);
	return rc;
}

/* As settled, but only up to the first entry that is still held. */
static int
settled_so_far(const struct batch *s, const struct segment *seg,
    struct fault *f)
{
	const struct buf *begin = batch_unsettled(s);
	const struct segment at = { .index = seg->index,
		.next = begin != NULL ? *begin : seg->next,
		.finished = begin == NULL && seg->finished };

	return settled(s->run, &at, f);
}

/* Submit the held entries if there is no room for ${r}, of ${units}. With a
 * rate limit that is also when they take the units of a quarter of a second. */
static int
make_room(struct batch *s, const struct segment *seg, const struct record *r,
    int64_t units, struct fault *f)
{
	double share;

	if (s->filled->n == 0)
		return 0;
	if (batch_has_room(s, r)) {
		share = ddb_share(s->run->p->ddb, true);
		if (share <= 0 || s->filled->units + (double)units <= share)
			return 0;
	}
	if (batch_turn(s, f) != 0)
		return -1;
	return settled_so_far(s, seg, f);
}

static int
on_entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct batch *s = state;
	int64_t units;

	if (!batch_wants(s->run->p, r)) {
		lock_enter(s->run->lock);
		sweep_totals_leave(s->run->totals, r);
		lock_leave(s->run->lock);
		return 0;
	}
	units = batch_units(s->run->p, r);
	if (make_room(s, seg, r, units, f) != 0)
		return -1;
	if (take(s->run, r, units) != 0) {
		s->enough = true;
		buf_reset(&s->begin);
		buf_add(&s->begin, seg->next.p, seg->next.n);
		return 1;
	}
	if (!s->run->p->execute)
		return 0;
	if (batch_refuses(s, r, units))
		return 0;
	batch_hold(s, r, &seg->next, units);
	return 0;
}

static int
on_page(void *state, const struct segment *seg, struct fault *f)
{
	struct batch *s = state;
	int late;

	s->page_us = 0;
	lock_enter(s->run->lock);
	late = account_late(&s->run->account, mono_us(s->run->p));
	if (late && s->run->totals->stopped == NULL)
		s->run->totals->stopped = ceiling_name(CEILING_DEADLINE);
	lock_leave(s->run->lock);
	/* submitted entries wait no longer than a page */
	if (!late &&
	    (s->filled->n >= HELD_ENOUGH ? batch_turn(s, f)
					 : batch_settle(s, f)) != 0)
		return -1;
	if (settled_so_far(s, seg, f) != 0)
		return -1;
	return late;
}

/* The segment is given back: nothing of it may stay held. */
static int
on_segment(void *state, const struct segment *seg, struct fault *f)
{
	struct batch *s = state;
	struct segment at = { .index = seg->index, .next = s->begin };

	if (batch_flush(s, f) != 0)
		return -1;
	/* a page that was left early is read again */
	return settled(s->run, s->enough ? &at : seg, f);
}

static void *
on_open(void *ctx, int worker, struct ddb_conn *conn, struct fault *f)
{
	(void)worker;
	(void)f;
	return batch_new(ctx, conn);
}

static int
on_close(void *state, struct fault *f)
{
	(void)f;
	batch_free(state);
	return 0;
}

static int
open_journal(struct sweep_run *run, struct fault *f)
{
	const struct purge *p = run->p;
	const struct journal_options o = {
		.path = p->journal_path,
		.run = { .table = p->table,
		    .endpoint = p->endpoint,
		    .region = p->region,
		    .ttl_attribute = p->ttl_attribute,
		    .command = p->action == PURGE_REPAIR ? "repair" : "purge",
		    .options = p->options,
		    .now = p->rules->now },
		.numbered = p->journal_numbered,
	};

	if (!p->execute || p->journal_path == NULL)
		return 0;
	run->journal = journal_open(&o, f);
	return run->journal != NULL ? 0 : -1;
}

static int
close_journal(struct sweep_run *run, struct fault *f)
{
	struct sweep_totals *t = run->totals;
	bool unused = t->matched == t->left[SWEEP_LEFT_ZONELESS];
	struct fault why = { 0 };
	int rc, saved;

	if (run->journal == NULL)
		return 0;
	saved = journal_save(run->journal, &why);
	t->journal_bytes = journal_bytes(run->journal);
	if (!unused && saved >= 0)
		t->journal = xstrdup(journal_path(run->journal));
	rc = journal_close(run->journal, unused, f);
	if (saved > 0 && run->p->journal_used != NULL)
		run->p->journal_used(run->p->journal_ctx, t->journal);
	if (saved > 0)
		rc = fault(f, FAULT_IO, "%.900s%sits contents are saved as %s",
		    f->text, f->text[0] != '\0' ? "; " : "", t->journal);
	else if (saved < 0 && why.text[0] != '\0')
		rc = fault(f, FAULT_IO,
		    "%.900s; and its contents cannot be saved (%.900s): what "
		    "was written cannot be undone",
		    f->text, why.text);
	return rc;
}

/* Save where the next run continues, or remove the checkpoint if the run is
 * ${complete}. */
static int
end_checkpoint(const struct purge *p, bool complete, struct fault *f)
{
	if (!complete)
		return checkpoint_save(p->checkpoint_path, p->checkpoint, f);
	if (unlink(p->checkpoint_path) != 0 && errno != ENOENT)
		return fault(f, FAULT_IO, "%s: %s", p->checkpoint_path,
		    strerror(errno));
	return 0;
}

/* The deadline is a ceiling, not a failure. */
static int
was_late(struct sweep_totals *t)
{
	t->stopped = ceiling_name(CEILING_DEADLINE);
	return 1;
}

/* Report a failure at the end of the run, behind the one that ended it. */
static int
ended(int rc, struct fault *f, const struct fault *later)
{
	struct fault first = *f;

	/* it may say the same, and more */
	if (rc >= 0 ||
	    strncmp(later->text, first.text, strlen(first.text)) == 0)
		*f = *later;
	else
		(void)fault(f, first.kind, "%.900s; and %.900s", first.text,
		    later->text);
	return -1;
}

static void
begin(const struct purge *p, bool counting)
{
	if (p->begin != NULL)
		p->begin(p->tick_ctx, counting);
}

static void
tick(void *ctx, const struct pass_progress *p)
{
	struct sweep_run *run = ctx;
	struct pass_progress at = *p;

	if (run->p->tick == NULL)
		return;
	lock_enter(run->lock);
	at.written = run->totals->outcomes[OUTCOME_DELETED];
	at.matched = run->totals->matched;
	at.waiting = at.matched - sweep_totals_settled(run->totals);
	lock_leave(run->lock);
	if (at.items < at.matched) /* not published yet */
		at.items = at.matched;
	if (!run->p->execute)
		at.waiting = 0;
	run->p->tick(run->p->tick_ctx, &at);
}

static struct pass
pass_of(const struct purge *p)
{
	return (struct pass){ .source = p->source,
		.ddb = p->ddb,
		.table = p->table,
		.rules = p->rules,
		.selection = p->selection,
		.jobs = p->jobs,
		.tick = p->tick,
		.tick_ctx = p->tick_ctx };
}

static int
run_pass(struct sweep_run *run, struct summary *summary, struct fault *f)
{
	const struct purge *p = run->p;
	struct pass_progress done = { 0 };
	struct pass pass = pass_of(p);
	struct fault later = { 0 };
	int rc;

	pass.sink = (struct pass_sink){ run, on_open, on_entry, on_page,
		on_segment, on_close };
	pass.tick = tick;
	pass.tick_ctx = run;
	if (open_journal(run, f) != 0)
		return -1;
	begin(p, false);
	rc = pass_run(&pass, summary, &done, f);
	if (rc < 0 && f->kind == FAULT_LATE)
		rc = was_late(run->totals);
	run->totals->scanned = done.items;
	run->totals->absent = done.absent;
	if (close_journal(run, &later) != 0)
		rc = ended(rc, f, &later);
	if (p->checkpoint_path != NULL && p->execute &&
	    end_checkpoint(p, rc == 0, &later) != 0)
		rc = ended(rc, f, &later);
	return rc;
}

/* What the workers of the counting pass share. */
struct counting {
	const struct purge *p;
	const struct account *account;
	struct lock *lock; /* found */
	struct sweep_totals found;
};

static int
count_entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct counting *c = state;

	(void)seg;
	(void)f;
	lock_enter(c->lock);
	if (!batch_wants(c->p, r)) {
		sweep_totals_leave(&c->found, r);
	} else {
		sweep_totals_match(&c->found, r, batch_units(c->p, r));
		if (!c->p->execute)
			c->found.journal_bytes += plan_journal_bytes(r->item);
	}
	lock_leave(c->lock);
	return 0;
}

/* Nothing waits in a counting pass, so check the deadline after a page. */
static int
count_page(void *state, const struct segment *seg, struct fault *f)
{
	const struct counting *c = state;

	(void)seg;
	if (!account_late(c->account, mono_us(c->p)))
		return 0;
	return fault(f, FAULT_LATE, "the deadline has passed");
}

/* --max-percent: 0 within the limit; 1 too many; -1, FAULT_LATE after the
 * deadline. But for 0, ${totals} are of what was counted, all skipped. */
static int
count(const struct purge *p, const struct account *account,
    struct sweep_totals *totals, struct fault *f)
{
	struct counting c = { .p = p, .account = account };
	struct pass_progress done = { 0 };
	struct summary s;
	struct pass pass = pass_of(p);
	int rc;

	if (!p->ceilings.given[CEILING_PERCENT] || p->counting == NULL)
		return 0;
	pass.source = p->counting;
	pass.sink = (struct pass_sink){ .ctx = &c,
		.entry = count_entry,
		.page = count_page };
	begin(p, true);
	c.lock = lock_new();
	summary_init(&s, 0, true);
	rc = pass_run(&pass, &s, &done, f);
	summary_release(&s);
	lock_free(c.lock);
	c.found.percent_of = done.items;
	c.found.percent_matched =
	    c.found.matched - c.found.left[SWEEP_LEFT_ZONELESS];
	if (rc == 0 &&
	    ceiling_percent_passed(&p->ceilings, c.found.percent_matched,
		done.items)) {
		c.found.stopped = ceiling_name(CEILING_PERCENT);
		c.found.blocked = true;
		rc = 1;
	}
	if (rc != 0) {
		*totals = c.found;
		totals->scanned = done.items;
		totals->absent = done.absent;
		totals->outcomes[OUTCOME_SKIPPED] = totals->matched;
	}
	totals->percent_of = c.found.percent_of;
	totals->percent_matched = c.found.percent_matched;
	return rc;
}

int
purge_run(const struct purge *p, struct summary *summary,
    struct sweep_totals *totals, struct fault *f)
{
	struct sweep_run run = { .p = p, .mode = p->batch, .totals = totals };
	struct fault why = { 0 };
	int rc;

	run.account.ceilings = &p->ceilings;
	run.saved_us = mono_us(p);
	run.account.begun_us = p->begun_us != 0 ? p->begun_us : run.saved_us;
	condition_numbers(&run.numbers, p->rules, p->selection);
	run.lock = lock_new();
	ddb_deadline(p->ddb, account_deadline(&run.account));
	rc = count(p, &run.account, totals, &why);
	if (rc == 0)
		rc = run_pass(&run, summary, &why);
	ddb_deadline(p->ddb, 0);
	if (rc < 0 && why.kind == FAULT_LATE) {
		totals->blocked = true; /* it would count as long again */
		rc = was_late(totals);
	}
	totals->spent = run.account.spent;
	lock_free(run.lock);
	if (rc < 0) {
		totals->stopped =
		    why.kind == FAULT_CANCELLED ? "interrupted" : "failed";
		*f = why;
	}
	return rc;
}
