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
