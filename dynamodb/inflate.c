#include <zlib.h>

#include "base/buf.h"
#include "base/fault.h"
#include "dynamodb/inflate.h"

#define INFLATE_STEP ((size_t)256 << 10)

uint32_t
inflate_crc32(const void *p, size_t n)
{
	return (uint32_t)crc32_z(crc32_z(0, NULL, 0), p, n);
}

int
inflate_gzip(struct buf *out, const void *p, size_t n, size_t max,
    struct fault *f)
{
	z_stream z = { 0 };
	int r = Z_OK;

	buf_reset(out);
	if (n > UINT32_MAX || inflateInit2(&z, 15 + 16) != Z_OK)
		return fault(f, FAULT_DATA, "gzip: cannot be started");
	z.next_in = (z_const Bytef *)p;
	z.avail_in = (uInt)n;
	while (r == Z_OK || (r == Z_STREAM_END && z.avail_in > 0)) {
		if (r == Z_STREAM_END && inflateReset(&z) != Z_OK)
			break;
		if (out->n >= max) {
			(void)inflateEnd(&z);
			return fault(f, FAULT_DATA,
			    "the reply is longer than %zu MiB", max >> 20);
		}
		z.avail_out =
		    (uInt)(max - out->n < INFLATE_STEP ? max - out->n
						       : INFLATE_STEP);
		z.next_out = (Bytef *)buf_reserve(out, z.avail_out);
		r = inflate(&z, Z_NO_FLUSH);
		out->n = (size_t)((char *)z.next_out - out->p);
		out->p[out->n] = '\0';
	}
	(void)inflateEnd(&z);
	if (r != Z_STREAM_END)
		return fault(f, FAULT_DATA,
		    "the reply's gzip is damaged or cut short");
	return 0;
}
