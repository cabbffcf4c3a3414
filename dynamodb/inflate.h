#ifndef DYNAMODB_INFLATE_H
#define DYNAMODB_INFLATE_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct fault;

/* zlib, for replies. */

/* CRC-32 of ${p}[0..n). Pure. */
uint32_t inflate_crc32(const void *p, size_t n);
/* Inflate the gzip members ${p}[0..n) into ${out} (emptied first), at most
 * ${max} bytes. 0, or -1 on damage or when it would be longer. */
int inflate_gzip(struct buf *out, const void *p, size_t n, size_t max,
    struct fault *f);

#endif
