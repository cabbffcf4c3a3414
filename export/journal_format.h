#ifndef EXPORT_JOURNAL_FORMAT_H
#define EXPORT_JOURNAL_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/hashes.h"
#include "lib/base/slice.h"

struct buf;
struct ddb_table;
struct fault;
struct lines;

/* A journal's lines (ttlsweep-journal(5)), written and read. */

/* For the first line: the run that writes the journal. All borrowed. */
struct journal_run {
	const struct ddb_table *table;
	const char *endpoint, *region, *ttl_attribute, *command;
	const char *options; /* the command line, for people; may be NULL */
	int64_t now;
};

/* Add the first line to ${out}. Pure. */
void journal_header(struct buf *out, const struct journal_run *run);
/* What is recorded of an entry before it is written to. */
struct journal_entry {
	int64_t n;
	struct slice image; /* the whole item */
	const char *why;    /* the reason's name */
	struct slice ttl;   /* repair: its new TTL value; else p NULL */
	int64_t at_us;
};
/* Add an intent's line to ${out}; ${keys} is {"key":{…},…}. Pure. */
void journal_intent(struct buf *out, const struct journal_entry *e,
    struct slice keys);
/* Add a line of outcomes: begin, each of them, end. */
void journal_outcomes_begin(struct buf *out);
void journal_outcome(struct buf *out, int64_t n, const char *outcome,
    int sends);
void journal_outcomes_end(struct buf *out);

/* What became of entry n of a journal. */
enum journal_fate {
	FATE_UNKNOWN, /* sent or about to be: no outcome on record */
	FATE_DELETED, /* deleted (or unconfirmed) */
	FATE_KEPT,    /* refreshed, gone or failed on a single send */
	FATE_UNSURE   /* refreshed, gone or failed, but sent more than once */
};

/* The header of a journal. Owned by journal_index, where it is part of one. */
struct journal_header {
	char *table, *table_id, *endpoint, *region, *ttl_attribute, *command;
	char *partition, *sort; /* sort NULL without one */
	int64_t now;
};

/*
 * A journal read once from end to end: its header, and of each entry its fate
 * and how many images there are, the last of which is to be restored. A killed
 * run may leave a torn last line: it is ignored, and ${torn} is set. Damage
 * anywhere else is a fault; within an image it may be found only by whoever
 * reads that line.
 */
struct journal_index {
	struct journal_header header;
	int64_t intents;           /* entries, n from 1 to intents */
	int64_t first_us, last_us; /* when the earliest and the latest of them
				      was written; 0: not known */
	int64_t lines;             /* valid ones; what follows is torn */
	bool torn;
	bool cut;            /* … and something was ignored */
	unsigned char *fate; /* by n, from 1; see the functions */
	size_t cap;
	struct hashes again; /* the entries that have several images */
};

/* Read only the header of the journal ${path}, to be released. -1 for any other
 * file, and for one whose first line is incomplete. */
int journal_header_load(struct journal_header *h, const char *path,
    struct fault *f);
void journal_header_release(struct journal_header *h);

/* Read all of ${l}, which is at its start. */
int journal_index_read(struct journal_index *ix, struct lines *l,
    struct fault *f);
void journal_index_release(struct journal_index *ix);
enum journal_fate journal_fate(const struct journal_index *ix, int64_t n);
/* Whether restore must put entry n back. */
bool journal_restores(const struct journal_index *ix, int64_t n);
/* Whether the image of entry n on ${line} is its last one; false also for an
 * entry that the journal does not have. Pure. */
bool journal_last(const struct journal_index *ix, int64_t n, int64_t line);

#endif
