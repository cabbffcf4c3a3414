#include <stdlib.h>
#include <string.h>

#include "export/file_source.h"
#include "inspector/record.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/cost.h"
#include "lib/dynamodb/get.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"
#include "sweep/ceiling.h"
#include "sweep/image.h"
#include "sweep/images.h"
#include "sweep/restore.h"
#include "sweep/restore_look.h"
#include "sweep/totals.h"

/*
 * A dry run of restore: which of the keys have an entry now? The keys are read
 * consistently, as many at once as the pace allows, and only keys and TTL are
 * fetched. That costs read units, which a run would not need; but without it
 * nobody knows what a run would do and cost.
 */

/* Keys of one BatchGetItem (DynamoDB API reference). */
#define KEYS_MOST IMAGE_KEYS_MOST
/* A consistent read unit and a write unit, in bytes. */
#define READ_UNIT 4096
#define WRITE_UNIT 1024

/* An entry between its place in the file and its answer. */
struct asked {
	struct slice given; /* the TTL value that a repair gave it, p NULL */
	enum state state;
	bool endless;    /* without an expiry time */
	int64_t units;   /* write units to undo its repair, … */
	int64_t whole;   /* … to put it where nothing is, … */
	int64_t refused; /* … to find that it is present */
	bool after;  /* its repair is undone after a newer image was put back */
	bool judged; /* by the attribute that its TTL is in */
	bool present;
	bool changed; /* of a repair: it has another TTL value now */
};

struct looker {
	struct restore_state *run;
	struct ddb_conn *conn;
	struct ddb_keys ask;
	const char *ttl; /* the attribute that a repair changed */
	struct image_keys keys;
	struct asked asked[KEYS_MOST]; /* of each key */
	double units;                  /* estimated read units */
	struct buf scratch;
	struct page found;
};

/* Whether the TTL value ${there} equals the one that a repair gave. */
static bool
same_ttl(struct looker *l, struct slice there, struct slice given)
{
	struct slice inner;

	return there.p != NULL && attr_open(there, &inner) == ATTR_N &&
	    attr_key_same(there, given, &l->scratch);
}

static void
note_found(struct looker *l)
{
	for (size_t i = 0; i < l->found.n; i++) {
		const struct item *there = &l->found.items[i];
		int key = image_keys_find(&l->keys, there);
		struct asked *a;

		if (key < 0)
			continue;
		a = &l->asked[key];
		a->present = true;
		a->changed =
		    a->given.p != NULL && !same_ttl(l, there->ttl, a->given);
	}
}

void
restore_count_put(struct restore_state *run, enum state state, bool endless,
    bool changes)
{
	struct sweep_totals *t = run->totals;

	t->endless += endless;
	if (changes)
		return;
	t->expired += state == STATE_PENDING || state == STATE_STUCK;
	t->expired_again += state == STATE_PENDING && run->r->extend_ttl < 0;
}

/* Count one answer: 0, or 1 where a run would stop before it. */
static int
count_one(struct restore_state *run, const struct asked *a)
{
	struct sweep_totals *t = run->totals;
	/* what was put back just before, with its new TTL, has nothing left to
	 * undo */
	bool settled = a->after && !a->present && run->r->extend_ttl >= 0;
	bool writes =
	    !settled && (!a->present || (a->given.p != NULL && !a->changed));
	/* to find that its entry is gone takes an undo one write more */
	int64_t gone = a->whole + (a->given.p != NULL ? a->refused : 0);
	double units = (double)(!a->present && !a->after ? gone
		: writes                                 ? a->units
							 : a->refused);
	int forbids = account_take(&run->account, units, 0);

	t->chained = t->chained || a->after;
	if (forbids >= 0) {
		t->stopped = ceiling_name((enum ceiling)forbids);
		t->blocked = ceiling_always(run->account.ceilings,
		    (enum ceiling)forbids, units);
		return 1;
	}
	account_settle(&run->account, units, units);
	t->units += (int64_t)units;
	if (writes) {
		bool changes = a->given.p != NULL && (a->present || a->after);

		run->to_put++;
		t->changed += changes;
		t->lasting += !changes && a->judged &&
		    a->state != STATE_PENDING && a->state != STATE_STUCK;
		t->gone_since += a->given.p != NULL && !a->present && !a->after;
		restore_count_put(run, a->state, a->endless, changes);
		return 0;
	}
	account_spare(&run->account);
	t->outcomes[OUTCOME_REFRESHED]++;
	return 0;
}

