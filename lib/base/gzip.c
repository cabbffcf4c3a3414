#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/gzip.h"
#include "lib/base/mem.h"

#define TRAILER 8 /* bytes of checksum and length at the end of a member */
#define STEP ((size_t)64 << 10)
#define INFLATE_STEP ((size_t)256 << 10)
#define WINDOW (15 + 16) /* zlib: the largest window, a gzip header */

/*
 * The walk over a member's header (RFC 1952, 2.3), byte by byte, as what is
 * read at once may end at each of them. ISA-L could do it, but forgets the
 * header's own checksum between two calls, and does not look at reserved flags.
 */
struct header {
	enum { FIXED, EXTRA_LENGTH, EXTRA, NAME, COMMENT, SUM, BODY } part;
	size_t at;      /* bytes of the part so far */
	unsigned flags; /* which parts there are */
	size_t extra;   /* bytes of EXTRA */
	uint32_t crc;   /* of all before SUM */
};

#define HEADER_FIXED 10 /* bytes */
#define HAS_SUM 0x02u
#define HAS_EXTRA 0x04u
#define HAS_NAME 0x08u
#define HAS_COMMENT 0x10u
#define RESERVED 0xe0u

/* zlib compresses better than ISA-L; ISA-L reads more than twice as fast. */
struct gzip {
	z_stream out;
	struct inflate_state *in; /* NULL: it writes */
	struct header header;     /* of the member that is read */
	int said;                 /* the last result of isal_inflate */
};

static void *
give(void *ctx, unsigned count, unsigned size)
{
	(void)ctx;
	return xreallocarray(NULL, count, size);
}

static void
take(void *ctx, void *p)
{
	(void)ctx;
	free(p);
}

/* Get ready for a member. Unused input stays with the caller. */
static void
begin_reading(struct gzip *z)
{
	isal_inflate_reset(z->in);
	z->in->crc_flag = ISAL_GZIP_NO_HDR_VER;
	z->header = (struct header){ .part = FIXED };
}

struct gzip *
gzip_open(bool reads)
{
	struct gzip *z = xcalloc(1, sizeof(*z));

	if (reads) {
		z->in = xcalloc(1, sizeof(*z->in));
		isal_inflate_init(z->in);
		begin_reading(z);
		return z;
	}
	z->out.zalloc = give;
	z->out.zfree = take;
	if (deflateInit2(&z->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW, 8,
		Z_DEFAULT_STRATEGY) != Z_OK)
		abort(); /* another zlib than we were compiled for */
	return z;
}

void
gzip_close(struct gzip *z)
{
	if (z == NULL)
		return;
	if (z->in == NULL)
		(void)deflateEnd(&z->out);
	free(z->in);
	free(z);
}

/* Let zlib add at most STEP bytes to ${out}; whether there may be more. */
static bool
write_some(struct gzip *z, int flush, struct buf *out)
{
	z->out.next_out = (unsigned char *)buf_reserve(out, STEP);
	z->out.avail_out = (uInt)STEP;
	(void)deflate(&z->out, flush);
	out->n += STEP - z->out.avail_out;
	out->p[out->n] = '\0';
	return z->out.avail_out == 0;
}

void
gzip_write(struct gzip *z, const void *p, size_t n, bool end, struct buf *out)
{
	static const unsigned char nothing[1];
	const unsigned char *from = n > 0 ? p : nothing;

	do {
		size_t step = n < INT_MAX ? n : INT_MAX;
		bool last = end && step == n;

		/* zlib takes no const, but does not write there */
		z->out.next_in = (unsigned char *)(uintptr_t)from;
		z->out.avail_in = (uInt)step;
		while (write_some(z, last ? Z_FINISH : Z_NO_FLUSH, out))
			;
		from += step;
		n -= step;
	} while (n > 0);
}

/*
 * How many of the ${n} used bytes before ${behind} are at or behind the error:
 * in a trailer, those from the first wrong byte on; else the bytes that ISA-L
 * has buffered, and one. If only zeros follow from there, the file is truncated
 * there.
 */
static size_t
wrong_bytes(const struct gzip *z, const unsigned char *behind, size_t n)
{
	const struct inflate_state *in = z->in;
	size_t wrong = 1;

	if (z->said == ISAL_INCORRECT_CHECKSUM) {
		uint64_t right = (uint64_t)in->total_out << 32 | in->crc;

		wrong = TRAILER < n ? TRAILER : n;
		while (wrong > 1 &&
		    *(behind - wrong) ==
			(unsigned char)(right >> 8 * (TRAILER - wrong)))
			wrong--;
	} else if (in->read_in_length > 0) {
		wrong += (size_t)in->read_in_length / 8;
	}
	return wrong < n ? wrong : n;
}

static bool
header_has(const struct header *h, int part)
{
	switch (part) {
	case EXTRA_LENGTH:
		return (h->flags & HAS_EXTRA) != 0;
	case EXTRA:
		return h->extra > 0;
	case NAME:
		return (h->flags & HAS_NAME) != 0;
	case COMMENT:
		return (h->flags & HAS_COMMENT) != 0;
	case SUM:
		return (h->flags & HAS_SUM) != 0;
	default:
		return true;
	}
}

