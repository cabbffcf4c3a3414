#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/command/write_totals.h"
#include "cli/context/context.h"
#include "cli/context/guard.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/report/figure.h"
#include "export/journal_format.h"
#include "export/reader.h"
#include "export/s3_directory.h"
#include "export/s3_manifest.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/dynamodb/write.h"
#include "lib/stream/cms_key.h"
#include "lib/stream/input.h"
#include "sweep/ceiling.h"
#include "sweep/images.h"
#include "sweep/journal.h"
#include "sweep/lock.h"
#include "sweep/plan.h"
#include "sweep/restore.h"
#include "sweep/totals.h"

static int run(const struct options *o, struct log *log, struct fault *f);

const struct command cmd_restore = {
	.name = "restore",
	.bit = ON_RESTORE,
	.args = "FILE...",
	.min = 1,
	.max = -1,
	.summary = "put entries back (a dry run without --yes)",
	.about =
	    "Puts back the entries of journals and exports, each only if no "
	    "entry has its key now. The journal of a repair gives entries "
	    "their old TTL value back if they still have the one that repair "
	    "gave them. A journal names its table and region. Every file is "
	    "checked from end to end before anything is written. Given a "
	    "directory with an export to S3, restores all of its files.",
	.examples = {
		{ "restore sweep.journal",
		    "show what a restore of this journal would put back" },
		{ "restore --yes --extend-ttl 1d sweep.journal",
		    "put it back, to expire a day from now" },
	},
	.run = run,
};

/* A file to restore from. */
struct origin {
	char *path;
	const char *named;                   /* it, or its directory */
	char *directory;                     /* of an export to S3; NULL */
	char *table;                         /* that it is of; NULL: unknown */
	struct images_file file;             /* its reader is ours */
	const struct journal_index *journal; /* NULL: an export */
	size_t place;                        /* on the command line */
};

struct restoring {
	struct context context;
	struct origin *origins;
	struct images_file *files; /* in the order they are put back */
	size_t n;
	struct cms_key *key; /* --decrypt-with; NULL: none */
	struct selection selection;
	struct ceilings ceilings;
	struct sweep_totals totals;
	struct sweep_lock *lock;
	bool began; /* to write */
};

/* The newest journal first, exports last, in the order of the command line. The
 * time in a header is the one entries were judged by, not that of the run. */
