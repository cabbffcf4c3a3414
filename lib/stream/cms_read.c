#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/stream/cms_open.h"
#include "lib/stream/cms_read.h"

#define PIECE ((size_t)256 << 10) /* the unit of comparison */

struct cms_read {
	struct cms_source s;
	int number; /* of the message, from 1 */
	char *path; /* of its file */
	int fd;     /* the source's for the first */
	struct cms_open *open;
	int64_t bytes; /* of text in it */
	struct buf sums;
	unsigned char *piece; /* piece[at..n) is verified, not yet returned */
	size_t at, n;
	size_t next; /* the piece after that */
};

bool
cms_read_is(const void *p, size_t n)
{
	/* how 1.2.840.113549.1.… begins, after its length */
	static const unsigned char rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
		0x01 };
	const unsigned char *b = p;
	size_t at;

	if (n < 2 || b[0] != 0x30)
		return false;
	at = 2 + (b[1] > 0x80 ? (size_t)(b[1] & 0x7f) : 0);
	return at < n && n - at >= 2 + sizeof(rsa) && b[at] == 0x06 &&
	    memcmp(b + at + 2, rsa, sizeof(rsa)) == 0;
}

char *
cms_read_part(const char *path, int n)
{
	return xasprintf("%s.%04d", path, n);
}

/* Add the file's name. FAULT_DATA would have readers of lines name one, but
 * it is the whole message that is refused. */
static int
refused(const struct cms_read *r, struct fault *f)
{
	if (f != NULL && f->kind == FAULT_DATA)
		f->kind = FAULT_REFUSED;
	return fault_at(f, "%s", r->path);
}

static int
go_to_start(struct cms_read *r, struct fault *f)
{
	cms_open_close(r->open);
	r->open = cms_open(r->fd, r->number == 1 ? r->s.from : 0, r->s.key, f);
	r->at = r->n = r->next = 0;
	return r->open != NULL ? 0 : refused(r, f);
}

/* Fill r->piece, less of it at the end. */
static int
read_piece(struct cms_read *r, struct fault *f)
{
	int got;

	r->at = r->n = 0;
	do {
		got = cms_open_read(r->open, r->piece + r->n, PIECE - r->n, f);
		if (got > 0)
			r->n += (size_t)got;
	} while (got > 0 && r->n < PIECE && stop_requested() == 0);
	if (got >= 0 && stop_requested() != 0)
		got = fault(f, FAULT_CANCELLED, "interrupted");
	return got < 0 ? refused(r, f) : 0;
}

/* Read the whole message once: is its tag right? */
static int
verify(struct cms_read *r, struct fault *f)
{
	unsigned char sum[CRYPTO_SHA256];

	if (go_to_start(r, f) != 0)
		return -1;
	buf_reset(&r->sums);
	r->bytes = 0;
	do {
		if (read_piece(r, f) != 0)
			return -1;
		crypto_sha256(sum, r->piece, r->n);
		if (r->n > 0)
			buf_add(&r->sums, sum, sizeof(sum));
		r->bytes += (int64_t)r->n;
	} while (r->n == PIECE);
	return go_to_start(r, f);
}

static void
leave(struct cms_read *r)
{
	cms_open_close(r->open);
	r->open = NULL;
	if (r->number > 1 && r->fd >= 0)
		(void)close(r->fd);
	free(r->path);
	r->path = NULL;
	r->fd = -1;
}

static int
first(struct cms_read *r, struct fault *f)
{
	leave(r);
	r->number = 1;
	r->fd = r->s.fd;
	r->path = xstrdup(r->s.name);
	return verify(r, f);
}

/* A full message is followed by another file. */
static int
follow(struct cms_read *r, struct fault *f)
{
	int n = r->number + 1;

	if (!r->s.follows)
		return fault(f, FAULT_REFUSED,
		    "%s: it continues in a second file; give the name of the "
		    "first one, with the others beside it",
		    r->s.name);
	leave(r);
	r->number = n;
	r->path = cms_read_part(r->s.name, n);
	r->fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (r->fd < 0)
		return fault(f, FAULT_IO, "%s continues in %s: %s", r->s.name,
		    r->path, strerror(errno));
	return verify(r, f);
}

struct cms_read *
cms_read_open(const struct cms_source *s, struct fault *f)
{
	struct cms_read *r;

	if (s->key == NULL) {
		(void)fault(f, FAULT_USAGE,
		    "%s: encrypted; give the private key with --decrypt-with "
		    "KEY.pem (with --input, and for restore)",
		    s->name);
		return NULL;
	}
	r = xcalloc(1, sizeof(*r));
	r->s = *s;
	if (r->s.part == 0)
		r->s.part = CMS_PART;
	r->fd = -1;
	r->piece = xmalloc(PIECE);
	if (first(r, f) == 0)
		return r;
	cms_read_close(r);
	return NULL;
}

/* The next piece, if it is the same as before: 1, 0 at the end, -1. */
static int
next_piece(struct cms_read *r, struct fault *f)
{
	unsigned char sum[CRYPTO_SHA256];
	size_t at = r->next * sizeof(sum);

	if (at == r->sums.n)
		return 0;
	if (read_piece(r, f) != 0)
		return -1;
	crypto_sha256(sum, r->piece, r->n);
	if (r->n == 0 || memcmp(sum, r->sums.p + at, sizeof(sum)) != 0) {
		r->n = 0;
		return fault(f, FAULT_REFUSED,
		    "%s: it changed while it was read", r->path);
	}
	r->next++;
	return 1;
}

int
cms_read_some(struct cms_read *r, unsigned char *to, size_t room,
    struct fault *f)
{
	int got;

	while (r->at == r->n) {
		got = next_piece(r, f);
		if (got < 0)
			return -1;
		if (got == 0 && r->bytes != r->s.part)
			return 0;
		if (got == 0 && follow(r, f) != 0)
			return -1;
	}
	if (room > r->n - r->at)
		room = r->n - r->at;
	memcpy(to, r->piece + r->at, room);
	r->at += room;
	return (int)room;
}

int
cms_read_rewind(struct cms_read *r, struct fault *f)
{
	return r->number == 1 ? go_to_start(r, f) : first(r, f);
}

void
cms_read_close(struct cms_read *r)
{
	if (r == NULL)
		return;
	leave(r);
	if (r->piece != NULL)
		crypto_wipe(r->piece, PIECE);
	free(r->piece);
	buf_release(&r->sums);
	free(r);
}
