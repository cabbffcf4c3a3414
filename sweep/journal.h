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
 * The undo of a purge (ttlsweep-journal(5)). The policy:
 * - Created with O_EXCL and mode 0600; its first line says what table and
 *   run it belongs to.
 * - An intent (the entry's whole image) is on disk, synced, before its
 *   delete is sent. Workers that commit at the same time share one sync.
 * - Outcomes follow; they need no sync of their own: what has none on
 *   record is restored.
 * - After the first failed write nothing more is accepted: the purge stops
 *   before the next delete. A journal that is removed from under its name, or
 *   replaced, has failed, too: no restore would find it.
 * Shared by all workers.
 */
struct journal;

struct journal_options {
	const char *path; /* ".gz" compresses, one member a commit */
	struct journal_run run;
	bool numbered; /* path is a default one: where another run has taken
			  it meanwhile, the next number is (journal_path) */
};

/* While it is open a lock is held on it (flock), so that others can see that
 * it is being written. */
struct journal *journal_open(const struct journal_options *o, struct fault *f);

/* Numbers for the next ${n} entries, from 1 on: the first of them. */
int64_t journal_numbers(struct journal *j, size_t n);

/* Append whole lines. ${sync}: return only when they are on disk; else they
 * are written, and on disk with the next sync. -1: nothing more is
 * accepted. */
int journal_append(struct journal *j, const struct buf *lines, bool sync,
    struct fault *f);

/*
 * The same in two steps, for who has other work meanwhile: ${w}->lines are on
 * their way to the disk, and on it when journal_wait returns 0. Until then
 * they must stay as they are.
 */
struct journal_waiting {
	const struct buf *lines;
	int64_t end; /* where they end among all that was accepted */
	struct journal_waiting *next;
};
void journal_submit(struct journal *j, struct journal_waiting *w);
int journal_wait(struct journal *j, const struct journal_waiting *w,
    struct fault *f);

int64_t journal_bytes(struct journal *j); /* on disk so far */
const char *journal_path(const struct journal *j);
/*
 * Where its file was removed, write what it holds to a new one, which
 * journal_path then names: 1. 0 where that is not needed, -1. To be called
 * when nobody appends any more, before journal_close.
 */
int journal_save(struct journal *j, struct fault *f);
/* Sync and close; 0, or -1 when the end did not reach the disk, or the file
 * is gone. With ${discard} an unused journal (no intent) is removed. */
int journal_close(struct journal *j, bool discard, struct fault *f);

/*
 * The default place: $XDG_STATE_HOME/ttlsweep, ~/.local/state/ttlsweep, or
 * /var/lib/ttlsweep for root; made with mode 0700 when missing, if ${make}.
 * ${dir} (may be NULL) is the user's choice. One that everybody may write to is
 * refused, as is another user's symbolic link. The path is
 * TABLE-20261122T081200Z.journal in it, …Z-2.journal and so on when taken.
 * The caller frees it; NULL on failure.
 */
char *journal_default_path(const char *dir, const char *table, int64_t now,
    bool make, struct fault *f);
/*
 * Whether a journal could be made at ${path}; ${make}: with the directories
 * that are missing. A directory is made where its first file or directory would
 * be, and removed again: only that is true on every file system. -1 with what
 * would fail.
 */
int journal_check_place(const char *path, bool make, struct fault *f);
/* ${path} with "-n" before ".journal", ".gz" or both, as it is for n < 2; the
 * caller frees it. Pure. */
char *journal_numbered(const char *path, int n);
/* The next such name that nothing has yet; the caller frees it. */
char *journal_fresh(const char *path);

/* Which journals are to go (--keep-journals). All borrowed. */
struct journal_expiry {
	const char *dir; /* the directory; NULL: the default one */
	const struct ddb_table *table;
	const char *endpoint, *region;
	const char *own; /* a journal that stays, this run's; NULL: none */
	int64_t before;  /* last written to before this second since the
			    epoch, by the clock of the files */
	bool dry;        /* only say which */
	/* ${path} was removed, or would be. NULL: nobody wants to know. */
	void (*told)(void *ctx, const char *path);
	void *ctx;
};
/*
 * Remove the plain files in the directory, whatever their names, whose first
 * line is a journal's of this very table: same endpoint, region and TableId;
 * where neither has an id, the same name. One that a run still writes (it
 * holds a lock on it), one whose first line cannot be read, and symbolic
 * links stay. ${n}: how many.
 */
int journal_expire(const struct journal_expiry *e, int64_t *n, struct fault *f);
/* The default directory, by the environment; NULL: there is none. The caller
 * frees it. */
char *journal_default_directory(void);
/* Whether a run still writes the journal that is open as ${fd}: it holds its
 * lock. */
bool journal_in_use(int fd);
/* Sync the directory that ${path} lies in. */
int journal_sync_directory(const char *path, struct fault *f);
/* Bytes free for us where ${path} would be; -1 unknown. */
int64_t journal_free_space(const char *path);

#endif
