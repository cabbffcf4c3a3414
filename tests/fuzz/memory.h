#ifndef FUZZ_MEMORY_H
#define FUZZ_MEMORY_H

/*
 * Files in memory: writing each input to a disk would take many times longer
 * than reading it. Include this first: memfd_create needs _GNU_SOURCE.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "must.h"

/* A file with the contents ${data}[0..n), open until the next call. */
static int
memory_fd(const void *data, size_t n)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	MUST(fd >= 0 && ftruncate(fd, 0) == 0);
	MUST(n == 0 || pwrite(fd, data, n, 0) == (ssize_t)n);
	return fd;
}

/* The path of that file. */
static const char *
memory_file(const void *data, size_t n)
{
	static char path[32];

	(void)snprintf(path, sizeof(path), "/dev/fd/%d", memory_fd(data, n));
	return path;
}

#endif
