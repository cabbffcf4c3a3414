#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/report/report.h"
#include "cli/report/report_headline.h"
#include "cli/report/report_parts.h"
#include "cli/report/report_sample.h"
#include "cli/report/report_words.h"
#include "cli/report/text_report.h"
#include "cli/report/text_table.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"

static const char *const state_colors[STATES] = {
	[STATE_LIVE] = TEXT_REPORT_GREEN,
	[STATE_PENDING] = TEXT_REPORT_YELLOW,
	[STATE_STUCK] = TEXT_REPORT_RED,
	[STATE_IMMORTAL] = TEXT_REPORT_MAGENTA,
};

static void
headline(const struct text_report *p, const struct report *r)
{
	struct buf line = { 0 };
	enum state as = report_headline(p, r, &line);

	buf_addc(p->out, '\n');
	text_report_words(p, 0, buf_text(&line), state_colors[as]);
	buf_release(&line);
}

static void
range_cell(struct text_table *g, const struct report *r, int state)
{
	const struct summary *seen = r->sample->seen;
	struct buf cell = { 0 };

	report_sample_span(r, seen->states[state].items,
	    seen->squares.states[state], &cell);
	text_table_cell(g, buf_text(&cell), NULL);
	buf_release(&cell);
}

static bool
changes(const struct report *r)
{
	return r->watch != NULL && r->watch->known;
}

/* "+12", since the last look. */
static void
change_cell(struct text_table *g, int64_t change)
{
	struct buf cell = { 0 };

	buf_adds(&cell, change > 0 ? "+" : change < 0 ? "-" : "");
	text_report_count(&cell, change < 0 ? -change : change);
	text_table_cell(g, buf_text(&cell), NULL);
	buf_release(&cell);
}

static void
state_row(const struct text_report *p, struct text_table *g,
    const struct report *r, int state)
{
	const struct summary *s = r->summary;
	const struct summary_count *c = &s->states[state];
	struct buf cell = { 0 };

	text_table_cell(g, state_name((enum state)state),
	    c->items > 0 ? text_report_sgr(p, state_colors[state]) : NULL);
	text_report_count(&cell, c->items);
	text_table_cell(g, buf_text(&cell), NULL);
	buf_reset(&cell);
	if (r->sample != NULL)
		range_cell(g, r, state);
	if (changes(r))
		change_cell(g, c->items - r->watch->before[state]);
	text_report_share(&cell, c->items, s->items);
	text_table_cell(g, buf_text(&cell), NULL);
	buf_reset(&cell);
	if (s->sizes) {
		text_report_bytes(&cell, c->bytes);
		text_table_cell(g, buf_text(&cell), NULL);
		buf_reset(&cell);
	}
	text_report_bar(p, &cell, c->items, s->items, 24);
	text_table_cell(g, buf_text(&cell),
	    text_report_sgr(p, state_colors[state]));
	buf_release(&cell);
}

static void
states(const struct text_report *p, const struct report *r)
{
	struct text_table_column columns[TEXT_TABLE_COLUMNS] = {
		{ .head = "STATE" }
	};
	size_t n = 1;
	struct text_table *g;

	columns[n++] =
	    (struct text_table_column){ .head = r->sample != NULL ? "ESTIMATE"
								  : "ENTRIES",
		    .right = true };
	if (r->sample != NULL)
		columns[n++] =
		    (struct text_table_column){ .head = "RANGE (95 %)",
			    .right = true };
	if (changes(r))
		columns[n++] = (struct text_table_column){ .head = "CHANGE",
			.right = true };
	columns[n++] = (struct text_table_column){ .head = "SHARE",
		.right = true,
		.rank = r->sample != NULL ? 3 : 0 };
	if (r->summary->sizes)
		columns[n++] = (struct text_table_column){ .head = "BYTES",
			.right = true,
			.rank = 2 };
	columns[n++] = (struct text_table_column){ .head = "", .rank = 1 };
	g = text_table_new(columns, n, p->style.ascii);
	for (int i = 0; i < STATES; i++)
		state_row(p, g, r, i);
	buf_addc(p->out, '\n');
	text_table_print(g, p->out, 0, p->style.width,
	    text_report_sgr(p, TEXT_REPORT_DIM));
}

static void
reason(const struct text_report *p, const struct report *r, enum state state,
    enum reason why)
{
	const struct summary *s = r->summary;
	const struct summary_key *example = &s->examples[state][why];
	struct buf line = { 0 };

	buf_addf(&line, "%s, %s: ", state_name(state), reason_name(why));
	text_report_entries(&line, s->reasons[state][why]);
	if (r->sample != NULL)
		report_sample_range(r, r->sample->seen->reasons[state][why],
		    r->sample->seen->squares.reasons[state][why], &line);
	text_report_words(p, 2, buf_text(&line),
	    state == STATE_LIVE ? NULL : state_colors[state]);
	buf_reset(&line);
	report_words_meaning(p, r, state, why, &line);
	buf_addc(&line, ' ');
	report_words_remedy(p, r, state, why, &line);
	text_report_words(p, 4, buf_text(&line), NULL);
	buf_reset(&line);
	if (example->key != NULL) {
		buf_adds(p->out, "    e.g. ");
		text_report_summary_key(p, &line, example);
		(void)text_cut(p->out, buf_text(&line), line.n,
		    p->style.width - 9, p->style.ascii);
		buf_addc(p->out, '\n');
	}
	buf_release(&line);
}

static void
reasons(const struct text_report *p, const struct report *r)
{
	static const enum state order[] = { STATE_STUCK, STATE_IMMORTAL,
		STATE_LIVE };
	bool any = false;

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		for (int j = REASON_NONE + 1; j < REASONS; j++) {
			if (r->summary->reasons[order[i]][j] == 0)
				continue;
			if (!any)
				text_report_heading(p, "Why TTL will not act");
			any = true;
			reason(p, r, order[i], (enum reason)j);
		}
}

void
report_text(struct buf *out, const struct report *r,
    const struct report_style *style)
{
	struct text_report p = { .out = out, .style = *style };
	struct buf line = { 0 };

	text_report_place(&p, &r->place);
	report_words_ttl(&p, r, &line);
	text_report_words(&p, 0, buf_text(&line), NULL);
	buf_reset(&line);
	report_words_work(r, &line);
	text_report_words(&p, 0, buf_text(&line),
	    r->complete ? NULL : TEXT_REPORT_YELLOW);
	if (r->summary->items > 0 || r->sample != NULL) {
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
	report_part_sample(&p, r);
	report_part_cost(&p, r);
	buf_release(&line);
}
