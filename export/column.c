#include <stdlib.h>
#include <string.h>

#include "export/column.h"
#include "export/item_json.h"
#include "inspector/mask.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/item.h"

bool
column_hides(const struct column_view *view, const struct record *r,
    struct slice name, struct slice value)
{
	return !view->reveal && mask_hides(r, name, value);
}

void
column_mask(struct buf *out, const struct record *r, struct slice value)
{
	if (value.p == r->item->partition.p)
		mask_key(out, r);
	else if (value.p == r->item->sort.p)
		mask_sort(out, r);
	else
		mask_value(out, attr_size(value));
}

/* The name of the attribute whose value is ${value}. */
static struct slice
name_of(const struct record *r, struct slice value)
{
	struct slice_walk w = slice_walk(r->item->json);
	struct slice name = { 0 }, v;

	(void)slice_object(&w);
	while (slice_member(&w, &name) == 1 && slice_value(&w, &v) == 0)
		if (v.p == value.p)
			break;
	return name;
}

/* S and N as they read, all else as DynamoDB JSON. */
static void
add_stored(struct buf *out, const struct column_view *view,
    const struct record *r, struct slice value)
{
	struct slice inner;
	enum attr_type type;

	if (value.p == NULL)
		return;
	if (column_hides(view, r, name_of(r, value), value)) {
		column_mask(out, r, value);
		return;
	}
	if (!view->reveal && mask_hides_json(value)) {
		mask_value(out, attr_size(value));
		return;
	}
	type = attr_open(value, &inner);
	if (type == ATTR_S || type == ATTR_N)
		slice_text_decode(out, inner);
	else if (view->reveal)
		item_json_compact(out, value);
	else
		item_json_masked_compact(out, value);
}

static void
group_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	(void)c;
	if (view->reveal)
		buf_add(out, r->group.p, r->group.n);
	else
		mask_group(out, r);
}

/* An attribute's value in an object. */
static void
add_attribute(struct buf *out, const struct column_view *view, bool plain,
    struct slice value)
{
	if (view->reveal && plain)
		item_json_value(out, value, view->numbers_string);
	else if (view->reveal)
		item_json_compact(out, value);
	else if (plain)
		item_json_masked(out, value, view->numbers_string);
	else
		item_json_masked_compact(out, value);
}

/* The attributes beside the key as an object: as DynamoDB JSON, or without
 * the TTL and plain. Of what is masked as a whole only the size. */
static void
add_object(struct buf *out, const struct column_view *view,
    const struct record *r, bool plain)
{
	struct slice_walk w = slice_walk(r->item->json);
	struct slice name, value;
	int64_t size = 0;
	size_t begin = out->n;

	(void)slice_object(&w);
	buf_addc(out, '{');
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0) {
		if (value.p == r->item->partition.p ||
		    value.p == r->item->sort.p ||
		    (plain && value.p == r->item->ttl.p))
			continue;
		size += (int64_t)slice_text_length(name) + attr_size(value);
		if (out->n > begin + 1)
			buf_addc(out, ',');
		item_json_string(out, name);
		buf_addc(out, ':');
		if (column_hides(view, r, name, value))
			item_json_mask(out, value);
		else
			add_attribute(out, view, plain, value);
	}
	buf_addc(out, '}');
	if (r->masked && !view->reveal) {
		out->n = begin;
		mask_value(out, size);
	}
}

static void
key_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	struct slice key = c->sort ? r->sort : r->key;

	if (view->reveal)
		buf_add(out, key.p, key.n);
	else if (c->sort)
		mask_sort(out, r);
	else
		mask_key(out, r);
}

static void
kind_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	(void)c;
	(void)view;
	buf_adds(out, kind_name(r->kind));
}

static void
state_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	(void)c;
	(void)view;
	buf_adds(out, state_name(r->state));
}

static void
reason_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	(void)c;
	(void)view;
	buf_adds(out, reason_name(r->reason));
}

static void
ttl_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	(void)c;
	add_stored(out, view, r, r->item->ttl);
}

static void
expires_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	char text[32];

	(void)c;
	(void)view;
	if (r->has_moment && text_time_format(text, r->moment) == 0)
		buf_adds(out, text);
}

static void
overdue_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	(void)c;
	(void)view;
	if (r->has_moment && r->overdue >= 0 &&
	    (r->state == STATE_PENDING || r->state == STATE_STUCK))
		buf_addi(out, r->overdue);
}

static void
size_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	(void)c;
	(void)view;
	if (r->size >= 0)
		buf_addi(out, r->size);
}

static void
value_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	(void)c;
	add_object(out, view, r, true);
}

static void
attributes_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	(void)c;
	add_object(out, view, r, false);
}

