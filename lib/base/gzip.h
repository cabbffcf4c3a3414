#ifndef LIB_BASE_GZIP_H
#define LIB_BASE_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct fault;

/* A gzip member being written or read, from memory to memory. */
struct gzip;

struct gzip *gzip_open(bool reads);
void gzip_close(struct gzip *z);

/* Compress ${p}[0..n) and add the result to ${out}; ${end}: that is all. The
 * header has no name and no time, so the same data gives the same bytes. */
void gzip_write(struct gzip *z, const void *p, size_t n, bool end,
    struct buf *out);

/*
 * Expand ${p}[0..*n) and add at most ${most} bytes to ${out}; *${n} becomes
 * how many bytes were used. 1; 0 at the end of the member (checksum and length
 * are right); -1 when it is damaged, at ${p}[*n] or before. ${out} grows in all
 * three cases.
 */
int gzip_read(struct gzip *z, const void *p, size_t *n, size_t most,
    struct buf *out);
/* Get ready for the next member. */
void gzip_next(struct gzip *z);
/* Why gzip_read failed. */
const char *gzip_why(const struct gzip *z);

/* CRC-32 of ${p}[0..n) behind bytes that have ${crc}, 0 at the beginning. Pure.
 */
uint32_t gzip_crc32(uint32_t crc, const void *p, size_t n);
/* Expand the gzip members ${p}[0..n) into ${out} (emptied first). 0, or -1 when
 * they are damaged or give more than ${max} bytes. */
int gzip_inflate(struct buf *out, const void *p, size_t n, size_t max,
    struct fault *f);

#endif
