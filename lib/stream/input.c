#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/gzip.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/stream/cms_read.h"
#include "lib/stream/input.h"
#include "lib/stream/outfile.h"

#define CHUNK ((size_t)256 << 10)

struct input {
	char *name;
	int fd;
	bool borrowed;   /* stdin, or another that was open already */
	bool seekable;   /* read by offset: the file's own position stays */
	off_t from, pos; /* where it began, where it is */
	bool named;      /* it can be opened again by its name … */
	dev_t device;    /* … if it is still the same file */
	ino_t inode;
	struct buf kept; /* all that was read of a pipe, while keep */
	bool keep;
	struct buf ahead;   /* text that input_peek has read */
	unsigned char *raw; /* raw[at..n), of CHUNK, is not used yet */
	size_t at, n;
	bool begun;
	bool some, over;   /* there was text; its end was seen */
	struct gzip *gzip; /* NULL: plain */
	bool member;       /* inside of a gzip member … */
	bool bad;          /* … that was refused */
	bool cut;
	const struct cms_key *key; /* NULL: none was given */
	struct cms_read *sealed;   /* NULL: not encrypted */
	struct fault refused;      /* why it could not be decrypted */
};

static int spool(struct input *in, struct fault *f);

int
input_refuse_url(const char *path, struct fault *f)
{
	size_t n = strlen(path);

	if (strncmp(path, "s3://", 5) == 0)
		return fault(f, FAULT_IO,
		    "%s: a place in S3, not a file; fetch it first: aws s3 "
		    "%s %s%s",
		    path, n > 0 && path[n - 1] == '/' ? "sync" : "cp", path,
		    n > 0 && path[n - 1] == '/'
			? " DIRECTORY"
			: " FILE (a whole export: aws s3 sync)");
	if (strncmp(path, "https://", 8) == 0 ||
	    strncmp(path, "http://", 7) == 0)
		return fault(f, FAULT_IO,
		    "%s: a URL, not a file; fetch it first: curl -o FILE %s",
		    path, path);
	return 0;
}

static int
open_input(struct input *in, const char *path, struct fault *f)
{
	struct stat st;
	int flags;

	while (in->fd < 0) {
		in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (in->fd < 0 && (errno != EINTR || stop_requested() != 0))
			break;
	}
	if (in->fd < 0 && errno == ENOENT && input_refuse_url(path, f) != 0)
		return -1;
	if (in->fd < 0 || fstat(in->fd, &st) != 0)
		return fault(f, errno == EINTR ? FAULT_CANCELLED : FAULT_IO,
		    "%s: %s", in->name, strerror(errno));
	/* one that was closed when we were started is open only for writing
	 * (cli/main.c) */
	flags = fcntl(in->fd, F_GETFL);
	if (in->borrowed && (flags < 0 || (flags & O_ACCMODE) == O_WRONLY))
		return fault(f, FAULT_IO,
		    "%s: closed, or open only for writing", in->name);
	if (S_ISDIR(st.st_mode))
		return fault(f, FAULT_IO, "%s: is a directory", in->name);
	in->from = lseek(in->fd, 0, SEEK_CUR);
	in->seekable = S_ISREG(st.st_mode) && in->from >= 0;
	in->pos = in->from;
	in->keep = !in->seekable;
	in->named = in->seekable && !in->borrowed;
	in->device = st.st_dev;
	in->inode = st.st_ino;
	return 0;
}

