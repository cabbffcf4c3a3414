#include <stdbool.h>
#include <string.h>

#include "cli/report/advice.h"
#include "cli/report/emit.h"
#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "cli/report/report_words.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/shlex.h"
#include "lib/base/text.h"

/* Commands for so many attributes. */
#define LOOKED_AT 3

/* Inspect the same by each attribute that may be the right one. */
static void
look_again(struct advice *a)
{
	const struct report *r = a->r;

	if (!advice_is_live(r)) {
		buf_adds(a->line, " Try --ttl-attribute ");
		text_report_attribute(&a->e->p, a->line, r->lookalikes[0]);
		buf_addc(a->line, '.');
		advice_say(a);
		return;
	}
	for (size_t i = 0; i < r->nlookalikes && i < LOOKED_AT; i++) {
		buf_addf(a->line, "%s ", i > 0 ? "If" : " If");
		text_report_attribute(&a->e->p, a->line, r->lookalikes[i]);
		buf_adds(a->line, " is the expiry time:");
		advice_say(a);
		advice_inspect(a, r->lookalikes[i]);
	}
}

/* Some entries, or all, lack the attribute: is it another one? */
static void
advise_attribute(struct advice *a)
{
	const struct report *r = a->r;
	const struct summary *s = r->summary;
	int64_t n = s->reasons[STATE_IMMORTAL][REASON_MISSING];
	bool all = report_words_nameless(r);
	const char *seen = report_words_seen(r);

	if (n == 0 || (r->nlookalikes == 0 && !all))
		return;
	if (!all)
		advice_amount(a, n);
	if (all)
		buf_addf(a->line, "No entry%s has", seen);
	else
		buf_adds(a->line, n == 1 ? " entry lacks" : " entries lack");
	buf_adds(a->line, " the attribute ");
	text_report_attribute(&a->e->p, a->line, r->ttl_attribute);
	buf_adds(a->line,
	    all && seen[0] != '\0' ? "; read more of the table to be sure."
				   : ".");
	report_words_inside(&a->e->p, r, a->line);
	if (!s->sizes && r->nlookalikes == 0)
		buf_adds(a->line,
		    " Other attributes were not read (--no-sizes): without "
		    "that, numbers that look like times are named.");
	else if (r->inside != NULL)
		buf_adds(a->line,
		    " Have the application write the time as a top-level "
		    "attribute.");
	else if (all && r->nlookalikes == 0)
		buf_adds(a->line,
		    " No other attribute has numbers that look like times; "
		    "strings are not looked at. If the time is in another "
		    "one, name it with --ttl-attribute.");
	if (r->nlookalikes == 0) {
		advice_say(a);
		return;
	}
	buf_adds(a->line, " Numbers that look like times are in ");
	report_words_lookalikes(&a->e->p, r, a->line);
	buf_addc(a->line, '.');
	look_again(a);
	if (a->acts != REPORT_TTL_ACTS)
		return;
	buf_addf(a->line,
	    "If the application writes the time there now, TTL does not see "
	    "it%set it write ",
	    all ? ": l"
		: ", and what is live by it may be deleted, by TTL or a "
		  "purge. L");
	text_report_attribute(&a->e->p, a->line, r->ttl_attribute);
	buf_adds(a->line, " again, or move TTL to ");
	if (r->nlookalikes == 1)
		text_report_attribute(&a->e->p, a->line, r->lookalikes[0]);
	else
		buf_adds(a->line, "the other attribute");
	buf_addc(a->line, '.');
	if (!all)
		buf_adds(a->line,
		    " If it wrote it there before, leave TTL as it is, and "
		    "purge what has expired by that attribute, as its "
		    "inspection says.");
	advice_say(a);
}

static const char *
expired_entries(int64_t n)
{
	return n == 1 ? "expired entry" : "expired entries";
}

/* "3 expired entries: TTL will never delete them as they are" */
static void
never(struct advice *a, int64_t n)
{
	advice_amount(a, n);
	buf_addf(a->line, " %s: TTL will never delete %s", expired_entries(n),
	    n == 1 ? "it as it is" : "them as they are");
}

