#include <stdlib.h>
#include <string.h>

#include "export/file_source.h"
#include "export/reader.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/source.h"
#include "lib/stream/lines.h"

#define PAGE_BYTES ((size_t)1 << 20)
#define BLOCK_BYTES ((size_t)256 << 10) /* of lines for one worker */

struct file {
	bool taken;            /* by a worker, which alone may use it */
	bool ended;            /* nothing is left to read */
	struct reader *reader; /* NULL: not begun, or ended */
	char *path;            /* once begun */
	int64_t drawn;         /* images read so far */
	int64_t pages;         /* returned, when not shared */
};

struct file_source {
	struct source source;
	struct file_list list;
	struct lock *lock; /* for files[].taken; when shared, for all */
	struct file *files;
	bool failed;
};

/* A segment's page of images. */
struct drawn {
	size_t file;
	int64_t first; /* the number of its first image in the file */
	size_t n;
	struct buf body, ttls; /* of the images, one after the other */
	size_t ends[FILE_PAGE], ttl_ends[FILE_PAGE]; /* of each, in these */
	int64_t line[FILE_PAGE];
	const struct item *items; /* once parsed */
};

static void
drawn_free(struct drawn *d)
{
	buf_release(&d->body);
	buf_release(&d->ttls);
	free(d);
}

static int
end(struct file_source *fs, size_t i, struct fault *f)
{
	struct file *file = &fs->files[i];
	int64_t entries = file->drawn + reader_left_out(file->reader);

	file->ended = true;
	file->reader = NULL;
	return fs->list.end != NULL ? fs->list.end(fs->list.ctx, i, entries, f)
				    : 0;
}

/* Read the file of ${d} until the page is full or the file ends. */
static int
draw(struct file_source *fs, struct drawn *d, struct fault *f)
{
	const struct file_list *list = &fs->list;
	struct file *file = &fs->files[d->file];
	struct slice image, ttl;
	int r = 1;

	if (file->reader == NULL) {
		file->reader = list->begin(list->ctx, d->file, f);
		if (file->reader == NULL)
			return -1;
		file->path = xstrdup(reader_path(file->reader));
	}
	buf_reset(&d->body);
	buf_reset(&d->ttls);
	d->first = file->drawn;
	for (d->n = 0; d->n < list->page && d->body.n < PAGE_BYTES; d->n++) {
		r = reader_next(file->reader, &image, &d->line[d->n], f);
		if (r == 1 && list->check != NULL &&
		    list->check(list->ctx, image, d->line[d->n], f) != 0)
			r = -1;
		if (r != 1)
			break;
		ttl = reader_ttl(file->reader);
		buf_add(&d->body, image.p, image.n);
		buf_add(&d->ttls, ttl.p, ttl.n);
		d->ends[d->n] = d->body.n;
		d->ttl_ends[d->n] = d->ttls.n;
	}
	file->drawn += (int64_t)d->n;
	return r == 0 ? end(fs, d->file, f) : r < 0 ? -1 : 0;
}

/* The next file or page for ${d}: 1, 0 when there is none, -1. */
static int
next(struct file_source *fs, struct drawn *d, struct fault *f)
{
	for (; d->file < fs->list.n && !fs->failed; d->file++) {
		struct file *file = &fs->files[d->file];

		if (file->taken || file->ended)
			continue;
		if (fs->list.workers > 0)
			return 1;
		if (!fs->list.shared) {
			file->taken = true;
			return 1;
		}
		if (draw(fs, d, f) != 0) {
			fs->failed = true;
			return -1;
		}
		if (d->n > 0)
			return 1;
	}
	return 0;
}

static int
source_take(struct source *s, struct segment *out, struct fault *f)
{
	struct file_source *fs = (struct file_source *)s;
	struct drawn *d = xcalloc(1, sizeof(*d));
	int r;

	lock_enter(fs->lock);
	r = next(fs, d, f);
	lock_leave(fs->lock);
	if (r == 1)
		*out = (struct segment){ .index = (int64_t)d->file, .own = d };
	else
		drawn_free(d);
	return r;
}

static void
source_put(struct source *s, struct segment *seg)
{
	struct file_source *fs = (struct file_source *)s;
	struct drawn *d = seg->own;

	lock_enter(fs->lock);
	fs->files[d->file].taken = false;
	lock_leave(fs->lock);
	drawn_free(d);
	buf_release(&seg->next);
}

/* The text where a line of an export has its entry, as DynamoDB and ttlsweep
 * write it; unchecked. */
static bool
bare_line(struct slice text, struct slice *item)
{
	static const char head[] = "{\"Item\":";
	const size_t n = sizeof(head) - 1;

	if (text.n < n + 3 || memcmp(text.p, head, n) != 0 ||
	    text.p[n] != '{' || text.p[text.n - 2] != '}' ||
	    text.p[text.n - 1] != '}')
		return false;
	*item = (struct slice){ text.p + n, text.n - n - 1 };
	return true;
}

