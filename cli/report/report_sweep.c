#include <stdarg.h>
#include <string.h>

#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "cli/report/report_manner.h"
#include "cli/report/report_sample.h"
#include "cli/report/report_sweep.h"
#include "cli/report/report_words.h"
#include "cli/report/text_report.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "sweep/totals.h"

/* "1 350 write units (about 0.01 USD, us-east-1 prices of 2026-05-13)" */
static void
cost(struct buf *line, const struct report_sweep *r)
{
	buf_adds(line, figure_units_of(r->write_units, "write").s);
	report_sweep_price(line, r);
}

/* The text being written. */
struct writing {
	const struct text_report p;
	const struct report_sweep *r;
	struct buf line;
};

/* Write the line as a paragraph. */
static void
say_line(struct writing *w, const char *code)
{
	text_report_words(&w->p, 0, buf_text(&w->line), code);
	buf_reset(&w->line);
}

/* Write the line and what is added to it. */
static void say(struct writing *w, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
say(struct writing *w, const char *code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_addv(&w->line, fmt, ap);
	va_end(ap);
	say_line(w, code);
}

/* A line of its own, to be copied. */
static void
path_line(struct writing *w, const char *path)
{
	buf_adds(w->p.out, "    ");
	text_report_text(&w->p, w->p.out, path);
	buf_addc(w->p.out, '\n');
}

static void
stopped(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;
	const char *why = strcmp(t->stopped, "failed") == 0
	    ? "see the error above"
	    : t->stopped;

	if (strcmp(t->stopped, "max-percent") == 0)
		say(w, TEXT_REPORT_YELLOW,
		    "%s of %s entries (%s) %s, more than --max-percent %s "
		    "allows: nothing %s changed.",
		    figure_count(t->percent_matched).s,
		    figure_count(t->percent_of).s,
		    figure_share(t->percent_matched, t->percent_of).s,
		    report_manner_chosen(w->r->command), w->r->max_percent,
		    w->r->executed ? "was" : "would be");
	else if (report_manner_restores(w->r) && !w->r->executed &&
	    !sweep_totals_broke_off(t))
		say(w, TEXT_REPORT_YELLOW, "A run would stop early: %s.%s", why,
		    t->blocked ? ""
			: report_manner_pays_again(w->r)
			? " To continue then, raise the limit, as what is "
			  "present takes write units again."
			: " The same command would then continue.");
	else if (report_manner_restores(w->r) && w->r->executed)
		say(w, TEXT_REPORT_YELLOW,
		    "Stopped early: %s. The rest was not put back%s.", why,
		    t->blocked ? ""
			: report_manner_pays_again(w->r)
			? "; to continue, raise the limit, as what is present "
			  "takes write units again"
			: "; run the same command again to continue");
	else if (w->r->listed && t->scanned + t->absent >= w->r->keys)
		say(w, TEXT_REPORT_YELLOW,
		    "Stopped early: %s. Not all keys that match were "
		    "taken.",
		    why);
	else
		say(w, TEXT_REPORT_YELLOW,
		    "Stopped early: %s. The rest of the %s.", why,
		    report_manner_restores(w->r) ? "keys were not looked up"
			: w->r->listed           ? "list was not used"
						 : "table was not read");
}

/* The notes from ${first} up to ${last}. */
static void
note(struct writing *w, size_t first, size_t last)
{
	for (size_t i = first; i <= last; i++)
		if (report_sweep_note(w->r, &w->p, i, &w->line))
			say(w, TEXT_REPORT_YELLOW, ".");
}

/* What becomes of the entries without us. */
static void
by_ttl(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;
	int64_t never = sweep_totals_never(t);
	int64_t pending = t->states[STATE_PENDING];
	int64_t live = t->reasons[STATE_LIVE][REASON_TTL_OFF];
	int64_t waits = t->states[STATE_LIVE] - live;
	int64_t off =
	    t->reasons[STATE_STUCK][REASON_TTL_OFF] - t->old_off + live;
	const char *replicas =
	    w->r->replicated ? " (but not in the replicas)" : "";

	if (w->r->ttl_off != NULL && w->r->ttl_on != NULL) {
		report_words_acts_on(&w->p, w->r->ttl_on, w->r->ttl_off,
		    &w->line);
		buf_adds(&w->line, ". Entries are judged here by ");
		text_report_attribute(&w->p, &w->line, w->r->ttl_off);
		say(w, TEXT_REPORT_YELLOW,
		    "; TTL may delete some of them by the other attribute.");
		return;
	}
	if (pending > 0) {
		if (w->r->ttl_unknown != NULL) {
			buf_adds(&w->line, "If TTL is on for ");
			text_report_attribute(&w->p, &w->line,
			    w->r->ttl_unknown);
			buf_adds(&w->line, ", it will delete ");
		} else {
			buf_adds(&w->line, "TTL will delete ");
		}
		report_sweep_some(&w->line, pending, t->matched);
		buf_addf(&w->line, " free of charge%s", replicas);
		if (waits == 1)
			buf_adds(&w->line,
			    ", and the live one once it has expired");
		else if (waits > 0)
			buf_addf(&w->line,
			    ", and the %s live ones once they have expired",
			    figure_count(waits).s);
		buf_addc(&w->line, '.');
		if (never > 0)
			buf_addf(&w->line,
			    " It will never delete the other %s as %s.",
			    figure_one(never).s,
			    never == 1 ? "it is" : "they are");
	} else if (never > 0 && off == 0) {
		buf_addf(&w->line, "TTL will never delete %s%s.",
		    never < t->matched ? figure_count(never).s : "",
		    never < t->matched    ? never == 1 ? " of them as it is"
						       : " of them as they are"
			: t->matched == 1 ? "it as it is"
					  : "them as they are");
	}
	if (off > 0) {
		buf_adds(&w->line, "TTL is off. Once on, it would delete ");
		report_sweep_some(&w->line, off, t->matched);
		buf_addf(&w->line, " free of charge%s%s", replicas,
		    live == 0        ? ""
			: live < off ? ", the live ones once they have expired"
			: live == 1  ? " once it has expired"
				     : " once they have expired");
		if (never > off)
			buf_addf(&w->line,
			    "; the other %s it would never delete as %s",
			    figure_one(never - off).s,
			    never - off == 1 ? "it is" : "they are");
		buf_addc(&w->line, '.');
	}
	if (w->line.n > 0)
		say_line(w, NULL);
}

/* So that nobody takes a selection of everything for one of the expired. */
static void
whole(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;

	if (strcmp(w->r->command, "purge") != 0 || w->r->listed ||
	    t->matched <= 1 || t->matched != t->scanned || t->stopped != NULL)
		return;
	buf_addf(&w->line, "This is EVERY entry that was read: all %s ",
	    w->r->resumed ? "that is left of" : "of");
	if (w->r->shards.of > 0)
		report_sample_shards(&w->r->shards, "shard", &w->line);
	say(w, TEXT_REPORT_RED, "%s%s.", w->r->shards.of > 0 ? "" : "the table",
	    w->r->resumed ? " after the checkpoint" : "");
}

/* So that nobody deletes by accident what is still in use. */
static void
live(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;
	int64_t n = t->states[STATE_LIVE], sessions = t->live_sessions;
	bool all = n == t->matched, mixed = sessions > 0 && sessions < n;
	const char *what = sessions == n ? (n == 1 ? "session" : "sessions")
	    : n == 1                     ? "entry"
					 : "entries";

	if (n == 0 || strcmp(w->r->command, "purge") != 0)
		return;
	if (all && n == 1)
		buf_addf(&w->line, "It is a LIVE %s", what);
	else if (all)
		buf_addf(&w->line, "%s are LIVE %s", figure_all_first(n).s,
		    what);
	else
		buf_addf(&w->line, "%s LIVE %s %s among them",
		    figure_count(n).s, what, n == 1 ? "is" : "are");
	if (mixed)
		buf_addf(&w->line, "; %s %s, whose %s would be logged out",
		    figure_count(sessions).s,
		    sessions == 1 ? "is a session" : "are sessions",
		    sessions == 1 ? "user" : "users");
	else if (sessions > 0)
		buf_addf(&w->line, ": %s would be logged out",
		    sessions == 1 ? "its user" : "their users");
	say(w, TEXT_REPORT_RED, ". %s.",
	    n == 1 ? "If it is renewed meanwhile, it is deleted all the same"
		   : "Those that are renewed meanwhile are deleted all the "
		     "same");
}

/* What TTL will never delete may be in use, too. */
static void
ahead(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;
	int64_t n = t->ahead, sessions = t->ahead_sessions;
	const char *too = t->live_sessions > 0 ? ", too" : "";

	if (n == 0 || strcmp(w->r->command, "purge") != 0)
		return;
	if (n == t->matched)
		buf_addf(&w->line, "%s %s not passed",
		    n == 1 ? "Its time" : "Their times",
		    n == 1 ? "has" : "have");
	else
		buf_addf(&w->line,
		    "The %s of %s immortal %s among them %s "
		    "not passed",
		    n == 1 ? "time" : "times", figure_count(n).s,
		    n == 1 ? "entry" : "entries", n == 1 ? "has" : "have");
	if (sessions == 0)
		buf_adds(&w->line, ": the application may still use ");
	if (sessions == 0)
		buf_adds(&w->line, n == 1 ? "it" : "them");
	else if (sessions < n)
		buf_addf(&w->line, "; %s %s, whose %s would be logged out%s",
		    figure_count(sessions).s,
		    sessions == 1 ? "is a session" : "are sessions",
		    sessions == 1 ? "user" : "users", too);
	else
		buf_addf(&w->line, ": %s, whose %s would be logged out%s",
		    n == 1 ? "it is a session" : "these are sessions",
		    n == 1 ? "user" : "users", too);
	say(w, TEXT_REPORT_RED, ".");
}

/* Sessions that may be live: nothing says when they expire. */
static void
timeless(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;
	int64_t n = t->timeless_sessions;
	bool others = t->live_sessions + t->ahead_sessions > 0;

	if (n == 0 || strcmp(w->r->command, "purge") != 0)
		return;
	if (n == t->matched)
		buf_addf(&w->line, "%s",
		    n == 1 ? "This session has" : "These sessions have");
	else
		buf_addf(&w->line, "%s %s among them %s", figure_count(n).s,
		    n == 1 ? "session" : "sessions", n == 1 ? "has" : "have");
	say(w, TEXT_REPORT_RED,
	    " no time that could be read: %s may be logged out%s.",
	    n == 1 ? "its user" : "their users", others ? ", too" : "");
}

/* Why they count as such, where that is not to be seen from their keys. */
static void
live_sessions(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;

	if (t->live_sessions + t->ahead_sessions + t->timeless_sessions == 0 ||
	    strcmp(w->r->command, "purge") != 0)
		return;
	buf_addc(&w->line, '(');
	report_words_sessions(&w->p, w->r->rules, w->r->schema,
	    w->r->place.table, &w->line);
	if (w->line.n > 1)
		say(w, NULL, ")");
	buf_reset(&w->line);
}

/* What the condition of a delete cannot see. A repair gives these entries a
 * TTL and changes nothing else. */
static void
unseen(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;
	int64_t missing = t->reasons[STATE_IMMORTAL][REASON_MISSING];

	if (missing == 0 || strcmp(w->r->command, "purge") != 0)
		return;
	if (missing < t->matched)
		buf_addf(&w->line, "%s of them %s", figure_count(missing).s,
		    missing == 1 ? "has" : "have");
	else
		buf_adds(&w->line, t->matched == 1 ? "It has" : "They have");
	say(w, TEXT_REPORT_YELLOW,
	    " no TTL attribute: if an application rewrites such an entry "
	    "without one, that cannot be seen, and the new entry is deleted.");
}

/* What --ttl-for-missing writes. */
static void
given(struct writing *w)
{
	int64_t n = w->r->totals->reasons[STATE_IMMORTAL][REASON_MISSING];
	char time[32];

	if (n == 0 || text_time_format(time, w->r->ttl_given) != 0 ||
	    strcmp(w->r->command, "repair") != 0)
		return;
	say(w, NULL, "%s without a TTL %s: %s.", figure_entries(n).s,
	    n == 1 ? "gets one" : "get one", time);
}

/* An application that reads milliseconds takes seconds for 1970. */
static void
reads_old(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;
	int64_t n = t->ahead, sessions = t->ahead_sessions;
	int64_t missing = t->reasons[STATE_IMMORTAL][REASON_MISSING];
	int64_t of = sweep_totals_would(t) - missing;
	const char *which =
	    missing > 0 ? "with a time to convert" : "to repair";

	if (n == 0 || strcmp(w->r->command, "repair") != 0)
		return;
	if (n < of)
		buf_addf(&w->line, "%s of the %s entries %s %s not",
		    figure_count(n).s, figure_count(of).s, which,
		    n == 1 ? "has" : "have");
	else
		buf_addf(&w->line, "%s %s has%s",
		    n == 1 ? "The entry" : "None of the entries", which,
		    n == 1 ? " not" : "");
	buf_addf(&w->line,
	    " expired. Have the application write and read seconds first, or "
	    "it may treat %s as expired",
	    n == 1 ? "it" : "these");
	if (sessions == n)
		buf_addf(&w->line, ", and log out %s",
		    n == 1 ? "its user" : "their users");
	else if (sessions > 0)
		buf_addf(&w->line, ", and log out the %s of %s %s",
		    sessions == 1 ? "user" : "users", figure_count(sessions).s,
		    sessions == 1 ? "session" : "sessions");
	say(w, TEXT_REPORT_RED, ".");
}

/* Live by the attribute that TTL acts on, and judged by another one. */
static void
live_other(struct writing *w)
{
	int64_t n = w->r->totals->live_other;

	if (n == 0 || strcmp(w->r->command, "purge") != 0)
		return;
	buf_addf(&w->line, "%s of them %s LIVE by ", figure_count(n).s,
	    n == 1 ? "is" : "are");
	text_report_attribute(&w->p, &w->line, w->r->ttl_on);
	say(w, TEXT_REPORT_RED, ", on which TTL acts, and would be deleted.");
}

static void
would_purge(struct writing *w)
{
	const struct report_manner *m = report_manner_of(w->r->command);
	bool one = sweep_totals_would(w->r->totals) == 1;

	whole(w);
	live(w);
	live_other(w);
	ahead(w);
	timeless(w);
	live_sessions(w);
	given(w);
	reads_old(w);
	if (strcmp(w->r->command, "repair") == 0) {
		note(w, 2, 2);
		buf_addf(&w->line, "Repairing %s takes about ",
		    figure_entries(sweep_totals_would(w->r->totals)).s);
	} else {
		by_ttl(w);
		unseen(w);
		buf_addf(&w->line, "%s %s takes about ", m->doing,
		    one ? "it" : "them");
	}
	cost(&w->line, w->r);
	text_report_takes(&w->line, &w->r->pace, w->r->work.read_units,
	    w->r->write_units);
	say(w, NULL, ".");
	if (w->r->journal == NULL) {
		if (!w->r->refused)
			say(w, TEXT_REPORT_YELLOW,
			    "No journal would be kept: this could not be "
			    "undone.");
		return;
	}
	buf_addf(&w->line,
	    "The journal, from which %s can be %s, takes about %s",
	    one ? "it" : "they", m->undone,
	    figure_bytes(w->r->totals->journal_bytes).s);
	if (w->r->journal_free >= 0)
		buf_addf(&w->line, "; %s are free there",
		    figure_bytes(w->r->journal_free).s);
	say(w, NULL, ":");
	path_line(w, w->r->journal);
}

/* What a dry run of a restore has cost. */
static void
add_checking(struct writing *w)
{
	buf_addf(&w->line, " Checking which keys are in use took %s.",
	    figure_units_of(w->r->work.read_units, "read").s);
}

static void
would_restore(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;
	char time[32];
	bool given = w->r->ttl_given != INT64_MIN &&
	    text_time_format(time, w->r->ttl_given) == 0;
	int64_t put = sweep_totals_to_put(t) - t->changed;
	int64_t ahead = t->chained || t->nameless ? 0 : t->lasting;
	bool puts = given && put > 0;

	if (puts)
		buf_addf(&w->line, "%s the TTL %s",
		    put == 1 && t->of_repair == 0 ? "It gets"
						  : "What is put back gets",
		    time);
	if (puts && ahead == put)
		buf_adds(&w->line,
		    ahead == 1 ? ", though it has not expired"
			       : ", though none of it has expired");
	else if (puts && ahead > 0)
		buf_addf(&w->line, ", also the %s that %s not expired",
		    figure_one(ahead).s, ahead == 1 ? "is" : "are");
	if (puts && ahead > t->endless)
		buf_adds(&w->line, "; a later TTL is shortened");
	if (puts && t->expired > 0 && w->r->ttl_given > w->r->now)
		buf_adds(&w->line,
		    "; sessions that had expired are accepted again until "
		    "then");
	if (puts)
		buf_adds(&w->line, ". ");
	if (given && t->of_repair > 0)
		buf_addf(&w->line,
		    "Each entry of a repair that still has the TTL value that "
		    "repair wrote gets %s%s instead of its old one. ",
		    puts ? "this TTL" : "the TTL ", puts ? "" : time);
	else if (t->of_repair > 0)
		buf_adds(&w->line,
		    "Each entry of a repair gets back the TTL value that it "
		    "had, if any, if it still has the one that repair wrote. ");
	buf_addf(&w->line,
	    "%s is put back only if no entry has its key. %s takes about ",
	    t->of_repair == 0 ? (t->matched == 1 ? "It" : "Each")
		: t->of_repair < t->matched
		? "Any other, and one that was deleted,"
		: "One that was deleted",
	    t->of_repair == 0 ? "That" : "All of this");
	cost(&w->line, w->r);
	buf_adds(&w->line,
	    sweep_totals_present(t) > 0
		? ", including those for puts that are refused."
		: ".");
	add_checking(w);
	if (t->chained)
		buf_adds(&w->line,
		    " An entry that is first put back, and then has its repair "
		    "undone, counts twice here, though it may turn out that "
		    "there is nothing to undo.");
	say_line(w, NULL);
}

static void
nothing(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;

	buf_addf(&w->line, "%s %s nothing to %s",
	    w->r->totals->left[SWEEP_LEFT_ZONELESS] > 0
		? "Without --zone, there"
		: "There",
	    w->r->executed ? "was" : "is", report_manner_now(w->r)->nothing);
	if (report_manner_restores(w->r) && t->matched > 0)
		buf_addf(&w->line, ": %s",
		    t->of_repair == 0 ? "every key is in use"
			: t->of_repair == t->matched
			? "none still has the TTL value that repair wrote"
			: "every key is in use, or no longer has the TTL value "
			  "that repair wrote");
	buf_adds(&w->line,
	    w->r->executed && !report_manner_restores(w->r)
		? ", so no journal was written."
		: ".");
	if (report_manner_restores(w->r) && !w->r->executed && t->matched > 0)
		add_checking(w);
	if (strcmp(w->r->command, "repair") == 0 && w->r->ttl_off != NULL) {
		buf_addc(&w->line, ' ');
		report_words_acts_on(&w->p, w->r->ttl_on, w->r->ttl_off,
		    &w->line);
		buf_adds(&w->line,
		    w->r->ttl_on != NULL
			? "."
			: ": it deletes nothing until that is changed.");
	}
	say_line(w, NULL);
}

/* A command on a line of its own, to be copied. */
static void
command_line(struct writing *w, const char *command)
{
	buf_addf(w->p.out, "    %s\n", command);
}

/* The command that does what was counted: ${what}. */
static void
exact(struct writing *w, const char *what)
{
	const struct report_sweep *r = w->r;

	if (r->totals->stopped != NULL && !report_manner_restores(r))
		say(w, TEXT_REPORT_BOLD,
		    " To %s up to the same limit, though perhaps other entries "
		    "than those counted here:",
		    report_manner_now(r)->nothing);
	else
		say(w, TEXT_REPORT_BOLD, " To %s:", what);
	command_line(w, r->run);
	if (r->run_note != NULL)
		say(w, NULL, "%s", r->run_note);
}

/* How a dry run ends. */
static void
nothing_changed(struct writing *w)
{
	const struct report_manner *m = report_manner_now(w->r);
	const struct sweep_totals *t = w->r->totals;
	bool changes = report_manner_restores(w->r) && t->changed > 0;

	buf_adds(&w->line, "Nothing was changed.");
	if (sweep_totals_broke_off(t))
		say(w, TEXT_REPORT_YELLOW,
		    " INCOMPLETE: these figures are only of what was read until "
		    "it stopped.");
	else if (sweep_totals_would(t) == 0)
		say_line(w, TEXT_REPORT_BOLD);
	else if (w->r->refused)
		say(w, TEXT_REPORT_YELLOW,
		    " With --yes this would be refused (see above).");
	else if (!plan_room_fits((double)t->journal_bytes, w->r->journal_free))
		say(w, TEXT_REPORT_YELLOW,
		    " With --yes this would stop when the disk of the journal "
		    "is full (see above).");
	else
		exact(w,
		    changes && sweep_totals_would(t) > t->changed ? "do both"
			: sweep_totals_would(t) == 1              ? m->one
								  : m->many);
}

static void
would(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;
	bool any = sweep_totals_would(t) > 0;

	if (t->stopped != NULL) {
		stopped(w);
		if (sweep_totals_counted(t) ||
		    (!any && !sweep_totals_broke_off(t)))
			return;
	}
	if (!report_manner_restores(w->r))
		note(w, 0, 1);
	if (!any && t->stopped == NULL) {
		nothing(w);
		return;
	}
	if (any && report_manner_restores(w->r))
		would_restore(w);
	else if (any)
		would_purge(w);
	if (report_manner_restores(w->r))
		note(w, 0, 0);
	buf_addc(w->p.out, '\n');
	nothing_changed(w);
}

static void
did(struct writing *w)
{
	const struct sweep_totals *t = w->r->totals;

	if (t->stopped != NULL)
		stopped(w);
	else if (t->matched == t->left[SWEEP_LEFT_ZONELESS])
		nothing(w);
	if (!report_manner_restores(w->r))
		note(w, 0, 2);
	buf_adds(&w->line, "It took ");
	cost(&w->line, w->r);
	say(w, NULL, ", %s and %.1f s.",
	    figure_units_of(w->r->work.read_units, "read").s,
	    w->r->work.seconds);
	if (report_manner_restores(w->r))
		note(w, 0, 0);
	if (w->r->journal != NULL) {
		say(w, NULL,
		    "Copies of the entries, as they were, are in the journal "
		    "(%s):",
		    figure_bytes(t->journal_bytes).s);
		path_line(w, w->r->journal);
	}
	if (w->r->journal == NULL && !report_manner_restores(w->r) &&
	    t->outcomes[OUTCOME_DELETED] > 0)
		say(w, TEXT_REPORT_YELLOW,
		    "No journal was kept: this cannot be undone.");
	if (w->r->undo != NULL) {
		const char *undo = report_manner_of(w->r->command)->undo;

		if (w->r->resumed)
			say(w, NULL,
			    "To undo this run (what earlier runs with this "
			    "checkpoint changed is in their own journals: "
			    "restore these, too):");
		else
			say(w, NULL, "To %s:", undo);
		command_line(w, w->r->undo);
		if (strcmp(w->r->command, "repair") == 0)
			say(w, NULL,
			    "That also puts back entries that have been "
			    "deleted in the meantime, such as sessions that "
			    "were logged out.");
	}
}

void
report_sweep_text(struct buf *out, const struct report_sweep *r,
    const struct report_style *style)
{
	struct writing w = { .p = { out, *style }, .r = r };

	text_report_title(&w.p, text_report_name(&r->place));
	text_report_where(&w.p, &w.line, &r->place);
	if (w.line.n > 0)
		say_line(&w, NULL);
	if (r->shards.of > 0) {
		report_sample_shards(&r->shards, "Shard", &w.line);
		say(&w, NULL, " only.");
	}
	buf_addc(out, '\n');
	report_sweep_figures(&w.p, r);
	buf_addc(out, '\n');
	if (r->executed)
		did(&w);
	else
		would(&w);
	buf_release(&w.line);
}
