#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/command/write_totals.h"
#include "cli/context/context.h"
#include "cli/context/guard.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "cli/term.h"
#include "inspector/pass.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/shlex.h"
#include "lib/dynamodb/client.h"
#include "lib/stream/stream.h"
#include "sweep/journal.h"
#include "sweep/totals.h"

struct report_sweep
write_totals_report(const struct context *c, const char *command,
    const struct sweep_totals *t)
{
	const struct pass_progress done = { .items = t->scanned };
	struct report_sweep r = {
		.place = context_place(c),
		.work = context_work(c, &done),
		.command = command,
		.executed = c->o->yes,
		.now = c->rules.now,
		.totals = t,
		.journal_free = -1,
		.pace = c->pace,
		.ttl_unknown = c->table.ttl_status == NULL ? c->ttl : NULL,
		.listed = c->listed,
		.keys = (int64_t)c->keys.n,
	};

	r.write_units = r.executed ? r.work.write_units : (double)t->units;
	return r;
}

/* Prometheus is to see a file that is old when nothing succeeds any more. */
static int
write_metrics(struct context *c, const struct report_sweep *r, int rc,
    struct fault *f)
{
	struct buf out = { 0 };
	bool well = rc == 0 && r->totals->outcomes[OUTCOME_FAILED] == 0;
	int r2;

	if (c->o->metrics_file == NULL)
		return 0;
	/* a dry run is no success of what it did not do */
	report_prometheus_sweep(&out, r,
	    well && r->executed ? ddb_now(c->ddb) : -1);
	r2 = stream_file_shared(c->o->metrics_file, out.p, out.n, f);
	buf_release(&out);
	return r2;
}

/* To standard output as --format says; text nothing with -q, when all went
 * well. */
static int
write_report(struct context *c, const struct report_sweep *r, int rc,
    struct fault *f)
{
	const struct report_style style = {
		.width = term_width(STDOUT_FILENO, 80),
		.color = term_color(STDOUT_FILENO, c->o->color),
		.ascii = !term_utf8(),
	};
	bool well = rc == 0 && r->totals->outcomes[OUTCOME_FAILED] == 0;
	bool silent = c->o->quiet && r->executed && well;
	struct buf out = { 0 };
	int r2 = 0;

	if (c->o->format == FORMAT_JSON)
		report_sweep_json(&out, r);
	else if (!r->executed || (isatty(STDOUT_FILENO) && !silent))
		report_sweep_text(&out, r, &style);
	else if (!silent)
		report_sweep_line(&out, r);
	if (out.n > 0)
		r2 = output_all(NULL, &out, f);
	buf_release(&out);
	if (r2 == 0)
		r2 = write_metrics(c, r, rc, f);
	return r2;
}

/* Ceilings, and what to do when the same one would stop every run. */
static const struct {
	const char *stopped, *advice;
} advices[] = {
	{ "max-items", "raise --max-items" },
	{ "max-percent", "raise --max-percent or narrow the selection" },
	{ "max-units",
	    "raise --max-units (the next entry alone exceeds it) or narrow the "
	    "selection" },
	{ "max-cost",
	    "raise --max-cost (the next entry alone exceeds it) or narrow the "
	    "selection" },
	{ "deadline", "raise --deadline; it passed before the first write" },
};

/* Whether the same command would come no further. */
static bool
in_vain(const struct options *o, const struct sweep_totals *t)
{
	/* with a checkpoint it goes on behind what it has read */
	return t->blocked ||
	    (strcmp(t->stopped, "deadline") == 0 && t->matched == 0 &&
		(t->scanned == 0 || o->checkpoint == NULL));
}

/* The command line, with a journal that can be written. */
static void
add_command(struct buf *out, const struct options *o,
    const struct sweep_totals *t)
{
	char *fresh;

	if (o->journal == NULL || t->journal == NULL) {
		buf_adds(out, o->line);
		return;
	}
	buf_addf(out, "ttlsweep %s", o->command->name);
	option_repeat(out, o, GROUP_COMMAND, "journal");
	fresh = journal_fresh(o->journal);
	buf_adds(out, " --journal ");
	shlex_quote(out, fresh);
	free(fresh);
	option_repeat(out, o, GROUP_SELECTION, NULL);
	option_repeat(out, o, GROUP_GLOBAL, NULL);
}

/* How a run that stopped early goes on. */
static void
add_next(struct buf *out, const struct options *o, const struct sweep_totals *t)
{
	if (t->stopped == NULL ||
	    (strcmp(t->stopped, "failed") == 0 && t->matched == 0))
		return;
	buf_adds(out, "to continue");
	if (!in_vain(o, t)) {
		buf_adds(out, ": ");
		add_command(out, o, t);
		return;
	}
	for (size_t i = 0; i < sizeof(advices) / sizeof(*advices); i++)
		if (strcmp(advices[i].stopped, t->stopped) == 0)
			buf_addf(out, ", %s", advices[i].advice);
	if (strcmp(t->stopped, "max-percent") == 0)
		buf_addf(out, " (%lld of %lld entries match)",
		    (long long)t->percent_matched, (long long)t->percent_of);
	if (strcmp(t->stopped, "deadline") == 0 && o->checkpoint == NULL)
		buf_adds(out, ", or save its position with --checkpoint FILE");
}

static void
log_end(const struct context *c, const struct report_sweep *r)
{
	struct buf next = { 0 };

	if (r->undo != NULL && c->o->format == FORMAT_JSON)
		log_note(c->log, "to undo it: %s", r->undo);
	if (r->executed)
		add_next(&next, c->quoted.shown, r->totals);
	/* with -q, too, when the same run would only stop again */
	if (next.n > 0 && in_vain(c->o, r->totals))
		log_warn(c->log, "%s", buf_text(&next));
	else if (next.n > 0)
		log_note(c->log, "%s", buf_text(&next));
	buf_release(&next);
}

int
write_totals(struct context *c, const struct report_sweep *r, int rc,
    struct fault *f)
{
	struct fault why = { 0 };
	int written = write_report(c, r, rc, &why);

	log_end(c, r);
	if (rc < 0) {
		(void)guard_leave(c, r->totals, 0, NULL);
		return -1;
	}
	rc = guard_leave(c, r->totals, rc > 0 ? 4 : 0, f);
	if (written == 0)
		return rc;
	*f = why;
	return -1;
}
