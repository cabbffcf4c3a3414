#include <stdlib.h>
#include <sys/stat.h>

#include "export/documents.h"
#include "export/export_line.h"
#include "export/reader.h"
#include "export/s3_folder.h"
#include "export/s3_manifest.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/source.h"
#include "lib/stream/input.h"
#include "lib/stream/lines.h"

#define PAGE_BYTES ((size_t)1 << 20)
#define PAGE_ITEMS 2000

/* How far a file is read; kept while it waits to be taken again. */
struct position {
	const struct s3_file *file;
	struct lines *lines; /* NULL: not begun */
	int64_t count;       /* entries so far, deleted ones included */
	/* of the page in the making: where each item ends, and its line */
	size_t ends[PAGE_ITEMS];
	int64_t line[PAGE_ITEMS];
};

/* A file on its way through the workers. */
struct turn {
	enum { TURN_WAITS, TURN_TAKEN, TURN_DONE } at;
	struct position *position; /* NULL: not begun, or done */
};

struct s3_folder {
	struct source source;
	struct s3_manifest manifest;
	const struct key_schema *schema;
	const char *ttl;
	enum key_told told;
	struct lock *lock; /* turns, and … */
	struct turn *turns;
	int64_t count; /* … entries in all files that were read to the end */
	size_t ended;  /* … how many these are */
};

bool
s3_folder_is(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

struct s3_folder *
s3_folder_open(const char *path, struct fault *f)
{
	struct s3_folder *d = xcalloc(1, sizeof(*d));

	d->lock = lock_new();
	if (s3_manifest_read(&d->manifest, path, f) == 0) {
		d->turns = xcalloc(d->manifest.n, sizeof(*d->turns));
		return d;
	}
	s3_folder_close(d);
	return NULL;
}

const struct s3_manifest *
s3_folder_manifest(const struct s3_folder *d)
{
	return &d->manifest;
}

static void
position_free(struct position *p)
{
	if (p != NULL)
		lines_close(p->lines);
	free(p);
}

void
s3_folder_close(struct s3_folder *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; d->turns != NULL && i < d->manifest.n; i++)
		position_free(d->turns[i].position);
	free(d->turns);
	s3_manifest_release(&d->manifest);
	lock_free(d->lock);
	free(d);
}

/* Whether ${path} holds an entry that is still there: 1, 0, -1. */
static int
holds_entry(const char *path, struct fault *f)
{
	struct reader *r = reader_open(path, READER_DELETED, f);
	struct slice item;
	int64_t line;
	int got;

	if (r == NULL)
		return -1;
	got = reader_next(r, &item, &line, f);
	reader_close(r);
	return got;
}

int
s3_folder_schema(struct s3_folder *d, const char *hint, char **partition,
    char **sort, struct fault *f)
{
	const struct s3_manifest *m = &d->manifest;
	struct reader *r;
	int rc = 0;

	for (size_t i = 0; i < m->n && rc == 0; i++) {
		if (m->files[i].items == 0)
			continue;
		rc = holds_entry(m->files[i].path, f);
		if (rc != 1)
			continue;
		r = reader_open(m->files[i].path, READER_DELETED, f);
		rc =
		    r == NULL || reader_schema(r, hint, partition, sort, f) != 0
		    ? -1
		    : 1;
		if (rc == 1)
			d->told = reader_told(r);
		reader_close(r);
	}
	if (rc == 0) {
		/* nothing is in it: any name will do */
		*partition = xstrdup(hint != NULL ? hint : "key");
		*sort = NULL;
		d->told = KEY_GUESSED;
	}
	return rc < 0 ? -1 : 0;
}

enum key_told
s3_folder_told(const struct s3_folder *d)
{
	return d->told;
}

static int
folder_take(struct source *s, struct segment *out, struct fault *f)
{
	struct s3_folder *d = (struct s3_folder *)s;
	size_t i = 0;

	(void)f;
	lock_enter(d->lock);
	while (i < d->manifest.n && d->turns[i].at != TURN_WAITS)
		i++;
	if (i < d->manifest.n) {
		struct turn *t = &d->turns[i];

		t->at = TURN_TAKEN;
		if (t->position == NULL) {
			t->position = xcalloc(1, sizeof(*t->position));
			t->position->file = &d->manifest.files[i];
		}
		*out =
		    (struct segment){ .index = (int64_t)i, .own = t->position };
	}
	lock_leave(d->lock);
	return i < d->manifest.n;
}

static void
folder_put(struct source *s, struct segment *seg)
{
	struct s3_folder *d = (struct s3_folder *)s;
	struct turn *t = &d->turns[seg->index];

	lock_enter(d->lock);
	t->at = seg->finished ? TURN_DONE : TURN_WAITS;
	if (seg->finished) {
		position_free(t->position);
		t->position = NULL;
	}
	lock_leave(d->lock);
	buf_release(&seg->next);
}

/* Read a damaged file for the line in which the damage shows. */
static int
damaged(const struct s3_file *file, struct fault *f)
{
	struct lines *l = lines_open(file->path, f);
	struct fault found = { 0 };
	struct slice text;
	struct line line;
	bool torn;
	int r;

	if (l == NULL)
		return -1;
	while ((r = lines_next(l, &text, &torn, &found)) == 1)
		if (line_parse(&line, text, &found) != 0) {
			r = fault_at(&found, "%s:%lld", file->path,
			    (long long)lines_number(l));
			break;
		}
	lines_close(l);
	if (r < 0 && found.kind == FAULT_DATA)
		return fault(f, FAULT_DATA,
		    "%s (and its MD5 sum is not the one in the manifest: "
		    "fetch it again)",
		    found.text);
	if (r < 0) {
		*f = found;
		return -1;
	}
	return fault(f, FAULT_DATA,
	    "%s: its MD5 sum is not the one in the manifest: fetch it again",
	    file->path);
}