static int
origin_cmp(const void *a, const void *b)
{
	const struct origin *x = a, *y = b;
	const struct journal_index *j = x->journal, *k = y->journal;

	if ((j != NULL) != (k != NULL))
		return j != NULL ? -1 : 1;
	if (j != NULL && j->first_us != k->first_us)
		return j->first_us > k->first_us ? -1 : 1;
	if (j != NULL && j->last_us != k->last_us)
		return j->last_us > k->last_us ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

/* Add the file ${path}, opened as ${in}; NULL: it could not be opened. */
static int
add_origin(struct restoring *s, const char *path, struct input *in,
    struct fault *f)
{
	struct reader *r = reader_of(in, READER_RESTORE, f);
	struct origin *o;

	if (r == NULL)
		return -1;
	if (s->n >= IMAGES_OPEN)
		input_rest(in);
	s->origins = xreallocarray(s->origins, s->n + 1, sizeof(*s->origins));
	o = &s->origins[s->n];
	*o = (struct origin){ .path = xstrdup(path),
		.journal = reader_journal(r),
		.place = s->n };
	o->file = (struct images_file){ .path = o->path,
		.reader = r,
		.items = -1,
		.total = -1 };
	s->n++;
	return 0;
}

/* A copy of an export to S3: each of its data files, checked against the
 * manifests. */
static int
add_directory(struct restoring *s, const char *path, struct log *log,
    struct fault *f)
{
	struct s3_manifest m = { 0 };
	int rc = s3_manifest_read(&m, path, f);

	for (size_t i = 0; rc == 0 && i < m.n; i++) {
		struct s3_file *file = &m.files[i];

		rc = add_origin(s, file->path,
		    s3_directory_input(file, s->key, f), f);
		if (rc != 0)
			break;
		if (m.table != NULL)
			s->origins[s->n - 1].table = xstrdup(m.table);
		if (!file->has_md5)
			s->origins[s->n - 1].file.items = file->items;
		if (m.has_time && m.time > 0 && m.time <= INT64_MAX / 1000000)
			s->origins[s->n - 1].file.of_us = m.time * 1000000;
	}
	if (rc == 0 && m.n > 0 && m.unlisted) {
		struct origin *last = &s->origins[s->n - 1];

		last->directory = xstrdup(m.directory);
		last->file.directory = last->directory;
		last->file.of = m.n;
		last->file.total = m.items;
	}
	if (rc == 0)
		context_warn_directory(log, &m);
	s3_manifest_release(&m);
	return rc;
}

/* A file that is not there was perhaps to be found where journals go. */
static int
name_directory(const char *path, struct fault *f)
{
	char *directory = journal_default_directory();

	if (directory != NULL && strcmp(path, "-") != 0 &&
	    strstr(path, "://") == NULL && access(path, F_OK) != 0 &&
	    errno == ENOENT)
		(void)fault_add(f,
		    "; journals of runs without --journal and --journal-dir "
		    "go to %s",
		    directory);
	free(directory);
	return -1;
}

static int
read_origins(struct restoring *s, const struct options *o, struct log *log,
    struct fault *f)
{
	for (size_t i = 0; i < o->noperands; i++) {
		const char *path = o->operands[i];
		size_t before = s->n;
		int rc = s3_directory_is(path)
		    ? add_directory(s, path, log, f)
		    : add_origin(s, path, input_open_with(path, s->key, f), f);

		if (rc != 0)
			return name_directory(path, f);
		for (size_t k = before; k < s->n; k++)
			s->origins[k].named = path;
		if (s->n > before)
			context_warn_empty(log,
			    reader_input(s->origins[before].file.reader),
			    "restores nothing");
	}
	if (s->n > 0)
		qsort(s->origins, s->n, sizeof(*s->origins), origin_cmp);
	s->files = xcalloc(s->n, sizeof(*s->files));
	for (size_t i = 0; i < s->n; i++)
		s->files[i] = s->origins[i].file;
	return 0;
}

/* The table and region that the journals agree on, as far as no option names
 * them. */
/* Whether the journal is of another table than that it is put into. */
static bool
is_elsewhere(const struct restoring *s)
{
	const struct context *c = &s->context;
	const struct journal_header *h;

	if (s->n == 0 || s->origins[0].journal == NULL || c->table.name == NULL)
		return false;
	h = &s->origins[0].journal->header;
	return strcmp(h->table, c->table.name) != 0 ||
	    strcmp(h->region, c->config.region) != 0;
}

static int
find_hints(const struct restoring *s, const struct options *o,
    struct context_hints *hints, struct fault *f)
{
	bool named = option_given(o, "table");
	const struct journal_header *first, *h;
	const char *path;

	if (s->n == 0 || s->origins[0].journal == NULL)
		return 0;
	first = &s->origins[0].journal->header;
	if (first->ttl_attribute[0] != '\0')
		hints->ttl_attribute = first->ttl_attribute;
	if (named && option_given(o, "region"))
		return 0;
	path = s->origins[0].path;
	for (size_t i = 1; i < s->n && s->origins[i].journal != NULL; i++) {
		h = &s->origins[i].journal->header;
		if (!named && strcmp(h->table, first->table) != 0)
			return fault(f, FAULT_USAGE,
			    "%s belongs to table %s, and %s to table %s; "
			    "restore them one at a time, or name the table "
			    "with -t",
			    path, first->table, s->origins[i].path, h->table);
		if (strcmp(h->region, first->region) != 0)
			return fault(f, FAULT_USAGE,
			    "%s belongs to region %s, and %s to region %s; "
			    "restore them one at a time%s",
			    path, first->region, s->origins[i].path, h->region,
			    named ? ", or name the region with --region" : "");
	}
	if (!named)
		hints->table = first->table;
	hints->region = first->region;
	return 0;
}

/* No table could be opened: perhaps as the journal is of another server. */
static void
tell_endpoint(const struct restoring *s, struct fault *f)
{
	const struct options *o = s->context.o;
	const char *here = s->context.config.endpoint;
	const struct journal_header *h;

	if (s->n == 0 || s->origins[0].journal == NULL || here == NULL ||
	    (f->kind != FAULT_NET && f->kind != FAULT_NOT_FOUND) ||
	    option_given(o, "endpoint-url") || option_given(o, "region"))
		return;
	h = &s->origins[0].journal->header;
	if (h->endpoint[0] != '\0' && strcmp(h->endpoint, here) != 0)
		(void)fault_add(f,
		    "; %.300s was written for %.300s: choose that with "
		    "--endpoint-url",
		    s->origins[0].path, h->endpoint);
}

/* --deleted is for incremental exports. */
static void
tell_deleted(const struct restoring *s)
{
	if (!s->context.o->deleted)
		return;
	for (size_t i = 0; i < s->n; i++)
		if (reader_may_delete(s->files[i].reader))
			return;
	log_note(s->context.log,
	    "--deleted has no effect: only an incremental export records which "
	    "entries were deleted, and %s",
	    s->n == 1 ? "this file is none" : "none of these files is one");
}

/* So that no journal is put back elsewhere by accident. */
static int
check_origins(struct restoring *s, struct fault *f)
{
	struct context *c = &s->context;
	const struct options *o = c->o;

	for (size_t i = 0; i < s->n && s->origins[i].journal != NULL; i++) {
		const struct journal_header *h = &s->origins[i].journal->header;
		const char *path = s->origins[i].path;
		bool here = strcmp(h->endpoint, c->config.endpoint) == 0;

		if (!here && !option_given(o, "table") &&
		    !option_given(o, "endpoint-url"))
			return fault(f, FAULT_REFUSED,
			    "%s was written for %s, but this is %s; choose one "
			    "with --endpoint-url, or name the table with -t",
			    path, h->endpoint, c->config.endpoint);
		if (here && strcmp(h->table, c->table.name) == 0 &&
		    h->table_id[0] != '\0' && c->table.id[0] != '\0' &&
		    strcmp(h->table_id, c->table.id) != 0)
			log_warn(c->log,
			    "%s: table %s has been deleted and created again "
			    "since",
			    path, c->table.name);
	}
	return 0;
}

/* An export of one table goes into another only if that is named. */
static int
check_tables(const struct restoring *s, struct fault *f)
{
	const struct context *c = &s->context;

	for (size_t i = 0; i < s->n; i++) {
		const struct origin *x = &s->origins[i];

		if (x->table == NULL || strcmp(x->table, c->table.name) == 0)
			continue;
		if (!option_given(c->o, "table"))
			return fault(f, FAULT_REFUSED,
			    "%s: from an export of table %s, but would go into "
			    "table %s; name the table with -t",
			    x->path, x->table, c->table.name);
		log_note(c->log,
		    "%s: from an export of table %s; its entries go to table %s, "
		    "as asked",
		    x->path, x->table, c->table.name);
		break;
	}
	return 0;
}

/* The lock keeps out runs that write to this table, but a run on another table
 * may still be writing a journal that is to be put back here. What it adds
 * later would not be checked. */
static int
journals_have_ended(const struct restoring *s, struct fault *f)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->origins[i].journal != NULL &&
		    journal_in_use(
			input_descriptor(reader_input(s->files[i].reader))))
			return fault(f, FAULT_LOCKED,
			    "%s: the run that writes this journal is still "
			    "going; wait for it to end",
			    s->files[i].path);
	return 0;
}

