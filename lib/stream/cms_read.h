#ifndef LIB_STREAM_CMS_READ_H
#define LIB_STREAM_CMS_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cms_key;
struct fault;

/*
 * Reads an encrypted export (lib/stream/cms_write.h) in little memory and
 * without a decrypted copy: each message is read twice. The first time its tag
 * is verified and checksums of its pieces are kept; the second time each piece
 * is returned only if it is still the same. So nothing is returned that the tag
 * does not cover.
 */
struct cms_read;

/* How many bytes of text one message has at most; then another follows. */
#define CMS_PART ((int64_t)1 << 30)

/* Whether a CMS message begins with these bytes; CMS_READ_HEAD of them are
 * enough. Pure. */
#define CMS_READ_HEAD 24
bool cms_read_is(const void *p, size_t n);

/* All borrowed. */
struct cms_source {
	int fd;                    /* a file, read by offset … */
	off_t from;                /* … from here on */
	const char *name;          /* for messages */
	bool follows;              /* a full one may continue in name.0002 */
	const struct cms_key *key; /* NULL: the open fails, and says so */
	int64_t part;              /* 0: CMS_PART */
};

/* The first message is verified before this returns. */
struct cms_read *cms_read_open(const struct cms_source *s, struct fault *f);
/* Up to ${room} bytes of the text: how many, 0 at the end, -1. */
int cms_read_some(struct cms_read *r, unsigned char *to, size_t room,
    struct fault *f);
/* Start over. */
int cms_read_rewind(struct cms_read *r, struct fault *f);
void cms_read_close(struct cms_read *r);

/* The name of the ${n}th file of an export whose first is ${path}; the
 * caller's. Pure. */
char *cms_read_part(const char *path, int n);

#endif
