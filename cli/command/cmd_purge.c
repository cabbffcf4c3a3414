#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/command/write_totals.h"
#include "cli/context/context.h"
#include "cli/context/guard.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "export/checkpoint.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/aws/world.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/sum.h"
#include "lib/base/text.h"
#include "lib/dynamodb/client.h"
#include "lib/dynamodb/source.h"
#include "lib/dynamodb/write.h"
#include "sweep/journal.h"
#include "sweep/lock.h"
#include "sweep/plan.h"
#include "sweep/purge.h"

static int run(const struct options *o, struct log *log, struct fault *f);

/* It has no short name, so that nobody types it by accident. */
const struct command cmd_purge = {
	.name = "purge",
	.bit = ON_PURGE,
	.args = "",
	.summary = "delete entries (a dry run without --yes)",
	.about =
	    "Deletes the selected entries, by default all expired ones. Each "
	    "is deleted only if the reason for which it was selected still "
	    "holds, so an expired one that was renewed meanwhile is kept. Each is "
	    "written to a journal first, and 'ttlsweep restore' puts it back "
	    "from there.",
	.examples = {
		{ "purge --state stuck",
		    "show what would be deleted, and what it would cost" },
		{ "purge --state stuck --max-percent 25 --yes",
		    "delete it, unless it is more than a quarter of the table" },
	},
	.run = run,
};

const struct command cmd_repair = {
	.name = "repair",
	.bit = ON_REPAIR,
	.args = "",
	.summary =
	    "fix TTL values that TTL cannot act on (a dry run without --yes)",
	.about = "Rewrites TTL values that are in milliseconds, microseconds, "
		 "nanoseconds or a string as the number of seconds they mean, "
		 "so that TTL deletes those entries free of charge once they "
		 "have expired; with "
		 "--ttl-for-missing it also gives a TTL to entries without "
		 "one. Values that are not a time are left alone, and so are "
		 "date-times without a zone unless --zone names it. Deletes "
		 "nothing. Each entry is changed only if its TTL is still the "
		 "value that was read, and is written to a journal first.",
	.examples = {
		{ "repair",
		    "show which TTL values would be fixed" },
		{ "repair --yes --journal repair.journal",
		    "fix them; the journal undoes it" },
	},
	.run = run,
};

/* Purge and repair: the same run with another action. */
struct sweep {
	enum purge_action action;
	struct context context;
	struct selection selection;
	struct ceilings ceilings;
	int64_t begun_us; /* the first pass, by mono_us */
	struct plan_journal place;
	char *journal;     /* its path; NULL: none is kept */
	bool writes;       /* the current pass does */
	struct buf chosen; /* the selection, as a checkpoint's text */
	struct checkpoint checkpoint;
	struct sweep_totals totals;
	struct sweep_lock *lock;
};

/* The options that select entries: a checkpoint continues only with the
 * same. */
static void
write_chosen(struct sweep *s)
{
	const struct options *o = s->context.o;

	option_repeat(&s->chosen, o, GROUP_SELECTION, NULL);
	option_repeat_one(&s->chosen, o, "session-prefix");
	option_repeat_one(&s->chosen, o, "shard");
	option_repeat_one(&s->chosen, o, "ttl-for-missing");
	option_repeat_one(&s->chosen, o, "zone");
}

/* Where the run begins: at the checkpoint's positions, or a fresh one's. */
static int
open_checkpoint(struct sweep *s, bool execute, struct fault *f)
{
	struct context *c = &s->context;
	struct checkpoint *p = &s->checkpoint;

	if (c->o->checkpoint == NULL)
		return 0;
	write_chosen(s);
	*p = (struct checkpoint){
		.command = s->context.o->command->name,
		.selection = buf_text(&s->chosen),
	};
	return context_resume(c, p, f) < 0 ? -1 : guard_resumed(c, execute, f);
}

/* The whole table, even if the run itself continues at a checkpoint: a
 * percentage of the rest would differ each time. */
static struct source *
counting_source(struct context *c)
{
	const struct checkpoint *resume = c->resume;
	struct source *source;

	c->resume = NULL;
	source = context_source(c, false, true);
	c->resume = resume;
	return source;
}

/* Before the first write: whoever ends the run knows how to undo it. */
static void
tell_journal(void *ctx, const char *journal)
{
	const struct context *c = ctx;
	char *undo = guard_undo(c, journal);

	log_note(c->log, "journal %s (%s undoes this run)", journal, undo);
	free(undo);
}

