#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/gzip.h"
#include "lib/base/mem.h"

#define STEP ((size_t)64 << 10)
#define INFLATE_STEP ((size_t)256 << 10)
#define WINDOW (15 + 16) /* zlib: the largest window, a gzip header */

struct gzip {
	z_stream z;
	bool reads;
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

struct gzip *
gzip_open(bool reads)
{
	struct gzip *z = xcalloc(1, sizeof(*z));
	int r;

	z->reads = reads;
	z->z.zalloc = give;
	z->z.zfree = take;
	if (reads)
		r = inflateInit2(&z->z, WINDOW);
	else
		r = deflateInit2(&z->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
		    WINDOW, 8, Z_DEFAULT_STRATEGY);
	if (r != Z_OK)
		abort(); /* another zlib than we were compiled for */
	return z;
}

void
gzip_close(struct gzip *z)
{
	if (z == NULL)
		return;
	if (z->reads)
		(void)inflateEnd(&z->z);
	else
		(void)deflateEnd(&z->z);
	free(z);
}

/* zlib takes no const, but does not write there. */
static void
feed(struct gzip *z, const void *p, size_t n)
{
	static const unsigned char nothing[1];

	z->z.next_in = (unsigned char *)(uintptr_t)(n > 0 ? p : nothing);
	z->z.avail_in = (uInt)n;
}

/* Let zlib add at most ${most} bytes to ${out}; returns its result. */
static int
run(struct gzip *z, int flush, size_t most, struct buf *out)
{
	int r;

	z->z.next_out = (unsigned char *)buf_reserve(out, most);
	z->z.avail_out = (uInt)most;
	r = z->reads ? inflate(&z->z, flush) : deflate(&z->z, flush);
	out->n += most - z->z.avail_out;
	out->p[out->n] = '\0';
	return r;
}

void
gzip_write(struct gzip *z, const void *p, size_t n, bool end, struct buf *out)
{
	const char *from = p;

	do {
		size_t step = n < INT_MAX ? n : INT_MAX;
		bool last = end && step == n;

		feed(z, from, step);
		do {
			(void)run(z, last ? Z_FINISH : Z_NO_FLUSH, STEP, out);
		} while (z->z.avail_out == 0);
		from += step;
		n -= step;
	} while (n > 0);
}

int
gzip_read(struct gzip *z, const void *p, size_t *n, size_t most,
    struct buf *out)
{
	size_t step = *n < INT_MAX ? *n : INT_MAX;
	int r;

	feed(z, p, step);
	r = run(z, Z_NO_FLUSH, most < INT_MAX ? most : INT_MAX, out);
	*n = step - z->z.avail_in;
	if (r == Z_STREAM_END)
		return 0;
	return r == Z_OK || r == Z_BUF_ERROR ? 1 : -1;
}

void
gzip_next(struct gzip *z)
{
	if (z->reads)
		(void)inflateReset(&z->z);
	else
		(void)deflateReset(&z->z);
}

const char *
gzip_why(const struct gzip *z)
{
	return z->z.msg != NULL ? z->z.msg : "zlib refuses it";
}

uint32_t
gzip_crc32(const void *p, size_t n)
{
	return (uint32_t)crc32_z(crc32_z(0, NULL, 0), p, n);
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
		size_t used = n, had = out->n,
		       most =
			   max - had < INFLATE_STEP ? max - had : INFLATE_STEP;

		if (r == 0)
			gzip_next(z);
		if (most == 0)
			break;
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
