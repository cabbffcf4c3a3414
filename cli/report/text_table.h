#ifndef CLI_REPORT_TEXT_TABLE_H
#define CLI_REPORT_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * Small tables of a report, fitted to a width: columns that there is no room
 * for are left out, the least important first, and the flexible one is cut
 * (text_cut: never a number). Where even that is too wide, the lines are.
 */
#define TEXT_TABLE_COLUMNS 8

struct text_table_column {
	const char *head; /* "" for none */
	bool right;
	bool flexible; /* may be cut, with an ellipsis; one of them at most */
	int rank;      /* 0: never left out; else the highest goes first */
};

struct text_table;

/* Room for rows of ${n} columns, borrowed. ${ascii}: no ellipsis. */
struct text_table *text_table_new(const struct text_table_column *columns,
    size_t n, bool ascii);
/* Put ${text}, already harmless, into the next cell; a row ends by itself.
 * ${sgr} is the colour's code ("32"), NULL for none. */
void text_table_cell(struct text_table *g, const char *text, const char *sgr);
/* Add the table to ${out}, ${indent} blanks before each line, ${width} cells
 * at most. ${dim}: the colour of the headings, NULL for none. Frees ${g}. */
void text_table_print(struct text_table *g, struct buf *out, int indent,
    int width, const char *dim);

#endif
