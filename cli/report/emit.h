#ifndef CLI_REPORT_EMIT_H
#define CLI_REPORT_EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/report/text_report.h"
#include "cli/report/text_table.h"
#include "inspector/record.h"
#include "lib/base/slice.h"

struct emit;
struct summary_key;

/*
 * What a report is written with: a report is described once, by headings,
 * paragraphs, commands and tables, and a back end makes text for a terminal or
 * a page for a browser of them. All text is borrowed until the call returns,
 * and is harmless already (text_report_text) where nothing else is said.
 */

/* How a paragraph, or a cell, is meant: a colour. */
enum emit_tone {
	EMIT_PLAIN,
	EMIT_FAINT, /* a figure of 0: the page's only */
	EMIT_WARN,
	EMIT_AGE,   /* a bar that is of no state … */
	EMIT_LATE,  /* … and that should not be there */
	EMIT_STATE, /* … + a state: its colour */
	EMIT_TONES = EMIT_STATE + STATES
};

enum emit_place {
	EMIT_ABOUT,   /* below the title */
	EMIT_VERDICT, /* the whole report in short */
	EMIT_BODY,    /* of a section */
	EMIT_DETAIL,  /* of an item */
	EMIT_FOOT,
	EMIT_TEXT_ONLY, /* of a section, where the page has a picture */
	EMIT_PAGE_ONLY  /* where text has no room */
};

struct emit_column {
	struct text_table_column text;
	const char *page; /* the page's heading, NULL: that of the text */
	bool names;       /* names the row */
	bool out;         /* is not there … */
	bool page_only;   /* … in text */
};

/* One of these is in a cell. */
struct emit_cell {
	enum emit_tone tone;
	const char *text;
	const struct summary_key *key; /* as it may be shown */
	struct slice name;             /* other people's, as it may be shown */
	/* A bar: parts by state, of ${most}; in text they are one part, ${tone}
	 * its colour, and ${most} is ${wide} characters. Without parts it is
	 * ${value} of that. */
	const int64_t *parts;
	int64_t value;
	int64_t most;
	int wide;
};

struct emit_back_end {
	/* A page is seen from its top, text on a terminal from its end. */
	bool page;
	void (*title)(struct emit *e, const char *name);
	/* What follows, up to the next section, is ${title}; ${id} is its name
	 * in the page. ${bare}: text needs no heading. */
	void (*section)(struct emit *e, const char *id, const char *title,
	    bool bare);
	void (*words)(struct emit *e, enum emit_place place,
	    enum emit_tone tone, const char *text);
	/* To be copied: never wrapped. Not yet harmless. */
	void (*command)(struct emit *e, const char *text);
	/* The heading of one of a list; what follows is about it. */
	void (*item)(struct emit *e, enum state state, const char *text);
	void (*example)(struct emit *e, const struct summary_key *key);
	/* All of a table as one bar: the page's only. */
	void (*bar)(struct emit *e, const int64_t parts[STATES], int64_t most);
	/* For emit_table, emit_cell and emit_table_end, which leave out the
	 * columns that are not there. */
	void (*table)(struct emit *e);
	void (*cell)(struct emit *e, const struct emit_column *column,
	    const struct emit_cell *cell);
	void (*table_end)(struct emit *e);
	/* Only EMIT_FOOT follows. */
	void (*foot)(struct emit *e);
	void (*end)(struct emit *e);
};

/* A report being written. */
struct emit {
	const struct emit_back_end *to;
	struct text_report p; /* where to, and how text looks */
	/* the table that is open */
	struct emit_column columns[TEXT_TABLE_COLUMNS];
	size_t ncolumns, column;
	bool cards;
	struct text_table *table;
	struct text_table_column shown[TEXT_TABLE_COLUMNS];
	/* the page's: the section that is open, and what closes it */
	const char *id, *close;
	bool in_item, in_row;
};

extern const struct emit_back_end emit_text, emit_html;

/* Begin a table; a page shows ${cards} instead, one a row. A form that does not
 * have the first column has no table. */
void emit_table(struct emit *e, const struct emit_column *columns, size_t n,
    bool cards);
/* The next cell: rows follow each other. Nothing where the column is not
 * there. */
void emit_cell(struct emit *e, const struct emit_cell *cell);
void emit_cell_text(struct emit *e, enum emit_tone tone, const char *text);
void emit_cell_count(struct emit *e, int64_t n);
void emit_cell_bytes(struct emit *e, int64_t n);
void emit_table_end(struct emit *e);

#endif
