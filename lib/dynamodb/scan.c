#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/aws/retry.h"
#include "lib/aws/world.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/call.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/scan.h"
#include "lib/dynamodb/scan_size.h"
#include "lib/dynamodb/table.h"

/* With more, dynalite returns entries twice (README, Limits). */
#define SEGMENTS_MAX 4096
#define SEGMENT_BYTES ((int64_t)64 << 20)

/* A segment in a hot key range: how often in a row it was throttled, and until
 * when it is left alone (mono_us). */
struct heat {
	int times;
	int64_t until_us;
};

struct scan {
	struct source source;
	struct scan_options o;
	struct segment *segments; /* those that no worker has */
	struct heat *heat;        /* of each, for the worker that has it */
	struct lock *lock;        /* for all below */
	int64_t fresh;            /* next in order, not yet taken */
	int64_t *waiting;         /* put back: a ring of `segments` */
	int64_t first, nwaiting;
	struct scan_size size;
};

int64_t
scan_order(int64_t i, int64_t n)
{
	int64_t r = 0;

	for (n >>= 1; n > 0; n >>= 1, i >>= 1)
		r = r << 1 | (i & 1);
	return r;
}

int64_t
scan_segments(int jobs, int64_t bytes)
{
	int64_t want = (int64_t)jobs * 4, n = 1;

	if (bytes / SEGMENT_BYTES > want)
		want = bytes / SEGMENT_BYTES;
	while (n < want && n < SEGMENTS_MAX)
		n *= 2;
	return n;
}

bool
scan_shard(int64_t segment, int64_t shard, int64_t of)
{
	return segment % of == shard - 1;
}

static int
scan_take(struct source *source, struct segment *out, struct fault *f)
{
	struct scan *s = (struct scan *)source;
	int64_t i = -1;

	(void)f;
	lock_enter(s->lock);
	while (i < 0 && s->fresh < source->segments) {
		i = scan_order(s->fresh++, source->segments);
		if (s->segments[i].finished)
			i = -1;
	}
	if (i < 0 && s->nwaiting > 0) {
		i = s->waiting[s->first];
		s->first = (s->first + 1) % source->segments;
		s->nwaiting--;
	}
	lock_leave(s->lock);
	if (i < 0)
		return 0;
	*out = s->segments[i];
	memset(&s->segments[i], 0, sizeof(s->segments[i]));
	return 1;
}

static void
scan_put(struct source *source, struct segment *seg)
{
	struct scan *s = (struct scan *)source;
	int64_t i = seg->index;

	lock_enter(s->lock);
	s->segments[i] = *seg;
	if (!seg->finished) {
		s->waiting[(s->first + s->nwaiting) % source->segments] = i;
		s->nwaiting++;
	}
	lock_leave(s->lock);
	memset(seg, 0, sizeof(*seg));
}

static void
scan_body(struct buf *b, const struct scan *s, const struct segment *seg,
    int64_t limit)
{
	const struct scan_options *o = &s->o;

	buf_adds(b, "{\"TableName\":");
	slice_text_encode(b, o->table->name, strlen(o->table->name));
	buf_adds(b, ",\"ReturnConsumedCapacity\":\"TOTAL\"");
	if (o->keys_only)
		item_projection(b, &o->table->schema, o->ttl);
	buf_addf(b, ",\"Segment\":%lld,\"TotalSegments\":%lld",
	    (long long)seg->index, (long long)s->source.segments);
	if (o->consistent)
		buf_adds(b, ",\"ConsistentRead\":true");
	if (limit > 0)
		buf_addf(b, ",\"Limit\":%lld", (long long)limit);
	if (seg->next.n > 0) {
		buf_adds(b, ",\"ExclusiveStartKey\":");
		buf_add(b, seg->next.p, seg->next.n);
	}
	buf_addc(b, '}');
}

struct accept {
	struct page *page;
	const struct scan_options *o;
};

static int
accept_page(void *ctx, struct buf *body, struct fault *f)
{
	struct accept *a = ctx;
	struct buf swap = a->page->body;

	a->page->body = *body;
	*body = swap;
	return page_parse(a->page, &a->o->table->schema, a->o->ttl, f);
}

/* Move ${seg} past ${page}. */
static int
advance(struct segment *seg, const struct page *page,
    const struct key_schema *schema, struct fault *f)
{
	seg->pages++;
	if (page->last.p == NULL) {
		seg->finished = true;
		buf_reset(&seg->next);
		return 0;
	}
	if (circle_closes(&seg->circle, page->last, schema))
		return fault(f, FAULT_SERVICE,
		    "Scan: the service repeats itself: page %lld of segment "
		    "%lld ends where an earlier one did; stopped, as this "
		    "would never end (is there a cache before the service?)",
		    (long long)seg->pages, (long long)seg->index);
	buf_reset(&seg->next);
	buf_add(&seg->next, page->last.p, page->last.n);
	return 0;
}

