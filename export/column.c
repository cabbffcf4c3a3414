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

static bool
hides(const struct column_view *view, const struct record *r, struct slice name,
    struct slice value)
{
	return !view->reveal && mask_hides(r, name, value);
}

/* What is shown instead of a masked value: the masked key, or "… 312 B". */
static void
add_mask(struct buf *out, const struct record *r, struct slice value)
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

/* S and N as text, other types as DynamoDB JSON. */
static void
add_stored(struct buf *out, const struct column_view *view,
    const struct record *r, struct slice value)
{
	struct slice inner;
	enum attr_type type;

	if (value.p == NULL)
		return;
	type = attr_open(value, &inner);
	if (hides(view, r, name_of(r, value), value))
		add_mask(out, r, value);
	else if (!view->reveal && mask_hides_json(value))
		mask_value(out, attr_size(value));
	else if (type == ATTR_S || type == ATTR_N)
		slice_text_decode(out, inner);
	else
		item_json_value(out, value,
		    (struct json_style){ .typed = true,
			.mask = !view->reveal });
}

void
column_object(struct buf *out, const struct column_view *view,
    const struct record *r, enum column_object which)
{
	const struct json_style style = { .typed = which == OBJECT_ATTRIBUTES,
		.quote = view->numbers_string,
		.mask = !view->reveal };
	struct slice_walk w = slice_walk(r->item->json);
	struct slice name, value;
	struct buf mask = { 0 };
	bool hidden = which != OBJECT_ALL && r->masked && !view->reveal;
	const char *before = "{";
	int64_t size = 0;

	(void)slice_object(&w);
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0) {
		if (which != OBJECT_ALL &&
		    (value.p == r->item->partition.p ||
			value.p == r->item->sort.p))
			continue;
		if (which == OBJECT_VALUE && value.p == r->item->ttl.p)
			continue;
		if (hidden) {
			size +=
			    (int64_t)slice_text_length(name) + attr_size(value);
			continue;
		}
		buf_adds(out, before);
		before = ",";
		item_json_string(out, name);
		buf_addc(out, ':');
		if (hides(view, r, name, value)) {
			buf_reset(&mask);
			add_mask(&mask, r, value);
			slice_text_encode(out, buf_text(&mask), mask.n);
		} else {
			item_json_value(out, value, style);
		}
	}
	if (hidden)
		mask_value(out, size);
	else
		buf_adds(out, *before == '{' ? "{}" : "}");
	buf_release(&mask);
}

static void
add_key(struct buf *out, const struct column *c, const struct column_view *view,
    const struct record *r)
{
	struct slice key = c->sort ? r->sort : r->key;

	if (view->reveal)
		buf_add(out, key.p, key.n);
	else if (c->sort)
		mask_sort(out, r);
	else
		mask_key(out, r);
}

const struct column_def column_defs[] = {
	/* clang-format off */
	[COLUMN_KEY] = { "key",
	    "the partition key; a sort key has its own name", false, 0.3 },
	[COLUMN_KIND] = { "kind", "session or item",
	    false, 7 },
	[COLUMN_STATE] = { "state", "live, pending, stuck or immortal",
	    false, 8 },
	[COLUMN_REASON] = { "reason", "why TTL does not act, else none",
	    false, 7 },
	[COLUMN_TTL] = { "ttl", "the TTL attribute as it is stored",
	    false, 0.1 },
	[COLUMN_EXPIRES] = { "expires", "the intended expiry time, in UTC",
	    false, 20 },
	[COLUMN_OVERDUE] = { "overdue", "seconds since then, if expired",
	    true, 7 },
	[COLUMN_SIZE] = { "size", "bytes as DynamoDB counts them",
	    true, 6 },
	[COLUMN_GROUP] = { "group", "the keys up to their first separator",
	    false, 0.1 },
	[COLUMN_VALUE] = { "value", "the other attributes as plain JSON",
	    false, 0.3 },
	[COLUMN_ATTRIBUTES] = { "attributes", "all but the key as DynamoDB JSON",
	    false, 0.3 },
	[COLUMNS] = { NULL, NULL, false, 0 },
	/* clang-format on */
};

