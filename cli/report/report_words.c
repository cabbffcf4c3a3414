#include <string.h>

#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "cli/report/report_sample.h"
#include "cli/report/report_words.h"
#include "cli/report/text_report.h"
#include "inspector/sessions.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/sum.h"
#include "lib/base/text.h"
#include "lib/dynamodb/item.h"

#define DAY 86400

static const char *const meanings[REASONS] = {
	[REASON_MILLISECONDS] = "The time is in milliseconds; TTL reads it "
				"as seconds",
	[REASON_MICROSECONDS] = "The time is in microseconds; TTL reads it "
				"as seconds, millions of years ahead.",
	[REASON_NANOSECONDS] = "The time is in nanoseconds; TTL reads it as "
			       "seconds, billions of years ahead.",
	[REASON_STRING] = "The time is in a string; TTL looks at numbers "
			  "only.",
	[REASON_TOO_OLD] = "Expired five years ago or more: TTL leaves such "
			   "entries alone.",
	[REASON_FAR_FUTURE] = "The number is not a time within the next 100 "
			      "years in any unit, and TTL reads it as one far "
			      "ahead.",
	[REASON_NO_TIME] = "The value is not a time between 2012, when "
			   "DynamoDB opened, and 100 years from now, in any "
			   "unit.",
	[REASON_MISSING] = "The TTL attribute is missing.",
	[REASON_WRONG_TYPE] = "The TTL attribute is neither a number nor a "
			      "string with a number or an ISO 8601 date-time.",
};

/* How to fix an application that makes the mistake. */
static const char *const fixes[REASONS] = {
	[REASON_MILLISECONDS] = "In the application, write (and read) seconds: "
				"Math.floor(Date.now() / 1000), not "
				"Date.now().",
	[REASON_MICROSECONDS] =
	    "In the application, write (and read) seconds: divide "
	    "by 1000000.",
	[REASON_NANOSECONDS] =
	    "In the application, write (and read) seconds: divide by "
	    "1000000000.",
	[REASON_STRING] =
	    "In the application, write (and read) seconds as a number, "
	    "{\"N\": \"...\"}, not a string, {\"S\": \"...\"}.",
};

bool
report_timed(int64_t now, int64_t clock)
{
	return now > sum_add(clock, DAY) || now < sum_sub(clock, DAY);
}

enum report_ttl
report_words_acts(const struct report *r)
{
	const char *status = r->ttl_status;

	if (r->rules->ttl_acts)
		return status != NULL ? REPORT_TTL_ACTS : REPORT_TTL_UNKNOWN;
	if ((status == NULL || strncmp(status, "ENABL", 5) == 0) &&
	    r->table_ttl != NULL && strcmp(r->table_ttl, r->ttl_attribute) != 0)
		return REPORT_TTL_ELSEWHERE;
	return REPORT_TTL_OFF;
}

void
report_words_acts_on(const struct text_report *p, const char *on,
    const char * not, struct buf *line)
{
	if (on == NULL) {
		buf_adds(line, "TTL is off");
		return;
	}
	buf_adds(line, "TTL acts on ");
	text_report_attribute(p, line, on);
	buf_adds(line, ", not on ");
	text_report_attribute(p, line, not );
}

void
report_words_off(const struct text_report *p, const struct report *r,
    struct buf *line)
{
	bool elsewhere = report_words_acts(r) == REPORT_TTL_ELSEWHERE;

	report_words_acts_on(p, elsewhere ? r->table_ttl : NULL,
	    r->ttl_attribute, line);
}

void
report_words_sessions(const struct text_report *p, const struct rules *rules,
    const struct key_schema *schema, const char *table, struct buf *line)
{
	if (rules == NULL || !rules->all_sessions || rules->nprefixes > 0)
		return;
	buf_adds(line, "All entries count as sessions, because the ");
	if (schema != NULL && sessions_attribute(schema->partition)) {
		buf_adds(line, "partition key is called ");
		text_report_text(p, line, schema->partition);
	} else {
		buf_adds(line, "table is called ");
		text_report_text(p, line, table != NULL ? table : "that");
	}
	buf_adds(line, "; if only some are, name them with --session-prefix.");
}

