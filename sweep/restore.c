#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/file_source.h"
#include "inspector/pass.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "inspector/summary.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/sum.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/get.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/source.h"
#include "lib/dynamodb/table.h"
#include "lib/dynamodb/write.h"
#include "sweep/ceiling.h"
#include "sweep/image.h"
#include "sweep/images.h"
#include "sweep/restore.h"
#include "sweep/restore_look.h"
#include "sweep/totals.h"

/*
 * The policy: every file is read to its end, and every image in it checked
 * against the table's key, before the first write. After that it is known
 * which of several images of an entry is the newest, and only that one is put
 * back, so the order of files and workers does not matter. Repairs older than
 * the newest image are undone in a second walk: they were made before it, so
 * they are undone after it. An existing entry is never overwritten.
 */

/* Count an image while its file is checked. */
static int
check_entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct restore_state *run = state;
	struct sweep_totals *t = run->totals;

	(void)f;
	t->of_repair += file_source_ttl(seg, r->item).p != NULL;
	if (run->r->extend_ttl >= 0)
		return 0;
	t->expired += r->state == STATE_PENDING || r->state == STATE_STUCK;
	t->expired_again += r->state == STATE_PENDING;
	return 0;
}

struct putter {
	struct restore_state *run;
	struct ddb_conn *conn;
	const char *repaired; /* the attribute that the journal's repair
				 changed, as its first line says */
	struct buf image, key, old;
	struct page found;
	struct ddb_delete sent;
};

/* What became of one image. */
struct put_result {
	double units;
	enum outcome outcome;
	bool unconfirmed;
	const char *code, *message; /* why it failed */
};

/* ${image} with its TTL attribute set to ${moment}. */
static void
with_ttl(struct buf *out, struct slice image, const char *attribute,
    int64_t moment)
{
	struct slice_walk w = slice_walk(image);
	struct slice name, value;
	size_t n = strlen(attribute);

	buf_addc(out, '{');
	slice_text_encode(out, attribute, n);
	buf_adds(out, ":{\"N\":\"");
	buf_addi(out, moment);
	buf_adds(out, "\"}");
	(void)slice_object(&w);
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0) {
		if (slice_text_is(name, attribute, n))
			continue;
		buf_adds(out, ",\"");
		buf_add(out, name.p, name.n);
		buf_adds(out, "\":");
		buf_add(out, value.p, value.n);
	}
	buf_addc(out, '}');
}

/* Read the entry that has ${item}'s key now: 1 and its image, 0 if there is
 * none, -1. */
static int
look(struct putter *p, const struct item *item, struct slice *there,
    struct fault *f)
{
	const struct restore *r = p->run->r;
	struct slice key;

	buf_reset(&p->key);
	item_key_json(&p->key, item, &r->table->schema);
	key = (struct slice){ p->key.p, p->key.n };
	page_reset(&p->found);
	if (ddb_get_batch(p->conn, r->table, r->ttl_attribute, &key, 1,
		&p->found, f) != 0)
		return -1;
	if (p->found.n == 0)
		return 0;
	*there = p->found.items[0].json;
	return 1;
}

/* ${there}, which was returned as the entry with ${item}'s key; p NULL if it
 * has another key. */
static struct slice
its_own(const struct putter *p, struct slice there, const struct item *item)
{
	const struct restore *r = p->run->r;

	if (there.n == 0 ||
	    image_judge(there, item, r->table, r->ttl_attribute, NULL) ==
		IMAGE_OTHERS)
		return (struct slice){ NULL, 0 };
	return there;
}

/* A request sent twice failed its condition, and the table could not be read
 * to see whether the first one had succeeded: -1. */
static int
reply_lost(struct put_result *out)
{
	out->outcome = OUTCOME_FAILED;
	out->code = "a reply was lost";
	out->message = "and what is there now could not be read";
	return -1;
}

/* The entry is present: what a run has written itself (${ours}) counts as
 * restored, unconfirmed. */
static void
is_present(struct put_result *out, bool ours)
{
	out->outcome = ours ? OUTCOME_DELETED : OUTCOME_REFRESHED;
	out->unconfirmed = ours;
}

/* The outcome of a request that succeeded, failed, or was never sent. */
static enum outcome
outcome_sent(int rc, enum ddb_said said, int sends)
{
	if (said == DDB_SAID_DONE)
		return OUTCOME_DELETED;
	return rc != 0 && sends == 0 ? OUTCOME_SKIPPED : OUTCOME_FAILED;
}

/* Put ${image} where there is no entry. A put that was sent more than once
 * may fail its condition because its first try succeeded. */