static bool
has_others(struct scan *s)
{
	bool others;

	lock_enter(s->lock);
	others = s->fresh < s->source.segments || s->nwaiting > 0;
	lock_leave(s->lock);
	return others;
}

static int64_t
size_limit(struct scan *s, struct ddb_conn *conn, double *units)
{
	double share = ddb_share(ddb_of(conn), false);
	int64_t limit;

	lock_enter(s->lock);
	limit = scan_size_limit(&s->size, share, units);
	lock_leave(s->lock);
	return limit;
}

/* A key range is hot: leave it alone as long as a throttled request would wait.
 * Its worker takes others, whose pace stays. */
static void
heat_up(struct heat *h, struct ddb_conn *conn)
{
	struct world *w = ddb_options(ddb_of(conn))->world;

	h->until_us = w->mono_us(w->ctx) +
	    1000 *
		retry_delay_ms(RETRY_THROTTLE, h->times, w->chance(w->ctx), -1);
	if (h->times < RETRY_LAST)
		h->times++;
}

static int
scan_fetch(struct source *source, struct segment *seg, struct ddb_conn *conn,
    struct page *page, struct fault *f)
{
	struct scan *s = (struct scan *)source;
	struct accept accept = { page, &s->o };
	struct ddb_call call = { .operation = "Scan",
		.accept = accept_page,
		.accept_ctx = &accept,
		.room = &page->body };
	struct ddb_reply reply;
	struct heat *heat = &s->heat[seg->index];
	struct buf body = { 0 };
	int64_t limit;
	int r;

	if (seg->finished)
		return 0;
	/* all others are finished, taken, or as hot */
	if (heat->times > 0 && ddb_wait(conn, heat->until_us, f) != 0)
		return -1;
	page_reset(page);
	limit = size_limit(s, conn, &call.read_units);
	scan_body(&body, s, seg, limit);
	call.body = (struct slice){ body.p, body.n };
	call.patient =
	    has_others(s) && heat->times < ddb_attempts(ddb_of(conn));
	call.again = heat->times > 0;
	r = ddb_call(conn, &call, &reply, f);
	buf_release(&body);
	if (r > 0 && call.patient && reply.why == RETRY_THROTTLE &&
	    reply.hot_range) {
		heat_up(heat, conn);
		return 2;
	}
	if (r > 0)
		return ddb_refused(&call, &reply, s->o.table->name, f);
	if (r < 0)
		return -1;
	heat->times = 0;
	ddb_settle(conn, page->units, 0);
	lock_enter(s->lock);
	scan_size_learn(&s->size, page->units, page->scanned);
	lock_leave(s->lock);
	return advance(seg, page, &s->o.table->schema, f) == 0 ? 1 : -1;
}

static void
scan_close(struct source *source)
{
	struct scan *s = (struct scan *)source;

	for (int64_t i = 0; i < source->segments; i++)
		buf_release(&s->segments[i].next);
	free(s->segments);
	free(s->waiting);
	free(s->heat);
	lock_free(s->lock);
	free(s);
}

struct source *
scan_source(const struct scan_options *o)
{
	static const struct source_ops ops = {
		.take = scan_take,
		.fetch = scan_fetch,
		.put = scan_put,
		.close = scan_close,
	};
	struct scan *s = xcalloc(1, sizeof(*s));
	size_t n = (size_t)o->segments;

	s->source = (struct source){ .ops = &ops, .segments = o->segments };
	s->o = *o;
	s->o.from = NULL;
	s->o.wanted = NULL;
	s->lock = lock_new();
	s->segments = xcalloc(n, sizeof(*s->segments));
	s->waiting = xcalloc(n, sizeof(*s->waiting));
	s->heat = xcalloc(n, sizeof(*s->heat));
	scan_size_init(&s->size, o);
	for (size_t i = 0; i < n; i++) {
		s->segments[i].index = (int64_t)i;
		if (o->wanted != NULL && !o->wanted[i]) {
			s->segments[i].finished = true;
			continue;
		}
		if (o->from == NULL)
			continue;
		s->segments[i].finished = o->from[i].finished;
		buf_add(&s->segments[i].next, o->from[i].next.p,
		    o->from[i].next.n);
	}
	return &s->source;
}