static int
check_sum(const struct s3_file *file, struct fault *f)
{
	int r = file->has_md5 ? s3_manifest_sum(file->path, file->md5, f) : 1;

	return r == 0 ? damaged(file, f) : r > 0 ? 0 : -1;
}

static int
begin(struct position *p, struct fault *f)
{
	struct input *in;

	if (check_sum(p->file, f) != 0)
		return -1;
	in = input_open(p->file->path, f);
	if (in == NULL)
		return -1;
	if (documents_are(in)) {
		input_close(in);
		return fault(f, FAULT_DATA,
		    "%s: replies or pretty-printed JSON, not a data file of "
		    "an export; read it on its own, with -i FILE",
		    p->file->path);
	}
	p->lines = lines_of(in);
	return 0;
}

/* The file's end: is that all of it? */
static int
check_count(const struct position *p, struct fault *f)
{
	if (p->file->items < 0 || p->count == p->file->items)
		return 0;
	return fault(f, FAULT_DATA,
	    "%s: it has %lld entries, the manifest says %lld", p->file->path,
	    (long long)p->count, (long long)p->file->items);
}

/* The same of all files, when this was the last one. */
static int
end(struct s3_folder *d, const struct position *p, struct fault *f)
{
	const struct s3_manifest *m = &d->manifest;
	int64_t count;
	bool last;

	lock_enter(d->lock);
	count = d->count += p->count;
	last = ++d->ended == m->n;
	lock_leave(d->lock);
	if (check_count(p, f) != 0)
		return -1;
	if (!last || !m->unlisted || m->items < 0 || count == m->items)
		return 0;
	return fault(f, FAULT_DATA,
	    "%s: its files have %lld entries, the manifest says %lld: is one "
	    "missing?",
	    m->folder, (long long)count, (long long)m->items);
}

/* What ${line} holds: 1 an entry; 0 a deleted one, or none; -1. */
static int
entry(struct position *p, const struct line *line, struct fault *f)
{
	if (line->kind == LINE_BLANK)
		return 0;
	if (line->kind != LINE_ITEM && line->kind != LINE_CHANGE)
		return fault(f, FAULT_DATA, "a line of a journal");
	p->count++;
	return line->kind == LINE_ITEM || !line->deletes;
}

int
s3_folder_check(const struct s3_file *file, struct fault *f)
{
	struct position *p;
	struct slice text;
	struct line line;
	bool torn;
	int r;

	if (check_sum(file, f) != 0)
		return -1;
	if (file->has_md5 || file->items < 0)
		return 0;
	p = xcalloc(1, sizeof(*p));
	p->file = file;
	p->lines = lines_open(file->path, f);
	r = p->lines != NULL ? 1 : -1;
	while (r == 1 && (r = lines_next(p->lines, &text, &torn, f)) == 1)
		if (line_parse(&line, text, f) != 0 || entry(p, &line, f) < 0)
			r = fault_at(f, "%s:%lld", file->path,
			    (long long)lines_number(p->lines));
	if (r == 0)
		r = check_count(p, f);
	position_free(p);
	return r;
}

/* Copy images into the page until it is full: how many, -1. */
static int
gather(struct s3_folder *d, struct segment *seg, struct page *page,
    struct fault *f)
{
	struct position *p = seg->own;
	struct slice text;
	struct line line;
	bool torn;
	int n = 0, r;

	while (n < PAGE_ITEMS && page->body.n < PAGE_BYTES) {
		r = lines_next(p->lines, &text, &torn, f);
		if (r < 0)
			return -1;
		if (r == 0) {
			seg->finished = true;
			return end(d, p, f) == 0 ? n : -1;
		}
		p->line[n] = lines_number(p->lines);
		r = line_parse(&line, text, f) == 0 ? entry(p, &line, f) : -1;
		if (r < 0)
			return fault_at(f, "%s:%lld", p->file->path,
			    (long long)p->line[n]);
		if (r == 0)
			continue;
		buf_add(&page->body, line.item.p, line.item.n);
		p->ends[n++] = page->body.n;
	}
	return n;
}

static int
folder_fetch(struct source *s, struct segment *seg, struct ddb_conn *conn,
    struct page *page, struct fault *f)
{
	struct s3_folder *d = (struct s3_folder *)s;
	struct position *p = seg->own;
	int n, read;

	(void)conn;
	page_reset(page);
	if (seg->finished)
		return 0;
	if (p->lines == NULL && begin(p, f) != 0)
		return -1;
	n = gather(d, seg, page, f);
	if (n <= 0)
		return n;
	/* only now does the body stay where it is */
	read = page_items(page, p->ends, n, d->schema, d->ttl, f);
	if (read < n)
		return fault_at(f, "%s:%lld", p->file->path,
		    (long long)p->line[read]);
	seg->pages++;
	return 1;
}

static void
folder_end(struct source *s)
{
	s3_folder_close((struct s3_folder *)s);
}

struct source *
s3_folder_source(struct s3_folder *d, const struct key_schema *schema,
    const char *ttl)
{
	static const struct source_ops ops = {
		.take = folder_take,
		.fetch = folder_fetch,
		.put = folder_put,
		.close = folder_end,
	};

	d->source =
	    (struct source){ .ops = &ops, .segments = (int64_t)d->manifest.n };
	d->schema = schema;
	d->ttl = ttl;
	return &d->source;
}