/* Open the file again after input_rest. */
static int
wake(struct input *in, struct fault *f)
{
	struct stat st;

	if (in->fd >= 0)
		return 0;
	in->fd = open(in->name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (in->fd < 0 || fstat(in->fd, &st) != 0)
		return fault(f, FAULT_IO, "%s: %s", in->name, strerror(errno));
	if (st.st_dev != in->device || st.st_ino != in->inode)
		return fault(f, FAULT_IO,
		    "%s: another file has taken its place", in->name);
	return 0;
}

struct input *
input_open(const char *path, struct fault *f)
{
	return input_open_with(path, NULL, f);
}

struct input *
input_open_with(const char *path, const struct cms_key *key, struct fault *f)
{
	struct input *in = xcalloc(1, sizeof(*in));

	in->key = key;
	in->fd =
	    strcmp(path, "-") == 0 ? STDIN_FILENO : outfile_descriptor(path);
	in->borrowed = in->fd >= 0;
	in->name = xstrdup(in->fd == STDIN_FILENO ? "standard input" : path);
	if (open_input(in, path, f) == 0)
		return in;
	input_close(in);
	return NULL;
}

static int
interrupted(const struct input *in, struct fault *f)
{
	return fault(f, FAULT_CANCELLED, "%s: interrupted", in->name);
}

/* Add to raw: 1, 0 at the end, -1. */
static int
read_raw(struct input *in, struct fault *f)
{
	unsigned char *to;
	size_t room;
	ssize_t got;

	if (in->at == in->n)
		in->at = in->n = 0;
	if (in->raw == NULL)
		in->raw = xmalloc(CHUNK);
	to = in->raw + in->n;
	room = CHUNK - in->n;
	if (in->sealed != NULL) {
		got = cms_read_some(in->sealed, to, room, f);
		in->n += got > 0 ? (size_t)got : 0;
		return got > 0 ? 1 : (int)got;
	}
	if (wake(in, f) != 0)
		return -1;
	do {
		if (!in->seekable && stop_await(in->fd, POLLIN, 0) != 0)
			return interrupted(in, f);
		got = in->seekable ? pread(in->fd, to, room, in->pos)
				   : read(in->fd, to, room);
	} while (got < 0 && errno == EINTR && stop_requested() == 0);
	if (got < 0 && errno == EINTR)
		return interrupted(in, f);
	if (got < 0)
		return fault(f, FAULT_IO, "%s: %s", in->name, strerror(errno));
	if (in->keep)
		buf_add(&in->kept, to, (size_t)got);
	in->n += (size_t)got;
	in->pos += got;
	return got > 0;
}

/* Whether the rest of the file is zeros: 1, 0, -1. */
static int
only_zeros(struct input *in, struct fault *f)
{
	int r;

	do {
		for (; in->at < in->n; in->at++)
			if (in->raw[in->at] != 0)
				return 0;
		r = read_raw(in, f);
	} while (r == 1);
	return r == 0 ? 1 : -1;
}

static int
truncated(struct input *in, struct fault *f)
{
	in->cut = true;
	return fault(f, FAULT_DATA,
	    "the file is truncated inside compressed data");
}

/* It cannot be inflated further. Where zeros take over, the file got its length
 * but not its bytes before the machine went down. */
static int
damaged(struct input *in, struct fault *f)
{
	int r = only_zeros(in, f);

	if (r == 1)
		return truncated(in, f);
	if (r < 0)
		return -1;
	return fault(f, FAULT_DATA, "the compressed data is damaged (%s)",
	    gzip_why(in->gzip));
}

/* Begin a gzip member: 1; 0 when there is no other; -1. */
static int
next_member(struct input *in, struct fault *f)
{
	bool half = in->raw[in->at] == 0x1f;
	int r;

	if (!half || (in->n - in->at > 1 && in->raw[in->at + 1] != 0x8b)) {
		in->at += half;
		r = only_zeros(in, f);
		if (r == 0)
			return fault(f, FAULT_DATA,
			    "the compressed data is followed by something "
			    "else");
		if (r == 1 && half)
			return truncated(in, f);
		return r == 1 ? 0 : -1;
	}
	gzip_next(in->gzip);
	in->member = true;
	return 1;
}

static int
read_gzip(struct input *in, struct buf *to, struct fault *f)
{
	size_t had = to->n, used;

	while (to->n == had) {
		int r;

		if (in->bad)
			return damaged(in, f);
		if (in->at == in->n) {
			r = read_raw(in, f);
			if (r < 0 || (r == 0 && !in->member))
				return r;
			if (r == 0)
				return truncated(in, f);
		}
		if (!in->member && (r = next_member(in, f)) != 1)
			return r;
		used = in->n - in->at;
		r = gzip_read(in->gzip, in->raw + in->at, &used, CHUNK, to);
		in->at += used;
		in->member = r != 0;
		in->bad = r < 0; /* reported after what it returned */
	}
	return 1;
}

/* Have at least ${n} bytes in raw, or fewer at the end. */
static int
look(struct input *in, size_t n, struct fault *f)
{
	int r = 1;

	while (in->n < n && r == 1)
		r = read_raw(in, f);
	return r < 0 ? -1 : 0;
}

/* It is encrypted: from now on read_raw reads its text. */
static int
open_sealed(struct input *in)
{
	struct fault *f = &in->refused;
	struct cms_source s = { .name = in->name,
		.key = in->key,
		.follows = !in->borrowed && in->seekable };

	if (!in->seekable && in->key != NULL) {
		if (!in->keep)
			buf_add(&in->kept, in->raw, in->n);
		if (spool(in, f) != 0)
			return -1;
	}
	s.fd = in->fd;
	s.from = in->from;
	in->at = in->n = 0;
	in->sealed = cms_read_open(&s, f);
	return in->sealed != NULL ? 0 : -1;
}

/* Find out what kind of file it is. */
static int
begin(struct input *in, struct fault *f)
{
	if (in->refused.kind == FAULT_NONE && look(in, 3, f) != 0)
		return -1;
	if (in->sealed == NULL && in->n > 0 && in->raw[0] == 0x30) {
		if (look(in, CMS_READ_HEAD, f) != 0)
			return -1;
		if (cms_read_is(in->raw, in->n) && open_sealed(in) == 0 &&
		    look(in, 3, f) != 0)
			return -1;
	}
	if (in->refused.kind != FAULT_NONE) {
		if (f != NULL)
			*f = in->refused;
		return -1;
	}
	in->begun = true;
	if (in->n >= 2 && in->raw[0] == 0x1f && in->raw[1] == 0x8b)
		in->gzip = gzip_open(true);
	if (in->n >= 3 && memcmp(in->raw, "\xef\xbb\xbf", 3) == 0)
		in->at = 3;
	return 0;
}

static int
read_more(struct input *in, struct buf *to, struct fault *f)
{
	int r;

	if (!in->begun && begin(in, f) != 0)
		return -1;
	if (in->gzip != NULL)
		return read_gzip(in, to, f);
	if (in->at == in->n && (r = read_raw(in, f)) != 1)
		return r;
	buf_add(to, in->raw + in->at, in->n - in->at);
	in->at = in->n;
	return 1;
}

/* After what input_peek has read. */
static int
read_on(struct input *in, struct buf *to, struct fault *f)
{
	size_t before = to->n;
	int r = read_more(in, to, f);

	in->some = in->some || to->n > before;
	in->over = in->over || r == 0;
	return r;
}

int
input_read(struct input *in, struct buf *to, struct fault *f)
{
	if (in->ahead.n == 0)
		return read_on(in, to, f);
	buf_add(to, in->ahead.p, in->ahead.n);
	buf_release(&in->ahead);
	return 1;
}

int
input_peek(struct input *in, size_t want, const struct buf **front,
    struct fault *f)
{
	int r = 1;

	while (in->ahead.n < want && r == 1)
		r = read_on(in, &in->ahead, f);
	*front = &in->ahead;
	return r < 0 ? -1 : 0;
}

bool
input_empty(const struct input *in)
{
	return in->over && !in->some;
}

bool
input_cut(const struct input *in)
{
	return in->cut;
}

const char *
input_title(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

const char *
input_name(const struct input *in)
{
	return in->name;
}

void
input_forget(struct input *in)
{
	in->keep = false;
	buf_release(&in->kept);
}

/* A temporary file in TMPDIR, mode 0600, without a name. */
static int
spool_open(struct fault *f)
{
	const char *directory = getenv("TMPDIR");
	char *path;
	int fd;

	if (directory == NULL || *directory == '\0')
		directory = P_tmpdir;
	path = xasprintf("%s/ttlsweep-XXXXXX", directory);
	fd = mkstemp(path);
	if (fd < 0) {
		(void)fault(f, FAULT_IO, "%s: cannot create a file in it: %s",
		    directory, strerror(errno));
	} else {
		(void)unlink(path);
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	free(path);
	return fd;
}

static int
spool_write(int fd, const void *data, size_t n, struct fault *f)
{
	if (file_write(fd, data, n) == 0)
		return 0;
	return fault(f, FAULT_IO, "the temporary copy (in TMPDIR): %s",
	    strerror(errno));
}

static int
spool_copy(struct input *in, int fd, struct fault *f)
{
	int r = spool_write(fd, in->kept.p, in->kept.n, f);

	input_forget(in);
	while (r == 0) {
		in->at = in->n = 0;
		r = read_raw(in, f);
		if (r != 1)
			return r;
		r = spool_write(fd, in->raw, in->n, f);
	}
	return r;
}

/* Copy a pipe to a file and read that in its place. */
static int
spool(struct input *in, struct fault *f)
{
	int fd = spool_open(f);

	if (fd < 0)
		return -1;
	if (spool_copy(in, fd, f) != 0) {
		(void)close(fd);
		return -1;
	}
	if (lseek(fd, 0, SEEK_SET) != 0 ||
	    (in->borrowed && dup2(fd, in->fd) < 0)) {
		(void)close(fd);
		return fault(f, FAULT_IO, "%s: %s", in->name, strerror(errno));
	}
	(void)close(in->borrowed ? fd : in->fd);
	if (!in->borrowed)
		in->fd = fd;
	in->seekable = true;
	in->named = false;
	in->from = 0;
	return 0;
}

int
input_restart(struct input *in, struct fault *f)
{
	if (!in->seekable && !in->keep)
		return fault(f, FAULT_IO,
		    "%s: cannot be read twice; save it to a file first",
		    in->name);
	if (!in->seekable && spool(in, f) != 0)
		return -1;
	if (in->sealed != NULL && cms_read_rewind(in->sealed, f) != 0)
		return -1;
	in->pos = in->from;
	in->at = in->n = 0;
	free(in->raw);
	in->raw = NULL;
	buf_release(&in->ahead);
	gzip_close(in->gzip);
	in->gzip = NULL;
	in->begun = in->member = in->bad = in->cut = false;
	return 0;
}

void
input_rest(struct input *in)
{
	if (!in->named || in->sealed != NULL || in->fd < 0)
		return;
	(void)close(in->fd);
	in->fd = -1;
}

int64_t
input_size(const struct input *in)
{
	struct stat st;
	int r = in->fd >= 0 ? fstat(in->fd, &st) : stat(in->name, &st);

	return r == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
}

int
input_descriptor(struct input *in)
{
	(void)wake(in, NULL);
	return in->fd;
}

void
input_close(struct input *in)
{
	if (in == NULL)
		return;
	cms_read_close(in->sealed);
	gzip_close(in->gzip);
	if (in->fd >= 0 && !in->borrowed)
		(void)close(in->fd);
	buf_release(&in->kept);
	buf_release(&in->ahead);
	free(in->raw);
	free(in->name);
	free(in);
}
