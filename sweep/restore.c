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
#include "lib/dynamodb/attr.h"
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
 * The policy: every file is read from end to end, and every image in it
 * judged against the table's key, before the first write. Of several images
 * of an entry it is known by then which is the newest, and only that is put
 * back; so it does not matter in which order files and workers come to them.
 * Only repairs that are older than the newest image come in a second walk: as
 * they were made before, they are undone after. Nothing that is there is
 * overwritten.
 */

/* What is counted of the files while they are checked. */
struct checking {
	const struct restore *r;
	struct sweep_totals *totals;
};

static int
check_entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct checking *c = state;
	struct sweep_totals *t = c->totals;

	(void)f;
	t->of_repair += file_source_ttl(seg, r->item).p != NULL;
	/* what is restored is expired, and the table's TTL will take it */
	if (c->r->extend_ttl < 0 && r->state == STATE_PENDING)
		t->expired_again = true;
	return 0;
}

/* Read all files without writing: their images are counted. */
static int
check_files(const struct restore *r, struct images *images,
    struct sweep_totals *totals, struct fault *f)
{
	struct checking c = { .r = r, .totals = totals };
	struct pass pass = { .source = images_walk(images, totals),
		.rules = r->rules,
		.selection = r->selection,
		.jobs = 1,
		.table = r->table,
		.sink = { .ctx = &c, .entry = check_entry },
		.tick = r->tick,
		.tick_ctx = r->tick_ctx };
	struct summary s;
	struct pass_progress done = { 0 };
	int rc;

	summary_init(&s, 0, true);
	rc = pass_run(&pass, &s, &done, f);
	if (rc == 0) {
		totals->scanned = done.items;
		totals->matched = done.matched;
		totals->prefixes |= s.prefixes;
	}
	totals->units = done.units;
	summary_release(&s);
	source_close(pass.source);
	return rc;
}

/* What the workers that put back share. */
struct writing {
	const struct restore *r;
	struct images *images;
	bool second;       /* the walk for what comes after the newest */
	struct lock *lock; /* all below; woken when an entry is settled */
	struct sweep_totals *totals;
	struct account account;
	int under_way; /* entries taken on, and not settled */
	int64_t after; /* entries for the second walk */
};

struct putter {
	struct writing *run;
	struct ddb_conn *conn;
	const char *repaired; /* the attribute that the journal's repair
				 changed: what its own first line names */
	struct buf image, key, old;
	struct page found;
	struct ddb_put put;
	struct ddb_delete update;
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

/* What the table holds now under ${item}'s key: 1 and its image, 0, -1. */
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

/* ${there} came back as what has ${item}'s key: p NULL where it has not. */
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

/* What was sent twice may have been ours or another's, and the table could
 * not be asked: -1. */
static int
untold(struct put_result *out)
{
	out->outcome = OUTCOME_FAILED;
	out->code = "a reply was lost";
	out->message = "and what is there now could not be read";
	return -1;
}

/* What was not done: refused to the end, as often as it was tried, or not come
 * to at all. */
static enum outcome
not_done(int rc, int sends)
{
	return rc != 0 && sends == 0 ? OUTCOME_SKIPPED : OUTCOME_FAILED;
}

/* Put ${image} where nothing is. A put that was sent more than once and
 * fails its condition may have failed because of itself. */
static int
put_back(struct putter *p, const struct item *item, struct slice image,
    struct put_result *out, struct fault *f)
{
	struct slice there = { NULL, 0 };
	int rc;

	p->put.item = image;
	p->put.units = out->units;
	rc = ddb_put_new(p->conn, p->run->r->table, &p->put, f);
	out->code = p->put.code;
	out->message = p->put.message;
	switch (p->put.said) {
	case DDB_SAID_DONE:
		out->outcome = OUTCOME_DELETED;
		return rc;
	case DDB_SAID_CONDITION:
		out->outcome = OUTCOME_REFRESHED;
		if (p->put.sends < 2)
			return rc;
		there = its_own(p,
		    (struct slice){ p->put.present.p, p->put.present.n }, item);
		if (there.n == 0 && look(p, item, &there, f) < 0)
			return untold(out);
		out->unconfirmed = there.n > 0 && slice_same(there, image);
		if (out->unconfirmed)
			out->outcome = OUTCOME_DELETED;
		return rc;
	default:
		out->outcome = not_done(rc, p->put.sends);
		return rc;
	}
}

/*
 * Undo a repair: where the entry still has the value ${given}, it gets ${old}
 * again (p NULL: no TTL); where it is gone, it comes back whole.
 */
static int
take_back(struct putter *p, const struct item *item, struct slice image,
    struct slice given, struct put_result *out, struct fault *f)
{
	const struct restore *r = p->run->r;
	const char *attribute = p->repaired;
	struct slice old = slice_get(image, attribute);
	struct slice there = { NULL, 0 };
	struct ddb_deletes one = { .table = r->table,
		.list = &p->update,
		.n = 1,
		.old = p->old };
	int rc, found = 1;

