#ifndef EXPORT_COLUMN_H
#define EXPORT_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/slice.h"

struct buf;
struct fault;
struct key_schema;
struct record;

struct column;
struct column_view;

/*
 * The one table of columns: headings, widths, help, completion and texts all
 * come from it.
 */
struct column_def {
	const char *name;
	const char *help;
	bool right;   /* numbers: aligned to the right */
	double width; /* below 1: the part of the line it may have, and it
			 is cut; else the cells it has at least */
	void (*text)(struct buf *out, const struct column *c,
	    const struct column_view *view, const struct record *r);
};

/* key, kind, state, reason, ttl, expires, overdue, size, group, value,
 * attributes; ends with a NULL name. */
extern const struct column_def column_defs[];

/* A chosen column. Owned by the list. */
struct column {
	const struct column_def *def; /* NULL for an attribute's column */
	char *name; /* heading: the def's name, the key attribute's own name,
		       or "@attribute" */
	bool sort;  /* def is key, but the sort key is meant */
};

struct columns {
	struct column *list;
	size_t n;
	bool safe; /* CSV cells are nothing that a spreadsheet would run
		      (lib/stream/csv_safe.h) */
};

/*
 * Read a comma list: names of the table, the key attributes' own names,
 * "@attribute". NULL ${list}: the default columns. ${schema} may have sort
 * NULL. The fault names what is unknown and lists what there is.
 */
int columns_parse(struct columns *out, const char *list,
    const struct key_schema *schema, struct fault *f);
/* What CSV has without a choice: the key attributes first, in the order of
 * the schema, and with "attributes" last nothing is lost. */
void columns_csv(struct columns *out, const struct key_schema *schema);
void columns_release(struct columns *c);

/* How entries are shown. */
struct column_view {
	const struct key_schema *schema;
	bool reveal;         /* nothing is masked */
	bool terminal;       /* it goes to one */
	bool numbers_string; /* reserved for JSON Lines: quote numbers */
};

/* Add the text of ${c} for ${r} to ${out}, unescaped (it may hold any
 * bytes); nothing for what is absent or unknown. Pure. */
void column_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r);
/* Whether the value ${value} of the attribute ${name} of ${r} is not to be
 * shown (inspector/mask.h). Pure. */
bool column_hides(const struct column_view *view, const struct record *r,
    struct slice name, struct slice value);
/* What is shown in its place: the masked key, or "… 312 B". Pure. */
void column_mask(struct buf *out, const struct record *r, struct slice value);

#endif
