#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "export/keylist.h"
#include "inspector/mask.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stop.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/table.h"
#include "lib/stream/csv_read.h"
#include "lib/stream/csv_safe.h"
#include "lib/stream/input.h"
#include "lib/stream/sniff.h"

/* What the first row of a list of keys tells of the others. */
struct head {
	size_t columns; /* in each row; 0: the first is not read yet */
	/* which they are, where they are among them; 0: they are not */
	size_t size, attributes;
};

static bool
cell_is(struct slice cell, const char *name)
{
	return cell.n == strlen(name) && memcmp(cell.p, name, cell.n) == 0;
}

/* The name that cell ${i} has, where it is one of ours. */
static void
read_names(struct head *h, const struct csv_row *row, size_t keys)
{
	const struct {
		const char *name;
		size_t *at;
	} ours[] = {
		{ "size", &h->size },
		{ "attributes", &h->attributes },
	};

	for (size_t i = keys; i < row->n; i++)
		for (size_t k = 0; k < sizeof(ours) / sizeof(*ours); k++)
			if (*ours[k].at == 0 &&
			    cell_is(row->cells[i], ours[k].name))
				*ours[k].at = i;
}

/* A row of one cell can be a key, but one that looks like a line of names is
 * more likely that, of another program: taken for a key it would be missed. */
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
	    "commas, or, if this is a key, put the line %s above it",
	    cell.p[n] == ';' ? "semicolons" : "tabs", name);
}

/* Read it: 1 it is the line of names, 0 it is a key, -1. Pure. */
static int
read_head(struct head *h, const struct csv_row *row, const struct ddb_table *t,
    struct fault *f)
{
	h->columns = row->n;
	if (cell_is(row->cells[0], t->partition) &&
	    (t->sort == NULL ||
		(row->n > 1 && cell_is(row->cells[1], t->sort)))) {
		read_names(h, row, t->sort != NULL ? 2 : 1);
		return 1;
	}
	if (t->sort == NULL && row->n == 1)
		return only_cell(row->cells[0], t, f);
	return fault(f, FAULT_DATA,
	    "it is not a header row, which begins with %s%s%s%s; ttlsweep list "
	    "-t %s --reveal --format csv writes it",
	    t->partition, t->sort != NULL ? "," : "",
	    t->sort != NULL ? t->sort : "",
	    t->sort != NULL
		? ""
		: " (only a list of nothing but keys, one a line, needs none)",
	    t->name);
}

/* How long a key can be (Developer Guide, "Constraints"), in bytes. */
#define PARTITION_MAX 2048
#define SORT_MAX 1024

/* A key that was seen, by its value: half of a digest of which nobody can
 * find two alike. All zero: a free place. */
struct slot {
	uint64_t high, low;
};

struct reading {
	struct keylist *list;
	const struct ddb_table *table;
	struct head head;
	struct slot *slots;
	size_t nslots; /* a power of two */
	struct buf canonical;
};

/* The cell of a column; empty where there is none such. */
static struct slice
cell_at(const struct csv_row *row, size_t column)
{
	return column > 0 ? row->cells[column] : (struct slice){ "", 0 };
}

/* Whether the cell of a key attribute is masked. One that looks so and is not
 * is known by what stands beside it: where keys are masked the attributes are,
 * too, unless it is for the name of the key alone. */
static bool
is_masked_cell(const struct reading *r, const struct csv_row *row, size_t i)
{
	struct slice attributes = cell_at(row, r->head.attributes);

	return mask_is(row->cells[i]) &&
	    (attributes.n == 0 || *attributes.p != '{' ||
		mask_hides_attribute(
		    i > 0 ? r->table->sort : r->table->partition));
}

static bool
is_masked(const struct reading *r, const struct csv_row *row)
{
	return is_masked_cell(r, row, 0) ||
	    (r->table->sort != NULL && is_masked_cell(r, row, 1));
}

