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
 * Entries as rows of a format, from all workers of a pass. Each worker formats
 * into its own buffer and writes whole rows.
 */
struct rows_options {
	const struct format *format; /* NULL: the terminal table */
	struct stream_options stream;
	const struct columns *columns; /* borrowed */
	struct column_view view;
	bool headings;
	/* Called at the end of a page, or when a segment is left at its start:
	 * writes what ${h} holds (rows_hand_flush), which nothing else does.
	 * NULL: rows are written when there are enough. */
	int (*page)(void *ctx, struct rows_hand *h, const struct segment *seg,
	    struct fault *f);
	void *ctx;
	struct s3_write *s3; /* each worker writes a data file of this export,
				and rows_open is not called; NULL: none */
	int64_t limit;       /* at most this many rows; -1: no limit */
	int color;           /* of the table: value of --color */
};

struct rows {
	struct rows_options o;
	struct output output;
	struct table_out *table;
	struct lock *lock;     /* for the table */
	_Atomic int64_t taken; /* rows, against the limit */
	int64_t written;       /* bytes before compression, once closed */
	atomic_bool guesses;   /* the zone of a time is a guess */
};

/* Open the output and write the headings. */
int rows_open(struct rows *r, const struct rows_options *o, struct fault *f);
/* A sink that writes a row for every selected entry. */
struct pass_sink rows_sink(struct rows *r);
/* Finish; unless ${whole}, no file is left under its name. */
int rows_close(struct rows *r, bool whole, struct fault *f);

/* Whether the columns have the one of that name. */
bool rows_have(const struct columns *c, const char *name);
/* Say so if a time was shown that has no zone. */
void rows_note(const struct rows *r, struct log *log);
/* Say that there is no row, to whoever looks at a terminal. */
void rows_none(struct log *log);

/* Add what the row of ${record} shows to ${row}; one thread at a time. There is
 * no limit. rows_kept returns the part to be written (table_out_put, or as it
 * is), if it is. */
void rows_keep(struct rows *r, const struct record *record, struct buf *row);
struct slice rows_kept(struct rows *r, struct slice row);

/* Write what a worker has. */
int rows_hand_flush(struct rows_hand *h, struct fault *f);

#endif