/* All ${n} expired entries, whether TTL is turned on before or not. */
static void
delete_all(struct advice *a, int64_t n)
{
	if (a->line->n > 0)
		buf_addc(a->line, ' ');
	buf_adds(a->line, a->acts_now ? "Or, instead, delete " : "To delete ");
	if (n == 1)
		buf_adds(a->line, "the");
	else if (a->r->estimated)
		buf_adds(a->line, "all");
	else
		buf_adds(a->line, figure_all(n).s);
	buf_addf(a->line, " %s now", expired_entries(n));
	if (a->acts == REPORT_TTL_ELSEWHERE) {
		advice_live_other(a);
		buf_adds(a->line, ", which the dry run counts");
	}
	buf_addc(a->line, ':');
}

/* Repair was advised; all ${n} expired entries that it changes are stuck. */
static void
or_delete(struct advice *a, int64_t n)
{
	if (a->acts_now) {
		delete_all(a, n);
		return;
	}
	buf_adds(a->line, "Or, without a repair, delete the ");
	if (n > 1 && !a->r->estimated)
		buf_addf(a->line, "%s ", figure_count(n).s);
	buf_addf(a->line, "stuck %s now:", n == 1 ? "entry" : "entries");
}

/* What TTL would delete if it acted, "302 of the 371 expired entries are
 * deleted free of charge ..."; false: nothing. */
static bool
would_take(struct advice *a, int64_t taken)
{
	const struct summary *s = a->r->summary;
	int64_t live = s->reasons[STATE_LIVE][REASON_TTL_OFF];
	int64_t all = advice_expired(s);

	if (taken > 0) {
		if (a->r->estimated)
			all = taken; /* "about 20 expired entries" */
		else if (taken < all)
			buf_addf(a->line, "%s of the ", figure_count(taken).s);
		if (!a->r->estimated && taken == all)
			buf_adds(a->line, all == 1 ? "the" : figure_all(all).s);
		else
			advice_amount(a, all);
		buf_addf(a->line, " %s %s deleted free of charge%s",
		    expired_entries(all), taken == 1 ? "is" : "are",
		    a->first ? "" : ", typically within a few days");
	} else if (live > 0) {
		buf_adds(a->line, a->r->estimated ? "" : "the ");
		if (live > 1 || a->r->estimated) {
			advice_amount(a, live);
			buf_addc(a->line, ' ');
		}
		buf_addf(a->line,
		    "live %s deleted free of charge when %s expired",
		    live == 1 ? "entry is" : "entries are",
		    live == 1 ? "it has" : "they have");
	}
	return taken > 0 || live > 0;
}

/* Switch TTL on, or move it to this attribute; false if that does not help. */
static bool
advise_on(struct advice *a, int64_t taken)
{
	const struct report *r = a->r;
	bool move = a->acts == REPORT_TTL_ELSEWHERE;
	bool asks = move || r->nlookalikes > 0; /* which of the two it is */
	bool ending = !move && r->ttl_status != NULL &&
	    strcmp(r->ttl_status, "DISABLING") == 0;

	if (!advice_is_live(r) || report_words_nameless(r))
		return false;
	if (ending)
		buf_adds(a->line,
		    "TTL is being switched off, which takes up to an hour. ");
	if (asks) {
		buf_adds(a->line, "If the application writes ");
		text_report_attribute(&a->e->p, a->line, r->ttl_attribute);
		buf_adds(a->line, " now, ");
	}
	if (move) {
		buf_adds(a->line, "move TTL to ");
		text_report_attribute(&a->e->p, a->line, r->ttl_attribute);
	} else {
		buf_adds(a->line, asks ? "turn " : "Turn ");
		buf_adds(a->line,
		    ending ? "it on when that is done" : "TTL on");
	}
	buf_adds(a->line, ", and ");
	if (!would_take(a, taken)) {
		buf_reset(a->line);
		return false;
	}
	if (move)
		advice_live_other(a);
	buf_addc(a->line, '.');
	advice_ttl_switch(a);
	return true;
}

