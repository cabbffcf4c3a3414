#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/text.h"
#include "export/format.h"
#include "inspector/record.h"

/*
 * libsmartcols keeps every row until it prints (some 460 bytes each), so rows
 * go through it in batches. It lays out each batch by what is in it; that
 * all look like one table, columns are kept from getting narrower.
 */
#define BATCH 500
#define BYTES_A_CELL 16 /* of a text, looked at for each cell there is */
#define ELLIPSIS "\xe2\x80\xa6"

struct table_out {
	struct table_options o;
	struct libscols_table *table;
	size_t rows;           /* held */
	size_t *widths;        /* of the columns in the batch before */
	struct buf text, cell; /* scratch … */
	struct buf row;        /* … of table_out_row */
	struct fault failed;   /* for every later call */
};

/* What is cut when the line is too long; the others are words and numbers. */
static bool
is_wide(const struct column *c)
{
	return c->def == NULL || c->def->width < 1;
}

static void
add_column(struct table_out *t, size_t i)
{
	const struct column *c = &t->o.columns->list[i];
	double width = c->def != NULL ? c->def->width : 0.1;
	int flags = is_wide(c) ? SCOLS_FL_TRUNC : 0;

	if (c->def != NULL && c->def->right)
		flags |= SCOLS_FL_RIGHT;
	if (!is_wide(c)) {
		t->widths[i] = (size_t)width;
		width = 0;
	}
	buf_reset(&t->cell);
	text_escape(&t->cell, c->name, strlen(c->name), t->o.ascii);
	if (scols_table_new_column(t->table, buf_text(&t->cell), width,
		flags) == NULL)
		(void)fault(&t->failed, FAULT_IO, "the table: out of memory");
}

