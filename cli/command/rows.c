#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command/rows.h"
#include "cli/log.h"
#include "cli/term.h"
#include "export/format.h"
#include "export/s3_write.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/base/thread.h"
#include "lib/stream/stream.h"

/* A worker writes at the end of a page, or when it has this much. */
#define HELD_BYTES ((size_t)256 << 10)

struct rows_hand {
	struct rows *rows;
	struct buf held;
	struct s3_data *data; /* NULL: into the common stream */
	int64_t items;        /* held, for the data file */
};

static int
write_table(void *ctx, const char *p, size_t n, struct fault *f)
{
	struct rows *r = ctx;

	return output_write(&r->output, p, n, f);
}

static void
open_table(struct rows *r)
{
	const struct table_options t = {
		.columns = r->o.columns,
		.view = &r->o.view,
		.width = term_width(STDOUT_FILENO, 0),
		.headings = r->o.headings,
		.ascii = !text_locale_utf8(),
		.color = term_color(STDOUT_FILENO, r->o.color),
		.write = write_table,
		.ctx = r,
	};

	/* Its cells are already escaped, and its colors are ours. */
	r->output.tame = false;
	r->table = table_out_open(&t);
}

int
rows_open(struct rows *r, const struct rows_options *o, struct fault *f)
{
	struct buf head = { 0 };
	int rc = 0;

	*r = (struct rows){ .o = *o };
	if (output_open(&r->output, &o->stream, f) != 0)
		return -1;
	r->o.view.terminal = r->output.tame;
	r->lock = lock_new();
	if (r->o.format == NULL) {
		open_table(r);
	} else if (o->headings && o->stream.from == 0 &&
	    r->o.format->columned) {
		r->o.format->row(&head, o->columns, NULL, NULL);
		rc = output_write(&r->output, buf_text(&head), head.n, f);
	}
	buf_release(&head);
	if (rc != 0)
		(void)rows_close(r, false, NULL);
	return rc;
}

int
rows_close(struct rows *r, bool whole, struct fault *f)
{
	int rc = 0;

	if (r->table != NULL &&
	    table_out_close(r->table, whole ? f : NULL) != 0)
		rc = whole ? -1 : 0;
	r->table = NULL;
	if (r->output.stream != NULL)
		r->written = stream_bytes(r->output.stream);
	if (whole && rc == 0)
		rc = output_commit(&r->output, f);
	output_discard(&r->output);
	if (r->lock != NULL)
		lock_free(r->lock);
	r->lock = NULL;
	return rc;
}

bool
rows_have(const struct columns *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].def != NULL &&
		    strcmp(c->list[i].def->name, name) == 0)
			return true;
	return false;
}

static void
note_guess(struct rows *r, bool guess)
{
	if (guess)
		r->guesses = true;
}

void
rows_note(const struct rows *r, struct log *log)
{
	const struct columns *c = r->o.columns;

	if (r->guesses && (r->o.format == NULL || r->o.format->columned) &&
	    (rows_have(c, "expires") || rows_have(c, "overdue")))
		log_note(log,
		    "some of these times have no time zone; they are shown as "
		    "UTC, which is a guess");
}

void
rows_none(struct log *log)
{
	if (isatty(STDOUT_FILENO) || isatty(STDERR_FILENO))
		log_note(log, "no entry matches");
}

int
rows_hand_flush(struct rows_hand *h, struct fault *f)
{
	int rc = 0;

	if (h->held.n > 0 && h->data != NULL)
		rc = s3_data_add(h->data, h->held.p, h->held.n, h->items, f);
	else if (h->held.n > 0)
		rc = output_write(&h->rows->output, h->held.p, h->held.n, f);
	buf_reset(&h->held);
	h->items = 0;
	return rc;
}

/* 0: continue, 1: the limit is reached, -1. */
static int
on_entry(void *state, const struct segment *seg, const struct record *record,
    struct fault *f)
{
	struct rows_hand *h = state;
	struct rows *r = h->rows;
	int64_t number = 0;
	int rc = 0;

	(void)seg;
	if (r->o.limit >= 0) {
		number = ++r->taken;
		if (number > r->o.limit)
			return 1;
	}
	note_guess(r, record->zoneless);
	if (r->table != NULL) {
		lock_enter(r->lock);
		rc = table_out_row(r->table, record, f);
		lock_leave(r->lock);
	} else {
		r->o.format->row(&h->held, r->o.columns, &r->o.view, record);
		h->items++;
		if (h->held.n >= HELD_BYTES && r->o.page == NULL)
			rc = rows_hand_flush(h, f);
	}
	if (rc != 0)
		return -1;
	return r->o.limit >= 0 && number == r->o.limit;
}

/* A byte behind the row says whether it contains a guess: not all that are kept
 * are shown. */
void
rows_keep(struct rows *r, const struct record *record, struct buf *row)
{
	if (r->table != NULL)
		table_out_keep(r->table, record, row);
	else
		r->o.format->row(row, r->o.columns, &r->o.view, record);
	buf_addc(row, record->zoneless ? '?' : ' ');
}

struct slice
rows_kept(struct rows *r, struct slice row)
{
	note_guess(r, row.p[--row.n] == '?');
	return row;
}

static void *
on_open(void *ctx, int worker, struct ddb_conn *conn, struct fault *f)
{
	struct rows *r = ctx;
	struct s3_data *data = NULL;
	struct rows_hand *h;

	(void)worker;
	(void)conn;
	if (r->o.s3 != NULL && (data = s3_write_data(r->o.s3, f)) == NULL)
		return NULL;
	h = xcalloc(1, sizeof(*h));
	h->rows = r;
	h->data = data;
	return h;
}

static int
on_page(void *state, const struct segment *seg, struct fault *f)
{
	struct rows_hand *h = state;
	const struct rows_options *o = &h->rows->o;

	return o->page != NULL ? o->page(o->ctx, h, seg, f)
			       : rows_hand_flush(h, f);
}

static int
on_close(void *state, struct fault *f)
{
	struct rows_hand *h = state;
	int rc = 0;

	/* with ${page}, an unfinished page is read again by the next run */
	if (h->rows->o.page == NULL)
		rc = rows_hand_flush(h, f);
	if (rc == 0 && h->data != NULL)
		rc = s3_data_end(h->data, f);
	buf_release(&h->held);
	free(h);
	return rc;
}

struct pass_sink
rows_sink(struct rows *r)
{
	return (struct pass_sink){ .ctx = r,
		.open = on_open,
		.entry = on_entry,
		.page = on_page,
		.segment = r->o.page != NULL ? on_page : NULL,
		.close = on_close };
}