/* A time of creation looks like an expiry time of long ago. A part may be just
 * what has expired, and so may a file. */
static void
warn_creation(struct advice *a)
{
	const struct report *r = a->r;
	const struct summary *s =
	    r->selected ? r->whole : report_words_counted(r);
	bool acts;

	if (r->place.input != NULL || s == NULL ||
	    !summary_by_creation(s, !a->off, report_words_chosen(r)))
		return;
	acts = a->acts == REPORT_TTL_ACTS && s->states[STATE_PENDING].items > 0;
	buf_adds(a->line, "By ");
	text_report_attribute(&a->e->p, a->line, r->ttl_attribute);
	buf_adds(a->line, ", ");
	report_words_creation(s, a->line);
	buf_adds(a->line, "these are live");
	if (acts)
		buf_adds(a->line, ", and TTL deletes them");
	if (a->first || !advice_is_live(r)) {
		buf_addf(a->line, "; what follows deletes them%s.",
		    acts ? ", too" : "");
		advice_say(a);
		return;
	}
	if (acts) {
		buf_adds(a->line, ": switch it off at once,");
		advice_ttl(a, false, r->ttl_attribute);
		buf_adds(a->line,
		    "and inspect by the expiry time, which says how to switch "
		    "TTL on for that:");
	} else {
		buf_adds(a->line, ". Inspect by the expiry time instead:");
	}
	advice_say(a);
	advice_inspect(a, "NAME");
	buf_adds(a->line, "What follows is right only if ");
	text_report_attribute(&a->e->p, a->line, r->ttl_attribute);
	buf_adds(a->line, " is the expiry time.");
	advice_say(a);
}

/* What is stuck: repair first, if that helps, then purge. */
static void
advise_stuck(struct advice *a, int64_t stuck)
{
	int64_t rest = stuck - a->repaired.taken;

	if (!advice_is_live(a->r))
		return;
	if (a->repaired.expired == 0) {
		advice_sweep(a, "purge", " --state stuck");
		return;
	}
	advice_repair(a);
	advice_repair_zone(a);
	if (rest <= 0) {
		or_delete(a, stuck);
		advice_say(a);
		advice_sweep(a, "purge", " --state stuck");
		return;
	}
	advice_repair_rest(a, "Then", rest);
}

/* TTL, once it acts, will not delete ${n} of those that are expired. */
static void
leaves(struct advice *a, int64_t n)
{
	if (a->r->estimated)
		buf_addf(a->line,
		    "About %s other%s TTL will not delete as they are. ",
		    figure_count(n).s, n == 1 ? "" : "s");
	else if (n == 1)
		buf_adds(a->line,
		    "TTL will not delete the other one as it is. ");
	else
		buf_addf(a->line,
		    "TTL will not delete the other %s as they are. ",
		    figure_count(n).s);
}

/* Once TTL acts, all that is stuck is for a purge. */
static void
purge_others(struct advice *a, int64_t n)
{
	buf_addf(a->line, "%s, purge %s:",
	    a->acts == REPORT_TTL_ELSEWHERE ? "Once it has moved"
					    : "Once it is on",
	    n == 1 ? "it" : "these");
	advice_say(a);
	advice_sweep_stuck(a);
}

/* TTL does not act: what it would delete if it did, and how to delete the
 * rest. */
