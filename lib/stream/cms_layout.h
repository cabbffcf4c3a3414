#ifndef LIB_STREAM_CMS_LAYOUT_H
#define LIB_STREAM_CMS_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/buf.h"
#include "lib/stream/ber.h"

struct fault;

/*
 * Where things are in an encrypted message (CMS AuthEnvelopedData, RFC 5083)
 * in a file, found as it is read; for lib/stream/cms_open.c, which knows what
 * to do with them.
 */
#define CMS_TAG 16 /* bytes; with less a message could be forged */

struct cms_layout {
	int fd;
	off_t pos; /* read by offset */
	struct ber ber;
	struct buf head; /* what stands before the text, made into a short
			    message of its own with another text and tag */
	int outer;       /* depth of what holds the text */
	bool whole;      /* the text is one chunk */
	int64_t left;    /* of the chunk under way */
};

/* Read up to the encrypted text. To be released in either case. */
int cms_layout_begin(struct cms_layout *l, int fd, off_t from, struct fault *f);
/* Some of the text, borrowed until the next call, at most ${most} bytes: 1;
 * 0 at its end; -1. */
int cms_layout_text(struct cms_layout *l, const unsigned char **p, size_t *n,
    size_t most, struct fault *f);
/* What stands behind the text: the tag, and nothing else that counts. */
int cms_layout_tag(struct cms_layout *l, unsigned char tag[CMS_TAG],
    struct fault *f);
void cms_layout_release(struct cms_layout *l);

#endif
