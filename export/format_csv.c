#include <csv.h>
#include <string.h>

#include "base/buf.h"
#include "export/column.h"
#include "export/format_rows.h"

/* One field, always in quotes (libcsv's reader cuts blanks off the ends of
 * others). At worst every byte is a quote that is doubled. */
static void
add_field(struct buf *out, const char *p, size_t n)
{
	char *to = buf_reserve(out, 2 * n + 2);

	out->n += csv_write(to, 2 * n + 2, p, n);
}

void
format_csv_head(struct buf *out, const struct columns *columns)
{
	for (size_t i = 0; i < columns->n; i++) {
		const char *name = columns->list[i].name;

		if (i > 0)
			buf_addc(out, ',');
		add_field(out, name, strlen(name));
	}
	buf_adds(out, "\r\n");
}

void
format_csv_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < columns->n; i++) {
		buf_reset(&text);
		column_text(&text, &columns->list[i], view, r);
		if (i > 0)
			buf_addc(out, ',');
		add_field(out, buf_text(&text), text.n);
	}
	buf_adds(out, "\r\n");
	buf_release(&text);
}
