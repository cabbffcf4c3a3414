#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/command/rows.h"
#include "cli/command/top_n.h"
#include "cli/context/context.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/report/figure.h"
#include "cli/term.h"
#include "export/format.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"

/* What --top may keep in memory, so that the program stays below 64 MiB. */
#define RANK_BYTES ((size_t)24 << 20)
#define RANK_WRITE ((size_t)64 << 10) /* in one write */

static int run(const struct options *o, struct log *log, struct fault *f);

const struct command cmd_list = {
	.name = "list",
	.bit = ON_LIST,
	.args = "",
	.summary = "list entries, one per row",
	.about = "Writes one row for every selected entry, in no particular "
		 "order, or the first N in an order (--top). Session keys and "
		 "the values of sessions are masked unless --reveal is given.",
	.examples = {
		{ "list --kind session --top 10",
		    "the ten sessions that expired longest ago" },
		{ "list --state stuck,immortal --columns key,reason",
		    "which entries TTL will never delete, and why" },
	},
	.run = run,
};

struct list {
	struct context context;
	struct columns columns;
	struct rows rows;
	struct top_n *rank; /* --top, NULL */
	int64_t ranked;     /* rows that it has */
	int64_t matched;
};

static int
on_ranked(void *state, const struct segment *seg, const struct record *r,
    struct fault *f)
{
	struct list *l = state;

	(void)seg;
	return top_n_offer(l->rank, r, &l->context.rules, f);
}

static void
keep_row(void *ctx, const struct record *r, struct buf *row)
{
	struct list *l = ctx;

	rows_keep(&l->rows, r, row);
}

/* Write the rows of --top in order. */
static int
write_ranked(struct list *l, struct fault *f)
{
	size_t n = top_n_sort(l->rank);
	struct buf held = { 0 };
	int rc = 0;

	l->ranked = (int64_t)n;
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct slice row = rows_kept(&l->rows, top_n_row(l->rank, i));

		if (l->rows.table != NULL) {
			rc = table_out_put(l->rows.table, row, f);
			continue;
		}
		buf_add(&held, row.p, row.n);
		if (held.n < RANK_WRITE && i + 1 < n)
			continue;
		rc = output_write(&l->rows.output, held.p, held.n, f);
		buf_reset(&held);
	}
	buf_release(&held);
	return rc;
}

static void
open_rank(struct list *l)
{
	const struct top_n_options o = {
		.by = (enum option_by)l->context.o->by,
		.n = (size_t)l->context.o->top,
		.bytes = RANK_BYTES,
		.row = keep_row,
		.ctx = l,
	};

	l->rank = top_n_new(&o);
}

/* Whether the rows show more than keys and TTL. */
static bool
needs_items(const struct list *l, int format)
{
	const struct options *o = l->context.o;
	const struct columns *c = &l->columns;

	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].def == NULL)
			return true;
	return o->larger_than >= 0 || format == FORMAT_JSONL ||
	    (l->rank != NULL && o->by == BY_SIZE) || rows_have(c, "size") ||
	    rows_have(c, "value") || rows_have(c, "attributes");
}

static int
work(struct list *l, bool keys_only, struct fault *f)
{
	const struct context_pass how = {
		.keys_only = keys_only,
		.verb = "listed",
		.rows = l->rank == NULL,
		.masks = true,
		.timed = l->rank != NULL && l->context.o->by != BY_SIZE,
		.sink = l->rank == NULL
		    ? rows_sink(&l->rows)
		    : (struct pass_sink){ .ctx = l, .entry = on_ranked },
	};
	struct pass_progress done = { 0 };
	int rc = context_pass(&l->context, &how, &done, f);

	if (rc >= 0 && l->rank != NULL)
		rc = write_ranked(l, f);
	else if (l->rank != NULL && f->kind == FAULT_CANCELLED)
		(void)fault_add(f,
		    ": no row was written, as --top reads all entries first");
	l->matched = done.matched;
	return rc < 0 ? -1 : 0;
}

/* An order has no place for some of the entries that match. */
static void
note_unranked(const struct list *l, struct log *log)
{
	const struct options *o = l->context.o;
	bool overdue = o->by == BY_OVERDUE;
	int64_t n = l->ranked;

	if (l->rank == NULL || n >= o->top || n >= l->matched)
		return;
	if (n > 0)
		log_note(log,
		    "%s of the %s entries that match %s: --by %s lists only "
		    "%s, --by size all of them",
		    figure_count(n).s, figure_count(l->matched).s,
		    overdue      ? n == 1 ? "is expired" : "are expired"
			: n == 1 ? "is still to expire"
				 : "are still to expire",
		    overdue ? "overdue" : "expires", n == 1 ? "that" : "these");
	else
		log_note(log,
		    "no entry that matches (%s) %s, and --by %s lists only "
		    "those; --by %s lists %s, --by size all",
		    figure_count(l->matched).s,
		    overdue ? "is expired" : "is still to expire",
		    overdue ? "overdue" : "expires",
		    overdue ? "expires" : "overdue",
		    overdue ? "the next to expire" : "those that are expired");
}