static int
masked(const struct reading *r, struct fault *f)
{
	return fault(f, FAULT_DATA,
	    "the key is masked and matches no entry; write the list with "
	    "ttlsweep list -t %s --reveal --format csv",
	    r->table->name);
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

/* Add one attribute of the key to the list's text. */
static int
add_attribute(struct reading *r, struct slice cell, bool sort, struct fault *f)
{
	static const char *const forms[] = { [ATTR_S] = "text in UTF-8",
		[ATTR_N] = "a decimal number of at most 38 digits",
		[ATTR_B] = "base64" };
	const char *name = sort ? r->table->sort : r->table->partition;
	enum attr_type type =
	    sort ? r->table->sort_type : r->table->partition_type;
	size_t most = sort ? SORT_MAX : PARTITION_MAX;
	struct buf *out = &r->list->json;
	size_t from;

	buf_addc(out, sort ? ',' : '{');
	slice_text_encode(out, name, strlen(name));
	buf_addc(out, ':');
	from = out->n;
	if (attr_key_value(out, type, cell.p, cell.n) != 0)
		return csv_safe_is(cell)
		    ? made_safe(r, f)
		    : fault(f, FAULT_DATA,
			  "cell %d is not a valid key %s: %s%s", sort ? 2 : 1,
			  name, cell.n == 0 ? "it is empty" : "not ",
			  cell.n == 0 ? "" : forms[type]);
	if (attr_size((struct slice){ out->p + from, out->n - from }) >
	    (int64_t)most)
		return fault(f, FAULT_DATA,
		    "cell %d is not a valid key %s: longer than %zu bytes",
		    sort ? 2 : 1, name, most);
	return 0;
}

/* The slot of ${s}, or where it would be. */
static struct slot *
find(struct slot *slots, size_t n, struct slot s)
{
	size_t i = (size_t)s.low & (n - 1);

	while ((slots[i].high != 0 || slots[i].low != 0) &&
	    (slots[i].high != s.high || slots[i].low != s.low))
		i = (i + 1) & (n - 1);
	return &slots[i];
}

static void
grow(struct reading *r)
{
	size_t n = r->nslots > 0 ? 2 * r->nslots : 64;
	struct slot *slots = xcalloc(n, sizeof(*slots));

	for (size_t i = 0; i < r->nslots; i++)
		if (r->slots[i].high != 0 || r->slots[i].low != 0)
			*find(slots, n, r->slots[i]) = r->slots[i];
	free(r->slots);
	r->slots = slots;
	r->nslots = n;
}

/* Whether ${key}, {"key":{…}}, was there before; else it is noted. */
static bool
seen(struct reading *r, struct slice key)
{
	struct slice_walk w = slice_walk(key);
	struct slice name, value;
	unsigned char digest[CRYPTO_SHA256];
	struct slot s, *at;

	if ((r->list->n + 1) * 2 > r->nslots)
		grow(r);
	buf_reset(&r->canonical);
	(void)slice_object(&w);
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0)
		attr_key_canonical(&r->canonical, value);
	crypto_sha256(digest, r->canonical.p, r->canonical.n);
	memcpy(&s, digest, sizeof(s));
	at = find(r->slots, r->nslots, s);
	if (at->high == s.high && at->low == s.low)
		return true;
	*at = s;
	return false;
}

static void
push(struct keylist *list)
{
	if (list->n == list->cap) {
		list->cap = list->cap > 0 ? 2 * list->cap : 64;
		list->ends =
		    xreallocarray(list->ends, list->cap, sizeof(*list->ends));
	}
	list->ends[list->n++] = list->json.n;
}

/* A key that looks made safe is it, unless the size in the row says that it
 * is the entry's own. ${key} is {"key":{…}}. */
static int
check_safe(const struct reading *r, const struct csv_row *row, struct slice key,
    struct fault *f)
{
	struct slice attributes = cell_at(row, r->head.attributes);
	struct slice size = cell_at(row, r->head.size);

	if (!csv_safe_is(row->cells[0]) &&
	    (r->table->sort == NULL || !csv_safe_is(row->cells[1])))
		return 0;
	if (r->head.attributes > 0 && slice_check(attributes, NULL) == 0 &&
	    csv_safe_meant(attr_item_size(key) + attr_item_size(attributes),
		size))
		return 0;
	return made_safe(r, f);
}

static int
add_key(struct reading *r, const struct csv_row *row, struct fault *f)
{
	struct keylist *list = r->list;
	size_t begin = list->json.n;
	struct slice key;

	if (row->n != r->head.columns)
		return fault(f, FAULT_DATA,
		    "it has %zu cells, and the first row has %zu (a key with "
		    "a comma in it is written in quotes)",
		    row->n, r->head.columns);
	if (is_masked(r, row))
		return masked(r, f);
	if (add_attribute(r, row->cells[0], false, f) != 0 ||
	    (r->table->sort != NULL &&
		add_attribute(r, row->cells[1], true, f) != 0))
		return -1;
	buf_addc(&list->json, '}');
	key = (struct slice){ list->json.p + begin, list->json.n - begin };
	if (check_safe(r, row, key, f) != 0)
		return -1;
	if (seen(r, key)) {
		list->json.n = begin;
		list->twice++;
	} else {
		push(list);
	}
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

int
keylist_read(struct keylist *list, const char *path,
    const struct ddb_table *table, struct fault *f)
{
	struct reading r = { .list = list, .table = table };
	struct csv_read *csv;
	struct input *in;
	int rc;

	*list = (struct keylist){ 0 };
	in = input_open(path, f);
	if (in == NULL)
		return -1;
	if (sniff_refuse(in, "--keys-from -", true, f) != 0) {
		input_close(in);
		return -1;
	}
	input_forget(in);
	csv = csv_read_of(in);
	rc = read_rows(&r, csv, f);
	csv_read_close(csv);
	free(r.slots);
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
