#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/stop.h"

#define STEP ((size_t)4096)

int
file_write(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put == 0)
			errno = ENOSPC;
		if (put <= 0)
			return -1;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

/* Make room in ${b}, and wipe the memory that was too small. */
static void
make_room(struct buf *b)
{
	struct buf more = { 0 };

	if (b->cap - b->n > STEP)
		return;
	(void)buf_reserve(&more, 2 * b->n + STEP);
	buf_add(&more, b->p, b->n);
	crypto_wipe(b->p, b->cap);
	buf_release(b);
	*b = more;
}

int
file_read(int fd, const char *name, size_t most, struct buf *out,
    struct fault *f)
{
	size_t began = out->n;
	ssize_t got;

	for (;;) {
		make_room(out);
		if (stop_await(fd, POLLIN, 0) != 0)
			return fault(f, FAULT_CANCELLED, "%s: interrupted",
			    name);
		got = read(fd, out->p + out->n, out->cap - out->n - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fault(f, FAULT_IO, "%s: %s", name,
			    strerror(errno));
		if (got == 0)
			return 0;
		out->n += (size_t)got;
		out->p[out->n] = '\0';
		if (out->n - began > most)
			return 1;
	}
}

int
file_sync(int fd)
{
	int r;

	do {
		r = fsync(fd);
	} while (r != 0 && errno == EINTR);
	/* EINVAL: the file system does not support it */
	return r != 0 && errno != EINVAL ? -1 : 0;
}

int
file_sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc, error;

	if (fd < 0)
		return 1;
	rc = file_sync(fd);
	error = errno;
	(void)close(fd);
	errno = error;
	return rc;
}
