#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/stream/input.h"
#include "lib/stream/lines.h"

struct lines {
	struct input *in;
	struct buf text;   /* text.p[line..n) is still needed */
	size_t line, next; /* where the last line and the next one begin */
	bool eof;
	int64_t number;      /* of the last line */
	struct slice last;   /* its text */
	bool again, torn;    /* return it again; it has no newline */
	struct fault failed; /* returned by every later call */
};

struct lines *
lines_of(struct input *in)
{
	struct lines *l = xcalloc(1, sizeof(*l));

	l->in = in;
	return l;
}

struct lines *
lines_open(const char *path, struct fault *f)
{
	struct input *in = input_open(path, f);

	return in != NULL ? lines_of(in) : NULL;
}

/* Drop the text before l->line, and read more behind the rest. */
static int
fill(struct lines *l)
{
	int r;

	if (l->line > 0) {
		l->text.n -= l->line;
		memmove(l->text.p, l->text.p + l->line, l->text.n);
		l->line = 0;
	}
	r = input_read(l->in, &l->text, &l->failed);
	l->eof = r == 0;
	if (r < 0 && l->failed.kind == FAULT_DATA)
		(void)fault_at(&l->failed, "%s:%lld", input_name(l->in),
		    (long long)l->number + 1);
	return r;
}

/*
 * Find the end of the line that begins ${at} bytes behind l->line, reading more
 * text if ${more}: 1 at a newline, 0 at the end of the text, both with the
 * line's length; -1.
 */
static int
find_end(struct lines *l, size_t at, bool more, size_t *length)
{
	size_t seen = at;

	for (;;) {
		size_t n = l->text.n - l->line;
		const char *end = n > seen
		    ? memchr(l->text.p + l->line + seen, '\n', n - seen)
		    : NULL;

		if (end != NULL) {
			*length = (size_t)(end - (l->text.p + l->line)) - at;
			return 1;
		}
		*length = n - at;
		if (*length > LINES_MAX)
			return fault(&l->failed, FAULT_DATA,
			    "%s:%lld: the line is longer than %zu MiB",
			    input_name(l->in), (long long)l->number + 1,
			    LINES_MAX >> 20);
		if (l->eof || !more)
			return 0;
		if (fill(l) < 0)
			return -1;
		seen = n;
	}
}

static int
split(struct lines *l)
{
	size_t n;
	int r;

	l->line = l->next;
	r = find_end(l, 0, true, &n);
	l->next = l->line;
	if (r < 0 || (r == 0 && n == 0))
		return r;
	l->torn = r == 0;
	l->next += n + (r == 1);
	if (r == 1 && n > 0 && l->text.p[l->line + n - 1] == '\r')
		n--;
	l->last = (struct slice){ l->text.p + l->line, n };
	l->number++;
	return 1;
}

int
lines_next(struct lines *l, struct slice *line, bool *torn, struct fault *f)
{
	int r = 1;

	if (!l->again) {
		if (l->number > 0)
			input_forget(l->in);
		r = l->failed.kind == FAULT_NONE ? split(l) : -1;
	}
	l->again = false;
	if (r < 0 && f != NULL)
		*f = l->failed;
	if (r == 1) {
		*line = l->last;
		*torn = l->torn;
	}
	return r;
}

/* Find up to ${most} lines at l->line: all that are in memory, and as many more
 * as make ${want} bytes. 1 with the number of bytes, 0 at the end, -1. */
static int
find_block(struct lines *l, size_t want, size_t most, size_t *bytes)
{
	size_t n;
	int r;

	*bytes = 0;
	do {
		r = find_end(l, *bytes, *bytes < want, &n);
		if (r == 1 || (r == 0 && l->eof && n > 0)) {
			*bytes += n + (r == 1);
			l->number++;
		}
	} while (r == 1 && --most > 0);
	/* the lines before a fault come first */
	return *bytes > 0 ? 1 : r;
}

/* Copy the ${bytes} at l->line: more follow than that. */
static void
copy_block(struct lines *l, size_t bytes, struct buf *block)
{
	buf_add(block, l->text.p + l->line, bytes);
	l->next = l->line += bytes;
}

/* Give them away with the buffer, and move what follows to the caller's. */
static void
give_block(struct lines *l, size_t bytes, struct buf *block)
{
	struct buf text = l->text;
	size_t end = l->line + bytes;

	l->text = *block;
	buf_add(&l->text, text.p + end, text.n - end);
	memmove(text.p, text.p + l->line, bytes);
	text.n = bytes;
	text.p[bytes] = '\0';
	*block = text;
	l->line = l->next = 0;
}

int
lines_block(struct lines *l, size_t want, size_t most, struct buf *block,
    int64_t *first, struct fault *f)
{
	size_t bytes;
	int r = -1;

	if (l->again) {
		l->again = false;
		l->next = l->line;
		l->number--;
	}
	buf_reset(block);
	input_forget(l->in);
	*first = l->number + 1;
	l->line = l->next;
	if (l->failed.kind == FAULT_NONE)
		r = find_block(l, want, most, &bytes);
	l->next = l->line;
	if (r < 0 && f != NULL)
		*f = l->failed;
	if (r != 1)
		return r;
	if (l->text.n - l->line - bytes > bytes)
		copy_block(l, bytes, block);
	else
		give_block(l, bytes, block);
	return 1;
}

bool
lines_split(struct slice *rest, struct slice *line, bool *torn)
{
	const char *end = rest->n > 0 ? memchr(rest->p, '\n', rest->n) : NULL;

	if (rest->n == 0)
		return false;
	*torn = end == NULL;
	*line = (struct slice){ rest->p,
		end != NULL ? (size_t)(end - rest->p) : rest->n };
	*rest = *torn ? (struct slice){ rest->p + rest->n, 0 }
		      : (struct slice){ end + 1, rest->n - line->n - 1 };
	if (!*torn && line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

bool
lines_cut(const struct lines *l)
{
	return input_cut(l->in);
}

bool
lines_follow(const struct lines *l)
{
	return l->next < l->text.n;
}

void
lines_again(struct lines *l)
{
	l->again = true;
}

int64_t
lines_number(const struct lines *l)
{
	return l->number;
}

const char *
lines_path(const struct lines *l)
{
	return input_name(l->in);
}

int
lines_restart(struct lines *l, struct fault *f)
{
	if (input_restart(l->in, f) != 0)
		return -1;
	buf_release(&l->text);
	l->line = l->next = 0;
	l->eof = l->again = false;
	l->number = 0;
	l->failed = (struct fault){ 0 };
	return 0;
}

void
lines_close(struct lines *l)
{
	if (l == NULL)
		return;
	input_close(l->in);
	buf_release(&l->text);
	free(l);
}