void
report_words_creation(const struct summary *s, struct buf *line)
{
	int64_t named = summary_named(s);

	if (named == s->items)
		buf_adds(line, "every entry has expired");
	else
		buf_addf(line, "%s entries that have it have expired",
		    figure_all(named).s);
	buf_adds(line, ". If it is the time of creation, ");
}

bool
report_words_chosen(const struct report *r)
{
	const char *repeat = r->place.repeat;

	if (repeat != NULL && strstr(repeat, "--ttl-attribute ") != NULL)
		return true;
	/* a report that was merged has no options to repeat */
	return strcmp(r->ttl_attribute, "ttl") != 0 &&
	    (r->table_ttl == NULL ||
		strcmp(r->ttl_attribute, r->table_ttl) != 0);
}

/* The attribute is only the default: nobody has named one. */
static bool
is_assumed(const struct report *r)
{
	return r->place.input == NULL && r->table_ttl == NULL &&
	    report_words_acts(r) == REPORT_TTL_OFF && !report_words_chosen(r);
}

/* The same as a sentence after another one. */
static void
add_off(const struct text_report *p, const struct report *r, struct buf *line)
{
	buf_addc(line, ' ');
	report_words_off(p, r, line);
	buf_addc(line, '.');
}

void
report_words_lookalikes(const struct text_report *p, const struct report *r,
    struct buf *line)
{
	for (size_t i = 0; i < r->nlookalikes; i++) {
		buf_adds(line, i > 0 ? ", " : "");
		text_report_attribute(p, line, r->lookalikes[i]);
	}
}

void
report_words_inside(const struct text_report *p, const struct report *r,
    struct buf *line)
{
	if (r->inside == NULL)
		return;
	buf_adds(line, " It is inside a map, as ");
	text_report_text(p, line, r->inside);
	buf_adds(line,
	    ", but TTL reads only a top-level attribute of type Number.");
}

/* No time in a string names its zone. */
static bool
all_zoneless(const struct report *r)
{
	const struct summary *s = report_words_counted(r);

	return summary_zoneless(s) ==
	    s->reasons[STATE_STUCK][REASON_STRING] +
	    s->reasons[STATE_IMMORTAL][REASON_STRING];
}

void
report_words_meaning(const struct text_report *p, const struct report *r,
    enum state state, enum reason why, struct buf *line)
{
	int64_t n = summary_zoneless(r->summary);
	int64_t moment = r->summary->examples[state][why].moment;

	if (why == REASON_TTL_OFF)
		report_words_off(p, r, line);
	else
		buf_adds(line, meanings[why] != NULL ? meanings[why] : "");
	if (why == REASON_MILLISECONDS && moment > 0 &&
	    moment < INT64_MAX / 1000) {
		buf_adds(line, ": the example would expire in the year ");
		buf_addi(line, 1970 + moment * 1000 / FIGURE_YEAR);
	}
	if (line->n > 0 && line->p[line->n - 1] != '.')
		buf_addc(line, '.');
	if (why != REASON_STRING || n == 0)
		return;
	if (!r->estimated &&
	    r->summary->reasons[STATE_STUCK][why] +
		    r->summary->reasons[STATE_IMMORTAL][why] ==
		1)
		buf_adds(line, " It names");
	else if (!r->estimated && all_zoneless(r))
		buf_adds(line, " These name");
	else
		buf_addf(line, " %s%s of these %s",
		    r->estimated ? "About " : "", figure_count(n).s,
		    n == 1 ? "names" : "name");
	buf_addf(line,
	    " no zone: %s read as UTC, which is a guess, and %s as past only "
	    "once it has passed in every zone%s.",
	    n == 1 ? "it is" : "they are", n == 1 ? "counts" : "each counts",
	    r->ttl_fixed ? "" : "; repair needs --zone");
}

/* What to purge: the stuck entries, "those that are expired" if there are
 * others; NULL if none is stuck. */
