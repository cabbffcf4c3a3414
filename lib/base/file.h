#ifndef LIB_BASE_FILE_H
#define LIB_BASE_FILE_H

#include <stddef.h>

struct buf;
struct fault;

/* What read(2), write(2) and fsync(2) leave to their callers. */

/* Write all of ${data}[0..n), as a blocking ${fd} takes it. 0, or -1 with
 * errno. */
int file_write(int fd, const void *data, size_t n);

/*
 * Add what is left to read of ${fd}, called ${name} in messages, to ${out}. 0;
 * 1 when there are more than ${most} bytes; -1 when a signal came or it cannot
 * be read. No copy of a part of it stays behind in memory.
 */
int file_read(int fd, const char *name, size_t most, struct buf *out,
    struct fault *f);

/* Bring what was written to the disk, where the file system knows such a
 * thing. 0, or -1 with errno. */
int file_sync(int fd);
/* The same of the names in the directory ${path}. 0; -1 with errno; 1 when it
 * cannot be opened, with errno. */
int file_sync_directory(const char *path);

#endif