/* Nothing is lost of a run that was killed, but perhaps of a copy. */
static void
tell_cut(const struct restoring *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->origins[i].journal != NULL && s->origins[i].journal->cut)
			context_warn_cut(s->context.log, s->files[i].path);
}

/* Exports beside a journal go where that goes, whatever the default table. */
static void
tell_led(const struct restoring *s)
{
	const struct origin *first = &s->origins[0];

	if (s->n == 0 || first->journal == NULL ||
	    option_given(s->context.o, "table") ||
	    option_given(s->context.o, "stack"))
		return;
	for (size_t i = 1; i < s->n; i++) {
		const struct origin *x = &s->origins[i];

		/* once for the files of an export */
		if (x->journal == NULL && x->named != s->origins[i - 1].named)
			log_note(s->context.log,
			    "%s: its entries go to table %s, which %s names",
			    x->named, s->context.table.name, first->path);
	}
}

/* The attribute that journal ${i} names, if it is not the one that entries are
 * judged by here; else NULL. */
static const char *
other_attribute(const struct restoring *s, size_t i)
{
	const struct journal_index *ix = s->origins[i].journal;
	const char *named = ix != NULL ? ix->header.ttl_attribute : "";

	return named[0] != '\0' && strcmp(named, s->context.ttl) != 0 ? named
								      : NULL;
}