static void
advise_off(struct advice *a)
{
	const struct summary *s = a->r->summary;
	const struct summary *counted = report_words_counted(a->r);
	int64_t taken = advice_whole(a->r, summary_taken_on(counted));
	int64_t all = advice_expired(s);
	bool live = advice_is_live(a->r);
	bool repair =
	    live && (a->repaired.expired > 0 || a->repaired.zoned > 0);
	bool on;

	on = advise_on(a, taken);

	if (all == 0)
		return;
	if (!on || taken == 0) {
		never(a, all);
		buf_adds(a->line, ". ");
	} else if (taken < all) {
		leaves(a, all - taken);
	}
	if (repair) {
		int64_t rest = all - (on ? taken : 0) - a->repaired.taken;

		advice_say(a);
		if (a->repaired.expired > 0)
			advice_repair(a);
		advice_repair_zone(a);
		if (rest > 0)
			advice_repair_rest(a,
			    a->acts == REPORT_TTL_ELSEWHERE
				? "Once TTL has moved,"
				: "Once TTL is on,",
			    rest);
		if (rest == all) /* that was the same command */
			return;
		or_delete(a, all);
	} else if (live && on && taken == 0) {
		/* also once it is on */
		buf_addf(a->line, "Purge %s:", all == 1 ? "it" : "them");
		advice_say(a);
		advice_sweep_stuck(a);
		return;
	} else if (live) {
		if (on && taken > 0 && taken < all)
			purge_others(a, all - taken);
		delete_all(a, all);
	}
	advice_say(a);
	if (!live)
		return;
	/* once TTL is on, some of them are not stuck any more; they have
	 * another reason then, too */
	advice_sweep(a, "purge",
	    advice_after_reasons(a->r) != NULL ? " --state stuck" : "");
}

/* What TTL will delete: ${pending} of ${all} expired entries. */
static void
add_pending(struct advice *a, int64_t pending, int64_t all)
{
	if (a->acts == REPORT_TTL_UNKNOWN) {
		buf_adds(a->line,
		    advice_is_live(a->r) ? "If TTL is on for "
					 : "In a table with TTL on ");
		text_report_attribute(&a->e->p, a->line, a->r->ttl_attribute);
		buf_adds(a->line,
		    advice_is_live(a->r) ? ", it will delete "
					 : ", TTL deletes ");
	} else {
		buf_adds(a->line, "TTL will delete ");
	}
	advice_amount(a, pending);
	if (pending < all) {
		buf_adds(a->line, a->r->estimated ? " of " : " of the ");
		advice_amount(a, all);
	}
	buf_addf(a->line, " %s free of charge", expired_entries(all));
	if (pending == all)
		return;
	buf_adds(a->line, a->r->estimated ? "; " : "; the other ");
	if (!a->r->estimated && all - pending == 1)
		buf_adds(a->line, "one");
	else
		advice_amount(a, all - pending);
	if (a->r->estimated)
		buf_adds(a->line, all - pending == 1 ? " other" : " others");
	buf_addf(a->line, " it will never delete as %s",
	    all - pending == 1 ? "it is" : "they are");
}

/* " 12 pending entries have been expired for two days or more: ..." */
static void
add_late(struct advice *a)
{
	int64_t n = a->r->summary->late;

	/* by then TTL will have deleted much */
	if (n == 0 || a->acts != REPORT_TTL_ACTS || a->r->timed)
		return;
	buf_addf(a->line, "%s%s", a->r->estimated ? " About " : " ",
	    figure_count(n).s);
	buf_addf(a->line, " pending %s been expired for two days or more",
	    n == 1 ? "entry has" : "entries have");
	if (a->r->ttl_status != NULL &&
	    strcmp(a->r->ttl_status, "ENABLING") == 0)
		buf_adds(a->line, ": TTL is still being turned on");
	else if (!a->first)
		buf_addf(a->line,
		    ": TTL is behind, or only recently turned on, or %s "
		    "repaired or restored",
		    n == 1 ? "it was" : "these were");
	buf_addc(a->line, '.');
}

