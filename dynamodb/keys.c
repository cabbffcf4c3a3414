#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dynamodb/get.h"
#include "dynamodb/item.h"
#include "dynamodb/scan.h"
#include "dynamodb/workers.h"

/* BatchGetItem takes this many (API reference). */
#define KEYS_PAGE 100

struct keys {
	struct source source;
	struct keys_options o;
	struct lock *lock;
	int64_t next;
};

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

static int
keys_fetch(struct source *source, struct segment *seg, struct ddb_conn *conn,
    struct page *page, struct fault *f)
{
	struct keys *k = (struct keys *)source;
	struct slice list[KEYS_PAGE];
	size_t from = (size_t)seg->index * KEYS_PAGE, n = 0;

	if (seg->finished)
		return 0;
	while (n < KEYS_PAGE && from + n < k->o.n) {
		size_t i = from + n, at = i > 0 ? k->o.ends[i - 1] : 0;

		list[n++] =
		    (struct slice){ k->o.json->p + at, k->o.ends[i] - at };
	}
	page_reset(page);
	if (ddb_get_batch(conn, k->o.table, k->o.ttl, list, n, page, f) != 0)
		return -1;
	seg->pages++;
	seg->finished = true;
	return 1;
}

/* A list is short: an unfinished stretch only comes back after a stop. */
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

	k->source = (struct source){ &ops,
		(int64_t)((o->n + KEYS_PAGE - 1) / KEYS_PAGE) };
	k->o = *o;
	k->lock = lock_new();
	return &k->source;
}
