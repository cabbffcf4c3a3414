#include <stdlib.h>
#include <string.h>

#include "cli/context/context.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "export/file_source.h"
#include "export/journal_format.h"
#include "export/reader.h"
#include "export/s3_directory.h"
#include "export/s3_manifest.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/text.h"
#include "lib/base/tty.h"
#include "lib/stream/cms_key.h"
#include "lib/stream/input.h"

#define NAMED 5 /* surplus files named in messages */

/* The passphrase of the key in ${path}: its length, -1. */
static int
ask(void *ctx, const char *path, char *to, size_t size, struct fault *f)
{
	struct buf prompt = { 0 }, answer = { 0 };
	int n = -1;

	(void)ctx;
	buf_adds(&prompt, "Passphrase of ");
	text_escape(&prompt, path, strlen(path), !text_locale_utf8());
	buf_adds(&prompt, ": ");
	switch (tty_ask(buf_text(&prompt), true, size, &answer, f)) {
	case TTY_NONE:
		(void)fault(f, FAULT_REFUSED,
		    "%s: it has a passphrase, and there is no terminal to ask "
		    "for it; make a copy without one: openssl pkey -in %s -out "
		    "COPY.pem",
		    path, path);
		break;
	case TTY_END:
		(void)fault(f, FAULT_REFUSED, "no passphrase given");
		break;
	case TTY_LONG:
		(void)fault(f, FAULT_REFUSED, "the passphrase is too long");
		break;
	case TTY_LINE:
		memcpy(to, buf_text(&answer), answer.n);
		n = (int)answer.n;
		break;
	case TTY_FAILED:
		break;
	}
	buf_release(&prompt);
	secret_release(&answer);
	return n;
}

int
unlock_key(struct cms_key **key, const struct options *o, struct fault *f)
{
	*key = NULL;
	if (o->decrypt_with == NULL)
		return 0;
	*key = cms_key_load(o->decrypt_with, ask, NULL, f);
	return *key != NULL ? 0 : -1;
}

/* Note what the file does not say about its key: 0, or -1 if nothing. */
static int
note_key(struct context *c, enum key_told told)
{
	if (told == KEY_UNKNOWN)
		return -1;
	c->sort_unknown = told == KEY_GUESSED;
	if (c->sort_unknown && c->o->key == NULL && c->o->format == FORMAT_CSV)
		log_note(c->log,
		    "the file does not say whether its table has a sort key; "
		    "if it has one, name it with --key %s,NAME, or the CSV "
		    "lacks it",
		    c->partition);
	if (told == KEY_ORDER_GUESSED)
		log_note(c->log,
		    "assuming %s is the partition key and %s the sort key: the "
		    "file does not say which is which; use --key %s,%s if it "
		    "is the other way round",
		    c->partition, c->sort, c->sort, c->partition);
	return 0;
}

void
context_warn_partial(struct log *log, const char *path)
{
	log_warn(log,
	    "%s: contains only a part of the table: its last reply says that "
	    "more entries follow (LastEvaluatedKey, NextToken or "
	    "UnprocessedKeys)",
	    input_title(path));
}

void
context_warn_empty(struct log *log, const struct input *in, const char *so)
{
	if (input_empty(in))
		log_warn(log, "%s is empty: it %s", input_name(in), so);
}

void
context_warn_cut(struct log *log, const char *path)
{
	log_warn(log,
	    "%s: its last line is truncated or damaged, and is ignored: this is "
	    "normal after a crash, and nothing is then missing; if this is a "
	    "copy, compare it with the original",
	    path);
}

static int
open_file(struct context *c, struct fault *f)
{
	const struct journal_index *ix;
	enum key_told told;

	c->reader = reader_open(c->o->input, READER_DELETED, c->key, f);
	if (c->reader == NULL)
		return -1;
	context_warn_empty(c->log, reader_input(c->reader),
	    "contains no entry");
	told = reader_schema(c->reader, c->o->key, &c->partition, &c->sort, f);
	if (note_key(c, told) != 0)
		return -1;
	reader_watch(c->reader, &c->file_partial);
	ix = reader_journal(c->reader);
	if (ix != NULL) {
		c->input_journal = true;
		c->file_table = xstrdup(ix->header.table);
		c->file_region = xstrdup(ix->header.region);
		c->file_ttl = xstrdup(ix->header.ttl_attribute);
		c->rules.now = ix->header.now;
		if (ix->cut)
			context_warn_cut(c->log, c->o->input);
	}
	return 0;
}

