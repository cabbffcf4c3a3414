#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fault.h"
#include "base/mem.h"
#include "base/stop.h"
#include "dynamodb/workers.h"
#include "export/place.h"
#include "export/stream.h"

#define GZIP_BYTES 65536
#define GZIP_WINDOW (15 + 16) /* zlib: the largest window, a gzip header */
#define POLL_MS 1000

struct stream {
	struct lock *lock;
	struct place place;
	bool gzip;
	z_stream z;
	unsigned char *out; /* GZIP_BYTES of zlib's output */
	int64_t bytes;
	struct fault failed; /* the first failure, for every later call */
};

/* zlib's own header holds no name and no time: the same data makes the same
 * file. */
static int
begin_gzip(struct stream *s, struct fault *f)
{
	if (deflateInit2(&s->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW,
		8, Z_DEFAULT_STRATEGY) != Z_OK)
		return fault(f, FAULT_IO, "%s: zlib: %s", s->place.name,
		    s->z.msg != NULL ? s->z.msg : "out of memory");
	s->gzip = true;
	s->out = xmalloc(GZIP_BYTES);
	return 0;
}

struct stream *
stream_open(const struct stream_options *o, struct fault *f)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	s->lock = lock_new();
	if (place_open(&s->place, o->path, f) == 0 &&
	    (!o->gzip || begin_gzip(s, f) == 0))
		return s;
	stream_discard(s);
	return NULL;
}

/* A file in the making is finished whatever comes; a pipe or a device may
 * keep us waiting for ever. */
static bool
interrupted(struct stream *s, struct fault *f)
{
	if (s->place.temp != NULL || stop_requested() == 0)
		return false;
	(void)fault(f, FAULT_CANCELLED, "%s: interrupted", s->place.name);
	return true;
}

static int
write_all(struct stream *s, const void *data, size_t n, struct fault *f)
{
	struct pollfd wait = { s->place.fd, POLLOUT, 0 };
	const char *p = data;

	while (n > 0) {
		ssize_t w = write(s->place.fd, p, n);
		int error = w == 0 ? EIO : errno;

		if (w > 0) {
			p += w;
			n -= (size_t)w;
			continue;
		}
		/* made non-blocking by whoever shares it with us */
		if (error == EAGAIN || error == EWOULDBLOCK)
			(void)poll(&wait, 1, POLL_MS);
		else if (error != EINTR)
			return place_fault(&s->place, error, f);
		if (interrupted(s, f))
			return -1;
	}
	return 0;
}

/* Run zlib over its input, with ${flush} at the end, and write what comes
 * out. */
static int
squeeze(struct stream *s, int flush, struct fault *f)
{
	int r;

	do {
		s->z.next_out = s->out;
		s->z.avail_out = GZIP_BYTES;
		r = deflate(&s->z, flush);
		if (r == Z_STREAM_ERROR)
			return place_fault(&s->place, EIO, f);
		if (write_all(s, s->out, GZIP_BYTES - s->z.avail_out, f) != 0)
			return -1;
	} while (s->z.avail_out == 0);
	return flush == Z_FINISH && r != Z_STREAM_END
	    ? place_fault(&s->place, EIO, f)
	    : 0;
}

static int
write_gzip(struct stream *s, const void *data, size_t n, struct fault *f)
{
	const char *p = data;

	while (n > 0) {
		size_t step = n < INT_MAX ? n : INT_MAX;

		/* zlib takes no const; it does not write there */
		s->z.next_in = (unsigned char *)(uintptr_t)p;
		s->z.avail_in = (uInt)step;
		if (squeeze(s, Z_NO_FLUSH, f) != 0)
			return -1;
		p += step;
		n -= step;
	}
	return 0;
}

static int
failed_before(const struct stream *s, struct fault *f)
{
	if (f != NULL)
		*f = s->failed;
	return -1;
}

int
stream_write(struct stream *s, const void *p, size_t n, struct fault *f)
{
	int rc = -1;

	lock_enter(s->lock);
	if (s->failed.kind == FAULT_NONE) {
		rc = s->gzip ? write_gzip(s, p, n, &s->failed)
			     : write_all(s, p, n, &s->failed);
	}
	if (rc == 0)
		s->bytes += (int64_t)n;
	else
		(void)failed_before(s, f);
	lock_leave(s->lock);
	return rc;
}

int64_t
stream_bytes(const struct stream *s)
{
	int64_t n;

	lock_enter(s->lock);
	n = s->bytes;
	lock_leave(s->lock);
	return n;
}

static int
commit(struct stream *s, struct fault *f)
{
	if (s->failed.kind != FAULT_NONE)
		return failed_before(s, f);
	if (s->gzip) {
		s->z.next_in = s->out;
		s->z.avail_in = 0;
		if (squeeze(s, Z_FINISH, f) != 0)
			return -1;
	}
	return place_finish(&s->place, f);
}

int
stream_commit(struct stream *s, struct fault *f)
{
	int rc = commit(s, f);

	stream_discard(s);
	return rc;
}

void
stream_discard(struct stream *s)
{
	if (s == NULL)
		return;
	if (s->gzip)
		(void)deflateEnd(&s->z);
	place_discard(&s->place);
	lock_free(s->lock);
	free(s->out);
	free(s);
}

int
stream_file(const char *path, const void *p, size_t n, struct fault *f)
{
	struct stream_options o = { .path = path };
	struct stream *s = stream_open(&o, f);

	if (s == NULL)
		return -1;
	if (stream_write(s, p, n, f) == 0)
		return stream_commit(s, f);
	stream_discard(s);
	return -1;
}
