#include <string.h>

#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "cli/report/report_manner.h"
#include "cli/report/report_sweep.h"
#include "cli/report/report_words.h"
#include "cli/report/text_report.h"
#include "lib/base/buf.h"
#include "sweep/totals.h"

/*
 * What is said of a repair or a restore in every form: in the text of a report,
 * and where that is one line or JSON, as messages.
 */

void
report_sweep_some(struct buf *line, int64_t n, int64_t of)
{
	if (of > 1)
		buf_addf(line, "%s of ",
		    n < of        ? figure_count(n).s
			: of == 2 ? "both"
				  : "all");
	buf_adds(line, of > 1 ? "them" : "it");
}

static void
zoneless(int64_t n, struct buf *line)
{
	if (n > 0)
		buf_addf(line,
		    "%s %s a date-time without a time zone. To repair %s, give "
		    "the application's zone: --zone UTC, or an offset such as "
		    "--zone -08:00",
		    figure_entries(n).s, n == 1 ? "has" : "have",
		    n == 1 ? "it" : "them");
}

static void
too_old(const struct report_sweep *r, struct buf *line)
{
	int64_t n = r->totals->old_unit;
	bool off = r->ttl_off != NULL;
	bool done = r->totals->outcomes[OUTCOME_DELETED] > 0;

	if (n > 0)
		buf_addf(line,
		    "%s expired five years ago or earlier: TTL will not delete "
		    "%s, repaired or not; %s%s%sa purge with --reason too-old "
		    "deletes %s",
		    figure_entries(n).s, n == 1 ? "it" : "these",
		    done ? "" : "after the repair, ",
		    !done && off ? "and " : "", off ? "once TTL is on, " : "",
		    n == 1 ? "it" : "them");
}

/* Once TTL reads the times, it acts on them. */
static void
then_acts(const struct report_sweep *r, const struct text_report *p,
    struct buf *line)
{
	const struct sweep_totals *t = r->totals;
	bool now = t->states[STATE_STUCK] > t->old_unit + t->left_due;
	bool later = t->states[STATE_IMMORTAL] > t->left_ahead;

	if (!now && !later)
		return;
	if (r->ttl_unknown != NULL) {
		buf_adds(line, "If TTL is on for ");
		text_report_attribute(p, line, r->ttl_unknown);
		buf_adds(line, ", it deletes ");
	} else {
		buf_adds(line, "TTL deletes ");
	}
	buf_addf(line, "%srepaired entries%s%s%s",
	    t->old_unit > 0 ? "the other " : "",
	    now && later ? " that have expired" : "",
	    now ? ", typically within a few days" : " once they expire",
	    now && later ? ", and the rest once they expire" : "");
}

/* What TTL does with what a repair changes. */
static void
acts(const struct report_sweep *r, const struct text_report *p,
    struct buf *line)
{
	if (r->executed && r->totals->outcomes[OUTCOME_DELETED] == 0)
		return;
	if (r->ttl_off == NULL) {
		then_acts(r, p, line);
		return;
	}
	report_words_acts_on(p, r->ttl_on, r->ttl_off, line);
	if (r->ttl_on == NULL) {
		buf_adds(line,
		    ": it deletes none of these until that is changed");
		return;
	}
	buf_adds(line,
	    ": the repair changes nothing for it, and it may delete some of "
	    "these by ");
	text_report_attribute(p, line, r->ttl_on);
}

/* TTL does not wait for people to use what was put back. */
static void
expired_again(const struct report_sweep *r, struct buf *line)
{
	const struct sweep_totals *t = r->totals;
	static const char more[] = ": give more time with --extend-ttl DUR "
				   "(sessions are then accepted again)";
	bool done = r->executed;
	int64_t n = t->expired;
	int64_t of =
	    (done ? t->outcomes[OUTCOME_DELETED] : sweep_totals_to_put(t)) -
	    t->changed;

	if (n == 0 || of == 0 || r->ttl_given != INT64_MIN)
		return;
	if (t->chained) { /* the undo of a repair may change what is expired */
		buf_addf(line,
		    "Entries that are expired when they are put back are "
		    "deleted by TTL or the next purge%s",
		    done || r->ttl_fixed ? "" : more);
		return;
	}
	if (n < of)
		buf_addf(line, "%s of the %s entries %s %s", figure_count(n).s,
		    figure_count(of).s,
		    done ? "that were put back" : "to put back",
		    n == 1 ? "is" : "are");
	else if (n > 1)
		buf_addf(line, "%s entries %s are", figure_all_first(n).s,
		    done ? "that were put back" : "to put back");
	else
		buf_addf(line, "The entry %s is",
		    done ? "that was put back" : "to put back");
	if (t->expired_again > 0) {
		buf_addf(line, " expired; %s will delete ",
		    r->ttl_unknown != NULL ? "if TTL is on, it" : "TTL");
		report_sweep_some(line, t->expired_again, n);
	} else {
		buf_addf(line, " expired; the next purge would delete %s again",
		    n == 1 ? "it" : "them");
	}
	if (r->ttl_fixed)
		return;
	if (done) {
		buf_adds(line,
		    " (--extend-ttl DUR would have given more time)");
		return;
	}
	buf_adds(line, more);
	if (n < of)
		buf_addf(line, "; all %s then get that TTL, %s",
		    figure_count(of).s,
		    t->endless > 0 ? "even those without an expiry time"
				   : "expired or not");
}

/* Who logged out since the repair is logged in again. */
static void
gone_since(const struct report_sweep *r, struct buf *line)
{
	int64_t n = r->totals->gone_since;

	if (n == 0 || r->elsewhere)
		return;
	buf_addf(line,
	    "%s %s gone since the repair (deleted by TTL or somebody, or "
	    "logged out), and %s put back",
	    figure_entries(n).s, n == 1 ? "was" : "were",
	    !r->executed ? "would be"
		: n == 1 ? "is"
			 : "are");
}

bool
report_sweep_note(const struct report_sweep *r, const struct text_report *p,
    size_t i, struct buf *line)
{
	bool repair = strcmp(r->command, "repair") == 0;

	if (repair && i == 0)
		zoneless(r->totals->left[SWEEP_LEFT_ZONELESS], line);
	else if (repair && i == 1)
		too_old(r, line);
	else if (repair)
		acts(r, p, line);
	else if (report_manner_restores(r) && i == 0)
		expired_again(r, line);
	else if (report_manner_restores(r) && i == 1)
		gone_since(r, line); /* a row in text */
	return line->n > 0;
}
