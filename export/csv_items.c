#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/column.h"
#include "export/csv_items.h"
#include "inspector/mask.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/dynamodb/item.h"
#include "lib/stream/csv_read.h"
#include "lib/stream/csv_safe.h"

#define ATTRIBUTES "attributes"
#define SIZE "size"
#define MASK "\xe2\x80\xa6" /* what a masked value begins with */

struct csv_items {
	struct csv_read *csv;
	char **names; /* of the columns */
	size_t n;
	size_t attributes, size; /* which they are; size may be n: none */
	struct csv_key key;
	size_t keys;  /* columns of it; 0: not known yet */
	bool guessed; /* its types, by sizes */
	struct csv_row row;
	bool held; /* the row is the next one */
	struct buf image;
};

/* What is read as CSV may be the rest of something else. */
#define LOST                                                            \
	"; CSV has commas between its cells; if it is an export or "    \
	"a journal, not CSV, its beginning is missing or damaged: use " \
	"another copy of it"

static int
read_names(struct csv_items *c, struct fault *f)
{
	struct csv_row row;
	int r = csv_read_next(c->csv, &row, f);

	if (r < 0)
		return f != NULL && f->kind == FAULT_DATA ? fault_add(f, LOST)
							  : -1;
	if (r == 0)
		return fault(f, FAULT_DATA,
		    "%s: empty; CSV begins with a header row",
		    csv_read_name(c->csv));
	c->names = xcalloc(row.n, sizeof(*c->names));
	for (; c->n < row.n; c->n++) {
		struct slice cell = row.cells[c->n];

		if (!text_is_utf8(cell.p, cell.n) ||
		    memchr(cell.p, '\0', cell.n) != NULL) {
			(void)fault(f, FAULT_DATA,
			    "not a header row of CSV: cell %zu is not UTF-8 "
			    "text" LOST,
			    c->n + 1);
			return csv_read_at(c->csv, f);
		}
		c->names[c->n] = xstrndup(cell.p, cell.n);
	}
	c->attributes = c->size = c->n;
	for (size_t i = 1; i < c->n; i++) {
		if (strcmp(c->names[i], ATTRIBUTES) == 0)
			c->attributes = i;
		if (strcmp(c->names[i], SIZE) == 0)
			c->size = i;
	}
	if (c->attributes < c->n)
		return 0;
	if (c->n == 1 && strpbrk(c->names[0], ";\t") != NULL)
		return fault(f, FAULT_DATA,
		    "%s: it looks like a header row separated by %s; save the "
		    "file with commas, or write it with export --format csv, "
		    "or, if it is from the AWS CLI, with --output json",
		    csv_read_name(c->csv),
		    strchr(c->names[0], ';') != NULL ? "semicolons" : "tabs");
	if (strcmp(c->names[0], ATTRIBUTES) == 0)
		return fault(f, FAULT_DATA,
		    "%s: its first column is \"" ATTRIBUTES
		    "\", but must be the key",
		    csv_read_name(c->csv));
	return fault(f, FAULT_DATA,
	    "%s: not an export or a journal; CSV needs the column "
	    "\"" ATTRIBUTES "\": export without --columns, or with --format "
	    "dynamodb-json",
	    csv_read_name(c->csv));
}

struct csv_items *
csv_items_of(struct input *in, struct fault *f)
{
	struct csv_items *c = xcalloc(1, sizeof(*c));

	c->csv = csv_read_of(in);
	if (read_names(c, f) == 0)
		return c;
	csv_items_close(c);
	return NULL;
}

/* Whether ${name} is a column that ttlsweep writes, other than the key. */
static bool
is_column(const char *name)
{
	if (*name == '@' || (*name == '\'' && name[1] == '@'))
		return true;
	for (const struct column_def *d = column_defs; d->name != NULL; d++)
		if (strcmp(d->name, name) == 0)
			return true;
	return false;
}

/* How many columns there are before those of an export without --columns; 0
 * when it has others. */
static size_t
before_export(const struct csv_items *c)
{
	const struct key_schema none = { "", NULL };
	struct columns own;
	size_t n = 0, i = 1;

	columns_csv(&own, &none); /* one for the key, then those */
	if (c->attributes + 2 > own.n) {
		n = c->attributes + 2 - own.n;
		while (i < own.n &&
		    strcmp(own.list[i].name, c->names[n + i - 1]) == 0)
			i++;
	}
	n = i == own.n ? n : 0;
	columns_release(&own);
	return n;
}

