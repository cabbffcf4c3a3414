#include <stdlib.h>
#include <string.h>

#include "export/csv_items.h"
#include "export/file_source.h"
#include "export/journal_format.h"
#include "export/reader.h"
#include "export/s3_manifest.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/base/text.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/cost.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"
#include "lib/stream/input.h"
#include "sweep/duplicate_keys.h"
#include "sweep/image.h"
#include "sweep/images.h"
#include "sweep/newest.h"
#include "sweep/restore.h"
#include "sweep/totals.h"

/* Images on a page, of which a worker makes batches, one after the other. */
#define PAGE_IMAGES 100
/* Keys of an export to compare with each other, 48 bytes each. */
#define DUPLICATES_MAX ((size_t)1 << 18)
/* Guesses: how much larger compressed data becomes, and a pipe's size. */
#define INFLATES INT64_C(8)
#define PIPE_BYTES (INT64_C(64) << 20)

struct images {
	const struct restore *r;
	struct lock *lock;     /* for newest and duplicates */
	struct newest *newest; /* NULL with a single journal */
	int64_t numbers;       /* of the images of files read to their end */
	struct sweep_totals *totals; /* NULL: not the first walk */
	struct file {
		int64_t first; /* is added to the numbers of its images, … */
		int64_t numbers; /* … which are below this */
		int64_t entries; /* with those that are left out */
		/* of an export on the first walk; NULL: no check */
		struct duplicate_keys *duplicates;
	} * files;
};

/* About how many bytes of text the files contain. */
static int64_t
bytes_of(const struct restore *r)
{
	int64_t sum = 0;

	for (size_t i = 0; i < r->nfiles; i++) {
		const char *path = r->files[i].path;
		bool gz = text_ends_in(path, strlen(path), ".gz");
		int64_t size = input_size(reader_input(r->files[i].reader));

		sum += size < 0 ? PIPE_BYTES : size * (gz ? INFLATES : 1);
	}
	return sum;
}

struct images *
images_open(const struct restore *r, struct fault *f)
{
	const struct ddb_table *t = r->table;
	const struct csv_key key = { t->partition, t->sort, t->partition_type,
		t->sort_type };
	struct images *im = xcalloc(1, sizeof(*im));

	im->r = r;
	im->lock = lock_new();
	im->files = xcalloc(r->nfiles, sizeof(*im->files));
	for (size_t i = 0; i < r->nfiles; i++) {
		if (r->deleted)
			reader_take_deleted(r->files[i].reader);
		if (reader_key(r->files[i].reader, &key, f) != 0) {
			(void)fault_add(f,
			    ", the key of table %s; if the file belongs to "
			    "another table, name that with -t",
			    r->table->name);
			if (r->table->sort != NULL)
				(void)fault_add(f,
				    "; if it was written from another file "
				    "without its sort key, write it again with "
				    "--key %s,%s",
				    r->table->partition, r->table->sort);
			images_close(im);
			return NULL;
		}
	}
	if (r->nfiles > 1)
		im->newest = newest_new(bytes_of(r), NEWEST_MOST);
	return im;
}

void
images_close(struct images *im)
{
	if (im == NULL)
		return;
	newest_free(im->newest);
	for (size_t i = 0; i < im->r->nfiles; i++)
		duplicate_keys_free(im->files[i].duplicates);
	free(im->files);
	lock_free(im->lock);
	free(im);
}

/* A journal of another table is refused unless the user named the table. */
static int
check_journal(const struct images *im, const struct images_file *file,
    struct fault *f)
{
	const struct journal_index *ix = reader_journal(file->reader);
	const struct ddb_table *t = im->r->table;
	const struct journal_header *h;

