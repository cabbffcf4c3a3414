#ifndef LIB_BASE_GZIP_H
#define LIB_BASE_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct fault;

/* Compresses or expands a gzip member in memory. */
struct gzip;

struct gzip *gzip_open(bool reads);
void gzip_close(struct gzip *z);

/* Compress ${p}[0..n) and add the result to ${out}; ${end} ends the member. Its
 * header has no name and no time: the same data gives the same bytes. */
void gzip_write(struct gzip *z, const void *p, size_t n, bool end,
    struct buf *out);

/*
 * Expand ${p}[0..*n) and add at most ${most} bytes to ${out}; *${n} becomes the
 * number of bytes used. 1; 0 at the end of the member, with the right checksum
 * and length; -1 when it is damaged, at ${p}[*n] or before. ${out} gets what
 * was expanded in all cases.
 */
int gzip_read(struct gzip *z, const void *p, size_t *n, size_t most,
    struct buf *out);
/* Get ready for the next member. */
void gzip_next(struct gzip *z);
/* Why gzip_read failed. */
const char *gzip_why(const struct gzip *z);

/* The CRC-32 ${crc} (0 at the start) continued over ${p}[0..n). Pure. */
uint32_t gzip_crc32(uint32_t crc, const void *p, size_t n);
/* Replace ${out} by the expanded members ${p}[0..n); -1 when they are damaged
 * or give more than ${max} bytes. */
int gzip_inflate(struct buf *out, const void *p, size_t n, size_t max,
    struct fault *f);

#endif