/* What TTL will delete, what it will not, and how to delete the rest. */
static void
advise_expired(struct advice *a)
{
	const struct summary *s = a->r->summary;
	int64_t pending = s->states[STATE_PENDING].items;
	int64_t stuck = s->states[STATE_STUCK].items;
	int64_t all = advice_expired(s);
	bool live = advice_is_live(a->r);

	if (all == 0)
		return;
	if (pending > 0)
		add_pending(a, pending, all);
	else
		never(a, stuck);
	buf_addc(a->line, '.');
	if (pending > 0)
		add_late(a);
	if (live && a->repaired.expired == 0 && a->repaired.zoned > 0) {
		advice_say(a);
		advice_repair_zone(a);
		advice_repair_rest(a, "Then", stuck);
		return;
	}
	if (live && a->repaired.expired == 0 && stuck > 0 && pending > 0)
		buf_adds(a->line, " To delete what TTL will not:");
	else if (live && a->repaired.expired == 0)
		delete_all(a, all);
	advice_say(a);
	if (stuck > 0)
		advise_stuck(a, stuck);
	else if (live)
		advice_sweep(a, "purge", "");
}

/* The command that gives a time to what has none, of what is selected but for
 * its reasons. */
static void
give_times(struct advice *a)
{
	const struct report *r = a->r;
	const char *rest = advice_after_reasons(r);
	struct report_place place = r->place;
	struct buf repeat = { 0 };

	buf_adds(a->line, "If entries without the attribute ");
	text_report_attribute(&a->e->p, a->line, r->ttl_attribute);
	buf_adds(a->line,
	    " should expire, give them a time (DUR from now, such as 30d):");
	advice_say(a);
	if (place.repeat != NULL && rest != NULL) {
		/* the selection is its end, after a space */
		buf_add(&repeat, place.repeat,
		    strlen(place.repeat) - strlen(r->selection) - 1);
		buf_adds(&repeat, rest);
		place.repeat = buf_text(&repeat);
	}
	advice_sweep_at(a, "repair", " --reason missing --ttl-for-missing DUR",
	    &place);
	buf_release(&repeat);
}

/* What TTL will never delete, and repair does not change. */
static void
advise_immortal(struct advice *a)
{
	const struct advice_repaired *f = &a->repaired;
	bool live = advice_is_live(a->r);
	const struct summary *s = a->r->summary;
	int64_t all = s->states[STATE_IMMORTAL].items;
	int64_t n = live ? f->immortal : all;
	bool changed = n < all;
	bool start;

	if (n <= 0)
		return;
	if (a->acts == REPORT_TTL_ELSEWHERE) {
		buf_adds(a->line, "By ");
		text_report_attribute(&a->e->p, a->line, a->r->ttl_attribute);
		buf_adds(a->line, ", ");
	}
	start = a->line->n == 0;
	if (changed) {
		buf_addf(a->line, "%s the repair%s, ",
		    start ? "After" : "after",
		    f->zoneless == n ? " without --zone" : "");
		advice_amount(a, n);
		buf_addf(a->line, " %s still immortal",
		    n == 1 ? "entry is" : "entries are");
	} else {
		if (live && f->zoneless == n)
			buf_adds(a->line,
			    start ? "Without --zone, " : "without --zone, ");
		buf_adds(a->line, "TTL will never delete ");
		advice_amount(a, n);
		buf_addf(a->line, " immortal %s", n == 1 ? "entry" : "entries");
	}
	if (live && f->zoneless > 0 && f->zoneless < n)
		buf_addf(a->line, " (%s%s with --zone)",
		    a->r->estimated ? "about " : "",
		    figure_count(n - f->zoneless).s);
	buf_addc(a->line, live ? ':' : '.');
	advice_say(a);
	if (!live)
		return;
	advice_sweep(a, "list", " --state immortal");
	n = s->reasons[STATE_IMMORTAL][REASON_MISSING];
	/* none, as far as is known, has its time in another attribute */
	if (n > 0 && !a->first && a->r->nlookalikes == 0 &&
	    (s->sizes || !report_words_nameless(a->r)) && !a->r->ttl_fixed)
		give_times(a);
}

