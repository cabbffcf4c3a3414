#include <assert.h>
#include <string.h>

#include "cli/report/emit.h"
#include "cli/report/figure.h"
#include "lib/base/buf.h"

void
emit_line(struct emit *e, enum emit_place place, enum emit_tone tone)
{
	if (e->line.n > 0)
		e->to->words(e, place, tone, buf_text(&e->line));
	buf_reset(&e->line);
}

/* Whether the back end shows the column. */
static bool
is_shown(const struct emit *e, size_t column)
{
	const struct emit_column *c = &e->columns[column];

	return !c->out && (e->to->page || !c->page_only);
}

void
emit_table(struct emit *e, const struct emit_column *columns, size_t n,
    bool cards)
{
	assert(n > 0 && n <= TEXT_TABLE_COLUMNS);
	memcpy(e->columns, columns, n * sizeof(*columns));
	e->ncolumns = n;
	e->column = 0;
	e->cards = cards;
	if (is_shown(e, 0))
		e->to->table(e);
}

void
emit_cell(struct emit *e, const struct emit_cell *cell)
{
	if (is_shown(e, e->column))
		e->to->cell(e, &e->columns[e->column], cell);
	e->column = (e->column + 1) % e->ncolumns;
}

void
emit_cell_text(struct emit *e, enum emit_tone tone, const char *text)
{
	emit_cell(e, &(struct emit_cell){ .tone = tone, .text = text });
}

void
emit_cell_count(struct emit *e, int64_t n)
{
	emit_cell_text(e, n > 0 ? EMIT_PLAIN : EMIT_FAINT, figure_count(n).s);
}

void
emit_cell_bytes(struct emit *e, int64_t n)
{
	emit_cell_text(e, EMIT_PLAIN, figure_bytes(n).s);
}

void
emit_table_end(struct emit *e)
{
	if (is_shown(e, 0))
		e->to->table_end(e);
}