static const char *
to_purge(const struct report *r, enum reason why)
{
	const struct summary *s = r->summary;

	if (s->reasons[STATE_STUCK][why] == 0)
		return NULL;
	if (s->reasons[STATE_IMMORTAL][why] + s->reasons[STATE_LIVE][why] > 0)
		return "those that are expired";
	return !r->estimated && s->reasons[STATE_STUCK][why] == 1 ? "it"
								  : "them";
}

/* TTL is off, or on another attribute. */
static void
remedy_off(const struct text_report *p, const struct report *r,
    struct buf *line)
{
	const char *purge = to_purge(r, REASON_TTL_OFF);
	const struct summary *s = r->summary;
	int64_t old = s->old[REASON_TTL_OFF];
	const char *expire = s->reasons[STATE_LIVE][REASON_TTL_OFF] == 1
	    ? "it expires"
	    : "they expire";

	if (old > 0 && old == s->reasons[STATE_STUCK][REASON_TTL_OFF]) {
		buf_addf(line,
		    "Even when it is on, it leaves alone what expired five or "
		    "more years ago. Purge %s.",
		    purge);
		return;
	}
	if (report_words_acts(r) != REPORT_TTL_ELSEWHERE) {
		buf_adds(line, "Turn TTL on");
		if (old > 0)
			buf_adds(line,
			    " (it leaves alone what expired five or more years "
			    "ago)");
		if (purge != NULL)
			buf_addf(line, ", or purge %s.", purge);
		else
			buf_addf(line, " before %s.", expire);
		return;
	}
	if (purge != NULL)
		buf_addf(line, "Purge %s, or move", purge);
	else
		buf_adds(line, "Move");
	buf_adds(line, " TTL to ");
	text_report_attribute(p, line, r->ttl_attribute);
	if (purge == NULL)
		buf_addf(line, " before %s", expire);
	buf_adds(line, "; it may delete some of these by ");
	text_report_attribute(p, line, r->table_ttl);
	buf_addc(line, '.');
}

/* What repair does for those of ${why}; ${purge} as of to_purge. */
static void
add_fix(const struct report *r, enum reason why, const char *purge,
    struct buf *line)
{
	const struct summary *s = report_words_counted(r);
	int64_t all =
	    s->reasons[STATE_STUCK][why] + s->reasons[STATE_IMMORTAL][why];
	int64_t zoneless = why == REASON_STRING ? summary_zoneless(s) : 0;

	buf_addf(line, " 'ttlsweep repair%s' fixes ",
	    why == REASON_STRING && all_zoneless(r) ? " --zone ZONE" : "");
	if (zoneless > 0 && zoneless < all && !r->estimated)
		buf_addf(line, "%s of them, and with --zone the other %s",
		    figure_count(all - zoneless).s, figure_one(zoneless).s);
	else if (purge == NULL || strcmp(purge, "it") == 0)
		buf_adds(line, all == 1 && !r->estimated ? "it" : "them");
	else
		buf_adds(line, "the existing entries");
}

/* Of them, TTL leaves ${old} alone all the same. */
static void
add_old(const struct report *r, int64_t old, struct buf *line)
{
	if (!r->estimated && old == 0)
		return;
	buf_adds(line,
	    r->rules->ttl_acts ? ", except "
			       : ", but TTL, once on, leaves alone ");
	if (r->estimated)
		buf_adds(line, r->rules->ttl_acts ? "any" : "those");
	else
		buf_addf(line, "the %s", figure_one(old).s);
	buf_adds(line, " that expired five or more years ago");
}

/* The attribute is a key, so these entries stay as they are. */
static void
remedy_key(enum reason why, const char *purge, struct buf *line)
{
	buf_adds(line,
	    why == REASON_STRING
		? "The attribute is a key and stays a string: have the "
		  "application write seconds, as a number, into another one."
		: fixes[why]);
	buf_adds(line, " Repair cannot change a key.");
	if (purge != NULL)
		buf_addf(line, " Purge %s.", purge);
}