/* What the commands do not know of. */
static void
advise_limits(struct advice *a)
{
	const struct report *r = a->r;
	char now[32];

	if (a->first || !advice_is_live(r) ||
	    (!a->off &&
		r->summary->states[STATE_LIVE].items == r->summary->items))
		return;
	if (report_words_part(r) && !r->estimated)
		buf_adds(a->line,
		    "These figures are of a part of the table; the commands "
		    "act on all of it.");
	if (r->replicated)
		buf_addf(a->line,
		    "%sThe table has replicas: there, deletes by TTL are "
		    "charged%s.",
		    a->line->n > 0 ? " " : "",
		    r->weak ? ", and a purge or repair with --yes needs "
			      "--overdue of 15m or more"
			    : "");
	if (r->timed && text_time_format(now, r->rules->now) == 0)
		buf_addf(a->line,
		    "%sThese figures are as of %s; the commands judge by the "
		    "present time.",
		    a->line->n > 0 ? " " : "", now);
	if (a->line->n > 0)
		advice_say(a);
}

/* What is in a journal is not in the table any more, or not as it was. */
static void
advise_undo(struct advice *a)
{
	const char *file = a->r->place.input;

	buf_adds(a->line,
	    "A journal has the entries as they were before its run. To see "
	    "what restore would put back:");
	advice_say(a);
	buf_adds(a->line, "ttlsweep restore ");
	shlex_quote(a->line, strcmp(file, "-") == 0 ? "FILE" : file);
	advice_command(a);
}

/* Whether something is live for so long that it is probably a mistake. */
static bool
lasts_long(const struct summary *s)
{
	return s->upcoming[SUMMARY_BEYOND] > 0 ||
	    s->farthest[KIND_SESSION] > SUMMARY_LASTING;
}

void
report_advice(struct emit *e, const struct report *r, bool first)
{
	const struct summary *s = r->summary;
	struct advice a = { .e = e,
		.line = &e->line,
		.r = r,
		.acts = report_words_acts(r),
		.repaired = advice_repair_count(r),
		.first = first };

	if (s->items == 0)
		return;
	a.off = a.acts == REPORT_TTL_OFF || a.acts == REPORT_TTL_ELSEWHERE;
	e->to->section(e, "do", first ? "What to do first" : "What to do",
	    false);
	if (r->place.journal) {
		advise_undo(&a);
		return;
	}
	advise_limits(&a);
	advise_attribute(&a);
	warn_creation(&a);
	if (a.off)
		advise_off(&a);
	else
		advise_expired(&a);
	if (a.repaired.expired == 0)
		advice_repair(&a);
	advice_repair_zone(&a);
	if (s->states[STATE_IMMORTAL].items > 0) {
		advise_immortal(&a);
	} else if (s->states[STATE_LIVE].items == s->items && !a.off &&
	    lasts_long(s)) {
		buf_adds(&e->line,
		    "All are live, but some for years: check whether that is "
		    "intended (see Expires next).");
		advice_say(&a);
	} else if (s->states[STATE_LIVE].items == s->items && !a.off) {
		buf_addf(&e->line, "Nothing%s: all%s%s are live.",
		    r->selected ? " for the selected entries" : "",
		    r->selected ? "" : " entries",
		    r->estimated               ? " in the sample"
			: report_words_part(r) ? " that were read"
					       : "");
		advice_say(&a);
	}
	if (r->place.input != NULL && !first &&
	    s->states[STATE_LIVE].items < s->items) {
		buf_adds(&e->line,
		    "To repair or purge entries, run ttlsweep on the table.");
		advice_say(&a);
	}
	if (r->place.masked && a.ours > 0) {
		buf_adds(&e->line,
		    "A key in the commands is masked: give it as you did.");
		a.done = false;
		advice_say(&a);
	}
	if (a.swept && !first) {
		buf_addf(&e->line, "Without --yes, %s %s nothing.",
		    a.foreign         ? a.ours == 1 ? "the ttlsweep command"
						    : "the ttlsweep commands"
			: a.ours == 1 ? "this command"
				      : "these commands",
		    a.ours == 1 ? "changes" : "change");
		advice_say(&a);
	}
}
