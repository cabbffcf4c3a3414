#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/guard.h"
#include "cli/option.h"
#include "cli/output.h"
#include "cli/paper.h"
#include "cli/talk.h"
#include "cli/term.h"
#include "dynamodb/ddb.h"
#include "dynamodb/source.h"
#include "dynamodb/write.h"
#include "inspector/summary.h"
#include "sweep/journal.h"
#include "sweep/purge.h"
#include "sweep/sweeplock.h"

static int run(const struct options *o, struct talk *talk, struct fault *f);

const struct command cmd_purge = {
	.name = "purge",
	.bit = ON_PURGE,
	.args = "",
	.summary = "delete entries (says only what it would do, without --yes)",
	.about = "Deletes the selected entries, by default all that are "
		 "expired: each under the condition that it still is what it "
		 "was chosen as, so that one renewed meanwhile is kept, and "
		 "each written to a journal first, from which restore puts "
		 "it back.",
	.run = run,
};

/*
 * How much room the journal needs is known for certain only after the table
 * was read. What it can need at most is taken to be three times the table's
 * bytes (JSON of many small values) and 256 bytes an entry; where that fits
 * 1.2 times there is nothing to find out. Where it does not, or the table
 * tells no size, the entries are counted first, by a pass of its own.
 */
#define JSON_GROWTH INT64_C(3)
#define LINE_BYTES INT64_C(256)
#define MARGIN 1.2

struct sweep {
	struct context context;
	struct selection selection;
	char *journal; /* its path; NULL: none */
	struct sweep_totals totals;
	struct sweeplock *lock;
};

static int
batch_mode(const char *word)
{
	return strcmp(word, "partiql") == 0 ? DDB_BATCH_PARTIQL
	    : strcmp(word, "single") == 0   ? DDB_BATCH_SINGLE
					    : DDB_BATCH_AUTO;
}

/* One pass, deleting or not. */
static int
pass(struct sweep *s, bool execute, struct sweep_totals *totals,
    struct fault *f)
{
	struct context *c = &s->context;
	struct source *source = context_source(c, false);
	const struct purge purge = {
		.source = source,
		.ddb = c->ddb,
		.table = &c->table,
		.rules = &c->rules,
		.selection = &s->selection,
		.ttl_attribute = c->ttl,
		.endpoint = c->config.endpoint,
		.region = c->config.region,
		.options = c->o->line,
		.jobs = (int)c->o->jobs,
		.execute = execute,
		.batch = batch_mode(c->o->batch),
		.journal_path = s->journal,
		.ceilings = { .given[CEILING_ITEMS] = c->o->max_items >= 0,
		    .items = c->o->max_items },
		.tick = context_tick,
		.tick_ctx = c,
	};
	struct summary summary;
	int rc;

	summary_init(&summary, 0, true);
	context_begin(c, execute ? "to delete" : "matched", false);
	rc = purge_run(&purge, &summary, totals, f);
	context_end(c);
	summary_release(&summary);
	source_close(source);
	return rc;
}

static int
too_little_room(struct sweep *s, int64_t need, int64_t space, struct fault *f)
{
	char needs[32], has[32];

	text_bytes(needs, need);
	text_bytes(has, space);
	return fault(f, FAULT_REFUSED,
	    "the journal takes about %s and %s are free for %s: name another "
	    "place with --journal or --journal-dir, delete fewer with "
	    "--max-items, or keep none with --no-journal",
	    needs, has, s->journal);
}

static bool
fits(int64_t need, int64_t space)
{
	return space < 0 || (double)need * MARGIN <= (double)space;
}

/* Refuse when the disk would not hold the journal that we chose the place
 * of. */
static int
check_room(struct sweep *s, struct fault *f)
{
	const struct options *o = s->context.o;
	const struct ddb_table *t = &s->context.table;
	struct sweep_totals counted = { 0 };
	int64_t space;
	int rc;

	if (s->journal == NULL || o->journal != NULL ||
	    o->journal_dir != NULL || o->max_items >= 0)
		return 0;
	space = journal_free_space(s->journal);
	if ((t->bytes > 0 || t->items > 0) &&
	    t->bytes <= INT64_MAX / JSON_GROWTH / 2 &&
	    t->items <= INT64_MAX / LINE_BYTES / 4 &&
	    fits(JSON_GROWTH * t->bytes + LINE_BYTES * t->items, space))
		return 0;
	if (space < 0)
		return 0;
	talk_note(s->context.talk,
	    "reading the table once to see how large the journal will be");
	rc = pass(s, false, &counted, f);
	if (rc == 0 && !fits(counted.journal_bytes, space))
		rc = too_little_room(s, counted.journal_bytes, space, f);
	sweep_totals_release(&counted);
	return rc < 0 ? -1 : 0;
}

