#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/stop.h"
#include "base/text.h"
#include "export/place.h"

#define LINKS_MAX 40 /* symbolic links followed, as Linux does */

int
place_fault(const struct place *p, int error, struct fault *f)
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

/* ${path} with its last name's symbolic links followed, also to where
 * nothing is yet. NULL when they go in a circle. */
static char *
follow(const char *path)
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
place_descriptor(const char *path)
{
	static const char *const names[] = { "/dev/stdin", "/dev/stdout",
		"/dev/stderr" };
	static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
	int64_t fd;

	for (int i = 0; i < 3; i++)
		if (strcmp(path, names[i]) == 0)
			return i;
	for (int i = 0; i < 2; i++) {
		size_t n = strlen(folders[i]);

		if (strncmp(path, folders[i], n) == 0 &&
		    text_int_parse(path + n, 0, INT_MAX, &fd) == 0)
			return (int)fd;
	}
	return -1;
}

static int
open_descriptor(struct place *p, int fd, struct fault *f)
{
	if (fcntl(fd, F_GETFD) < 0)
		return fault(f, FAULT_IO, "%s: not open", p->name);
	p->fd = fd;
	if (fd != STDOUT_FILENO)
		p->fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return p->fd < 0 ? place_fault(p, errno, f) : 0;
}

/* A device, a FIFO: there is nothing to rename. */
static int
open_special(struct place *p, struct fault *f)
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
open_temp(struct place *p, struct fault *f)
{
	char *temp;

	/* of a length of its own: the target's name may be the longest
	 * there can be */
	temp = beside(p->target, ".ttlsweep-XXXXXX");
	p->fd = mkstemp(temp);
	if (p->fd < 0) {
		(void)fault(f, FAULT_IO,
		    "%s: cannot create a file in its folder: %s", p->name,
		    strerror(errno));
		free(temp);
		return -1;
	}
	p->temp = temp;
	(void)fcntl(p->fd, F_SETFD, FD_CLOEXEC);
	return 0;
}

static int
open_path(struct place *p, struct fault *f)
{
	struct stat st;

	if (p->name[0] == '\0')
		return fault(f, FAULT_USAGE, "the output file has no name");
	if ((p->target = follow(p->name)) == NULL)
		return place_fault(p, errno, f);
	if (stat(p->target, &st) != 0)
		return errno == ENOENT ? open_temp(p, f)
				       : place_fault(p, errno, f);
	if (S_ISREG(st.st_mode))
		return open_temp(p, f);
	if (S_ISDIR(st.st_mode))
		return fault(f, FAULT_IO, "%s: is a folder; name a file in it",
		    p->name);
	free(p->target);
	p->target = NULL;
	return open_special(p, f);
}

int
place_open(struct place *p, const char *path, struct fault *f)
{
	int fd = path == NULL || strcmp(path, "-") == 0
	    ? STDOUT_FILENO
	    : place_descriptor(path);

	*p = (struct place){ .fd = -1 };
	p->name = xstrdup(fd == STDOUT_FILENO ? "standard output" : path);
	if ((fd >= 0 ? open_descriptor(p, fd, f) : open_path(p, f)) == 0)
		return 0;
	place_discard(p);
	return -1;
}

static int
sync_fd(int fd)
{
	int r;

	do {
		r = fsync(fd);
	} while (r != 0 && errno == EINTR);
	/* EINVAL: a file system that knows no sync */
	return r != 0 && errno != EINVAL ? -1 : 0;
}

/* Close it and hear what the close has to say (a full quota on NFS). Of
 * stdout a duplicate is closed: the number stays taken. */
static int
close_fd(struct place *p, struct fault *f)
{
	int fd = p->fd, r;

	if (fd == STDOUT_FILENO) {
		fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		r = fd < 0 ? -1 : close(fd);
	} else {
		p->fd = -1;
		r = close(fd);
	}
	return r != 0 && errno != EINTR ? place_fault(p, errno, f) : 0;
}

/* Make the rename last. A folder that may not be read cannot be synced. */
static int
sync_folder(const struct place *p, struct fault *f)
{
	char *folder = beside(p->target, ".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;

	free(folder);
	if (fd < 0)
		return 0;
	if (sync_fd(fd) != 0) {
		(void)place_fault(p, errno, f);
		rc = fault_at(f, "written, but its folder is not synced");
	}
	(void)close(fd);
	return rc;
}

int
place_finish(struct place *p, struct fault *f)
{
	if (p->temp != NULL && sync_fd(p->fd) != 0)
		return place_fault(p, errno, f);
	if (close_fd(p, f) != 0)
		return -1;
	if (p->temp == NULL)
		return 0;
	if (rename(p->temp, p->target) != 0)
		return place_fault(p, errno, f);
	free(p->temp);
	p->temp = NULL;
	return sync_folder(p, f);
}

void
place_discard(struct place *p)
{
	if (p->fd >= 0 && p->fd != STDOUT_FILENO)
		(void)close(p->fd);
	if (p->temp != NULL)
		(void)unlink(p->temp);
	free(p->temp);
	free(p->target);
	free(p->name);
	*p = (struct place){ .fd = -1 };
}