/* Only columns that ttlsweep writes may be between the key and the attributes:
 * any other could have moved one of them. Those after them are ignored. */
static int
check_columns(const struct csv_items *c, size_t keys, struct fault *f)
{
	for (size_t i = keys; i < c->attributes; i++)
		if (!is_column(c->names[i]))
			return fault(f, FAULT_DATA,
			    "%s: column %zu, \"%s\", is not one that ttlsweep "
			    "writes; remove it, or move it after \"" ATTRIBUTES
			    "\"",
			    csv_read_name(c->csv), i + 1, c->names[i]);
	return 0;
}

/* Say that the key of the file is not ${key}: that of the table, or, ${asked},
 * of --key. */
static int
other_key(const struct csv_items *c, const struct csv_key *key, bool asked,
    struct fault *f)
{
	const char *second = before_export(c) == 2 || !is_column(c->names[1])
	    ? c->names[1]
	    : NULL;
	char *is = xasprintf("%s%s%s", c->names[0], second != NULL ? "," : "",
	    second != NULL ? second : "");
	char *wanted = xasprintf("%s%s%s", key->partition,
	    key->sort != NULL ? "," : "", key->sort != NULL ? key->sort : "");

	if (asked)
		(void)fault(f, FAULT_DATA,
		    "%s: its first columns are the key (%s), not (%s) as --key "
		    "says; give --key %s, or leave out --key",
		    csv_read_name(c->csv), is, wanted, is);
	else
		(void)fault(f, FAULT_DATA,
		    "%s: its first columns are the key (%s), but should be "
		    "(%s)",
		    csv_read_name(c->csv), is, wanted);
	free(is);
	free(wanted);
	return -1;
}

static int
take_key(struct csv_items *c, const struct csv_key *key, bool asked,
    struct fault *f)
{
	size_t keys = key->sort != NULL ? 2 : 1, before = before_export(c);
	bool same = c->n > keys && strcmp(c->names[0], key->partition) == 0 &&
	    (key->sort == NULL || strcmp(c->names[1], key->sort) == 0) &&
	    (before == 0 || before >= keys);

	if (same && keys == 1 &&
	    (before == 2 || (before == 0 && !is_column(c->names[1]))))
		same = false; /* it has a sort key */
	if (same && check_columns(c, keys, f) != 0)
		return -1;
	if (same) {
		c->key = *key;
		c->keys = keys;
		return 0;
	}
	return other_key(c, key, asked, f);
}

int
csv_items_key(struct csv_items *c, const struct csv_key *key, struct fault *f)
{
	return take_key(c, key, false, f);
}

/* A name of ${hint} without its type: "name:N". */
static char *
take_type(const char *p, size_t n, enum attr_type *type)
{
	char c = n > 2 && p[n - 2] == ':' ? p[n - 1] : '\0';

	*type = c == 'N' ? ATTR_N : c == 'B' ? ATTR_B : ATTR_S;
	return xstrndup(p, c == 'S' || *type != ATTR_S ? n - 2 : n);
}

static int
masked(struct fault *f)
{
	return fault(f, FAULT_DATA,
	    "a secret in it is masked: export --format csv (or list --reveal "
	    "--format csv) writes it as it is");
}

static int
made_safe(struct fault *f)
{
	return fault(f, FAULT_DATA,
	    "its key was made safe for a spreadsheet: write the file without "
	    "--csv-safe");
}

/* Add the key attribute of column ${i} to the image. */
static int
add_key(struct csv_items *c, const struct csv_row *row, size_t i,
    struct fault *f)
{
	static const char *const forms[] = { [ATTR_S] = "text in UTF-8",
		[ATTR_N] = "a decimal number",
		[ATTR_B] = "base64" };
	enum attr_type type = i == 0 ? c->key.partition_type : c->key.sort_type;
	const char *name = i == 0 ? c->key.partition : c->key.sort;
	struct slice cell = row->cells[i];

	slice_text_encode(&c->image, name, strlen(name));
	buf_addc(&c->image, ':');
	if (mask_is(cell) && mask_hides_attribute(name))
		return masked(f);
	if (attr_key_value(&c->image, type, cell.p, cell.n) == 0)
		return 0;
	if (csv_safe_is(cell))
		return made_safe(f);
	return fault(f, FAULT_DATA,
	    "cell %zu is not a valid key \"%s\": not %s", i + 1, name,
	    cell.n == 0 ? "there" : forms[type]);
}

