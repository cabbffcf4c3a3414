#include "cli/report/report_headline.h"
#include "cli/report/report.h"
#include "cli/report/report_sample.h"
#include "cli/report/report_words.h"
#include "cli/report/text_report.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"

bool
report_headline_nameless(const struct report *r)
{
	const struct summary *s = r->summary;

	return !r->selected && s->items > 0 &&
	    s->reasons[STATE_IMMORTAL][REASON_MISSING] == s->items;
}

/* No entry has the attribute: that is not TTL being up to date. */
static enum state
nameless(const struct text_report *p, const struct report *r, struct buf *line)
{
	bool elsewhere = report_words_acts(r) == REPORT_TTL_ELSEWHERE;

	buf_addf(line, "No entry %shas the %sattribute ",
	    r->sample != NULL ? "that was seen " : "", elsewhere ? "" : "TTL ");
	text_report_text(p, line, r->ttl_attribute);
	buf_adds(line, ": by that, none will ever expire.");
	if (elsewhere) {
		buf_addc(line, ' ');
		report_words_off(p, r, line);
		buf_addc(line, '.');
	}
	if (r->nlookalikes > 0) {
		buf_adds(line, " Numbers that look like times are in ");
		report_words_lookalikes(p, r, line);
		buf_addc(line, '.');
	}
	report_words_inside(p, r, line);
	return STATE_IMMORTAL;
}

/* Nothing is expired; ${off}: TTL does not act. */
static enum state
none_left(const struct text_report *p, const struct report *r, bool off,
    struct buf *line)
{
	int64_t immortal = r->summary->states[STATE_IMMORTAL].items;

	if (r->sample != NULL) {
		buf_adds(line,
		    "No expired entry was seen in the sample; "
		    "the table may contain ");
		report_sample_span(r, 0, 0, line);
	} else {
		buf_adds(line, "No expired entry is left");
	}
	if (off) {
		buf_adds(line, ", but ");
		report_words_off(p, r, line);
	}
	if (immortal > 0) {
		buf_adds(line, off ? ", and " : ", but ");
		buf_adds(line, r->sample != NULL ? "about " : "");
		text_report_entries(line, immortal);
		buf_adds(line, " will never expire");
	} else if (r->sample == NULL &&
	    report_words_acts(r) == REPORT_TTL_ACTS) {
		buf_adds(line, ": TTL is up to date");
	}
	buf_addc(line, '.');
	return immortal > 0 ? STATE_IMMORTAL : off ? STATE_PENDING : STATE_LIVE;
}

/* "36 entries are expired and still here (median …, oldest …)." */
static void
left(const struct report *r, int64_t n, struct buf *line)
{
	const struct histogram *h = &r->summary->overdue;

	if (r->sample != NULL)
		buf_adds(line, "About ");
	text_report_entries(line, n);
	if (r->sample != NULL)
		report_sample_range(r, r->sample->seen->overdue.total,
		    r->sample->seen->squares.overdue, line);
	buf_adds(line, n == 1 ? " is" : " are");
	buf_adds(line, " expired and still here");
	if (h->total > 1) {
		buf_adds(line, " (median ");
		text_report_span(line, histogram_quantile(h, 0.5));
		buf_adds(line, ", oldest ");
		text_report_span(line, h->max);
		buf_adds(line, ").");
	} else {
		buf_adds(line, ", for ");
		text_report_span(line, h->max);
		buf_addc(line, '.');
	}
}

enum state
report_headline(const struct text_report *p, const struct report *r,
    struct buf *line)
{
	const struct summary *s = r->summary;
	enum report_ttl acts = report_words_acts(r);
	bool off = acts == REPORT_TTL_OFF || acts == REPORT_TTL_ELSEWHERE;
	int64_t stuck = s->states[STATE_STUCK].items;
	int64_t immortal = s->states[STATE_IMMORTAL].items;
	int64_t expired = stuck + s->states[STATE_PENDING].items;

	if (report_headline_nameless(r))
		return nameless(p, r, line);
	if (expired == 0)
		return none_left(p, r, off, line);
	left(r, expired, line);
	if (off) {
		buf_addc(line, ' ');
		report_words_off(p, r, line);
		buf_addc(line, '.');
	}
	if (immortal > 0) {
		buf_adds(line, " Of the others, ");
		buf_adds(line, r->sample != NULL ? "about " : "");
		text_report_count(line, immortal);
		buf_adds(line, " will never expire.");
	}
	return stuck > 0 ? STATE_STUCK : STATE_PENDING;
}
