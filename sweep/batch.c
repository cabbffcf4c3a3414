#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/aws/service.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/base/sum.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/cost.h"
#include "lib/dynamodb/get.h"
#include "lib/dynamodb/table.h"
#include "sweep/batch.h"
#include "sweep/image.h"
#include "sweep/journal.h"

int
batch_repair(char out[48], const struct record *r, const struct rules *rules,
    int64_t ttl_for_missing)
{
	int64_t moment = r->moment;
	struct decimal d;

	switch (r->reason) {
	case REASON_MILLISECONDS:
	case REASON_MICROSECONDS:
	case REASON_NANOSECONDS:
	case REASON_STRING:
		if (r->zoneless) /* nobody can say which second it means */
			return 0;
		break;
	case REASON_MISSING:
		if (ttl_for_missing < 0)
			return 0;
		moment = sum_add(rules->now, ttl_for_missing);
		break;
	default:
		return 0;
	}
	/* never a value that would not be read as the time it is */
	decimal_from_int(&d, moment);
	if (!moment_in_window(&d, rules->now))
		return 0;
	(void)snprintf(out, 48, "{\"N\":\"%" PRId64 "\"}", moment);
	return 1;
}

bool
batch_wants(const struct purge *p, const struct record *r)
{
	char ttl[48];

	return p->action != PURGE_REPAIR ||
	    batch_repair(ttl, r, p->rules, p->ttl_for_missing);
}

int64_t
batch_units(const struct purge *p, const struct record *r)
{
	char ttl[48];

	if (p->action == PURGE_REPAIR &&
	    batch_repair(ttl, r, p->rules, p->ttl_for_missing))
		return cost_update(p->table, r->item->json, p->ttl_attribute,
		    slice_str(ttl));
	return cost_item(p->table, r->item);
}

static bool
repairs(const struct batch *s)
{
	return s->run->p->action == PURGE_REPAIR;
}

/* The entry's line: what is to be done, or what came back; ${at_us}: when the
 * entry was like that. */
static void
add_intent(struct batch *s, const struct held *h, struct slice image,
    int64_t at_us)
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
	journal_intent(&s->lines, &e, (struct slice){ s->keys.p, s->keys.n });
}

/* Entry 1 is the first one of the run. */
static void
tell_used(const struct batch *s)
{
	const struct purge *p = s->run->p;

	if (s->held[0].number == 1 && p->journal_used != NULL)
		p->journal_used(p->journal_ctx, journal_path(s->run->journal));
}

/* The intents of all that is held, on disk before anything is sent. */
static int
write_intents(struct batch *s, struct fault *f)
{
	int64_t number;

	if (s->run->journal == NULL)
		return 0;
	buf_reset(&s->lines);
	number = journal_numbers(s->run->journal, s->n);
	for (size_t i = 0; i < s->n; i++) {
		s->held[i].number = number++;
		add_intent(s, &s->held[i], s->held[i].item.json,
		    s->held[i].at_us);
	}
	tell_used(s);
	return journal_append(s->run->journal, &s->lines, true, f);
}

/* The write of the held entry ${i}, which is of the part. */
static struct ddb_delete *
write_of(struct batch *s, size_t i)
{
	return &s->deletes[i - s->from];
}

/* What came back, where it is not what was read, and what became of all
 * whose outcome is known. */
static int
write_outcomes(struct batch *s, struct fault *f)
{
	bool changed = false, any = false;

	if (s->run->journal == NULL)
		return 0;
	buf_reset(&s->lines);
	for (size_t i = s->from; i < s->to; i++) {
		const struct ddb_delete *d = write_of(s, i);

		if (s->held[i].outcome != OUTCOME_DELETED ||
		    d->said != DDB_SAID_DONE || d->old.p == NULL ||
		    slice_same(d->old, s->held[i].item.json))
			continue;
		changed = true;
		add_intent(s, &s->held[i], d->old,
		    service_stamp_us(ddb_service(s->run->p->ddb)));
	}
	journal_outcomes_begin(&s->lines);
	for (size_t i = s->from; i < s->to; i++) {
		/* no outcome on record: restore will look after it */
		if (write_of(s, i)->unsure || s->held[i].open)
			continue;
		any = true;
		journal_outcome(&s->lines, s->held[i].number,
		    repairs(s) && s->held[i].outcome == OUTCOME_DELETED
			? "repaired"
			: outcome_name(s->held[i].outcome),
		    write_of(s, i)->sends);
	}
	journal_outcomes_end(&s->lines);
	if (!any && !changed)
		return 0;
	return journal_append(s->run->journal, &s->lines, changed, f);
}

/* A repair that was sent twice fails its condition because of itself. */
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
			struct held *h = &s->held[i];

			if (h->found != 0 ||
			    !image_same_key(&s->found.items[k], &h->item))
				continue;
			h->found = 1;
			note_ours(s, h, s->found.items[k].json);
		}
}

