#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/service.h"
#include "lib/aws/world.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/get.h"
#include "lib/dynamodb/table.h"
#include "sweep/batch.h"
#include "sweep/image.h"
#include "sweep/journal.h"

static bool
repairs(const struct batch *s)
{
	return s->run->p->action == PURGE_REPAIR;
}

/* Add the line of an intent, with the ${image} that the entry had at
 * ${at_us}. */
static void
add_intent(struct batch *s, struct buf *lines, const struct held *h,
    struct slice image, int64_t at_us)
{
	const struct journal_entry e = {
		.n = h->number,
		.image = image,
		.why = reason_name(h->reason),
		.ttl =
		    repairs(s) ? slice_str(h->ttl) : (struct slice){ NULL, 0 },
		.at_us = at_us,
	};

	buf_reset(&s->keys);
	item_key_json(&s->keys, &h->item, &s->run->p->table->schema);
	journal_intent(lines, &e, (struct slice){ s->keys.p, s->keys.n });
}

/* Report the journal when it gets its first entry, number 1. */
static void
tell_used(const struct batch *s, int64_t number)
{
	const struct purge *p = s->run->p;

	if (number == 1 && p->journal_used != NULL)
		p->journal_used(p->journal_ctx, journal_path(s->run->journal));
}

/* Submit the intents of all held entries to the journal. */
static void
submit_intents(struct batch *s)
{
	struct haul *u = s->filled;
	int64_t number;

	u->submitted = true;
	if (s->run->journal == NULL)
		return;
	buf_reset(&u->lines);
	number = journal_numbers(s->run->journal, u->n);
	tell_used(s, number);
	for (size_t i = 0; i < u->n; i++) {
		u->held[i].number = number++;
		add_intent(s, &u->lines, &u->held[i], u->held[i].item.json,
		    u->held[i].at_us);
	}
	u->waiting.lines = &u->lines;
	journal_submit(s->run->journal, &u->waiting);
}

/* Wait until the intents are on disk; nothing may be sent before. */
static int
await_intents(struct batch *s, struct fault *f)
{
	if (s->run->journal == NULL)
		return 0;
	return journal_wait(s->run->journal, &s->sent->waiting, f);
}

/* The write of the held entry ${i}, in the current part. */
static struct ddb_write *
write_of(struct batch *s, size_t i)
{
	return &s->deletes[i - s->from];
}

/* Record the images that came back, where they differ from those that were
 * read, and the outcomes that are known. */
static int
write_outcomes(struct batch *s, struct fault *f)
{
	bool changed = false, any = false;

	if (s->run->journal == NULL)
		return 0;
	buf_reset(&s->lines);
	for (size_t i = s->from; i < s->to; i++) {
		const struct ddb_write *d = write_of(s, i);

		if (s->sent->held[i].outcome != OUTCOME_DELETED ||
		    d->said != DDB_SAID_DONE || d->old.p == NULL ||
		    slice_same(d->old, s->sent->held[i].item.json))
			continue;
		changed = true;
		add_intent(s, &s->lines, &s->sent->held[i], d->old,
		    service_stamp_us(ddb_service(s->run->p->ddb)));
	}
	journal_outcomes_begin(&s->lines);
	for (size_t i = s->from; i < s->to; i++) {
		/* without an outcome, restore checks the entry */
		if (write_of(s, i)->unsure || s->sent->held[i].open)
			continue;
		any = true;
		journal_outcome(&s->lines, s->sent->held[i].number,
		    repairs(s) && s->sent->held[i].outcome == OUTCOME_DELETED
			? "repaired"
			: outcome_name(s->sent->held[i].outcome),
		    write_of(s, i)->sends);
	}
	journal_outcomes_end(&s->lines);
	if (!any && !changed)
		return 0;
	return journal_append(s->run->journal, &s->lines, changed, f);
}

/* Note whether the entry has our value already: a repair that was sent twice
 * fails its condition because of the first one. */
static void
note_ours(const struct batch *s, struct held *h, struct slice there)
{
	if (repairs(s) && there.p != NULL)
		h->ours = slice_same(slice_get(there, s->run->p->ttl_attribute),
		    slice_str(h->ttl));
}

static void
match_found(struct batch *s)
{
	for (size_t k = 0; k < s->found.n; k++)
		for (size_t i = s->from; i < s->to; i++) {
			struct held *h = &s->sent->held[i];

			if (h->found != 0 ||
			    !image_same_key(&s->found.items[k], &h->item))
				continue;
			h->found = 1;
			note_ours(s, h, s->found.items[k].json);
		}
}

