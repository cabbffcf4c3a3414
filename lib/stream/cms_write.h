#ifndef LIB_STREAM_CMS_WRITE_H
#define LIB_STREAM_CMS_WRITE_H

#include <stddef.h>
#include <stdint.h>

struct cms_recipients;
struct fault;
struct outfile;

/*
 * An encrypted export being written: CMS AuthEnvelopedData (RFC 5083) with
 * AES-256-GCM, DER but for indefinite lengths. The key goes to RSA recipients
 * by OAEP, to EC ones by ECDH, both with SHA-256.
 *
 * It is one file, or FILE, FILE.0002, FILE.0003 … when it is longer than one
 * message may be (CMS_PART): other readers take a whole message into memory,
 * some of them several times. Each file but the last has exactly that many
 * bytes of text, so that a missing one is noticed. None has its final name
 * before all are complete.
 */
struct cms_write;

/* Takes over ${first}, which is open, also on failure. ${to} is borrowed;
 * ${part} is the text of one message, 0: CMS_PART. */
struct cms_write *cms_write_open(struct outfile *first,
    const struct cms_recipients *to, int64_t part, struct fault *f);
int cms_write_add(struct cms_write *s, const void *p, size_t n,
    struct fault *f);
/* Sync the files and rename all of them. Call cms_write_discard afterwards. */
int cms_write_finish(struct cms_write *s, struct fault *f);
/* Remove the files that have no final name yet, and free; NULL is fine. */
void cms_write_discard(struct cms_write *s);

#endif
