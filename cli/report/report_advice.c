#include <stdbool.h>
#include <string.h>

#include "cli/option/option.h"
#include "cli/report/emit.h"
#include "cli/report/report.h"
#include "cli/report/report_advice.h"
#include "cli/report/report_headline.h"
#include "cli/report/report_words.h"
#include "cli/report/ttl_command.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/shlex.h"

/* What is said, and the commands, each on a line of its own to be copied. */
struct advice {
	struct emit *e;
	const struct report *r;
	enum report_ttl acts;
	struct buf line;
};

static void
say(struct advice *a)
{
	a->e->to->words(a->e, EMIT_BODY, EMIT_PLAIN, buf_text(&a->line));
	buf_reset(&a->line);
}

/* What is in the line is a command. */
static void
command(struct advice *a)
{
	a->e->to->command(a->e, buf_text(&a->line));
	buf_reset(&a->line);
}

static void
sweep(struct advice *a, const char *verb, const char *options)
{
	text_report_command(&a->line, verb, &a->r->place);
	buf_adds(&a->line, options);
	command(a);
}

/* There are commands to give: not for a file. */
static bool
is_live(const struct report *r)
{
	return r->place.input == NULL && r->place.table != NULL;
}

/* To look at the same by the attribute that could be meant. */
static void
look_again(struct advice *a)
{
	const struct report *r = a->r;
	struct report_place place = r->place;
	struct buf repeat = { 0 };

	if (!is_live(r)) {
		buf_adds(&a->line, " Try --ttl-attribute ");
		text_report_text(&a->e->p, &a->line, r->lookalikes[0]);
		buf_addc(&a->line, '.');
		say(a);
		return;
	}
	buf_adds(&a->line, " By that attribute:");
	say(a);
	if (place.profile != NULL) {
		buf_adds(&repeat, " --profile ");
		shlex_quote(&repeat, place.profile);
	}
	if (r->judging != NULL && r->judging[0] != '\0')
		buf_addf(&repeat, " %s", r->judging);
	buf_adds(&repeat, " --ttl-attribute ");
	shlex_quote(&repeat, r->lookalikes[0]);
	place.repeat = buf_text(&repeat);
	text_report_command(&a->line, "inspect", &place);
	command(a);
	buf_release(&repeat);
}

/* Some entries, or all, do not have the attribute: is it another one? */
static void
advise_attribute(struct advice *a)
{
	const struct report *r = a->r;
	int64_t n = r->summary->reasons[STATE_IMMORTAL][REASON_MISSING];
	bool all = report_headline_nameless(r);

	if (n == 0 || (r->nlookalikes == 0 && !all))
		return;
	if (all)
		buf_adds(&a->line, "No entry has");
	else
		text_report_entries(&a->line, n);
	if (!all)
		buf_adds(&a->line, n == 1 ? " lacks" : " lack");
	buf_adds(&a->line, " the attribute ");
	text_report_text(&a->e->p, &a->line, r->ttl_attribute);
	buf_addc(&a->line, '.');
	report_words_inside(&a->e->p, r, &a->line);
	if (r->inside != NULL)
		buf_adds(&a->line,
		    " Have the application write the time as a top-level "
		    "attribute.");
	if (r->nlookalikes == 0) {
		say(a);
		return;
	}
	buf_adds(&a->line, " Numbers that look like times are in ");
	report_words_lookalikes(&a->e->p, r, &a->line);
	buf_addc(&a->line, '.');
	look_again(a);
	if (a->acts != REPORT_TTL_ACTS)
		return;
	buf_adds(&a->line,
	    "If the application writes the time there now, TTL does not see "
	    "it: let it write ");
	text_report_text(&a->e->p, &a->line, r->ttl_attribute);
	buf_adds(&a->line, " again, or move TTL to that attribute.");
	say(a);
}

/* Of those that are stuck for want of TTL, how many it would take. */
struct taken {
	int64_t most;
	bool exactly;
};

/* Those past five years it would leave alone. Their reason is that TTL is
 * off, too, but all ages are in one histogram, by buckets. */
static struct taken
taken_by_ttl(const struct report *r)
{
	const struct summary *s = r->summary;
	const struct histogram *h = &s->overdue;
	int64_t n = s->reasons[STATE_STUCK][REASON_TTL_OFF];
	int64_t old = 0, others = h->total - n;
	size_t edge = histogram_bucket(RECORD_TOO_OLD);

	for (size_t i = edge + 1; i < HISTOGRAM_BUCKETS; i++)
		old += h->count[i];
	return (struct taken){
		.most = old > others ? n - (old - others) : n,
		.exactly = old + h->count[edge] == 0,
	};
}

static int64_t
expired(const struct summary *s)
{
	return s->states[STATE_PENDING].items + s->states[STATE_STUCK].items;
}

static void
all_of(struct buf *line, int64_t n)
{
	text_report_count(line, n);
	buf_adds(line, n == 1 ? " expired entry" : " expired entries");
}

/* What TTL would take if it acted, "302 of the 371 expired entries are
 * deleted free of charge …"; false: nothing. */
static bool
would_take(struct advice *a, const struct taken *t)
{
	const struct summary *s = a->r->summary;
	int64_t live = s->reasons[STATE_LIVE][REASON_TTL_OFF];
	int64_t all = expired(s);

	if (t->most > 0) {
		if (t->most < all) {
			buf_adds(&a->line,
			    a->r->sample != NULL ? "about "
				: t->exactly     ? ""
						 : "up to ");
			text_report_count(&a->line, t->most);
			buf_adds(&a->line, " of the ");
		} else if (all > 1) {
			buf_adds(&a->line, "all ");
		}
		all_of(&a->line, all);
		buf_adds(&a->line, t->most == 1 ? " is" : " are");
		buf_adds(&a->line,
		    " deleted free of charge, typically within a few days");
	} else if (live > 0) {
		buf_adds(&a->line, "the ");
		text_report_count(&a->line, live);
		buf_adds(&a->line,
		    live == 1 ? " live entry is" : " live entries are");
		buf_adds(&a->line,
		    " deleted free of charge when they have expired");
	}
	return t->most > 0 || live > 0;
}

