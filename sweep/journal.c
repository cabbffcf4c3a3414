#define _DEFAULT_SOURCE /* flock */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/gzip.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "sweep/journal.h"

/*
 * Group commit. Lines that need a sync queue at ${first}, in order; they are
 * not copied. One thread at a time, the leader, writes and syncs the whole
 * queue without the lock, and wakes the others: those whose lines are on disk
 * are done, and one of the rest leads next. The clerk, a thread of the journal,
 * leads while those who submitted lines do other work (if the system has no
 * thread left, their lines are written when somebody waits). Lines that need no
 * sync are copied to ${pending}. They are written soon, so that they survive
 * the end of this process, and are durable with the next sync.
 */
struct journal {
	char *path;
	bool numbered;    /* its place was chosen, not its name */
	int fd;           /* the leader's, as are zip and packed */
	struct gzip *zip; /* NULL: plain */
	struct buf packed;
	struct lock *lock; /* all below */
	struct buf pending, spare;
	struct journal_waiting *first, **last;
	struct thread *clerk;
	bool ending;
	int64_t appended; /* bytes of text accepted so far … */
	int64_t synced;   /* … and on disk */
	int64_t size;     /* of the file, behind the last good commit */
	int64_t empty;    /* … with nothing but its first line */
	int64_t number;
	bool busy; /* there is a leader */
	bool broken;
	struct fault why;
};

/* What still_there returns, besides 0. */
#define LOST (-1) /* its name is that of no file, or of another */
#define CUT (-2)  /* it was truncated: what it contained is gone */

/* 0 while the journal's name is that of our file, which has ${size} bytes: from
 * another nothing can be restored. */
static int
still_there(const struct journal *j, int64_t size, struct fault *f)
{
	struct stat ours, named;
	const char *why = "cannot be found", *advice = "find out why";
	bool cut = false;

	if (fstat(j->fd, &ours) != 0) {
		advice = strerror(errno);
	} else if ((cut = ours.st_size < size)) {
		why = "was truncated";
		advice = "find out what truncates it; what this run has "
			 "deleted or changed so far may be missing in it, and "
			 "cannot be put back then";
	} else if (ours.st_nlink == 0) {
		why = "was removed";
		advice = "find out what removes it";
	} else if (lstat(j->path, &named) != 0) {
		why = errno == ENOENT ? "was moved away" : why;
		advice = errno == ENOENT ? "find out what moves it"
					 : strerror(errno);
	} else if (ours.st_dev != named.st_dev || ours.st_ino != named.st_ino) {
		why = "was replaced by another file";
		advice = "find out what replaces it";
	} else {
		return 0;
	}
	(void)fault(f, FAULT_IO,
	    "%s: the journal %s while this run was writing it, so the run "
	    "stopped before its next write to the table; %s",
	    j->path, why, advice);
	return cut ? CUT : LOST;
}

/* What one commit writes: the lines without a sync, then the queue. */
struct load {
	struct buf lines;
	const struct journal_waiting *waiting;
};

static int
load_write_plain(const struct journal *j, const struct load *load, size_t *n)
{
	const struct buf *lines = &load->lines;
	const struct journal_waiting *w = load->waiting;

	for (*n = 0;; w = w->next) {
		if (file_write(j->fd, lines->p, lines->n) != 0)
			return -1;
		*n += lines->n;
		if (w == NULL)
			return 0;
		lines = w->lines;
	}
}

static int
load_write_packed(struct journal *j, const struct load *load, size_t *n)
{
	buf_reset(&j->packed);
	gzip_write(j->zip, load->lines.p, load->lines.n, false, &j->packed);
	for (const struct journal_waiting *w = load->waiting; w != NULL;
	     w = w->next)
		gzip_write(j->zip, w->lines->p, w->lines->n, false, &j->packed);
	gzip_write(j->zip, "", 0, true, &j->packed);
	gzip_next(j->zip);
	*n = j->packed.n;
	return file_write(j->fd, j->packed.p, j->packed.n);
}