void
column_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	char text[32];

	if (c->def == NULL) { /* "@name" */
		add_stored(out, view, r, slice_get(r->item->json, c->name + 1));
		return;
	}
	switch ((enum column_id)(c->def - column_defs)) {
	case COLUMN_KEY:
		add_key(out, c, view, r);
		break;
	case COLUMN_KIND:
		buf_adds(out, kind_name(r->kind));
		break;
	case COLUMN_STATE:
		buf_adds(out, state_name(r->state));
		break;
	case COLUMN_REASON:
		buf_adds(out, reason_name(r->reason));
		break;
	case COLUMN_TTL:
		add_stored(out, view, r, r->item->ttl);
		break;
	case COLUMN_EXPIRES:
		if (r->has_moment && text_time_format(text, r->moment) == 0)
			buf_adds(out, text);
		break;
	case COLUMN_OVERDUE:
		if (r->has_moment && r->overdue >= 0 &&
		    (r->state == STATE_PENDING || r->state == STATE_STUCK))
			buf_addi(out, r->overdue);
		break;
	case COLUMN_SIZE:
		if (r->size >= 0)
			buf_addi(out, r->size);
		break;
	case COLUMN_GROUP:
		if (view->reveal)
			buf_add(out, r->group.p, r->group.n);
		else
			mask_group(out, r);
		break;
	case COLUMN_VALUE:
		column_object(out, view, r, OBJECT_VALUE);
		break;
	case COLUMN_ATTRIBUTES:
		column_object(out, view, r, OBJECT_ATTRIBUTES);
		break;
	case COLUMNS:
		break;
	}
}

/* The columns after the key, by default: of a list, and of CSV. */
static const enum column_id list_columns[] = { COLUMN_KIND, COLUMN_STATE,
	COLUMN_REASON, COLUMN_EXPIRES, COLUMN_OVERDUE, COLUMN_SIZE, COLUMNS };
static const enum column_id csv_columns[] = { COLUMN_KIND, COLUMN_STATE,
	COLUMN_REASON, COLUMN_TTL, COLUMN_EXPIRES, COLUMN_OVERDUE, COLUMN_SIZE,
	COLUMN_ATTRIBUTES, COLUMNS };

static void
push(struct columns *c, struct column column)
{
	c->list = xreallocarray(c->list, c->n + 1, sizeof(*c->list));
	c->list[c->n++] = column;
}

bool
column_is_key(const struct column *c)
{
	return c->def == &column_defs[COLUMN_KEY];
}

static void
push_key(struct columns *c, const struct key_schema *schema, bool sort)
{
	push(c,
	    (struct column){ .def = &column_defs[COLUMN_KEY],
		.name = xstrdup(sort ? schema->sort : schema->partition),
		.sort = sort });
}

static void
push_def(struct columns *c, const struct column_def *def)
{
	push(c, (struct column){ .def = def, .name = xstrdup(def->name) });
}

static void
push_defaults(struct columns *c, const struct key_schema *schema,
    const enum column_id *ids)
{
	*c = (struct columns){ 0 };
	push_key(c, schema, false);
	if (schema->sort != NULL)
		push_key(c, schema, true);
	for (; *ids != COLUMNS; ids++)
		push_def(c, &column_defs[*ids]);
}

void
columns_csv(struct columns *out, const struct key_schema *schema)
{
	push_defaults(out, schema, csv_columns);
}

static bool
word_is(struct slice word, const char *name)
{
	return name != NULL && strlen(name) == word.n &&
	    memcmp(name, word.p, word.n) == 0;
}

static int
unknown(struct slice word, const struct key_schema *schema, struct fault *f)
{
	struct buf names = { 0 };

	for (const struct column_def *d = column_defs; d->name != NULL; d++)
		buf_addf(&names, "%s, ", d->name);
	if (schema->sort != NULL)
		buf_addf(&names, "%s, ", schema->sort);
	(void)fault(f, FAULT_USAGE,
	    "no column is named \"%.*s\"; there are %sand @ATTRIBUTE for "
	    "any attribute",
	    SLICE_ARG(word), buf_text(&names));
	buf_release(&names);
	return -1;
}

/* The table's names come first: @name reaches an attribute of the same name. */
static int
push_word(struct columns *c, struct slice word, const struct key_schema *schema,
    struct fault *f)
{
	const struct column_def *def = column_defs;

	while (def->name != NULL && !word_is(word, def->name))
		def++;
	if (def->name != NULL && def != &column_defs[COLUMN_KEY])
		push_def(c, def);
	else if (def->name != NULL || word_is(word, schema->partition))
		push_key(c, schema, false);
	else if (word_is(word, schema->sort))
		push_key(c, schema, true);
	else if (word.n > 1 && *word.p == '@')
		push(c, (struct column){ .name = xstrndup(word.p, word.n) });
	else
		return unknown(word, schema, f);
	return 0;
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