/* Switch TTL on, or move it to this attribute; false: that would not help. */
static bool
advise_on(struct advice *a, const struct taken *t)
{
	const struct report *r = a->r;
	bool move = a->acts == REPORT_TTL_ELSEWHERE;

	if (!is_live(r) || report_headline_nameless(r))
		return false;
	if (move) {
		buf_adds(&a->line, "Move TTL to ");
		text_report_text(&a->e->p, &a->line, r->ttl_attribute);
	} else if (r->ttl_status != NULL &&
	    strcmp(r->ttl_status, "DISABLING") == 0) {
		buf_adds(&a->line,
		    "TTL is being switched off. Turn it on again, up to an "
		    "hour later");
	} else {
		buf_adds(&a->line, "Turn TTL on");
	}
	buf_adds(&a->line, ", and ");
	if (!would_take(a, t)) {
		buf_reset(&a->line);
		return false;
	}
	if (move) {
		buf_adds(&a->line, ". Switch it off:");
		say(a);
		ttl_command(&a->line, &r->place, false, r->table_ttl);
		command(a);
		buf_adds(&a->line,
		    "wait until that is done, up to an hour, "
		    "and switch it on:");
	} else {
		buf_addc(&a->line, ':');
	}
	say(a);
	ttl_command(&a->line, &r->place, true, r->ttl_attribute);
	command(a);
	return true;
}

/* TTL does not act: what would go if it did, and how the rest goes. */
static void
advise_off(struct advice *a)
{
	const struct summary *s = a->r->summary;
	const struct taken t = taken_by_ttl(a->r);
	int64_t all = expired(s);
	bool on = advise_on(a, &t);

	if (all == 0)
		return;
	if (on && t.most > 0) {
		if (t.most < all && t.exactly && a->r->sample == NULL) {
			buf_adds(&a->line, "The other ");
			text_report_count(&a->line, all - t.most);
			buf_adds(&a->line, " will never be deleted by TTL. ");
		} else if (t.most < all) {
			buf_adds(&a->line, "TTL will never delete the rest. ");
		}
	} else {
		all_of(&a->line, all);
		buf_adds(&a->line, " will never be deleted by TTL. ");
	}
	if (is_live(a->r))
		buf_adds(&a->line,
		    all == 1 ? "To delete it now:"
			     : "To delete all of them now:");
	if (a->line.n > 0)
		say(a);
	if (is_live(a->r))
		sweep(a, "purge", " --state stuck");
}

/* What TTL takes, what it will not, and how the rest goes. */
static void
advise_expired(struct advice *a)
{
	const struct summary *s = a->r->summary;
	int64_t stuck = s->states[STATE_STUCK].items;
	int64_t all = expired(s);

	if (all == 0)
		return;
	if (s->free_by_ttl > 0) {
		if (a->acts == REPORT_TTL_UNKNOWN) {
			buf_adds(&a->line, "If TTL is on for ");
			text_report_text(&a->e->p, &a->line,
			    a->r->ttl_attribute);
			buf_adds(&a->line, ", it will delete ");
		} else {
			buf_adds(&a->line, "TTL will delete ");
		}
		if (s->free_by_ttl < all) {
			text_report_count(&a->line, s->free_by_ttl);
			buf_adds(&a->line, " of the ");
		}
		all_of(&a->line, all);
		buf_addf(&a->line,
		    " free of charge, typically within a few days of %s time",
		    all == 1 ? "its" : "their");
		if (stuck > 0)
			buf_adds(&a->line, "; ");
		else if (is_live(a->r))
			buf_addf(&a->line,
			    ". To delete %s now:", all == 1 ? "it" : "them");
		else
			buf_addc(&a->line, '.');
	}
	if (stuck > 0) {
		text_report_count(&a->line, stuck);
		buf_adds(&a->line, " will never be deleted by TTL");
		buf_addc(&a->line, is_live(a->r) ? ':' : '.');
	}
	say(a);
	if (is_live(a->r))
		sweep(a, "purge", stuck > 0 ? " --state stuck" : "");
}

void
report_advice(struct emit *e, const struct report *r)
{
	const struct summary *s = r->summary;
	struct advice a = { .e = e, .r = r, .acts = report_words_acts(r) };
	int64_t n = s->states[STATE_IMMORTAL].items;
	bool off = a.acts == REPORT_TTL_OFF || a.acts == REPORT_TTL_ELSEWHERE;

	if (s->items == 0)
		return;
	e->to->section(e, "do", "What to do", false);
	advise_attribute(&a);
	if (off)
		advise_off(&a);
	else
		advise_expired(&a);
	if (n > 0) {
		text_report_entries(&a.line, n);
		buf_adds(&a.line, n == 1 ? " never expires" : " never expire");
		buf_addc(&a.line, is_live(r) ? ':' : '.');
		say(&a);
		if (is_live(r))
			sweep(&a, "list", " --state immortal");
	} else if (s->states[STATE_LIVE].items == s->items && !off) {
		buf_adds(&a.line, "Nothing: all entries are live.");
		say(&a);
	}
	buf_release(&a.line);
}
