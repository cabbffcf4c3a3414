#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"

int
secret_read(struct buf *out, const char *path, size_t most, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc;

	if (fd < 0)
		return fault(f,
		    errno == ENOENT || errno == ENOTDIR ? FAULT_NOT_FOUND
			: errno == EINTR                ? FAULT_CANCELLED
							: FAULT_IO,
		    "%.300s: %s", path, strerror(errno));
	rc = file_read(fd, path, most, out, f);
	(void)close(fd);
	if (rc == 1)
		return fault(f, FAULT_IO, "%.300s: longer than %zu bytes", path,
		    most);
	if (rc == 0 && memchr(out->p, '\0', out->n) != NULL)
		return fault(f, FAULT_IO, "%.300s: contains a NUL byte", path);
	return rc;
}

void
secret_release(struct buf *b)
{
	crypto_wipe(b->p, b->cap);
	buf_release(b);
}

void
secret_free(const char *s)
{
	char *p = (char *)(uintptr_t)s;

	if (p != NULL)
		crypto_wipe(p, strlen(p));
	free(p);
}

int
secret_write(const char *path, const char *p, size_t n, struct fault *f)
{
	char *temporary = xasprintf("%s.XXXXXX", path);
	int fd = mkstemp(temporary), error = 0, rc = 0;

	if (fd < 0) {
		rc = fault(f, FAULT_IO, "%.300s: %s", temporary,
		    strerror(errno));
		goto out;
	}
	if (fchmod(fd, S_IRUSR | S_IWUSR) != 0 || file_write(fd, p, n) != 0 ||
	    fsync(fd) != 0)
		error = errno;
	if (close(fd) != 0 && error == 0)
		error = errno;
	if (error == 0 && rename(temporary, path) != 0)
		error = errno;
	if (error != 0) {
		(void)unlink(temporary);
		rc = fault(f, FAULT_IO, "%.300s: %s", path, strerror(error));
	}
out:
	free(temporary);
	return rc;
}
