#include <string.h>

#include "export/column.h"
#include "export/format_rows.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"

/* A row is one line and a cell holds no tab, whatever is in the entry: the
 * bytes that would say otherwise are escaped. */
void
format_tsv_head(struct buf *out, const struct columns *columns)
{
	for (size_t i = 0; i < columns->n; i++) {
		const char *name = columns->list[i].name;

		if (i > 0)
			buf_addc(out, '\t');
		text_escape(out, name, strlen(name), false);
	}
	buf_addc(out, '\n');
}

void
format_tsv_row(struct buf *out, const struct columns *columns,
    const struct column_view *view, const struct record *r)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < columns->n; i++) {
		buf_reset(&text);
		column_text(&text, &columns->list[i], view, r);
		if (i > 0)
			buf_addc(out, '\t');
		text_escape(out, buf_text(&text), text.n, false);
	}
	buf_addc(out, '\n');
	buf_release(&text);
}
