#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cli/paper.h"
#include "cli/report.h"
#include "cli/report_sample.h"
#include "cli/report_words.h"
#include "inspector/summary.h"

/* Of the Gregorian calendar, on average. */
#define YEAR_SECONDS 31556952

static const char *const meanings[REASONS] = {
	[REASON_MILLISECONDS] = "The time is in milliseconds; TTL takes it "
				"for seconds",
	[REASON_MICROSECONDS] = "The time is in microseconds; TTL takes it "
				"for seconds, millions of years ahead.",
	[REASON_NANOSECONDS] = "The time is in nanoseconds; TTL takes it for "
			       "seconds, billions of years ahead.",
	[REASON_STRING] = "The time is in a string; TTL looks at numbers "
			  "only.",
	[REASON_TTL_OFF] = "TTL does not act on this attribute.",
	[REASON_TOO_OLD] = "Expired five years ago or more: TTL leaves such "
			   "entries alone.",
	[REASON_MISSING] = "The attribute is missing.",
	[REASON_WRONG_TYPE] = "The attribute is neither a number nor a time "
			      "in a string.",
};

/* How an application that makes the mistake mends it. */
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

void
report_words_meaning(const struct report *r, enum reason why, struct buf *line)
{
	buf_adds(line, meanings[why] != NULL ? meanings[why] : "");
	if (why != REASON_MILLISECONDS)
		return;
	if (r->rules->now > 0 && r->rules->now < INT64_MAX / 1000) {
		buf_adds(line, ": this moment would be about the year ");
		paper_count(line, 1970 + r->rules->now * 1000 / YEAR_SECONDS);
	}
	buf_addc(line, '.');
}

void
report_words_remedy(const struct report *r, enum state state, enum reason why,
    struct buf *line)
{
	if (why == REASON_TTL_OFF) {
		buf_adds(line,
		    state == STATE_LIVE ? "Turn TTL on before they expire."
					: "Turn TTL on, or purge them.");
	} else if (fixes[why] != NULL) {
		buf_adds(line, fixes[why]);
		buf_adds(line, " 'ttlsweep repair' mends those that are there");
		if (state == STATE_STUCK)
			buf_adds(line,
			    r->rules->ttl_acts
				? ", so that TTL deletes them free of charge; "
				  "or purge them."
				: "; or purge them.");
		else
			buf_adds(line,
			    ", unless they are renewed or replaced in time "
			    "anyway.");
	} else if (why == REASON_TOO_OLD) {
		buf_adds(line, "Purge them.");
	} else {
		buf_adds(line,
		    "Meant to stay? Else have the application "
		    "write the time it ends, in seconds, as a "
		    "number.");
	}
}

void
report_words_ttl(const struct paper *p, const struct report *r,
    struct buf *line)
{
	char time[32];

	buf_adds(line, "TTL attribute ");
	paper_text(p, line, r->ttl_attribute);
	if (r->table_ttl != NULL &&
	    strcmp(r->table_ttl, r->ttl_attribute) != 0) {
		buf_adds(line, "; the table's TTL is ");
		paper_text(p, line, r->ttl_status);
		buf_adds(line, " on ");
		paper_text(p, line, r->table_ttl);
	} else if (r->ttl_status != NULL) {
		buf_adds(line, ", TTL ");
		paper_text(p, line, r->ttl_status);
	}
	if (text_time_format(time, r->rules->now) == 0)
		buf_addf(line, ", judged at %s", time);
	buf_addc(line, '.');
}

void
report_words_work(const struct report *r, struct buf *line)
{
	report_sample_words(r, line);
	paper_entries(line, r->work.items);
	if (r->work.bytes >= 0) {
		buf_adds(line, ", ");
		paper_bytes(line, r->work.bytes);
	}
	if (r->selected) {
		buf_adds(line, "; ");
		paper_count(line,
		    r->sample != NULL ? r->sample->seen->items
				      : r->summary->items);
		buf_adds(line, " of them selected");
	}
	buf_addc(line, '.');
}

static int64_t
expired(const struct summary *s)
{
	return s->states[STATE_PENDING].items + s->states[STATE_STUCK].items;
}

enum state
report_words_headline(const struct report *r, struct buf *line)
{
	const struct summary *s = r->summary;
	const struct histogram *h = &s->overdue;

	if (expired(s) == 0 && r->sample != NULL) {
		buf_adds(line, "No expired entry was seen; in the table are");
		report_sample_range(r, 0, 0, line);
		buf_addc(line, '.');
		return STATE_LIVE;
	}
	if (expired(s) == 0) {
		buf_adds(line, "No expired entry is left: ");
		buf_adds(line,
		    r->rules->ttl_acts ? "TTL is up to date."
				       : "but TTL is off.");
		return STATE_LIVE;
	}
	if (r->sample != NULL)
		buf_adds(line, "About ");
	paper_entries(line, expired(s));
	if (r->sample != NULL)
		report_sample_range(r, r->sample->seen->overdue.total,
		    r->sample->seen->squares.overdue, line);
	buf_adds(line, expired(s) == 1 ? " is" : " are");
	buf_adds(line, " expired and still here");
	if (h->total > 1) {
		buf_adds(line, ", half of them for ");
		paper_span(line, histogram_quantile(h, 0.5));
		buf_adds(line, " or more, the oldest for ");
	} else {
		buf_adds(line, ", for ");
	}
	paper_span(line, h->max);
	buf_adds(line, r->rules->ttl_acts ? "." : ". TTL is off.");
	return s->states[STATE_STUCK].items > 0 ? STATE_STUCK : STATE_PENDING;
}
