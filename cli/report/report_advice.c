#include <stdbool.h>
#include <string.h>

#include "cli/report/emit.h"
#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "cli/report/report_words.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/shlex.h"
#include "lib/base/text.h"

/* The entries that repair changes; how many of them are expired, and how many
 * of those TTL would then delete, as they are not too old for it; and the
 * immortal ones that it leaves alone, and those of them without a zone. */
struct repaired {
	int64_t items, expired, taken;
	int64_t immortal, zoneless;
	bool old; /* some are too old, or, of an estimate, may be */
};

/* Paragraphs, and commands, each on a line of its own to be copied. */
struct advice {
	struct emit *e;
	struct buf *line; /* of e */
	const struct report *r;
	enum report_ttl acts;
	struct repaired repaired;
	bool first; /* stop after the first command */
	bool done;
	bool acts_now; /* there is a command that is not one of ours */
	bool swept;    /* there is a command that is a dry run */
	bool zoned;    /* advise_zone was called */
	int ours;      /* commands of ttlsweep */
};

static void
say(struct advice *a)
{
	if (a->done)
		buf_reset(a->line);
	emit_line(a->e, EMIT_BODY, EMIT_PLAIN);
}

/* The line is a command. */
static void
command(struct advice *a)
{
	if (!a->done)
		a->e->to->command(a->e, buf_text(a->line));
	a->done = a->first;
	buf_reset(a->line);
}

/* A count; of a sample, an estimate. */
static void
amount(struct advice *a, int64_t n)
{
	const char *about = a->line->n > 0 ? "about " : "About ";

	buf_addf(a->line, "%s%s", a->r->estimated ? about : "",
	    figure_count(n).s);
}

static void
sweep_at(struct advice *a, const char *verb, const char *options,
    const struct report_place *place)
{
	text_report_command(a->line, verb, place);
	buf_adds(a->line, options);
	command(a);
	a->ours++;
	a->swept = a->swept || strcmp(verb, "list") != 0;
}

static void
sweep(struct advice *a, const char *verb, const char *options)
{
	sweep_at(a, verb, options, &a->r->place);
}

/* A table, for which there are commands, not a file. */
static bool
is_live(const struct report *r)
{
	return r->place.input == NULL && r->place.table != NULL;
}

/* The command that inspects the same by another TTL attribute. */
static void
judge_by(struct advice *a, const char *attribute)
{
	const struct report *r = a->r;
	struct report_place place = r->place;
	struct buf repeat = { 0 };

	if (place.profile != NULL) {
		buf_adds(&repeat, " --profile ");
		shlex_quote(&repeat, place.profile);
	}
	if (r->judging != NULL && r->judging[0] != '\0')
		buf_addf(&repeat, " %s", r->judging);
	buf_adds(&repeat, " --ttl-attribute ");
	shlex_quote(&repeat, attribute);
	place.repeat = buf_text(&repeat);
	text_report_command(a->line, "inspect", &place);
	command(a);
	buf_release(&repeat);
}

/* Commands for so many attributes. */
#define LOOKED_AT 3

/* Inspect the same by each attribute that may be the right one. */
static void
look_again(struct advice *a)
{
	const struct report *r = a->r;

	if (!is_live(r)) {
		buf_adds(a->line, " Try --ttl-attribute ");
		text_report_text(&a->e->p, a->line, r->lookalikes[0]);
		buf_addc(a->line, '.');
		say(a);
		return;
	}
	for (size_t i = 0; i < r->nlookalikes && i < LOOKED_AT; i++) {
		buf_addf(a->line, "%s ", i > 0 ? "If" : " If");
		text_report_text(&a->e->p, a->line, r->lookalikes[i]);
		buf_adds(a->line, " is the expiry time:");
		say(a);
		judge_by(a, r->lookalikes[i]);
	}
}

