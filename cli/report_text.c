#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cli/grid.h"
#include "cli/paper.h"
#include "cli/report.h"
#include "cli/report_parts.h"
#include "cli/report_words.h"
#include "inspector/record.h"
#include "inspector/summary.h"

static const char *const state_colors[STATES] = {
	[STATE_LIVE] = PAPER_GREEN,
	[STATE_PENDING] = PAPER_YELLOW,
	[STATE_STUCK] = PAPER_RED,
	[STATE_IMMORTAL] = PAPER_MAGENTA,
};

static void
headline(const struct paper *p, const struct report *r)
{
	struct buf line = { 0 };
	enum state as = report_words_headline(r, &line);

	buf_addc(p->out, '\n');
	paper_words(p, 0, buf_text(&line), state_colors[as]);
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
	report_words_meaning(r, why, &line);
	buf_addc(&line, ' ');
	report_words_remedy(state, why, &line);
	paper_words(p, 4, buf_text(&line), NULL);
	buf_reset(&line);
	if (example->key != NULL) {
		buf_adds(p->out, "    e.g. ");
		paper_summary_key(p, p->out, example);
		buf_addc(p->out, '\n');
	}
	buf_release(&line);
}

static void
reasons(const struct paper *p, const struct report *r)
{
	static const enum state order[] = { STATE_STUCK, STATE_IMMORTAL,
		STATE_LIVE };
	bool any = false;

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		for (int j = REASON_NONE + 1; j < REASONS; j++) {
			if (r->summary->reasons[order[i]][j] == 0)
				continue;
			if (!any)
				paper_heading(p, "Why TTL will not act");
			any = true;
			reason(p, r, order[i], (enum reason)j);
		}
}

void
report_text(struct buf *out, const struct report *r,
    const struct report_style *style)
{
	struct paper p = { .out = out, .style = *style };
	struct buf line = { 0 };

	paper_place(&p, &r->place);
	report_words_ttl(&p, r, &line);
	paper_words(&p, 0, buf_text(&line), NULL);
	buf_reset(&line);
	report_words_work(r, &line);
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
