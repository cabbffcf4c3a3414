#ifndef LIB_BASE_FILE_H
#define LIB_BASE_FILE_H

#include <stddef.h>

struct buf;
struct fault;

/* Write all of ${data}[0..n) to a blocking ${fd}. 0, or -1 with errno. */
int file_write(int fd, const void *data, size_t n);

/*
 * Add the rest of ${fd}, called ${name} in messages, to ${out}. 0; 1 when it is
 * longer than ${most} bytes; -1 when a signal came or it cannot be read. No
 * copy of a part of it is left in memory.
 */
int file_read(int fd, const char *name, size_t most, struct buf *out,
    struct fault *f);

/* fsync(2), if the file system supports it. 0, or -1 with errno. */
int file_sync(int fd);
/* The same for the names in the directory ${path}. 0; -1 with errno; 1 when it
 * cannot be opened, with errno. */
int file_sync_directory(const char *path);

#endif
