#include <stdlib.h>

#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/gzip.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/stream/cms_write.h"
#include "lib/stream/outfile.h"
#include "lib/stream/stream.h"

#define PIECE ((size_t)1 << 20) /* compressed at once */

struct stream {
	struct lock *lock;
	struct outfile place;
	struct cms_write *sealed; /* owns place; NULL: not encrypted */
	struct gzip *gzip;        /* NULL: plain */
	bool packing;             /* inside a gzip member */
	struct buf packed;
	struct hash_md5 *md5;
	int64_t bytes;
	int64_t length;      /* of the file, unless it is encrypted */
	struct fault failed; /* the first failure, for every later call */
};

struct stream *
stream_open(const struct stream_options *o, struct fault *f)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	s->lock = lock_new();
	s->place.fd = -1;
	s->md5 = o->md5;
	s->length = o->from;
	if (o->gzip)
		s->gzip = gzip_open(false);
	if (o->resumable
		? outfile_open_part(&s->place, o->path, o->from, f) != 0
		: outfile_open(&s->place, o->path, f) != 0)
		goto bad;
	if (o->shared && outfile_share(&s->place, f) != 0)
		goto bad;
	if (o->to == NULL)
		return s;
	s->sealed = cms_write_open(&s->place, o->to, o->part, f);
	if (s->sealed != NULL)
		return s;
bad:
	stream_discard(s);
	return NULL;
}

static int
write_out(struct stream *s, const char *p, size_t n, struct fault *f)
{
	if (s->sealed != NULL)
		return cms_write_add(s->sealed, p, n, f);
	if (s->md5 != NULL)
		crypto_md5_add(s->md5, p, n);
	if (outfile_write(&s->place, p, n, f) != 0)
		return -1;
	s->length += (int64_t)n;
	return 0;
}

static int
write_gzip(struct stream *s, const char *p, size_t n, bool end, struct fault *f)
{
	do {
		size_t step = n < PIECE ? n : PIECE;

		buf_reset(&s->packed);
		gzip_write(s->gzip, p, step, end && step == n, &s->packed);
		if (write_out(s, s->packed.p, s->packed.n, f) != 0)
			return -1;
		p += step;
		n -= step;
	} while (n > 0);
	s->packing = !end;
	if (end)
		gzip_next(s->gzip);
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
				     : write_out(s, p, n, &s->failed);
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

/* A gzip file has at least one member. */
static int
end_member(struct stream *s, struct fault *f)
{
	if (s->gzip == NULL || (!s->packing && s->length > 0))
		return 0;
	return write_gzip(s, "", 0, true, f);
}

int
stream_mark(struct stream *s, int64_t *length, struct fault *f)
{
	int rc = -1;

	lock_enter(s->lock);
	if (s->failed.kind == FAULT_NONE)
		rc = s->bytes > 0 ? end_member(s, &s->failed) : 0;
	if (rc != 0)
		(void)failed_before(s, f);
	*length = s->length;
	lock_leave(s->lock);
	return rc;
}

int
stream_sync(struct stream *s, struct fault *f)
{
	return outfile_sync(&s->place, f);
}

static int
commit(struct stream *s, struct fault *f)
{
	if (s->failed.kind != FAULT_NONE)
		return failed_before(s, f);
	if (end_member(s, f) != 0)
		return -1;
	if (s->sealed != NULL)
		return cms_write_finish(s->sealed, f);
	if (outfile_settle(&s->place, f) != 0)
		return -1;
	return outfile_rename(&s->place, f);
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
	cms_write_discard(s->sealed);
	gzip_close(s->gzip);
	buf_release(&s->packed);
	outfile_discard(&s->place);
	lock_free(s->lock);
	free(s);
}

static int
write_file(const struct stream_options *o, const void *p, size_t n,
    struct fault *f)
{
	struct stream *s = stream_open(o, f);

	if (s == NULL)
		return -1;
	if (stream_write(s, p, n, f) == 0)
		return stream_commit(s, f);
	stream_discard(s);
	return -1;
}

int
stream_file(const char *path, const void *p, size_t n, struct fault *f)
{
	const struct stream_options o = { .path = path };

	return write_file(&o, p, n, f);
}

int
stream_file_shared(const char *path, const void *p, size_t n, struct fault *f)
{
	const struct stream_options o = { .path = path, .shared = true };

	return write_file(&o, p, n, f);
}
