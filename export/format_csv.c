#include <csv.h>
#include <string.h>

#include "export/column.h"
#include "export/format_rows.h"
#include "lib/base/buf.h"
#include "lib/stream/csv_safe.h"

/* One field, always in quotes (other readers cut blanks off the ends of
 * others). At worst every byte is a quote that is doubled. */
static void
add_field(struct buf *out, const struct columns *columns, const char *p,
    size_t n)
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

void
format_csv_head(struct buf *out, const struct columns *columns)
{
	for (size_t i = 0; i < columns->n; i++) {
		const char *name = columns->list[i].name;

		if (i > 0)
			buf_addc(out, ',');
		add_field(out, columns, name, strlen(name));
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
		add_field(out, columns, buf_text(&text), text.n);
	}
	buf_adds(out, "\r\n");
	buf_release(&text);
}
