#ifndef LIB_BASE_MEM_H
#define LIB_BASE_MEM_H

#include <stddef.h>

/*
 * Memory that is always there: when the system has none left these say so
 * on stderr and end the process with _exit(1). They may be called from any
 * thread. The journal is synced before a delete is sent, so a sudden end is
 * a case that restore already handles.
 */
void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t n);
/* Room for ${count} elements of ${size}; ends the process on overflow. */
void *xreallocarray(void *p, size_t count, size_t size);
char *xstrdup(const char *s);
/* The first ${n} bytes of ${p} and a NUL behind them. */
char *xstrndup(const char *p, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
