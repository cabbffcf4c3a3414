#ifndef EXPORT_FORMAT_H
#define EXPORT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "export/column.h"
#include "lib/base/slice.h"

struct buf;
struct fault;
struct record;

/*
 * The one table of formats. A row function only adds bytes to a buffer (the
 * worker's own), so that workers format side by side and write whole rows.
 */
struct format {
	const char *name;   /* "csv" */
	const char *ending; /* ".csv", NULL when none */
	bool columned;      /* else rows are whole entries, and columns
			       may be NULL */
	/* ${columns} and ${view} as below; head may be NULL. */
	void (*head)(struct buf *out, const struct columns *columns);
	void (*row)(struct buf *out, const struct columns *columns,
	    const struct column_view *view, const struct record *r);
};

enum { FORMAT_CSV, FORMAT_TSV, FORMAT_JSONL, FORMAT_DYNAMODB_JSON, FORMATS };
/* By those; ends with a NULL name. */
extern const struct format formats[];
/* By a file's name, ".gz" set aside: .csv, .tsv, .jsonl, and .json for
 * dynamodb-json. NULL when it tells nothing. */
const struct format *format_of_path(const char *path);

/*
 * The terminal table (libsmartcols), in batches, so that memory stays
 * constant: columns of a later batch may be wider, and others make room.
 * Where the width does not suffice, texts are cut, with an ellipsis, never
 * numbers; a line of too many numbers is longer. One thread at a time.
 */
struct table_out;
struct table_options {
	const struct columns *columns; /* borrowed */
	const struct column_view *view;
	int width; /* cells of the terminal, 0: unlimited */
	bool headings;
	bool ascii; /* the terminal takes no UTF-8 */
	bool color;
	int (*write)(void *ctx, const char *p, size_t n, struct fault *f);
	void *ctx;
};
struct table_out *table_out_open(const struct table_options *o);
int table_out_row(struct table_out *t, const struct record *r, struct fault *f);
/* The same in two steps, for what is chosen among many before it is printed:
 * what is shown of an entry, added to ${row}, and its printing. */
void table_out_keep(struct table_out *t, const struct record *r,
    struct buf *row);
int table_out_put(struct table_out *t, struct slice row, struct fault *f);
/* Print what is held and free; also after a failure. */
int table_out_close(struct table_out *t, struct fault *f);

#endif