static int
put_back(struct putter *p, const struct item *item, struct slice image,
    struct put_result *out, struct fault *f)
{
	struct ddb_deletes one = { .table = p->run->r->table,
		.list = &p->sent,
		.n = 1,
		.old = p->old };
	struct slice there;
	int rc;

	p->sent = (struct ddb_delete){ .units = out->units };
	rc = ddb_put_new(p->conn, &one, image, f);
	p->old = one.old;
	out->code = p->sent.code;
	out->message = p->sent.message;
	out->outcome = outcome_sent(rc, p->sent.said, p->sent.sends);
	if (p->sent.said != DDB_SAID_CONDITION)
		return rc;
	is_present(out, false);
	if (p->sent.sends < 2)
		return rc;
	there = its_own(p, p->sent.old, item);
	if (there.n == 0 && look(p, item, &there, f) < 0)
		return reply_lost(out);
	is_present(out, there.n > 0 && slice_same(there, image));
	return rc;
}

/*
 * Undo a repair: an entry that still has the value ${given} gets its old one
 * again, or none; an entry that is gone is put back whole.
 */
static int
take_back(struct putter *p, const struct item *item, struct slice image,
    struct slice given, struct put_result *out, struct fault *f)
{
	const char *attribute = p->repaired;
	struct ddb_deletes one = { .table = p->run->r->table,
		.list = &p->sent,
		.n = 1,
		.old = p->old };
	struct slice there;
	int rc, found = 1;

	p->sent = (struct ddb_delete){ .partition = item->partition,
		.sort = item->sort,
		.units = out->units,
		.cond = { DDB_COND_SAME, attribute, given, { NULL, 0 } } };
	rc = ddb_update_ttl(p->conn, &one, slice_get(image, attribute), f);
	p->old = one.old;
	out->code = p->sent.code;
	out->message = p->sent.message;
	out->outcome = outcome_sent(rc, p->sent.said, p->sent.sends);
	if (rc != 0 || p->sent.said != DDB_SAID_CONDITION)
		return rc;
	there = its_own(p, p->sent.old, item);
	if (there.p == NULL && (found = look(p, item, &there, f)) < 0)
		return reply_lost(out);
	if (found == 0)
		return put_back(p, item, image, out, f);
	is_present(out, p->sent.sends > 1 && slice_same(there, image));
	return 0;
}

/*
 * Reserve ${units} for an entry (0), or note the ceiling that forbids it (1).
 * An entry that turns out to be present does not count towards --max-items, so
 * at a ceiling the entries in flight are waited for: a run could stop with
 * nothing done otherwise, and the next one again.
 */
static int
take(struct restore_state *run, double units)
{
	struct sweep_totals *t = run->totals;
	int forbids;

	lock_enter(run->lock);
	while ((forbids = account_take(&run->account, units, 0)) >= 0 &&
	    run->under_way > 0)
		lock_wait(run->lock);
	if (forbids < 0) {
		run->under_way++;
	} else {
		t->stopped = ceiling_name((enum ceiling)forbids);
		t->blocked = t->blocked ||
		    ceiling_always(run->account.ceilings, (enum ceiling)forbids,
			units);
	}
	lock_leave(run->lock);
	return forbids >= 0;
}

/* Count what became of ${item}; putting it back has cost ${cost}. */
static void
settle(struct restore_state *run, const struct item *item,
    const struct put_result *result, double cost)
{
	struct sweep_totals *t = run->totals;
	char why[400];

	lock_enter(run->lock);
	run->done++;
	t->outcomes[result->outcome]++;
	t->unconfirmed += result->unconfirmed;
	if (result->outcome == OUTCOME_FAILED) {
		(void)snprintf(why, sizeof(why), "%s%s%s",
		    result->code[0] != '\0' ? result->code : "no usable reply",
		    result->message[0] != '\0' ? ": " : "", result->message);
		sweep_totals_failed(t, run->r->rules, item, why);
	}
	account_settle(&run->account, result->units, cost);
	if (result->outcome == OUTCOME_REFRESHED ||
	    result->outcome == OUTCOME_SKIPPED)
		account_spare(&run->account);
	run->under_way--;
	lock_wake(run->lock);
	lock_leave(run->lock);
}

/* Whether ${item} is put back in this walk; if not, it is counted, or left to
 * the next walk. */
static bool
is_turn(struct restore_state *run, const struct segment *seg,
    const struct item *item)
{
	enum images_turn turn = images_turn(run->images, seg, item);

	if (run->second || turn == IMAGES_NOW)
		return (turn == IMAGES_AFTER) == run->second;
	lock_enter(run->lock);
	if (turn == IMAGES_AFTER) {
		run->after++;
	} else {
		run->totals->outcomes[OUTCOME_REFRESHED]++;
		run->done++;
	}
	lock_leave(run->lock);
	return false;
}