#define MAKE_ROOM                                                             \
	"; make room there (remove older journals whose undo is not needed, " \
	"or compress them with gzip, but keep this one if anything was "      \
	"changed), or name "

/* What helps when a write failed with ${error}. */
static const char *
way_out(const struct journal *j, int error)
{
	if (error == EFBIG)
		return "; raise the limit on a file's size (ulimit -f), or "
		       "work in parts with --max-items";
	if (error != ENOSPC && error != EDQUOT)
		return "";
	return j->numbered
	    ? MAKE_ROOM "a place with more space with --journal-dir"
	    : MAKE_ROOM "a file where there is more space with --journal";
}

/* Append ${load} to the file. A partial write is truncated again, so that only
 * a crash can leave a torn line. */
static int
load_write(struct journal *j, const struct load *load, bool sync, int64_t *size,
    struct fault *f)
{
	size_t n;
	int error,
	    rc = j->zip != NULL ? load_write_packed(j, load, &n)
				: load_write_plain(j, load, &n);

	if (rc == 0 && (!sync || fdatasync(j->fd) == 0)) {
		*size += (int64_t)n;
		return 0;
	}
	error = errno;
	while (ftruncate(j->fd, *size) != 0 && errno == EINTR)
		;
	return fault(f, FAULT_IO, "%s: cannot write the journal: %s%s", j->path,
	    strerror(error), way_out(j, error));
}

/* Lead one commit. The lock is held before and after, but not while writing. */
static void
commit(struct journal *j, bool sync)
{
	struct load load = { j->pending, j->first };
	int64_t end = j->appended, size = j->size;
	struct fault why;
	bool lost;
	int rc;

	j->pending = j->spare;
	j->spare = (struct buf){ 0 };
	j->first = NULL;
	j->last = &j->first;
	j->busy = true;
	lock_leave(j->lock);
	rc = load_write(j, &load, sync, &size, &why);
	lost = rc == 0 && still_there(j, size, &why) != 0;
	buf_reset(&load.lines);
	lock_enter(j->lock);
	j->spare = load.lines;
	j->busy = false;
	if (rc == 0)
		j->size = size;
	if (rc != 0 || lost) {
		j->broken = true;
		j->why = why;
	} else if (sync) {
		j->synced = end;
	}
	lock_wake(j->lock);
}

/* Write the pending lines, unless a leader will. */
static void
write_pending(struct journal *j)
{
	while (!j->busy && j->first == NULL && !j->broken && j->pending.n > 0)
		commit(j, false);
}

static void
clerk_fn(void *ctx)
{
	struct journal *j = ctx;

	lock_enter(j->lock);
	while (!j->ending) {
		if (j->first != NULL && !j->busy && !j->broken) {
			commit(j, true);
			write_pending(j);
		} else {
			lock_wait(j->lock);
		}
	}
	lock_leave(j->lock);
}

/* The lock is held. */
static void
submit(struct journal *j, struct journal_waiting *w)
{
	w->next = NULL;
	if (!j->broken)
		j->appended += (int64_t)w->lines->n;
	w->end = j->appended;
	if (j->broken || j->synced >= w->end)
		return;
	*j->last = w;
	j->last = &w->next;
}

/* The lock is held. */
static int
wait_for(struct journal *j, const struct journal_waiting *w, struct fault *f)
{
	while (!j->broken && j->synced < w->end) {
		if (j->busy)
			lock_wait(j->lock);
		else
			commit(j, true);
	}
	write_pending(j);
	if (j->broken && f != NULL)
		*f = j->why;
	return j->broken ? -1 : 0;
}

void
journal_submit(struct journal *j, struct journal_waiting *w)
{
	lock_enter(j->lock);
	submit(j, w);
	lock_wake(j->lock);
	lock_leave(j->lock);
}

/* Nothing more is accepted, for ${why}; said only while nobody leads, who has
 * the lines of others in hand. The lock is held. */
static void
break_off(struct journal *j, const struct fault *why)
{
	while (j->busy && !j->broken)
		lock_wait(j->lock);
	if (j->broken)
		return;
	j->broken = true;
	j->why = *why;
	lock_wake(j->lock);
}

