#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/command/resume_hint.h"
#include "cli/command/write_totals.h"
#include "cli/context/context.h"
#include "cli/context/guard.h"
#include "cli/context/limits.h"
#include "cli/context/unlock.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "export/journal_format.h"
#include "export/reader.h"
#include "export/s3_folder.h"
#include "export/s3_manifest.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/dynamodb/client.h"
#include "lib/stream/cms_key.h"
#include "sweep/ceiling.h"
#include "sweep/journal.h"
#include "sweep/lock.h"
#include "sweep/restore.h"
#include "sweep/totals.h"

static int run(const struct options *o, struct log *log, struct fault *f);

const struct command cmd_restore = {
	.name = "restore",
	.bit = ON_RESTORE,
	.args = "FILE...",
	.min = 1,
	.max = -1,
	.summary = "put back entries (says only what it would do, without "
		   "--yes)",
	.about = "Puts back what journals and exports hold, each "
		 "entry only where none has its key now; the journal of a "
		 "repair gives entries the TTL value back that they had, "
		 "where they still have the one that repair gave them. A "
		 "journal tells its table and region; every file is checked "
		 "from end to end before anything is written. Of a folder "
		 "with an export to S3, all files are put back.",
	.run = run,
};

/* A file to restore from; the names are of a journal, NULL for an export. */
struct origin {
	char *path;
	char *table, *table_id, *region, *endpoint;
	int64_t first_us, last_us; /* when its entries were written */
	int64_t of_us;             /* the export's own time; 0: not told */
	size_t place;              /* on the command line */
};

struct restoring {
	struct context context;
	struct origin *files;
	const char **paths; /* in the order they are put back */
	int64_t *of_us;     /* their of_us */
	size_t n;
	struct cms_key *key; /* --decrypt-with; NULL: none */
	struct selection selection;
	struct ceilings ceilings;
	struct sweep_totals totals;
	struct sweep_lock *lock;
	bool began; /* to write */
};

static int
read_origin(struct origin *file, const struct cms_key *key, struct fault *f)
{
	struct reader *r = reader_open_with(file->path, READER_RESTORE, key, f);
	const struct journal_index *ix;

	if (r == NULL)
		return -1;
	ix = reader_journal(r);
	if (ix != NULL) {
		file->table = xstrdup(ix->header.table);
		file->table_id = xstrdup(ix->header.table_id);
		file->region = xstrdup(ix->header.region);
		file->endpoint = xstrdup(ix->header.endpoint);
		file->first_us = ix->first_us;
		file->last_us = ix->last_us;
	}
	reader_close(r);
	return 0;
}

/* The newest journal first, exports last and as they were named. The time of
 * the header is the one entries were judged by, and tells nothing of when. */
static int
origin_cmp(const void *a, const void *b)
{
	const struct origin *x = a, *y = b;

	if ((x->table != NULL) != (y->table != NULL))
		return x->table != NULL ? -1 : 1;
	if (x->first_us != y->first_us)
		return x->first_us > y->first_us ? -1 : 1;
	if (x->last_us != y->last_us)
		return x->last_us > y->last_us ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static int
add_origin(struct restoring *s, const char *path, struct fault *f)
{
	struct origin *file;

	s->files = xreallocarray(s->files, s->n + 1, sizeof(*s->files));
	file = &s->files[s->n];
	*file = (struct origin){ .path = xstrdup(path), .place = s->n };
	s->n++;
	return read_origin(file, s->key, f);
}

/* A copy of an export to S3: each of its data files, held against the
 * manifests. */
static int
add_folder(struct restoring *s, const char *path, struct log *log,
    struct fault *f)
{
	struct s3_manifest m = { 0 };
	int rc = s3_manifest_read(&m, path, f);

	for (size_t i = 0; rc == 0 && i < m.n; i++) {
		rc = s3_folder_check(&m.files[i], f);
		if (rc == 0)
			rc = add_origin(s, m.files[i].path, f);
		if (rc == 0 && m.has_time && m.time > 0 &&
		    m.time <= INT64_MAX / 1000000)
			s->files[s->n - 1].of_us = m.time * 1000000;
	}
	if (rc == 0)
		context_warn_folder(log, &m);
	s3_manifest_release(&m);
	return rc;
}

static int
read_origins(struct restoring *s, const struct options *o, struct log *log,
    struct fault *f)
{
	for (size_t i = 0; i < o->noperands; i++) {
		const char *path = o->operands[i];

		if ((s3_folder_is(path) ? add_folder(s, path, log, f)
					: add_origin(s, path, f)) != 0)
			return -1;
	}
	if (s->n > 0)
		qsort(s->files, s->n, sizeof(*s->files), origin_cmp);
	s->paths = xcalloc(s->n + 1, sizeof(*s->paths));
	s->of_us = xcalloc(s->n + 1, sizeof(*s->of_us));
	for (size_t i = 0; i < s->n; i++) {
		s->paths[i] = s->files[i].path;
		s->of_us[i] = s->files[i].of_us;
	}
	return 0;
}

/* The table and region that the journals agree on. */
static int
find_hints(const struct restoring *s, const struct options *o,
    struct context_hints *hints, struct fault *f)
{
	const struct origin *first = s->files;

	if (s->n == 0) /* a folder of nothing */
		return 0;
	for (size_t i = 1; i < s->n && s->files[i].table != NULL; i++) {
		const struct origin *x = &s->files[i];

		if (option_given(o, "table"))
			break;
		if (strcmp(x->table, first->table) != 0)
			return fault(f, FAULT_USAGE,
			    "%s is of the table %s, and %s of the table %s: "
			    "restore them one after the other, or name the "
			    "table with -t",
			    first->path, first->table, x->path, x->table);
		if (strcmp(x->region, first->region) != 0)
			return fault(f, FAULT_USAGE,
			    "%s is of the region %s, and %s of the region "
			    "%s: restore them one after the other",
			    first->path, first->region, x->path, x->region);
	}
	if (!option_given(o, "table"))
		*hints = (struct context_hints){ .table = first->table,
			.region = first->region };
	return 0;
}

/* A journal is not put back elsewhere by accident. */
static int
check_origins(struct restoring *s, struct fault *f)
{
	struct context *c = &s->context;
	const struct options *o = c->o;

	for (size_t i = 0; i < s->n && s->files[i].table != NULL; i++) {
		const struct origin *x = &s->files[i];

		bool here = strcmp(x->endpoint, c->config.endpoint) == 0;

		if (!here && !option_given(o, "table") &&
		    !option_given(o, "endpoint-url"))
			return fault(f, FAULT_REFUSED,
			    "%s was written for %s, and this is %s: give the "
			    "one you mean with --endpoint-url",
			    x->path, x->endpoint, c->config.endpoint);
		if (here && strcmp(x->table, c->table.name) == 0 &&
		    x->table_id[0] != '\0' && c->table.id[0] != '\0' &&
		    strcmp(x->table_id, c->table.id) != 0)
			log_warn(c->log,
			    "%s: the table %s has been created anew since",
			    x->path, c->table.name);
	}
	return 0;
}

/* A run that writes to this table is kept out by its lock; one of another table
 * may be writing the journal that is to be put back here. What it holds later
 * would not be checked. */
static int
journals_have_ended(const struct restoring *s, struct fault *f)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->files[i].table != NULL &&
		    journal_in_use(s->files[i].path))
			return fault(f, FAULT_LOCKED,
			    "%s: the run that writes this journal has not "
			    "ended: wait for it",
			    s->files[i].path);
	return 0;
}

