#include <string.h>

#include "cli/report/advice.h"
#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "cli/report/report_words.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"

struct advice_repaired
advice_repair_count(const struct report *r)
{
	const struct summary *s = report_words_counted(r);
	int64_t expired = summary_repairable(s, STATE_STUCK);
	int64_t immortal = summary_repairable(s, STATE_IMMORTAL);
	int64_t old = summary_repairable_old(s);

	if (r->ttl_fixed)
		return (struct advice_repaired){
			.immortal =
			    advice_whole(r, s->states[STATE_IMMORTAL].items)
		};
	/* TTL would leave all of these alone: they are for a purge */
	if (old >= expired)
		expired = old = 0;
	return (struct advice_repaired){
		.items = advice_whole(r, expired + immortal),
		.expired = advice_whole(r, expired),
		.taken = advice_whole(r, expired - old),
		.immortal =
		    advice_whole(r, s->states[STATE_IMMORTAL].items - immortal),
		.zoneless = advice_whole(r, s->zoneless[STATE_IMMORTAL]),
		.zoned = summary_zoned(r->summary, STATE_STUCK),
		.old = expired > 0 && (old > 0 || r->estimated),
	};
}

/* When TTL deletes what was repaired. */
static const char *
then_deletes(const struct advice *a)
{
	return a->acts == REPORT_TTL_ACTS ? "TTL then deletes"
	    : a->acts == REPORT_TTL_OFF   ? "TTL, when it is on, then deletes"
					: "TTL on that attribute then deletes";
}

void
advice_repair(struct advice *a)
{
	const struct advice_repaired *f = &a->repaired;
	bool one = f->items == 1;

	if (f->items == 0 || !advice_is_live(a->r))
		return;
	if (a->first && f->old) {
		buf_addf(a->line, "%s: it fixes the time%s of ",
		    f->expired < f->items
			? "Once the application uses seconds, repair"
			: "Repair first",
		    one ? "" : "s");
		advice_amount(a, f->items);
		buf_addf(a->line,
		    " %s, and %s %s once %s, but not if that was 5 years ago:",
		    one ? "entry" : "entries", then_deletes(a),
		    one ? "it" : "them", one ? "it expires" : "they expire");
		advice_say(a);
		advice_sweep(a, "repair", "");
		advice_ttl_after(a);
		return;
	}
	buf_addf(a->line, "%s the time%s of ",
	    f->expired > 0 &&
		    (a->acts == REPORT_TTL_ACTS ||
			a->acts == REPORT_TTL_UNKNOWN)
		? "Repair first: it turns"
		: "Repair turns",
	    one ? "" : "s");
	advice_amount(a, f->items);
	buf_addf(a->line, "%s %s", f->expired == f->items ? " expired" : "",
	    one ? "entry" : "entries");
	if (f->expired > 0 && f->expired < f->items) {
		buf_adds(a->line, ", ");
		advice_amount(a, f->expired);
		buf_adds(a->line, " of them expired,");
	}
	buf_addf(a->line, " into seconds, and %s %s free of charge",
	    then_deletes(a), one ? "it" : "them");
	if (f->expired < f->items)
		buf_addf(a->line, " after %s",
		    one ? "it expires" : "they expire");
	if (f->old && !a->r->estimated)
		buf_addf(a->line,
		    ", except the %s that expired five or more "
		    "years ago",
		    figure_one(f->expired - f->taken).s);
	else if (f->old)
		buf_adds(a->line,
		    ", except any that expired five or more years ago");
	/* an application that reads milliseconds takes seconds for 1970 */
	if (f->expired < f->items)
		buf_addf(a->line,
		    ". Have the application write and read seconds first, or "
		    "it may treat %s",
		    f->expired > 0 ? "what has not expired as if it had"
			: one      ? "it as expired"
				   : "them as expired");
	buf_addc(a->line, ':');
	advice_say(a);
	advice_sweep(a, "repair",
	    f->expired == 0 && advice_expired(a->r->summary) > 0
		? " --state immortal"
		: "");
	advice_ttl_after(a);
}