/* It may be long ago that they were synced: the file is looked for again. */
int
journal_wait(struct journal *j, const struct journal_waiting *w,
    struct fault *f)
{
	struct fault why = { 0 };
	int64_t size;
	int rc;

	lock_enter(j->lock);
	rc = wait_for(j, w, f);
	size = j->size;
	lock_leave(j->lock);
	if (rc != 0 || still_there(j, size, &why) == 0)
		return rc;
	lock_enter(j->lock);
	break_off(j, &why);
	rc = wait_for(j, w, f);
	lock_leave(j->lock);
	return rc;
}

int
journal_append(struct journal *j, const struct buf *lines, bool sync,
    struct fault *f)
{
	struct journal_waiting own = { .lines = lines };
	int rc;

	lock_enter(j->lock);
	if (sync) {
		submit(j, &own);
	} else if (!j->broken) {
		j->appended += (int64_t)lines->n;
		buf_add(&j->pending, lines->p, lines->n);
	}
	/* without a sync own.end is 0: nothing to wait for */
	rc = wait_for(j, &own, f);
	lock_leave(j->lock);
	return rc;
}

/* End the clerk; only one thread appends from here on. */
static void
dismiss_clerk(struct journal *j)
{
	lock_enter(j->lock);
	j->ending = true;
	lock_wake(j->lock);
	lock_leave(j->lock);
	thread_join(j->clerk);
	j->clerk = NULL;
}

static void
journal_free(struct journal *j)
{
	dismiss_clerk(j);
	gzip_close(j->zip);
	buf_release(&j->packed);
	buf_release(&j->pending);
	buf_release(&j->spare);
	lock_free(j->lock);
	free(j->path);
	free(j);
}

static int
journal_create(struct journal *j, const struct journal_options *o,
    struct fault *f)
{
	int n = 1;

	for (;;) {
		j->path = journal_numbered(o->path, n);
		j->fd = open(j->path,
		    O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW |
			O_CLOEXEC,
		    0600);
		if (j->fd >= 0)
			return 0;
		if (errno != EEXIST || !o->numbered)
			break;
		free(j->path);
		n++;
	}
	if (errno == EEXIST)
		return fault(f, FAULT_REFUSED,
		    "%s: file exists, and a journal must be a new file; give "
		    "another name or leave out --journal",
		    j->path);
	return fault(f, FAULT_IO,
	    "%s: cannot create the journal: %s; name another directory with "
	    "--journal-dir, or a file with --journal",
	    j->path, strerror(errno));
}

static int
journal_begin(struct journal *j, const struct journal_options *o,
    struct fault *f)
{
	struct buf head = { 0 };
	size_t n = strlen(j->path);
	int rc;

	if (n >= 3 && strcmp(j->path + n - 3, ".gz") == 0)
		j->zip = gzip_open(false);
	/* Without locks on this file system, only its age keeps the file from
	 * being removed as an old one. */
	(void)flock(j->fd, LOCK_EX | LOCK_NB);
	journal_header(&head, &o->run);
	rc = journal_append(j, &head, true, f);
	buf_release(&head);
	if (rc != 0)
		return -1;
	j->empty = j->size;
	/* whatever the umask; mode and name must be durable, too */
	if (fchmod(j->fd, 0600) != 0 || fsync(j->fd) != 0)
		return fault(f, FAULT_IO, "%s: %s", j->path, strerror(errno));
	return journal_sync_directory(j->path, f);
}

/* Remove the file if its name is still that of our file. */
static void
journal_remove(const struct journal *j)
{
	struct stat ours, named;

	if (fstat(j->fd, &ours) == 0 && lstat(j->path, &named) == 0 &&
	    ours.st_dev == named.st_dev && ours.st_ino == named.st_ino)
		(void)unlink(j->path);
}

