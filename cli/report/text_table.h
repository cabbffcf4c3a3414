#ifndef CLI_REPORT_TEXT_TABLE_H
#define CLI_REPORT_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * Small tables of a report, fitted to a width: if there is not enough room, the
 * least important columns are left out first, and the flexible one is cut
 * (text_cut: never a number). If even that is too wide, so are the lines.
 */
#define TEXT_TABLE_COLUMNS 8

struct text_table_column {
	const char *head; /* "" for none */
	bool right;
	bool
	    flexible; /* may be cut, with an ellipsis; at most one of them, … */
	bool wraps;   /* … or this, the last, which is broken at words */
	int rank;     /* 0: never left out; else the highest goes first */
};

struct text_table;

/* A table of ${n} columns, borrowed. ${ascii}: no ellipsis. */
struct text_table *text_table_new(const struct text_table_column *columns,
    size_t n, bool ascii);
/* Put ${text}, already escaped, into the next cell; after the last one of a row
 * the next row begins. ${sgr} is the code of its color ("32"), NULL for
 * none. */
void text_table_cell(struct text_table *g, const char *text, const char *sgr);
/* Add the table to ${out}, each line indented by ${indent}, ${width} cells at
 * most. ${dim}: the color of the headings, NULL for none. Frees ${g}. */
void text_table_print(struct text_table *g, struct buf *out, int indent,
    int width, const char *dim);

#endif
