#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/stream/csv_read.h"
#include "lib/stream/input.h"

#define CELL_GROWTH ((size_t)256 << 10)
#define BOM "\xef\xbb\xbf"
#define UTF16_LE "\xff\xfe"
#define UTF16_BE "\xfe\xff"

struct csv_read {
	struct input *in;
	struct csv_parser parser;
	struct buf text; /* text.p[at..n) is not parsed yet */
	size_t at;
	bool begun, eof;
	bool cr;        /* the last byte parsed was a CR */
	int64_t lines;  /* ended before text.p[at] */
	struct buf row; /* the text of all cells */
	size_t *ends;   /* where each ends in it */
	struct slice *cells;
	size_t n, cap;
	bool inside;          /* a row has begun, and not ended */
	bool whole;           /* row is complete */
	int64_t number, line; /* of it */
	struct fault failed;  /* for every later call */
};

/* Spaces are part of a cell: " a" and "a" are two keys. */
static int
no_blank(unsigned char c)
{
	(void)c;
	return 0;
}

static void
parser_open(struct csv_read *c)
{
	(void)csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI);
	csv_set_space_func(&c->parser, no_blank);
	csv_set_realloc_func(&c->parser, xrealloc);
	csv_set_free_func(&c->parser, free);
	/* by default a long cell is copied for every 128 bytes */
	csv_set_blk_size(&c->parser, CELL_GROWTH);
}

struct csv_read *
csv_read_of(struct input *in)
{
	struct csv_read *c = xcalloc(1, sizeof(*c));

	c->in = in;
	parser_open(c);
	return c;
}

static void
on_cell(void *p, size_t n, void *ctx)
{
	struct csv_read *c = ctx;

	if (c->n == c->cap) {
		c->cap = c->cap > 0 ? 2 * c->cap : 16;
		c->ends = xreallocarray(c->ends, c->cap, sizeof(*c->ends));
		c->cells = xreallocarray(c->cells, c->cap, sizeof(*c->cells));
	}
	buf_add(&c->row, p, n);
	c->ends[c->n++] = c->row.n;
}

static void
on_row(int end, void *ctx)
{
	struct csv_read *c = ctx;

	(void)end;
	c->whole = true;
}

int
csv_read_at(const struct csv_read *c, struct fault *f)
{
	return fault_at(f, "%s:%lld: row %lld", input_name(c->in),
	    (long long)c->line, (long long)c->number);
}

/* libcsv has stopped: a quote is all it can object to. */
static int
bad_quote(const struct csv_read *c, struct fault *f)
{
	if (c->parser.quoted)
		return fault(f, FAULT_DATA,
		    "cell %zu continues after its closing quote (write quotes "
		    "inside a cell twice, and commas between cells)",
		    c->n + 1);
	return fault(f, FAULT_DATA,
	    "a quote inside cell %zu, which does not begin with one (write the "
	    "cell in quotes, and each quote inside it twice)",
	    c->n + 1);
}

/* The next piece of the text, up to and with the first byte that can end a
 * row: a call of libcsv ends one row at most. */
static size_t
piece(const struct csv_read *c)
{
	const char *p = c->text.p + c->at, *end = c->text.p + c->text.n;
	const char *q = p;

	while (q < end && *q != '\n' && *q != '\r')
		q++;
	return (size_t)(q - p) + (q < end);
}

static int
check_size(const struct csv_read *c, struct fault *f)
{
	if (c->row.n + c->parser.entry_pos > CSV_ROW_MAX)
		return fault(f, FAULT_DATA, "it is longer than %zu MiB",
		    CSV_ROW_MAX >> 20);
	if (c->n > CSV_CELLS_MAX)
		return fault(f, FAULT_DATA, "it has more than %d cells",
		    CSV_CELLS_MAX);
	return 0;
}