/* Some entries, or all, lack the attribute: is it another one? */
static void
advise_attribute(struct advice *a)
{
	const struct report *r = a->r;
	int64_t n = r->summary->reasons[STATE_IMMORTAL][REASON_MISSING];
	bool all = report_words_nameless(r);
	const char *seen = report_words_seen(r);

	if (n == 0 || (r->nlookalikes == 0 && !all))
		return;
	if (!all)
		amount(a, n);
	if (all)
		buf_addf(a->line, "No entry%s has", seen);
	else
		buf_adds(a->line, n == 1 ? " entry lacks" : " entries lack");
	buf_adds(a->line, " the attribute ");
	text_report_text(&a->e->p, a->line, r->ttl_attribute);
	buf_adds(a->line,
	    all && seen[0] != '\0' ? "; read more of the table to be sure."
				   : ".");
	report_words_inside(&a->e->p, r, a->line);
	if (r->inside != NULL)
		buf_adds(a->line,
		    " Have the application write the time as a top-level "
		    "attribute.");
	else if (all && r->nlookalikes == 0)
		buf_adds(a->line,
		    " No other attribute has numbers that look like times; "
		    "strings are not looked at. If the time is in another "
		    "one, name it with --ttl-attribute.");
	if (r->nlookalikes == 0) {
		say(a);
		return;
	}
	buf_adds(a->line, " Numbers that look like times are in ");
	report_words_lookalikes(&a->e->p, r, a->line);
	buf_addc(a->line, '.');
	look_again(a);
	if (a->acts != REPORT_TTL_ACTS)
		return;
	buf_adds(a->line,
	    "If the application writes the time there now, TTL does not see "
	    "it: let it write ");
	text_report_text(&a->e->p, a->line, r->ttl_attribute);
	buf_adds(a->line, " again, or move TTL to that attribute.");
	say(a);
}

/* ${n} of what was counted, of the whole table. */
static int64_t
whole(const struct report *r, int64_t n)
{
	return r->estimated ? estimate_scale(&r->sample->by, n) : n;
}

static struct repaired
repaired_of(const struct report *r)
{
	const struct summary *s = report_words_counted(r);
	int64_t expired = summary_repairable(s, STATE_STUCK);
	int64_t immortal = summary_repairable(s, STATE_IMMORTAL);
	int64_t old = summary_repairable_old(s);

	/* TTL would leave all of these alone: they are for a purge */
	if (old >= expired)
		expired = old = 0;
	return (struct repaired){
		.items = whole(r, expired + immortal),
		.expired = whole(r, expired),
		.taken = whole(r, expired - old),
		.immortal =
		    whole(r, s->states[STATE_IMMORTAL].items - immortal),
		.zoneless = whole(r, s->zoneless[STATE_IMMORTAL]),
		.old = expired > 0 && (old > 0 || r->estimated),
	};
}

static int64_t
expired(const struct summary *s)
{
	return s->states[STATE_PENDING].items + s->states[STATE_STUCK].items;
}

/* The command, or commands, after what was said of them. */
static void
switch_on(struct advice *a)
{
	const struct report *r = a->r;
	bool move = a->acts == REPORT_TTL_ELSEWHERE;

	buf_adds(a->line, " TTL acts on the whole table and has no undo");
	if (move && a->first) { /* there is no room for both commands */
		buf_adds(a->line, "; how to do it is in the full report:");
		say(a);
		judge_by(a, r->ttl_attribute);
		return;
	}
	if (move) {
		buf_adds(a->line, ". Switch TTL off:");
		say(a);
		text_report_ttl_command(a->line, &r->place, false,
		    r->table_ttl);
		command(a);
		buf_adds(a->line,
		    "wait until that is done, up to an hour, "
		    "and switch it on:");
	} else {
		buf_addc(a->line, ':');
	}
	say(a);
	text_report_ttl_command(a->line, &r->place, true, r->ttl_attribute);
	command(a);
	a->acts_now = true;
}

/* A repair is of use only once TTL acts: after it, see to that, unless there is
 * a command for it already. */
static void
advise_after(struct advice *a)
{
	if (a->acts_now ||
	    (a->acts != REPORT_TTL_OFF && a->acts != REPORT_TTL_ELSEWHERE))
		return;
	if (a->acts == REPORT_TTL_ELSEWHERE) {
		buf_adds(a->line, "Then move TTL to ");
		text_report_text(&a->e->p, a->line, a->r->ttl_attribute);
		buf_addc(a->line, '.');
	} else {
		buf_adds(a->line, "Then turn TTL on.");
	}
	switch_on(a);
}

