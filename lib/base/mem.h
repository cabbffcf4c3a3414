#ifndef LIB_BASE_MEM_H
#define LIB_BASE_MEM_H

#include <stddef.h>

/*
 * These never return NULL: when there is no memory left, they say so on stderr
 * and end the process with _exit(1), from any thread. The journal is synced
 * before a delete is sent, so restore can handle a sudden end.
 */
void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t n);
/* Room for ${count} elements of ${size}; ends the process on overflow. */
void *xreallocarray(void *p, size_t count, size_t size);
/* NULL for NULL. */
char *xstrdup(const char *s);
/* The first ${n} bytes of ${p}, and a NUL. */
char *xstrndup(const char *p, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