/* Keep the image that came back for entry ${i} only if it is the entry's and
 * can be restored; else the one that was read counts. The lock is held. */
static void
take_image(struct batch *s, size_t i)
{
	struct sweep_run *run = s->run;
	struct held *h = &s->sent->held[i];
	struct ddb_write *d = write_of(s, i);
	enum image_worth worth = IMAGE_TAKEN;
	struct fault f = { 0 };

	h->others = false;
	if (d->old.p == NULL)
		return;
	if (!slice_same(d->old, h->item.json))
		worth = image_judge(d->old, &h->item, run->p->table,
		    run->p->ttl_attribute, &f);
	if (d->said == DDB_SAID_DONE && worth != IMAGE_OTHERS)
		run->returns[d->batched] = true;
	if (worth == IMAGE_TAKEN)
		return;
	h->others = worth == IMAGE_OTHERS;
	/* even so, that of a failed condition proves that the entry exists */
	if (d->said == DDB_SAID_DONE || h->others)
		d->old = (struct slice){ NULL, 0 };
	if (run->totals->images_refused++ == 0)
		run->totals->image_wrong = xstrdup(f.text);
}

/* Whether no image of entry ${i} came back, though its delete succeeded. */
static bool
silent(struct batch *s, size_t i)
{
	const struct ddb_write *d = write_of(s, i);

	return d->said == DDB_SAID_ABSENT ||
	    (d->said == DDB_SAID_DONE && s->sent->held[i].others);
}

/* Report that no old images come back, and stop batching because of it. */
static void
tell_silent(struct sweep_run *run, bool batched)
{
	int mode = DDB_BATCH_AUTO;

	if (batched &&
	    atomic_compare_exchange_strong(&run->mode, &mode, DDB_BATCH_SINGLE))
		ddb_log(run->p->ddb, LOG_NOTE,
		    "batched deletes (PartiQL) return no old images here; "
		    "continuing with one conditional DeleteItem per entry");
	else if (mode != DDB_BATCH_SINGLE || !batched)
		ddb_log(run->p->ddb, LOG_NOTE,
		    "this server does not return what it deletes: entries "
		    "count as deleted and unconfirmed, and the journal has "
		    "them as they were read");
}

/*
 * Check the images that came back. If none ever did, the success of a batch
 * proves nothing: continue with single deletes, whose conditions fail if there
 * is no entry.
 */
static void
take_images(struct batch *s)
{
	struct sweep_run *run = s->run;
	bool tell[2] = { false, false };

	lock_enter(run->lock);
	for (size_t i = s->from; i < s->to; i++)
		take_image(s, i);
	for (size_t i = s->from; i < s->to && !repairs(s); i++) {
		bool batched = write_of(s, i)->batched;

		if (!silent(s, i) || run->returns[batched] ||
		    run->told_silent[batched])
			continue;
		run->told_silent[batched] = tell[batched] = true;
	}
	lock_leave(run->lock);
	for (int batched = 0; batched < 2; batched++)
		if (tell[batched])
			tell_silent(run, batched == 1);
}

/* How far a part got. */
enum brought {
	UNSENT,    /* not attempted */
	CUT_SHORT, /* a signal or the deadline ended the attempts */
	SENT
};

/* Where the reply does not distinguish refreshed from gone, or there is none,
 * read the entry consistently. */
static int
read_back(struct batch *s, enum brought how, struct fault *f)
{
	const struct ddb_table *table = s->run->p->table;
	struct slice keys[PART_MAX];
	size_t ends[PART_MAX], n = 0;

	buf_reset(&s->keys);
	for (size_t i = s->from; i < s->to; i++) {
		struct ddb_write *d = write_of(s, i);
		struct held *h = &s->sent->held[i];

		h->ours = false;
		h->found =
		    d->old.p != NULL && d->said == DDB_SAID_CONDITION ? 1 : -1;
		if (h->found == 1)
			note_ours(s, h, d->old);
		/* whoever ends a run does not wait for a service that is silent
		 */
		if (!outcome_needs_read(d->said, d->old.p != NULL,
			d->unsure && how == SENT))
			continue;
		h->found = 0;
		item_key_json(&s->keys, &h->item, &table->schema);
		ends[n++] = s->keys.n;
	}
	if (n == 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		size_t at = i > 0 ? ends[i - 1] : 0;

		keys[i] = (struct slice){ s->keys.p + at, ends[i] - at };
	}
	page_reset(&s->found);
	if (ddb_get_batch(s->conn, table, s->run->p->ttl_attribute, keys, n,
		&s->found, f) != 0) {
		for (size_t i = s->from; i < s->to; i++)
			if (s->sent->held[i].found == 0)
				s->sent->held[i].found = -1;
		return -1;
	}
	match_found(s);
	return 0;
}