const struct column_def column_defs[] = {
	/* clang-format off */
	{ "key", "the partition key; a sort key has its own name",
	    false, 0.3, key_text },
	{ "kind", "session or item",
	    false, 7, kind_text },
	{ "state", "live, pending, stuck or immortal",
	    false, 8, state_text },
	{ "reason", "why TTL does not act, else none",
	    false, 7, reason_text },
	{ "ttl", "the TTL attribute as it is stored",
	    false, 0.1, ttl_text },
	{ "expires", "the intended expiry time, in UTC",
	    false, 20, expires_text },
	{ "overdue", "seconds since then, if expired",
	    true, 7, overdue_text },
	{ "size", "bytes as DynamoDB counts them",
	    true, 6, size_text },
	{ "group", "the keys up to their first separator",
	    false, 0.1, group_text },
	{ "value", "the other attributes as plain JSON",
	    false, 0.3, value_text },
	{ "attributes", "all but the key as DynamoDB JSON",
	    false, 0.3, attributes_text },
	{ NULL, NULL, false, 0, NULL },
	/* clang-format on */
};

void
column_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	if (c->def == NULL) /* "@name" */
		add_stored(out, view, r, slice_get(r->item->json, c->name + 1));
	else
		c->def->text(out, c, view, r);
}

/* What a list shows, and CSV, behind the key. */
static const char *const list_columns[] = { "kind", "state", "reason",
	"expires", "overdue", "size", NULL };
static const char *const csv_columns[] = { "kind", "state", "reason", "ttl",
	"expires", "overdue", "size", "attributes", NULL };

static struct column *
push(struct columns *c)
{
	c->list = xreallocarray(c->list, c->n + 1, sizeof(*c->list));
	c->list[c->n] = (struct column){ 0 };
	return &c->list[c->n++];
}

static void
push_key(struct columns *c, const struct key_schema *schema, bool sort)
{
	struct column *to = push(c);

	to->def = column_defs; /* "key" is the first */
	to->name = xstrdup(sort ? schema->sort : schema->partition);
	to->sort = sort;
}

static bool
word_is(struct slice word, const char *name)
{
	return name != NULL && strlen(name) == word.n &&
	    memcmp(name, word.p, word.n) == 0;
}

/* A name of the table: 0, -1. */
static int
push_def(struct columns *c, struct slice word, const struct key_schema *schema)
{
	const struct column_def *d = column_defs;
	struct column *to;

	while (d->name != NULL && !word_is(word, d->name))
		d++;
	if (d->name == NULL)
		return -1;
	if (d == column_defs) {
		push_key(c, schema, false);
		return 0;
	}
	to = push(c);
	to->def = d;
	to->name = xstrdup(d->name);
	return 0;
}

static void
push_defaults(struct columns *c, const struct key_schema *schema,
    const char *const *names)
{
	*c = (struct columns){ 0 };
	push_key(c, schema, false);
	if (schema->sort != NULL)
		push_key(c, schema, true);
	for (; *names != NULL; names++)
		(void)push_def(c, slice_str(*names), schema);
}

void
columns_csv(struct columns *out, const struct key_schema *schema)
{
	push_defaults(out, schema, csv_columns);
}

/* The table's names come first: @name reaches an attribute that is called
 * like one of them. */
static int
push_word(struct columns *c, struct slice word, const struct key_schema *schema,
    struct fault *f)
{
	struct buf names = { 0 };

	if (push_def(c, word, schema) == 0)
		return 0;
	if (word_is(word, schema->partition) || word_is(word, schema->sort)) {
		push_key(c, schema, !word_is(word, schema->partition));
		return 0;
	}
	if (word.n > 1 && *word.p == '@') {
		push(c)->name = xstrndup(word.p, word.n);
		return 0;
	}
	for (const struct column_def *d = column_defs; d->name != NULL; d++)
		buf_addf(&names, "%s, ", d->name);
	if (schema->sort != NULL)
		buf_addf(&names, "%s, ", schema->sort);
	(void)fault(f, FAULT_USAGE,
	    "no column is named \"%.*s\"; tables here: %sand @ATTRIBUTE for "
	    "any attribute",
	    SLICE_ARG(word), buf_text(&names));
	buf_release(&names);
	return -1;
}

static struct slice
trim(const char *p, size_t n)
{
	while (n > 0 && *p == ' ') {
		p++;
		n--;
	}
	while (n > 0 && p[n - 1] == ' ')
		n--;
	return (struct slice){ p, n };
}

int
columns_parse(struct columns *out, const char *list,
    const struct key_schema *schema, struct fault *f)
{
	if (list == NULL) {
		push_defaults(out, schema, list_columns);
		return 0;
	}
	*out = (struct columns){ 0 };
	for (;;) {
		size_t n = strcspn(list, ",");

		if (push_word(out, trim(list, n), schema, f) != 0) {
			columns_release(out);
			return -1;
		}
		if (list[n] == '\0')
			return 0;
		list += n + 1;
	}
}

void
columns_release(struct columns *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->list[i].name);
	free(c->list);
	*c = (struct columns){ 0 };
}
