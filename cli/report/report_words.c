#include <string.h>

#include "cli/report/report.h"
#include "cli/report/report_sample.h"
#include "cli/report/report_words.h"
#include "cli/report/text_report.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"

/* Of the Gregorian calendar, on average. */
#define YEAR_SECONDS 31556952

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
	[REASON_MISSING] = "The attribute is missing.",
	[REASON_WRONG_TYPE] = "The attribute is neither a number nor a time "
			      "in a string.",
};

/* How an application that makes the mistake fixes it. */
static const char *const fixes[REASONS] = {
	[REASON_MILLISECONDS] = "In the application, write seconds: "
				"Math.floor(Date.now() / 1000), not "
				"Date.now().",
	[REASON_MICROSECONDS] = "In the application, write seconds: divide "
				"by 1000000.",
	[REASON_NANOSECONDS] = "In the application, write seconds: divide by "
			       "1000000000.",
	[REASON_STRING] = "In the application, write seconds as a number, "
			  "{\"N\": \"...\"}, not a string, {\"S\": \"...\"}.",
};

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
report_words_off(const struct text_report *p, const struct report *r,
    struct buf *line)
{
	if (report_words_acts(r) != REPORT_TTL_ELSEWHERE) {
		buf_adds(line, "TTL is off");
		return;
	}
	buf_adds(line, "TTL acts on ");
	text_report_text(p, line, r->table_ttl);
	buf_adds(line, ", not on ");
	text_report_text(p, line, r->ttl_attribute);
}

void
report_words_lookalikes(const struct text_report *p, const struct report *r,
    struct buf *line)
{
	for (size_t i = 0; i < r->nlookalikes; i++) {
		buf_adds(line, i > 0 ? ", " : "");
		text_report_text(p, line, r->lookalikes[i]);
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

void
report_words_meaning(const struct text_report *p, const struct report *r,
    enum state state, enum reason why, struct buf *line)
{
	int64_t n = r->summary->zoneless[STATE_STUCK] +
	    r->summary->zoneless[STATE_IMMORTAL];
	int64_t moment = r->summary->examples[state][why].moment;

	if (why == REASON_TTL_OFF)
		report_words_off(p, r, line);
	else
		buf_adds(line, meanings[why] != NULL ? meanings[why] : "");
	if (why == REASON_MILLISECONDS && moment > 0 &&
	    moment < INT64_MAX / 1000) {
		buf_adds(line, ", the example's as about the year ");
		buf_addi(line, 1970 + moment * 1000 / YEAR_SECONDS);
	}
	if (line->n > 0 && line->p[line->n - 1] != '.')
		buf_addc(line, '.');
	if (why != REASON_STRING || n == 0)
		return;
	buf_addc(line, ' ');
	text_report_count(line, n);
	buf_addf(line,
	    " of these %s no zone: %s read as UTC, which is a guess, and %s "
	    "passed only when passed in every zone; repair needs --zone.",
	    n == 1 ? "names" : "name", n == 1 ? "it is" : "they are",
	    n == 1 ? "has" : "have");
}

/* What a purge is for: the stuck ones, "those that are expired" where there
 * are others; NULL: none is stuck. */
static const char *
to_purge(const struct report *r, enum reason why)
{
	const struct summary *s = r->summary;

	if (s->reasons[STATE_STUCK][why] == 0)
		return NULL;
	return s->reasons[STATE_IMMORTAL][why] + s->reasons[STATE_LIVE][why] > 0
	    ? "those that are expired"
	    : "them";
}

/* TTL is off, or on another attribute. */
static void
remedy_off(const struct text_report *p, const struct report *r,
    struct buf *line)
{
	const char *purge = to_purge(r, REASON_TTL_OFF);

	if (report_words_acts(r) != REPORT_TTL_ELSEWHERE) {
		buf_adds(line, "Turn TTL on");
		if (purge != NULL)
			buf_addf(line, ", or purge %s.", purge);
		else
			buf_adds(line, " before they expire.");
		return;
	}
	if (purge != NULL)
		buf_addf(line, "Purge %s, or move", purge);
	else
		buf_adds(line, "Move");
	buf_adds(line, " TTL to ");
	text_report_text(p, line, r->ttl_attribute);
	buf_adds(line, purge == NULL ? " before they expire." : ".");
}

/* The application's mistake, and the entries that it has made already. */
static void
remedy_format(const struct report *r, enum reason why, struct buf *line)
{
	const char *purge = to_purge(r, why);

	buf_adds(line, fixes[why]);
	buf_adds(line, " 'ttlsweep repair' fixes the existing entries");
	if (purge == NULL)
		buf_adds(line,
		    ", unless they are renewed or replaced in time anyway.");
	else
		buf_addf(line, "%s; or purge %s.",
		    r->rules->ttl_acts
			? ", so that TTL deletes them free of charge"
			: "",
		    purge);
}

/* What else than a time a value may be that is none. */
static const char *const guesses[REASONS] = {
	[REASON_FAR_FUTURE] = "Such numbers are often a permanent mark "
			      "(9999-12-31, the largest date of a language), "
			      "or count from another epoch (.NET ticks, "
			      "FILETIME). ",
	[REASON_NO_TIME] = "Such values are often a permanent mark (0, -1, "
			   "9999-12-31), a duration (3600), or a date written "
			   "as digits (20261208). ",
};

/* Nobody says when they end: perhaps nobody should. */
static void
remedy_endless(const struct text_report *p, const struct report *r,
    enum reason why, struct buf *line)
{
	if (why == REASON_MISSING && r->nlookalikes > 0) {
		buf_adds(line, "Numbers that look like times are in ");
		report_words_lookalikes(p, r, line);
		buf_adds(line, ": was the attribute renamed? ");
	}
	buf_adds(line, guesses[why] != NULL ? guesses[why] : "");
	buf_adds(line,
	    "If these should expire, have the application write an expiry "
	    "time in seconds since 1970, as a number.");
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
		buf_adds(line, "Purge them.");
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
	text_report_text(p, line, r->ttl_attribute);
	if (r->table_ttl != NULL &&
	    strcmp(r->table_ttl, r->ttl_attribute) != 0) {
		buf_adds(line, "; the table's TTL is ");
		if (r->ttl_status != NULL) {
			text_report_text(p, line, r->ttl_status);
			buf_addc(line, ' ');
		}
		buf_adds(line, "on ");
		text_report_text(p, line, r->table_ttl);
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
	text_report_entries(line, r->work.items);
	if (r->work.bytes >= 0) {
		buf_adds(line, ", ");
		text_report_bytes(line, r->work.bytes);
	}
	if (r->selected) {
		buf_adds(line, "; ");
		text_report_count(line,
		    r->sample != NULL ? r->sample->seen->items
				      : r->summary->items);
		buf_adds(line, " of them selected");
	}
	buf_addc(line, '.');
}