/* Whether ${d} did nothing, so that another run may do it. */
static bool
untried(const struct ddb_write *d, enum brought how)
{
	if (how == UNSENT)
		return true;
	return d->sends == 0 &&
	    (d->said == DDB_SAID_NOTHING ||
		(how == CUT_SHORT && d->said == DDB_SAID_ERROR));
}

/* Set the outcome of entry ${i}. */
static void
judge(struct batch *s, size_t i, enum brought how)
{
	struct held *h = &s->sent->held[i];
	struct ddb_write *d = write_of(s, i);

	h->unconfirmed = h->open = false;
	if (untried(d, how)) {
		h->outcome = OUTCOME_SKIPPED;
	} else if (repairs(s) && h->ours && (d->sends > 1 || d->unsure)) {
		h->outcome = OUTCOME_DELETED;
		h->unconfirmed = true;
	} else {
		const struct answer a = {
			.said = d->said,
			.sends = d->sends,
			.found = h->found,
			.others = h->others && !repairs(s),
			.absent = d->batched || d->cond.op == DDB_COND_MISSING,
			.returns = s->run->returns[d->batched],
			.unsure = d->unsure,
		};
		const struct verdict v = outcome_of(&a);

		h->outcome = v.outcome;
		h->unconfirmed = v.unconfirmed;
		h->open = v.open;
		/* a repair that finds no entry repaired nothing */
		if (repairs(s) && h->unconfirmed) {
			h->outcome = OUTCOME_GONE;
			h->unconfirmed = false;
		}
	}
}

/* Count each entry of the part in one outcome; sending cost ${cost} write
 * units. */
static void
settle(struct batch *s, enum brought how, double cost)
{
	struct sweep_run *run = s->run;
	double units = 0;
	char why[400];

	lock_enter(run->lock);
	for (size_t i = s->from; i < s->to; i++) {
		struct held *h = &s->sent->held[i];
		struct ddb_write *d = write_of(s, i);

		judge(s, i, how);
		units += d->units;
		run->totals->outcomes[h->outcome]++;
		run->totals->unconfirmed += h->unconfirmed;
		if (h->outcome != OUTCOME_FAILED)
			continue;
		run->totals->unsure += (d->unsure || h->open) && h->found < 0;
		(void)snprintf(why, sizeof(why), "%s%s%s",
		    d->code[0] != '\0' ? d->code : "no usable reply",
		    d->message[0] != '\0' ? ": " : "", d->message);
		sweep_totals_failed(run->totals, run->p->rules, &h->item, why);
	}
	account_settle(&run->account, units, cost);
	lock_leave(run->lock);
}

/* Send the part; ${cost}: the write units it took. */
static int
send_part(struct batch *s, double *cost, struct fault *f)
{
	struct ddb_writes many = { .table = s->run->p->table,
		.list = s->deletes,
		.n = s->to - s->from,
		.mode = &s->run->mode,
		.old = s->old };
	struct buf olds = { 0 };
	int rc = 0;

	*cost = 0;
	if (!repairs(s)) {
		rc = ddb_write_many(s->conn, &many, f);
		*cost = many.units;
		s->old = many.old;
		return rc;
	}
	/* one by one; s->old gets their old images, one after the other */
	for (size_t i = s->from; i < s->to; i++) {
		struct ddb_writes one = { .table = many.table,
			.list = write_of(s, i),
			.n = 1 };
		struct ddb_write *d = write_of(s, i);

		if (rc == 0)
			rc = ddb_update_ttl(s->conn, &one,
			    slice_str(s->sent->held[i].ttl), f);
		*cost += one.units;
		d->old_at = olds.n;
		if (d->old.p != NULL)
			buf_add(&olds, d->old.p, d->old.n);
		buf_release(&one.old);
	}
	buf_release(&s->old);
	s->old = olds;
	for (size_t i = s->from; i < s->to; i++)
		if (write_of(s, i)->old.p != NULL)
			write_of(s, i)->old.p = olds.p + write_of(s, i)->old_at;
	return rc;
}

/* Send the part, and settle it. */
static int
flush_part(struct batch *s, struct fault *f)
{
	struct fault why = { 0 }, later = { 0 };
	enum brought how = SENT;
	double cost;
	int rc = send_part(s, &cost, &why);

	if (rc != 0) {
		*f = why;
		if (why.kind == FAULT_CANCELLED || why.kind == FAULT_LATE)
			how = CUT_SHORT;
	}
	take_images(s);
	if (read_back(s, how, rc == 0 ? f : &later) != 0)
		rc = -1;
	settle(s, how, cost);
	if (write_outcomes(s, rc == 0 ? f : &later) != 0)
		rc = -1;
	return rc;
}

