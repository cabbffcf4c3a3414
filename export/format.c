#include <csv.h>
#include <string.h>

#include "export/column.h"
#include "export/format.h"
#include "export/item_json.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "lib/stream/csv_safe.h"

/* One field, always in quotes (other readers cut blanks off the ends of
 * others). At worst every byte is a quote that is doubled. */
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
	if (safe) /* in the place of its opening quote */
		*to = '\'';
}

/* A row is one line and a cell holds no tab, whatever is in the entry: the
 * bytes that would say otherwise are escaped. */
static void
add_tsv(struct buf *out, const struct columns *columns, const char *p, size_t n)
{
	(void)columns;
	text_escape(out, p, n, false);
}

/* What cells are between. */
struct grid {
	void (*cell)(struct buf *out, const struct columns *columns,
	    const char *p, size_t n);
	char between;
	const char *end;
};
static const struct grid csv = { add_csv, ',', "\r\n" };
static const struct grid tsv = { add_tsv, '\t', "\n" };

/* A row of ${r}; of the names when that is NULL. */
static void
add_row(struct buf *out, const struct grid *grid, const struct columns *columns,
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
			buf_addc(out, grid->between);
		grid->cell(out, columns, buf_text(&text), text.n);
	}
	buf_adds(out, grid->end);
	buf_release(&text);
}

static void
csv_head(struct buf *out, const struct columns *columns)
{
	add_row(out, &csv, columns, NULL, NULL);
}

static void
csv_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r)
{
	add_row(out, &csv, columns, view, r);
}

static void
tsv_head(struct buf *out, const struct columns *columns)
{
	add_row(out, &tsv, columns, NULL, NULL);
}

static void
tsv_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r)
{
	add_row(out, &tsv, columns, view, r);
}

static void
add_masked(struct buf *out, const struct record *r, struct slice value)
{
	struct buf text = { 0 };

	column_mask(&text, r, value);
	slice_text_encode(out, buf_text(&text), text.n);
	buf_release(&text);
}

static void
json_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r)
{
	struct slice_walk w = slice_walk(r->item->json);
	struct slice name, value;
	bool first = true;

	(void)columns;
	(void)slice_object(&w);
	buf_addc(out, '{');
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0) {
		if (!first)
			buf_addc(out, ',');
		first = false;
		item_json_string(out, name);
		buf_addc(out, ':');
		if (column_hides(view, r, name, value))
			add_masked(out, r, value);
		else if (!view->reveal)
			item_json_masked(out, value, view->numbers_string);
		else
			item_json_value(out, value, view->numbers_string);
	}
	buf_adds(out, "}\n");
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
	[FORMAT_CSV] = { "csv", ".csv", true, csv_head, csv_row },
	[FORMAT_TSV] = { "tsv", ".tsv", true, tsv_head, tsv_row },
	[FORMAT_JSONL] = { "jsonl", ".jsonl", false, NULL, json_row },
	[FORMAT_DYNAMODB_JSON] = { "dynamodb-json", ".json", false, NULL,
	    dynamodb_row },
	[FORMATS] = { NULL, NULL, false, NULL, NULL },
	/* clang-format on */
};

const struct format *
format_of_path(const char *path)
{
	size_t n = strlen(path);

	if (text_ends_in(path, n, ".gz"))
		n -= strlen(".gz");
	for (const struct format *f = formats; f->name != NULL; f++)
		if (f->ending != NULL && text_ends_in(path, n, f->ending))
			return f;
	return NULL;
}
