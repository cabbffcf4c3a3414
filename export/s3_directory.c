#include <stdlib.h>
#include <sys/stat.h>

#include "export/documents.h"
#include "export/export_line.h"
#include "export/file_source.h"
#include "export/s3_directory.h"
#include "export/s3_locate.h"
#include "export/s3_manifest.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/stream/input.h"
#include "lib/stream/lines.h"

struct s3_directory {
	struct s3_manifest manifest;
	struct reader **readers; /* of the files that are being read */
	struct lock *lock;       /* for all below */
	int64_t count;           /* entries in all files read to the end */
	size_t ended;            /* how many these are */
};

bool
s3_directory_is(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

struct s3_directory *
s3_directory_open(const char *path, struct fault *f)
{
	struct s3_directory *d = xcalloc(1, sizeof(*d));
	struct s3_manifest *m = &d->manifest;

	d->lock = lock_new();
	if (s3_manifest_read(m, path, f) != 0) {
		s3_directory_close(d);
		return NULL;
	}
	d->readers = xcalloc(m->n, sizeof(struct reader *));
	for (size_t i = 0; i < m->n; i++) {
		struct input *in = input_open(m->files[i].path, NULL);

		if (in != NULL)
			s3_locate_sniff(&m->files[i], in);
		input_close(in);
	}
	return d;
}

const struct s3_manifest *
s3_directory_manifest(const struct s3_directory *d)
{
	return &d->manifest;
}

void
s3_directory_close(struct s3_directory *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; d->readers != NULL && i < d->manifest.n; i++)
		reader_close(d->readers[i]);
	free(d->readers);
	s3_manifest_release(&d->manifest);
	lock_free(d->lock);
	free(d);
}

enum key_told
s3_directory_schema(const struct s3_directory *d, const char *hint,
    char **partition, char **sort, struct fault *f)
{
	const struct s3_manifest *m = &d->manifest;
	enum key_told told = KEY_UNKNOWN;
	struct slice item;
	int64_t line;
	int got = 0;

	/* by the first entry that was not deleted */
	for (size_t i = 0; i < m->n && got == 0; i++) {
		struct reader *r;

		if (m->files[i].items == 0)
			continue;
		r = reader_open(m->files[i].path, READER_DELETED, NULL, f);
		got = r != NULL ? reader_next(r, &item, &line, f) : -1;
		if (got == 1 && reader_rewind(r, f) == 0)
			told = reader_schema(r, hint, partition, sort, f);
		reader_close(r);
	}
	if (got != 0)
		return told;
	/* there is none: any name will do */
	*partition = xstrdup(hint != NULL ? hint : "key");
	*sort = NULL;
	return KEY_GUESSED;
}

/* Say in which line of ${in}, whose sum is wrong, the damage shows. */
static int
damaged(struct input *in, const struct s3_file *file, struct fault *f)
{
	struct lines *l = lines_of(in);
	struct fault found = { 0 };
	struct slice text;
	struct line line;
	bool torn;
	int r;

	while ((r = lines_next(l, &text, &torn, &found)) == 1)
		if (line_parse(&line, text, &found) != 0) {
			r = fault_at(&found, "%s:%lld", file->path,
			    (long long)lines_number(l));
			break;
		}
	lines_close(l);
	if (r == 0)
		return fault(f, FAULT_DATA,
		    "%s: its MD5 sum is not the one in the manifest: fetch it "
		    "again",
		    file->path);
	if (found.kind == FAULT_DATA)
		return fault(f, FAULT_DATA,
		    "%s (and its MD5 sum is not the one in the manifest: "
		    "fetch it again)",
		    found.text);
	*f = found;
	return -1;
}

struct input *
s3_directory_input(struct s3_file *file, const struct cms_key *key,
    struct fault *f)
{
	struct input *in = input_open_with(file->path, key, f);
	int r = 1;

	if (in == NULL)
		return NULL;
	s3_locate_sniff(file, in);
	if (file->has_md5)
		r = s3_manifest_sum(in, file->md5, f);
	if (r == 1)
		return in;
	if (r == 0)
		(void)damaged(in, file, f);
	else
		input_close(in);
	return NULL;
}

static struct reader *
begin_file(void *ctx, size_t i, struct fault *f)
{
	struct s3_directory *d = ctx;
	struct input *in = s3_directory_input(&d->manifest.files[i], NULL, f);

	if (in != NULL && documents_are(in)) {
		(void)fault(f, FAULT_DATA,
		    "%s: replies or pretty-printed JSON, not a data file of "
		    "an export; read it on its own, with -i FILE",
		    input_name(in));
		input_close(in);
		in = NULL;
	}
	d->readers[i] = reader_of(in, READER_EXPORT, f);
	return d->readers[i];
}

/* File ${i} was read to its end: compare its number of entries, and at last
 * that of all files. */
static int
end_file(void *ctx, size_t i, int64_t numbers, struct fault *f)
{
	struct s3_directory *d = ctx;
	const struct s3_manifest *m = &d->manifest;
	int64_t entries = numbers + reader_left_out(d->readers[i]), count;
	bool last;

	reader_close(d->readers[i]);
	d->readers[i] = NULL;
	lock_enter(d->lock);
	count = d->count += entries;
	last = ++d->ended == m->n;
	lock_leave(d->lock);
	if (s3_manifest_count(m->files[i].path, m->files[i].items, entries,
		f) != 0)
		return -1;
	return last && m->unlisted
	    ? s3_manifest_total(m->directory, m->items, count, f)
	    : 0;
}

static void
close_directory(void *ctx)
{
	s3_directory_close(ctx);
}

struct source *
s3_directory_source(struct s3_directory *d, const struct key_schema *schema,
    const char *ttl)
{
	return file_source_open(&(struct file_list){ .n = d->manifest.n,
	    .schema = schema,
	    .ttl = ttl,
	    .page = FILE_PAGE,
	    .ctx = d,
	    .begin = begin_file,
	    .end = end_file,
	    .close = close_directory });
}
