#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/base/text.h"
#include "lib/stream/outfile.h"

#define LINKS_MAX 40 /* symbolic links followed, as Linux does */
#define POLL_MS 1000
#define LINGER_MS 2000 /* for a slow reader, after a signal */
/* What a pipe accepts at once when it accepts anything. A write that waits for
 * its reader would not see a signal, which goes to another thread. */
#define PIPE_PIECE ((size_t)4096)

int
outfile_fault(const struct outfile *p, int error, struct fault *f)
{
	if (error == EPIPE && p->fd == STDOUT_FILENO)
		return fault(f, FAULT_PIPE, "%s: closed by its reader",
		    p->name);
	return fault(f, FAULT_IO, "%s: %s%s", p->name, strerror(error),
	    error == ENOSPC || error == EDQUOT
		? "; make room, or write to another place"
		: "");
}

/* ${path}'s last name replaced by ${name}. */
static char *
beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return xasprintf("%.*s%s", slash != NULL ? (int)(slash - path) + 1 : 0,
	    path, name);
}

char *
outfile_follow(const char *path)
{
	char *at = xstrdup(path), link[PATH_MAX];

	for (int i = 0; i < LINKS_MAX; i++) {
		ssize_t n = readlink(at, link, sizeof(link) - 1);
		char *to;

		if (n < 0)
			return at;
		link[n] = '\0';
		to = link[0] == '/' ? xstrdup(link) : beside(at, link);
		free(at);
		at = to;
	}
	free(at);
	errno = ELOOP;
	return NULL;
}

int
outfile_descriptor(const char *path)
{
	static const char *const names[] = { "/dev/stdin", "/dev/stdout",
		"/dev/stderr" };
	static const char *const directories[] = { "/dev/fd/",
		"/proc/self/fd/" };
	int64_t fd;

	for (int i = 0; i < 3; i++)
		if (strcmp(path, names[i]) == 0)
			return i;
	for (int i = 0; i < 2; i++) {
		size_t n = strlen(directories[i]);

		if (strncmp(path, directories[i], n) == 0 &&
		    text_int_parse(path + n, 0, INT_MAX, &fd) == 0)
			return (int)fd;
	}
	return -1;
}

char *
outfile_part(const char *path)
{
	char *target = outfile_follow(path), *part;

	if (target == NULL)
		return NULL;
	part = xasprintf("%s.part", target);
	free(target);
	return part;
}

/* A text that is the same for all names of one file or directory: its device
 * and inode. Where nothing exists yet: those of the directory, and the name in
 * it; of a directory that does not exist either, the whole name. NULL for
 * devices and pipes. */
static char *
identity(const char *path)
{
	char *target, *above, *id;
	const char *slash;
	struct stat st;

	/* the name itself: what /dev/stdin leads to may have none */
	if (stat(path, &st) == 0)
		return S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)
		    ? xasprintf("%ju:%ju", (uintmax_t)st.st_dev,
			  (uintmax_t)st.st_ino)
		    : NULL;
	if ((target = outfile_follow(path)) == NULL)
		return NULL;
	above = beside(target, ".");
	slash = strrchr(target, '/');
	if (stat(above, &st) == 0)
		id = xasprintf("%ju:%ju/%s", (uintmax_t)st.st_dev,
		    (uintmax_t)st.st_ino, slash != NULL ? slash + 1 : target);
	else
		id = xstrdup(target);
	free(above);
	free(target);
	return id;
}

bool
outfile_same(const char *a, const char *b)
{
	char *x = identity(a), *y = identity(b);
	bool same = x != NULL && y != NULL && strcmp(x, y) == 0;

	free(x);
	free(y);
	return same;
}

#define PLACE "name a place that exists and where you may write"

static int
no_directory(const char *name, struct fault *f)
{
	return fault(f, FAULT_IO,
	    "%s: cannot create a file in its directory: %s; " PLACE, name,
	    strerror(errno));
}

int
outfile_no_beside(const char *name, int error, struct fault *f)
{
	return fault(f, FAULT_IO,
	    "%s: cannot create a directory beside it: %s; " PLACE, name,
	    strerror(error));
}

static int
is_directory(const char *name, struct fault *f)
{
	return fault(f, FAULT_IO, "%s: is a directory; name a file in it",
	    name);
}

/* Where ${path} leads; the caller's. */
static char *
target_of(const char *path, struct fault *f)
{
	char *target;

	if (path[0] == '\0') {
		(void)fault(f, FAULT_USAGE, "the output file has no name");
		return NULL;
	}
	target = outfile_follow(path);
	if (target == NULL)
		(void)fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	return target;
}

