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
	p->target = outfile_follow(path);
	if (p->target == NULL) {
		(void)outfile_fault(p, errno, f);
	} else if (stat(p->target, &st) == 0 && !S_ISREG(st.st_mode)) {
		(void)fault(f, FAULT_IO,
		    "%s: is not a regular file, so it could not be continued "
		    "later",
		    path);
	} else {
		p->temp = outfile_part(path);
		if (open_part(p, from, f) == 0)
			return 0;
	}
	outfile_discard(p);
	return -1;
}

/* Where a name leads. */
struct spot {
	bool known;
	dev_t dev; /* of the file; where there is none, of its directory */
	ino_t ino;
	char *name; /* … and its name in it; NULL: the file is there */
};

/* Where nothing is yet: the directory, and the name that ${target} has there.
 * Of a directory that is not there either, the whole name has to tell. */
static void
find_new(struct spot *s, const char *target)
{
	const char *slash = strrchr(target, '/');
	char *directory = slash != NULL
	    ? xstrndup(target, (size_t)(slash - target) + 1)
	    : xstrdup(".");
	struct stat st;

	s->known = true;
	if (stat(directory, &st) == 0) {
		s->dev = st.st_dev;
		s->ino = st.st_ino;
		s->name = xstrdup(slash != NULL ? slash + 1 : target);
	} else {
		s->name = xstrdup(target);
	}
	free(directory);
}

/* Devices and pipes have room for everything: they are the same as none. */
static void
find(struct spot *s, const char *path)
{
	struct stat st;
	char *target;

	*s = (struct spot){ .known = false };
	/* the name itself: what /dev/stdin leads to may have none */
	if (stat(path, &st) == 0) {
		s->known = S_ISREG(st.st_mode) || S_ISDIR(st.st_mode);
		s->dev = st.st_dev;
		s->ino = st.st_ino;
	} else if ((target = outfile_follow(path)) != NULL) {
		find_new(s, target);
		free(target);
	}
}

bool
outfile_same(const char *a, const char *b)
{
	struct spot x, y;
	bool same;

	find(&x, a);
	find(&y, b);
	same = x.known && y.known && x.dev == y.dev && x.ino == y.ino &&
	    (x.name == NULL) == (y.name == NULL) &&
	    (x.name == NULL || strcmp(x.name, y.name) == 0);
	free(x.name);
	free(y.name);
	return same;
}

#define LINKS_MAX 40 /* symbolic links followed, as Linux does */
#define POLL_MS 1000
#define LINGER_MS 2000 /* for a slow reader, after a signal */

int
outfile_fault(const struct outfile *p, int error, struct fault *f)
{
	if (error == EPIPE && p->fd == STDOUT_FILENO)
		return fault(f, FAULT_PIPE, "%s: closed by its reader",
		    p->name);
	return fault(f, FAULT_IO, "%s: %s", p->name, strerror(error));
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

/* A device, a FIFO: there is nothing to rename. */
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
no_directory(const char *name, struct fault *f)
{
	return fault(f, FAULT_IO,
	    "%s: cannot create a file in its directory: %s", name,
	    strerror(errno));
}

static int
open_temp(struct outfile *p, struct fault *f)
{
	char *temp;

	/* of a length of its own: the target's name may be the longest
	 * there can be */
	temp = beside(p->target, ".ttlsweep-XXXXXX");
	p->fd = mkstemp(temp);
	if (p->fd < 0) {
		(void)no_directory(p->name, f);
		free(temp);
		return -1;
	}
	p->temp = temp;
	(void)fcntl(p->fd, F_SETFD, FD_CLOEXEC);
	/* the umask may have taken of it; not all file systems know modes */
	(void)fchmod(p->fd, 0600);
	return 0;
}

static int
is_directory(const char *name, struct fault *f)
{
	return fault(f, FAULT_IO, "%s: is a directory; name a file in it",
	    name);
}

static int
no_name(struct fault *f)
{
	return fault(f, FAULT_USAGE, "the output file has no name");
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
	if (path[0] == '\0')
		return no_name(f);
	if ((target = outfile_follow(path)) == NULL)
		return fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	above = beside(target, ".");
	error = stat(target, &st) == 0 ? 0 : errno;
	if (error == 0 && !S_ISREG(st.st_mode))
		rc = S_ISDIR(st.st_mode) && !directory ? is_directory(path, f)
						       : 0;
	else if (access(above, W_OK | X_OK) != 0)
		rc = directory
		    ? fault(f, FAULT_IO,
			  "%s: cannot create a directory beside it: %s", path,
			  strerror(errno))
		    : no_directory(path, f);
	else if (error != 0 && error != ENOENT)
		rc = fault(f, FAULT_IO, "%s: %s", path, strerror(error));
	free(above);
	free(target);
	return rc;
}

static int
open_path(struct outfile *p, struct fault *f)
{
	struct stat st;

	if (p->name[0] == '\0')
		return no_name(f);
	if ((p->target = outfile_follow(p->name)) == NULL)
		return outfile_fault(p, errno, f);
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

static bool
waits(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	    (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(fd) == 1);
}

int
outfile_open(struct outfile *p, const char *path, struct fault *f)
{
	int fd = path == NULL || strcmp(path, "-") == 0
	    ? STDOUT_FILENO
	    : outfile_descriptor(path);

	*p = (struct outfile){ .fd = -1 };
	p->name = xstrdup(fd == STDOUT_FILENO ? "standard output" : path);
	if ((fd >= 0 ? open_descriptor(p, fd, f) : open_path(p, f)) == 0) {
		p->waits = waits(p->fd);
		return 0;
	}
	outfile_discard(p);
	return -1;
}

/* Made anew: how the umask is cannot be asked without setting it. */
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

/* A file in the making is finished whatever comes; a pipe or a device may
 * keep us waiting for ever. */
static bool
interrupted(const struct outfile *p, struct fault *f)
{
	if (p->temp != NULL || stop_requested() == 0)
		return false;
	(void)fault(f, FAULT_CANCELLED, "%s: interrupted", p->name);
	return true;
}

/* What a pipe takes at once when it takes anything. A write that waits for its
 * reader would not see a signal, which goes to another thread. */
#define PIPE_PIECE ((size_t)4096)

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
		/* made non-blocking by whoever shares it with us */
		if (error == EAGAIN || error == EWOULDBLOCK)
			(void)poll(&wait, 1, POLL_MS);
		else if (error != EINTR)
			return outfile_fault(p, error, f);
		if (interrupted(p, f))
			return -1;
	}
	return 0;
}

/* Close it and hear what the close has to say (a full quota on NFS). Of
 * stdout a duplicate is closed: the number stays taken. */
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
	(void)fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	return fault_at(f, "written, but its directory is not synced");
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
	/* closed before it has its name, the lock would be gone */
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

int
outfile_finish(struct outfile *p, struct fault *f)
{
	return outfile_settle(p, f) == 0 ? outfile_rename(p, f) : -1;
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