/* Fix the application, and the entries that it has already written. */
static void
remedy_format(const struct report *r, enum reason why, struct buf *line)
{
	const char *purge = to_purge(r, why);
	const struct summary *s = r->summary;
	int64_t n = s->reasons[STATE_STUCK][why];

	if (r->ttl_fixed) {
		remedy_key(why, purge, line);
		return;
	}
	buf_adds(line, fixes[why]);
	if (!r->estimated && n > 0 && s->old[why] == n &&
	    s->reasons[STATE_IMMORTAL][why] == 0) {
		buf_addf(line,
		    " %s expired five or more years ago: TTL leaves %s alone "
		    "even after a repair. Purge %s.",
		    n == 1 ? "This one" : "All of these",
		    n == 1 ? "it" : "them", n == 1 ? "it" : "them");
		return;
	}
	add_fix(r, why, purge, line);
	if (purge == NULL) {
		buf_addc(line, '.');
		return;
	}
	if (r->rules->ttl_acts)
		buf_addf(line, ", so that TTL deletes %s free of charge",
		    strcmp(purge, "it") == 0 ? "it" : "them");
	add_old(r, s->old[why], line);
	buf_addf(line, "; or purge %s.", purge);
}

/* What a value that is not a time may be. */
static const char *const guesses[REASONS] = {
	[REASON_FAR_FUTURE] = "Such numbers are often a permanent mark "
			      "(9999-12-31, the largest date of a language), "
			      "or count from another epoch (.NET ticks, "
			      "FILETIME). ",
	[REASON_NO_TIME] = "Such values are often a permanent mark (0, -1, "
			   "9999-12-31), a duration (3600), or a date written "
			   "as digits (20261208). ",
	[REASON_WRONG_TYPE] = "Dates in other forms, such as \"Fri, 27 Nov "
			      "2026 12:03:32 GMT\", are not read; list shows "
			      "them with --columns key,ttl --reveal. ",
};

/* Entries without an expiry time: perhaps they should stay. */
static void
remedy_endless(const struct text_report *p, const struct report *r,
    enum reason why, struct buf *line)
{
	if (why == REASON_MISSING && r->nlookalikes > 0) {
		buf_adds(line, "Numbers that look like times are in ");
		report_words_lookalikes(p, r, line);
		buf_adds(line,
		    is_assumed(r) && report_words_nameless(r)
			? ". "
			: ": was the attribute renamed? ");
	}
	buf_adds(line, guesses[why] != NULL ? guesses[why] : "");
	buf_addf(line,
	    "If %s should expire, have the application write an expiry time in "
	    "seconds since 1970, as a number.",
	    !r->estimated && r->summary->reasons[STATE_IMMORTAL][why] == 1
		? "it"
		: "these");
}

void
report_words_remedy(const struct text_report *p, const struct report *r,
    enum reason why, struct buf *line)
{
	if (why == REASON_TTL_OFF) {
		remedy_off(p, r, line);
	} else if (fixes[why] != NULL) {
		remedy_format(r, why, line);
	} else if (why == REASON_TOO_OLD) {
		buf_addf(line, "Purge %s.", to_purge(r, why));
	} else {
		remedy_endless(p, r, why, line);
	}
}

void
report_words_ttl(const struct text_report *p, const struct report *r,
    struct buf *line)
{
	char time[32];

	buf_adds(line, "TTL attribute ");
	text_report_attribute(p, line, r->ttl_attribute);
	if (r->table_ttl != NULL &&
	    strcmp(r->table_ttl, r->ttl_attribute) != 0) {
		buf_adds(line, "; the table's TTL is ");
		if (r->ttl_status != NULL) {
			text_report_text(p, line, r->ttl_status);
			buf_addc(line, ' ');
		}
		buf_adds(line, "on ");
		text_report_attribute(p, line, r->table_ttl);
	} else if (r->ttl_status != NULL) {
		buf_adds(line, ", TTL ");
		text_report_text(p, line, r->ttl_status);
	} else if (r->place.input == NULL) {
		buf_adds(line, ", TTL status unknown (taken to be on)");
	}
	if (text_time_format(time, r->rules->now) == 0)
		buf_addf(line, ", judged at %s", time);
	buf_addc(line, '.');
}

