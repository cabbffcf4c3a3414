#ifndef LIB_BASE_SECRET_H
#define LIB_BASE_SECRET_H

#include "lib/base/buf.h"

struct fault;

/* Add a whole file, at most ${most} bytes, to an empty ${out}. -1 when it does
 * not exist (FAULT_NOT_FOUND), cannot be read, is longer, or contains a NUL;
 * the fault names it. */
int secret_read(struct buf *out, const char *path, size_t most,
    struct fault *f);
/* Wipe and free. */
void secret_release(struct buf *b);
void secret_free(const char *s);

/* Replace the file ${path} by ${p}[0..n), all of it or nothing, with mode
 * 0600. */
int secret_write(const char *path, const char *p, size_t n, struct fault *f);

#endif
