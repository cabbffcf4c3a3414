#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report/text_report.h"
#include "cli/report/text_table.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"

#define GAP 2
#define ENOUGH 24 /* cells of the flexible column before others go */
#define WORDS 14  /* cells of one that wraps */

struct cell {
	char *text;
	int width;
	const char *sgr;
};

struct text_table {
	const struct text_table_column *columns;
	size_t n;
	bool ascii;
	struct cell *cells; /* the first row has the headings */
	size_t ncells;
	int width[TEXT_TABLE_COLUMNS];
	int min[TEXT_TABLE_COLUMNS];  /* what it may be cut to */
	bool out[TEXT_TABLE_COLUMNS]; /* left out */
};

struct text_table *
text_table_new(const struct text_table_column *columns, size_t n, bool ascii)
{
	struct text_table *g = xcalloc(1, sizeof(*g));

	assert(n > 0 && n <= TEXT_TABLE_COLUMNS);
	g->columns = columns;
	g->n = n;
	g->ascii = ascii;
	for (size_t i = 0; i < n; i++)
		text_table_cell(g, columns[i].head, NULL);
	return g;
}

void
text_table_cell(struct text_table *g, const char *text, const char *sgr)
{
	struct cell *c;

	if ((g->ncells & (g->ncells - 1)) == 0)
		g->cells = xreallocarray(g->cells,
		    g->ncells > 0 ? g->ncells * 2 : 1, sizeof(*g->cells));
	c = &g->cells[g->ncells++];
	*c = (struct cell){
		.text = xstrdup(text),
		.width = text_width(text, strlen(text)),
		.sgr = sgr,
	};
}

/* The natural width of each column, and what it may be cut to. */
static void
measure(struct text_table *g)
{
	for (size_t i = 0; i < g->ncells; i++) {
		const struct cell *c = &g->cells[i];
		int least = text_cut_least(c->text, strlen(c->text), g->ascii);

		if (c->width > g->width[i % g->n])
			g->width[i % g->n] = c->width;
		if (least > g->min[i % g->n])
			g->min[i % g->n] = least;
	}
	if (g->columns[g->n - 1].wraps)
		g->min[g->n - 1] = WORDS;
}

static int
total(const struct text_table *g)
{
	int sum = -GAP;

	for (size_t i = 0; i < g->n; i++)
		if (!g->out[i])
			sum += g->width[i] + GAP;
	return sum;
}

/* Cut the flexible column, then leave columns out, until it fits. */
static void
fit(struct text_table *g, int room)
{
	for (;;) {
		size_t flexible = g->n, least = g->n;
		int over = total(g) - room;

		if (over <= 0)
			return;
		for (size_t i = 0; i < g->n; i++) {
			if (g->out[i])
				continue;
			if (g->columns[i].flexible || g->columns[i].wraps)
				flexible = i;
			if (g->columns[i].rank > 0 &&
			    (least == g->n ||
				g->columns[i].rank > g->columns[least].rank))
				least = i;
		}
		if (flexible < g->n &&
		    g->width[flexible] - over >= g->min[flexible] &&
		    (g->width[flexible] - over >= ENOUGH || least == g->n ||
			g->columns[flexible].wraps)) {
			g->width[flexible] -= over;
			return;
		}
		if (least == g->n) {
			if (flexible < g->n)
				g->width[flexible] = g->min[flexible];
			return;
		}
		g->out[least] = true;
	}
}

static void
put(struct text_table *g, struct buf *out, size_t column, const struct cell *c,
    bool last)
{
	int width = g->width[column], has = c->width;

	if (has < width && g->columns[column].right) {
		buf_addf(out, "%*s", width - has, "");
		last = true;
	}
	if (c->sgr != NULL && c->text[0] != '\0')
		buf_addf(out, "\033[%sm", c->sgr);
	has = text_cut(out, c->text, strlen(c->text), width, g->ascii);
	if (c->sgr != NULL && c->text[0] != '\0')
		buf_adds(out, "\033[m");
	if (!last && has < width)
		buf_addf(out, "%*s", width - has, "");
}

/* The last cell, which begins after ${at} others. */
static void
put_words(struct buf *out, const struct cell *c, int at, int width)
{
	struct buf lines = { 0 };
	const struct text_report p = { &lines,
		{ .width = at + width, .color = c->sgr != NULL } };

	text_report_words(&p, at, c->text, c->sgr);
	/* the first line is indented already, and the last one ends later */
	buf_add(out, lines.p + at, lines.n - (size_t)at - 1);
	buf_release(&lines);
}

static void
line(struct text_table *g, struct buf *out, int indent,
    const struct cell *cells)
{
	size_t last = 0;
	bool first = true;
	int at = indent;

	for (size_t i = 0; i < g->n; i++)
		if (!g->out[i] && cells[i].text[0] != '\0')
			last = i;
	buf_addf(out, "%*s", indent, "");
	for (size_t i = 0; i <= last; i++) {
		if (g->out[i])
			continue;
		buf_addf(out, "%*s", first ? 0 : GAP, "");
		at += first ? 0 : GAP;
		first = false;
		if (g->columns[i].wraps && cells[i].width > g->width[i])
			put_words(out, &cells[i], at, g->width[i]);
		else
			put(g, out, i, &cells[i], i == last);
		at += g->width[i];
	}
	buf_addc(out, '\n');
}

/* Name the columns that were left out: a row without them does not add up. */
static void
missing(const struct text_table *g, struct buf *out, int indent, int width,
    const char *dim)
{
	const struct text_report p = { out,
		{ .width = width, .color = dim != NULL } };
	struct buf names = { 0 };

	for (size_t i = 0; i < g->n; i++)
		if (g->out[i] && g->columns[i].head[0] != '\0')
			buf_addf(&names, "%s%s",
			    names.n > 0 ? ", " : "no room for ",
			    g->columns[i].head);
	if (names.n > 0)
		text_report_words(&p, indent, buf_text(&names), dim);
	buf_release(&names);
}

void
text_table_print(struct text_table *g, struct buf *out, int indent, int width,
    const char *dim)
{
	bool headed = false;

	measure(g);
	fit(g, width - indent);
	for (size_t i = 0; i < g->n; i++) {
		g->cells[i].sgr = dim;
		headed |= g->cells[i].text[0] != '\0';
	}
	for (size_t i = headed ? 0 : g->n; i + g->n <= g->ncells; i += g->n)
		line(g, out, indent, g->cells + i);
	missing(g, out, indent, width, dim);
	for (size_t i = 0; i < g->ncells; i++)
		free(g->cells[i].text);
	free(g->cells);
	free(g);
}