void
report_words_work(const struct report *r, struct buf *line)
{
	report_sample_words(r, line);
	buf_adds(line, figure_entries(r->work.items).s);
	if (r->work.bytes >= 0)
		buf_addf(line, ", %s", figure_bytes(r->work.bytes).s);
	if (r->selected)
		buf_addf(line, "; %s of them selected",
		    figure_count(r->estimated ? r->sample->seen->items
					      : r->summary->items)
			.s);
	buf_addc(line, '.');
}

bool
report_words_nameless(const struct report *r)
{
	return !r->selected && summary_nameless(r->summary);
}

bool
report_words_part(const struct report *r)
{
	return !r->complete ||
	    (r->shards != NULL && (int64_t)r->shards->n < r->shards->of);
}

const char *
report_words_seen(const struct report *r)
{
	return r->estimated        ? " in the sample"
	    : report_words_part(r) ? " that was read"
				   : "";
}

const struct summary *
report_words_counted(const struct report *r)
{
	return r->estimated ? r->sample->seen : r->summary;
}

bool
report_words_old(const struct report *r)
{
	const struct summary *s = r->summary;

	for (int i = 0; i < REASONS; i++)
		if (i != REASON_TOO_OLD && s->old[i] > 0)
			return true;
	return r->estimated;
}

/* No entry has the attribute, which does not mean that TTL is up to date. */
static enum state
nameless(const struct text_report *p, const struct report *r, struct buf *line)
{
	bool elsewhere = report_words_acts(r) == REPORT_TTL_ELSEWHERE;
	const char *seen = report_words_seen(r);

	if (is_assumed(r))
		buf_adds(line,
		    "TTL is off, so the table does not say which attribute has "
		    "the time. ");
	buf_addf(line, "No entry%s has the %sattribute ", seen,
	    elsewhere || is_assumed(r) ? "" : "TTL ");
	text_report_attribute(p, line, r->ttl_attribute);
	buf_adds(line,
	    is_assumed(r)         ? ", which was assumed."
		: seen[0] != '\0' ? "."
				  : ": by that, none will ever expire.");
	if (elsewhere)
		add_off(p, r, line);
	if (r->nlookalikes > 0) {
		buf_adds(line, " Numbers that look like times are in ");
		report_words_lookalikes(p, r, line);
		buf_addc(line, '.');
	}
	report_words_inside(p, r, line);
	return STATE_IMMORTAL;
}

/* Some values may be times that are not read as such. */
static bool
unknown_times(const struct summary *s)
{
	const int64_t *n = s->reasons[STATE_IMMORTAL];

	return s->zoneless[STATE_IMMORTAL] > 0 || n[REASON_FAR_FUTURE] > 0 ||
	    n[REASON_NO_TIME] > 0 || n[REASON_WRONG_TYPE] > 0;
}

/* No entry is expired; ${off}: TTL does not act. */
static enum state
none_left(const struct text_report *p, const struct report *r, bool off,
    struct buf *line)
{
	int64_t immortal = r->summary->states[STATE_IMMORTAL].items;
	bool known = !unknown_times(r->summary);

	if (r->estimated && !r->selected) {
		buf_addf(line, "%s; the table may contain ",
		    known ? "No expired entry was seen in the sample"
			  : "No entry in the sample is known to be expired");
		report_sample_span(r, 0, 0, line);
	} else if (r->selected || report_words_part(r)) {
		buf_addf(line, "%s%s is %sexpired",
		    r->selected ? "None of the selected entries" : "No entry",
		    report_words_seen(r), known ? "" : "known to be ");
		if (r->estimated && report_sample_possible(r, STATE_STUCK)) {
			buf_adds(line, "; in the table, ");
			report_sample_span(r, 0, 0, line);
			buf_adds(line, " may be");
		}
	} else {
		buf_adds(line,
		    !known ? "No entry is known to be expired"
			: r->place.input != NULL ? r->place.files
			    ? "No entry in these files is expired"
			    : "No entry in this file is expired"
						 : "No expired entry is left");
	}
	if (off) {
		buf_adds(line, ", but ");
		report_words_off(p, r, line);
	}
	if (immortal > 0 && report_words_acts(r) == REPORT_TTL_ELSEWHERE)
		buf_addf(line, ", by which TTL would never delete %s%s",
		    r->estimated ? "about " : "", figure_entries(immortal).s);
	else if (immortal > 0 && r->estimated && !r->selected && !off)
		buf_addf(line, ". TTL will never delete about %s of the table",
		    figure_entries(immortal).s);
	else if (immortal > 0)
		buf_addf(line, ", %s TTL will never delete %s%s",
		    off ? "and" : "but", r->estimated ? "about " : "",
		    figure_entries(immortal).s);
	else if (!r->estimated && !r->selected && !report_words_part(r) &&
	    report_words_acts(r) == REPORT_TTL_ACTS)
		buf_adds(line, ": TTL is up to date");
	buf_addc(line, '.');
	return immortal > 0 ? STATE_IMMORTAL : off ? STATE_PENDING : STATE_LIVE;
}