int
outfile_check(const char *path, bool directory, struct fault *f)
{
	struct stat st;
	char *target, *above;
	int rc = 0, error;

	if (path == NULL || strcmp(path, "-") == 0 ||
	    outfile_descriptor(path) >= 0)
		return 0;
	if ((target = target_of(path, f)) == NULL)
		return -1;
	above = beside(target, ".");
	error = stat(target, &st) == 0 ? 0 : errno;
	if (error == 0 && !S_ISREG(st.st_mode))
		rc = S_ISDIR(st.st_mode) && !directory ? is_directory(path, f)
						       : 0;
	else if (access(above, W_OK | X_OK) != 0)
		rc = directory ? outfile_no_beside(path, errno, f)
			       : no_directory(path, f);
	else if (error != 0 && error != ENOENT)
		rc = fault(f, FAULT_IO, "%s: %s", path, strerror(error));
	free(above);
	free(target);
	return rc;
}

static int
open_descriptor(struct outfile *p, int fd, struct fault *f)
{
	if (fcntl(fd, F_GETFD) < 0)
		return fault(f, FAULT_IO, "%s: not open", p->name);
	p->fd = fd;
	if (fd != STDOUT_FILENO)
		p->fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return p->fd < 0 ? outfile_fault(p, errno, f) : 0;
}

/* A device or FIFO: nothing to rename. */
static int
open_special(struct outfile *p, struct fault *f)
{
	do {
		p->fd = open(p->name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	} while (p->fd < 0 && errno == EINTR && stop_requested() == 0);
	if (p->fd < 0)
		return fault(f, errno == EINTR ? FAULT_CANCELLED : FAULT_IO,
		    "%s: cannot open it for writing: %s", p->name,
		    strerror(errno));
	return 0;
}

static int
open_temp(struct outfile *p, struct fault *f)
{
	/* of its own length: the target's name may be the longest possible */
	char *temp = beside(p->target, ".ttlsweep-XXXXXX");

	p->fd = mkstemp(temp);
	if (p->fd < 0) {
		(void)no_directory(p->name, f);
		free(temp);
		return -1;
	}
	p->temp = temp;
	(void)fcntl(p->fd, F_SETFD, FD_CLOEXEC);
	/* despite the umask; not all file systems know modes */
	(void)fchmod(p->fd, 0600);
	return 0;
}

static int
open_path(struct outfile *p, struct fault *f)
{
	struct stat st;

	if ((p->target = target_of(p->name, f)) == NULL)
		return -1;
	if (stat(p->target, &st) != 0)
		return errno == ENOENT ? open_temp(p, f)
				       : outfile_fault(p, errno, f);
	if (S_ISREG(st.st_mode))
		return open_temp(p, f);
	if (S_ISDIR(st.st_mode))
		return is_directory(p->name, f);
	free(p->target);
	p->target = NULL;
	return open_special(p, f);
}

int
outfile_open(struct outfile *p, const char *path, struct fault *f)
{
	int fd = path == NULL || strcmp(path, "-") == 0
	    ? STDOUT_FILENO
	    : outfile_descriptor(path);
	struct stat st;

	*p = (struct outfile){ .fd = -1 };
	p->name = xstrdup(fd == STDOUT_FILENO ? "standard output" : path);
	if ((fd >= 0 ? open_descriptor(p, fd, f) : open_path(p, f)) == 0) {
		p->waits = fstat(p->fd, &st) == 0 &&
		    (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) ||
			isatty(p->fd) == 1);
		return 0;
	}
	outfile_discard(p);
	return -1;
}