/* What is wrong with ${c}, the next byte of the part FIXED: 0 nothing. */
static int
header_fixed(struct header *h, unsigned char c)
{
	static const unsigned char magic[] = { 0x1f, 0x8b };

	switch (h->at) {
	case 0:
	case 1:
		return c == magic[h->at] ? 0 : ISAL_INVALID_WRAPPER;
	case 2:
		return c == Z_DEFLATED ? 0 : ISAL_UNSUPPORTED_METHOD;
	case 3:
		h->flags = c;
		return (c & RESERVED) == 0 ? 0 : ISAL_INVALID_WRAPPER;
	default:
		return 0;
	}
}

/* What is wrong with ${c}, the header's next byte: 0 nothing. */
static int
header_byte(struct header *h, unsigned char c)
{
	bool last = false;
	int wrong = 0;

	switch (h->part) {
	case FIXED:
		wrong = header_fixed(h, c);
		last = h->at + 1 == HEADER_FIXED;
		break;
	case EXTRA_LENGTH:
		h->extra |= (size_t)c << 8 * h->at;
		last = h->at == 1;
		break;
	case EXTRA:
		last = h->at + 1 == h->extra;
		break;
	case SUM:
		wrong = c == (unsigned char)(h->crc >> 8 * h->at)
		    ? 0
		    : ISAL_INCORRECT_CHECKSUM;
		last = h->at == 1;
		break;
	default:
		last = c == '\0';
		break;
	}
	h->at++;
	if (h->part != SUM)
		h->crc = gzip_crc32(h->crc, &c, 1);
	if (last) {
		h->at = 0;
		while (!header_has(h, ++h->part))
			;
	}
	return wrong;
}

/* Inflate what is behind the header; as gzip_read. */
static int
read_body(struct gzip *z, const unsigned char *p, size_t *n, size_t most,
    struct buf *out)
{
	uint32_t step = *n < INT_MAX ? (uint32_t)*n : INT_MAX;
	uint32_t room = most < INT_MAX ? (uint32_t)most : INT_MAX;

	/* ISA-L takes no const either */
	z->in->next_in = (unsigned char *)(uintptr_t)p;
	z->in->avail_in = step;
	z->in->next_out = (unsigned char *)buf_reserve(out, room);
	z->in->avail_out = room;
	z->said = isal_inflate(z->in);
	out->n += room - z->in->avail_out;
	out->p[out->n] = '\0';
	*n = step - z->in->avail_in;
	if (z->said < 0) {
		*n -= wrong_bytes(z, z->in->next_in, *n);
		return -1;
	}
	return z->in->block_state != ISAL_BLOCK_FINISH;
}

int
gzip_read(struct gzip *z, const void *p, size_t *n, size_t most,
    struct buf *out)
{
	const unsigned char *from = p;
	size_t head = 0, rest;
	int r;

	for (; head < *n && z->header.part != BODY; head++) {
		z->said = header_byte(&z->header, from[head]);
		if (z->said != 0) {
			*n = head;
			return -1;
		}
	}
	rest = *n - head;
	if (z->header.part != BODY)
		return 1;
	r = read_body(z, from + head, &rest, most, out);
	*n = head + rest;
	return r;
}

void
gzip_next(struct gzip *z)
{
	if (z->in != NULL)
		begin_reading(z);
	else
		(void)deflateReset(&z->out);
}

const char *
gzip_why(const struct gzip *z)
{
	switch (z->said) {
	case ISAL_INVALID_BLOCK:
		return "invalid block";
	case ISAL_INVALID_SYMBOL:
		return "invalid code";
	case ISAL_INVALID_LOOKBACK:
		return "invalid distance";
	case ISAL_INVALID_WRAPPER:
		return "invalid header";
	case ISAL_UNSUPPORTED_METHOD:
		return "unknown compression method";
	case ISAL_INCORRECT_CHECKSUM:
		return "wrong checksum";
	default:
		return "unknown error";
	}
}

uint32_t
gzip_crc32(uint32_t crc, const void *p, size_t n)
{
	return crc32_gzip_refl(crc, p, n);
}

int
gzip_inflate(struct buf *out, const void *p, size_t n, size_t max,
    struct fault *f)
{
	struct gzip *z = gzip_open(true);
	const char *from = p;
	int r = 1;

	buf_reset(out);
	while (r == 1 || (r == 0 && n > 0)) {
		size_t used = n, had = out->n, most = max - had;

		if (r == 0)
			gzip_next(z);
		if (most == 0)
			break;
		if (most > INFLATE_STEP)
			most = INFLATE_STEP;
		r = gzip_read(z, from, &used, most, out);
		from += used;
		n -= used;
		if (r == 1 && used == 0 && out->n == had)
			r = -1; /* truncated */
	}
	gzip_close(z);
	if (r == 0 && n == 0)
		return 0;
	if (r >= 0)
		return fault(f, FAULT_DATA, "the reply is longer than %zu MiB",
		    max >> 20);
	return fault(f, FAULT_DATA, "the reply's gzip is damaged or truncated");
}
