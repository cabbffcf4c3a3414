#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "export/keylist.h"
#include "inspector/mask.h"
#include "lib/base/fault.h"
#include "lib/base/hashes.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/table.h"
#include "lib/stream/csv_read.h"
#include "lib/stream/csv_safe.h"
#include "lib/stream/input.h"
#include "lib/stream/sniff.h"

/* What the first row of a list shows of the others. */
struct head {
	size_t columns; /* in each row; 0: not read yet */
	/* where these are; 0: there is none */
	size_t size, attributes;
};

static bool
cell_is(struct slice cell, const char *name)
{
	return cell.n == strlen(name) && memcmp(cell.p, name, cell.n) == 0;
}

/* A single cell may be a key, but one that looks like a header row of another
 * program is refused: taken for a key, the entry would be missed. */
static int
only_cell(struct slice cell, const struct ddb_table *t, struct fault *f)
{
	const char *name = t->partition;
	size_t n = strlen(name);

	if (cell.n < n || strncasecmp(cell.p, name, n) != 0)
		return 0;
	if (cell.n == n)
		return fault(f, FAULT_DATA,
		    "is this the header row? The key is named \"%s\", not "
		    "\"%.*s\"; if this is a key, put the line %s above it",
		    name, SLICE_ARG(cell), name);
	if (cell.p[n] != ';' && cell.p[n] != '\t')
		return 0;
	return fault(f, FAULT_DATA,
	    "it looks like a header row separated by %s; save the list with "
	    "commas (ttlsweep list does with --reveal --format csv), or, if "
	    "this is a key, put the line %s above it",
	    cell.p[n] == ';' ? "semicolons" : "tabs", name);
}

/* Read the first row: 1 it is a header row, 0 it is a key, -1. Pure. */
static int
read_head(struct head *h, const struct csv_row *row, const struct ddb_table *t,
    struct fault *f)
{
	size_t keys = t->sort != NULL ? 2 : 1;

	h->columns = row->n;
	if (cell_is(row->cells[0], t->partition) &&
	    (t->sort == NULL ||
		(row->n > 1 && cell_is(row->cells[1], t->sort)))) {
		for (size_t i = row->n; i-- > keys;) {
			if (cell_is(row->cells[i], "size"))
				h->size = i;
			if (cell_is(row->cells[i], "attributes"))
				h->attributes = i;
		}
		return 1;
	}
	if (t->sort == NULL && row->n == 1)
		return only_cell(row->cells[0], t, f);
	if (t->sort != NULL && cell_is(row->cells[0], t->partition))
		return fault(f, FAULT_DATA,
		    "it is a header row without the sort key, \"%s\"; if the "
		    "CSV was written from a file, write it again with --key "
		    "%s,%s",
		    t->sort, t->partition, t->sort);
	return fault(f, FAULT_DATA,
	    "it is not a header row, which begins with \"%s%s%s\"%s; ttlsweep "
	    "list -t %s --reveal --format csv writes it",
	    t->partition, t->sort != NULL ? "," : "",
	    t->sort != NULL ? t->sort : "",
	    t->sort != NULL
		? ""
		: " (only a list of nothing but keys, one per line, needs none)",
	    t->name);
}

/* Bytes of key values (DynamoDB Developer Guide, "Constraints"). */
#define PARTITION_MAX 2048
#define SORT_MAX 1024

struct reading {
	struct keylist *list;
	const struct ddb_table *table;
	struct head head;
	struct hashes seen; /* hashes of keys, by value */
	struct buf canonical;
};

/* The cell of a column; empty where that is 0. */
static struct slice
cell_at(const struct csv_row *row, size_t column)
{
	return column > 0 ? row->cells[column] : (struct slice){ "", 0 };
}

/* Whether the key in cell ${i} is masked. One that only looks so shows by the
 * attributes beside it: where keys are masked they are, too, unless it is for
 * the name of the key alone. */
static bool
is_masked(const struct reading *r, const struct csv_row *row, size_t i)
{
	struct slice attributes = cell_at(row, r->head.attributes);

	return mask_is(row->cells[i]) &&
	    (attributes.n == 0 || *attributes.p != '{' ||
		mask_hides_attribute(
		    i > 0 ? r->table->sort : r->table->partition));
}

static int
made_safe(const struct reading *r, struct fault *f)
{
	if (r->head.size > 0 && r->head.attributes > 0)
		return fault(f, FAULT_DATA,
		    "the key was made safe for a spreadsheet, and names "
		    "another entry: write the list without --csv-safe: "
		    "ttlsweep list -t %s --reveal --format csv",
		    r->table->name);
	return fault(f, FAULT_DATA,
	    "the key looks as if it was made safe for a spreadsheet, and only "
	    "the columns size and attributes could tell; ttlsweep list -t %s "
	    "--reveal --format csv writes them, without --csv-safe",
	    r->table->name);
}

/* Add the key attribute of cell ${i} to the list. */
static int
add_attribute(struct reading *r, struct slice cell, size_t i, struct fault *f)
{
	static const char *const forms[] = { [ATTR_S] = "text in UTF-8",
		[ATTR_N] = "a decimal number of at most 38 digits",
		[ATTR_B] = "base64" };
	const char *name = i > 0 ? r->table->sort : r->table->partition;
	enum attr_type type =
	    i > 0 ? r->table->sort_type : r->table->partition_type;
	int64_t most = i > 0 ? SORT_MAX : PARTITION_MAX;
	struct buf *out = &r->list->json;
	size_t from;

	buf_addc(out, i > 0 ? ',' : '{');
	slice_text_encode(out, name, strlen(name));
	buf_addc(out, ':');
	from = out->n;
	if (attr_key_value(out, type, cell.p, cell.n) != 0)
		return csv_safe_is(cell)
		    ? made_safe(r, f)
		    : fault(f, FAULT_DATA,
			  "cell %zu is not a valid key \"%s\": %s%s", i + 1,
			  name, cell.n == 0 ? "it is empty" : "not ",
			  cell.n == 0 ? "" : forms[type]);
	if (attr_size((struct slice){ out->p + from, out->n - from }) <= most)
		return 0;
	return fault(f, FAULT_DATA,
	    "cell %zu is not a valid key \"%s\": longer than %d bytes", i + 1,
	    name, (int)most);
}

