#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"
#include "base/stop.h"
#include "dynamodb/workers.h"
#include "export/gzip.h"
#include "export/place.h"
#include "export/stream.h"

#define PIECE ((size_t)1 << 20) /* compressed at once */
#define POLL_MS 1000

struct stream {
	struct lock *lock;
	struct place place;
	struct gzip *gzip; /* NULL: plain */
	struct buf packed;
	int64_t bytes;
	struct fault failed; /* the first failure, for every later call */
};

struct stream *
stream_open(const struct stream_options *o, struct fault *f)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	s->lock = lock_new();
	if (place_open(&s->place, o->path, f) != 0) {
		stream_discard(s);
		return NULL;
	}
	if (o->gzip)
		s->gzip = gzip_open(false);
	return s;
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

static int
write_gzip(struct stream *s, const char *p, size_t n, bool end, struct fault *f)
{
	do {
		size_t step = n < PIECE ? n : PIECE;

		buf_reset(&s->packed);
		gzip_write(s->gzip, p, step, end && step == n, &s->packed);
		if (write_all(s, s->packed.p, s->packed.n, f) != 0)
			return -1;
		p += step;
		n -= step;
	} while (n > 0);
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
		rc = s->gzip != NULL ? write_gzip(s, p, n, false, &s->failed)
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
	if (s->gzip != NULL && write_gzip(s, "", 0, true, f) != 0)
		return -1;
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
	gzip_close(s->gzip);
	buf_release(&s->packed);
	place_discard(&s->place);
	lock_free(s->lock);
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
