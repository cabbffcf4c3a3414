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
#include "lib/dynamodb/cost.h"
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

	(void)f;
	if (file_source_ttl(seg, r->item).p == NULL)
		return 0;
	lock_enter(run->lock);
	run->totals->of_repair++;
	lock_leave(run->lock);
	return 0;
}

/* Images held by a worker are put back once they are this long together. */
#define PUT_BYTES ((size_t)256 << 10)

/* An image that is to be put back, of the current page. */
struct put {
	const struct item *item;
	enum state state;
	bool endless; /* without an expiry time */
	struct slice image;
	size_t made_at; /* image.p NULL: where in the putter's images it is */
	double units;   /* reserved; for one that is gone, to undo its repair */
	double refused; /* what it takes if its key has an entry */
	struct slice there; /* the entry that has its key now, p NULL if none */
	bool gone;          /* since the repair that is undone */
	bool open;          /* the reply did not say what became of the put */
};

struct putter {
	struct restore_state *run;
	struct ddb_conn *conn;
	const char *ttl; /* the attribute that the journal's first line names,
			    else the table's */
	struct put puts[WRITE_BATCH_MAX]; /* none when a page has ended */
	struct image_keys keys;           /* of each of them */
	size_t bytes;
	double units;
	struct ddb_write writes[WRITE_BATCH_MAX]; /* … of them */
	double counted; /* write units of the connection, so far */
	struct buf images, key, old;
	struct page found;
};

