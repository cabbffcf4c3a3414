#include <string.h>

#include "export/item_json.h"
#include "inspector/mask.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/item.h"

/* The UTF-8 sequence ${p}[0..n) as one or two \u escapes. */
static void
add_escaped(struct buf *out, const unsigned char *p, int n)
{
	static const unsigned char first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	unsigned c = p[0] & first[n];

	for (int i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	if (c < 0x10000) {
		buf_addf(out, "\\u%04x", c);
		return;
	}
	c -= 0x10000;
	buf_addf(out, "\\u%04x\\u%04x", 0xd800 | c >> 10, 0xdc00 | (c & 0x3ff));
}

/* A run without plain ASCII: what text_escape would change is escaped. */
static void
add_run(struct buf *out, const char *p, const char *end)
{
	size_t n = out->n;

	text_escape(out, p, (size_t)(end - p), false);
	if (out->n - n == (size_t)(end - p))
		return;
	out->n = n;
	while (p < end) {
		int length = text_utf8(p, end);

		if (length == 0)
			length = 1;
		text_escape(out, p, (size_t)length, false);
		if (out->n - n != (size_t)length) {
			out->n = n;
			add_escaped(out, (const unsigned char *)p, length);
		}
		n = out->n;
		p += length;
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Bytes to copy unseen, outside of strings and inside. */
static bool
is_token(char c)
{
	return c != '"' && !is_blank(c);
}

static bool
is_plain(char c)
{
	return c != '"' && c != '\\' && (unsigned char)c < 0x7f;
}

/* Add checked JSON (${string}: the inside of a string) without white space,
 * with what is not plain escaped. The rest, mostly all of it, is copied in
 * runs. */
static void
add_json(struct buf *out, const char *p, const char *end, bool string)
{
	const char *from = p, *odd;

	for (;;) {
		while (p < end && (string ? is_plain(*p) : is_token(*p)))
			p++;
		if (p >= end)
			break;
		if (*p == '"') {
			string = !string;
			p++;
			continue;
		}
		if (*p == '\\') {
			p += 2;
			continue;
		}
		buf_add(out, from, (size_t)(p - from));
		odd = p;
		while (p < end &&
		    (string ? (unsigned char)*p >= 0x7f : is_blank(*p)))
			p++;
		if (string)
			add_run(out, odd, p);
		from = p;
	}
	buf_add(out, from, (size_t)(end - from));
}

void
item_json_string(struct buf *out, struct slice text)
{
	buf_addc(out, '"');
	add_json(out, text.p, text.p + text.n, true);
	buf_addc(out, '"');
}

void
item_json_key(struct buf *out, const struct key_schema *schema)
{
	buf_addc(out, '[');
	slice_text_encode(out, schema->partition, strlen(schema->partition));
	if (schema->sort != NULL) {
		buf_addc(out, ',');
		slice_text_encode(out, schema->sort, strlen(schema->sort));
	}
	buf_addc(out, ']');
}

void
item_json_compact(struct buf *out, struct slice value)
{
	add_json(out, value.p, value.p + value.n, false);
}

void
item_json_verbatim(struct buf *out, struct slice value)
{
	const char *p = value.p, *end = p + value.n, *from = p;
	bool string = false;

	while (p < end) {
		if (!string && is_blank(*p)) {
			buf_add(out, from, (size_t)(p - from));
			from = ++p;
			continue;
		}
		if (*p == '"')
			string = !string;
		p += *p == '\\' && p + 1 < end ? 2 : 1;
	}
	buf_add(out, from, (size_t)(end - from));
}

/* A number's text; a string where JSON has no such form (+1, .5, 01), or it has
 * escapes. */
static void
add_number(struct buf *out, struct slice text, bool quote)
{
	bool json = text.n > 0 && *text.p != '"' &&
	    strchr("-0123456789", *text.p) != NULL &&
	    slice_check(text, NULL) == 0;

	if (json && !quote)
		buf_add(out, text.p, text.n);
	else
		item_json_string(out, text);
}

/* What replaces a masked value of ${size} bytes, as a JSON string. */
static void
add_mask(struct buf *out, int64_t size)
{
	struct buf text = { 0 };

	mask_value(&text, size);
	slice_text_encode(out, buf_text(&text), text.n);
	buf_release(&text);
}

static void add_value(struct buf *out, struct slice value,
    struct json_style style);

static void
begin(struct buf *out, bool *first)
{
	if (!*first)
		buf_addc(out, ',');
	*first = false;
}

/* Add an element of a set. */
static void
add_element(struct buf *out, struct slice value, enum attr_type type,
    struct json_style style)
{
	struct slice text = slice_unquote(value);

	if (style.mask &&
	    (type == ATTR_SS ? mask_hides_text(text)
			     : type == ATTR_BS && mask_hides_binary(text)))
		add_mask(out, (int64_t)slice_text_length(text));
	else if (type == ATTR_NS && *value.p == '"' && !style.typed)
		add_number(out, text, style.quote);
	else
		item_json_compact(out, value);
}

/* Add a list, or a set of ${type}. */
static void
add_array(struct buf *out, struct slice array, enum attr_type type,
    struct json_style style)
{
	struct slice_walk w = slice_walk(array);
	struct slice value;
	bool first = true;

	(void)slice_array(&w);
	buf_addc(out, '[');
	while (slice_element(&w) == 1 && slice_value(&w, &value) == 0) {
		begin(out, &first);
		if (type == ATTR_L)
			add_value(out, value, style);
		else
			add_element(out, value, type, style);
	}
	buf_addc(out, ']');
}

static void
add_map(struct buf *out, struct slice map, struct json_style style)
{
	struct slice_walk w = slice_walk(map);
	struct slice name, value;
	bool first = true;

	(void)slice_object(&w);
	buf_addc(out, '{');
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0) {
		begin(out, &first);
		item_json_string(out, name);
		buf_addc(out, ':');
		if (style.mask && mask_hides_name(name))
			add_mask(out, attr_size(value));
		else
			add_value(out, value, style);
	}
	buf_addc(out, '}');
}

/* Add what is in a value of ${type}. */
static void
add_inner(struct buf *out, struct slice inner, enum attr_type type,
    struct json_style style)
{
	switch (type) {
	case ATTR_N:
		if (style.typed)
			item_json_string(out, inner);
		else
			add_number(out, inner, style.quote);
		break;
	case ATTR_BOOL:
		buf_add(out, inner.p, inner.n);
		break;
	case ATTR_NULL:
		buf_adds(out, style.typed ? "true" : "null");
		break;
	case ATTR_M:
		add_map(out, inner, style);
		break;
	case ATTR_L:
	case ATTR_SS:
	case ATTR_NS:
	case ATTR_BS:
		add_array(out, inner, type, style);
		break;
	default:
		item_json_string(out, inner);
		break;
	}
}

static void
add_value(struct buf *out, struct slice value, struct json_style style)
{
	struct slice inner;
	enum attr_type type = attr_open(value, &inner);

	if (style.mask && mask_hides_json(value)) {
		add_mask(out, attr_size(value));
		return;
	}
	if (type == ATTR_BAD) {
		item_json_compact(out, value);
		return;
	}
	if (style.typed)
		buf_addf(out, "{\"%s\":", attr_type_name(type));
	add_inner(out, inner, type, style);
	if (style.typed)
		buf_addc(out, '}');
}

void
item_json_value(struct buf *out, struct slice value, struct json_style style)
{
	if (style.typed && !style.mask)
		item_json_compact(out, value);
	else
		add_value(out, value, style);
}

void
item_json_ascii(struct buf *b, size_t from)
{
	struct buf was = { 0 };
	const char *p, *end;

	buf_add(&was, buf_text(b) + from, b->n - from);
	b->n = from;
	p = buf_text(&was);
	end = p + was.n;
	while (p < end) {
		int n = text_utf8(p, end);

		if (n == 0)
			buf_adds(b, "\\ufffd");
		else if (n == 1)
			buf_addc(b, *p);
		else
			add_escaped(b, (const unsigned char *)p, n);
		p += n > 0 ? n : 1;
	}
	buf_release(&was);
}