/* Add the entry of ${text} to ${page}. Most lines pass the quick look of
 * bare_line; those of another form, and wrong ones, are parsed in full. */
static int
read_line(const struct file_list *list, struct page *page, struct slice text,
    bool torn, int64_t number, struct fault *f)
{
	const struct reader *r = list->ctx;
	struct slice item;
	int got;

	if (bare_line(text, &item) &&
	    page_item(page, item, list->schema, list->ttl, NULL) == 0)
		return 0;
	got = reader_line(r, text, torn, number, &item, f);
	if (got != 1)
		return got;
	if (page_item(page, item, list->schema, list->ttl, f) == 0)
		return 0;
	return fault_at(f, "%s:%lld", reader_path(r), (long long)number);
}

/* Fill ${page} from the next block of lines. */
static int
fetch_lines(struct file_source *fs, struct segment *seg, struct page *page,
    struct fault *f)
{
	const struct file_list *list = &fs->list;
	struct slice rest, line;
	int64_t number;
	bool torn;
	int r;

	do {
		lock_enter(fs->lock);
		r = reader_block(list->ctx, BLOCK_BYTES, &page->body, &number,
		    f);
		if (r != 1)
			fs->files[0].ended = true;
		lock_leave(fs->lock);
		seg->finished = r != 1;
		if (r != 1)
			return r;
		rest = (struct slice){ page->body.p, page->body.n };
		for (; lines_split(&rest, &line, &torn); number++)
			if (read_line(list, page, line, torn, number, f) != 0)
				return -1;
	} while (page->n == 0);
	page->scanned = (int64_t)page->n;
	seg->pages++;
	return 1;
}

static int
source_fetch(struct source *s, struct segment *seg, struct ddb_conn *conn,
    struct page *page, struct fault *f)
{
	struct file_source *fs = (struct file_source *)s;
	const struct file_list *list = &fs->list;
	struct drawn *d = seg->own;
	struct buf swap;
	int read;

	(void)conn;
	page_reset(page);
	if (seg->finished)
		return 0;
	if (list->workers > 0)
		return fetch_lines(fs, seg, page, f);
	if (!list->shared && draw(fs, d, f) != 0)
		return -1;
	seg->finished = list->shared || fs->files[d->file].ended;
	if (d->n == 0)
		return 0;
	swap = page->body;
	page->body = d->body;
	d->body = swap;
	read = page_items(page, d->ends, (int)d->n, list->schema, list->ttl, f);
	if (read < (int)d->n)
		return fault_at(f, "%s:%lld", fs->files[d->file].path,
		    (long long)d->line[read]);
	d->items = page->items;
	seg->pages = list->shared ? 1 : ++fs->files[d->file].pages;
	return 1;
}

static void
source_end(struct source *s)
{
	struct file_source *fs = (struct file_source *)s;

	for (size_t i = 0; i < fs->list.n; i++)
		free(fs->files[i].path);
	free(fs->files);
	lock_free(fs->lock);
	if (fs->list.close != NULL)
		fs->list.close(fs->list.ctx);
	free(fs);
}

struct source *
file_source_open(const struct file_list *list)
{
	static const struct source_ops ops = {
		.take = source_take,
		.fetch = source_fetch,
		.put = source_put,
		.close = source_end,
	};
	struct file_source *fs = xcalloc(1, sizeof(*fs));

	/* the number of pages is unknown before the last one */
	fs->source = (struct source){ .ops = &ops,
		.segments = list->shared ? INT32_MAX : (int64_t)list->n,
		.workers = list->workers };
	fs->list = *list;
	fs->files = xcalloc(list->n, sizeof(*fs->files));
	fs->lock = lock_new();
	return &fs->source;
}

static struct reader *
begin_one(void *ctx, size_t i, struct fault *f)
{
	(void)i;
	(void)f;
	return ctx;
}

static void
close_one(void *ctx)
{
	reader_close(ctx);
}

struct source *
file_source_of(struct reader *r, const struct key_schema *schema,
    const char *ttl, int workers)
{
	return file_source_open(&(struct file_list){ .n = 1,
	    .workers = workers > 1 && reader_shares(r) ? workers : 0,
	    .schema = schema,
	    .ttl = ttl,
	    .page = FILE_PAGE,
	    .ctx = r,
	    .begin = begin_one,
	    .close = close_one });
}

size_t
file_source_file(const struct segment *seg)
{
	return ((const struct drawn *)seg->own)->file;
}

int64_t
file_source_number(const struct segment *seg, const struct item *item)
{
	const struct drawn *d = seg->own;

	return d->first + (item - d->items);
}

struct slice
file_source_ttl(const struct segment *seg, const struct item *item)
{
	const struct drawn *d = seg->own;
	size_t i = (size_t)(item - d->items);
	size_t from = i > 0 ? d->ttl_ends[i - 1] : 0;

	if (d->ttl_ends[i] == from)
		return (struct slice){ NULL, 0 };
	return (struct slice){ d->ttls.p + from, d->ttl_ends[i] - from };
}