/* What the progress line says in each phase of the run. */
static void
begin_phase(void *ctx, bool counting)
{
	static const struct context_phase scan = { .verb = "scanned",
		.matched = "matched" };
	static const struct context_phase count = { .verb = "counting: scanned",
		.matched = "matched",
		.whole = true };
	static const struct context_phase writes[] = {
		[PURGE_DELETE] = { .verb = "deleting: scanned",
		    .written = "deleted" },
		[PURGE_REPAIR] = { .verb = "repairing: scanned",
		    .written = "repaired" },
	};
	struct sweep *s = ctx;

	context_begin_phase(&s->context,
	    counting        ? &count
		: s->writes ? &writes[s->action]
			    : &scan);
}

static void
tick(void *ctx, const struct pass_progress *p)
{
	context_tick(&((struct sweep *)ctx)->context, p);
}

/* Whether entries without the attribute were chosen on purpose; or none was,
 * though they would have been. */
static bool
expects_missing(const struct sweep *s, int64_t matched)
{
	const struct options *o = s->context.o;
	unsigned immortal = 1u << STATE_IMMORTAL;

	if (matched == 0)
		return s->action == PURGE_DELETE &&
		    (s->selection.states & immortal) != 0;
	/* what gets a TTL may have one in another attribute */
	if (s->action == PURGE_REPAIR && o->ttl_for_missing >= 0)
		return false;
	return option_given(o, "reason") || s->selection.states == immortal;
}

/* One pass, writing or not. */
static int
pass(struct sweep *s, bool execute, struct sweep_totals *totals,
    struct fault *f)
{
	struct context *c = &s->context;
	struct purge purge = {
		.action = s->action,
		.source = context_source(c, false, true),
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
		/* repair takes no such option */
		.batch = c->o->batch < 0 ? DDB_BATCH_AUTO : c->o->batch,
		.journal_path = s->journal,
		.journal_numbered = s->place.file == NULL,
		.journal_used = tell_journal,
		.journal_ctx = c,
		.ttl_for_missing = c->o->ttl_for_missing,
		.ceilings = s->ceilings,
		.begun_us = s->begun_us,
		.checkpoint_path = c->o->checkpoint,
		.checkpoint = &s->checkpoint,
		.begin = begin_phase,
		.tick = tick,
		.tick_ctx = s,
	};
	struct summary summary;
	int rc;

	if (s->begun_us == 0)
		purge.begun_us = s->begun_us = c->world->mono_us(c->world->ctx);
	if (s->ceilings.given[CEILING_PERCENT])
		purge.counting = counting_source(c);
	summary_init(&summary, 0, true);
	s->writes = execute;
	c->begun_us = c->world->mono_us(c->world->ctx);
	rc = purge_run(&purge, &summary, totals, f);
	context_end(c);
	if (rc >= 0 && totals == &s->totals) {
		context_tell_prefixes(c, summary.prefixes, summary.items);
		context_tell_kind(c, &summary);
		context_tell_none(c, &summary);
		if (s->action == PURGE_DELETE && totals->matched == 0)
			context_tell_live(c, &summary);
		context_tell_attribute(c, &summary,
		    expects_missing(s, totals->matched));
		if (totals->matched > 0 &&
		    (s->action == PURGE_DELETE ||
			totals->states[STATE_STUCK] > 0))
			context_tell_creation(c, &summary,
			    s->action == PURGE_REPAIR);
	}
	summary_release(&summary);
	source_close(purge.source);
	source_close(purge.counting);
	return rc;
}

/* Refuse if the journal, whose place we chose, would not fit on the disk. */
static int
check_room(struct sweep *s, struct fault *f)
{
	struct sweep_totals counted = { 0 };
	int64_t space;
	int rc;

	if (!plan_room_asked(&s->place))
		return 0;
	space = journal_free_space(s->journal);
	if (plan_room_fits_all(&s->context.table, space))
		return 0;
	log_note(s->context.log,
	    "reading the table once to find out how large the journal will be");
	rc = pass(s, false, &counted, f);
	if (rc == 0)
		rc = plan_room(counted.journal_bytes, space, s->journal, f);
	sweep_totals_release(&counted);
	return rc < 0 ? -1 : 0;
}

/* Whether there is a selection other than the default one. */
static bool
selects_more(const struct options *o)
{
	struct buf b = { 0 };
	bool more;

	option_repeat(&b, o, GROUP_SELECTION, "keys-from");
	more = b.n > 0;
	buf_release(&b);
	return more;
}