/* Whether TTL is known to act on the attribute that entries are judged by. */
static bool
ttl_acts(const struct context *c)
{
	return c->table.ttl_acts && c->rules.ttl_acts;
}

/* --extend-ttl writes the attribute that a journal names; without it entries
 * keep their TTL there. */
static void
tell_attributes(const struct restoring *s)
{
	const struct context *c = &s->context;
	struct buf line = { 0 };

	for (size_t i = 0; i < s->n; i++) {
		const char *other = other_attribute(s, i);

		if (other == NULL)
			continue;
		buf_addf(&line,
		    "%s: its entries %s in %s, the TTL attribute of the "
		    "journal, not in %s",
		    s->files[i].path,
		    c->o->extend_ttl >= 0 ? "get their new TTL"
					  : "have their TTL",
		    other, c->ttl);
		if (ttl_acts(c))
			buf_addf(&line,
			    ", which TTL acts on: it deletes only what has "
			    "expired by %s",
			    c->ttl);
		if (c->o->extend_ttl >= 0)
			buf_addf(&line,
			    "; those without an expiry time in %s get one, too",
			    other);
		log_note(c->log, "%s", buf_text(&line));
		buf_reset(&line);
	}
	buf_release(&line);
}

/* Whether a file is of another TTL attribute, so that --extend-ttl gives a time
 * at which TTL does not look. */
static bool
any_other(const struct restoring *s)
{
	bool other = false;

	for (size_t i = 0; i < s->n; i++)
		other = other || other_attribute(s, i) != NULL;
	return other;
}

/* Whether --extend-ttl can write the TTL attribute of each file. */
static int
check_attributes(const struct restoring *s, struct fault *f)
{
	const struct context *c = &s->context;

	for (size_t i = 0; c->o->extend_ttl >= 0 && i < s->n; i++) {
		const char *other = other_attribute(s, i);

		if (plan_number(&c->table, other != NULL ? other : c->ttl, f) !=
		    0)
			return fault_add(f,
			    "; leave out --extend-ttl: entries then keep their "
			    "TTL");
	}
	return 0;
}