static int
on_entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct putter *p = state;
	const struct restore *o = p->run->r;
	struct slice given = file_source_ttl(seg, r->item);
	struct slice image = r->item->json;
	struct put_result result = { .outcome = OUTCOME_FAILED,
		.code = "",
		.message = "",
		.units = (double)images_units(p->run->images, seg, r->item) };
	double wrote = ddb_wrote(p->conn);
	int rc;

	if (!is_turn(p->run, seg, r->item))
		return 0;
	if (take(p->run, result.units) != 0)
		return 1;
	p->repaired = images_attribute(p->run->images, seg);
	if (o->extend_ttl >= 0) {
		buf_reset(&p->image);
		with_ttl(&p->image, image,
		    given.p != NULL ? p->repaired : o->ttl_attribute,
		    sum_add(o->rules->now, o->extend_ttl));
		image = (struct slice){ p->image.p, p->image.n };
	}
	rc = given.p != NULL ? take_back(p, r->item, image, given, &result, f)
			     : put_back(p, r->item, image, &result, f);
	settle(p->run, r->item, &result, ddb_wrote(p->conn) - wrote);
	return rc;
}

static void *
on_open(void *ctx, int worker, struct ddb_conn *conn, struct fault *f)
{
	struct putter *p = xcalloc(1, sizeof(*p));

	(void)worker;
	(void)f;
	p->run = ctx;
	p->conn = conn;
	return p;
}

static int
on_close(void *state, struct fault *f)
{
	struct putter *p = state;

	(void)f;
	buf_release(&p->image);
	buf_release(&p->key);
	buf_release(&p->old);
	page_release(&p->found);
	free(p);
	return 0;
}

/* A pass reports a page once all of it is done: too seldom here. */
static void
tick(void *ctx, const struct pass_progress *p)
{
	struct restore_state *run = ctx;
	struct pass_progress at = *p;

	if (run->r->tick == NULL)
		return;
	lock_enter(run->lock);
	at.items = run->done;
	lock_leave(run->lock);
	run->r->tick(run->r->tick_ctx, &at);
}

/* Walk over all images; ${first}: only to check and count them. */
static int
walk(struct restore_state *run, struct pass_sink sink, bool first,
    struct fault *f)
{
	const struct restore *r = run->r;
	struct sweep_totals *t = run->totals;
	struct pass pass = { .source =
				 images_walk(run->images, first ? t : NULL),
		.ddb = first ? NULL : r->ddb,
		.table = r->table,
		.rules = r->rules,
		.selection = r->selection,
		.jobs = first ? 1 : r->jobs,
		.sink = sink,
		.tick = first ? r->tick : tick,
		.tick_ctx = first ? r->tick_ctx : run };
	struct pass_progress done = { 0 };
	struct summary s;
	int rc;

	pass.sink.ctx = run;
	summary_init(&s, 0, true);
	rc = pass_run(&pass, &s, &done, f);
	if (first)
		t->units = done.units;
	if (first && rc == 0) {
		t->scanned = done.items;
		t->matched = done.matched;
		t->prefixes |= s.prefixes;
	}
	summary_release(&s);
	source_close(pass.source);
	return rc;
}

/* Put everything back, or look up what that would do. */
static int
put_or_look(struct restore_state *run, struct fault *f)
{
	const struct restore *r = run->r;
	const struct pass_sink put = { .open = on_open,
		.entry = on_entry,
		.close = on_close };
	int rc;

	if (r->begin != NULL)
		r->begin(r->tick_ctx, run->totals->matched);
	if (!r->execute) {
		run->totals->units = 0;
		return walk(run, restore_look, false, f);
	}
	rc = walk(run, put, false, f);
	run->second = true;
	return rc == 0 && run->after > 0 ? walk(run, put, false, f) : rc;
}

int
restore_run(const struct restore *r, struct sweep_totals *totals,
    struct fault *f)
{
	struct restore_state run = { .r = r,
		.images = images_open(r, f),
		.totals = totals,
		.account = { .ceilings = r->ceilings } };
	int64_t settled = 0;
	int rc = -1;

	run.lock = lock_new();
	if (run.images != NULL)
		rc = walk(&run, (struct pass_sink){ .entry = check_entry },
		    true, f);
	if (rc == 0)
		rc = images_newest(run.images, f);
	if (rc == 0)
		rc = put_or_look(&run, f);
	lock_free(run.lock);
	images_close(run.images);
	for (int i = 0; i < OUTCOMES; i++)
		settled += totals->outcomes[i];
	totals->outcomes[OUTCOME_SKIPPED] += totals->matched - settled;
	if (rc < 0)
		totals->stopped =
		    f->kind == FAULT_CANCELLED ? "interrupted" : "failed";
	return rc;
}
