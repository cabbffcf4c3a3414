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
	bool taken;            /* by a worker, which alone may use it; it stays
				  so when nothing is left to read */
	bool ended;            /* when shared, or its lines are: nothing is left
				  to read */
	struct reader *reader; /* NULL: not begun, or ended */
	char *path;            /* once begun */
	int64_t drawn;         /* images read so far, or lines */
	int64_t pages;         /* returned, when not shared */
	int64_t out;           /* pages that were taken and are not put back */
	int64_t entries;       /* of pages that were, with … */
	int64_t left_out;      /* … those that its reader leaves out */
};

struct file_source {
	struct source source;
	struct file_list list;
	struct lock *lock; /* for taken and spare; when shared, for all */
	struct file *files;
	struct drawn *spare; /* put back, to be used again */
	bool failed;
};

/* An image of the page, as many as it has items. */
struct image {
	struct slice ttl;
	int64_t number; /* in the file */
};

/* What a worker reads of a file at a time. */
struct drawn {
	struct drawn *spare; /* the next one */
	size_t file;
	bool last; /* nothing of the file is left to read */
	struct reader *reader;
	int64_t first;   /* the number of its first line, or image */
	bool lines;      /* the body is lines; else … */
	struct buf body; /* … images, each followed by its TTL value, … */
	size_t n;        /* … of which these are the lengths and lines */
	struct {
		size_t image, ttl;
		int64_t line;
	} parts[FILE_PAGE];
	struct buf scratch;
	struct image *images; /* once parsed */
	size_t cap;
	const struct item *items; /* of them */
	int64_t entries, left_out;
};

static struct drawn *
drawn_new(struct file_source *fs)
{
	struct drawn *d = fs->spare;

	if (d == NULL)
		return xcalloc(1, sizeof(*d));
	fs->spare = d->spare;
	d->file = 0;
	d->last = false;
	d->entries = d->left_out = 0;
	return d;
}

static void
drawn_spare(struct file_source *fs, struct drawn *d)
{
	d->spare = fs->spare;
	fs->spare = d;
}

static void
free_spares(struct file_source *fs)
{
	struct drawn *d;

	while ((d = fs->spare) != NULL) {
		fs->spare = d->spare;
		buf_release(&d->body);
		buf_release(&d->scratch);
		free(d->images);
		free(d);
	}
}

/* All of the file of ${d} is read: nobody draws from its reader any more. */
static int
end(struct file_source *fs, struct drawn *d, struct fault *f)
{
	struct file *file = &fs->files[d->file];

	d->last = true;
	if (fs->list.shared)
		file->ended = true;
	file->left_out += reader_left_out(file->reader);
	file->reader = NULL;
	return fs->list.end != NULL
	    ? fs->list.end(fs->list.ctx, d->file, file->drawn, f)
	    : 0;
}

/* Begin the file of ${d} unless that was done. */
static int
begin(struct file_source *fs, struct drawn *d, struct fault *f)
{
	const struct file_list *list = &fs->list;
	struct file *file = &fs->files[d->file];

	if (file->reader == NULL) {
		file->reader = list->begin(list->ctx, d->file, f);
		if (file->reader == NULL)
			return -1;
		file->path = xstrdup(reader_path(file->reader));
	}
	d->reader = file->reader;
	d->lines = list->shared && reader_shares(file->reader);
	return 0;
}

/* Read images until the page is full: 1, 0 at the end of the file, -1. */
static int
draw_images(struct file_source *fs, struct drawn *d, struct fault *f)
{
	struct file *file = &fs->files[d->file];
	struct slice image, ttl;
	int r = 1;

	d->first = file->drawn;
	while (d->n < fs->list.page && d->body.n < PAGE_BYTES) {
		r = reader_next(d->reader, &image, &d->parts[d->n].line, f);
		if (r != 1)
			break;
		ttl = reader_ttl(d->reader);
		buf_add(&d->body, image.p, image.n);
		buf_add(&d->body, ttl.p, ttl.n);
		d->parts[d->n].image = image.n;
		d->parts[d->n++].ttl = ttl.n;
	}
	file->drawn += (int64_t)d->n;
	return r;
}