/* Open ${p}->temp, the unfinished file, and lock it. */
static int
open_part(struct outfile *p, int64_t from, struct fault *f)
{
	struct stat st;
	int how = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;

	p->fd = open(p->temp, how | (from == 0 ? O_CREAT : 0), 0600);
	if (p->fd < 0 && errno == ENOENT && from > 0)
		return fault(f, FAULT_REFUSED,
		    "%s: does not exist, but the checkpoint continues it; "
		    "remove the checkpoint to start over",
		    p->temp);
	if (p->fd < 0 || fstat(p->fd, &st) != 0)
		return fault(f, FAULT_IO, "%s: %s", p->temp, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fault(f, FAULT_IO, "%s: is not a regular file", p->temp);
	if (flock(p->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return fault(f, FAULT_REFUSED, "%s: another run is writing it",
		    p->temp);
	if (st.st_size < from)
		return fault(f, FAULT_REFUSED,
		    "%s: has %lld bytes, but the checkpoint continues after "
		    "%lld; remove both to start over",
		    p->temp, (long long)st.st_size, (long long)from);
	if (ftruncate(p->fd, from) != 0 || fchmod(p->fd, 0600) != 0 ||
	    lseek(p->fd, from, SEEK_SET) < 0)
		return fault(f, FAULT_IO, "%s: %s", p->temp, strerror(errno));
	return outfile_sync_directory(p->temp, f);
}

int
outfile_open_part(struct outfile *p, const char *path, int64_t from,
    struct fault *f)
{
	struct stat st;

	*p = (struct outfile){ .fd = -1, .keep = true };
	p->name = xstrdup(path);
	p->target = target_of(path, f);
	if (p->target == NULL)
		goto bad;
	if (stat(p->target, &st) == 0 && !S_ISREG(st.st_mode)) {
		(void)fault(f, FAULT_IO,
		    "%s: is not a regular file, so it could not be continued "
		    "later",
		    path);
		goto bad;
	}
	p->temp = xasprintf("%s.part", p->target);
	if (open_part(p, from, f) == 0)
		return 0;
bad:
	outfile_discard(p);
	return -1;
}

/* It is created again: the umask cannot be read without setting it. */
int
outfile_share(struct outfile *p, struct fault *f)
{
	if (p->temp == NULL || p->keep)
		return 0;
	(void)close(p->fd);
	(void)unlink(p->temp);
	p->fd = open(p->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (p->fd >= 0)
		return 0;
	(void)outfile_fault(p, errno, f);
	free(p->temp); /* not ours */
	p->temp = NULL;
	return -1;
}

/* A file under a temporary name is finished whatever happens; a pipe or a
 * device may block for ever. */
static bool
interrupted(const struct outfile *p, struct fault *f)
{
	if (p->temp != NULL || stop_requested() == 0)
		return false;
	(void)fault(f, FAULT_CANCELLED, "%s: interrupted", p->name);
	return true;
}

int
outfile_write(const struct outfile *p, const void *data, size_t n,
    struct fault *f)
{
	struct pollfd wait = { p->fd, POLLOUT, 0 };
	const char *from = data;

	while (n > 0) {
		size_t step = p->waits && n > PIPE_PIECE ? PIPE_PIECE : n;
		ssize_t w;
		int error;

		if (p->waits && stop_await(p->fd, POLLOUT, LINGER_MS) != 0 &&
		    interrupted(p, f))
			return -1;
		w = write(p->fd, from, step);
		error = w == 0 ? EIO : errno;
		if (w > 0) {
			from += w;
			n -= (size_t)w;
			continue;
		}
		/* another process that shares it made it non-blocking */
		if (error == EAGAIN || error == EWOULDBLOCK)
			(void)poll(&wait, 1, POLL_MS);
		else if (error != EINTR)
			return outfile_fault(p, error, f);
		if (interrupted(p, f))
			return -1;
	}
	return 0;
}

/* Close it and report what close reports (a full quota on NFS). Of stdout a
 * duplicate is closed: its number must stay in use. */
static int
close_fd(struct outfile *p, struct fault *f)
{
	int fd = p->fd, r;

	if (fd == STDOUT_FILENO) {
		fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		r = fd < 0 ? -1 : close(fd);
	} else {
		p->fd = -1;
		r = close(fd);
	}
	return r != 0 && errno != EINTR ? outfile_fault(p, errno, f) : 0;
}

int
outfile_sync_directory(const char *path, struct fault *f)
{
	char *directory = beside(path, ".");
	int rc = file_sync_directory(directory);

	free(directory);
	if (rc >= 0)
		return 0;
	return fault(f, FAULT_IO,
	    "written, but its directory is not synced: %s: %s", path,
	    strerror(errno));
}

int
outfile_sync(const struct outfile *p, struct fault *f)
{
	return file_sync(p->fd) != 0 ? outfile_fault(p, errno, f) : 0;
}

int
outfile_settle(struct outfile *p, struct fault *f)
{
	if (p->temp != NULL && outfile_sync(p, f) != 0)
		return -1;
	/* closing would drop the lock before it has its name */
	return p->keep ? 0 : close_fd(p, f);
}

int
outfile_rename(struct outfile *p, struct fault *f)
{
	if (p->temp == NULL)
		return 0;
	if (rename(p->temp, p->target) != 0)
		return outfile_fault(p, errno, f);
	free(p->temp);
	p->temp = NULL;
	if (p->keep && close_fd(p, f) != 0)
		return -1;
	return outfile_sync_directory(p->target, f);
}

void
outfile_discard(struct outfile *p)
{
	if (p->fd >= 0 && p->fd != STDOUT_FILENO)
		(void)close(p->fd);
	if (p->temp != NULL && !p->keep)
		(void)unlink(p->temp);
	free(p->temp);
	free(p->target);
	free(p->name);
	*p = (struct outfile){ .fd = -1 };
}