/* What became of one image. */
struct put_result {
	enum state state; /* of the image */
	bool endless;     /* without an expiry time */
	double units;
	enum outcome outcome;
	bool unconfirmed;
	bool gone;                  /* as in put */
	bool changes;               /* it is not put back, but changed back */
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

/* No reply says whether a request has succeeded, and the table could not be
 * read. */
static void
reply_lost(struct put_result *out)
{
	out->outcome = OUTCOME_FAILED;
	out->code = "a reply was lost";
	out->message = "and what is there now could not be read";
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

/* Send the first ${n} writes. */
static int
send_writes(struct putter *p, size_t n, struct fault *f)
{
	struct ddb_writes many = { .table = p->run->r->table,
		.list = p->writes,
		.n = n,
		.mode = &p->run->mode,
		.old = p->old };
	int rc = ddb_write_many(p->conn, &many, f);

	p->old = many.old;
	return rc;
}

/* Whether it is open what became of ${w}: no reply says it, or it was sent more
 * than once and met an entry, which may be what its first try has put. */
static bool
is_open(const struct ddb_write *w)
{
	return w->unsure || (w->said == DDB_SAID_CONDITION && w->sends > 1);
}

/* Look up the entries of all puts of which it is open what became. */
static int
look_all(struct putter *p, struct fault *f)
{
	const struct restore *r = p->run->r;
	struct slice keys[WRITE_BATCH_MAX];
	size_t ends[WRITE_BATCH_MAX], n = 0;

	buf_reset(&p->key);
	page_reset(&p->found);
	for (size_t i = 0; i < p->keys.n; i++) {
		struct put *put = &p->puts[i];

		put->open = is_open(&p->writes[i]);
		/* a single put may have brought it along */
		put->there = its_own(p, p->writes[i].old, put->item);
		if (!put->open || put->there.n > 0)
			continue;
		item_key_json(&p->key, p->puts[i].item, &r->table->schema);
		ends[n++] = p->key.n;
	}
	for (size_t i = 0; i < n; i++) {
		size_t from = i > 0 ? ends[i - 1] : 0;

		keys[i] = (struct slice){ p->key.p + from, ends[i] - from };
	}
	if (n > 0 &&
	    ddb_get_batch(p->conn, r->table, r->ttl_attribute, keys, n,
		&p->found, f) != 0)
		return -1;
	for (size_t i = 0; i < p->found.n; i++) {
		int at = image_keys_find(&p->keys, &p->found.items[i]);

		if (at >= 0)
			p->puts[at].there = p->found.items[i].json;
	}
	return 0;
}

/* Decide what became of put ${i}. ${rc}: of the call that sent it; ${looked}:
 * the entries of open ones were looked up. */
static void
judge_put(struct putter *p, size_t i, int rc, bool looked,
    struct put_result *out)
{
	const struct ddb_write *w = &p->writes[i];
	struct slice there = p->puts[i].there;

	out->code = w->code;
	out->message = w->message;
	out->outcome = outcome_sent(rc, w->said, w->sends);
	if (!p->puts[i].open) {
		if (w->said == DDB_SAID_CONDITION)
			is_present(out, false);
	} else if (there.n > 0) {
		is_present(out, slice_same(there, w->put));
	} else if (!looked) {
		reply_lost(out);
	} else if (w->said == DDB_SAID_CONDITION) {
		/* what it met is gone again */
		is_present(out, false);
	}
}

/*
 * Undo a repair: an entry that still has the value ${given} gets its old one
 * again, or none. 1: the entry is gone, and is to be put back whole.
 */
static int
take_back(struct putter *p, const struct record *r, struct slice image,
    struct slice given, struct put_result *out, struct fault *f)
{
	const struct item *item = r->item;
	const char *attribute = p->ttl;
	struct ddb_write *w = &p->writes[0];
	struct ddb_writes one = { .table = p->run->r->table,
		.list = w,
		.n = 1,
		.old = p->old };
	struct fault later = { 0 };
	struct slice there;
	int rc, found = 1;

	*w = (struct ddb_write){ .partition = item->partition,
		.sort = item->sort,
		.units = out->units,
		.refused = (double)restore_refused(r),
		.cond = { DDB_COND_SAME, attribute, given, { NULL, 0 } } };
	rc = ddb_update_ttl(p->conn, &one, slice_get(image, attribute), f);
	p->old = one.old;
	out->code = w->code;
	out->message = w->message;
	out->outcome = outcome_sent(rc, w->said, w->sends);
	if (w->unsure) {
		/* the first fault is the one that matters */
		found = look(p, item, &there, rc == 0 ? f : &later);
		if (found < 0)
			reply_lost(out);
		else if (found > 0 &&
		    !slice_same(slice_get(there, attribute), given))
			is_present(out, slice_same(there, image));
		return found < 0 ? -1 : found == 0 && rc == 0 ? 1 : rc;
	}
	if (rc != 0 || w->said != DDB_SAID_CONDITION)
		return rc;
	there = its_own(p, w->old, item);
	if (there.p == NULL && (found = look(p, item, &there, f)) < 0) {
		reply_lost(out);
		return -1;
	}
	if (found == 0)
		return 1;
	is_present(out, w->sends > 1 && slice_same(there, image));
	return 0;
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
	if (result->outcome == OUTCOME_DELETED) {
		restore_count_put(run, result->state, result->endless,
		    result->changes);
		t->changed += result->changes;
		t->gone_since += result->gone;
	}
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

/* Write units used since the last call. */
static double
spent(struct putter *p)
{
	double before = p->counted;

	p->counted = ddb_wrote(p->conn);
	return p->counted - before;
}

static void
begin_writes(struct putter *p)
{
	for (size_t i = 0; i < p->keys.n; i++) {
		struct put *put = &p->puts[i];

		if (put->image.p == NULL)
			put->image.p = p->images.p + put->made_at;
		p->writes[i] = (struct ddb_write){ .put = put->image,
			.units = put->gone
			    ? (double)cost_item(p->run->r->table, put->item)
			    : put->units,
			.refused = put->refused };
	}
}

/* Put back what is held: afterwards nothing is, whatever fails. */
static int
flush(struct putter *p, struct fault *f)
{
	struct fault later = { 0 };
	bool looked;
	int rc;

	if (p->keys.n == 0)
		return 0;
	begin_writes(p);
	rc = send_writes(p, p->keys.n, f);
	looked = look_all(p, rc == 0 ? f : &later) == 0;
	for (size_t i = 0; i < p->keys.n; i++) {
		struct put_result result = { .state = p->puts[i].state,
			.endless = p->puts[i].endless,
			.units = p->puts[i].units,
			.gone = p->puts[i].gone };

		judge_put(p, i, rc, looked, &result);
		/* the cost is known of all together */
		settle(p->run, p->puts[i].item, &result, i == 0 ? spent(p) : 0);
	}
	image_keys_reset(&p->keys);
	p->bytes = 0;
	p->units = 0;
	buf_reset(&p->images);
	return looked ? rc : -1;
}

/*
 * Reserve ${units} for an entry (0), or note the ceiling that forbids it (1);
 * -1. An entry that turns out to be present does not count towards --max-items,
 * so at a ceiling the entries under way are waited for: a run could stop with
 * nothing done otherwise, and the next one again. Those that this worker holds
 * are put back before it waits.
 */
static int
take(struct putter *p, double units, struct fault *f)
{
	struct restore_state *run = p->run;
	struct sweep_totals *t = run->totals;
	int forbids;

	lock_enter(run->lock);
	while ((forbids = account_take(&run->account, units, 0)) >= 0 &&
	    run->under_way > 0) {
		if (p->keys.n == 0) {
			lock_wait(run->lock);
			continue;
		}
		lock_leave(run->lock);
		if (flush(p, f) != 0)
			return -1;
		lock_enter(run->lock);
	}
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
		run->totals->chained = true;
	} else {
		restore_count_older(run);
	}
	lock_leave(run->lock);
	return false;
}

/* Hold the image ${r}, for which ${units} are reserved; ${attribute} gets the
 * time of --extend-ttl. ${gone}: since the repair that is undone. */
static int
hold(struct putter *p, const struct record *r, const char *attribute,
    double units, bool gone, struct fault *f)
{
	const struct restore *o = p->run->r;
	const struct item *item = r->item;
	struct put *put = &p->puts[p->keys.n];

	*put = (struct put){ .item = item,
		.state = r->state,
		.endless = !r->has_moment,
		.image = item->json,
		.made_at = p->images.n,
		.gone = gone,
		.units = units,
		.refused = (double)restore_refused(r) };
	image_keys_add(&p->keys, item);
	p->bytes += item->json.n;
	p->units += units;
	if (o->extend_ttl >= 0) {
		with_ttl(&p->images, item->json, attribute,
		    sum_add(o->rules->now, o->extend_ttl));
		put->image = (struct slice){ NULL, p->images.n - put->made_at };
	}
	return p->keys.n == WRITE_BATCH_MAX || p->bytes >= PUT_BYTES
	    ? flush(p, f)
	    : 0;
}

/* Undo the repair of ${r}, which gave it ${given}. */
static int
undo_repair(struct putter *p, const struct record *r, struct slice given,
    double units, struct fault *f)
{
	const struct restore *o = p->run->r;
	struct put_result result = { .state = r->state,
		.endless = !r->has_moment,
		.units = units,
		.changes = true };
	const struct item *item = r->item;
	struct slice image = item->json;
	int rc;

	if (o->extend_ttl >= 0) {
		with_ttl(&p->images, image, p->ttl,
		    sum_add(o->rules->now, o->extend_ttl));
		image = (struct slice){ p->images.p, p->images.n };
	}
	rc = take_back(p, r, image, given, &result, f);
	buf_reset(&p->images);
	if (rc == 1) {
		rc = hold(p, r, p->ttl, units, true, f);
		return rc == 0 ? flush(p, f) : rc;
	}
	settle(p->run, item, &result, spent(p));
	return rc;
}

/* Whether ${r}, which takes ${units}, is for another request than what is held:
 * one contains each key once, and takes no more than the pace allows. */
static bool
is_for_next(struct putter *p, const struct record *r, double units)
{
	double share = ddb_share(p->run->r->ddb, true);

	return p->keys.n > 0 &&
	    ((share > 0 && p->units + units > share) ||
		image_keys_find(&p->keys, r->item) >= 0);
}

static int
on_entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct putter *p = state;
	struct slice given = file_source_ttl(seg, r->item);
	double units = (double)images_units(p->run->images, seg, r->item);
	int rc;

	if (!is_turn(p->run, seg, r->item))
		return 0;
	if ((given.p != NULL || is_for_next(p, r, units)) &&
	    (rc = flush(p, f)) != 0)
		return rc;
	if ((rc = take(p, units, f)) != 0)
		return rc;
	p->ttl = images_attribute(p->run->images, seg);
	return given.p != NULL ? undo_repair(p, r, given, units, f)
			       : hold(p, r, p->ttl, units, false, f);
}

static int
on_page(void *state, const struct segment *seg, struct fault *f)
{
	(void)seg;
	return flush(state, f);
}

static void *
on_open(void *ctx, int worker, struct ddb_conn *conn, struct fault *f)
{
	struct putter *p = xcalloc(1, sizeof(*p));

	(void)worker;
	(void)f;
	p->run = ctx;
	p->conn = conn;
	p->counted = ddb_wrote(conn);
	return p;
}

static int
on_close(void *state, struct fault *f)
{
	struct putter *p = state;

	(void)f;
	image_keys_release(&p->keys);
	buf_release(&p->images);
	buf_release(&p->key);
	buf_release(&p->old);
	page_release(&p->found);
	free(p);
	return 0;
}

/* Progress is what has an outcome, not what was read. */
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

/* Whether a run may stop early: a dry run looks keys up in the order of the
 * files then, as which of them come first decides what it would get done. */
static bool
has_ceiling(const struct ceilings *c)
{
	return c->given[CEILING_ITEMS] || c->given[CEILING_UNITS] ||
	    c->given[CEILING_COST];
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
		.jobs = first || r->execute || !has_ceiling(r->ceilings)
		    ? r->jobs
		    : 1,
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
		t->nameless = summary_nameless(&s);
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
		.page = on_page,
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
		.mode = r->batch,
		.images = images_open(r, f),
		.totals = totals,
		.account = { .ceilings = r->ceilings } };
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
	totals->outcomes[OUTCOME_SKIPPED] +=
	    totals->matched - sweep_totals_settled(totals);
	if (!r->execute)
		totals->unseen = totals->outcomes[OUTCOME_SKIPPED] - run.to_put;
	/* what is present would use up the same limit again */
	if (rc >= 0 && totals->stopped != NULL &&
	    totals->outcomes[OUTCOME_DELETED] + run.to_put == 0)
		totals->blocked = true;
	if (rc < 0)
		totals->stopped =
		    f->kind == FAULT_CANCELLED ? "interrupted" : "failed";
	return rc;
}
