#include "memory.h"

#include <csv.h>
#include <string.h>

#include "export/csv_items.h"
#include "export/format.h"
#include "export/keylist.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/table.h"
#include "lib/stream/csv_read.h"
#include "lib/stream/input.h"

/*
 * Any CSV: its rows are read or refused. Rows that were read, and entries of an
 * export, are the same when written and read again. The keys of a list can be
 * sent.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct input *
input_of(const void *data, size_t n)
{
	struct input *in = input_open(memory_file(data, n), NULL);

	MUST(in != NULL);
	return in;
}

static void
check_fault(int got, const struct fault *f)
{
	MUST((got < 0) == (f->kind != FAULT_NONE));
	MUST(got >= 0 || (f->kind == FAULT_DATA && f->text[0] != '\0'));
}

static void
add_cell(struct buf *out, const char *p, size_t n)
{
	out->n += csv_write(buf_reserve(out, 2 * n + 2), 2 * n + 2, p, n);
}

/* Write all rows. */
static void
rows(struct buf *out, struct input *in)
{
	struct csv_read *c = csv_read_of(in);
	struct csv_row row;
	struct fault f = { 0 };
	int64_t number = 0, line = 0;
	int r;

	while ((r = csv_read_next(c, &row, &f)) == 1) {
		MUST(row.n > 0 && row.number == ++number && row.line > line);
		line = row.line;
		for (size_t i = 0; i < row.n; i++) {
			if (i > 0)
				buf_addc(out, ',');
			add_cell(out, row.cells[i].p, row.cells[i].n);
		}
		buf_adds(out, "\r\n");
	}
	check_fault(r, &f);
	csv_read_close(c);
}

static void
check_rows(const uint8_t *data, size_t n)
{
	struct buf once = { 0 }, twice = { 0 };

	rows(&once, input_of(data, n));
	rows(&twice, input_of(once.p, once.n));
	MUST(once.n == twice.n &&
	    (once.n == 0 || memcmp(once.p, twice.p, once.n) == 0));
	buf_release(&once);
	buf_release(&twice);
}

static const char *const prefixes[] = { "session:" };
static const struct rules rules = {
	.now = 1795332271,
	.session_prefixes = prefixes,
	.nprefixes = 1,
	.sizes = true,
};

/* Write its entries as an export; 0, or -1 when it is not one. */
static int
entries(struct buf *out, struct input *in)
{
	struct fault f = { 0 };
	struct csv_items *c = csv_items_of(in, &f);
	struct column_view view = { .reveal = true };
	struct columns columns;
	struct csv_key key;
	struct key_schema schema;
	struct slice image;
	struct buf scratch = { 0 };
	int64_t line;
	int r;

	if (c == NULL || csv_items_guess(c, NULL, &key, &f) != 0) {
		check_fault(-1, &f);
		csv_items_close(c);
		return -1;
	}
	schema = (struct key_schema){ key.partition, key.sort };
	view.schema = &schema;
	columns_csv(&columns, &schema);
	(&formats[FORMAT_CSV])->row(out, &columns, NULL, NULL);
	while ((r = csv_items_next(c, &image, &line, &f)) == 1) {
		struct slice_walk w = slice_walk(image);
		struct item item;
		struct record record;

		MUST(item_read(&w, &schema, "ttl", &item, NULL) == 0);
		MUST(slice_end(&w) == 0);
		record_of(&record, &item, &rules, &scratch);
		(&formats[FORMAT_CSV])->row(out, &columns, &view, &record);
	}
	check_fault(r, &f);
	columns_release(&columns);
	buf_release(&scratch);
	csv_items_close(c);
	return 0;
}

static void
check_entries(const uint8_t *data, size_t n)
{
	struct buf once = { 0 }, twice = { 0 };

	if (entries(&once, input_of(data, n)) == 0) {
		MUST(entries(&twice, input_of(once.p, once.n)) == 0);
		MUST(once.n == twice.n && memcmp(once.p, twice.p, once.n) == 0);
	}
	buf_release(&once);
	buf_release(&twice);
}

static void
check_keys(const uint8_t *data, size_t n)
{
	static char name[] = "T", partition[] = "key", sort[] = "sort";
	struct ddb_table tables[] = {
		{ .name = name,
		    .partition = partition,
		    .partition_type = ATTR_S },
		{ .name = name,
		    .partition = partition,
		    .partition_type = ATTR_N },
		{ .name = name,
		    .partition = partition,
		    .partition_type = ATTR_B,
		    .sort = sort,
		    .sort_type = ATTR_S },
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		struct keylist list;
		struct fault f = { 0 };
		size_t from = 0;

		check_fault(keylist_read(&list, memory_file(data, n),
				&tables[i], &f),
		    &f);
		for (size_t k = 0; k < list.n && f.kind == FAULT_NONE; k++) {
			MUST(slice_check((struct slice){ list.json.p + from,
					     list.ends[k] - from },
				 NULL) == 0);
			from = list.ends[k];
		}
		keylist_release(&list);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	check_rows(data, n);
	check_entries(data, n);
	check_keys(data, n);
	return 0;
}
