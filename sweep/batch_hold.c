#include <inttypes.h>
#include <stdio.h>

#include "inspector/moment.h"
#include "inspector/record.h"
#include "lib/aws/service.h"
#include "lib/base/fault.h"
#include "lib/base/sum.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/cost.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"
#include "sweep/batch.h"
#include "sweep/image.h"
#include "sweep/totals.h"

/* Fills a batch; batch.c sends it. */

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
		if (r->zoneless) /* the second is unknown */
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
	/* never write a value that is not read as a time */
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
	const struct haul *u = s->filled;

	return u->n == 0 ||
	    (u->n < HELD_MAX && u->images.n + r->item->json.n < u->images.cap);
}

void
batch_hold(struct batch *s, const struct record *r, const struct buf *begin,
    int64_t units)
{
	const struct purge *p = s->run->p;
	struct haul *u = s->filled;
	size_t n = r->item->json.n;
	struct held *h = &u->held[u->n++];
	struct record copy = *r;

	if (u->n == 1) {
		buf_reset(&u->begin);
		buf_add(&u->begin, begin->p, begin->n);
		/* less the NUL that ends every buffer */
		(void)buf_reserve(&u->images,
		    n > HELD_BYTES - 1 ? n : HELD_BYTES - 1);
	}
	*h = (struct held){ .units = (double)units, .reason = r->reason };
	item_copy(&h->item, &u->images, r->item);
	copy.item = &h->item;
	if (s->page_us == 0)
		s->page_us = service_stamp_us(ddb_service(p->ddb));
	h->at_us = s->page_us;
	condition_of(&h->cond, &s->run->numbers, &copy, p->ttl_attribute,
	    &p->table->schema);
	if (p->action == PURGE_REPAIR)
		(void)batch_repair(h->ttl, r, p->rules, p->ttl_for_missing);
	u->units += h->units;
}