static int
write_totals(struct restoring *s, bool executed, int rc, struct fault *f)
{
	struct context *c = &s->context;
	const struct pass_progress done = { .items = s->totals.scanned };
	struct report_sweep r = {
		.place = context_place(c),
		.work = context_work(c, &done),
		.command = "restore",
		.executed = executed,
		.now = c->rules.now,
		.totals = &s->totals,
		.journal_free = -1,
		.pace = c->pace,
		.ttl_unknown = c->table.ttl_status == NULL ? c->ttl : NULL,
	};
	struct buf next = { 0 };

	r.write_units = executed ? r.work.write_units : (double)s->totals.units;
	rc = write_totals_file(c, &r, rc, f);
	if (executed) {
		resume_hint(&next, c->quoted.shown, &s->totals);
		if (next.n > 0)
			log_note(c->log, "%s", buf_text(&next));
		buf_release(&next);
	}
	return rc;
}

/* All is checked, and ${entries} are to be put back, or looked up. */
static void
begin(void *ctx, int64_t entries)
{
	struct restoring *s = ctx;

	s->began = s->context.o->yes;
	context_begin_files(&s->context, s->began ? "restored" : "looked up",
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
		.paths = s->paths,
		.of_us = s->of_us,
		.npaths = (int)s->n,
		.key = s->key,
		.other_table = option_given(o, "table"),
		.deleted = o->deleted,
		.extend_ttl = o->extend_ttl,
		.jobs = (int)o->jobs,
		.execute = o->yes,
		.tick = tick,
		.begin = begin,
		.tick_ctx = s,
	};
	struct fault after = { 0 };
	int rc, told;

	context_begin_files(c, "checked", -1);
	rc = restore_run(&restore, &s->totals, f);
	context_end(c);
	if (rc == 0)
		context_tell_prefixes(c, s->totals.prefixes, s->totals.scanned);
	if (s->totals.partial != NULL)
		context_warn_partial(c->log, s->totals.partial);
	if (rc < 0 && !s->began && f->kind != FAULT_CANCELLED)
		return -1;
	told = write_totals(s, o->yes, rc, &after);
	if (rc < 0) {
		(void)guard_leave(c, &s->totals, 0, NULL);
		return -1;
	}
	rc = guard_leave(c, &s->totals, rc > 0 ? 4 : 0, f);
	if (told != 0)
		*f = after;
	return told != 0 ? -1 : rc;
}

static void
release(struct restoring *s)
{
	sweep_lock_release(s->lock);
	sweep_totals_release(&s->totals);
	context_close(&s->context);
	for (size_t i = 0; s->files != NULL && i < s->n; i++) {
		free(s->files[i].path);
		free(s->files[i].table);
		free(s->files[i].table_id);
		free(s->files[i].region);
		free(s->files[i].endpoint);
	}
	free(s->files);
	free(s->paths);
	free(s->of_us);
	cms_key_free(s->key);
}

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	struct context_hints hints = { NULL, NULL };
	struct restoring s = { 0 };
	int rc = -1;

	option_selection(&s.selection, o);
	if (unlock_key(&s.key, o, f) != 0 || read_origins(&s, o, log, f) != 0 ||
	    find_hints(&s, o, &hints, f) != 0 ||
	    context_open(&s.context, o, &hints, log, f) != 0 ||
	    check_origins(&s, f) != 0 ||
	    limits_read(&s.ceilings, &s.context, f) != 0 ||
	    limits_ttl(&s.context, f) != 0 ||
	    guard_check(&s.context, false, o->yes, f) != 0)
		goto out;
	if (o->yes) {
		s.lock = guard_enter(&s.context, "restore", f);
		if (s.lock == NULL || journals_have_ended(&s, f) != 0)
			goto out;
	}
	rc = restore(&s, f);
out:
	release(&s);
	return rc;
}