/* The same of lines, which are looked at later. */
static int
draw_lines(struct file_source *fs, struct drawn *d, struct fault *f)
{
	struct file *file = &fs->files[d->file];
	int r = reader_block(d->reader, BLOCK_BYTES, fs->list.page, &d->body,
	    &d->first, f);

	if (r == 1)
		file->drawn = reader_lines(d->reader) + 1;
	return r;
}

/* Read the file of ${d} until the page is full or the file ends. */
static int
draw(struct file_source *fs, struct drawn *d, struct fault *f)
{
	int r;

	d->n = 0;
	buf_reset(&d->body);
	if (begin(fs, d, f) != 0)
		return -1;
	r = d->lines ? draw_lines(fs, d, f) : draw_images(fs, d, f);
	return r == 0 ? end(fs, d, f) : r < 0 ? -1 : 0;
}

/* The page ${d} is done with, and perhaps its file. */
static void
put_back(struct file_source *fs, const struct drawn *d)
{
	const struct file_list *list = &fs->list;
	struct file *file = &fs->files[d->file];

	file->entries += d->entries;
	file->left_out += d->left_out;
	if (--file->out == 0 && file->ended && list->done != NULL)
		list->done(list->ctx, d->file, file->entries, file->left_out);
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
		file->out++;
		if (draw(fs, d, f) != 0) {
			fs->failed = true;
			return -1;
		}
		if (d->body.n > 0)
			return 1;
		put_back(fs, d);
	}
	return 0;
}

static int
source_take(struct source *s, struct segment *out, struct fault *f)
{
	struct file_source *fs = (struct file_source *)s;
	struct drawn *d;
	int r;

	lock_enter(fs->lock);
	d = drawn_new(fs);
	r = next(fs, d, f);
	if (r == 1)
		*out = (struct segment){ .index = (int64_t)d->file, .own = d };
	else
		drawn_spare(fs, d);
	lock_leave(fs->lock);
	return r;
}

static void
source_put(struct source *s, struct segment *seg)
{
	struct file_source *fs = (struct file_source *)s;
	struct drawn *d = seg->own;

	lock_enter(fs->lock);
	fs->files[d->file].taken = !fs->list.shared && d->last;
	if (fs->list.shared)
		put_back(fs, d);
	drawn_spare(fs, d);
	lock_leave(fs->lock);
	buf_release(&seg->next);
}

/* Remember what belongs to the item that was added to ${page}. */
static void
keep(struct drawn *d, const struct page *page, struct slice ttl, int64_t number)
{
	if (page->n > d->cap) {
		d->cap = page->cap;
		d->images =
		    xreallocarray(d->images, d->cap, sizeof(*d->images));
	}
	d->images[page->n - 1] = (struct image){ ttl, number };
}

static int
check(const struct file_source *fs, const struct drawn *d,
    const struct page *page, int64_t line, struct fault *f)
{
	const struct file_list *list = &fs->list;

	return list->check == NULL ? 0
				   : list->check(list->ctx, d->file,
					 &page->items[page->n - 1], line, f);
}

/* ${image} cannot be added to a page: if it lacks the key, say whose that is.
 */
static void
not_added(const struct file_source *fs, struct slice image, struct fault *f)
{
	const struct key_schema *key = fs->list.schema;

	if (fs->list.table != NULL &&
	    (slice_get(image, key->partition).p == NULL ||
		(key->sort != NULL && slice_get(image, key->sort).p == NULL)))
		(void)fault_add(f,
		    ", which is in the key of table %s; name a table with the "
		    "key of these entries with -t, or rename the attribute in "
		    "a copy",
		    fs->list.table);
}

