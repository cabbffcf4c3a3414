#ifndef EXPORT_COLUMN_H
#define EXPORT_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/slice.h"

struct buf;
struct fault;
struct key_schema;
struct record;

/* The one table of columns, for headings, widths, help and completion. */
enum column_id {
	COLUMN_KEY,
	COLUMN_KIND,
	COLUMN_STATE,
	COLUMN_REASON,
	COLUMN_TTL,
	COLUMN_EXPIRES,
	COLUMN_OVERDUE,
	COLUMN_SIZE,
	COLUMN_GROUP,
	COLUMN_VALUE,
	COLUMN_ATTRIBUTES,
	COLUMNS
};
struct column_def {
	const char *name;
	const char *help;
	bool right;   /* numbers: aligned to the right */
	double width; /* below 1: share of the line, and cut to fit; else the
			 least number of cells */
};
/* By id; ends with a NULL name. */
extern const struct column_def column_defs[];

/* A chosen column. Owned by the list. */
struct column {
	const struct column_def *def; /* NULL for an attribute's column */
	char *name; /* heading: the def's name, the key attribute's own name,
		       or "@attribute" */
	bool sort;  /* def is key, but the sort key is meant */
};

/* Whether it is that of the partition key or of the sort key. */
bool column_is_key(const struct column *c);

struct columns {
	struct column *list;
	size_t n;
	bool safe; /* CSV: no cell that a spreadsheet would run
		      (lib/stream/csv_safe.h) */
};

/*
 * Read a comma-separated list: names of the table, the key attributes' own
 * names, "@attribute". NULL ${list}: the default columns. The fault names
 * what is unknown and lists the choices.
 */
int columns_parse(struct columns *out, const char *list,
    const struct key_schema *schema, struct fault *f);
/* The default of CSV: the key attributes in the order of the schema, and
 * "attributes" last, so that nothing is lost. */
void columns_csv(struct columns *out, const struct key_schema *schema);
void columns_release(struct columns *c);

/* How entries are shown. */
struct column_view {
	const struct key_schema *schema;
	bool reveal;         /* nothing is masked */
	bool terminal;       /* the output is one */
	bool numbers_string; /* JSON Lines: quote numbers */
};

/* Add the text of ${c} for ${r} to ${out}, unescaped: it may contain any
 * bytes. Nothing for what is absent or unknown. Pure. */
void column_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r);
/* Add attributes of ${r} as a JSON object; of a masked entry only the size,
 * unless all are wanted. Pure. */
enum column_object {
	OBJECT_ALL,       /* all, plain */
	OBJECT_VALUE,     /* without the key and the TTL, plain */
	OBJECT_ATTRIBUTES /* without the key, as DynamoDB JSON */
};
void column_object(struct buf *out, const struct column_view *view,
    const struct record *r, enum column_object which);

#endif
