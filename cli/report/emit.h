#ifndef CLI_REPORT_EMIT_H
#define CLI_REPORT_EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/report/text_report.h"
#include "cli/report/text_table.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/slice.h"

struct emit;
struct summary_key;

/*
 * A report is described once, by headings, paragraphs, commands and tables; a
 * back end makes text for a terminal or a page for a browser from that. All
 * text is borrowed until the call returns, and already escaped
 * (text_report_text) unless a comment says otherwise.
 */

/* The meaning of a paragraph or a cell, which decides its color. */
enum emit_tone {
	EMIT_PLAIN,
	EMIT_FAINT, /* a figure of 0; shown in the page only */
	EMIT_WARN,
	EMIT_AGE,   /* a bar of no state */
	EMIT_LATE,  /* a bar of entries that should be gone */
	EMIT_STATE, /* EMIT_STATE + a state: its color */
	EMIT_TONES = EMIT_STATE + STATES
};

enum emit_place {
	EMIT_ABOUT,   /* below the title */
	EMIT_VERDICT, /* the summary of the whole report */
	EMIT_BODY,    /* of a section */
	EMIT_DETAIL,  /* of an item */
	EMIT_FOOT,
	EMIT_TEXT_ONLY, /* of a section: text for which the page has a bar */
	EMIT_PAGE_ONLY  /* what text has no room for */
};

struct emit_column {
	struct text_table_column text;
	const char *page; /* its heading in the page; NULL: as in text */
	bool names;       /* its cells name the row */
	bool out;         /* left out of both */
	bool page_only;   /* left out of text */
};

/* A cell has one of text, key, name, or a bar. */
struct emit_cell {
	enum emit_tone tone;
	const char *text;
	const struct summary_key *key; /* as it may be shown */
	struct slice name; /* other people's text, as it may be shown */
	/* A bar: parts by state, of ${most}; or, without parts, ${value} of
	 * ${most}. In text it is one bar in the color of ${tone}, and ${most}
	 * is ${wide} characters. */
	const int64_t *parts;
	int64_t value;
	int64_t most;
	int wide;
};

struct emit_back_end {
	/* People see the top of a page first, but the end of a text. */
	bool page;
	void (*title)(struct emit *e, const char *name);
	/* What follows, up to the next section, is ${title}; ${id} names it in
	 * the page. ${bare}: no heading in text. */
	void (*section)(struct emit *e, const char *id, const char *title,
	    bool bare);
	void (*words)(struct emit *e, enum emit_place place,
	    enum emit_tone tone, const char *text);
	/* To be copied: never wrapped. Not yet escaped. */
	void (*command)(struct emit *e, const char *text);
	/* The heading of one of a list; what follows is about it. */
	void (*item)(struct emit *e, enum state state, const char *text);
	void (*example)(struct emit *e, const struct summary_key *key);
	/* All of a table as one bar; page only, NULL in text. */
	void (*bar)(struct emit *e, const int64_t parts[STATES], int64_t most);
	/* For emit_table, emit_cell and emit_table_end, which skip the columns
	 * that are left out. */
	void (*table)(struct emit *e);
	void (*cell)(struct emit *e, const struct emit_column *column,
	    const struct emit_cell *cell);
	void (*table_end)(struct emit *e);
	/* Only EMIT_FOOT follows. */
	void (*foot)(struct emit *e);
	/* Page only, NULL in text. ${masking}: " Keys of sessions are masked."
	 */
	void (*end)(struct emit *e, const char *masking);
};

/* A report being written. */
struct emit {
	const struct emit_back_end *to;
	struct text_report p; /* where to, and how text looks */
	struct buf line;      /* the next paragraph */
	/* the open table */
	struct emit_column columns[TEXT_TABLE_COLUMNS];
	size_t ncolumns, column;
	bool cards;
	struct text_table *table;
	struct text_table_column shown[TEXT_TABLE_COLUMNS];
	/* page: the open section, and what closes it */
	const char *id, *close;
	bool in_item, in_row;
};

extern const struct emit_back_end emit_text, emit_html;

/* Add the line as a paragraph, unless it is empty, and reset it. */
void emit_line(struct emit *e, enum emit_place place, enum emit_tone tone);
/* Begin a table; ${cards}: a page shows a card for each row instead. There is
 * no table if the first column is left out. */
void emit_table(struct emit *e, const struct emit_column *columns, size_t n,
    bool cards);
/* The next cell; rows follow one another. Nothing if its column is left
 * out. */
void emit_cell(struct emit *e, const struct emit_cell *cell);
void emit_cell_text(struct emit *e, enum emit_tone tone, const char *text);
void emit_cell_count(struct emit *e, int64_t n);
void emit_cell_bytes(struct emit *e, int64_t n);
void emit_table_end(struct emit *e);

#endif
