#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cli/grid.h"
#include "cli/paper.h"
#include "cli/report.h"
#include "cli/report_parts.h"
#include "inspector/record.h"
#include "inspector/summary.h"

static const char *const state_colors[STATES] = {
	[STATE_LIVE] = PAPER_GREEN,
	[STATE_PENDING] = PAPER_YELLOW,
	[STATE_STUCK] = PAPER_RED,
	[STATE_IMMORTAL] = PAPER_MAGENTA,
};

/* Why TTL does not act. */
static const char *const meanings[REASONS] = {
	[REASON_MILLISECONDS] = "The time is in milliseconds; TTL takes it "
				"for seconds, thousands of years ahead.",
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

/* … and what to do about it. */
static const char *
remedy(enum state state, enum reason reason)
{
	if (reason == REASON_TTL_OFF)
		return state == STATE_LIVE ? "Turn TTL on before they expire."
					   : "Turn TTL on, or purge them.";
	if (state == STATE_STUCK)
		return reason == REASON_TOO_OLD
		    ? "Purge them."
		    : "Purge them, and have the application write seconds "
		      "as a number.";
	if (reason == REASON_MISSING || reason == REASON_WRONG_TYPE)
		return "Meant to stay? Else have the application write the "
		       "time it ends, in seconds, as a number.";
	return "Still in use. Have the application write seconds as a "
	       "number; then these are renewed or replaced in time.";
}

/* "TTL on ttl is ENABLED. Judged at …" */
static void
about_ttl(const struct paper *p, const struct report *r, struct buf *line)
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

static void
about_work(const struct report *r, struct buf *line)
{
	if (!r->complete) {
		buf_adds(line, "INCOMPLETE: ");
		paper_count(line, r->segments_done);
		buf_adds(line, " of ");
		paper_count(line, r->segments);
		buf_adds(line, " segments were read. ");
	}
	paper_entries(line, r->work.items);
	if (r->work.bytes >= 0) {
		buf_adds(line, ", ");
		paper_bytes(line, r->work.bytes);
	}
	if (r->selected) {
		buf_adds(line, "; ");
		paper_count(line, r->summary->items);
		buf_adds(line, " of them selected");
	}
	buf_addc(line, '.');
}

static int64_t
expired(const struct summary *s)
{
	return s->states[STATE_PENDING].items + s->states[STATE_STUCK].items;
}

/* How far TTL is behind, in a sentence. */
static void
headline(const struct paper *p, const struct report *r)
{
	const struct summary *s = r->summary;
	const struct histogram *h = &s->overdue;
	const char *color = PAPER_GREEN;
	struct buf line = { 0 };

	if (expired(s) == 0) {
		buf_adds(&line, "No expired entry is left: ");
		buf_adds(&line,
		    r->rules->ttl_acts ? "TTL is up to date."
				       : "but TTL is off.");
	} else {
		color =
		    s->states[STATE_STUCK].items > 0 ? PAPER_RED : PAPER_YELLOW;
		paper_entries(&line, expired(s));
		buf_adds(&line, expired(s) == 1 ? " is" : " are");
		buf_adds(&line, " expired and still here");
		if (h->total > 1) {
			buf_adds(&line, ", half of them for ");
			paper_span(&line, histogram_quantile(h, 0.5));
			buf_adds(&line, " or more, the oldest for ");
		} else {
			buf_adds(&line, ", for ");
		}
		paper_span(&line, h->max);
		buf_adds(&line, r->rules->ttl_acts ? "." : ". TTL is off.");
	}
	buf_addc(p->out, '\n');
	paper_words(p, 0, buf_text(&line), color);
	buf_release(&line);
}

static void
states(const struct paper *p, const struct report *r)
{
	static const struct grid_column columns[] = {
		{ .head = "STATE" },
		{ .head = "ENTRIES", .right = true },
		{ .head = "SHARE", .right = true },
		{ .head = "BYTES", .right = true, .rank = 2 },
		{ .head = "", .rank = 1 },
	};
	const struct summary *s = r->summary;
	struct grid *g = grid_new(columns, 5, p->style.ascii);
	struct buf cell = { 0 };

	for (int i = 0; i < STATES; i++) {
		const struct summary_count *c = &s->states[i];

		grid_cell(g, state_name((enum state)i),
		    c->items > 0 ? paper_sgr(p, state_colors[i]) : NULL);
		paper_count(&cell, c->items);
		grid_cell(g, buf_text(&cell), NULL);
		buf_reset(&cell);
		paper_share(&cell, c->items, s->items);
		grid_cell(g, buf_text(&cell), NULL);
		buf_reset(&cell);
		if (s->sizes)
			paper_bytes(&cell, c->bytes);
		grid_cell(g, buf_text(&cell), NULL);
		buf_reset(&cell);
		paper_bar(p, &cell, c->items, s->items, 24);
		grid_cell(g, buf_text(&cell), paper_sgr(p, state_colors[i]));
		buf_reset(&cell);
	}
	buf_addc(p->out, '\n');
	grid_print(g, p->out, 0, p->style.width, paper_sgr(p, PAPER_DIM));
	buf_release(&cell);
}

static void
reason(const struct paper *p, const struct report *r, enum state state,
    enum reason why)
{
	const struct summary *s = r->summary;
	const struct summary_key *example = &s->examples[state][why];
	struct buf line = { 0 };

	buf_addf(&line, "%s, %s: ", state_name(state), reason_name(why));
	paper_entries(&line, s->reasons[state][why]);
	paper_words(p, 2, buf_text(&line),
	    state == STATE_LIVE ? NULL : state_colors[state]);
	buf_reset(&line);
	buf_addf(&line, "%s %s", meanings[why], remedy(state, why));
	paper_words(p, 4, buf_text(&line), NULL);
	buf_reset(&line);
	if (example->key != NULL) {
		buf_adds(p->out, "    e.g. ");
		paper_key(p, p->out, r->rules,
		    (struct slice){ example->key, example->len });
		if (example->sort != NULL) {
			buf_adds(p->out, " / ");
			text_escape(p->out, example->sort, example->sort_len,
			    p->style.ascii);
		}
		buf_addc(p->out, '\n');
	}
	buf_release(&line);
}

static void
reasons(const struct paper *p, const struct report *r)
{
	bool any = false;

	for (int i = STATES - 1; i >= 0; i--)
		for (int j = REASON_NONE + 1; j < REASONS; j++) {
			if (r->summary->reasons[i][j] == 0)
				continue;
			if (!any)
				paper_heading(p, "Why TTL will not act");
			any = true;
			reason(p, r, (enum state)i, (enum reason)j);
		}
}

void
report_text(struct buf *out, const struct report *r,
    const struct report_style *style)
{
	struct paper p = { .out = out, .style = *style };
	struct buf line = { 0 };

	paper_place(&p, &r->place);
	about_ttl(&p, r, &line);
	paper_words(&p, 0, buf_text(&line), NULL);
	buf_reset(&line);
	about_work(r, &line);
	paper_words(&p, 0, buf_text(&line), r->complete ? NULL : PAPER_YELLOW);
	if (r->summary->items > 0) {
		headline(&p, r);
		states(&p, r);
		reasons(&p, r);
		report_part_kinds(&p, r);
		report_part_groups(&p, r);
		report_part_overdue(&p, r);
		report_part_upcoming(&p, r);
		report_part_largest(&p, r);
		report_part_advice(&p, r);
	}
	report_part_cost(&p, r);
	buf_release(&line);
}
