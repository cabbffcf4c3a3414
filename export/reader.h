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
struct journal_index;

/*
 * The entries of a file, in its order: DynamoDB JSON lines, DynamoDB's
 * incremental exports too; CSV with all its columns (export/csv_items.h);
 * journals (ttlsweep-journal(5)); and what the AWS CLI prints: replies of Scan
 * and Query, bare items (export/documents.h). The kind is detected by how the
 * file begins.
 *
 * Of a journal: the last image of each entry that ${which} wants. Of an
 * incremental export: the new image; deleted entries are left out and counted,
 * unless reader_take_deleted was called.
 */
enum reader_which {
	READER_DELETED, /* journal: what was, or may have been, deleted */
	READER_RESTORE, /* journal: what restore must put back */
	READER_EXPORT   /* only an export in lines; all else is refused */
};
struct reader;
/* A journal is indexed first, and spooled if it comes through a pipe; with
 * READER_RESTORE any pipe is spooled. ${key} decrypts (lib/stream/input.h), or
 * NULL. */
struct reader *reader_open(const char *path, enum reader_which which,
    const struct cms_key *key, struct fault *f);
/* The same of ${in}, at its start, which it takes over, also on failure; NULL
 * when that is NULL. */
struct reader *reader_of(struct input *in, enum reader_which which,
    struct fault *f);
/* 1 with the next image (borrowed until the next call) and its line, 0, -1 */
int reader_next(struct reader *r, struct slice *item, int64_t *line,
    struct fault *f);
/*
 * Whether several workers may share its lines: an export in lines. Then
 * reader_block draws the next ones (lib/stream/lines.h), one worker at a time,
 * and reader_line, which any number may call at once, finds the entry of one
 * of them: 1, 0 when the line has none, -1.
 */
bool reader_shares(const struct reader *r);
int reader_block(struct reader *r, size_t want, struct buf *block,
    int64_t *first, struct fault *f);
int reader_line(const struct reader *r, struct slice text, bool torn,
    int64_t number, struct slice *item, struct fault *f);
/* The TTL value that a repair gave to the last entry; else p NULL. Borrowed
 * like the image. */
struct slice reader_ttl(const struct reader *r);
/* When the last entry was like its image, in microseconds since the epoch; 0:
 * not known. */
int64_t reader_at(const struct reader *r);
/* Give the old images of entries that an incremental export says were deleted.
 * To be called before the first reader_next; no effect on a journal. */
void reader_take_deleted(struct reader *r);
/* How many entries were left out so far, from the start of the file. */
int64_t reader_left_out(const struct reader *r);
/* Start over; not for an export through a pipe opened with READER_DELETED. */
int reader_rewind(struct reader *r, struct fault *f);
/* Index a journal, at its start, again if it has grown since. */
int reader_refresh(struct reader *r, struct fault *f);
/* Borrowed. */
struct input *reader_input(struct reader *r);
/* The journal's index, NULL for an export. Borrowed. */
const struct journal_index *reader_journal(const struct reader *r);
const char *reader_path(const struct reader *r); /* for messages */
/* At the end: whether the last reply in the file says that entries are
 * missing. */
bool reader_partial(const struct reader *r);
/* Set ${*partial} to that at the end; it must outlive ${r}. */
void reader_watch(struct reader *r, bool *partial);
/* CSV has no types of keys: its key is ${key} (borrowed), or -1. To be called
 * before the first reader_next; no effect on other files. */
int reader_key(struct reader *r, const struct csv_key *key, struct fault *f);
void reader_close(struct reader *r);

/* How well the key attributes are known. */
enum key_told {
	KEY_UNKNOWN,       /* not at all */
	KEY_GUESSED,       /* the partition key; there may be a sort key */
	KEY_ORDER_GUESSED, /* both, but they may be the other way round */
	KEY_TOLD
};
/*
 * Find the key attributes of ${r}, just opened: of a journal by its header, of
 * CSV by its header row (types are S, unless ${hint} has "name:N" or "name:B"),
 * else by the first entry: what ${hint} ("key" or "pk,sk") or the file names,
 * or a usual name; "key" when there is no entry. The names are the caller's.
 * Nothing is consumed. KEY_UNKNOWN when none fits: the fault lists the
 * attributes, and the option to give.
 */
enum key_told reader_schema(struct reader *r, const char *hint,
    char **partition, char **sort, struct fault *f);

#endif