/* "36 entries are expired and still here (median ..., oldest ...).", "1 entry
 * expired 3 years ago and is still here." */
static void
left(const struct report *r, int64_t n, struct buf *line)
{
	const struct histogram *h = &report_words_counted(r)->overdue;
	bool file = r->place.input != NULL;

	buf_addf(line, "%s%s %s%s", r->estimated ? "About " : "",
	    figure_count(n).s, r->selected ? "selected " : "",
	    n == 1 ? "entry" : "entries");
	if (r->estimated)
		report_sample_range(r, r->sample->seen->overdue.total,
		    r->sample->seen->squares.overdue, line);
	buf_adds(line,
	    r->place.files ? " in these files"
		: file     ? " in this file"
			   : "");
	if (h->total == 1 && n == 1) {
		buf_addf(line, " expired %s ago%s.", figure_span(h->max).s,
		    file ? "" : " and is still here");
		return;
	}
	buf_addf(line, " %s expired%s (median about %s, oldest %s).",
	    n == 1 ? "is" : "are", file ? "" : " and still here",
	    figure_span(histogram_at_most(h, 0.5)).s, figure_span(h->max).s);
}

/* What TTL, which acts, will never delete: ${stuck} of ${expired} entries, and
 * others. */
static void
never(const struct text_report *p, const struct report *r, int64_t stuck,
    int64_t expired, struct buf *line)
{
	const struct summary *s = r->summary;
	const char *about = r->estimated ? "about " : "";
	int64_t immortal = s->states[STATE_IMMORTAL].items;

	if (stuck == expired)
		buf_addf(line, " TTL will never delete %s",
		    stuck == 1 ? "it as it is" : "them as they are");
	else if (stuck > 0)
		buf_addf(line, " TTL will never delete %s%s of them as %s",
		    about, figure_count(stuck).s,
		    stuck == 1 ? "it is" : "they are");
	if (immortal > 0 && report_words_acts(r) == REPORT_TTL_ELSEWHERE) {
		buf_adds(line, " By ");
		text_report_attribute(p, line, r->ttl_attribute);
		buf_adds(line, ", TTL would never delete ");
	} else if (immortal > 0) {
		buf_adds(line,
		    stuck > 0 ? ", nor " : " TTL will never delete ");
	}
	if (!r->estimated && immortal == 1 && s->states[STATE_LIVE].items == 0)
		buf_adds(line, "the other one");
	else if (immortal > 0)
		buf_addf(line, "%s%s of the others", about,
		    figure_count(immortal).s);
	if (stuck > 0 || immortal > 0)
		buf_addc(line, '.');
}

enum state
report_words_verdict(const struct text_report *p, const struct report *r,
    struct buf *line)
{
	const struct summary *s = r->summary;
	enum report_ttl acts = report_words_acts(r);
	bool off = acts == REPORT_TTL_OFF || acts == REPORT_TTL_ELSEWHERE;
	int64_t stuck = s->states[STATE_STUCK].items;
	int64_t expired = stuck + s->states[STATE_PENDING].items;

	if (report_words_nameless(r))
		return nameless(p, r, line);
	if (expired == 0)
		return none_left(p, r, off, line);
	left(r, expired, line);
	never(p, r, off ? 0 : stuck, expired, line);
	if (off)
		add_off(p, r, line);
	return stuck > 0 ? STATE_STUCK : STATE_PENDING;
}