/* Add the entry on the line ${text}, if any, to ${page}. */
static int
read_line(struct file_source *fs, struct drawn *d, struct page *page,
    const struct reader_text *text, struct fault *f)
{
	const struct file_list *list = &fs->list;
	struct reader_entry e;
	int got = reader_line(d->reader, text, &e, f);

	if (got == 1 && !e.checked &&
	    page_item(page, e.item, list->schema, list->ttl, NULL) != 0)
		got = reader_check(d->reader, text, &e, f);
	d->left_out += e.left_out;
	if (got != 1)
		return got;
	if (e.checked &&
	    page_item(page, e.item, list->schema, list->ttl, f) != 0) {
		not_added(fs, e.item, f);
		return fault_at(f, "%s:%lld", reader_path(d->reader),
		    (long long)text->number);
	}
	if (reader_check_key(d->reader, text->number, &e,
		&page->items[page->n - 1], &d->scratch, f) != 0)
		return -1;
	keep(d, page, e.ttl, text->number);
	return check(fs, d, page, text->number, f);
}

/* Fill ${page} from the lines in its body. */
static int
read_lines(struct file_source *fs, struct drawn *d, struct page *page,
    struct fault *f)
{
	struct slice rest = { page->body.p, page->body.n };
	struct reader_text text = { .number = d->first };

	for (; lines_split(&rest, &text.text, &text.torn); text.number++)
		if (read_line(fs, d, page, &text, f) != 0)
			return -1;
	return 0;
}

/* Fill ${page} from the images in its body. */
static int
read_images(struct file_source *fs, struct drawn *d, struct page *page,
    struct fault *f)
{
	const struct file_list *list = &fs->list;
	size_t at = 0;

	for (size_t i = 0; i < d->n; i++) {
		struct slice image = { page->body.p + at, d->parts[i].image };
		struct slice ttl = { image.p + image.n, d->parts[i].ttl };

		at += image.n + ttl.n;
		if (page_item(page, image, list->schema, list->ttl, f) != 0) {
			not_added(fs, image, f);
			return fault_at(f, "%s:%lld", fs->files[d->file].path,
			    (long long)d->parts[i].line);
		}
		if (ttl.n == 0)
			ttl.p = NULL;
		keep(d, page, ttl, d->first + (int64_t)i);
		if (check(fs, d, page, d->parts[i].line, f) != 0)
			return -1;
	}
	return 0;
}

/* Fill ${page} from what was drawn. */
static int
fill(struct file_source *fs, struct drawn *d, struct page *page,
    struct fault *f)
{
	struct buf swap = page->body;
	int rc;

	page->body = d->body;
	d->body = swap;
	rc =
	    d->lines ? read_lines(fs, d, page, f) : read_images(fs, d, page, f);
	d->items = page->items;
	d->entries += (int64_t)page->n;
	page->scanned = (int64_t)page->n;
	return rc;
}

/* Fill ${page} from the next block of lines. */
static int
fetch_lines(struct file_source *fs, struct segment *seg, struct page *page,
    struct fault *f)
{
	struct drawn *d = seg->own;
	int r;

	d->reader = fs->list.ctx;
	d->lines = true;
	do {
		lock_enter(fs->lock);
		r = draw_lines(fs, d, f);
		d->last = fs->files[0].ended = r != 1;
		lock_leave(fs->lock);
		seg->finished = d->last;
		if (r != 1)
			return r;
		if (fill(fs, d, page, f) != 0)
			return -1;
	} while (page->n == 0);
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

	(void)conn;
	page_reset(page);
	if (seg->finished)
		return 0;
	if (list->workers > 0)
		return fetch_lines(fs, seg, page, f);
	if (!list->shared && draw(fs, d, f) != 0)
		return -1;
	seg->finished = list->shared || d->last;
	if (d->body.n == 0)
		return 0;
	if (fill(fs, d, page, f) != 0)
		return -1;
	seg->pages = list->shared ? 1 : ++fs->files[d->file].pages;
	return page->n > 0;
}

static void
source_end(struct source *s)
{
	struct file_source *fs = (struct file_source *)s;

	for (size_t i = 0; i < fs->list.n; i++)
		free(fs->files[i].path);
	free(fs->files);
	free_spares(fs);
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

static const struct image *
image_of(const struct segment *seg, const struct item *item)
{
	const struct drawn *d = seg->own;

	return &d->images[item - d->items];
}

int64_t
file_source_number(const struct segment *seg, const struct item *item)
{
	return image_of(seg, item)->number;
}

struct slice
file_source_ttl(const struct segment *seg, const struct item *item)
{
	return image_of(seg, item)->ttl;
}