/* Whether ${value} contains a string that replaces a masked value. */
static bool
is_masked(struct slice value)
{
	static const char mask[] = "\"" MASK " ";
	size_t n = sizeof(mask) - 1;

	for (size_t i = 0; i + n <= value.n; i++)
		if (memcmp(value.p + i, mask, n) == 0)
			return true;
	return false;
}

static int
add_attribute(struct csv_items *c, struct slice name, struct slice value,
    struct fault *f)
{
	const char *p = c->key.partition, *s = c->key.sort;

	if (slice_text_is(name, p, strlen(p)) ||
	    (s != NULL && slice_text_is(name, s, strlen(s))))
		return fault(f, FAULT_DATA,
		    "the column \"" ATTRIBUTES "\" has the key's \"%.*s\", "
		    "too",
		    SLICE_ARG(name));
	if (attr_wrong(value) != NULL && is_masked(value))
		return masked(f);
	if (attr_wrong(value) != NULL)
		return fault(f, FAULT_DATA,
		    "\"%.*s\" in the column \"" ATTRIBUTES
		    "\" is not an attribute value such as {\"S\":\"text\"}",
		    SLICE_ARG(name));
	buf_adds(&c->image, ",\"");
	buf_add(&c->image, name.p, name.n);
	buf_adds(&c->image, "\":");
	buf_add(&c->image, value.p, value.n);
	return 0;
}

static int
add_attributes(struct csv_items *c, struct slice cell, struct fault *f)
{
	struct slice_walk w = slice_walk(cell);
	struct slice name, value;
	size_t where;

	if (cell.n >= strlen(MASK) && memcmp(cell.p, MASK, strlen(MASK)) == 0)
		return fault(f, FAULT_DATA,
		    "a session, and it is masked: export --format csv (or "
		    "list --reveal --format csv) writes it as it is");
	if (slice_check(cell, &where) != 0)
		return fault(f, FAULT_DATA,
		    "the column \"" ATTRIBUTES
		    "\" is not valid JSON from its byte %zu on",
		    where + 1);
	if (slice_object(&w) != 0)
		return fault(f, FAULT_DATA,
		    "the column \"" ATTRIBUTES "\" is not a JSON object");
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0)
		if (add_attribute(c, name, value, f) != 0)
			return -1;
	return 0;
}

/* Whether rows have the size of their entries. */
static bool
has_size(const struct csv_items *c)
{
	return c->size >= c->keys && c->size < c->n;
}

/* Whether the image has the size that is in the row. */
static bool
fits(const struct csv_items *c, const struct csv_row *row)
{
	struct slice image = { c->image.p, c->image.n };

	return csv_safe_meant(attr_item_size(image), row->cells[c->size]);
}

/* A key that begins with ' and = may be real, or made safe: the size in the row
 * shows which. */
static int
check_safe(const struct csv_items *c, const struct csv_row *row,
    struct fault *f)
{
	if (!csv_safe_is(row->cells[0]) &&
	    (c->keys < 2 || !csv_safe_is(row->cells[1])))
		return 0;
	if (!has_size(c))
		return fault(f, FAULT_DATA,
		    "its key looks as if it was made safe for a spreadsheet, "
		    "and only a column \"" SIZE "\" could tell: write the file "
		    "with it, and without --csv-safe");
	return fits(c, row) ? 0 : made_safe(f);
}

static int
make_image(struct csv_items *c, const struct csv_row *row, struct fault *f)
{
	if (row->n != c->n)
		return fault(f, FAULT_DATA,
		    "it has %zu cell%s, but the header row has %zu", row->n,
		    row->n == 1 ? "" : "s", c->n);
	buf_reset(&c->image);
	for (size_t i = 0; i < c->keys; i++) {
		buf_addc(&c->image, i == 0 ? '{' : ',');
		if (add_key(c, row, i, f) != 0)
			return -1;
	}
	if (add_attributes(c, row->cells[c->attributes], f) != 0)
		return -1;
	buf_addc(&c->image, '}');
	return check_safe(c, row, f);
}

/* CSV does not say of which types a key is, but an entry has another size with
 * each: set those that fit the row; false when none does, and they stay. */
