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
#include "cli/output.h"
#include "cli/report/figure.h"
#include "cli/report/report_manner.h"
#include "cli/report/text_report.h"
#include "inspector/pass.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/shlex.h"
#include "lib/base/sum.h"
#include "lib/dynamodb/client.h"
#include "lib/stream/stream.h"
#include "sweep/journal.h"
#include "sweep/plan.h"
#include "sweep/totals.h"

struct report_sweep
write_totals_report(const struct context *c, const struct sweep_totals *t)
{
	const struct pass_progress done = { .items = t->scanned };
	int64_t given = c->o->command->bit == ON_RESTORE
	    ? c->o->extend_ttl
	    : c->o->ttl_for_missing;
	struct report_sweep r = {
		.place = context_place(c),
		.work = context_work(c, &done),
		.command = c->o->command->name,
		.executed = c->o->yes,
		.now = c->rules.now,
		.schema = &c->schema,
		.rules = &c->rules,
		.refused = c->refused,
		.ttl_given =
		    given < 0 ? INT64_MIN : sum_add(c->rules.now, given),
		.totals = t,
		.journal_free = -1,
		.pace = c->pace,
		.ttl_unknown = c->table.ttl_status == NULL ? c->ttl : NULL,
		.ttl_off = c->table.ttl_status != NULL && !c->rules.ttl_acts
		    ? c->ttl
		    : NULL,
		.ttl_on = c->table.ttl_acts ? c->table.ttl_attribute : NULL,
		.ttl_fixed = plan_number(&c->table, c->ttl, NULL) != 0,
		.listed = c->listed,
		.keys = (int64_t)c->keys.n,
		.max_percent = c->o->max_percent,
		.replicated = c->table.nreplicas > 0,
		.shards = { c->portion.of, &c->portion.shard, 1 },
	};

	r.write_units = r.executed ? r.work.write_units : (double)t->units;
	return r;
}

/* Whether the run failed before it read anything, and the error says all. */
static bool
did_nothing(const struct sweep_totals *t)
{
	return t->scanned == 0 && t->matched == 0 && t->stopped != NULL &&
	    strcmp(t->stopped, "failed") == 0;
}

/* What the text of a report says in full. */
static void
log_notes(struct log *log, const struct report_sweep *r,
    const struct report_style *style)
{
	const struct text_report p = { .style = *style };
	struct buf line = { 0 };

	for (size_t i = 0; i < REPORT_SWEEP_NOTES; i++) {
		if (report_sweep_note(r, &p, i, &line))
			log_note(log, "%s", buf_text(&line));
		buf_reset(&line);
	}
	buf_release(&line);
}

/* Whether the text of a report goes to a person, and not one line to a log. */
static bool
for_people(const struct report_sweep *r)
{
	return !r->executed || isatty(STDOUT_FILENO);
}

/* To standard output, in --format, and to --metrics-file; ${well}: nothing
 * failed. With -q there is no text then. */
static int
write_report(struct context *c, const struct report_sweep *r, bool well,
    struct fault *f)
{
	const struct report_style style = text_report_style(c->o->color);
	bool person = for_people(r);
	bool silent = (c->o->quiet && r->executed && well) ||
	    (person && did_nothing(r->totals));
	struct buf out = { 0 };
	int rc = 0;

	if (c->o->format == FORMAT_JSON)
		report_sweep_json(&out, r);
	else if (person && !silent)
		report_sweep_text(&out, r, &style);
	else if (!silent)
		report_sweep_line(&out, r);
	if (c->o->format == FORMAT_JSON || !person)
		log_notes(c->log, r, &style);
	if (out.n > 0)
		rc = output_all(NULL, &out, f);
	buf_reset(&out);
	if (rc != 0 && r->executed) {
		/* what was done stays done: say it elsewhere */
		report_sweep_line(&out, r);
		log_warn(c->log, "%.*s", (int)out.n - 1, buf_text(&out));
		buf_reset(&out);
		rc = f->kind == FAULT_PIPE ? 0 : rc;
	}
	if (c->o->metrics_file != NULL) {
		/* the time of the last success stays, to grow old, unless this
		 * run was one; a dry run is not */
		report_prometheus_sweep(&out, r,
		    well && r->executed
			? ddb_now(c->ddb)
			: report_prometheus_last(r, c->o->metrics_file));
		if (stream_file_shared(c->o->metrics_file, out.p, out.n, f) !=
		    0)
			rc = -1;
	}
	buf_release(&out);
	return rc;
}

/* What to change if the same ceiling would stop every run. */
static const struct {
	const char *stopped, *advice;
} advices[] = {
	{ "max-percent",
	    "see why with a dry run without --max-percent, then raise it or "
	    "narrow the selection" },
	{ "max-items", "raise --max-items" },
	{ "max-units",
	    "raise --max-units (the next entry alone exceeds it) or narrow the "
	    "selection" },
	{ "max-cost",
	    "raise --max-cost (the next entry alone exceeds it) or narrow the "
	    "selection" },
	{ "deadline",
	    "raise --deadline, which passed before anything was done" },
};