/* Entries without the table's TTL attribute never expire. */
static void
tell_nameless(const struct restoring *s)
{
	const struct context *c = &s->context;
	bool given = c->o->extend_ttl >= 0, acts = ttl_acts(c);

	if ((c->o->yes ? s->totals.outcomes[OUTCOME_DELETED]
		       : sweep_totals_to_put(&s->totals)) == 0)
		return;
	/* before a repair some had none */
	if (!s->totals.nameless || s->totals.of_repair > 0 ||
	    (!given && !acts) || any_other(s))
		return;
	if (given)
		log_note(c->log,
		    "no entry in the file%s has %s%s%s: whether they have "
		    "expired is not known, and all get the new TTL there "
		    "(sessions are accepted until then, and all are deleted "
		    "after it%s)",
		    s->n == 1 ? "" : "s", c->ttl,
		    acts ? ", the TTL attribute of table " : "",
		    acts ? c->table.name : "",
		    acts ? "" : ", by a purge or once TTL is on for it");
	else
		log_note(c->log,
		    "no entry in the file%s has %s, the TTL attribute of table "
		    "%s: TTL will never delete them",
		    s->n == 1 ? "" : "s", c->ttl, c->table.name);
}

/* What was meant to stay gets a TTL like all others. */
static void
tell_endless(const struct restoring *s)
{
	const struct context *c = &s->context;
	int64_t n = s->totals.endless;
	bool one = n == 1;
	/* else it is said that all are */
	bool some = !s->totals.nameless || s->totals.of_repair > 0;

	if (n == 0 || !some || c->o->extend_ttl < 0 || any_other(s))
		return;
	log_warn(c->log,
	    "--extend-ttl: %s without an expiry time %s one, and %s deleted "
	    "after it%s",
	    figure_entries(n).s,
	    c->o->yes ? "got"
		: one ? "gets"
		      : "get",
	    one ? "is" : "are",
	    c->o->yes ? ""
		: one ? "; if it is meant to stay, restore it first, without "
			"that option (--prefix selects)"
		      : "; first restore those that are meant to stay, without "
			"that option (--prefix selects)");
}

/* The options allow it; it may be a mistake all the same. */
static void
tell_other_places(const struct restoring *s)
{
	const struct context *c = &s->context;

	for (size_t i = 0; i < s->n; i++) {
		const struct journal_index *ix = s->origins[i].journal;

		if (ix != NULL && option_given(c->o, "table") &&
		    strcmp(ix->header.table, c->table.name) != 0)
			log_note(c->log,
			    "%s: the journal of table %s; its entries go to "
			    "table %s, as asked",
			    s->files[i].path, ix->header.table, c->table.name);
		if (ix != NULL &&
		    strcmp(ix->header.region, c->config.region) != 0)
			log_note(c->log,
			    "%s: the journal of region %s; its entries go to "
			    "region %s, as asked",
			    s->files[i].path, ix->header.region,
			    c->config.region);
	}
}

/* Which image of an entry is the newest is not known of all files. */
static void
tell_timeless(const struct restoring *s)
{
	bool journals = false, exports = false;

	if (s->totals.older == 0)
		return;
	for (size_t i = 0; i < s->n; i++) {
		journals = journals || s->origins[i].journal != NULL;
		exports = exports ||
		    (s->origins[i].journal == NULL && s->files[i].of_us == 0);
	}
	if (journals && exports)
		log_note(s->context.log,
		    "an export without times counts as older than a journal, "
		    "whenever it was made; to prefer it, restore it first, "
		    "alone");
}

/* A selection that nothing matches is probably mistyped. */
static void
tell_none(const struct restoring *s)
{
	const struct context *c = &s->context;
	struct buf options = { 0 };

	if (s->totals.matched > 0 || s->totals.scanned == 0)
		return;
	option_repeat(&options, c->quoted.shown, GROUP_SELECTION, NULL);
	if (options.n > 0)
		log_warn(c->log, "none of the %lld %s in the file%s matches %s",
		    (long long)s->totals.scanned,
		    s->totals.scanned == 1 ? "entry" : "entries",
		    s->n == 1 ? "" : "s", buf_text(&options) + 1);
	buf_release(&options);
}

/* Everything is checked; next, ${entries} are put back, or looked up. */
static void
begin(void *ctx, int64_t entries)
{
	struct restoring *s = ctx;

	s->began = s->context.o->yes;
	context_begin_files(&s->context, s->began ? "tried" : "looked up",
	    entries);
}