static int
parse_piece(struct csv_read *c, struct fault *f)
{
	const char *p = c->text.p + c->at;
	size_t n = piece(c);
	char last = p[n - 1];

	if (!c->inside && *p != '\n' && *p != '\r') {
		c->inside = true;
		c->number++;
		c->line = c->lines + 1;
	}
	/* the LF of a CRLF is not another newline */
	if (last == '\r' || (last == '\n' && !(n == 1 && c->cr)))
		c->lines++;
	c->cr = last == '\r';
	c->at += n;
	if (csv_parse(&c->parser, p, n, on_cell, on_row, c) != n)
		return bad_quote(c, f);
	return check_size(c, f);
}

/* More text: 1, 0 at the end, -1. */
static int
fill(struct csv_read *c, struct fault *f)
{
	int r;

	buf_reset(&c->text);
	c->at = 0;
	r = input_read(c->in, &c->text, f);
	while (r == 1 && !c->begun && c->text.n < strlen(BOM))
		if (input_read(c->in, &c->text, NULL) < 1)
			break; /* the next call reports it */
	if (r == 1 && !c->begun && c->text.n >= strlen(BOM) &&
	    memcmp(c->text.p, BOM, strlen(BOM)) == 0)
		c->at = strlen(BOM);
	if (r == 1 && !c->begun && c->text.n >= 2 &&
	    (memcmp(c->text.p, UTF16_LE, 2) == 0 ||
		memcmp(c->text.p, UTF16_BE, 2) == 0))
		r = fault(f, FAULT_DATA,
		    "it is UTF-16; save it as CSV in UTF-8");
	c->begun = true;
	if (r < 0 && f->kind == FAULT_DATA)
		(void)fault_at(f, "%s:%lld", input_name(c->in),
		    (long long)c->lines + 1);
	return r;
}

static int
finish(struct csv_read *c, struct fault *f)
{
	c->eof = true;
	if (csv_fini(&c->parser, on_cell, on_row, c) != 0)
		return fault(f, FAULT_DATA,
		    "the file ends inside cell %zu: it is truncated, or has "
		    "one quote too many",
		    c->n + 1);
	return check_size(c, f);
}

static int
next(struct csv_read *c, struct fault *f)
{
	if (c->whole) {
		c->whole = c->inside = false;
		c->n = 0;
		buf_reset(&c->row);
	}
	while (!c->whole && !c->eof) {
		int r = c->at < c->text.n ? 1 : fill(c, f);

		if (r < 0)
			return -1;
		if (r == 0)
			r = finish(c, f);
		else if (c->at < c->text.n)
			r = parse_piece(c, f);
		if (r < 0)
			return csv_read_at(c, f);
	}
	return c->whole;
}

int
csv_read_next(struct csv_read *c, struct csv_row *row, struct fault *f)
{
	int r = -1;

	if (c->failed.kind == FAULT_NONE)
		r = next(c, &c->failed);
	if (r < 0 && f != NULL)
		*f = c->failed;
	if (r != 1)
		return r;
	for (size_t i = 0; i < c->n; i++) {
		size_t from = i > 0 ? c->ends[i - 1] : 0;

		c->cells[i] = (struct slice){ buf_text(&c->row) + from,
			c->ends[i] - from };
	}
	*row = (struct csv_row){ c->cells, c->n, c->number, c->line };
	return 1;
}

int
csv_read_restart(struct csv_read *c, struct fault *f)
{
	if (input_restart(c->in, f) != 0)
		return -1;
	csv_free(&c->parser);
	parser_open(c);
	buf_reset(&c->text);
	buf_reset(&c->row);
	c->at = c->n = 0;
	c->begun = c->eof = c->cr = c->inside = c->whole = false;
	c->lines = c->number = c->line = 0;
	c->failed = (struct fault){ 0 };
	return 0;
}

const char *
csv_read_name(const struct csv_read *c)
{
	return input_name(c->in);
}

void
csv_read_forget(struct csv_read *c)
{
	input_forget(c->in);
}

void
csv_read_close(struct csv_read *c)
{
	if (c == NULL)
		return;
	input_close(c->in);
	csv_free(&c->parser);
	buf_release(&c->text);
	buf_release(&c->row);
	free(c->ends);
	free(c->cells);
	free(c);
}
