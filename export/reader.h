#ifndef EXPORT_READER_H
#define EXPORT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct cms_key;
struct csv_key;
struct fault;
struct input;
struct journal_index;

/*
 * Reads back what export and purge write: DynamoDB JSON lines
 * ({"Item":{…}}, also DynamoDB's incremental lines), CSV with all its columns
 * (export/csv_items.h) and journals (ttlsweep-journal(5)); and what the AWS
 * CLI prints: replies of Scan and Query, bare items (export/documents.h).
 * They are told apart by how they begin.
 *
 * A walk over the entries of an export or a journal, in file order. For a
 * journal: of each entry that ${which} wants, the last image. Of DynamoDB's
 * incremental export: the new image; an entry that it says was deleted is left
 * out and counted, unless reader_take_deleted was called.
 */
enum reader_which {
	READER_DELETED, /* journal: just what was deleted (unknown too) */
	READER_RESTORE, /* journal: what restore has to put back */
	READER_EXPORT   /* it is an export in lines; all else is refused */
};
struct reader;
/* A journal is read once from end to end here already; when it (or, for
 * READER_RESTORE, anything) comes through a pipe, it is spooled. ${key} is for
 * what is encrypted (lib/stream/input.h), or NULL. */
struct reader *reader_open(const char *path, enum reader_which which,
    const struct cms_key *key, struct fault *f);
/* The same of ${in}, at its start, which it owns from here on, also when it
 * fails; NULL when that is NULL. */
struct reader *reader_of(struct input *in, enum reader_which which,
    struct fault *f);
/* 1 with the next image (borrowed until the next call) and its line, 0, -1 */
int reader_next(struct reader *r, struct slice *item, int64_t *line,
    struct fault *f);
/* Of the entry that reader_next gave: the TTL value that a repair gave it;
 * p NULL for anything else. Borrowed like the image. */
struct slice reader_ttl(const struct reader *r);
/* The same: when it was so, microseconds since the epoch; 0: not told. */
int64_t reader_at(const struct reader *r);
/* Of what an incremental export says was deleted, give the old image. To be
 * called before the first reader_next. A journal is not concerned: what it
 * holds was deleted by ttlsweep itself. */
void reader_take_deleted(struct reader *r);
/* How many entries were left out so far, since the file was begun. */
int64_t reader_left_out(const struct reader *r);
/* Begin with the first entry again; not for an export through a pipe opened
 * with READER_DELETED. */
int reader_rewind(struct reader *r, struct fault *f);
/* A journal, at its start, that has grown since it was read for what is in it
 * is read again. */
int reader_refresh(struct reader *r, struct fault *f);
/* What it reads, for questions. Borrowed. */
struct input *reader_input(struct reader *r);
/* The journal's index, NULL for an export. Borrowed. */
const struct journal_index *reader_journal(const struct reader *r);
const char *reader_path(const struct reader *r); /* for messages */
/* At the end: the last of the replies in it says that more entries follow. */
bool reader_partial(const struct reader *r);
/* ${*partial} becomes true at the end when that is so; it must outlive ${r}. */
void reader_watch(struct reader *r, bool *partial);
/* CSV does not tell of what types its key is: it is ${key} (borrowed), or -1.
 * Before the first reader_next; nothing is done for other files. */
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
