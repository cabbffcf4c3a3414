#include <stdlib.h>
#include <string.h>

#include "export/csv_items.h"
#include "export/journal_format.h"
#include "export/reader.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"
#include "sweep/duplicate_keys.h"
#include "sweep/image.h"
#include "sweep/images.h"
#include "sweep/newest.h"

/* A chunk is full when it has so many images, or so many bytes of them. */
#define CHUNK 100
#define CHUNK_BYTES ((size_t)1 << 20)

/* A segment's own. */
struct chunk {
	struct buf body;      /* {"Items":[…]} until it is a page */
	struct buf ttls;      /* the values repair gave, behind each other */
	size_t ends[CHUNK];   /* of them */
	size_t starts[CHUNK]; /* of the images in the body */
	size_t n, at;
	int64_t first;    /* its number in the file, from 0 */
	const char *page; /* the body, once it is one */
};

/* An export holds a key once, in the table that it is of. */
static int
check_twins(const struct images *im, const struct item *item, int64_t line,
    struct fault *f)
{
	const struct ddb_table *t = im->table;
	int64_t other = duplicate_keys_add(im->twins, item, line);

	if (other == 0)
		return 0;
	return fault(f, FAULT_DATA,
	    "it has the same key as line %lld and is another entry; the key "
	    "of table %s is (%s%s%s): was the export's another? What is of "
	    "two exports is restored from two files",
	    (long long)other, t->name, t->partition,
	    t->sort != NULL ? ", " : "", t->sort != NULL ? t->sort : "");
}

/* Check that ${item} can be an entry of the table. */
static int
check_image(const struct images *im, struct slice image, int64_t line,
    struct fault *f)
{
	struct item item;

	if (image_check(image, im->table, im->ttl, &item, f) != 0)
		return -1;
	if (im->see != NULL)
		newest_see(im->see, &item);
	return im->twins != NULL ? check_twins(im, &item, line, f) : 0;
}

/* The next chunk of ${im}: 1, 0 at the end, -1. */
static int
draw(struct images *im, struct chunk *c, struct fault *f)
{
	struct slice image;
	int64_t line;
	struct slice ttl;
	int r = 1;

	c->first = im->drawn;
	buf_adds(&c->body, "{\"Items\":[");
	while (c->n < CHUNK && c->body.n < CHUNK_BYTES &&
	    (r = reader_next(im->reader, &image, &line, f)) == 1) {
		if (check_image(im, image, line, f) != 0)
			return fault_at(f, "%s: line %lld", im->path,
			    (long long)line);
		if (c->n > 0)
			buf_addc(&c->body, ',');
		c->starts[c->n] = c->body.n;
		buf_add(&c->body, image.p, image.n);
		ttl = reader_ttl(im->reader);
		buf_add(&c->ttls, ttl.p, ttl.n);
		c->ends[c->n++] = c->ttls.n;
		im->drawn++;
	}
	buf_adds(&c->body, "]}");
	if (r < 0)
		return -1;
	return c->n > 0;
}

static void
chunk_free(struct chunk *c)
{
	if (c == NULL)
		return;
	buf_release(&c->body);
	buf_release(&c->ttls);
	free(c);
}

static int
images_take(struct source *source, struct segment *out, struct fault *f)
{
	struct images *im = (struct images *)source;
	struct chunk *c;
	int r = 0;

	lock_enter(im->lock);
	if (!im->drained) {
		c = xcalloc(1, sizeof(*c));
		r = draw(im, c, f);
		im->drained = r != 1;
		if (r == 1) {
			*out =
			    (struct segment){ .index = im->next++, .own = c };
		} else {
			chunk_free(c);
		}
	}
	lock_leave(im->lock);
	return r;
}

static int
images_fetch(struct source *source, struct segment *seg, struct ddb_conn *conn,
    struct page *page, struct fault *f)
{
	struct images *im = (struct images *)source;
	struct chunk *c = seg->own;
	struct buf swap;

	(void)conn;
	if (seg->finished)
		return 0;
	page_reset(page);
	swap = page->body;
	page->body = c->body;
	c->body = swap;
	c->page = page->body.p;
	seg->finished = true;
	seg->pages++;
	return page_parse(page, &im->table->schema, im->ttl, f) == 0 ? 1 : -1;
}

static void
images_put(struct source *source, struct segment *seg)
{
	(void)source;
	chunk_free(seg->own);
	buf_release(&seg->next);
	memset(seg, 0, sizeof(*seg));
}

static void
images_close(struct source *source)
{
	struct images *im = (struct images *)source;

	if (im == NULL)
		return;
	reader_close(im->reader);
	duplicate_keys_free(im->twins);
	lock_free(im->lock);
	free(im);
}

struct images *
images_open(const char *path, const struct ddb_table *table, const char *ttl,
    const struct cms_key *unlock, struct fault *f)
{
	static const struct source_ops ops = {
		.take = images_take,
		.fetch = images_fetch,
		.put = images_put,
		.close = images_close,
	};
	const struct csv_key key = { table->partition, table->sort,
		table->partition_type, table->sort_type };
	struct images *im = xcalloc(1, sizeof(*im));

	/* how many chunks there are is known when the last one is drawn */
	im->source = (struct source){ &ops, INT32_MAX };
	im->path = path;
	im->table = table;
	im->ttl = ttl;
	im->lock = lock_new();
	im->reader = reader_open_with(path, READER_RESTORE, unlock, f);
	if (im->reader == NULL || reader_key(im->reader, &key, f) != 0) {
		images_close(&im->source);
		return NULL;
	}
	return im;
}

/* Where ${item} is in the chunk; c->n: nowhere. */
static size_t
locate(struct chunk *c, const struct item *item)
{
	size_t at = (size_t)(item->json.p - c->page);

	while (c->at < c->n && c->starts[c->at] < at)
		c->at++;
	return c->at < c->n && c->starts[c->at] == at ? c->at : c->n;
}

struct slice
images_ttl(const struct segment *seg, const struct item *item)
{
	struct chunk *c = seg->own;
	size_t i = locate(c, item), from;

	if (i == c->n)
		return (struct slice){ NULL, 0 };
	from = i > 0 ? c->ends[i - 1] : 0;
	if (c->ends[i] == from)
		return (struct slice){ NULL, 0 };
	return (struct slice){ c->ttls.p + from, c->ends[i] - from };
}

enum images_turn
images_turn(const struct images *im, const struct segment *seg,
    const struct item *item)
{
	struct chunk *c = seg->own;
	size_t i = locate(c, item);

	if (im->newest == NULL || i == c->n ||
	    !newest_is_old(im->newest, im->first + c->first + (int64_t)i))
		return IMAGES_NOW;
	return images_ttl(seg, item).p != NULL ? IMAGES_AFTER : IMAGES_OLD;
}

int
images_next(struct images *im, struct item *item, int64_t *at_us,
    struct fault *f)
{
	struct slice image;
	int64_t line;
	int r = reader_next(im->reader, &image, &line, f);

	if (r != 1)
		return r;
	if (image_check(image, im->table, im->ttl, item, f) != 0)
		return fault_at(f, "%s: line %lld", im->path, (long long)line);
	*at_us = reader_at(im->reader);
	if (*at_us <= 0)
		*at_us = im->of_us;
	im->drawn++;
	return 1;
}