	p->update = (struct ddb_delete){ .partition = item->partition,
		.sort = item->sort,
		.units = out->units,
		.cond = { DDB_COND_SAME, attribute, given, { NULL, 0 } } };
	rc = ddb_update_ttl(p->conn, &one, old, f);
	p->old = one.old;
	out->code = p->update.code;
	out->message = p->update.message;
	out->outcome = p->update.said == DDB_SAID_DONE
	    ? OUTCOME_DELETED
	    : not_done(rc, p->update.sends);
	if (rc != 0 || p->update.said != DDB_SAID_CONDITION)
		return rc;
	there = its_own(p, p->update.old, item);
	if (there.p == NULL && (found = look(p, item, &there, f)) < 0)
		return untold(out);
	if (found == 0)
		return put_back(p, item, image, out, f);
	out->outcome = OUTCOME_REFRESHED;
	out->unconfirmed = p->update.sends > 1 && slice_same(there, image);
	if (out->unconfirmed)
		out->outcome = OUTCOME_DELETED;
	return 0;
}

static void
count_put(struct putter *p, const struct item *item,
    const struct put_result *result)
{
	struct sweep_totals *t = p->run->totals;
	char why[400];

	lock_enter(p->run->lock);
	t->outcomes[result->outcome]++;
	t->unconfirmed += result->unconfirmed;
	if (result->outcome == OUTCOME_FAILED) {
		(void)snprintf(why, sizeof(why), "%s%s%s",
		    result->code[0] != '\0' ? result->code : "no usable reply",
		    result->message[0] != '\0' ? ": " : "", result->message);
		sweep_totals_failed(t, p->run->r->rules, item, why);
	}
	lock_leave(p->run->lock);
}

/*
 * Take an entry of ${units} on (0), or note the ceiling that forbids it (1).
 * One that turns out to be present counts as no item, so where a ceiling is
 * met, those that are under way are waited for: else a run could stop with
 * nothing done, and the next one likewise.
 */
static int
take(struct writing *run, double units)
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

static void
settle(struct writing *run, const struct put_result *result, double cost)
{
	lock_enter(run->lock);
	account_settle(&run->account, result->units, cost);
	if (result->outcome == OUTCOME_REFRESHED ||
	    result->outcome == OUTCOME_SKIPPED)
		account_spare(&run->account);
	run->under_way--;
	lock_wake(run->lock);
	lock_leave(run->lock);
}

/* Whether ${item} is to be put back in this walk; else it is counted, or comes
 * in the next. */
static bool
is_turn(struct writing *run, const struct segment *seg, const struct item *item)
{
	enum images_turn turn = images_turn(run->images, seg, item);

	if (run->second || turn == IMAGES_NOW)
		return (turn == IMAGES_AFTER) == run->second;
	lock_enter(run->lock);
	if (turn == IMAGES_AFTER)
		run->after++;
	else
		run->totals->outcomes[OUTCOME_REFRESHED]++;
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
	count_put(p, r->item, &result);
	settle(p->run, &result, ddb_wrote(p->conn) - wrote);
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
	buf_release(&p->put.present);
	page_release(&p->found);
	free(p);
	return 0;
}

static int64_t
settled(const struct sweep_totals *t)
{
	int64_t n = 0;

	for (int i = 0; i < OUTCOMES; i++)
		n += t->outcomes[i];
	return n;
}

/* A page is told of when all of it is done; that would be seldom. */
static void
tick(void *ctx, const struct pass_progress *p)
{
	struct writing *run = ctx;
	struct pass_progress at = *p;

	if (run->r->tick == NULL)
		return;
	lock_enter(run->lock);
	at.items = settled(run->totals);
	lock_leave(run->lock);
	run->r->tick(run->r->tick_ctx, &at);
}

static int
put_walk(struct writing *run, struct fault *f)
{
	const struct restore *r = run->r;
	struct pass pass = { .source = images_walk(run->images, NULL),
		.ddb = r->ddb,
		.table = r->table,
		.rules = r->rules,
		.selection = r->selection,
		.jobs = r->jobs,
		.sink = { run, on_open, on_entry, NULL, NULL, on_close },
		.tick = tick,
		.tick_ctx = run };
	struct summary s;
	int rc;

	summary_init(&s, 0, true);
	rc = pass_run(&pass, &s, NULL, f);
	summary_release(&s);
	source_close(pass.source);
	return rc;
}

static int
put_files(const struct restore *r, struct images *images,
    struct sweep_totals *totals, struct fault *f)
{
	struct writing run = { .r = r,
		.images = images,
		.lock = lock_new(),
		.totals = totals,
		.account = { .ceilings = r->ceilings } };
	int rc;

	if (r->begin != NULL)
		r->begin(r->tick_ctx, totals->matched);
	rc = put_walk(&run, f);
	run.second = true;
	if (rc == 0 && run.after > 0)
		rc = put_walk(&run, f);
	lock_free(run.lock);
	return rc;
}

int
restore_run(const struct restore *r, struct sweep_totals *totals,
    struct fault *f)
{
	struct images *images =
	    images_open(&(struct images_options){ .files = r->files,
			    .n = r->nfiles,
			    .table = r->table,
			    .ttl = r->ttl_attribute,
			    .other_table = r->other_table,
			    .deleted = r->deleted },
		f);
	int rc = images != NULL ? 0 : -1;

	if (rc == 0)
		rc = check_files(r, images, totals, f);
	if (rc == 0)
		rc = images_newest(images, f);
	if (rc == 0)
		rc = r->execute ? put_files(r, images, totals, f)
				: restore_look(r, images, totals, f);
	images_close(images);
	/* what was not come to */
	totals->outcomes[OUTCOME_SKIPPED] += totals->matched - settled(totals);
	if (rc < 0)
		totals->stopped =
		    f->kind == FAULT_CANCELLED ? "interrupted" : "failed";
	return rc;
}
