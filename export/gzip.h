#ifndef EXPORT_GZIP_H
#define EXPORT_GZIP_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* A gzip member being written or read, from memory to memory. */
struct gzip;

struct gzip *gzip_open(bool reads);
void gzip_close(struct gzip *z);

/*
 * Compress ${p}[0..n) and add what comes out to ${out}; ${end}: and that was
 * all. The header holds no name and no time, so that the same data makes the
 * same bytes.
 */
void gzip_write(struct gzip *z, const void *p, size_t n, bool end,
    struct buf *out);

/*
 * Expand ${p}[0..*n) and add at most ${most} bytes to ${out}; *${n} becomes
 * how many were used. 1; 0 when the member ended there (check sum and length
 * are right); -1 when it is damaged. ${out} grows in all three cases.
 */
int gzip_read(struct gzip *z, const void *p, size_t *n, size_t most,
    struct buf *out);
/* Ready for the next member, to be read or written. */
void gzip_next(struct gzip *z);
/* What gzip_read did not like. */
const char *gzip_why(const struct gzip *z);

#endif
