#ifndef LIB_STREAM_SPOOL_H
#define LIB_STREAM_SPOOL_H

#include <stddef.h>

struct fault;

/* A temporary file without a name, mode 0600, in TMPDIR: for what comes
 * through a pipe and must be read twice. Its descriptor, -1. */
int spool_open(struct fault *f);
int spool_write(int fd, const void *data, size_t n, struct fault *f);

#endif
