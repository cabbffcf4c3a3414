#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/stream/input.h"
#include "lib/stream/lines.h"

struct lines {
	struct input *in;
	struct buf text;   /* text.p[line..n) is needed still */
	size_t line, next; /* where the last line begins, and the next */
	bool eof;
	int64_t number;
	struct slice last;
	bool again, torn;    /* of the last line */
	struct fault failed; /* for every later call */
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

/* Drop the lines before the last one, and read more text. */
static int
fill(struct lines *l, struct fault *f)
{
	int r;

	if (l->line > 0) {
		l->text.n -= l->line;
		memmove(l->text.p, l->text.p + l->line, l->text.n);
		l->line = 0;
	}
	r = input_read(l->in, &l->text, f);
	if (r < 0 && f->kind == FAULT_DATA)
		(void)fault_at(f, "%s:%lld", input_name(l->in),
		    (long long)l->number + 1);
	return r;
}

/* Find the end of the line at l->line: 1 at a newline, 0 at the end of the
 * file, both with its length; -1. */
static int
find_end(struct lines *l, size_t *length, struct fault *f)
{
	size_t seen = 0;

	for (;;) {
		size_t n = l->text.n - l->line;
		char *end = n > seen
		    ? memchr(l->text.p + l->line + seen, '\n', n - seen)
		    : NULL;
		int r;

		if (end != NULL) {
			*length = (size_t)(end - (l->text.p + l->line));
			return 1;
		}
		*length = seen = n;
		if (n > LINES_MAX)
			return fault(f, FAULT_DATA,
			    "%s:%lld: the line is longer than %zu MiB",
			    input_name(l->in), (long long)l->number + 1,
			    LINES_MAX >> 20);
		if (l->eof)
			return 0;
		r = fill(l, f);
		if (r < 0)
			return -1;
		l->eof = r == 0;
	}
}

static int
split(struct lines *l, struct fault *f)
{
	size_t n;
	int r;

	l->line = l->next;
	r = find_end(l, &n, f);
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
		r = l->failed.kind == FAULT_NONE ? split(l, &l->failed) : -1;
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

/* How many lines end in ${p}[0..n), and where the last of them does. */
static int64_t
count_ends(const char *p, size_t n, size_t *behind)
{
	const char *at = p, *end = p + n;
	int64_t ends = 0;

	while (
	    at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		*behind = (size_t)(++at - p);
		ends++;
	}
	return ends;
}

/* Read on behind ${lines} whole lines and ${torn} bytes of the next one. */
static int
fill_block(struct lines *l, int64_t lines, size_t torn)
{
	int r;

	if (torn > LINES_MAX)
		return fault(&l->failed, FAULT_DATA,
		    "%s:%lld: the line is longer than %zu MiB",
		    input_name(l->in), (long long)(l->number + lines + 1),
		    LINES_MAX >> 20);
	l->line = l->next;
	l->number += lines; /* for what it says */
	r = fill(l, &l->failed);
	l->number -= lines;
	l->next = l->line;
	l->eof = r == 0;
	return r < 0 ? -1 : 0;
}

/* Have whole lines at l->next: 1 with how many bytes and lines, 0 nothing is
 * left, -1. */
static int
find_block(struct lines *l, size_t want, size_t *bytes, int64_t *lines)
{
	size_t seen = 0, behind;

	*bytes = 0;
	*lines = 0;
	for (;;) {
		size_t n = l->text.n - l->next;
		int64_t ends = n > seen
		    ? count_ends(l->text.p + l->next + seen, n - seen, &behind)
		    : 0;

		*lines += ends;
		if (ends > 0)
			*bytes = seen + behind;
		seen = n;
		if (l->eof || *bytes >= want)
			break;
		if (fill_block(l, *lines, n - *bytes) != 0)
			/* what came before is given first */
			return *bytes > 0 ? 1 : -1;
	}
	if (*bytes < seen && l->eof) {
		*bytes = seen; /* the last line has no end */
		++*lines;
	}
	return *bytes > 0;
}

int
lines_block(struct lines *l, size_t want, struct buf *block, int64_t *first,
    struct fault *f)
{
	struct buf text;
	size_t bytes;
	int64_t lines;
	int r = -1;

	if (l->again) {
		l->again = false;
		l->next = l->line;
		l->number--;
	}
	buf_reset(block);
	input_forget(l->in);
	if (l->failed.kind == FAULT_NONE)
		r = find_block(l, want, &bytes, &lines);
	if (r < 0 && f != NULL)
		*f = l->failed;
	if (r != 1)
		return r;
	/* the block is given away, what follows it moves over */
	text = l->text;
	l->text = *block;
	buf_add(&l->text, text.p + l->next + bytes, text.n - l->next - bytes);
	memmove(text.p, text.p + l->next, bytes);
	text.n = bytes;
	text.p[bytes] = '\0';
	*block = text;
	l->line = l->next = 0;
	*first = l->number + 1;
	l->number += lines;
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
