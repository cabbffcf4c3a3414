#ifndef SWEEP_JOURNAL_H
#define SWEEP_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "export/journal_format.h"
#include "sweep/outcome.h"

struct buf;
struct ddb_table;
struct fault;
struct key_schema;

/*
 * The undo of a purge (ttlsweep-journal(5)), shared by all workers. The policy:
 * - It is created with O_EXCL and mode 0600. Its first line says which table
 * and run it belongs to.
 * - An intent (the entry's whole image) is synced before its delete is sent.
 *   Workers that commit at the same time share one sync.
 * - Outcomes follow without a sync: an entry without one is restored.
 * - After a failed write, or when the file was removed or replaced (no restore
 *   would find it), nothing more is accepted: the purge stops before the next
 *   delete.
 */
struct journal;

struct journal_options {
	const char *path; /* ".gz" compresses, one member a commit */
	struct journal_run run;
	bool numbered; /* path is a default one: if it is taken, use the next
			  number (see journal_path) */
};

/* Create it. While it is open it is locked (flock), so that others can see that
 * it is in use. */
struct journal *journal_open(const struct journal_options *o, struct fault *f);

/* Reserve ${n} numbers for entries, from 1 on; returns the first. */
int64_t journal_numbers(struct journal *j, size_t n);

/* Append whole lines. With ${sync} they are on disk when it returns; else they
 * are written soon, and on disk after the next sync. -1: nothing more is
 * accepted. */
int journal_append(struct journal *j, const struct buf *lines, bool sync,
    struct fault *f);

/*
 * The same in two steps, for callers with other work to do in between: submit
 * ${w}->lines, which are on disk when journal_wait returns 0. They must not
 * change before it returns.
 */
struct journal_waiting {
	const struct buf *lines;
	int64_t end; /* their end among all accepted bytes */
	struct journal_waiting *next;
};
void journal_submit(struct journal *j, struct journal_waiting *w);
int journal_wait(struct journal *j, const struct journal_waiting *w,
    struct fault *f);

int64_t journal_bytes(struct journal *j); /* on disk so far */
const char *journal_path(const struct journal *j);
/* If the file was removed, moved or replaced, copy its contents to a new one,
 * which journal_path then names, in its directory or, where that is gone, in
 * the default one or /tmp: 1; 0 when it was not; -1, and ${f} is left as it was
 * if it was truncated: its contents are gone. Call it after the
 * last append, before journal_close. */
int journal_save(struct journal *j, struct fault *f);
/* Sync and close; -1 when that failed, or the file was removed. With ${discard}
 * a journal without intents is removed. */
int journal_close(struct journal *j, bool discard, struct fault *f);

/*
 * The default path: TABLE-20261122T081200Z.journal, or …Z-2.journal and so on
 * when that exists, in ${dir}, or if that is NULL in the default directory:
 * $XDG_STATE_HOME/ttlsweep, ~/.local/state/ttlsweep, or /var/lib/ttlsweep for
 * root. ${make} creates the directory with mode 0700. One that everybody may
 * write to is refused, as is another user's symbolic link. The caller frees the
 * path; NULL on failure.
 */
char *journal_default_path(const char *dir, const char *table, int64_t now,
    bool make, struct fault *f);
/* Whether a journal could be created at ${path}; with ${make}, together with
 * its missing directories. Tries by creating and removing a directory there, as
 * no other check is right on every file system. -1: it would fail. */
int journal_check_place(const char *path, bool make, struct fault *f);
/* ${path} with "-n" before ".journal", ".gz" or both, unchanged for n < 2; the
 * caller frees it. Pure. */
char *journal_numbered(const char *path, int n);
/* The next such path that does not exist; the caller frees it. */
char *journal_fresh(const char *path);

/* Which journals to remove (--keep-journals). All borrowed. */
struct journal_expiry {
	const char *dir; /* the directory; NULL: the default one */
	const struct ddb_table *table;
	const char *endpoint, *region;
	const char *own; /* this run's journal, which stays; may be NULL */
	int64_t before;  /* remove those last modified before this time */
	bool dry;        /* only report them */
	/* ${path} was removed, or would be. May be NULL. */
	void (*told)(void *ctx, const char *path);
	void *ctx;
};
/*
 * Remove the plain files in the directory, whatever their names, whose first
 * line is that of a journal of this table: same endpoint, region and TableId,
 * or the same name if neither has an id. Files that a run still writes (they
 * are locked), files whose first line cannot be read, and symbolic links stay.
 * ${n}: how many were removed.
 */
int journal_expire(const struct journal_expiry *e, int64_t *n, struct fault *f);
/* The default directory, or NULL when HOME is not known. The caller frees it.
 */
char *journal_default_directory(void);
/* Whether a run still writes the journal open as ${fd}, and so has it locked.
 */
bool journal_in_use(int fd);
/* Sync the directory of ${path}. */
int journal_sync_directory(const char *path, struct fault *f);
/* Bytes free for us at ${path}, which need not exist; -1 unknown. */
int64_t journal_free_space(const char *path);

#endif
