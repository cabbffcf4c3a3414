#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fault.h"
#include "lib/stream/cms_layout.h"

#define HEAD_MAX ((size_t)1 << 20) /* recipients: some thousands */

static int
more(void *ctx, unsigned char *to, size_t room, struct fault *f)
{
	struct cms_layout *l = ctx;
	ssize_t got;

	do {
		got = pread(l->fd, to, room, l->pos);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return fault(f, FAULT_IO, "%s", strerror(errno));
	l->pos += got;
	return (int)got;
}

/* The next element, which must be there and be a ${tag}. */
static int
expect(struct cms_layout *l, unsigned char tag, struct ber_header *h,
    struct fault *f)
{
	int r = ber_next(&l->ber, h, f);

	if (r < 0)
		return -1;
	if (r == 0 || h->tag != tag)
		return ber_fault(&l->ber, "something unexpected", f);
	return 0;
}

static int
expect_enter(struct cms_layout *l, unsigned char tag, struct fault *f)
{
	struct ber_header h;

	return expect(l, tag, &h, f) == 0 ? ber_enter(&l->ber, &h, f) : -1;
}

static int
expect_copy(struct cms_layout *l, unsigned char tag, struct buf *out,
    struct fault *f)
{
	struct ber_header h;

	return expect(l, tag, &h, f) == 0
	    ? ber_copy(&l->ber, &h, out, HEAD_MAX, f)
	    : -1;
}

static int
check_type(struct cms_layout *l, struct fault *f)
{
	/* 1.2.840.113549.1.9.16.1.23 */
	static const unsigned char auth[] = { 0x06, 0x0b, 0x2a, 0x86, 0x48,
		0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17 };
	struct buf type = { 0 };
	int rc = expect_copy(l, BER_OID, &type, f);

	if (rc == 0 &&
	    (type.n != sizeof(auth) || memcmp(type.p, auth, type.n) != 0))
		rc = fault(f, FAULT_DATA,
		    "a CMS message of another kind than AuthEnvelopedData: "
		    "changes on the way could not be detected");
	buf_release(&type);
	return rc;
}

static void
add(struct buf *out, const char *bytes, size_t n)
{
	buf_add(out, bytes, n);
}
#define ADD(out, bytes) add(out, bytes, sizeof(bytes) - 1)

/* Up to the encrypted text; l->head becomes a message without one. */
static int
read_head(struct cms_layout *l, struct fault *f)
{
	struct ber_header h;

	if (expect_enter(l, BER_SEQUENCE, f) != 0 || check_type(l, f) != 0 ||
	    expect_enter(l, BER_CONTEXT | BER_CONSTRUCTED, f) != 0 ||
	    expect_enter(l, BER_SEQUENCE, f) != 0)
		return -1;
	ADD(&l->head,
	    "\x30\x80\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10"
	    "\x01\x17\xa0\x80\x30\x80");
	if (expect_copy(l, BER_INTEGER, &l->head, f) != 0 ||
	    ber_next(&l->ber, &h, f) < 0)
		return -1;
	if (h.tag == (BER_CONTEXT | BER_CONSTRUCTED)) { /* originatorInfo */
		if (ber_copy(&l->ber, &h, &l->head, HEAD_MAX, f) != 0 ||
		    ber_next(&l->ber, &h, f) < 0)
			return -1;
	}
	if (h.tag != BER_SET)
		return ber_fault(&l->ber, "no recipients", f);
	if (ber_copy(&l->ber, &h, &l->head, HEAD_MAX, f) != 0)
		return -1;
	ADD(&l->head, "\x30\x80");
	if (expect_enter(l, BER_SEQUENCE, f) != 0 ||
	    expect_copy(l, BER_OID, &l->head, f) != 0 ||
	    expect_copy(l, BER_SEQUENCE, &l->head, f) != 0)
		return -1;
	ADD(&l->head,
	    "\x80\x01\0\0\0\x04\x10" /* one byte, no tag */
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0");
	return 0;
}

/* Go to the text: one piece, or an element of chunks. */
static int
begin_text(struct cms_layout *l, struct fault *f)
{
	struct ber_header h = { 0 };

	if (ber_next(&l->ber, &h, f) < 0)
		return -1;
	l->whole = h.tag == BER_CONTEXT;
	l->left = l->whole ? h.length : 0;
	l->outer = l->ber.depth;
	if (l->whole)
		return 0;
	if (h.tag != (BER_CONTEXT | BER_CONSTRUCTED))
		return ber_fault(&l->ber, "no text", f);
	return ber_enter(&l->ber, &h, f);
}

int
cms_layout_begin(struct cms_layout *l, int fd, off_t from, struct fault *f)
{
	*l = (struct cms_layout){ .fd = fd, .pos = from };
	ber_begin(&l->ber, more, l);
	return read_head(l, f) == 0 ? begin_text(l, f) : -1;
}

/* Go to the next chunk: 1; 0 when there is none; -1. */
static int
next_chunk(struct cms_layout *l, struct fault *f)
{
	struct ber_header h;
	int r;

	while (!l->whole && l->ber.depth > l->outer) {
		r = ber_next(&l->ber, &h, f);
		if (r < 0)
			return -1;
		if (r == 0)
			continue;
		if (h.tag == BER_OCTETS) {
			l->left = h.length;
			return 1;
		}
		if (h.tag != (BER_OCTETS | BER_CONSTRUCTED))
			return ber_fault(&l->ber, "no text", f);
		if (ber_enter(&l->ber, &h, f) != 0)
			return -1;
	}
	return 0;
}

int
cms_layout_text(struct cms_layout *l, const unsigned char **p, size_t *n,
    size_t most, struct fault *f)
{
	int64_t rest;
	int r;

	while (l->left == 0) {
		r = next_chunk(l, f);
		if (r != 1)
			return r;
	}
	rest = l->left < (int64_t)most ? l->left : (int64_t)most;
	l->left -= rest;
	if (ber_read(&l->ber, &rest, p, n, f) != 0)
		return -1;
	l->left += rest;
	return 1;
}

int
cms_layout_tag(struct cms_layout *l, unsigned char tag[CMS_TAG],
    struct fault *f)
{
	struct ber_header h;
	struct buf b = { 0 }, rest = { 0 };
	int r = ber_next(&l->ber, &h, f), rc = -1;

	if (r > 0)
		r = ber_fault(&l->ber, "no end of the text", f);
	if (r == 0 && (r = ber_next(&l->ber, &h, f)) == 0)
		r = ber_fault(&l->ber, "no tag", f);
	if (r < 0)
		goto out;
	if (h.tag == (BER_CONTEXT | BER_CONSTRUCTED | 1)) {
		(void)fault(f, FAULT_DATA,
		    "it has authenticated attributes, which are not "
		    "supported");
		goto out;
	}
	if (h.tag != BER_OCTETS || h.length != CMS_TAG) {
		(void)ber_fault(&l->ber, "its tag is not of 16 bytes", f);
		goto out;
	}
	if (ber_copy(&l->ber, &h, &b, HEAD_MAX, f) != 0)
		goto out;
	memcpy(tag, b.p + b.n - CMS_TAG, CMS_TAG);
	/* attributes that are not authenticated, and the ends */
	while (l->ber.depth > 0) {
		r = ber_next(&l->ber, &h, f);
		buf_reset(&rest);
		if (r < 0 ||
		    (r == 1 && ber_copy(&l->ber, &h, &rest, HEAD_MAX, f) != 0))
			goto out;
	}
	r = ber_end(&l->ber, f);
	if (r == 0)
		(void)ber_fault(&l->ber, "it is followed by something else", f);
	rc = r == 1 ? 0 : -1;
out:
	buf_release(&b);
	buf_release(&rest);
	return rc;
}

void
cms_layout_release(struct cms_layout *l)
{
	ber_release(&l->ber);
	buf_release(&l->head);
}
