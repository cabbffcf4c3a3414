#ifndef LIB_STREAM_CMS_OPEN_H
#define LIB_STREAM_CMS_OPEN_H

#include <stddef.h>
#include <sys/types.h>

struct cms_key;
struct fault;

/*
 * One encrypted message in a file, decrypted as it is read; for
 * lib/stream/cms_read.c. Only AuthEnvelopedData (RFC 5083) with AES-GCM and a
 * tag of 16 bytes is accepted: others could be changed without notice.
 */
struct cms_open;

/* ${fd} is read by offset, starting at ${from}. */
struct cms_open *cms_open(int fd, off_t from, const struct cms_key *key,
    struct fault *f);
/* Up to ${room} bytes of text, NOT TO BE TRUSTED until 0 is returned: the
 * end, and the tag is right. -1 on failure. */
int cms_open_read(struct cms_open *o, unsigned char *to, size_t room,
    struct fault *f);
void cms_open_close(struct cms_open *o);

#endif