	if (ix == NULL)
		return 0;
	h = &ix->header;
	if (strcmp(h->partition, t->partition) != 0 ||
	    (h->sort == NULL) != (t->sort == NULL) ||
	    (h->sort != NULL && strcmp(h->sort, t->sort) != 0))
		return fault(f, FAULT_DATA,
		    "%s: the journal's key is (%s%s%s), but table %s has "
		    "(%s%s%s); name a table with the journal's key with -t",
		    file->path, h->partition, h->sort != NULL ? ", " : "",
		    h->sort != NULL ? h->sort : "", t->name, t->partition,
		    t->sort != NULL ? ", " : "",
		    t->sort != NULL ? t->sort : "");
	if (strcmp(h->table, t->name) != 0 && !im->r->other_table)
		return fault(f, FAULT_REFUSED,
		    "%s: a journal of table %s, but this is table %s; to put "
		    "its entries here anyway, give --table %s, not --stack",
		    file->path, h->table, t->name, t->name);
	return 0;
}

static struct reader *
begin_file(void *ctx, size_t i, struct fault *f)
{
	struct images *im = ctx;
	const struct images_file *file = &im->r->files[i];

	if (im->totals == NULL)
		return file->reader;
	if (reader_refresh(file->reader, f) != 0 ||
	    check_journal(im, file, f) != 0)
		return NULL;
	im->files[i].first = im->numbers;
	if (reader_journal(file->reader) != NULL)
		return file->reader;
	im->files[i].duplicates = duplicate_keys_new(DUPLICATES_MAX);
	if (im->newest == NULL)
		im->newest = newest_new(bytes_of(im->r), NEWEST_MOST);
	return file->reader;
}

/* An export has each key once, if it is the key of its own table. */
static int
check_duplicate(const struct images *im, struct duplicate_keys *duplicates,
    const struct item *item, int64_t line, struct fault *f)
{
	const struct ddb_table *t = im->r->table;
	int64_t other = duplicate_keys_add(duplicates, item, line);

	if (other == 0)
		return 0;
	return fault(f, FAULT_DATA,
	    "it differs from line %lld but has the same key in table %s, whose "
	    "key is (%s%s%s); the table of the export may have another key, "
	    "or two exports were joined: restore them from two files",
	    (long long)other, t->name, t->partition,
	    t->sort != NULL ? ", " : "", t->sort != NULL ? t->sort : "");
}

/* Compare the keys of all images on the first walk: of all files, and of one
 * export. */
static int
compare(struct images *im, size_t i, const struct item *item, int64_t line,
    struct fault *f)
{
	struct duplicate_keys *duplicates = im->files[i].duplicates;
	int rc = 0;

	if (im->totals == NULL || (im->newest == NULL && duplicates == NULL))
		return 0;
	lock_enter(im->lock);
	if (im->newest != NULL)
		newest_see(im->newest, item);
	if (duplicates != NULL)
		rc = check_duplicate(im, duplicates, item, line, f);
	lock_leave(im->lock);
	return rc;
}

static int
check_entry(void *ctx, size_t i, const struct item *item, int64_t line,
    struct fault *f)
{
	struct images *im = ctx;

	if (image_check_item(item, im->r->table, f) == 0 &&
	    compare(im, i, item, line, f) == 0)
		return 0;
	return fault_at(f, "%s:%lld", im->r->files[i].path, (long long)line);
}

/* Rewind for the next walk. */
static int
go_back(struct images *im, size_t i, struct fault *f)
{
	struct reader *r = im->r->files[i].reader;

	if (reader_rewind(r, f) != 0)
		return -1;
	if (i >= IMAGES_OPEN)
		input_rest(reader_input(r));
	return 0;
}

static int
end_file(void *ctx, size_t i, int64_t numbers, struct fault *f)
{
	struct images *im = ctx;
	const struct images_file *file = &im->r->files[i];
	struct sweep_totals *t = im->totals;

	if (t != NULL) {
		im->files[i].numbers = numbers;
		im->numbers += numbers;
		if (reader_partial(file->reader))
			t->partial = file->path;
	}
	return go_back(im, i, f);
}

static void
done_file(void *ctx, size_t i, int64_t entries, int64_t left_out)
{
	struct images *im = ctx;

	duplicate_keys_free(im->files[i].duplicates);
	im->files[i].duplicates = NULL;
	if (im->totals == NULL)
		return;
	im->totals->left_out += left_out;
	im->files[i].entries = entries + left_out;
}

