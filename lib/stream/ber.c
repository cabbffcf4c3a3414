#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/stream/ber.h"

#define CHUNK ((size_t)64 << 10)

void
ber_begin(struct ber *b,
    int (*more)(void *ctx, unsigned char *to, size_t room, struct fault *f),
    void *ctx)
{
	*b = (struct ber){ .more = more, .ctx = ctx };
	b->raw = xmalloc(CHUNK);
}

void
ber_release(struct ber *b)
{
	free(b->raw);
	*b = (struct ber){ 0 };
}

int
ber_fault(const struct ber *b, const char *what, struct fault *f)
{
	return fault(f, FAULT_DATA, "damaged at byte %lld: %s",
	    (long long)b->pos + 1, what);
}

/* Have bytes in raw[at..n): 1, 0 at the end of the input, -1. */
static int
fill(struct ber *b, struct fault *f)
{
	int got;

	if (b->at < b->n)
		return 1;
	got = b->more(b->ctx, b->raw, CHUNK, f);
	if (got <= 0)
		return got;
	b->at = 0;
	b->n = (size_t)got;
	return 1;
}

static int
truncated(struct fault *f)
{
	return fault(f, FAULT_DATA,
	    "the encrypted message is truncated; fetch the file again");
}

/* The end of the innermost element of known length; -1: none. */
static int64_t
limit(const struct ber *b)
{
	for (int i = b->depth; i-- > 0;)
		if (b->ends[i] >= 0)
			return b->ends[i];
	return -1;
}

/* One more byte of the header ${h}. */
static int
take(struct ber *b, struct ber_header *h, struct fault *f)
{
	int64_t end = limit(b);
	int r;

	if (end >= 0 && b->pos >= end)
		return ber_fault(b, "an element runs past its end", f);
	r = fill(b, f);
	if (r <= 0)
		return r < 0 ? -1 : truncated(f);
	h->raw[h->nraw++] = b->raw[b->at++];
	b->pos++;
	return 0;
}

static int
read_length(struct ber *b, struct ber_header *h, struct fault *f)
{
	int64_t end = limit(b);
	unsigned char first;

	if (take(b, h, f) != 0)
		return -1;
	first = h->raw[1];
	h->length = first;
	if (first == 0x80 && (h->tag & BER_CONSTRUCTED) != 0) {
		h->length = -1;
		return 0;
	}
	if (first >= 0x80) {
		if (first == 0x80 || first > 0x88)
			return ber_fault(b, "no length", f);
		h->length = 0;
		for (int i = 0; i < (first & 0x7f); i++) {
			if (take(b, h, f) != 0)
				return -1;
			if (h->length > INT64_MAX >> 8)
				return ber_fault(b, "no length", f);
			h->length = h->length << 8 | h->raw[h->nraw - 1];
		}
	}
	if (h->length > INT64_MAX - b->pos ||
	    (end >= 0 && b->pos + h->length > end))
		return ber_fault(b, "an element runs past its end", f);
	return 0;
}

int
ber_next(struct ber *b, struct ber_header *h, struct fault *f)
{
	bool open_end = b->depth > 0 && b->ends[b->depth - 1] < 0;

	*h = (struct ber_header){ 0 };
	if (b->depth > 0 && b->ends[b->depth - 1] == b->pos) {
		b->depth--;
		return 0;
	}
	if (take(b, h, f) != 0)
		return -1;
	h->tag = h->raw[0];
	if ((h->tag & 0x1f) == 0x1f)
		return ber_fault(b, "a tag that is not expected", f);
	if (read_length(b, h, f) != 0)
		return -1;
	if (h->tag != 0)
		return 1;
	if (!open_end || h->length != 0)
		return ber_fault(b, "a tag that is not expected", f);
	b->depth--;
	return 0;
}

int
ber_enter(struct ber *b, const struct ber_header *h, struct fault *f)
{
	if ((h->tag & BER_CONSTRUCTED) == 0)
		return ber_fault(b, "a tag that is not expected", f);
	if (b->depth == BER_DEPTH)
		return ber_fault(b, "too deep", f);
	b->ends[b->depth++] = h->length < 0 ? -1 : b->pos + h->length;
	return 0;
}

int
ber_read(struct ber *b, int64_t *left, const unsigned char **p, size_t *n,
    struct fault *f)
{
	int r = fill(b, f);

	*p = NULL;
	*n = 0;
	if (r <= 0)
		return r < 0 ? -1 : truncated(f);
	*p = b->raw + b->at;
	*n = b->n - b->at;
	if ((int64_t)*n > *left)
		*n = (size_t)*left;
	b->at += *n;
	b->pos += (int64_t)*n;
	*left -= (int64_t)*n;
	return 0;
}

static int
add(const struct ber *b, struct buf *out, const void *p, size_t n, size_t most,
    struct fault *f)
{
	if (out->n > most || n > most - out->n)
		return ber_fault(b, "larger than it can be", f);
	buf_add(out, p, n);
	return 0;
}

static int
copy_content(struct ber *b, int64_t left, struct buf *out, size_t most,
    struct fault *f)
{
	const unsigned char *p;
	size_t n;

	if (left > (int64_t)most)
		return ber_fault(b, "larger than it can be", f);
	while (left > 0)
		if (ber_read(b, &left, &p, &n, f) != 0 ||
		    add(b, out, p, n, most, f) != 0)
			return -1;
	return 0;
}

/* Copy ${h} and its content; one of indefinite length is entered instead. */
static int
copy_element(struct ber *b, const struct ber_header *h, struct buf *out,
    size_t most, struct fault *f)
{
	if (add(b, out, h->raw, h->nraw, most, f) != 0)
		return -1;
	return h->length < 0 ? ber_enter(b, h, f)
			     : copy_content(b, h->length, out, most, f);
}

int
ber_copy(struct ber *b, const struct ber_header *h, struct buf *out,
    size_t most, struct fault *f)
{
	static const unsigned char end[2];
	struct ber_header inner;
	int depth = b->depth, r;

	most = most < SIZE_MAX - out->n ? out->n + most : SIZE_MAX;
	if (copy_element(b, h, out, most, f) != 0)
		return -1;
	while (b->depth > depth) {
		r = ber_next(b, &inner, f);
		if (r < 0)
			return -1;
		r = r == 0 ? add(b, out, end, sizeof(end), most, f)
			   : copy_element(b, &inner, out, most, f);
		if (r != 0)
			return -1;
	}
	return 0;
}

int
ber_end(struct ber *b, struct fault *f)
{
	int r = fill(b, f);

	return r < 0 ? -1 : r == 0;
}
