#include <string.h>

#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "cli/report/report_manner.h"
#include "cli/report/report_sweep.h"
#include "cli/report/text_report.h"
#include "cli/report/text_table.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "sweep/totals.h"

static const struct report_outcome purge_rows[] = {
	{ OUTCOME_DELETED, "deleted", "" },
	{ OUTCOME_REFRESHED, "refreshed",
	    "changed since they were read; kept" },
	{ OUTCOME_GONE, "gone", "already deleted by TTL or others" },
	{ OUTCOME_FAILED, "failed", "refused, or no reply" },
	{ OUTCOME_SKIPPED, "skipped", "never sent" },
	{ OUTCOMES, NULL, NULL },
};

static const struct report_outcome repair_rows[] = {
	{ OUTCOME_DELETED, "repaired", "" },
	{ OUTCOME_REFRESHED, "refreshed",
	    "changed since they were read; left alone" },
	{ OUTCOME_GONE, "gone", "already deleted by TTL or others" },
	{ OUTCOME_FAILED, "failed", "refused, or no reply" },
	{ OUTCOME_SKIPPED, "skipped", "never sent" },
	{ OUTCOMES, NULL, NULL },
};

static const struct report_outcome restore_rows[] = {
	{ OUTCOME_DELETED, "restored", "" },
	{ OUTCOME_REFRESHED, "present", NULL }, /* see present */
	{ OUTCOME_FAILED, "failed", "refused, or no reply" },
	{ OUTCOME_SKIPPED, "skipped", "never sent" },
	{ OUTCOMES, NULL, NULL },
};

/* What a repair leaves alone, by enum sweep_left. */
const struct report_left report_sweep_left[SWEEP_LEFT] = {
	{ "zoneless", "date-times without a zone; left alone" },
	{ "far-future", "too far ahead for a time in any unit; left alone" },
	{ "no-time", "not a time in any unit; left alone" },
	{ "missing", "no TTL value; left alone (--ttl-for-missing gives one)" },
	{ "wrong-type",
	    "neither a number nor a string with a number or an ISO 8601 "
	    "date-time; left alone" },
};

const struct report_outcome *
report_sweep_outcomes(const char *command)
{
	return strcmp(command, "purge") == 0 ? purge_rows
	    : strcmp(command, "repair") == 0 ? repair_rows
					     : restore_rows;
}

static void
figure(const struct text_report *p, struct text_table *g, const char *name,
    int64_t n, const char *note)
{
	text_table_cell(g, name, NULL);
	text_table_cell(g, figure_count(n).s, NULL);
	text_table_cell(g, note, text_report_sgr(p, TEXT_REPORT_DIM));
}

/* Why TTL does not act on the matched entries of this state, the most frequent
 * reasons first: "165 ttl-off, 42 string". */
static void
matched_reasons(struct buf *out, const struct sweep_totals *t, enum state state)
{
	bool named[REASONS] = { [REASON_NONE] = true };

	for (;;) {
		int most = REASON_NONE;

		for (int i = 0; i < REASONS; i++)
			if (!named[i] && t->reasons[state][i] > 0 &&
			    (most == REASON_NONE ||
				t->reasons[state][i] > t->reasons[state][most]))
				most = i;
		if (most == REASON_NONE)
			return;
		named[most] = true;
		buf_addf(out, "%s%s %s", out->n > 0 ? ", " : "",
		    figure_count(t->reasons[state][most]).s,
		    reason_name((enum reason)most));
	}
}

/* What a purge or a repair would change, by state. */
static void
matched_states(const struct text_report *p, struct text_table *g,
    const struct sweep_totals *t)
{
	struct buf name = { 0 }, why = { 0 };

	for (int i = 0; i < STATES; i++) {
		if (t->states[i] == 0)
			continue;
		buf_reset(&name);
		buf_reset(&why);
		buf_addf(&name, "  %s", state_name((enum state)i));
		matched_reasons(&why, t, (enum state)i);
		figure(p, g, buf_text(&name), t->states[i], buf_text(&why));
	}
	buf_release(&name);
	buf_release(&why);
}