/* File ${i} may be the last of an export of which only the sum is known. */
static int
check_total(const struct images *im, size_t i, struct fault *f)
{
	const struct images_file *file = &im->r->files[i];
	int64_t sum = 0;

	if (file->directory == NULL)
		return 0;
	for (size_t k = 0; k < file->of; k++)
		sum += im->files[i - k].entries;
	return s3_manifest_total(file->directory, file->total, sum, f);
}

/* Compare the numbers of entries with what manifests say. */
static int
check_counts(const struct images *im, struct fault *f)
{
	for (size_t i = 0; i < im->r->nfiles; i++) {
		const struct images_file *file = &im->r->files[i];

		if (s3_manifest_count(file->path, file->items,
			im->files[i].entries, f) != 0 ||
		    check_total(im, i, f) != 0)
			return -1;
	}
	return 0;
}

struct source *
images_walk(struct images *im, struct sweep_totals *totals)
{
	im->totals = totals;
	return file_source_open(&(struct file_list){ .n = im->r->nfiles,
	    .schema = &im->r->table->schema,
	    .ttl = im->r->ttl_attribute,
	    .table = im->r->table->name,
	    .shared = true,
	    .page = totals != NULL ? FILE_PAGE : PAGE_IMAGES,
	    .ctx = im,
	    .begin = begin_file,
	    .check = check_entry,
	    .end = end_file,
	    .done = done_file });
}

/* Whether the file has grown by this image since the first walk. */
static bool
is_new(const struct images *im, size_t i, int64_t number)
{
	return number >= im->files[i].numbers;
}

static int
weigh_file(struct images *im, size_t i, struct fault *f)
{
	const struct images_file *file = &im->r->files[i];
	bool lines = reader_shares(file->reader);
	int64_t n = 0, number, line, at_us;
	struct slice image;
	struct item item;
	int got;

	while ((got = reader_next(file->reader, &image, &line, f)) == 1) {
		if (image_check(image, im->r->table, im->r->ttl_attribute,
			&item, f) != 0)
			return fault_at(f, "%s:%lld", file->path,
			    (long long)line);
		at_us = reader_at(file->reader);
		number = lines ? line : n++;
		if (is_new(im, i, number))
			continue;
		newest_weigh(im->newest, &item, at_us > 0 ? at_us : file->of_us,
		    im->files[i].first + number);
		if (stop_requested() != 0)
			return fault(f, FAULT_CANCELLED, "interrupted");
	}
	return got == 0 ? go_back(im, i, f) : -1;
}

int
images_newest(struct images *im, struct fault *f)
{
	int rounds =
	    im->newest != NULL ? newest_rounds(im->newest, im->numbers) : 0;

	if (check_counts(im, f) != 0)
		return -1;
	for (int round = 0; round < rounds; round++) {
		newest_begin(im->newest, round);
		for (size_t i = 0; i < im->r->nfiles; i++)
			if (weigh_file(im, i, f) != 0)
				return -1;
	}
	return 0;
}

/* A repair may have changed another attribute (--ttl-attribute). */
const char *
images_attribute(const struct images *im, const struct segment *seg)
{
	const struct images_file *file = &im->r->files[file_source_file(seg)];
	const struct journal_index *ix = reader_journal(file->reader);

	return ix != NULL && ix->header.ttl_attribute[0] != '\0'
	    ? ix->header.ttl_attribute
	    : im->r->ttl_attribute;
}

int64_t
images_units(const struct images *im, const struct segment *seg,
    const struct item *item)
{
	struct slice given = file_source_ttl(seg, item);

	return given.p != NULL ? cost_update(im->r->table, item->json,
				     images_attribute(im, seg), given)
			       : cost_item(im->r->table, item);
}

enum images_turn
images_turn(const struct images *im, const struct segment *seg,
    const struct item *item)
{
	size_t i = file_source_file(seg);
	int64_t number = file_source_number(seg, item);

	if (im->newest == NULL || is_new(im, i, number) ||
	    !newest_is_old(im->newest, im->files[i].first + number))
		return IMAGES_NOW;
	return file_source_ttl(seg, item).p != NULL ? IMAGES_AFTER : IMAGES_OLD;
}
