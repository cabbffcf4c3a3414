#include <csv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "must.h"

#include "export/export_line.h"
#include "export/format.h"
#include "export/plain_line.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/item.h"

/*
 * Any line of an export or a journal: it is read or refused, and an entry that
 * was read is written as valid rows.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const prefixes[] = { "session:" };
static const struct key_schema schema = { "key", NULL };
static const struct rules rules = {
	.now = 1795332271,
	.ttl_acts = true,
	.session_prefixes = prefixes,
	.nprefixes = 1,
	.sizes = true,
};

static bool
lies_in(struct slice part, struct slice whole)
{
	return part.p == NULL ||
	    (part.p >= whole.p && part.n <= whole.n &&
		part.p <= whole.p + whole.n - part.n);
}

static void
check_parts(const struct line *line, struct slice text)
{
	MUST(lies_in(line->item, text) && lies_in(line->keys, text) &&
	    lies_in(line->body, text) && lies_in(line->ttl, text));
	switch (line->kind) {
	case LINE_BLANK:
		MUST(line->item.p == NULL && line->body.p == NULL);
		break;
	case LINE_ITEM:
		MUST(*line->item.p == '{');
		break;
	case LINE_CHANGE:
		MUST(*line->keys.p == '{');
		MUST(line->deletes || line->item.p != NULL);
		break;
	case LINE_INTENT:
		MUST(*line->keys.p == '{' && *line->item.p == '{');
		MUST(line->n >= 1 && line->deletes);
		break;
	case LINE_HEADER:
		MUST(*line->body.p == '{');
		break;
	case LINE_OUTCOME:
		MUST(*line->body.p == '[');
		break;
	}
}

/* The fast reader reads as the other one does. */
static void
check_fast(const struct line *line, struct slice text)
{
	struct fault f = { 0 };
	struct line any;

	MUST(line_parse_any(&any, text, &f) == 0);
	MUST(any.kind == line->kind && any.n == line->n &&
	    any.at_us == line->at_us && any.deletes == line->deletes);
	MUST(any.item.p == line->item.p && any.item.n == line->item.n);
	MUST(any.keys.p == line->keys.p && any.keys.n == line->keys.n);
	MUST(any.ttl.p == line->ttl.p && any.ttl.n == line->ttl.n);
	MUST(any.body.p == line->body.p && any.body.n == line->body.n);
}

/* The fastest one, where the image is one. */
static void
check_fastest(struct slice text)
{
	struct line line;

	if (plain_intent(&line, text) && slice_check(line.item, NULL) == 0 &&
	    line.item.n <= SLICE_DEPTH) /* a line is one level deeper */
		check_fast(&line, text);
}

static void
count_field(void *p, size_t n, void *ctx)
{
	(void)p;
	(void)n;
	++((int *)ctx)[0];
}

static void
count_row(int c, void *ctx)
{
	(void)c;
	++((int *)ctx)[1];
}

/* One row, with a field for each column. */
static void
check_csv(const struct buf *row, size_t columns)
{
	int counts[2] = { 0, 0 };
	struct csv_parser p;

	MUST(csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) == 0);
	MUST(csv_parse(&p, row->p, row->n, count_field, count_row, counts) ==
	    row->n);
	MUST(csv_fini(&p, count_field, count_row, counts) == 0);
	csv_free(&p);
	MUST(counts[0] == (int)columns && counts[1] == 1);
}

static void
check_tsv(const struct buf *row, size_t columns)
{
	size_t tabs = 0;

	MUST(memchr(row->p, '\n', row->n) == row->p + row->n - 1);
	for (size_t i = 0; i + 1 < row->n; i++) {
		tabs += row->p[i] == '\t';
		MUST((unsigned char)row->p[i] >= ' ' || row->p[i] == '\t');
	}
	MUST(tabs + 1 == columns);
}

/* The line is JSON; cJSON reads the same entry of a DynamoDB line. */
static void
check_json(const struct buf *row, const struct item *item, bool dynamodb)
{
	struct slice text = { row->p, row->n - 1 };
	struct line line;

	MUST(memchr(row->p, '\n', row->n) == row->p + row->n - 1);
	MUST(memchr(row->p, '\r', row->n) == NULL);
	/* {"Item":…} may be one level deeper than the reader allows */
	if (slice_check(text, NULL) != 0) {
		MUST(dynamodb && item->json.n > SLICE_DEPTH);
		return;
	}
	if (!dynamodb)
		return;
	MUST(line_parse(&line, text, NULL) == 0 && line.kind == LINE_ITEM);
	MUST(item->json.n > 512 || slice_same(line.item, item->json));
}

static void
check_rows(const struct item *item)
{
	struct buf scratch = { 0 }, out = { 0 };
	struct columns columns;
	struct record r;

	columns_csv(&columns, &schema);
	record_of(&r, item, &rules, &scratch);
	for (const struct format *f = formats; f->name != NULL; f++) {
		for (int reveal = 0; reveal < 2; reveal++) {
			struct column_view view = { .schema = &schema,
				.reveal = reveal != 0 };

			buf_reset(&out);
			f->row(&out, &columns, &view, &r);
			if (strcmp(f->name, "csv") == 0)
				check_csv(&out, columns.n);
			else if (strcmp(f->name, "tsv") == 0)
				check_tsv(&out, columns.n);
			else
				check_json(&out, item,
				    strcmp(f->name, "jsonl") != 0);
		}
	}
	columns_release(&columns);
	buf_release(&scratch);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice text = { (const char *)data, n };
	struct fault f = { 0 };
	struct slice_walk w;
	struct item item;
	struct line line;

	check_fastest(text);
	if (line_parse(&line, text, &f) != 0) {
		MUST(f.kind == FAULT_DATA && f.text[0] != '\0');
		return 0;
	}
	MUST(f.kind == FAULT_NONE);
	check_parts(&line, text);
	check_fast(&line, text);
	if (line.item.p == NULL)
		return 0;
	w = slice_walk(line.item);
	if (item_read(&w, &schema, "ttl", &item, &f) == 0)
		check_rows(&item);
	return 0;
}
