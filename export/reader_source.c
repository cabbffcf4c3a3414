#include <stdlib.h>

#include "export/reader.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/source.h"

#define PAGE_BYTES ((size_t)1 << 20)
#define PAGE_ITEMS 2000

/* A file is one segment: whoever has it reads on. */
struct reader_source {
	struct source source;
	struct reader *reader;
	const struct key_schema *schema;
	const char *ttl;
	struct lock *lock;
	bool out; /* a worker has the segment */
	bool finished;
	int64_t pages;
	/* of the page in the making: where each item ends, and its line */
	size_t ends[PAGE_ITEMS];
	int64_t line[PAGE_ITEMS];
};

static int
source_take(struct source *s, struct segment *out, struct fault *f)
{
	struct reader_source *rs = (struct reader_source *)s;
	bool free_now;

	(void)f;
	lock_enter(rs->lock);
	free_now = !rs->out && !rs->finished;
	if (free_now)
		rs->out = true;
	lock_leave(rs->lock);
	if (!free_now)
		return 0;
	*out = (struct segment){ .pages = rs->pages };
	return 1;
}

static void
source_put(struct source *s, struct segment *seg)
{
	struct reader_source *rs = (struct reader_source *)s;

	lock_enter(rs->lock);
	rs->out = false;
	rs->finished = seg->finished;
	rs->pages = seg->pages;
	lock_leave(rs->lock);
	buf_release(&seg->next);
}

/* Copy images into the page until it is full: how many, -1. */
static int
gather(struct reader_source *rs, struct segment *seg, struct page *page,
    struct fault *f)
{
	struct slice image;
	int n = 0, r;

	while (n < PAGE_ITEMS && page->body.n < PAGE_BYTES) {
		r = reader_next(rs->reader, &image, &rs->line[n], f);
		if (r < 0)
			return -1;
		if (r == 0) {
			seg->finished = true;
			break;
		}
		buf_add(&page->body, image.p, image.n);
		rs->ends[n++] = page->body.n;
	}
	return n;
}

static int
source_fetch(struct source *s, struct segment *seg, struct ddb_conn *conn,
    struct page *page, struct fault *f)
{
	struct reader_source *rs = (struct reader_source *)s;
	int n, read;

	(void)conn;
	page_reset(page);
	if (seg->finished)
		return 0;
	n = gather(rs, seg, page, f);
	if (n <= 0)
		return n;
	/* only now does the body stay where it is */
	read = page_items(page, rs->ends, n, rs->schema, rs->ttl, f);
	if (read < n)
		return fault_at(f, "%s:%lld", reader_path(rs->reader),
		    (long long)rs->line[read]);
	seg->pages++;
	return 1;
}

static void
source_end(struct source *s)
{
	struct reader_source *rs = (struct reader_source *)s;

	reader_close(rs->reader);
	lock_free(rs->lock);
	free(rs);
}

struct source *
reader_source(struct reader *r, const struct key_schema *schema,
    const char *ttl)
{
	static const struct source_ops ops = {
		.take = source_take,
		.fetch = source_fetch,
		.put = source_put,
		.close = source_end,
	};
	struct reader_source *rs = xcalloc(1, sizeof(*rs));

	rs->source = (struct source){ .ops = &ops, .segments = 1 };
	rs->reader = r;
	rs->schema = schema;
	rs->ttl = ttl;
	rs->lock = lock_new();
	return &rs->source;
}