/* Whether ${key}, {"key":{…}}, was seen before; now it is. */
static bool
seen(struct reading *r, struct slice key)
{
	struct slice_walk w = slice_walk(key);
	struct slice name, value;
	size_t n = r->seen.n;

	buf_reset(&r->canonical);
	(void)slice_object(&w);
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0)
		attr_key_canonical(&r->canonical, value);
	(void)hashes_at(&r->seen, hash_of(r->canonical.p, r->canonical.n));
	return r->seen.n == n;
}

/* A key that looks made safe was made so, unless the size in the row shows that
 * it is real. ${key} is {"key":{…}}. */
static int
check_safe(const struct reading *r, const struct csv_row *row, struct slice key,
    struct fault *f)
{
	struct slice attributes = cell_at(row, r->head.attributes);

	if (!csv_safe_is(row->cells[0]) &&
	    (r->table->sort == NULL || !csv_safe_is(row->cells[1])))
		return 0;
	if (r->head.attributes > 0 && slice_check(attributes, NULL) == 0 &&
	    csv_safe_meant(attr_item_size(key) + attr_item_size(attributes),
		cell_at(row, r->head.size)))
		return 0;
	return made_safe(r, f);
}

static int
add_key(struct reading *r, const struct csv_row *row, struct fault *f)
{
	struct keylist *list = r->list;
	size_t begin = list->json.n, keys = r->table->sort != NULL ? 2 : 1;
	struct slice key;

	if (row->n != r->head.columns)
		return fault(f, FAULT_DATA,
		    "it has %zu cell%s, and the first row has %zu (a key with "
		    "a comma in it is written in quotes)",
		    row->n, row->n == 1 ? "" : "s", r->head.columns);
	for (size_t i = 0; i < keys; i++)
		if (is_masked(r, row, i))
			return fault(f, FAULT_DATA,
			    "the key looks masked, and a masked key matches no "
			    "entry; write the list with ttlsweep list -t %s "
			    "--reveal --format csv",
			    r->table->name);
	for (size_t i = 0; i < keys; i++)
		if (add_attribute(r, row->cells[i], i, f) != 0)
			return -1;
	buf_addc(&list->json, '}');
	key = (struct slice){ list->json.p + begin, list->json.n - begin };
	if (check_safe(r, row, key, f) != 0)
		return -1;
	if (seen(r, key)) {
		list->json.n = begin;
		list->twice++;
		return 0;
	}
	if (list->n == list->cap) {
		list->cap = list->cap > 0 ? 2 * list->cap : 64;
		list->ends =
		    xreallocarray(list->ends, list->cap, sizeof(*list->ends));
	}
	list->ends[list->n++] = list->json.n;
	return 0;
}

static int
read_rows(struct reading *r, struct csv_read *csv, struct fault *f)
{
	struct csv_row row;
	int got, head;

	while ((got = csv_read_next(csv, &row, f)) == 1) {
		if (stop_requested() != 0)
			return fault(f, FAULT_CANCELLED, "interrupted");
		head = r->head.columns == 0
		    ? read_head(&r->head, &row, r->table, f)
		    : 0;
		if (head < 0 || (head == 0 && add_key(r, &row, f) != 0))
			return csv_read_at(csv, f);
	}
	return got;
}

/* JSON has a quote where CSV cannot have one. */
static int
refuse_json(struct input *in, struct fault *f)
{
	const struct buf *front;

	if (input_peek(in, 2, &front, NULL) != 0 || front->n < 2 ||
	    memcmp(front->p, "{\"", 2) != 0)
		return 0;
	return fault(f, FAULT_DATA,
	    "%s: is JSON, not a list of keys: CSV, as ttlsweep list --reveal "
	    "--format csv writes it, or one key a line",
	    input_name(in));
}

int
keylist_read(struct keylist *list, const char *path,
    const struct ddb_table *table, struct fault *f)
{
	struct reading r = { .list = list,
		.table = table,
		.seen.size = sizeof(struct hash) };
	struct csv_read *csv;
	struct input *in;
	int rc;

	*list = (struct keylist){ 0 };
	in = input_open(path, f);
	if (in == NULL)
		return -1;
	if (sniff_refuse(in, "--keys-from -", true, f) != 0 ||
	    refuse_json(in, f) != 0) {
		input_close(in);
		return -1;
	}
	list->empty = input_empty(in);
	input_forget(in);
	csv = csv_read_of(in);
	rc = read_rows(&r, csv, f);
	/* wrong usage is only that there is no option for a key here */
	if (rc != 0 && f != NULL && f->kind == FAULT_USAGE)
		(void)fault(f, FAULT_USAGE,
		    "%s: encrypted; decrypt it first: ttlsweep export -q -i %s "
		    "--decrypt-with KEY.pem --format csv | ttlsweep ... "
		    "--keys-from -",
		    path, path);
	csv_read_close(csv);
	hashes_release(&r.seen);
	buf_release(&r.canonical);
	return rc;
}

void
keylist_release(struct keylist *list)
{
	buf_release(&list->json);
	free(list->ends);
	*list = (struct keylist){ 0 };
}