/*
 * The default columns that a narrow terminal may have no room for, in the order
 * in which they are left out, with the cells of their widest text. Keys get
 * fewer cells in a narrow window, but never less than a hash needs.
 */
#define KEY_CELLS 23
#define SORT_CELLS 7

static const struct {
	const char *name;
	int cells;
} wide[] = {
	{ "kind", 7 },
	{ "overdue", 9 },
	{ "reason", 12 },
	{ "expires", 20 },
	{ "size", 6 },
	{ "state", 8 },
};

/* The columns of --by. */
static const char *const by_columns[] = { [BY_OVERDUE] = "overdue",
	[BY_SIZE] = "size",
	[BY_EXPIRES] = "expires" };

static void
drop(struct columns *c, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->list[i].def != NULL &&
		    strcmp(c->list[i].def->name, name) == 0)
			free(c->list[i].name);
		else
			c->list[n++] = c->list[i];
	c->n = n;
}

/* ${keep}: the column that the rows are sorted by; NULL. */
static void
drop_wide(struct columns *c, const struct key_schema *schema, int width,
    const char *keep)
{
	size_t n = sizeof(wide) / sizeof(*wide);
	int need = width / 2 < KEY_CELLS ? width / 2 : KEY_CELLS;

	if (schema->sort != NULL)
		need += SORT_CELLS + 1;
	for (size_t i = 0; i < n; i++)
		need += wide[i].cells + 1;
	for (size_t i = 0; i < n && need > width; i++) {
		if (keep != NULL && strcmp(wide[i].name, keep) == 0)
			continue;
		drop(c, wide[i].name);
		need -= wide[i].cells + 1;
	}
}

/* Options that do not fit --format. */
static int
check_format(const struct options *o, int format, struct fault *f)
{
	if (o->csv_safe && format != FORMAT_CSV)
		return fault(f, FAULT_USAGE,
		    "--csv-safe works only with --format csv");
	if (o->columns != NULL && format == FORMAT_JSONL)
		return fault(f, FAULT_USAGE,
		    "--columns works only with table, tsv and csv; jsonl "
		    "always has every attribute");
	if (o->no_headings && (format == FORMAT_CSV || format == FORMAT_JSONL))
		return fault(f, FAULT_USAGE,
		    "--no-headings works only with table and tsv; %s",
		    format == FORMAT_CSV ? "csv always has a header row"
					 : "jsonl has no header");
	return 0;
}

/* CSV has the columns of an export by default, so that what is not masked can
 * be restored. */
static int
choose_columns(struct list *l, int format, struct fault *f)
{
	const struct options *o = l->context.o;

	if (o->columns == NULL && format == FORMAT_CSV)
		columns_csv(&l->columns, &l->context.schema);
	else if (columns_parse(&l->columns, o->columns, &l->context.schema,
		     f) != 0)
		return -1;
	l->columns.safe = o->csv_safe;
	return 0;
}

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	int format = o->format;
	struct list l = { 0 };
	struct rows_options rows = { .limit = o->limit };
	int rc = -1, width;

	if (format < 0)
		format = isatty(STDOUT_FILENO) ? FORMAT_TABLE : FORMAT_TSV;
	if (check_format(o, format, f) != 0)
		return -1;
	if (context_open(&l.context, o, NULL, log, f) != 0 ||
	    choose_columns(&l, format, f) != 0)
		goto out;
	width = term_width(STDOUT_FILENO, 0);
	if (format == FORMAT_TABLE && o->columns == NULL && width > 0)
		drop_wide(&l.columns, &l.context.schema, width,
		    o->top > 0 ? by_columns[o->by] : NULL);
	if (o->top > 0)
		open_rank(&l);
	if (!needs_items(&l, format))
		l.context.rules.sizes = false;
	rows.format = format == FORMAT_TABLE ? NULL : &formats[format];
	rows.columns = &l.columns;
	rows.headings = !o->no_headings;
	rows.color = o->color;
	rows.view = (struct column_view){ .schema = &l.context.schema,
		.reveal = o->reveal };
	if (rows_open(&l.rows, &rows, f) != 0)
		goto out;
	rc = work(&l, !l.context.rules.sizes, f);
	rc = rows_close(&l.rows, rc == 0, f) != 0 ? -1 : rc;
	if (rc == 0)
		rows_note(&l.rows, log);
	if (rc == 0 && l.matched == 0)
		rows_none(log);
	else if (rc == 0)
		note_unranked(&l, log);
out:
	top_n_free(l.rank);
	columns_release(&l.columns);
	context_close(&l.context);
	return rc;
}
