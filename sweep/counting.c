#include <string.h>

#include "inspector/pass.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/aws/world.h"
#include "lib/base/fault.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/source.h"
#include "lib/dynamodb/table.h"
#include "sweep/batch.h"
#include "sweep/counting.h"
#include "sweep/purge.h"

/* What the workers of the pass share. */
struct counting {
	const struct purge *p;
	const struct account *account;
	struct lock *lock; /* found */
	struct sweep_totals found;
};

static int
on_entry(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct counting *c = state;

	(void)seg;
	(void)f;
	if (!batch_wants(c->p, r))
		return 0;
	lock_enter(c->lock);
	sweep_totals_match(&c->found, r, batch_units(c->p, r));
	lock_leave(c->lock);
	return 0;
}

/* Nothing is held back here, so a page is where the deadline is seen. */
static int
on_page(void *state, const struct segment *seg, struct fault *f)
{
	const struct counting *c = state;
	struct world *w = ddb_world(c->p->ddb);

	(void)seg;
	if (!account_late(c->account, w->mono_us(w->ctx)))
		return 0;
	return fault(f, FAULT_LATE, "the deadline has passed");
}

int
counting_run(const struct purge *p, const struct account *account,
    struct sweep_totals *totals, struct fault *f)
{
	struct counting c = { .p = p, .account = account };
	struct pass_progress done = { 0 };
	struct summary s;
	const struct pass pass = { .source = p->counting,
		.ddb = p->ddb,
		.table = p->table,
		.rules = p->rules,
		.selection = p->selection,
		.jobs = p->jobs,
		.sink = { .ctx = &c, .entry = on_entry, .page = on_page },
		.tick = p->tick,
		.tick_ctx = p->tick_ctx };
	int rc;

	if (!p->ceilings.given[CEILING_PERCENT] || p->counting == NULL)
		return 0;
	c.lock = lock_new();
	summary_init(&s, 0, true);
	rc = pass_run(&pass, &s, &done, f);
	summary_release(&s);
	lock_free(c.lock);
	totals->percent_of = done.items;
	totals->percent_matched = c.found.matched;
	if (rc != 0 ||
	    !ceiling_percent_passed(&p->ceilings, c.found.matched, done.items))
		return rc;
	*totals = c.found;
	totals->outcomes[OUTCOME_SKIPPED] = totals->matched;
	totals->scanned = totals->percent_of = done.items;
	totals->percent_matched = totals->matched;
	totals->stopped = ceiling_name(CEILING_PERCENT);
	totals->blocked = true;
	return 1;
}