/* Whoever named keys means all of them. */
static void
tell_left_keys(const struct sweep *s)
{
	const struct context *c = &s->context;
	int64_t n = s->totals.scanned - s->totals.matched;
	bool more = selects_more(c->o);

	if (!c->listed || s->action != PURGE_DELETE || n == 0 ||
	    s->totals.stopped != NULL)
		return;
	log_warn(c->log,
	    "%lld of the %zu keys %s an entry that %s, and %s left alone%s",
	    (long long)n, c->keys.n, n == 1 ? "has" : "have",
	    more ? "is not selected" : "has not expired", n == 1 ? "is" : "are",
	    more         ? ""
		: n == 1 ? "; --state any includes it"
			 : "; --state any includes them");
}

/* Write the report; the exit status, or -1. */
static int
report(struct sweep *s, bool executed, int rc, struct fault *f)
{
	struct context *c = &s->context;
	int64_t need = s->totals.journal_bytes, space = -1;
	struct report_sweep r;
	struct fault why;
	char *undo = NULL;

	if (!executed && s->journal != NULL)
		space = journal_free_space(s->journal);
	if (plan_room_asked(&s->place) &&
	    plan_room(need, space, s->journal, &why) != 0)
		(void)guard_refuse(c, false, &why, NULL);
	else if (!plan_room_fits((double)need, space))
		log_warn(c->log,
		    "not enough space for the journal at %s; make room "
		    "there, or name another place with --journal or "
		    "--journal-dir",
		    s->journal);
	r = write_totals_report(c, &s->totals);
	r.journal_free = space;
	r.journal = executed ? s->totals.journal : s->journal;
	r.resumed = c->resumed;
	tell_left_keys(s);
	if (s->totals.absent > 0)
		context_tell_keys(c, s->totals.absent);
	if (executed && r.journal != NULL)
		r.undo = undo = guard_undo(c, r.journal);
	rc = write_totals(c, &r, rc, f);
	free(undo);
	return rc;
}

static void
tell_old(const struct sweep *s, const char *what, const char *path)
{
	char *text = xasprintf("%s the old journal %s", what, path);

	log_hook(s->context.log, LOG_DEBUG, text);
	free(text);
}

static void
tell_removed(void *ctx, const char *path)
{
	tell_old(ctx, "removed", path);
}

static void
tell_expired(void *ctx, const char *path)
{
	tell_old(ctx, "would remove", path);
}

/* Where the journal of the run is, or would be. The caller frees it; NULL: not
 * known. */
static char *
journals_directory(const struct options *o)
{
	const char *slash;

	if (o->journal_dir != NULL)
		return xstrdup(o->journal_dir);
	if (o->journal == NULL)
		return journal_default_directory();
	slash = strrchr(o->journal, '/');
	if (slash == NULL)
		return xstrdup(".");
	return xstrndup(o->journal,
	    slash > o->journal ? (size_t)(slash - o->journal) : 1);
}

/* --keep-journals: older journals are removed if this run ${succeeded}; a dry
 * run, and one that has not, say how many would be. The times of files are by
 * our clock. */
static int
drop_journals(struct sweep *s, bool succeeded, struct fault *f)
{
	struct context *c = &s->context;
	char *dir = c->o->keep_journals < 0 ? NULL : journals_directory(c->o);
	struct journal_expiry e = {
		.dir = dir,
		.table = &c->table,
		.endpoint = c->config.endpoint,
		.region = c->config.region,
		.own = s->totals.journal,
		.dry = !succeeded,
		.told = succeeded ? tell_removed : tell_expired,
		.ctx = s,
	};
	char age[32];
	int64_t n = 0;
	int rc;

	if (c->o->keep_journals < 0)
		return 0;
	e.before = sum_sub(c->world->wall_ms(c->world->ctx) / 1000,
	    c->o->keep_journals);
	rc = journal_expire(&e, &n, f);
	text_span(age, c->o->keep_journals);
	if (rc == 0 && n > 0)
		(succeeded || !s->writes ? log_note : log_warn)(c->log,
		    succeeded
			? "%lld journal%s of this table, more than %s old, "
			  "removed from %s"
			: "after a run that ends with status 0, "
			  "--keep-journals would remove %lld journal%s of this "
			  "table, more than %s old, from %s",
		    (long long)n, n == 1 ? "" : "s", age,
		    dir != NULL ? dir : "the default directory");
	free(dir);
	return rc;
}

