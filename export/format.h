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
 * The one table of formats. A row is added to a buffer of the worker's own, so
 * that workers format at the same time and write whole rows.
 */
struct format {
	const char *name;   /* "csv" */
	const char *ending; /* ".csv" */
	bool columned;      /* else rows are whole entries, and columns
			       may be NULL */
	/* Add the row of ${r}; where columned, NULL ${r}: the header row. */
	void (*row)(struct buf *out, const struct columns *columns,
	    const struct column_view *view, const struct record *r);
};

enum { FORMAT_CSV, FORMAT_TSV, FORMAT_JSONL, FORMAT_DYNAMODB_JSON, FORMATS };
/* By that enum; ends with a NULL name. */
extern const struct format formats[];
/* The format that a file's name implies, also with ".gz": .csv, .tsv, .jsonl,
 * and .json for dynamodb-json. NULL for any other. */
const struct format *format_of_path(const char *path);

/*
 * The terminal table (libsmartcols), in batches, so that memory stays
 * constant: columns of a later batch may be wider. Where the width does not
 * suffice, texts are cut with an ellipsis, numbers never: a line of too many
 * numbers is longer than the terminal. For one thread at a time.
 */
struct table_out;
struct table_options {
	const struct columns *columns; /* borrowed */
	const struct column_view *view;
	int width; /* cells of the terminal, 0: unlimited */
	bool headings;
	bool ascii; /* the terminal has no UTF-8 */
	bool color;
	int (*write)(void *ctx, const char *p, size_t n, struct fault *f);
	void *ctx;
};
struct table_out *table_out_open(const struct table_options *o);
int table_out_row(struct table_out *t, const struct record *r, struct fault *f);
/* The same in two steps, for rows that are chosen among many: add what is shown
 * of ${r} to ${row}; print such a row. */
void table_out_keep(struct table_out *t, const struct record *r,
    struct buf *row);
int table_out_put(struct table_out *t, struct slice row, struct fault *f);
/* Print the rows of the last batch and free, also after a failure. */
int table_out_close(struct table_out *t, struct fault *f);

#endif