/* Take the image that came back for entry ${i} over the one that was read only
 * where it is the entry's and could be put back. The lock is held. */
static void
take_image(struct batch *s, size_t i)
{
	struct sweep_run *run = s->run;
	struct held *h = &s->held[i];
	struct ddb_delete *d = write_of(s, i);
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
	/* of a failed condition it says that the entry is there */
	if (d->said == DDB_SAID_DONE || h->others)
		d->old = (struct slice){ NULL, 0 };
	if (run->totals->images_refused++ == 0)
		run->totals->image_wrong = xstrdup(f.text);
}

/* What says nothing, as no image came back where one could have. */
static bool
silent(struct batch *s, size_t i)
{
	const struct ddb_delete *d = write_of(s, i);

	return d->said == DDB_SAID_ABSENT ||
	    (d->said == DDB_SAID_DONE && s->held[i].others);
}

/* Say once that no old image comes back, and that batches end for it. */
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
 * The images that came back. Where none ever did, the success of a batch says
 * nothing: go on with single deletes, whose conditions fail where no entry is.
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

/* Where the answer does not tell refreshed from gone, read consistently. */
static int
read_back(struct batch *s, struct fault *f)
{
	const struct ddb_table *table = s->run->p->table;
	struct slice keys[PART_MAX];
	size_t ends[PART_MAX], n = 0;

	buf_reset(&s->keys);
	for (size_t i = s->from; i < s->to; i++) {
		struct ddb_delete *d = write_of(s, i);
		struct held *h = &s->held[i];

		h->ours = false;
		h->found =
		    d->old.p != NULL && d->said == DDB_SAID_CONDITION ? 1 : -1;
		if (h->found == 1)
			note_ours(s, h, d->old);
		if (!outcome_needs_read(d->said, d->old.p != NULL))
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
			if (s->held[i].found == 0)
				s->held[i].found = -1;
		return -1;
	}
	match_found(s);
	return 0;
}

/* How far what is held was brought. */
enum brought {
	UNSENT,    /* it was not come to at all */
	CUT_SHORT, /* a signal or the deadline ended the tries */
	SENT
};

/* Whether ${d} has done nothing, and may be tried another time. */
static bool
untried(const struct ddb_delete *d, enum brought how)
{
	if (how == UNSENT)
		return true;
	return d->sends == 0 &&
	    (d->said == DDB_SAID_NOTHING ||
		(how == CUT_SHORT && d->said == DDB_SAID_ERROR));
}

/* What became of entry ${i}. */
static void
judge(struct batch *s, size_t i, enum brought how)
{
	struct held *h = &s->held[i];
	struct ddb_delete *d = write_of(s, i);

	h->unconfirmed = h->open = false;
	if (untried(d, how)) {
		h->outcome = OUTCOME_SKIPPED;
	} else if (repairs(s) && h->ours && d->sends > 1) {
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
		};
		const struct verdict v = outcome_of(&a);

		h->outcome = v.outcome;
		h->unconfirmed = v.unconfirmed;
		h->open = v.open;
		/* a repair that finds nothing has repaired nothing */
		if (repairs(s) && h->unconfirmed) {
			h->outcome = OUTCOME_GONE;
			h->unconfirmed = false;
		}
	}
}

/* Every entry of the part becomes one outcome; ${cost} is what sending cost. */
static void
settle(struct batch *s, enum brought how, double cost)
{
	struct sweep_run *run = s->run;
	double units = 0;
	char why[400];

	lock_enter(run->lock);
	for (size_t i = s->from; i < s->to; i++) {
		struct held *h = &s->held[i];
		struct ddb_delete *d = write_of(s, i);

		judge(s, i, how);
		units += d->units;
		run->totals->outcomes[h->outcome]++;
		run->totals->unconfirmed += h->unconfirmed;
		if (h->outcome != OUTCOME_FAILED)
			continue;
		(void)snprintf(why, sizeof(why), "%s%s%s",
		    d->code[0] != '\0' ? d->code : "no usable reply",
		    d->message[0] != '\0' ? ": " : "", d->message);
		sweep_totals_failed(run->totals, run->p->rules, &h->item, why);
	}
	account_settle(&run->account, units, cost);
	lock_leave(run->lock);
}