static int
sweep(struct sweep *s, bool execute, struct fault *f)
{
	int rc = pass(s, execute, &s->totals, f);

	if (rc < 0 && !execute && s->totals.scanned == 0 &&
	    f->kind != FAULT_CANCELLED)
		return -1;
	rc = report(s, execute, rc, f);
	if ((rc == 0 || (rc > 0 && execute)) &&
	    drop_journals(s, execute && rc == 0, f) != 0)
		return -1;
	return rc;
}

/* Entries that were asked for, and that no repair changes. */
static void
tell_reasons(const struct context *c)
{
	const struct options *o = c->o;
	unsigned untouched = 1u << STATE_LIVE | 1u << STATE_PENDING;

	if (o->state.bits != 0 && (o->state.bits & ~untouched) == 0)
		log_note(c->log, "--state %s: repair changes no such entry",
		    o->state.text);
	if (o->ttl_for_missing >= 0 && o->reason.bits != 0 &&
	    (o->reason.bits & 1u << REASON_MISSING) == 0)
		log_note(c->log,
		    "--ttl-for-missing has no effect: --reason selects no "
		    "entry without a TTL");
	if (o->ttl_for_missing >= 0 && o->state.bits != 0 &&
	    (o->state.bits & (1u << STATE_IMMORTAL | STATES_ANY)) == 0)
		log_note(c->log,
		    "--ttl-for-missing has no effect: entries without a TTL "
		    "are immortal, and --state selects no such entry");
	for (int i = 0; i < REASONS; i++) {
		if ((o->reason.bits & 1u << i) == 0 ||
		    (REASONS_CONVERTED & 1u << i) != 0)
			continue;
		if (i != REASON_MISSING)
			log_note(c->log,
			    "--reason %s: repair changes no such entry",
			    reason_name((enum reason)i));
		else if (o->ttl_for_missing < 0)
			log_note(c->log,
			    "--reason missing: such entries get a TTL only "
			    "with --ttl-for-missing DUR");
	}
}

/* What cannot be repaired at all. */
static int
check_repair(struct sweep *s, struct fault *f)
{
	const struct context *c = &s->context;

	if (s->action != PURGE_REPAIR)
		return 0;
	if (plan_number(&c->table, c->ttl, f) != 0)
		return fault_add(f, "; delete such entries with purge");
	tell_reasons(c);
	context_tell_past(c, "ttl-for-missing", c->o->ttl_for_missing);
	return 0;
}

static int
choose_journal(struct sweep *s, bool execute, struct fault *f)
{
	const struct context *c = &s->context;

	option_journal(&s->place, c->o);
	return plan_journal_path(&s->place, c->table.name, ddb_now(c->ddb),
	    execute, &s->journal, f);
}

/* A dry run writes no journal: if there is no place for one, it only warns. */
static int
prepare(struct sweep *s, bool execute, struct fault *f)
{
	struct context *c = &s->context;

	if (guard_ceilings(&s->ceilings, c, f) != 0 ||
	    check_repair(s, f) != 0 || guard_check(c, true, execute, f) != 0)
		return -1;
	if (!execute) {
		if (option_wide(c->o, f))
			(void)guard_refuse(c, false, f, f);
		if (open_checkpoint(s, false, f) != 0)
			return -1;
		if (choose_journal(s, false, f) != 0) {
			free(s->journal);
			s->journal = NULL;
			(void)guard_refuse(c, false, f, f);
		}
		return 0;
	}
	s->lock = guard_enter(c, s->context.o->command->name, f);
	if (s->lock == NULL || choose_journal(s, true, f) != 0 ||
	    open_checkpoint(s, true, f) != 0)
		return -1;
	return check_room(s, f);
}

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	struct sweep s = { .action = o->command == &cmd_repair ? PURGE_REPAIR
							       : PURGE_DELETE };
	int rc = -1;

	option_selection(&s.selection, o);
	if (context_open(&s.context, o, NULL, log, f) == 0 &&
	    prepare(&s, o->yes, f) == 0 && guard_ttl(&s.context, f) == 0)
		rc = sweep(&s, o->yes, f);
	sweep_lock_release(s.lock);
	sweep_totals_release(&s.totals);
	checkpoint_release(&s.checkpoint);
	buf_release(&s.chosen);
	context_close(&s.context);
	free(s.journal);
	return rc;
}