struct journal *
journal_open(const struct journal_options *o, struct fault *f)
{
	struct journal *j = xcalloc(1, sizeof(*j));

	j->lock = lock_new();
	j->last = &j->first;
	j->numbered = o->numbered;
	j->fd = -1;
	if (journal_create(j, o, f) == 0) {
		if (journal_begin(j, o, f) == 0) {
			j->clerk = thread_start(clerk_fn, j);
			return j;
		}
		journal_remove(j);
		(void)close(j->fd);
	}
	journal_free(j);
	return NULL;
}

int64_t
journal_numbers(struct journal *j, size_t n)
{
	int64_t first;

	lock_enter(j->lock);
	first = j->number + 1;
	j->number += (int64_t)n;
	lock_leave(j->lock);
	return first;
}

int64_t
journal_bytes(struct journal *j)
{
	int64_t n;

	lock_enter(j->lock);
	n = j->size;
	lock_leave(j->lock);
	return n;
}

const char *
journal_path(const struct journal *j)
{
	return j->path;
}

/* Copy the first ${size} bytes of ${from} to ${to}, and sync. */
static int
copy(int from, int to, int64_t size)
{
	const size_t most = (size_t)64 << 10;
	char *part = xmalloc(most);
	int64_t at = 0;
	ssize_t n = 1;

	while (at < size && n > 0) {
		n = pread(from, part, most, (off_t)at);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0 && file_write(to, part, (size_t)n) != 0)
			n = -1;
		else if (n > 0)
			at += n;
	}
	free(part);
	return n > 0 && fsync(to) == 0 ? 0 : -1;
}

/* Copy the journal to a new file ${path}; if that fails there is none. */
static int
save_as(const struct journal *j, const char *path, struct fault *f)
{
	int fd = open(path,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc = fd < 0 ? -1 : copy(j->fd, fd, j->size);

	if (rc != 0)
		rc = fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	if (fd >= 0 && rc != 0)
		(void)unlink(path);
	if (fd >= 0)
		(void)close(fd);
	return rc != 0 ? rc : journal_sync_directory(path, f);
}

/* Copy it to ${directory} (NULL: its own), under a name that is free. */
static int
save_in(struct journal *j, const char *directory, struct fault *f)
{
	const char *slash = strrchr(j->path, '/');
	char *wanted = directory == NULL
	    ? xstrdup(j->path)
	    : xasprintf("%s/%s", directory,
		  slash != NULL ? slash + 1 : j->path);
	char *path = journal_fresh(wanted);
	int rc = save_as(j, path, f);

	free(wanted);
	if (rc != 0) {
		free(path);
		return -1;
	}
	free(j->path);
	j->path = path;
	return 0;
}

int
journal_save(struct journal *j, struct fault *f)
{
	char *other;
	struct fault why;
	int rc, lost;

	dismiss_clerk(j);
	if (j->size == j->empty)
		return 0;
	lost = still_there(j, j->size, &why);
	if (lost == 0)
		return 0;
	if (!j->broken)
		j->why = why;
	j->broken = true;
	if (lost == CUT)
		return -1;
	rc = save_in(j, NULL, f);
	/* its directory may be gone, too */
	other = rc != 0 ? journal_default_directory() : NULL;
	if (other != NULL)
		rc = save_in(j, other, NULL);
	if (rc != 0)
		rc = save_in(j, "/tmp", NULL);
	free(other);
	return rc == 0 ? 1 : -1;
}

int
journal_close(struct journal *j, bool discard, struct fault *f)
{
	int rc;

	if (j == NULL)
		return 0;
	dismiss_clerk(j);
	rc = journal_append(j, &(struct buf){ 0 }, true, f);
	if (discard && j->size == j->empty)
		journal_remove(j);
	else if (rc == 0)
		rc = still_there(j, j->size, f) == 0 ? 0 : -1;
	if (close(j->fd) != 0 && rc == 0)
		rc = fault(f, FAULT_IO, "%s: cannot close the journal: %s",
		    j->path, strerror(errno));
	journal_free(j);
	return rc;
}

bool
journal_in_use(int fd)
{
	if (flock(fd, LOCK_SH | LOCK_NB) != 0)
		return errno == EWOULDBLOCK;
	(void)flock(fd, LOCK_UN);
	return false;
}