/* Why a restore leaves entries alone: "the key is in use". */
static const char *
present(const struct sweep_totals *t)
{
	return t->of_repair == 0 ? "the key is in use"
	    : t->of_repair == t->matched
	    ? "no longer has the TTL value that repair wrote"
	    : "the key is in use, or no longer has the TTL value that repair "
	      "wrote";
}

static void
older(const struct text_report *p, struct text_table *g,
    const struct sweep_totals *t)
{
	if (t->older > 0)
		figure(p, g, "other images", t->older,
		    "of the same entries: the newest, or else the first, is "
		    "put back");
}

/* Why an undo of a repair puts entries back. */
static const char *
gone_since(const struct report_sweep *r)
{
	return r->elsewhere ? "not in this table"
			    : "gone since the repair: deleted by TTL or "
			      "somebody, or logged out";
}

/* What a restore would do. */
static void
to_do(const struct text_report *p, struct text_table *g,
    const struct report_sweep *r)
{
	const struct sweep_totals *t = r->totals;
	int64_t put = sweep_totals_to_put(t) - t->changed;
	struct buf note = { 0 };

	if (t->of_repair > 0)
		figure(p, g, "to change back", t->changed,
		    r->ttl_given != INT64_MIN ? "to the new TTL" : "");
	if (t->gone_since > 0)
		buf_addf(&note, "%s%s%s",
		    t->gone_since < put ? figure_count(t->gone_since).s : "",
		    t->gone_since < put ? " " : "", gone_since(r));
	if (t->of_repair < t->matched || put > 0 || t->matched == 0)
		figure(p, g, "to put back", put, buf_text(&note));
	buf_release(&note);
}

void
report_sweep_figures(const struct text_report *p, const struct report_sweep *r)
{
	static const struct text_table_column columns[] = {
		{ .head = "" },
		{ .head = "", .right = true },
		{ .head = "", .wraps = true, .rank = 1 },
	};
	bool restores = report_manner_restores(r);
	struct buf left = { 0 };
	const struct sweep_totals *t = r->totals;
	struct text_table *g = text_table_new(columns, 3, p->style.ascii);
	const struct report_outcome *first = report_sweep_outcomes(r->command);

	buf_addf(&left, "left alone: %s", present(t));
	if (r->listed) {
		figure(p, g, "keys given", r->keys, "");
		if (t->absent > 0)
			figure(p, g, "absent", t->absent,
			    "keys without an entry");
	}
	figure(p, g, restores ? "in the files" : "scanned", t->scanned, "");
	if (!restores || t->matched != t->scanned)
		figure(p, g, "matched", t->matched, "");
	if (!restores && !r->executed)
		matched_states(p, g, t);
	if (t->left_out > 0)
		figure(p, g, "left out", t->left_out,
		    "recorded as deleted; --deleted puts them back from old images");
	if (restores && !r->executed) {
		figure(p, g, "present", sweep_totals_present(t),
		    buf_text(&left));
		older(p, g, t);
		to_do(p, g, r);
		if (t->unseen > 0)
			figure(p, g,
			    sweep_totals_broke_off(t) ? "not looked up"
						      : "left",
			    t->unseen,
			    sweep_totals_broke_off(t) ? "the run stopped first"
						      : "beyond the limit");
	}
	for (const struct report_outcome *o = first;
	     r->executed && o->name != NULL; o++) {
		int64_t n = o->note == NULL ? sweep_totals_present(t)
					    : t->outcomes[o->outcome];

		if (o == first || n > 0)
			figure(p, g, o->name, n,
			    o->note != NULL ? o->note : buf_text(&left));
	}
	if (r->executed && restores && t->gone_since > 0) {
		buf_reset(&left);
		buf_addf(&left, "of those restored: %s", gone_since(r));
		figure(p, g, "put back", t->gone_since, buf_text(&left));
	}
	if (r->executed && restores)
		older(p, g, t);
	for (int i = 0; i < SWEEP_LEFT; i++)
		if (t->left[i] > 0)
			figure(p, g, report_sweep_left[i].name, t->left[i],
			    report_sweep_left[i].note);
	if (t->unconfirmed > 0)
		figure(p, g, "unconfirmed", t->unconfirmed,
		    restores ? "of those restored: a reply was lost"
			     : "of those: a reply was lost");
	text_table_print(g, p->out, 2, p->style.width, NULL);
	buf_release(&left);
}