static int
choose_journal(struct sweep *s, struct fault *f)
{
	const struct options *o = s->context.o;

	if (o->no_journal)
		return 0;
	if (o->journal != NULL) {
		if (access(o->journal, F_OK) == 0)
			return fault(f, FAULT_USAGE,
			    "--journal %s: the file is there already; a "
			    "journal is a new file",
			    o->journal);
		s->journal = xstrdup(o->journal);
		return 0;
	}
	s->journal = journal_default_path(o->journal_dir, s->context.table.name,
	    s->context.rules.now, f);
	return s->journal != NULL ? 0 : -1;
}

/* The command that puts back what this run deletes. */
static char *
undo_command(const struct sweep *s)
{
	struct report_place place = context_place(&s->context);
	char *whole = realpath(s->journal, NULL);
	struct buf b = { 0 };

	/* The journal itself tells table and region. */
	place.table = place.region = place.repeat = NULL;
	paper_command(&b, "restore", &place);
	option_repeat_one(&b, s->context.o, "profile");
	buf_addc(&b, ' ');
	option_quote(&b, whole != NULL ? whole : s->journal);
	free(whole);
	return buf_detach(&b);
}

static int
write_totals(struct sweep *s, bool executed, struct fault *f)
{
	struct context *c = &s->context;
	const struct pass_progress done = { .items = s->totals.scanned };
	struct report_sweep r = {
		.place = context_place(c),
		.work = context_work(c, &done),
		.executed = executed,
		.now = c->rules.now,
		.totals = &s->totals,
		.journal = s->journal,
		.journal_free = -1,
	};
	const struct report_style style = {
		.width = term_width(STDOUT_FILENO, 80),
		.color = term_color(STDOUT_FILENO, c->o->color),
		.ascii = !term_utf8(),
	};
	bool json = strcmp(c->o->format, "json") == 0;
	struct buf out = { 0 };
	char *undo = NULL;
	int rc;

	r.write_units = executed ? r.work.write_units : (double)s->totals.units;
	/* One that was not needed has been removed. */
	if (executed && s->journal != NULL && access(s->journal, F_OK) != 0)
		r.journal = NULL;
	if (executed && r.journal != NULL)
		r.undo = undo = undo_command(s);
	if (!executed && s->journal != NULL)
		r.journal_free = journal_free_space(s->journal);
	if (!executed && !fits(s->totals.journal_bytes, r.journal_free))
		talk_warn(c->talk,
		    "there is too little room for the journal at %s",
		    s->journal);
	if (json)
		report_sweep_json(&out, &r);
	else
		report_sweep_text(&out, &r, &style);
	rc = output_all(NULL, &out, f);
	if (undo != NULL && (json || rc != 0))
		talk_note(c->talk, "to put back what was deleted: %s", undo);
	buf_release(&out);
	free(undo);
	return rc;
}

static int
sweep(struct sweep *s, bool execute, struct fault *f)
{
	struct fault after = { 0 };
	int rc = pass(s, execute, &s->totals, f), told;

	if (rc < 0 && s->totals.scanned == 0 && f->kind != FAULT_CANCELLED)
		return -1;
	told = write_totals(s, execute, &after);
	if (rc < 0) {
		(void)guard_leave(&s->context, &s->totals, 0, NULL);
		return -1;
	}
	rc = guard_leave(&s->context, &s->totals, rc > 0 ? 4 : 0, f);
	if (told != 0)
		*f = after;
	return told != 0 ? -1 : rc;
}

/* In a dry run no journal is written: without a place for it we only warn. */
static int
prepare(struct sweep *s, bool execute, struct fault *f)
{
	struct context *c = &s->context;

	if (guard_check(c, true, execute, f) != 0)
		return -1;
	if (!execute) {
		if (choose_journal(s, f) != 0)
			talk_warn(c->talk, "with --yes this would fail: %s",
			    f->text);
		return 0;
	}
	s->lock = guard_enter(c, "purge", f);
	if (s->lock == NULL || choose_journal(s, f) != 0)
		return -1;
	return check_room(s, f);
}

static int
run(const struct options *o, struct talk *talk, struct fault *f)
{
	struct sweep s = { 0 };
	int rc = -1;

	context_selection(&s.selection, o);
	if (context_open(&s.context, o, NULL, talk, f) == 0 &&
	    prepare(&s, o->yes, f) == 0)
		rc = sweep(&s, o->yes, f);
	sweeplock_release(s.lock);
	sweep_totals_release(&s.totals);
	context_close(&s.context);
	free(s.journal);
	return rc;
}
