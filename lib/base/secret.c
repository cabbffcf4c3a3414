#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/stop.h"

int
secret_read(struct buf *out, const char *path, size_t most, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	/* all at once, so that no smaller memory is left behind */
	char *to = buf_reserve(out, most + 1);
	ssize_t got = 1;

	if (fd < 0)
		return fault(f,
		    errno == ENOENT || errno == ENOTDIR ? FAULT_NOT_FOUND
			: errno == EINTR                ? FAULT_CANCELLED
							: FAULT_IO,
		    "%.300s: %s", path, strerror(errno));
	while (got != 0 && out->n <= most) {
		if (stop_await(fd, POLLIN, 0) != 0) {
			(void)close(fd);
			return fault(f, FAULT_CANCELLED, "%.300s: interrupted",
			    path);
		}
		got = read(fd, to + out->n, most + 1 - out->n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		out->n += (size_t)got;
	}
	out->p[out->n] = '\0';
	if (got < 0)
		(void)fault(f, FAULT_IO, "%.300s: %s", path, strerror(errno));
	(void)close(fd);
	if (got < 0)
		return -1;
	if (out->n > most)
		return fault(f, FAULT_IO, "%.300s: longer than %zu bytes", path,
		    most);
	if (memchr(out->p, '\0', out->n) != NULL)
		return fault(f, FAULT_IO, "%.300s: a NUL byte in it", path);
	return 0;
}

void
secret_release(struct buf *b)
{
	crypto_wipe(b->p, b->cap);
	buf_release(b);
}

static int
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

int
secret_write(const char *path, const char *p, size_t n, struct fault *f)
{
	char *temporary = xasprintf("%s.XXXXXX", path);
	int fd = mkstemp(temporary), rc = -1, error;

	if (fd < 0) {
		(void)fault(f, FAULT_IO, "%.300s: %s", temporary,
		    strerror(errno));
		free(temporary);
		return -1;
	}
	if (fchmod(fd, S_IRUSR | S_IWUSR) == 0 && write_all(fd, p, n) == 0 &&
	    fsync(fd) == 0)
		rc = 0;
	error = errno;
	if (close(fd) != 0 && rc == 0) {
		error = errno;
		rc = -1;
	}
	if (rc == 0 && rename(temporary, path) != 0) {
		error = errno;
		rc = -1;
	}
	if (rc != 0) {
		(void)unlink(temporary);
		(void)fault(f, FAULT_IO, "%.300s: %s", path, strerror(error));
	}
	free(temporary);
	return rc;
}