void
context_warn_directory(struct log *log, const struct s3_manifest *m)
{
	size_t unzipped = 0;

	if (!m->summarized && !m->unlisted)
		log_warn(log,
		    "%s: has no manifest-summary.json: the table and the time "
		    "of the export are not known, and its number of entries "
		    "could not be checked",
		    m->directory);
	if (m->unlisted)
		log_warn(log,
		    "%s: has no %s: %zu data file%s read, but whether "
		    "the export is complete and undamaged could not be "
		    "checked%s",
		    m->directory,
		    m->summarized ? "manifest-files.json" : "manifest", m->n,
		    m->n == 1 ? " is" : "s are",
		    m->items >= 0 ? " except by the number of entries" : "");
	for (size_t i = 0; i < m->n; i++)
		unzipped += m->files[i].unzipped;
	if (unzipped > 0)
		log_warn(log,
		    "%s: %zu of its %zu data files %s no longer compressed: "
		    "MD5 sums cannot be checked there, only numbers of entries",
		    m->directory, unzipped, m->n, unzipped == 1 ? "is" : "are");
	for (size_t i = 0; i < m->nsurplus && i < NAMED; i++)
		log_warn(log, "%s: not listed in a manifest; ignored",
		    m->surplus[i]);
	if (m->nsurplus > NAMED)
		log_warn(log, "%zu more files are not listed in a manifest",
		    m->nsurplus - NAMED);
}

/* An export to S3 is judged by its own time. */
static int
open_directory(struct context *c, struct fault *f)
{
	const struct s3_manifest *m;
	enum key_told told;

	c->directory = s3_directory_open(c->o->input, f);
	if (c->directory == NULL)
		return -1;
	c->input_files = true;
	told = s3_directory_schema(c->directory, c->o->key, &c->partition,
	    &c->sort, f);
	if (note_key(c, told) != 0)
		return -1;
	m = s3_directory_manifest(c->directory);
	c->file_table = m->table != NULL ? xstrdup(m->table) : NULL;
	c->file_region = m->region != NULL ? xstrdup(m->region) : NULL;
	c->file_items = m->items;
	if (m->has_time)
		c->rules.now = m->time;
	else if (m->bad_time != NULL && !option_given(c->o, "now"))
		return fault(f, FAULT_DATA,
		    "%s/manifest-summary.json: %s is not a time; give one with "
		    "--now",
		    m->directory, m->bad_time);
	context_warn_directory(c->log, m);
	return 0;
}

int
context_input_open(struct context *c, struct fault *f)
{
	c->world = world_real_open(NULL, f);
	if (c->world == NULL)
		return -1;
	/* unless the file has its own time */
	c->rules.now = c->world->wall_ms(c->world->ctx) / 1000;
	/* files do not say whether TTL is on */
	c->rules.ttl_acts = true;
	c->file_items = -1;
	if (unlock_key(&c->key, c->o, f) != 0)
		return -1;
	if ((s3_directory_is(c->o->input) ? open_directory(c, f)
					  : open_file(c, f)) != 0)
		return -1;
	c->schema = (struct key_schema){ c->partition, c->sort };
	c->ttl = c->o->ttl_attribute != NULL ? c->o->ttl_attribute
	    : c->file_ttl != NULL            ? c->file_ttl
					     : "ttl";
	if (option_given(c->o, "now"))
		c->rules.now = c->o->now;
	return 0;
}

struct source *
context_input_source(struct context *c, int workers)
{
	struct s3_directory *directory = c->directory;
	struct reader *reader = c->reader;

	c->directory = NULL;
	c->reader = NULL;
	return directory != NULL
	    ? s3_directory_source(directory, &c->schema, c->ttl)
	    : file_source_of(reader, &c->schema, c->ttl, workers);
}

void
context_input_close(struct context *c)
{
	reader_close(c->reader);
	s3_directory_close(c->directory);
	cms_key_free(c->key);
	free(c->partition);
	free(c->sort);
	free(c->file_table);
	free(c->file_region);
	free(c->file_ttl);
}