/* Count the answers up to the point where a run would stop. */
static int
count_answers(struct looker *l)
{
	struct restore_state *run = l->run;
	int rc;

	lock_enter(run->lock);
	rc = run->totals->stopped != NULL;
	for (size_t i = 0; i < l->keys.n && rc == 0; i++)
		rc = count_one(run, &l->asked[i]);
	run->done += (int64_t)l->keys.n;
	lock_leave(run->lock);
	return rc;
}

/* Look up the pending keys, which point into the page of ${seg}: 0, 1 where a
 * run would stop, -1. */
static int
flush(void *state, const struct segment *seg, struct fault *f)
{
	struct looker *l = state;
	const struct restore *r = l->run->r;
	int rc = 0;

	(void)seg;
	if (l->keys.n == 0)
		return 0;
	l->ask.units = l->units / (double)l->keys.n;
	l->ask.projected = true;
	while (rc == 0 && l->ask.n > 0) {
		page_reset(&l->found);
		rc = ddb_get_some(l->conn, r->table, l->ttl, &l->ask, &l->found,
		    f);
		if (rc == 0)
			note_found(l);
	}
	if (rc == 0)
		rc = count_answers(l);
	buf_reset(&l->ask.json);
	l->ask.n = 0;
	image_keys_reset(&l->keys);
	l->units = 0;
	return rc;
}

static int64_t
started(int64_t bytes, int64_t unit)
{
	return bytes > unit ? (bytes + unit - 1) / unit : 1;
}

int64_t
restore_refused(const struct record *r)
{
	return started(r->size, WRITE_UNIT);
}

void
restore_count_older(struct restore_state *run)
{
	run->totals->outcomes[OUTCOME_REFRESHED]++;
	run->totals->older++;
	run->done++;
}

/* Add one key; its image shows how many read units it takes. */
static int
on_entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct looker *l = state;
	const struct restore *o = l->run->r;
	double share = ddb_share(o->ddb, false);
	double units = (double)started(r->size, READ_UNIT);
	struct slice given = file_source_ttl(seg, r->item);
	enum images_turn turn = images_turn(l->run->images, seg, r->item);
	struct asked *a;
	int rc = 0;

	if (turn == IMAGES_OLD) {
		lock_enter(l->run->lock);
		restore_count_older(l->run);
		lock_leave(l->run->lock);
		return 0;
	}
	/* a request contains each key once */
	if (l->keys.n == KEYS_MOST || (share > 0 && l->units + units > share) ||
	    image_keys_find(&l->keys, r->item) >= 0)
		rc = flush(l, seg, f);
	if (rc != 0)
		return rc;
	l->ttl = images_attribute(l->run->images, seg);
	a = &l->asked[l->keys.n];
	image_keys_add(&l->keys, r->item);
	*a = (struct asked){ .given = given,
		.after = turn == IMAGES_AFTER,
		.state = r->state,
		.endless = !r->has_moment,
		.judged = strcmp(l->ttl, o->ttl_attribute) == 0,
		.units = images_units(l->run->images, seg, r->item),
		.whole = cost_item(o->table, r->item),
		.refused = restore_refused(r) };
	buf_reset(&l->scratch);
	item_key_json(&l->scratch, r->item, &o->table->schema);
	ddb_keys_add(&l->ask, (struct slice){ l->scratch.p, l->scratch.n });
	l->units += units;
	return 0;
}

static void *
on_open(void *ctx, int worker, struct ddb_conn *conn, struct fault *f)
{
	struct looker *l = xcalloc(1, sizeof(*l));

	(void)worker;
	(void)f;
	l->run = ctx;
	l->conn = conn;
	return l;
}

static int
on_close(void *state, struct fault *f)
{
	struct looker *l = state;

	(void)f;
	buf_release(&l->ask.json);
	image_keys_release(&l->keys);
	buf_release(&l->scratch);
	page_release(&l->found);
	free(l);
	return 0;
}

const struct pass_sink restore_look = { .open = on_open,
	.entry = on_entry,
	.page = flush,
	.close = on_close };
