#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/stream/cms.h"
#include "lib/stream/cms_parts.h"
#include "lib/stream/cms_read.h"
#include "lib/stream/outfile.h"

struct cms_parts {
	const struct cms_recipients *to;
	int64_t part, room; /* of a message; of the one under way */
	struct outfile *places;
	size_t n;
	struct cms *cms; /* the one under way, in the last place */
	struct buf out;
};

struct cms_parts *
cms_parts_open(struct outfile *first, const struct cms_recipients *to,
    int64_t part, struct fault *f)
{
	struct cms_parts *s = xcalloc(1, sizeof(*s));

	s->to = to;
	s->part = s->room = part > 0 ? part : CMS_PART;
	s->places = xmalloc(sizeof(*s->places));
	s->places[s->n++] = *first;
	*first = (struct outfile){ .fd = -1 };
	s->cms = cms_begin(to, f);
	if (s->cms != NULL)
		return s;
	cms_parts_discard(s);
	return NULL;
}

static int
flush(struct cms_parts *s, struct fault *f)
{
	int rc = outfile_write(&s->places[s->n - 1], s->out.p, s->out.n, f);

	buf_reset(&s->out);
	return rc;
}

static int
end_part(struct cms_parts *s, struct fault *f)
{
	if (cms_end(s->cms, &s->out, f) != 0 || flush(s, f) != 0)
		return -1;
	cms_free(s->cms);
	s->cms = NULL;
	return outfile_settle(&s->places[s->n - 1], f);
}

static int
next_part(struct cms_parts *s, struct fault *f)
{
	const struct outfile *first = &s->places[0];
	char *path;
	int rc;

	if (first->temp == NULL)
		return fault(f, FAULT_IO,
		    "%s: one encrypted message has at most %lld MiB; write to "
		    "a file (-o FILE), which continues in FILE.0002",
		    first->name, (long long)(s->part >> 20));
	if (end_part(s, f) != 0)
		return -1;
	path = cms_read_part(first->target, (int)s->n + 1);
	s->places = xreallocarray(s->places, s->n + 1, sizeof(*s->places));
	rc = outfile_open(&s->places[s->n], path, f);
	free(path);
	if (rc != 0)
		return -1;
	s->n++;
	s->room = s->part;
	s->cms = cms_begin(s->to, f);
	return s->cms != NULL ? 0 : -1;
}

int
cms_parts_write(struct cms_parts *s, const void *p, size_t n, struct fault *f)
{
	const char *from = p;

	while (n > 0) {
		size_t step = (int64_t)n < s->room ? n : (size_t)s->room;

		if (cms_write(s->cms, from, step, &s->out, f) != 0 ||
		    flush(s, f) != 0)
			return -1;
		from += step;
		n -= step;
		s->room -= (int64_t)step;
		/* a full one is never the last */
		if (s->room == 0 && next_part(s, f) != 0)
			return -1;
	}
	return 0;
}

static bool
is_sealed(const char *path)
{
	unsigned char head[CMS_READ_HEAD];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));

	if (fd >= 0)
		(void)close(fd);
	return n > 0 && cms_read_is(head, (size_t)n);
}

/* What an earlier, longer export left behind our last file. */
static void
remove_others(const char *path, size_t n)
{
	char *other;

	for (;;) {
		other = cms_read_part(path, (int)++n);
		if (!is_sealed(other) || unlink(other) != 0)
			break;
		free(other);
	}
	free(other);
}

int
cms_parts_finish(struct cms_parts *s, struct fault *f)
{
	struct outfile *first = &s->places[0];

	if (end_part(s, f) != 0)
		return -1;
	if (first->temp == NULL)
		return 0;
	/* The first is what is read: it must never stand before the others
	 * of another export. */
	if (s->n > 1 && unlink(first->target) != 0 && errno != ENOENT)
		return outfile_fault(first, errno, f);
	for (size_t i = s->n; i-- > 0;)
		if (outfile_rename(&s->places[i], f) != 0)
			return -1;
	remove_others(first->target, s->n);
	return 0;
}

void
cms_parts_discard(struct cms_parts *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		outfile_discard(&s->places[i]);
	free(s->places);
	cms_free(s->cms);
	buf_release(&s->out);
	free(s);
}
