#include <string.h>

#include "cli/report/emit.h"
#include "cli/term.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"

static const char *const colors[EMIT_TONES] = {
	[EMIT_WARN] = TEXT_REPORT_YELLOW,
	[EMIT_LATE] = TEXT_REPORT_BOLD,
	[EMIT_STATE + STATE_LIVE] = TEXT_REPORT_GREEN,
	[EMIT_STATE + STATE_PENDING] = TEXT_REPORT_YELLOW,
	[EMIT_STATE + STATE_STUCK] = TEXT_REPORT_RED,
	[EMIT_STATE + STATE_IMMORTAL] = TEXT_REPORT_MAGENTA,
};

static void
title(struct emit *e, const char *name)
{
	text_report_title(&e->p, name);
}

static void
section(struct emit *e, const char *id, const char *text, bool bare)
{
	(void)id;
	if (bare)
		buf_addc(e->p.out, '\n');
	else
		text_report_heading(&e->p, text);
}

static void
words(struct emit *e, enum emit_place place, enum emit_tone tone,
    const char *text)
{
	static const int indent[] = { [EMIT_BODY] = 2,
		[EMIT_DETAIL] = 4,
		[EMIT_TEXT_ONLY] = 2,
		[EMIT_PAGE_ONLY] = 0 };

	if (place == EMIT_PAGE_ONLY)
		return;
	if (place == EMIT_VERDICT)
		buf_addc(e->p.out, '\n');
	text_report_words(&e->p, indent[place], text,
	    place == EMIT_FOOT ? TEXT_REPORT_DIM : colors[tone]);
}

static void
command(struct emit *e, const char *text)
{
	buf_adds(e->p.out, "    ");
	term_command(e->p.out, text, e->p.style.ascii);
	buf_addc(e->p.out, '\n');
}

static void
item(struct emit *e, enum state state, const char *text)
{
	words(e, EMIT_BODY,
	    state == STATE_LIVE ? EMIT_PLAIN : EMIT_STATE + (int)state, text);
}

static void
example(struct emit *e, const struct summary_key *key)
{
	struct buf line = { 0 };

	buf_adds(e->p.out, "    e.g. ");
	text_report_summary_key(&e->p, &line, key);
	(void)text_cut(e->p.out, buf_text(&line), line.n, e->p.style.width - 9,
	    e->p.style.ascii);
	buf_addc(e->p.out, '\n');
	buf_release(&line);
}

static void
table(struct emit *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->ncolumns; i++)
		if (!e->columns[i].out && !e->columns[i].page_only)
			e->shown[n++] = e->columns[i].text;
	e->table = text_table_new(e->shown, n, e->p.style.ascii);
}

static void
cell(struct emit *e, const struct emit_column *column,
    const struct emit_cell *c)
{
	struct buf text = { 0 };
	int64_t sum = c->value;

	(void)column;
	if (c->text != NULL) {
		buf_adds(&text, c->text);
	} else if (c->key != NULL) {
		text_report_summary_key(&e->p, &text, c->key);
	} else if (c->name.p != NULL) {
		text_escape(&text, c->name.p, c->name.n, e->p.style.ascii);
	} else {
		for (int i = 0; c->parts != NULL && i < STATES; i++)
			sum += c->parts[i];
		text_report_bar(&e->p, &text, sum, c->most, c->wide);
	}
	text_table_cell(e->table, buf_text(&text),
	    text_report_sgr(&e->p, colors[c->tone]));
	buf_release(&text);
}

static void
table_end(struct emit *e)
{
	text_table_print(e->table, e->p.out, e->cards ? 0 : 2, e->p.style.width,
	    text_report_sgr(&e->p, TEXT_REPORT_DIM));
}

static void
foot(struct emit *e)
{
	buf_addc(e->p.out, '\n');
}

const struct emit_back_end emit_text = {
	.title = title,
	.section = section,
	.words = words,
	.command = command,
	.item = item,
	.example = example,
	.table = table,
	.cell = cell,
	.table_end = table_end,
	.foot = foot,
};
