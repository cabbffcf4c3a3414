#ifndef LIB_STREAM_CMS_H
#define LIB_STREAM_CMS_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct cms_recipients;
struct fault;

/*
 * One encrypted message being written, from memory to memory: CMS
 * AuthEnvelopedData (RFC 5083) with AES-256-GCM, DER but for indefinite
 * lengths; the key goes to RSA recipients by OAEP, to EC ones by ECDH, both
 * with SHA-256.
 *
 * Readers take a message into memory as a whole, some of them several times
 * over. So what is longer than CMS_PART goes into several: each but the last
 * holds exactly so many bytes, so that a missing one is noticed.
 */
#define CMS_PART ((int64_t)1 << 30)

struct cms;

struct cms *cms_begin(const struct cms_recipients *to, struct fault *f);
/* Encrypt ${p}[0..n) and add what comes out to ${out}. */
int cms_write(struct cms *m, const void *p, size_t n, struct buf *out,
    struct fault *f);
/* Add the end of the message, the tag in it. */
int cms_end(struct cms *m, struct buf *out, struct fault *f);
void cms_free(struct cms *m);

#endif