/* Whether the deadline passed before a run got anywhere. With a checkpoint it
 * continues after what it has read, else it begins again. */
static bool
was_slow(const struct options *o, const struct sweep_totals *t)
{
	if (strcmp(t->stopped, "deadline") != 0)
		return false;
	if (o->checkpoint != NULL)
		return t->matched == 0 && t->scanned == 0;
	return t->outcomes[OUTCOME_DELETED] == 0 &&
	    t->outcomes[OUTCOME_FAILED] == 0;
}

/* Whether the same command would get no further. */
static bool
in_vain(const struct options *o, const struct sweep_totals *t)
{
	return t->stopped != NULL && (t->blocked || was_slow(o, t));
}

/* The command line, with a journal that does not exist yet, and was not that of
 * this run. */
static void
add_command(struct buf *out, const struct option_echo *q,
    const struct sweep_totals *t)
{
	const struct options *o = q->shown;
	struct buf line = { 0 };
	char *fresh;

	if (o->journal == NULL ||
	    (t->journal == NULL && access(o->journal, F_OK) != 0)) {
		option_echo_line(out, q, o->line);
		return;
	}
	buf_addf(&line, "ttlsweep %s", o->command->name);
	option_repeat(&line, o, GROUP_COMMAND, "journal");
	fresh = journal_fresh(o->journal);
	buf_adds(&line, " --journal ");
	shlex_quote(&line, fresh);
	free(fresh);
	option_repeat(&line, o, GROUP_SELECTION, NULL);
	option_repeat(&line, o, GROUP_GLOBAL, NULL);
	option_echo_line(out, q, buf_text(&line));
	buf_release(&line);
}

/* What to change, as the same command would get no further. */
static void
add_advice(struct buf *out, const struct options *o,
    const struct report_sweep *r)
{
	const struct sweep_totals *t = r->totals;

	/* a report in text says what matches; one line, JSON, and what -q
	 * leaves of these do not */
	if (r->executed && (o->format == FORMAT_JSON || !for_people(r)) &&
	    strcmp(t->stopped, "max-percent") == 0) {
		buf_addf(out,
		    "nothing was changed: %lld of %lld entries (%s) %s, more "
		    "than --max-percent %s allows; see why with a dry run "
		    "without it, then raise it or narrow the selection%s",
		    (long long)t->percent_matched, (long long)t->percent_of,
		    figure_share(t->percent_matched, t->percent_of).s,
		    report_manner_chosen(r->command), r->max_percent,
		    r->resumed ? " (with another checkpoint)" : "");
		return;
	}
	if (t->outcomes[OUTCOME_DELETED] == 0 && sweep_totals_present(t) > 0) {
		buf_addf(out,
		    "nothing %s put back: finding that entries are present "
		    "%s up --%s; raise it, or restore only some (--kind, "
		    "--prefix)",
		    r->executed ? "was" : "would be",
		    r->executed ? "used" : "would use", t->stopped);
		return;
	}
	for (size_t i = 0; i < sizeof(advices) / sizeof(*advices); i++)
		if (strcmp(advices[i].stopped, t->stopped) == 0)
			buf_addf(out, "%s%s",
			    t->outcomes[OUTCOME_DELETED] > 0
				? "to continue, "
				: "nothing was changed; ",
			    advices[i].advice);
	if (strcmp(t->stopped, "deadline") == 0 && o->checkpoint == NULL &&
	    !t->blocked)
		buf_adds(out,
		    ", or save the run's position with --checkpoint "
		    "FILE");
}

/* What the credentials lack. */
static void
add_policy(struct buf *out, const struct options *o,
    const struct report_sweep *r)
{
	struct report_place place = r->place;
	struct buf line = { 0 }, profile = { 0 };

	option_repeat_one(&profile, o, "profile");
	place.repeat = buf_text(&profile);
	buf_addf(&line, "doctor --policy %s", o->command->name);
	text_report_command(out, buf_text(&line), &place);
	buf_adds(out, " prints a policy that allows all it needs; ");
	buf_release(&line);
	buf_release(&profile);
}

/* Whether ${path} can be read only once: it is standard input or a pipe. */
static bool
is_stream(const char *path)
{
	struct stat st;

	return path != NULL &&
	    (strcmp(path, "-") == 0 ||
		(stat(path, &st) == 0 && S_ISFIFO(st.st_mode)));
}

