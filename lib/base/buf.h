#ifndef LIB_BASE_BUF_H
#define LIB_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A growing string of bytes, which may include NUL. All zero is an empty one.
 * Once anything was added, a NUL that does not count follows the ${n} bytes.
 */
struct buf {
	char *p;
	size_t n;
	size_t cap;
};

void buf_add(struct buf *b, const void *p, size_t n);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_addv(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
/* In decimal. */
void buf_addi(struct buf *b, int64_t v);
/* Room for ${n} more bytes; returns where they go. The caller adds to b->n. */
char *buf_reserve(struct buf *b, size_t n);
/* The text as a C string ("" when empty), borrowed until the next change. */
const char *buf_text(const struct buf *b);
/* Empty it, keep the memory. */
void buf_reset(struct buf *b);
/* Free the memory; it is an empty one again. */
void buf_release(struct buf *b);
/* The bytes as a NUL-terminated string that the caller frees; b is empty. */
char *buf_detach(struct buf *b);

#endif
