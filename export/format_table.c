#include <libsmartcols.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/format.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"

/*
 * libsmartcols keeps every row until it prints (some 460 bytes each), so it
 * gets rows in batches. The widths are computed here, from this batch and those
 * before, and cells are cut and padded: the library cuts without an ellipsis,
 * numbers too, and each version differently.
 */
#define BATCH 500
#define BYTES_A_CELL 16 /* at most so many bytes of a text are looked at */
#define GAP 1

/* The widths of a column, in cells. */
struct fit {
	int natural; /* of the widest text so far … */
	int least;   /* … and what is left of it when cut */
	int width;   /* in this batch */
};

struct table_out {
	struct table_options o;
	struct buf held;       /* the rows of a batch, of table_out_keep */
	size_t rows;           /* in it */
	bool begun;            /* the headings are printed */
	struct fit *fit;       /* of each column */
	struct buf text, cell; /* scratch */
	struct buf row;        /* of table_out_row */
	struct fault failed;   /* for every later call */
};

static const struct column *
column(const struct table_out *t, size_t i)
{
	return &t->o.columns->list[i];
}

/* Whether it may be cut. Others are words and numbers, and keys that somebody
 * wants to see in full. */
static bool
is_wide(const struct table_out *t, size_t i)
{
	const struct column *c = column(t, i);

	if (t->o.view->reveal && column_is_key(c))
		return false;
	return c->def == NULL || c->def->width < 1;
}

static bool
is_right(const struct column *c)
{
	return c->def != NULL && c->def->right;
}

/* Widen column ${i} for ${text}. */
static void
measure(struct table_out *t, size_t i, const char *text)
{
	size_t n = strlen(text);
	struct fit *fit = &t->fit[i];
	int natural = text_width(text, n);
	int least =
	    is_wide(t, i) ? text_cut_least(text, n, t->o.ascii) : natural;

	if (natural > fit->natural)
		fit->natural = natural;
	if (least > fit->least)
		fit->least = least;
}

/* The heading of column ${i}, in t->cell. */
static const char *
heading(struct table_out *t, size_t i)
{
	const char *name = column(t, i)->name;

	buf_reset(&t->cell);
	text_escape(&t->cell, name, strlen(name), t->o.ascii);
	return buf_text(&t->cell);
}

struct table_out *
table_out_open(const struct table_options *o)
{
	struct table_out *t = xcalloc(1, sizeof(*t));
	size_t n = o->columns->n;

	t->o = *o;
	t->fit = xcalloc(n, sizeof(*t->fit));
	for (size_t i = 0; i < n; i++) {
		const struct column_def *def = column(t, i)->def;

		if (def != NULL && def->width >= 1)
			t->fit[i].natural = (int)def->width;
		if (o->headings)
			measure(t, i, heading(t, i));
	}
	return t;
}

/* Add the cell of column ${i}, with a NUL. */
static void
add_cell(struct table_out *t, size_t i, const struct record *r, struct buf *row)
{
	int most = t->o.width > 0 && is_wide(t, i) ? t->o.width : INT_MAX;
	size_t looked_at =
	    most < INT_MAX ? (size_t)most * BYTES_A_CELL : SIZE_MAX;

	buf_reset(&t->text);
	buf_reset(&t->cell);
	column_text(&t->text, column(t, i), t->o.view, r);
	if (t->text.n > looked_at) {
		t->text.n = looked_at;
		buf_adds(&t->text, text_ellipsis(t->o.ascii));
	}
	text_escape(&t->cell, buf_text(&t->text), t->text.n, t->o.ascii);
	(void)text_cut(row, buf_text(&t->cell), t->cell.n, most, t->o.ascii);
	buf_add(row, "", 1);
}

/* The column to make narrower: the widest in relation to its share of the line;
 * the number of columns when none can be. */
static size_t
richest(const struct table_out *t)
{
	size_t n = t->o.columns->n, best = n;
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		const struct column *c = column(t, i);
		double part = c->def != NULL ? c->def->width : 0.1;

		if (!is_wide(t, i) || t->fit[i].width <= t->fit[i].least ||
		    t->fit[i].width / part <= most)
			continue;
		most = t->fit[i].width / part;
		best = i;
	}
	return best;
}

/* Set the widths for this batch. Where what cannot be cut does not fit, the
 * line is longer than the terminal, which wraps it. */