static bool
find_types(struct csv_items *c, const struct csv_row *row)
{
	/* the more usual first, as more than one may fit */
	static const enum attr_type types[][2] = { { ATTR_S, ATTR_S },
		{ ATTR_S, ATTR_N }, { ATTR_N, ATTR_S }, { ATTR_N, ATTR_N },
		{ ATTR_B, ATTR_S }, { ATTR_S, ATTR_B }, { ATTR_B, ATTR_N },
		{ ATTR_N, ATTR_B }, { ATTR_B, ATTR_B } };
	const struct csv_key was = c->key;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		c->key.partition_type = types[i][0];
		c->key.sort_type = types[i][1];
		if (make_image(c, row, NULL) == 0 && fits(c, row))
			return true;
	}
	c->key = was;
	return false;
}

/* The types of the key, by the first row, which csv_items_next returns. */
static int
guess_types(struct csv_items *c, struct fault *f)
{
	int got = csv_read_next(c->csv, &c->row, f);

	c->held = got == 1;
	if (c->held && c->row.n == c->n)
		(void)find_types(c, &c->row);
	return got < 0 ? -1 : 0;
}

/* The image has another size than the row says: did the first row fit several
 * types? */
static int
check_types(struct csv_items *c, const struct csv_row *row, struct fault *f)
{
	static const char *const
	    letters[] = { [ATTR_S] = "", [ATTR_N] = ":N", [ATTR_B] = ":B" };
	const struct csv_key *k = &c->key, was = *k;

	if (!c->guessed || fits(c, row))
		return 0;
	if (!find_types(c, row))
		return make_image(c, row, f);
	(void)fault(f, FAULT_DATA,
	    "its size shows that the key has other types than in the rows "
	    "before: name them, --key %s%s%s%s%s",
	    k->partition, letters[k->partition_type],
	    k->sort != NULL ? "," : "", k->sort != NULL ? k->sort : "",
	    k->sort != NULL ? letters[k->sort_type] : "");
	c->key = was;
	return -1;
}

int
csv_items_guess(struct csv_items *c, const char *hint, struct csv_key *key,
    struct fault *f)
{
	size_t keys = before_export(c), n;
	char *partition = NULL, *sort = NULL;
	int rc;

	*key =
	    (struct csv_key){ .partition_type = ATTR_S, .sort_type = ATTR_S };
	if (hint != NULL) {
		n = strcspn(hint, ",");
		partition = take_type(hint, n, &key->partition_type);
		if (hint[n] == ',')
			sort = take_type(hint + n + 1, strlen(hint + n + 1),
			    &key->sort_type);
		key->partition = partition;
		key->sort = sort;
	} else {
		if (keys == 0)
			keys = 1 + (c->n > 1 && !is_column(c->names[1]));
		key->partition = c->names[0];
		key->sort = keys > 1 ? c->names[1] : NULL;
	}
	rc = take_key(c, key, hint != NULL, f);
	c->guessed = rc == 0 && hint == NULL && has_size(c);
	if (c->guessed)
		rc = guess_types(c, f);
	if (rc == 0) { /* names that live as long as ${c} */
		key->partition = c->key.partition = c->names[0];
		key->sort = c->key.sort = c->keys > 1 ? c->names[1] : NULL;
	}
	free(partition);
	free(sort);
	return rc;
}

int
csv_items_next(struct csv_items *c, struct slice *image, int64_t *line,
    struct fault *f)
{
	int r = c->held ? 1 : csv_read_next(c->csv, &c->row, f);

	c->held = false;
	csv_read_forget(c->csv);
	if (r != 1)
		return r;
	if (make_image(c, &c->row, f) != 0 || check_types(c, &c->row, f) != 0)
		return csv_read_at(c->csv, f);
	*image = (struct slice){ c->image.p, c->image.n };
	*line = c->row.line;
	return 1;
}

int
csv_items_restart(struct csv_items *c, struct fault *f)
{
	struct csv_row names;

	c->held = false;
	if (csv_read_restart(c->csv, f) != 0)
		return -1;
	return csv_read_next(c->csv, &names, f) < 0 ? -1 : 0;
}

void
csv_items_close(struct csv_items *c)
{
	if (c == NULL)
		return;
	csv_read_close(c->csv);
	for (size_t i = 0; i < c->n; i++)
		free(c->names[i]);
	free(c->names);
	buf_release(&c->image);
	free(c);
}
