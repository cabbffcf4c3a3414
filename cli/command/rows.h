#ifndef CLI_COMMAND_ROWS_H
#define CLI_COMMAND_ROWS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/output.h"
#include "export/column.h"
#include "inspector/pass.h"
#include "lib/base/slice.h"
#include "lib/stream/stream.h"

struct buf;
struct format;
struct lock;
struct log;
struct rows_hand;
struct s3_write;
struct segment;
struct table_out;

/*
 * Entries as rows of a format, from all workers of a pass: each formats into
 * a buffer of its own and writes whole rows.
 */
struct rows_options {
	const struct format *format; /* NULL: the terminal table */
	struct stream_options stream;
	const struct columns *columns; /* borrowed */
	struct column_view view;
	bool headings;
	/* The end of a page, or a segment is left at its start: writes what
	 * ${h} holds (rows_hand_flush), which nothing else does. NULL: as
	 * soon as it is worth it. */
	int (*page)(void *ctx, struct rows_hand *h, const struct segment *seg,
	    struct fault *f);
	void *ctx;
	struct s3_write *s3; /* each worker writes a data file of this export,
				and rows_open is not called; NULL: no such */
	int64_t limit;       /* at most that many rows, exactly; -1: no limit */
	int color;           /* for the table: value of --color */
};

struct rows {
	struct rows_options o;
	struct output output;
	struct table_out *table;
	struct lock *lock;     /* table */
	_Atomic int64_t taken; /* rows promised, against the limit */
	int64_t written;       /* bytes, before compression; once closed */
	atomic_bool guesses;   /* a row shows a time whose zone is a guess */
};

/* Open the output and write the headings. */
int rows_open(struct rows *r, const struct rows_options *o, struct fault *f);
/* The sink that makes a row of every selected entry. */
struct pass_sink rows_sink(struct rows *r);
/* Finish; with ${whole} false nothing is left under a file's name. */
int rows_close(struct rows *r, bool whole, struct fault *f);

/* Say so where a time was shown that names no zone. */
void rows_note(const struct rows *r, struct log *log);

/* One worker's hand, outside of a pass. */
struct rows_hand *rows_hand_new(struct rows *r);
/* In two steps, for what is chosen among many before it is written:
 * all that is left of ${record}, added to ${row} by one thread at a time, and
 * its writing. There is no limit. */
void rows_keep(struct rows *r, const struct record *record, struct buf *row);
int rows_put(struct rows_hand *h, struct slice row, struct fault *f);
int rows_hand_flush(struct rows_hand *h, struct fault *f);
int rows_hand_close(struct rows_hand *h, struct fault *f);

#endif