/* How to continue a run that stopped early; ${why} it stopped. */
static void
add_next(struct buf *out, const struct option_echo *q,
    const struct report_sweep *r, enum fault_kind why)
{
	const struct options *o = q->shown;
	const struct sweep_totals *t = r->totals;

	if (t->stopped == NULL && t->outcomes[OUTCOME_FAILED] > 0)
		buf_adds(out, "to retry what failed: ");
	else if (t->stopped == NULL || why == FAULT_NOT_FOUND ||
	    why == FAULT_REFUSED || /* the error says what to change */
	    (strcmp(t->stopped, "failed") == 0 && t->matched == 0))
		return;
	if (why == FAULT_DENIED)
		add_policy(out, o, r);
	if (report_manner_pays_again(r)) {
		buf_addf(out,
		    "to continue, run the same command with a higher --%s: "
		    "what is present takes write units again",
		    t->stopped);
		return;
	}
	if (t->stopped != NULL)
		buf_adds(out,
		    why == FAULT_DENIED ? "then continue with: "
			: why == FAULT_CREDENTIALS
			? "with new credentials, continue with: "
			: why == FAULT_IO
			? "once that is fixed, continue with: "
			: is_stream(o->keys_from)
			? "to continue, give the same list to: "
			: "to continue: ");
	option_echo_warn(out, q);
	add_command(out, q, t);
}

/* Whether a run that continues this one pays again for what it read. */
static bool
reads_again(const struct options *o, const struct report_sweep *r)
{
	return r->executed && r->totals->stopped != NULL &&
	    o->checkpoint == NULL && o->keys_from == NULL &&
	    !in_vain(o, r->totals) && strcmp(r->command, "restore") != 0;
}

/* Whether a run that continues at the checkpoint is behind what failed. */
static bool
passes_over(const struct options *o, const struct report_sweep *r)
{
	return r->executed && r->totals->stopped != NULL &&
	    o->checkpoint != NULL && r->totals->outcomes[OUTCOME_FAILED] > 0;
}

/* Whether a dry run has found nothing that a run would change. */
static bool
finds_none(const struct sweep_totals *t)
{
	return sweep_totals_counted(t) || sweep_totals_would(t) == 0;
}

static void
log_end(const struct context *c, const struct report_sweep *r,
    enum fault_kind why)
{
	struct buf next = { 0 };

	if (r->executed &&
	    (r->totals->stopped != NULL ||
		r->totals->outcomes[OUTCOME_FAILED] > 0) &&
	    report_manner_throttled(r, &next))
		log_warn(c->log, "%s", buf_text(&next));
	buf_reset(&next);
	if (r->totals->unsure > 0)
		log_warn(c->log,
		    "%s of the failed may be %s all the same: no usable reply "
		    "came, and they were not looked up%s",
		    figure_count(r->totals->unsure).s,
		    strcmp(r->command, "repair") == 0 ? "repaired" : "deleted",
		    r->journal != NULL ? "; the undo restores those, too" : "");
	if (r->undo != NULL && c->o->format == FORMAT_JSON)
		log_note(c->log, "to undo it: %s", r->undo);
	if (in_vain(c->o, r->totals) && (r->executed || finds_none(r->totals)))
		add_advice(&next, c->o, r);
	else if (r->executed)
		add_next(&next, &c->quoted, r, why);
	if (next.n > 0 && reads_again(c->o, r))
		log_note(c->log,
		    "the next run reads the table from the beginning; "
		    "with --checkpoint FILE, runs continue where they stopped");
	/* also with -q: the way out */
	if (next.n > 0)
		log_warn(c->log, "%s", buf_text(&next));
	if (next.n > 0 && passes_over(c->o, r))
		log_warn(c->log,
		    "that does not retry what failed (%s): once it has "
		    "ended with 0, run it once more, from the beginning",
		    figure_entries(r->totals->outcomes[OUTCOME_FAILED]).s);
	buf_release(&next);
}

static bool
reads_stream(const struct options *o)
{
	bool reads = is_stream(o->keys_from);

	for (size_t i = 0; !reads && i < o->noperands; i++)
		reads = is_stream(o->operands[i]);
	return reads;
}

/* The command of a dry run with --yes, and what to know of it. */
static void
add_run(struct buf *run, struct buf *note, const struct context *c)
{
	option_echo_yes(run, &c->quoted);
	if (c->quoted.masked)
		buf_adds(note,
		    "A key in this command is masked: give it as you did.");
	if (reads_stream(c->o))
		buf_addf(note, "%sGive it the same input again.",
		    note->n > 0 ? " " : "");
}

int
write_totals(struct context *c, struct report_sweep *r, int rc, struct fault *f)
{
	struct fault why = { 0 };
	bool well = rc == 0 && r->totals->outcomes[OUTCOME_FAILED] == 0;
	struct buf run = { 0 }, note = { 0 };
	int written;

	if (!r->executed) {
		add_run(&run, &note, c);
		r->run = buf_text(&run);
		r->run_note = note.n > 0 ? buf_text(&note) : NULL;
	}

	if (rc < 0)
		log_fault_first(c->log, f);
	written = write_report(c, r, well, &why);
	if (rc < 0)
		(void)guard_leave(c, r->totals, 0, NULL);
	else
		rc = guard_leave(c, r->totals, rc > 0 ? 4 : 0, f);
	log_end(c, r, rc < 0 ? f->kind : FAULT_NONE);
	buf_release(&run);
	buf_release(&note);
	if (rc < 0 || written == 0)
		return rc;
	*f = why;
	return -1;
}
