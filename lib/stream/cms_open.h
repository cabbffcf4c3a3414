#ifndef LIB_STREAM_CMS_OPEN_H
#define LIB_STREAM_CMS_OPEN_H

#include <stddef.h>
#include <sys/types.h>

struct cms_key;
struct fault;

/*
 * One encrypted message in a file, decrypted as it comes: below
 * lib/stream/cms_read.c. Only AuthEnvelopedData with AES-GCM and its whole tag
 * of 16 bytes is taken: with less, a message could be forged.
 */
struct cms_open;

/* ${fd} is read by offset, from ${from} on. */
struct cms_open *cms_open(int fd, off_t from, const struct cms_key *key,
    struct fault *f);
/* Up to ${room} bytes of text, NOT TO BE TRUSTED before 0 is returned: the
 * end, the tag holds. -1. */
int cms_open_read(struct cms_open *o, unsigned char *to, size_t room,
    struct fault *f);
void cms_open_close(struct cms_open *o);

#endif
