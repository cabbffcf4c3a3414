#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/get.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/keys.h"

/*
 * Policy. BatchGetItem takes 100 keys and replies with up to 16 MB, for each
 * worker. So a request has a quarter of them (10 MB at most), fewer when
 * replies turn out to be large, and very few before the first reply. Keys that
 * a reply does not answer are in the next request. More requests cost no more
 * units, and their delay is hidden by the other workers.
 */
#define KEYS_MOST 25
#define KEYS_FIRST 2
#define REPLY_BYTES 2e6
/* A larger page is not kept for the next reply. */
#define KEPT_BYTES ((size_t)1 << 20)

struct keys {
	struct source source;
	struct keys_options o;
	struct lock *lock; /* all below */
	int64_t next;
	double bytes, units; /* of a key, of late */
};

size_t
keys_request(double bytes, double units, double share)
{
	double n = bytes > 0 ? REPLY_BYTES / bytes : KEYS_FIRST;

	if (share > 0 && units > 0 && n > share / units)
		n = share / units;
	return n < 1 ? 1 : n > KEYS_MOST ? KEYS_MOST : (size_t)n;
}

static int
keys_take(struct source *source, struct segment *out, struct fault *f)
{
	struct keys *k = (struct keys *)source;
	int64_t i;

	(void)f;
	lock_enter(k->lock);
	i = k->next < source->segments ? k->next++ : -1;
	lock_leave(k->lock);
	if (i < 0)
		return 0;
	*out = (struct segment){ .index = i };
	return 1;
}

/* Set seg->next to an array of the keys of ${seg}. */
static void
begin(const struct keys *k, struct segment *seg)
{
	struct ddb_keys all = { 0 };
	size_t from = (size_t)seg->index * KEYS_MOST;

	for (size_t i = from; i < from + KEYS_MOST && i < k->o.n; i++) {
		size_t at = i > 0 ? k->o.ends[i - 1] : 0;

		ddb_keys_add(&all,
		    (struct slice){ k->o.json->p + at, k->o.ends[i] - at });
	}
	buf_addf(&seg->next, "[%s]", buf_text(&all.json));
	buf_release(&all.json);
}

/* Move the first ${n} keys of the array ${from} to ${to}, the others to
 * ${rest}. */
static void
divide(struct slice from, size_t n, struct ddb_keys *to, struct ddb_keys *rest)
{
	struct slice_walk w = slice_walk(from);
	struct slice key;

	if (slice_array(&w) != 0)
		return;
	while (slice_element(&w) == 1 && slice_value(&w, &key) == 0)
		ddb_keys_add(to->n < n ? to : rest, key);
}

/* How many to ask for now; ${units}: the estimated cost of one. */
static size_t
choose(struct keys *k, struct ddb_conn *conn, double *units)
{
	double share = ddb_share(ddb_of(conn), false), bytes;

	lock_enter(k->lock);
	bytes = k->bytes;
	*units = k->units;
	lock_leave(k->lock);
	return keys_request(bytes, *units, share);
}

/* Rises at once, falls slowly. */
static double
learnt(double before, double now)
{
	return now < before ? before + (now - before) / 4 : now;
}

static void
learn(struct keys *k, const struct page *page, size_t answered)
{
	lock_enter(k->lock);
	k->bytes = learnt(k->bytes, (double)page->body.n / (double)answered);
	if (page->units > 0)
		k->units = learnt(k->units, page->units / (double)answered);
	lock_leave(k->lock);
}

static int
keys_fetch(struct source *source, struct segment *seg, struct ddb_conn *conn,
    struct page *page, struct fault *f)
{
	struct keys *k = (struct keys *)source;
	struct ddb_keys ask = { 0 }, rest = { 0 };
	size_t n, asked;
	int rc = -1;

	if (seg->finished)
		return 0;
	if (page->body.cap > KEPT_BYTES)
		buf_release(&page->body);
	page_reset(page);
	if (seg->next.n == 0)
		begin(k, seg);
	n = choose(k, conn, &ask.units);
	divide((struct slice){ seg->next.p, seg->next.n }, n, &ask, &rest);
	asked = ask.n;
	if (ddb_get_some(conn, k->o.table, k->o.ttl, &ask, page, f) != 0)
		goto out;
	learn(k, page, asked - ask.n);
	if (rest.n > 0)
		ddb_keys_add(&ask, (struct slice){ rest.json.p, rest.json.n });
	seg->pages++;
	seg->finished = ask.n == 0;
	buf_reset(&seg->next);
	if (!seg->finished)
		buf_addf(&seg->next, "[%s]", buf_text(&ask.json));
	rc = 1;
out:
	buf_release(&ask.json);
	buf_release(&rest.json);
	return rc;
}

/* An unfinished segment only comes back after a stop. */
static void
keys_put(struct source *source, struct segment *seg)
{
	(void)source;
	buf_release(&seg->next);
}

static void
keys_close(struct source *source)
{
	struct keys *k = (struct keys *)source;

	lock_free(k->lock);
	free(k);
}

struct source *
keys_source(const struct keys_options *o)
{
	static const struct source_ops ops = {
		.take = keys_take,
		.fetch = keys_fetch,
		.put = keys_put,
		.close = keys_close,
	};
	struct keys *k = xcalloc(1, sizeof(*k));

	k->source = (struct source){ .ops = &ops,
		.segments = (int64_t)((o->n + KEYS_MOST - 1) / KEYS_MOST) };
	k->o = *o;
	k->units = 1; /* the least that a consistent read costs */
	k->lock = lock_new();
	return &k->source;
}