/* What repair does, before the rest is purged. */
static void
advise_repair(struct advice *a)
{
	const struct repaired *f = &a->repaired;
	bool one = f->items == 1;

	if (f->items == 0 || !is_live(a->r))
		return;
	if (a->first && f->old) {
		buf_addf(a->line, "Repair first: it fixes %s ",
		    one ? "the time of" : "the times of");
		amount(a, f->items);
		buf_addf(a->line,
		    " %s, and TTL then deletes %s once %s expired, but not "
		    "what expired five or more years ago:",
		    one ? "entry" : "entries", one ? "it" : "them",
		    one ? "it has" : "they have");
		say(a);
		sweep(a, "repair", "");
		advise_after(a);
		return;
	}
	buf_addf(a->line, "%s the time%s of ",
	    f->expired > 0 &&
		    (a->acts == REPORT_TTL_ACTS ||
			a->acts == REPORT_TTL_UNKNOWN)
		? "Repair first: it turns"
		: "Repair turns",
	    one ? "" : "s");
	amount(a, f->items);
	buf_addf(a->line, "%s %s", f->expired == f->items ? " expired" : "",
	    one ? "entry" : "entries");
	if (f->expired > 0 && f->expired < f->items) {
		buf_adds(a->line, ", ");
		amount(a, f->expired);
		buf_adds(a->line, " of them expired,");
	}
	buf_addf(a->line, " into seconds, and TTL%s deletes ",
	    a->acts == REPORT_TTL_ACTS      ? " then"
		: a->acts == REPORT_TTL_OFF ? ", when it is on, then"
					    : " on that attribute then");
	buf_addf(a->line, "%s free of charge", one ? "it" : "them");
	if (f->expired < f->items)
		buf_addf(a->line, " after %s",
		    one ? "it expires" : "they expire");
	if (f->old && !a->r->estimated)
		buf_addf(a->line,
		    ", but for the %s that expired five or more "
		    "years ago",
		    figure_count(f->expired - f->taken).s);
	else if (f->old)
		buf_adds(a->line,
		    ", but for any that expired five or more years ago");
	buf_addc(a->line, ':');
	say(a);
	sweep(a, "repair",
	    f->expired == 0 && expired(a->r->summary) > 0 ? " --state immortal"
							  : "");
	advise_after(a);
}

/* Times without a zone are repaired only if it is given. */
static void
advise_zone(struct advice *a)
{
	const struct summary *s = a->r->summary;
	int64_t n = s->zoneless[STATE_STUCK] + s->zoneless[STATE_IMMORTAL];

	if (n == 0 || !is_live(a->r) || a->zoned)
		return;
	a->zoned = true;
	amount(a, n);
	buf_addf(a->line,
	    " %s a time without a zone%s. Repair turns %s into seconds only if "
	    "it is told the application's zone, here UTC:",
	    n == 1 ? "entry has" : "entries have",
	    a->r->selection != NULL &&
		    strstr(a->r->selection, "--overdue ") != NULL
		? " (or more, as --overdue then goes by that zone)"
		: "",
	    n == 1 ? "it" : "them");
	say(a);
	sweep(a, "repair", " --zone UTC");
	advise_after(a);
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
	amount(a, n);
	buf_addf(a->line, " %s: TTL will never delete %s", expired_entries(n),
	    n == 1 ? "it as it is" : "them as they are");
}

/* All ${n} expired entries. */
static void
delete_all(struct advice *a, int64_t n)
{
	buf_adds(a->line, a->line->n > 0 ? " To delete " : "To delete ");
	if (n == 1)
		buf_adds(a->line, "the");
	else if (a->r->estimated)
		buf_adds(a->line, "all");
	else
		buf_adds(a->line, figure_all(n).s);
	buf_addf(a->line, " %s now:", expired_entries(n));
}

