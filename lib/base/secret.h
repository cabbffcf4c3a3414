#ifndef LIB_BASE_SECRET_H
#define LIB_BASE_SECRET_H

#include "lib/base/buf.h"

struct fault;

/* Text that is not to stay behind in memory. */

/* The whole of a file, at most ${most} bytes, added to an empty ${out}. -1
 * when it is not there (FAULT_NOT_FOUND), cannot be read, is longer, or holds
 * a NUL; the fault names it. */
int secret_read(struct buf *out, const char *path, size_t most,
    struct fault *f);
/* Wipe and free; of a text, as far as it goes. */
void secret_release(struct buf *b);
void secret_free(const char *s);

/*
 * Put ${p}[0..n) in the place of the file ${path}, all of it or nothing, for
 * its owner's eyes alone (mode 0600).
 */
int secret_write(const char *path, const char *p, size_t n, struct fault *f);

#endif
