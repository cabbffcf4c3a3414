#ifndef EXPORT_READER_H
#define EXPORT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct buf;
struct cms_key;
struct csv_key;
struct fault;
struct input;
struct item;
struct journal_index;

/*
 * Reads the entries of a file in order: lines of DynamoDB JSON, including
 * DynamoDB's incremental exports; CSV (export/csv_items.h); journals
 * (ttlsweep-journal(5)); and JSON as the AWS CLI prints it
 * (export/documents.h). The first bytes decide which it is.
 *
 * A journal gives the last image of each entry that ${which} selects. An
 * incremental export gives new images; deleted entries are left out and
 * counted, unless reader_take_deleted was called.
 */
enum reader_which {
	READER_DELETED, /* journal: entries that were or may be deleted */
	READER_RESTORE, /* journal: entries that restore must put back */
	READER_EXPORT   /* only an export in lines; the rest is refused */
};
struct reader;
/* Indexes a journal. Spools a journal from a pipe, and with READER_RESTORE any
 * pipe. ${key} (may be NULL) decrypts (lib/stream/input.h). */
struct reader *reader_open(const char *path, enum reader_which which,
    const struct cms_key *key, struct fault *f);
/* The same for ${in}, at its start; takes it over, also on failure. NULL when
 * ${in} is NULL. */
struct reader *reader_of(struct input *in, enum reader_which which,
    struct fault *f);
/* 1 with the next image (borrowed until the next call) and its line, 0 at the
 * end, -1. */
int reader_next(struct reader *r, struct slice *item, int64_t *line,
    struct fault *f);
/* A line of the file, from reader_block. */
struct reader_text {
	struct slice text;
	int64_t number;
	bool torn;
};

/* An entry on a line. */
struct reader_entry {
	struct slice item; /* its image */
	struct slice ttl;  /* reader_ttl */
	struct slice keys; /* its key once more, of a journal; else p NULL */
	bool checked;      /* else the caller has to check that the image is one
			      item, and if not, reader_check says what is wrong
			      with the line */
	bool left_out;     /* there is none, but reader_left_out counts one */
};

/*
 * Whether several workers may share the file, which has a line for each entry.
 * reader_block, called by one worker at a time, gives the next lines
 * (lib/stream/lines.h); reader_line, by any number at once, the entry on one of
 * them: 1, 0 when the line has none, -1. Its slices point into the line.
 */
bool reader_shares(const struct reader *r);
int reader_block(struct reader *r, size_t want, size_t most, struct buf *block,
    int64_t *first, struct fault *f);
int reader_line(const struct reader *r, const struct reader_text *text,
    struct reader_entry *e, struct fault *f);
/* Check that ${item}, the image of ${e} on line ${number}, has the key that the
 * line names beside it: else somebody has changed one of the two, FAULT_DATA.
 * What ${scratch} contains is lost. reader_next does the same. */
int reader_check_key(const struct reader *r, int64_t number,
    const struct reader_entry *e, const struct item *item, struct buf *scratch,
    struct fault *f);
/* How many lines were returned so far. */
int64_t reader_lines(const struct reader *r);
/* reader_line of the whole line, with each byte of it checked. */
int reader_check(const struct reader *r, const struct reader_text *text,
    struct reader_entry *e, struct fault *f);
/* The TTL value that a repair gave to the last entry; else p NULL. Borrowed
 * like the image. */
struct slice reader_ttl(const struct reader *r);
/* When the last entry had its image, in microseconds since the epoch; 0:
 * unknown. */
int64_t reader_at(const struct reader *r);
/* Whether the file may say that entries were deleted, as far as its beginning
 * shows: no full export, journal, CSV or reply does. */
bool reader_may_delete(const struct reader *r);
/* Include deleted entries of an incremental export, by their old images. Call
 * it before the first reader_next; no effect on a journal. */
void reader_take_deleted(struct reader *r);
/* How many entries were left out so far, from the start of the file. */
int64_t reader_left_out(const struct reader *r);
/* Start over; not for an export through a pipe opened with READER_DELETED. */
int reader_rewind(struct reader *r, struct fault *f);
/* Index a journal again if its size changed; ${r} is at its start. */
int reader_refresh(struct reader *r, struct fault *f);
struct input *reader_input(struct reader *r); /* borrowed */
/* The journal's index, borrowed; NULL for an export. */
const struct journal_index *reader_journal(const struct reader *r);
const char *reader_path(const struct reader *r); /* for messages */
/* At the end of the file: whether its last reply says that more entries
 * follow. */
bool reader_partial(const struct reader *r);
/* Set ${*partial} to that at the end; it must outlive ${r}. */
void reader_watch(struct reader *r, bool *partial);
/* Set the names and types of the key of CSV, which has no types; ${key} is
 * borrowed. Call it before the first reader_next; no effect on other files. */
int reader_key(struct reader *r, const struct csv_key *key, struct fault *f);
void reader_close(struct reader *r);

/* How well the key attributes are known. */
enum key_told {
	KEY_UNKNOWN,
	KEY_GUESSED,       /* the partition key; there may be a sort key */
	KEY_ORDER_GUESSED, /* both, but not which is which */
	KEY_TOLD
};
/*
 * Find the key attributes of ${r}, just opened: by the header of a journal or
 * of CSV (types are S, unless ${hint} has "name:N" or "name:B"); else by the
 * first entry: as ${hint} ("key" or "pk,sk") or the file names them, or a usual
 * name ("key" without entries). The caller frees the names. No entry is
 * consumed. KEY_UNKNOWN when none fits: the fault lists the attributes.
 */
enum key_told reader_schema(struct reader *r, const char *hint,
    char **partition, char **sort, struct fault *f);

#endif
