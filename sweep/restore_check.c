#include <string.h>

#include "base/fault.h"
#include "dynamodb/source.h"
#include "dynamodb/table.h"
#include "export/reader.h"
#include "inspector/pass.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "inspector/summary.h"
#include "sweep/images.h"
#include "sweep/newest.h"
#include "sweep/restore.h"
#include "sweep/totals.h"
#include "sweep/twins.h"

/* Keys of an export that are held against each other, 48 bytes each. */
#define TWINS_MAX ((size_t)1 << 18)

struct checking {
	const struct restore *r;
	struct sweep_totals *totals;
};

/* A journal of another table is only taken when the user named the table. */
static int
check_journal(const struct restore *r, const struct images *im, struct fault *f)
{
	const struct journal_index *ix = reader_journal(im->reader);
	const struct journal_header *h;

	if (ix == NULL)
		return 0;
	h = &ix->header;
	if (strcmp(h->partition, r->table->partition) != 0 ||
	    (h->sort == NULL) != (r->table->sort == NULL) ||
	    (h->sort != NULL && strcmp(h->sort, r->table->sort) != 0))
		return fault(f, FAULT_DATA,
		    "%s: the journal's key is (%s%s%s), table %s has "
		    "(%s%s%s)",
		    im->path, h->partition, h->sort != NULL ? ", " : "",
		    h->sort != NULL ? h->sort : "", r->table->name,
		    r->table->partition, r->table->sort != NULL ? ", " : "",
		    r->table->sort != NULL ? r->table->sort : "");
	if (strcmp(h->table, r->table->name) != 0 && !r->other_table)
		return fault(f, FAULT_REFUSED,
		    "%s: a journal of table %s, and this is table %s; to put "
		    "its entries here all the same, say --table %s",
		    im->path, h->table, r->table->name, r->table->name);
	return 0;
}

static int
on_entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct checking *c = state;
	struct sweep_totals *t = c->totals;

	(void)f;
	t->of_repair += images_ttl(seg, r->item).p != NULL;
	/* what is restored is expired, and the table's TTL will take it */
	if (c->r->extend_ttl < 0 && r->state == STATE_PENDING)
		t->expired_again = true;
	return 0;
}

static void
tick(void *ctx, const struct pass_progress *p)
{
	const struct checking *c = ctx;
	struct pass_progress at = *p;

	if (c->r->tick == NULL)
		return;
	at.items += c->totals->scanned; /* the files before */
	c->r->tick(c->r->tick_ctx, &at);
}

struct images *
restore_images(const struct restore *r, int i, struct fault *f)
{
	struct images *im =
	    images_open(r->paths[i], r->table, r->ttl_attribute, r->key, f);

	if (im == NULL)
		return NULL;
	if (r->deleted)
		reader_take_deleted(im->reader);
	im->newest = r->newest;
	im->first = r->firsts != NULL ? r->firsts[i] : 0;
	im->of_us = r->of_us != NULL ? r->of_us[i] : 0;
	return im;
}

/* Read a whole file without writing: its images are counted. */
static int
check_file(struct checking *c, int i, struct fault *f)
{
	const struct restore *r = c->r;
	struct sweep_totals *t = c->totals;
	struct images *im = restore_images(r, i, f);
	struct summary s;
	struct pass_progress done = { 0 };
	struct pass pass = { .rules = r->rules,
		.selection = r->selection,
		.jobs = 1,
		.table = r->table,
		.sink = { .ctx = c, .entry = on_entry },
		.tick = tick,
		.tick_ctx = c };
	int rc;

	if (im == NULL)
		return -1;
	summary_init(&s, 0, true);
	pass.source = &im->source;
	im->see = r->newest;
	if (r->newest != NULL)
		r->firsts[i] = newest_seen(r->newest);
	if (reader_journal(im->reader) == NULL)
		im->twins = twins_new(TWINS_MAX);
	rc = check_journal(r, im, f);
	if (rc == 0)
		rc = pass_run(&pass, &s, &done, f);
	if (rc == 0) {
		t->scanned += done.items;
		t->matched += done.matched;
		t->left_out += reader_left_out(im->reader);
		t->prefixes |= s.prefixes;
	}
	if (rc == 0 && reader_partial(im->reader))
		t->partial = r->paths[i];
	t->units += done.units;
	summary_release(&s);
	source_close(&im->source);
	return rc;
}

int
restore_check(const struct restore *r, struct sweep_totals *totals,
    struct fault *f)
{
	struct checking c = { .r = r, .totals = totals };

	for (int i = 0; i < r->npaths; i++)
		if (check_file(&c, i, f) != 0)
			return -1;
	return 0;
}
