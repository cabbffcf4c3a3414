#include "export/column.h"
#include "export/format_rows.h"
#include "export/item_json.h"
#include "inspector/record.h"
#include "lib/base/buf.h"

static void
add_masked(struct buf *out, const struct record *r, struct slice value)
{
	struct buf text = { 0 };

	column_mask(&text, r, value);
	slice_text_encode(out, buf_text(&text), text.n);
	buf_release(&text);
}

void
format_json_row(struct buf *out, const struct columns *columns,
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

void
format_dynamodb_row(struct buf *out, const struct columns *columns,
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