void
advice_repair_zone(struct advice *a)
{
	const struct summary *s = a->r->summary;
	int64_t old = s->zoneless_old;
	int64_t n = summary_zoned(s, STATE_STUCK) +
	    summary_zoned(s, STATE_IMMORTAL) + old;
	bool by_zone = a->r->selection != NULL &&
	    strstr(a->r->selection, "--overdue ") != NULL;

	/* TTL would leave all of these alone */
	if (n == old || !advice_is_live(a->r) || a->r->ttl_fixed || a->zoned)
		return;
	a->zoned = true;
	advice_amount(a, n);
	buf_addf(a->line,
	    " %s a time without a zone%s. Repair turns %s into seconds only if "
	    "it is given the application's zone",
	    n == 1 ? "entry has" : "entries have",
	    by_zone ? " (with --zone it may be more, as --overdue then uses "
		      "that zone)"
		    : "",
	    n == 1 ? "it" : "them");
	if (old > 0) {
		buf_adds(a->line, "; TTL leaves alone the ");
		advice_amount(a, old);
		buf_adds(a->line, " that expired five or more years ago");
	}
	buf_adds(a->line, ". If that is UTC:");
	advice_say(a);
	advice_sweep(a, "repair", " --zone UTC");
	advice_ttl_after(a);
}

/* Where the selection is of some reasons: the end of their list, as long as it
 * lacks too-old, which a repair gives to old times; NULL. */
static const char *
reasons_end(const struct report *r)
{
	const char *end = advice_after_reasons(r), *old;

	if (end == NULL)
		return NULL;
	old = strstr(r->selection, "too-old");
	return old != NULL && old < end ? NULL : end;
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

/* A repair makes entries, of which some are for the purge after it, smaller
 * than the size that selected them. */
static bool
is_by_size(const struct report *r)
{
	bool old = r->estimated;

	if (r->selection == NULL || r->place.repeat == NULL ||
	    size_option(r->place.repeat) == 0 || r->ttl_fixed)
		return false;
	for (int i = 0; i < REASONS; i++)
		old = old ||
		    ((REASONS_CONVERTED & 1u << i) != 0 &&
			r->summary->old[i] > 0);
	return old;
}

void
advice_sweep_stuck(struct advice *a)
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
	advice_sweep_at(a, "purge", " --state stuck", &place);
	buf_release(&repeat);
}

/* What comes before a purge of the ${rest} without a known zone, or it would
 * delete others, too. */
static void
add_first(struct advice *a, int64_t rest)
{
	bool repair = a->repaired.expired > 0;
	const char *on = rest == advice_expired(a->r->summary) ? NULL
	    : a->acts == REPORT_TTL_OFF                        ? "turn TTL on"
	    : a->acts == REPORT_TTL_ELSEWHERE                  ? "move TTL"
							       : NULL;

	buf_adds(a->line, "If the zone is not known, ");
	if (repair || on != NULL)
		buf_addf(a->line, "%s%s%s first, and then ",
		    repair ? "repair" : "", repair && on != NULL ? " and " : "",
		    on != NULL ? on : "");
}

/* What the purge after a repair deletes besides the rest: a repaired entry has
 * another reason, if it is too old for TTL, and another size. */
static void
add_others(struct advice *a, bool reasons, bool sizes)
{
	if (reasons)
		buf_adds(a->line,
		    ". Repaired entries that are too old for TTL then have the "
		    "reason too-old, so this purge names it, and also deletes "
		    "all others that have it");
	if (sizes)
		buf_adds(a->line,
		    ". Repaired entries are smaller, so this purge also "
		    "deletes others of any size");
}

void
advice_repair_rest(struct advice *a, const char *when, int64_t rest)
{
	int64_t zoned = a->repaired.zoned;
	bool reasons = adds_old(a->r), sizes = is_by_size(a->r);

	if (zoned == rest && !reasons && !sizes) {
		add_first(a, rest);
		buf_adds(a->line, "purge the ");
		buf_adds(a->line, a->repaired.expired > 0 ? "other " : "");
		if (rest == 1)
			buf_adds(a->line, "one");
		else
			advice_amount(a, rest);
		buf_addf(a->line, " that %s expired; TTL will never delete %s:",
		    rest == 1 ? "has" : "have",
		    rest == 1 ? "it as it is" : "them as they are");
	} else {
		buf_addf(a->line, "%s purge the ", when);
		if (a->r->estimated || a->repaired.expired == 0)
			buf_adds(a->line, "rest");
		else if (rest == 1)
			buf_adds(a->line, "remaining one");
		else
			buf_addf(a->line, "other %s", figure_count(rest).s);
		if (zoned > 0 && !a->r->estimated && a->repaired.expired > 0)
			buf_addf(a->line, " (%s with --zone)",
			    figure_count(rest - zoned).s);
		buf_adds(a->line, ", which TTL will never delete");
		add_others(a, reasons, sizes);
		buf_addc(a->line, ':');
	}
	advice_say(a);
	advice_sweep_stuck(a);
}
