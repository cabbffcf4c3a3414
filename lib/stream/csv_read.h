#ifndef LIB_STREAM_CSV_READ_H
#define LIB_STREAM_CSV_READ_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct fault;
struct input;

/*
 * Reads CSV (RFC 4180) row by row, through libcsv with its strict flags: a file
 * that ends inside a quoted cell is an error, and so is a misplaced quote. Rows
 * end in CRLF, LF or CR; empty lines are skipped, and so is a UTF-8 byte order
 * mark; one of UTF-16 is an error. Cells may contain any byte, and spaces
 * belong to them. Memory is the longest row, at most CSV_ROW_MAX.
 */
#define CSV_ROW_MAX ((size_t)16 << 20)
#define CSV_CELLS_MAX 10000

struct csv_read;

struct csv_row {
	const struct slice *cells;
	size_t n;
	int64_t number; /* from 1, as a spreadsheet counts them */
	int64_t line;   /* it begins on, from 1 */
};

/* Takes over ${in}. */
struct csv_read *csv_read_of(struct input *in);
/* The next row: 1, 0 at the end, -1 (the fault names file, line and row).
 * Borrowed until the next call. */
int csv_read_next(struct csv_read *c, struct csv_row *row, struct fault *f);
/* Prefix ${f} with file, line and number of the last row; -1. */
int csv_read_at(const struct csv_read *c, struct fault *f);
/* Start over, like input_restart. */
int csv_read_restart(struct csv_read *c, struct fault *f);
const char *csv_read_name(const struct csv_read *c); /* for messages */
void csv_read_forget(struct csv_read *c);
void csv_read_close(struct csv_read *c);

#endif
