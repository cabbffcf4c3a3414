#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/stream/spool.h"

int
spool_open(struct fault *f)
{
	const char *directory = getenv("TMPDIR");
	char *path;
	int fd;

	if (directory == NULL || *directory == '\0')
		directory = P_tmpdir;
	path = xasprintf("%s/ttlsweep-XXXXXX", directory);
	fd = mkstemp(path);
	if (fd < 0) {
		(void)fault(f, FAULT_IO, "%s: cannot create a file in it: %s",
		    directory, strerror(errno));
	} else {
		(void)unlink(path);
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	free(path);
	return fd;
}

int
spool_write(int fd, const void *data, size_t n, struct fault *f)
{
	if (file_write(fd, data, n) != 0)
		return fault(f, FAULT_IO, "the temporary copy (in TMPDIR): %s",
		    strerror(errno));
	return 0;
}