/* Begin the next part, with its writes. */
static void
begin_part(struct batch *s)
{
	const struct haul *u = s->sent;

	s->from = s->to;
	s->to = u->n - s->from > PART_MAX ? s->from + PART_MAX : u->n;
	for (size_t i = s->from; i < s->to; i++) {
		const struct held *h = &u->held[i];

		*write_of(s, i) = (struct ddb_write){
			.partition = h->item.partition,
			.sort = h->item.sort,
			.cond = h->cond,
			.units = h->units,
			.likely = h->item.json,
		};
	}
}

/* Between two parts: -1 after a signal or the deadline. */
static int
may_go_on(const struct batch *s, struct fault *f)
{
	struct world *w = ddb_options(s->run->p->ddb)->world;

	if (stop_requested())
		return fault(f, FAULT_CANCELLED, "interrupted");
	if (account_late(&s->run->account, w->mono_us(w->ctx)))
		return fault(f, FAULT_LATE, "the deadline has passed");
	return 0;
}

/* Skip what was not sent yet, and record that if the intents are
 * ${recorded}. */
static void
skip_rest(struct batch *s, bool recorded)
{
	struct haul *u = s->sent;
	struct fault later = { 0 };

	while (s->to < u->n) {
		begin_part(s);
		settle(s, UNSENT, 0);
		if (recorded)
			(void)write_outcomes(s, &later);
	}
	u->n = s->from = s->to = 0;
	u->units = 0;
	u->submitted = false;
	buf_reset(&u->images);
}

/* Send what was submitted, once its intents are on disk. */
static int
send_haul(struct batch *s, struct fault *f)
{
	struct haul *u = s->sent;
	bool recorded = await_intents(s, f) == 0;
	int rc = recorded ? 0 : -1;

	if (rc == 0 && stop_requested())
		rc = fault(f, FAULT_CANCELLED, "interrupted");
	while (s->to < u->n && rc == 0) {
		begin_part(s);
		rc = flush_part(s, f);
		if (rc == 0 && s->to < u->n)
			rc = may_go_on(s, f);
	}
	skip_rest(s, recorded);
	return rc;
}

static void
swap(struct batch *s)
{
	struct haul *u = s->filled;

	s->filled = s->sent;
	s->sent = u;
}

/* Skip both hauls. The journal may still read submitted lines, so wait for
 * those. */
static void
drop(struct batch *s)
{
	for (int i = 0; i < 2; i++) {
		if (s->sent->n > 0)
			skip_rest(s,
			    s->sent->submitted && await_intents(s, NULL) == 0);
		swap(s);
	}
}

int
batch_settle(struct batch *s, struct fault *f)
{
	int rc = 0;

	if (s->sent->n > 0)
		rc = send_haul(s, f);
	if (rc != 0)
		drop(s);
	return rc;
}

int
batch_turn(struct batch *s, struct fault *f)
{
	if (stop_requested()) {
		drop(s);
		return fault(f, FAULT_CANCELLED, "interrupted");
	}
	submit_intents(s);
	if (batch_settle(s, f) != 0)
		return -1;
	swap(s);
	/* without a journal, send at once */
	return s->run->journal == NULL ? batch_settle(s, f) : 0;
}

int
batch_flush(struct batch *s, struct fault *f)
{
	if (s->filled->n > 0 && batch_turn(s, f) != 0)
		return -1;
	return batch_settle(s, f);
}

struct batch *
batch_new(struct sweep_run *run, struct ddb_conn *conn)
{
	struct batch *s = xcalloc(1, sizeof(*s));

	s->run = run;
	s->conn = conn;
	s->filled = &s->hauls[0];
	s->sent = &s->hauls[1];
	return s;
}

void
batch_free(struct batch *s)
{
	drop(s);
	for (int i = 0; i < 2; i++) {
		buf_release(&s->hauls[i].images);
		buf_release(&s->hauls[i].begin);
		buf_release(&s->hauls[i].lines);
	}
	buf_release(&s->old);
	buf_release(&s->lines);
	buf_release(&s->keys);
	buf_release(&s->begin);
	page_release(&s->found);
	free(s);
}

const struct buf *
batch_unsettled(const struct batch *s)
{
	const struct haul *u = s->sent->n > 0 ? s->sent : s->filled;

	return u->n > 0 ? &u->begin : NULL;
}