struct table_out *
table_out_open(const struct table_options *o)
{
	struct table_out *t = xcalloc(1, sizeof(*t));

	t->o = *o;
	t->widths = xcalloc(o->columns->n, sizeof(*t->widths));
	t->table = scols_new_table();
	if (t->table == NULL) {
		(void)fault(&t->failed, FAULT_IO, "the table: out of memory");
		return t;
	}
	/* what it must not see is escaped here, and just once */
	(void)scols_table_enable_noencoding(t->table, 1);
	(void)scols_table_enable_noheadings(t->table, !o->headings);
	(void)scols_table_enable_colors(t->table, o->color);
	(void)scols_table_set_termforce(t->table,
	    o->width > 0 ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
	if (o->width > 0)
		(void)scols_table_set_termwidth(t->table, (size_t)o->width);
	for (size_t i = 0; i < o->columns->n; i++)
		add_column(t, i);
	return t;
}

/* Three dots for every ellipsis (masks have one): the terminal has none. */
static void
spell_ellipses(struct buf *text)
{
	size_t n = strlen(ELLIPSIS);

	for (size_t i = 0; i + n <= text->n; i++)
		if (memcmp(text->p + i, ELLIPSIS, n) == 0)
			memcpy(text->p + i, "...", n);
}

/* Leave the first ${cells} cells of the text. */
static void
cut(struct buf *text, size_t cells)
{
	const char *p = buf_text(text), *end = p + text->n;
	size_t have = 0;

	while (p < end) {
		int n = text_utf8(p, end), width;

		if (n == 0)
			n = 1;
		width = text_width(p, (size_t)n);
		if (have + (size_t)width > cells)
			break;
		have += (size_t)width;
		p += n;
	}
	text->n = (size_t)(p - buf_text(text));
	buf_add(text, "", 0); /* its NUL */
}

static void
pad(struct buf *cell, size_t n, bool right)
{
	char *to = buf_reserve(cell, n);

	if (right) {
		memmove(cell->p + n, cell->p, cell->n);
		to = cell->p;
	}
	memset(to, ' ', n);
	cell->n += n;
	cell->p[cell->n] = '\0';
}

/* Add the cell of column ${i} and a NUL. */
static void
add_cell(struct table_out *t, size_t i, const struct record *r, struct buf *row)
{
	size_t most = (size_t)t->o.width;

	buf_reset(&t->text);
	buf_reset(&t->cell);
	column_text(&t->text, &t->o.columns->list[i], t->o.view, r);
	if (t->o.ascii)
		spell_ellipses(&t->text);
	if (most > 0 && t->text.n > most * BYTES_A_CELL)
		t->text.n = most * BYTES_A_CELL;
	text_escape(&t->cell, buf_text(&t->text), t->text.n, t->o.ascii);
	cut(&t->cell, most > 0 ? most : SIZE_MAX);
	buf_add(row, buf_text(&t->cell), t->cell.n + 1);
}

/* One row as wide as it must be makes all so; nothing is to be in line with
 * the end of the last column. */
static const char *
fill_cell(struct table_out *t, size_t i, const char *text)
{
	const struct column *c = &t->o.columns->list[i];
	size_t n = strlen(text), have;

	if (t->rows > 0 || i + 1 == t->o.columns->n)
		return text;
	have = (size_t)text_width(text, n);
	if (have >= t->widths[i])
		return text;
	buf_reset(&t->cell);
	buf_add(&t->cell, text, n);
	pad(&t->cell, t->widths[i] - have, c->def != NULL && c->def->right);
	return buf_text(&t->cell);
}

static const char *
color_of(enum state state)
{
	switch (state) {
	case STATE_PENDING:
		return "yellow";
	case STATE_STUCK:
		return "red";
	case STATE_IMMORTAL:
		return "magenta";
	default:
		return NULL;
	}
}

/* A kept row: a byte for the state, and the cells. */
static int
add_line(struct table_out *t, const char *row)
{
	struct libscols_line *line = scols_table_new_line(t->table, NULL);
	const char *color = color_of((enum state) * row++);

	if (line == NULL)
		return -1;
	for (size_t i = 0; i < t->o.columns->n; i++) {
		const struct column *c = &t->o.columns->list[i];

		if (scols_line_set_data(line, i, fill_cell(t, i, row)) != 0)
			return -1;
		if (c->def != NULL && strcmp(c->def->name, "state") == 0 &&
		    color != NULL)
			(void)scols_cell_set_color(scols_line_get_cell(line, i),
			    color);
		row += strlen(row) + 1;
	}
	t->rows++;
	return 0;
}

/* The next batch is to be no narrower. */
static void
keep_widths(struct table_out *t)
{
	for (size_t i = 0; i < t->o.columns->n; i++)
		t->widths[i] =
		    scols_column_get_width(scols_table_get_column(t->table, i));
}

/* Print the rows held into memory: an error of the writer is ours. */
static int
print(struct table_out *t, char **text, size_t *n)
{
	FILE *to = open_memstream(text, n);
	int rc;

	if (to == NULL)
		return -1;
	(void)scols_table_set_stream(t->table, to);
	rc =
	    scols_table_print_range(t->table, scols_table_get_line(t->table, 0),
		scols_table_get_line(t->table, t->rows - 1));
	/* a range ends without one */
	if (fputc('\n', to) == EOF)
		rc = -1;
	if (fclose(to) != 0)
		rc = -1;
	(void)scols_table_set_stream(t->table, NULL);
	return rc != 0 ? -1 : 0;
}

static int
flush(struct table_out *t)
{
	char *text = NULL;
	size_t n = 0;
	int rc;

	if (t->rows == 0)
		return 0;
	rc = print(t, &text, &n);
	if (rc != 0)
		(void)fault(&t->failed, FAULT_IO, "the table: out of memory");
	else
		rc = t->o.write(t->o.ctx, text, n, &t->failed);
	free(text);
	keep_widths(t);
	scols_table_remove_lines(t->table);
	t->rows = 0;
	return rc;
}

static int
result(const struct table_out *t, struct fault *f)
{
	if (t->failed.kind == FAULT_NONE)
		return 0;
	if (f != NULL)
		*f = t->failed;
	return -1;
}

void
table_out_keep(struct table_out *t, const struct record *r, struct buf *row)
{
	buf_addc(row, (char)r->state);
	for (size_t i = 0; i < t->o.columns->n; i++)
		add_cell(t, i, r, row);
}

int
table_out_put(struct table_out *t, struct slice row, struct fault *f)
{
	if (t->failed.kind != FAULT_NONE)
		return result(t, f);
	if (add_line(t, row.p) != 0)
		(void)fault(&t->failed, FAULT_IO, "the table: out of memory");
	else if (t->rows == BATCH)
		(void)flush(t);
	return result(t, f);
}

int
table_out_row(struct table_out *t, const struct record *r, struct fault *f)
{
	buf_reset(&t->row);
	table_out_keep(t, r, &t->row);
	return table_out_put(t, (struct slice){ t->row.p, t->row.n }, f);
}

int
table_out_close(struct table_out *t, struct fault *f)
{
	int rc;

	if (t == NULL)
		return 0;
	if (t->failed.kind == FAULT_NONE)
		(void)flush(t);
	rc = result(t, f);
	scols_unref_table(t->table);
	buf_release(&t->text);
	buf_release(&t->cell);
	buf_release(&t->row);
	free(t->widths);
	free(t);
	return rc;
}
