/*
 * Preloaded into ttlsweep: adds a line to the file named by OPENS_FILE for each
 * file that it opens to read, so that a test can count them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef int opener(const char *path, int flags, ...);

static void
note(opener *next, const char *path)
{
	const char *to = getenv("OPENS_FILE");
	char line[4096];
	int n = snprintf(line, sizeof(line), "%s\n", path);
	int fd = -1;

	if (to != NULL)
		fd = next(to, O_WRONLY | O_APPEND | O_CREAT, 0600);
	if (fd < 0)
		return;
	if (write(fd, line, (size_t)n) != n)
		abort();
	(void)close(fd);
}

static int
open_as(const char *name, const char *path, int flags, mode_t mode)
{
	opener *next;

	*(void **)&next = dlsym(RTLD_NEXT, name);
	if ((flags & O_ACCMODE) == O_RDONLY && (flags & O_DIRECTORY) == 0)
		note(next, path);
	return next(path, flags, mode);
}

#define OPENER(name)                                      \
	int name(const char *path, int flags, ...)        \
	{                                                 \
		mode_t mode = 0;                          \
		va_list ap;                               \
                                                          \
		va_start(ap, flags);                      \
		if ((flags & (O_CREAT | O_TMPFILE)) != 0) \
			mode = va_arg(ap, mode_t);        \
		va_end(ap);                               \
		return open_as(#name, path, flags, mode); \
	}

OPENER(open)
OPENER(open64)
