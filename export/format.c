#include <csv.h>
#include <string.h>

#include "export/column.h"
#include "export/format.h"
#include "export/item_json.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "lib/stream/csv_safe.h"

/* A cell, always in quotes: some readers trim cells without. At worst every
 * byte is a quote, which is doubled. */
static void
add_csv(struct buf *out, const struct columns *columns, const char *p, size_t n)
{
	bool safe = columns->safe && csv_safe_needs((struct slice){ p, n });
	size_t room = 2 * n + 2;
	char *to;

	if (safe)
		buf_addc(out, '"');
	to = buf_reserve(out, room);
	out->n += csv_write(to, room, p, n);
	if (safe) /* replaces its opening quote */
		*to = '\'';
}

/* Tabs and newlines in a cell are escaped. */
static void
add_tsv(struct buf *out, const struct columns *columns, const char *p, size_t n)
{
	(void)columns;
	text_escape(out, p, n, false);
}

/* Cells of ${r}, or the names of the columns where that is NULL. */
static void
add_cells(struct buf *out,
    void (*cell)(struct buf *, const struct columns *, const char *, size_t),
    char separator, const struct columns *columns,
    const struct column_view *view, const struct record *r)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < columns->n; i++) {
		const struct column *c = &columns->list[i];

		buf_reset(&text);
		if (r != NULL)
			column_text(&text, c, view, r);
		else
			buf_adds(&text, c->name);
		if (i > 0)
			buf_addc(out, separator);
		cell(out, columns, buf_text(&text), text.n);
	}
	buf_release(&text);
}

static void
csv_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r)
{
	add_cells(out, add_csv, ',', columns, view, r);
	buf_adds(out, "\r\n");
}

static void
tsv_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r)
{
	add_cells(out, add_tsv, '\t', columns, view, r);
	buf_addc(out, '\n');
}

static void
json_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r)
{
	(void)columns;
	column_object(out, view, r, OBJECT_ALL);
	buf_addc(out, '\n');
}

static void
dynamodb_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r)
{
	(void)columns;
	buf_adds(out, "{\"Item\":");
	if (view->terminal)
		item_json_compact(out, r->item->json);
	else
		item_json_verbatim(out, r->item->json);
	buf_adds(out, "}\n");
}

const struct format formats[] = {
	/* clang-format off */
	[FORMAT_CSV] = { "csv", ".csv", true, csv_row },
	[FORMAT_TSV] = { "tsv", ".tsv", true, tsv_row },
	[FORMAT_JSONL] = { "jsonl", ".jsonl", false, json_row },
	[FORMAT_DYNAMODB_JSON] = { "dynamodb-json", ".json", false,
	    dynamodb_row },
	[FORMATS] = { NULL, NULL, false, NULL },
	/* clang-format on */
};

const struct format *
format_of_path(const char *path)
{
	size_t n = strlen(path);

	if (text_ends_in(path, n, ".gz"))
		n -= strlen(".gz");
	for (const struct format *f = formats; f->name != NULL; f++)
		if (text_ends_in(path, n, f->ending))
			return f;
	return NULL;
}
