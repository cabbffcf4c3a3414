#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "dynamodb/attr.h"
#include "dynamodb/item.h"
#include "export/column.h"
#include "export/plain.h"
#include "inspector/mask.h"
#include "inspector/record.h"

/* Session ids and what sessions hold (see inspector/mask.h). */
static bool
is_secret(const struct column_view *view, const struct record *r)
{
	return r->kind == KIND_SESSION && !view->reveal;
}

bool
column_hides(const struct column_view *view, const struct record *r,
    struct slice value)
{
	const struct item *item = r->item;

	return is_secret(view, r) &&
	    (value.p == item->partition.p ||
		(value.p != item->ttl.p && value.p != item->sort.p));
}

static void
add_hidden(struct buf *out, int64_t size)
{
	char text[32];

	text_bytes(text, size);
	buf_addf(out, "\xe2\x80\xa6 %s", text);
}

void
column_mask(struct buf *out, const struct column_view *view,
    const struct record *r, struct slice value)
{
	if (value.p == r->item->partition.p)
		mask_key(out, view->rules, r->key);
	else
		add_hidden(out, attr_size(value));
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
	if (column_hides(view, r, value)) {
		column_mask(out, view, r, value);
		return;
	}
	type = attr_open(value, &inner);
	if (type == ATTR_S || type == ATTR_N)
		slice_text_decode(out, inner);
	else
		plain_compact(out, value);
}

/* A session's group can reach into its id: sessions need not be told by a
 * prefix that ends in a colon. */
static void
group_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	struct slice shown = r->group;
	size_t prefix;

	(void)c;
	if (is_secret(view, r) && r->group.p == r->key.p) {
		prefix = record_prefix(view->rules, r->key);
		if (prefix < shown.n) {
			buf_add(out, shown.p, prefix);
			buf_adds(out, "\xe2\x80\xa6");
			return;
		}
	}
	buf_add(out, shown.p, shown.n);
}

/* The attributes beside the key as an object: as DynamoDB JSON, or without
 * the TTL and plain. */
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
		plain_string(out, name);
		buf_addc(out, ':');
		if (plain)
			plain_value(out, value, view->numbers_string);
		else
			plain_compact(out, value);
	}
	buf_addc(out, '}');
	if (is_secret(view, r)) {
		out->n = begin;
		add_hidden(out, size);
	}
}

static void
key_text(struct buf *out, const struct column *c,
    const struct column_view *view, const struct record *r)
{
	if (!c->sort && is_secret(view, r))
		mask_key(out, view->rules, r->key);
	else if (!c->sort)
		buf_add(out, r->key.p, r->key.n);
	else if (r->item->sort.p != NULL)
		attr_key_text(out, r->item->sort);
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
	{ "expires", "the moment meant, in UTC",
	    false, 20, expires_text },
	{ "overdue", "seconds since then, of what is expired",
	    true, 7, overdue_text },
	{ "size", "bytes as DynamoDB counts them",
	    true, 6, size_text },
	{ "group", "the key up to its first colon",
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