static void
tick(void *ctx, const struct pass_progress *p)
{
	context_tick(&((struct restoring *)ctx)->context, p);
}

static int
restore(struct restoring *s, struct fault *f)
{
	struct context *c = &s->context;
	const struct options *o = c->o;
	const struct restore restore = {
		.ddb = c->ddb,
		.table = &c->table,
		.rules = &c->rules,
		.selection = &s->selection,
		.ceilings = &s->ceilings,
		.ttl_attribute = c->ttl,
		.files = s->files,
		.nfiles = s->n,
		.other_table = option_given(o, "table"),
		.deleted = o->deleted,
		.extend_ttl = o->extend_ttl,
		.batch = o->batch < 0 ? DDB_BATCH_AUTO : o->batch,
		.jobs = (int)o->jobs,
		.execute = o->yes,
		.tick = tick,
		.begin = begin,
		.tick_ctx = s,
	};
	struct report_sweep report;
	int rc;

	if (check_attributes(s, f) != 0)
		return -1;
	context_tell_past(c, "extend-ttl", o->extend_ttl);
	tell_other_places(s);
	tell_led(s);
	tell_attributes(s);
	tell_deleted(s);
	tell_cut(s);
	context_begin_files(c, "checked", -1);
	rc = restore_run(&restore, &s->totals, f);
	context_end(c);
	if (rc < 0 && !o->yes && f->kind == FAULT_DENIED)
		(void)fault_add(f,
		    "; a dry run needs it to look which keys are in use, a "
		    "run only after a lost reply");
	if (rc == 0) {
		context_tell_prefixes(c, s->totals.prefixes, s->totals.scanned);
		tell_nameless(s);
		tell_endless(s);
		tell_none(s);
		tell_timeless(s);
	}
	if (s->totals.partial != NULL)
		context_warn_partial(c->log, s->totals.partial);
	if (rc < 0 && !s->began && f->kind != FAULT_CANCELLED)
		return -1;
	report = write_totals_report(c, &s->totals);
	report.elsewhere = is_elsewhere(s);
	report.ttl_fixed = report.ttl_fixed || any_other(s);
	return write_totals(c, &report, rc, f);
}

static void
release(struct restoring *s)
{
	sweep_lock_release(s->lock);
	sweep_totals_release(&s->totals);
	context_close(&s->context);
	for (size_t i = 0; i < s->n; i++) {
		free(s->origins[i].path);
		free(s->origins[i].directory);
		free(s->origins[i].table);
		reader_close(s->origins[i].file.reader);
	}
	free(s->origins);
	free(s->files);
	cms_key_free(s->key);
}

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	struct context_hints hints = { NULL, NULL, NULL };
	struct restoring s = { 0 };
	struct fault why;
	int rc = -1;

	option_selection(&s.selection, o);
	if (unlock_key(&s.key, o, f) != 0 || read_origins(&s, o, log, f) != 0 ||
	    find_hints(&s, o, &hints, f) != 0)
		goto out;
	if (context_open(&s.context, o, &hints, log, f) != 0) {
		tell_endpoint(&s, f);
		goto out;
	}
	if (check_origins(&s, f) != 0 || check_tables(&s, f) != 0 ||
	    guard_ceilings(&s.ceilings, &s.context, f) != 0 ||
	    guard_ttl(&s.context, f) != 0 ||
	    guard_check(&s.context, false, o->yes, f) != 0)
		goto out;
	if (o->yes && (s.lock = guard_enter(&s.context, "restore", f)) == NULL)
		goto out;
	if (journals_have_ended(&s, &why) == 0 ||
	    guard_refuse(&s.context, o->yes, &why, f) == 0)
		rc = restore(&s, f);
out:
	if (rc < 0 && o->yes && !s.began && f->kind == FAULT_DATA)
		(void)fault_add(f, "; nothing was restored");
	release(&s);
	return rc;
}