/* Repair was advised; all ${n} expired entries that it changes are stuck. */
static void
or_delete(struct advice *a, int64_t n)
{
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
	int64_t all = expired(s);

	if (taken > 0) {
		if (a->r->estimated)
			all = taken; /* "about 20 expired entries" */
		else if (taken < all)
			buf_addf(a->line, "%s of the ", figure_count(taken).s);
		if (!a->r->estimated && taken == all && all > 1)
			buf_adds(a->line, figure_all(all).s);
		else
			amount(a, all);
		buf_addf(a->line, " %s %s deleted free of charge%s",
		    expired_entries(all), taken == 1 ? "is" : "are",
		    a->first ? "" : ", typically within a few days");
	} else if (live > 0) {
		buf_adds(a->line, a->r->estimated ? "" : "the ");
		amount(a, live);
		buf_addf(a->line,
		    " live %s deleted free of charge when %s expired",
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

	if (!is_live(r) || report_words_nameless(r))
		return false;
	if (move) {
		buf_adds(a->line, "Move TTL to ");
		text_report_text(&a->e->p, a->line, r->ttl_attribute);
	} else if (r->ttl_status != NULL &&
	    strcmp(r->ttl_status, "DISABLING") == 0) {
		buf_adds(a->line,
		    "TTL is being switched off. Turn it on again, up to an "
		    "hour later");
	} else {
		buf_adds(a->line, "Turn TTL on");
	}
	buf_adds(a->line, ", and ");
	if (!would_take(a, taken)) {
		buf_reset(a->line);
		return false;
	}
	buf_addc(a->line, '.');
	switch_on(a);
	return true;
}

/* A time of creation looks like an expiry time of long ago. */
static void
warn_creation(struct advice *a)
{
	const struct report *r = a->r;
	const struct summary *s = r->summary;

	if (r->place.repeat == NULL || r->selected || s->items <= 1 ||
	    strstr(r->place.repeat, "--ttl-attribute ") == NULL ||
	    expired(s) < s->items)
		return;
	buf_adds(a->line, "By ");
	text_report_text(&a->e->p, a->line, r->ttl_attribute);
	buf_adds(a->line,
	    ", every entry has expired. If it is the time of creation, what "
	    "follows deletes what is live.");
	say(a);
}

/* Where the selection is of some reasons: the end of their list, as long as it
 * lacks too-old, which a repair gives to old times; NULL. */
static const char *
reasons_end(const struct report *r)
{
	static const char option[] = "--reason ", old[] = "too-old";
	const char *from, *end;

	if (r->selection == NULL ||
	    strncmp(r->selection, option, strlen(option)) != 0)
		return NULL;
	from = r->selection + strlen(option);
	end = from + strcspn(from, " ");
	from = strstr(from, old);
	return from != NULL && from < end ? NULL : end;
}

/* A repair gives some of the selected entries another reason. */
static bool
adds_old(const struct report *r)
{
	return reasons_end(r) != NULL && report_words_old(r);
}

/* Bytes of a selection by size, which is its last option, at the end of
 * ${options}; 0. */
static size_t
size_option(const char *options)
{
	static const char option[] = " --larger-than ";
	size_t n = strlen(options), digits = 0, word = strlen(option);

	while (digits < n && options[n - digits - 1] >= '0' &&
	    options[n - digits - 1] <= '9')
		digits++;
	return digits > 0 && n >= word + digits &&
		memcmp(options + n - digits - word, option, word) == 0
	    ? word + digits
	    : 0;
}

/* A repair makes entries smaller than the size that selected them. */
static bool
is_by_size(const struct report *r)
{
	return r->selection != NULL && r->place.repeat != NULL &&
	    size_option(r->place.repeat) > 0;
}

/* Purge what is too old for TTL after the repair. */
static void
sweep_rest(struct advice *a)
{
	const struct report *r = a->r;
	const char *end = adds_old(r) ? reasons_end(r) : NULL;
	struct report_place place = r->place;
	struct buf repeat = { 0 };

	if (place.repeat != NULL && (end != NULL || is_by_size(r))) {
		size_t n = strlen(place.repeat);
		size_t keep = n - size_option(place.repeat);
		size_t head = end != NULL ? n - strlen(end) : keep;

		buf_add(&repeat, place.repeat, head);
		buf_adds(&repeat, end != NULL ? ",too-old" : "");
		buf_add(&repeat, place.repeat + head, keep - head);
		place.repeat = buf_text(&repeat);
	}
	sweep_at(a, "purge", " --state stuck", &place);
	buf_release(&repeat);
}

/* After a repair, TTL will never delete ${rest} of what is expired: purge it
 * ${when}. Some may have been repaired with --zone by then. */
static void
purge_rest(struct advice *a, const char *when, int64_t rest)
{
	const struct summary *s = a->r->summary;
	int64_t zoneless = s->zoneless[STATE_STUCK];

	if (adds_old(a->r) || is_by_size(a->r)) {
		buf_addf(a->line, "%s purge what TTL will never delete.", when);
		if (adds_old(a->r))
			buf_adds(a->line,
			    " What repair changed and is too old for TTL then "
			    "has the reason too-old; this selects all others "
			    "of that reason, too");
		if (adds_old(a->r) && is_by_size(a->r))
			buf_addc(a->line, '.');
		if (is_by_size(a->r))
			buf_adds(a->line,
			    " Repaired entries are smaller, so this selects "
			    "others of any size, too");
		buf_addc(a->line, ':');
	} else if (a->r->estimated) {
		buf_addf(a->line,
		    "%s purge the rest, which TTL will never delete:", when);
	} else if (zoneless > 0 && rest > zoneless) {
		buf_addf(a->line, "%s purge the other %s (", when,
		    figure_count(rest).s);
		buf_addf(a->line,
		    "%s%s with --zone), which TTL will never "
		    "delete:",
		    s->overdue.max >= RECORD_TOO_OLD ? "at least " : "",
		    figure_count(rest - zoneless).s);
	} else {
		if (zoneless > 0)
			when = "If the zone is not known,";
		buf_addf(a->line, "%s purge the ", when);
		if (rest == 1)
			buf_adds(a->line, "remaining one");
		else
			buf_addf(a->line, "other %s", figure_count(rest).s);
		buf_addf(a->line, ", which TTL will %snever delete:",
		    zoneless > 0 ? "then " : "");
	}
	say(a);
	sweep_rest(a);
}

/* What is stuck: repair first, if that helps, then purge. */
static void
advise_stuck(struct advice *a, int64_t stuck)
{
	int64_t rest = stuck - a->repaired.taken;

	if (!is_live(a->r))
		return;
	if (a->repaired.expired == 0) {
		sweep(a, "purge", " --state stuck");
		return;
	}
	advise_repair(a);
	advise_zone(a);
	if (rest <= 0) {
		or_delete(a, stuck);
		say(a);
		sweep(a, "purge", " --state stuck");
		return;
	}
	purge_rest(a, "Then", rest);
}

/* TTL does not act: what it would delete if it did, and how to delete the
 * rest. */
static void
advise_off(struct advice *a)
{
	const struct summary *s = a->r->summary;
	const struct summary *counted = report_words_counted(a->r);
	int64_t taken = whole(a->r,
	    counted->reasons[STATE_STUCK][REASON_TTL_OFF] -
		counted->old[REASON_TTL_OFF]);
	int64_t all = expired(s);
	bool live = is_live(a->r);
	bool repair = a->repaired.expired > 0 && live;
	bool on;

	warn_creation(a);
	on = advise_on(a, taken);

	if (all == 0)
		return;
	if (!on || taken == 0) {
		never(a, all);
		buf_adds(a->line, ". ");
	} else if (taken < all) {
		buf_adds(a->line, "TTL will not delete ");
		buf_adds(a->line, a->r->estimated ? "about " : "the other ");
		buf_addf(a->line, "%s as %s. ",
		    !a->r->estimated && all - taken == 1
			? "one"
			: figure_count(all - taken).s,
		    all - taken == 1 ? "it is" : "they are");
	}
	if (repair) {
		int64_t rest = all - (on ? taken : 0) - a->repaired.taken;

		say(a);
		advise_repair(a);
		advise_zone(a);
		if (rest > 0)
			purge_rest(a,
			    a->acts == REPORT_TTL_ELSEWHERE
				? "Once TTL has moved,"
				: "Once TTL is on,",
			    rest);
		or_delete(a, all);
	} else if (live) {
		if (s->zoneless[STATE_STUCK] > 0) {
			say(a);
			advise_zone(a);
		}
		delete_all(a, all);
	}
	say(a);
	if (live)
		sweep(a, "purge", " --state stuck");
}

/* What TTL will delete: ${pending} of ${all} expired entries. */
static void
add_pending(struct advice *a, int64_t pending, int64_t all)
{
	if (a->acts == REPORT_TTL_UNKNOWN) {
		buf_adds(a->line,
		    is_live(a->r) ? "If TTL is on for "
				  : "In a table with TTL on ");
		text_report_text(&a->e->p, a->line, a->r->ttl_attribute);
		buf_adds(a->line,
		    is_live(a->r) ? ", it will delete " : ", TTL deletes ");
	} else {
		buf_adds(a->line, "TTL will delete ");
	}
	amount(a, pending);
	if (pending < all)
		buf_addf(a->line, " of the %s", figure_count(all).s);
	buf_addf(a->line, " %s free of charge", expired_entries(all));
	if (pending == all)
		return;
	buf_adds(a->line, a->r->estimated ? "; " : "; the other ");
	if (all - pending == 1)
		buf_adds(a->line, "one");
	else
		amount(a, all - pending);
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
	if (!a->first)
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
	int64_t all = expired(s);
	bool live = is_live(a->r);

	if (all == 0)
		return;
	if (pending > 0)
		add_pending(a, pending, all);
	else
		never(a, stuck);
	buf_addc(a->line, '.');
	if (pending > 0)
		add_late(a);
	if (live && stuck > 0 && a->repaired.expired == 0 &&
	    s->zoneless[STATE_STUCK] > 0) {
		say(a);
		advise_zone(a);
	}
	if (live && a->repaired.expired == 0 && stuck > 0 && pending > 0)
		buf_adds(a->line, " To delete what TTL will not:");
	else if (live && a->repaired.expired == 0)
		delete_all(a, all);
	say(a);
	if (stuck > 0)
		advise_stuck(a, stuck);
	else if (live)
		sweep(a, "purge", "");
}

/* What TTL will never delete, and repair does not change. */
static void
advise_immortal(struct advice *a)
{
	const struct repaired *f = &a->repaired;
	bool live = is_live(a->r);
	int64_t all = a->r->summary->states[STATE_IMMORTAL].items;
	int64_t n = live ? f->immortal : all;
	bool changed = n < all;
	bool start;

	if (n <= 0)
		return;
	if (a->acts == REPORT_TTL_ELSEWHERE) {
		buf_adds(a->line, "By ");
		text_report_text(&a->e->p, a->line, a->r->ttl_attribute);
		buf_adds(a->line, ", ");
	}
	start = a->line->n == 0;
	if (changed) {
		buf_addf(a->line, "%s the repair%s, ",
		    start ? "After" : "after",
		    f->zoneless == n ? " without --zone" : "");
		amount(a, n);
		buf_addf(a->line, " %s still immortal",
		    n == 1 ? "entry is" : "entries are");
	} else {
		if (live && f->zoneless == n)
			buf_adds(a->line,
			    start ? "Without --zone, " : "without --zone, ");
		buf_adds(a->line, "TTL will never delete ");
		amount(a, n);
		buf_addf(a->line, " immortal %s", n == 1 ? "entry" : "entries");
	}
	if (live && f->zoneless > 0 && f->zoneless < n)
		buf_addf(a->line, " (%s%s with --zone)",
		    a->r->estimated ? "about " : "",
		    figure_count(n - f->zoneless).s);
	buf_addc(a->line, live ? ':' : '.');
	say(a);
	if (live)
		sweep(a, "list", " --state immortal");
}

/* What the commands do not know of. */
static void
advise_limits(struct advice *a)
{
	const struct report *r = a->r;
	char now[32];

	if (a->first || !is_live(r) ||
	    r->summary->states[STATE_LIVE].items == r->summary->items)
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
		say(a);
}

void
report_advice(struct emit *e, const struct report *r, bool first)
{
	const struct summary *s = r->summary;
	struct advice a = { .e = e,
		.line = &e->line,
		.r = r,
		.acts = report_words_acts(r),
		.repaired = repaired_of(r),
		.first = first };
	bool off = a.acts == REPORT_TTL_OFF || a.acts == REPORT_TTL_ELSEWHERE;

	if (s->items == 0)
		return;
	e->to->section(e, "do", first ? "What to do first" : "What to do",
	    false);
	advise_limits(&a);
	advise_attribute(&a);
	if (off)
		advise_off(&a);
	else
		advise_expired(&a);
	if (a.repaired.expired == 0)
		advise_repair(&a);
	advise_zone(&a);
	if (s->states[STATE_IMMORTAL].items > 0) {
		advise_immortal(&a);
	} else if (s->states[STATE_LIVE].items == s->items && !off) {
		buf_addf(&e->line, "Nothing%s: all%s%s are live.",
		    r->selected ? " for the selected entries" : "",
		    r->selected ? "" : " entries",
		    r->estimated               ? " in the sample"
			: report_words_part(r) ? " that were read"
					       : "");
		say(&a);
	}
	if (r->place.input != NULL && !first &&
	    s->states[STATE_LIVE].items < s->items) {
		buf_adds(&e->line,
		    "To repair or purge them, run ttlsweep on the table.");
		say(&a);
	}
	if (r->place.masked && a.ours > 0) {
		buf_adds(&e->line,
		    "A key in the commands is masked: give it as you did.");
		a.done = false;
		say(&a);
	}
	if (a.swept && !first) {
		buf_addf(&e->line, "Without --yes, %s %s nothing.",
		    a.acts_now        ? a.ours == 1 ? "the ttlsweep command"
						    : "the ttlsweep commands"
			: a.ours == 1 ? "this command"
				      : "these commands",
		    a.ours == 1 ? "changes" : "change");
		say(&a);
	}
}