/* Send the part. ${cost}: what that cost, in write units. */
static int
send_part(struct batch *s, double *cost, struct fault *f)
{
	struct ddb_deletes many = { .table = s->run->p->table,
		.list = s->deletes,
		.n = s->to - s->from,
		.mode = &s->run->mode,
		.old = s->old };
	struct buf olds = { 0 };
	int rc = 0;

	*cost = 0;
	if (!repairs(s)) {
		rc = ddb_delete_many(s->conn, &many, f);
		*cost = many.units;
		s->old = many.old;
		return rc;
	}
	/* one by one; their old images are kept behind each other */
	for (size_t i = s->from; i < s->to; i++) {
		struct ddb_deletes one = { .table = many.table,
			.list = write_of(s, i),
			.n = 1 };
		struct ddb_delete *d = write_of(s, i);

		if (rc == 0)
			rc = ddb_update_ttl(s->conn, &one,
			    slice_str(s->held[i].ttl), f);
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

/* Send a part of what is held, and settle it. */
static int
flush_part(struct batch *s, struct fault *f)
{
	struct fault why = { 0 }, later = { 0 };
	enum brought how = SENT;
	double cost;
	int rc = send_part(s, &cost, &why);

	if (rc != 0) {
		how = why.kind == FAULT_CANCELLED || why.kind == FAULT_LATE
		    ? CUT_SHORT
		    : SENT;
		*f = why;
	}
	take_images(s);
	if (read_back(s, rc == 0 ? f : &later) != 0)
		rc = -1;
	settle(s, how, cost);
	if (write_outcomes(s, rc == 0 ? f : &later) != 0)
		rc = -1;
	return rc;
}

/* On to the next part of what is held: its writes, of which nothing is known
 * yet. */
static void
begin_part(struct batch *s)
{
	s->from = s->to;
	s->to = s->n - s->from > PART_MAX ? s->from + PART_MAX : s->n;
	for (size_t i = s->from; i < s->to; i++) {
		const struct held *h = &s->held[i];

		*write_of(s, i) = (struct ddb_delete){
			.partition = h->item.partition,
			.sort = h->item.sort,
			.cond = h->cond,
			.units = h->units,
			.likely = h->item.json,
		};
	}
}

static void
empty(struct batch *s)
{
	s->n = s->from = s->to = 0;
	s->units = 0;
	buf_reset(&s->images);
}

/* Between two parts: -1 when a signal or the deadline came. */
static int
may_go_on(const struct batch *s, struct fault *f)
{
	struct world *w = ddb_world(s->run->p->ddb);

	if (stop_requested())
		return fault(f, FAULT_CANCELLED, "interrupted");
	if (account_late(&s->run->account, w->mono_us(w->ctx)))
		return fault(f, FAULT_LATE, "the deadline has passed");
	return 0;
}

int
batch_flush(struct batch *s, struct fault *f)
{
	struct fault later = { 0 };
	int rc = 0;

	if (s->n == 0)
		return 0;
	if (stop_requested()) {
		batch_drop(s);
		return fault(f, FAULT_CANCELLED, "interrupted");
	}
	if (write_intents(s, f) != 0) {
		batch_drop(s);
		return -1;
	}
	while (s->to < s->n && rc == 0) {
		begin_part(s);
		rc = flush_part(s, f);
		if (rc == 0 && s->to < s->n)
			rc = may_go_on(s, f);
	}
	while (s->to < s->n) {
		begin_part(s);
		settle(s, UNSENT, 0);
		(void)write_outcomes(s, &later);
	}
	empty(s);
	return rc;
}

void
batch_drop(struct batch *s)
{
	while (s->to < s->n) {
		begin_part(s);
		settle(s, UNSENT, 0);
	}
	empty(s);
}

bool
batch_refuses(struct batch *s, const struct record *r, int64_t units)
{
	struct sweep_run *run = s->run;
	struct fault f = { 0 };
	char why[400];

	if (run->journal == NULL ||
	    image_check_item(r->item, run->p->table, &f) == 0)
		return false;
	(void)snprintf(why, sizeof(why),
	    "left alone, as it could not be restored: %.300s", f.text);
	lock_enter(run->lock);
	run->totals->outcomes[OUTCOME_FAILED]++;
	sweep_totals_failed(run->totals, run->p->rules, r->item, why);
	account_settle(&run->account, (double)units, 0);
	lock_leave(run->lock);
	return true;
}

bool
batch_has_room(const struct batch *s, const struct record *r)
{
	return s->n == 0 ||
	    (s->n < HELD_MAX && s->images.n + r->item->json.n < s->images.cap);
}

void
batch_hold(struct batch *s, const struct record *r, int64_t units)
{
	const struct purge *p = s->run->p;
	size_t n = r->item->json.n;
	struct held *h = &s->held[s->n++];
	struct record copy = *r;

	/* a byte less, for the one that ends every buffer */
	if (s->n == 1)
		(void)buf_reserve(&s->images,
		    n > HELD_BYTES - 1 ? n : HELD_BYTES - 1);
	*h = (struct held){ .units = (double)units, .reason = r->reason };
	item_copy(&h->item, &s->images, r->item);
	copy.item = &h->item;
	if (s->page_us == 0)
		s->page_us = service_stamp_us(ddb_service(p->ddb));
	h->at_us = s->page_us;
	condition_of(&h->cond, &s->run->numbers, &copy, p->ttl_attribute,
	    &p->table->schema);
	if (repairs(s))
		(void)batch_repair(h->ttl, r, p->rules, p->ttl_for_missing);
	s->units += h->units;
}