static void
lay_out(struct table_out *t)
{
	size_t n = t->o.columns->n;
	const char *cell = t->held.p;
	int64_t over = -t->o.width - GAP;

	for (size_t row = 0; row < t->rows; row++) {
		cell++; /* the state */
		for (size_t i = 0; i < n; i++) {
			measure(t, i, cell);
			cell += strlen(cell) + 1;
		}
	}
	for (size_t i = 0; i < n; i++) {
		t->fit[i].width = t->fit[i].natural;
		over += t->fit[i].width + GAP;
	}
	for (; t->o.width > 0 && over > 0; over--) {
		size_t i = richest(t);

		if (i == n)
			break;
		t->fit[i].width--;
	}
}

/* ${text} cut to the width of column ${i}, and padded with ${fill}; in t->text.
 */
static const char *
cut(struct table_out *t, size_t i, const char *text, bool fill)
{
	bool right = is_right(column(t, i));
	int blanks;
	char *to;

	buf_reset(&t->text);
	blanks = t->fit[i].width -
	    text_cut(&t->text, text, strlen(text), t->fit[i].width, t->o.ascii);
	/* the last column needs no padding on the right */
	if (!fill || blanks <= 0 || (i + 1 == t->o.columns->n && !right))
		return buf_text(&t->text);
	to = buf_reserve(&t->text, (size_t)blanks);
	if (right) {
		memmove(to + blanks - t->text.n, t->text.p, t->text.n);
		to = t->text.p;
	}
	memset(to, ' ', (size_t)blanks);
	t->text.n += (size_t)blanks;
	buf_add(&t->text, "", 0); /* its NUL */
	return buf_text(&t->text);
}

static const char *const colors[STATES] = { [STATE_PENDING] = "yellow",
	[STATE_STUCK] = "red",
	[STATE_IMMORTAL] = "magenta" };

/* Add a row: a byte for the state, and the cells. The ${first} is padded, which
 * makes all rows of a batch as wide. Returns the next row; NULL when out of
 * memory. */
static const char *
add_line(struct table_out *t, struct libscols_table *table, const char *row,
    bool first)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	const char *color = colors[(enum state) * row++];

	if (line == NULL)
		return NULL;
	for (size_t i = 0; i < t->o.columns->n; i++) {
		const struct column *c = column(t, i);

		if (scols_line_set_data(line, i, cut(t, i, row, first)) != 0)
			return NULL;
		if (c->def == &column_defs[COLUMN_STATE] && color != NULL)
			(void)scols_cell_set_color(scols_line_get_cell(line, i),
			    color);
		row += strlen(row) + 1;
	}
	return row;
}

/* The library's table of this batch; NULL when out of memory. */
static struct libscols_table *
make(struct table_out *t)
{
	struct libscols_table *table = scols_new_table();
	const char *row = t->held.p;

	if (table == NULL)
		return NULL;
	/* cells are escaped already */
	(void)scols_table_enable_noencoding(table, 1);
	(void)scols_table_enable_noheadings(table, !t->o.headings || t->begun);
	(void)scols_table_enable_colors(table, t->o.color);
	(void)scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	for (size_t i = 0; i < t->o.columns->n; i++)
		if (scols_table_new_column(table,
			cut(t, i, heading(t, i), false), 0,
			is_right(column(t, i)) ? SCOLS_FL_RIGHT : 0) == NULL)
			goto fail;
	for (size_t i = 0; i < t->rows; i++)
		if ((row = add_line(t, table, row, i == 0)) == NULL)
			goto fail;
	return table;
fail:
	scols_unref_table(table);
	return NULL;
}

static int
flush(struct table_out *t)
{
	struct libscols_table *table;
	char *text = NULL;
	int rc;

	if (t->rows == 0)
		return 0;
	lay_out(t);
	table = make(t);
	if (table == NULL || scols_print_table_to_string(table, &text) != 0)
		rc = fault(&t->failed, FAULT_IO, "the table: out of memory");
	else if ((rc = t->o.write(t->o.ctx, text, strlen(text), &t->failed)) ==
	    0)
		rc = t->o.write(t->o.ctx, "\n", 1, &t->failed);
	scols_unref_table(table);
	free(text);
	buf_reset(&t->held);
	t->rows = 0;
	t->begun = true;
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
	buf_add(&t->held, row.p, row.n);
	if (++t->rows == BATCH)
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
	buf_release(&t->held);
	buf_release(&t->text);
	buf_release(&t->cell);
	buf_release(&t->row);
	free(t->fit);
	free(t);
	return rc;
}
