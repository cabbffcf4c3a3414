#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>

#include "must.h"

#include "export/item_json.h"
#include "lib/base/buf.h"
#include "lib/base/slice.h"
#include "lib/base/text.h"
#include "lib/dynamodb/attr.h"

/*
 * The scanner against cJSON: what slice_check accepts is JSON, and both read
 * the same, with the differences listed below. Text made from a slice is JSON
 * again, on one line.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define CJSON_DIGITS 62 /* cJSON reads no longer number */

static struct slice
of(const struct buf *b)
{
	return (struct slice){ buf_text(b), b->n };
}

static unsigned
unit_at(const char *p)
{
	char hex[5] = { p[2], p[3], p[4], p[5], '\0' };

	return (unsigned)strtoul(hex, NULL, 16);
}

/* cJSON refuses half a surrogate pair; we read it as U+FFFD. ${doc} is
 * checked: a backslash begins a whole escape. */
static bool
has_lone_surrogate(struct slice doc)
{
	const char *p = doc.p, *end = doc.p + doc.n;

	while (p < end) {
		unsigned c;

		if (*p != '\\') {
			p++;
			continue;
		}
		if (p[1] != 'u') {
			p += 2;
			continue;
		}
		c = unit_at(p);
		p += 6;
		if (c < 0xd800 || c > 0xdfff)
			continue;
		if (c > 0xdbff || end - p < 6 || p[0] != '\\' || p[1] != 'u' ||
		    unit_at(p) < 0xdc00 || unit_at(p) > 0xdfff)
			return true;
		p += 6;
	}
	return false;
}

static bool
has_long_number(struct slice doc)
{
	size_t run = 0;

	for (size_t i = 0; i < doc.n && run <= CJSON_DIGITS; i++)
		run = doc.p[i] != '\0' &&
			strchr("0123456789+-.eE", doc.p[i]) != NULL
		    ? run + 1
		    : 0;
	return run > CJSON_DIGITS;
}

/* ${text} is what is between the quotes of a checked string. */
static void
check_text(struct slice text)
{
	struct buf plain = { 0 }, again = { 0 }, back = { 0 };
	struct slice inner;

	slice_text_decode(&plain, text);
	buf_addc(&plain, 'x'); /* room for one byte more */
	plain.n--;
	MUST(plain.n == slice_text_length(text));
	MUST(slice_text_is(text, plain.p, plain.n));
	MUST(!slice_text_is(text, plain.p, plain.n + 1));
	MUST(plain.n == 0 || !slice_text_is(text, plain.p, plain.n - 1));
	for (size_t i = 0; i < plain.n;) {
		int k = text_utf8(plain.p + i, plain.p + plain.n);

		MUST(k > 0);
		i += (size_t)k;
	}
	slice_text_encode(&again, plain.p, plain.n);
	MUST(slice_check(of(&again), NULL) == 0);
	inner = slice_unquote(of(&again));
	slice_text_decode(&back, inner);
	MUST(back.n == plain.n &&
	    memcmp(buf_text(&back), plain.p, plain.n) == 0);
	MUST(plain.n == 0 || slice_text_is(inner, plain.p, plain.n));
	buf_release(&plain);
	buf_release(&again);
	buf_release(&back);
}

/* All strings of the checked ${doc}, names included. */
static void
check_texts(struct slice doc)
{
	const char *p = doc.p, *end = doc.p + doc.n, *begin;

	for (; p < end; p++) {
		if (*p != '"')
			continue;
		begin = ++p;
		while (*p != '"')
			p += *p == '\\' ? 2 : 1;
		check_text((struct slice){ begin, (size_t)(p - begin) });
	}
}

/* It is the same tree as cJSON's, with the same strings up to a NUL. */
static void
compare(struct slice value, const cJSON *want)
{
	struct slice_walk w = slice_walk(value);
	struct slice name, inner;
	const cJSON *child = want->child;
	struct buf text = { 0 };

	switch (*value.p) {
	case '{':
		MUST(cJSON_IsObject(want) && slice_object(&w) == 0);
		for (; slice_member(&w, &name) == 1; child = child->next) {
			MUST(child != NULL && slice_value(&w, &inner) == 0);
			compare(inner, child);
		}
		MUST(child == NULL && slice_end(&w) == 0);
		break;
	case '[':
		MUST(cJSON_IsArray(want) && slice_array(&w) == 0);
		for (; slice_element(&w) == 1; child = child->next) {
			MUST(child != NULL && slice_value(&w, &inner) == 0);
			compare(inner, child);
		}
		MUST(child == NULL && slice_end(&w) == 0);
		break;
	case '"':
		MUST(cJSON_IsString(want));
		slice_text_decode(&text, slice_unquote(value));
		buf_add(&text, "", 1);
		MUST(strcmp(text.p, want->valuestring) == 0);
		break;
	case 't':
		MUST(cJSON_IsTrue(want));
		break;
	case 'f':
		MUST(cJSON_IsFalse(want));
		break;
	case 'n':
		MUST(cJSON_IsNull(want));
		break;
	default:
		MUST(cJSON_IsNumber(want));
		break;
	}
	buf_release(&text);
}

static bool
one_line(const struct buf *b)
{
	return memchr(b->p, '\n', b->n) == NULL &&
	    memchr(b->p, '\r', b->n) == NULL;
}

static void
check_made(struct slice value)
{
	struct buf out = { 0 };
	struct slice inner;

	item_json_compact(&out, value);
	MUST(slice_check(of(&out), NULL) == 0 && one_line(&out));
	MUST(out.n > 512 || slice_same(value, of(&out)));
	buf_reset(&out);
	item_json_verbatim(&out, value);
	MUST(slice_check(of(&out), NULL) == 0 && one_line(&out));
	MUST(out.n > 512 || slice_same(value, of(&out)));
	for (int quote = 0; quote < 2; quote++) {
		buf_reset(&out);
		item_json_value(&out, value,
		    (struct json_style){ .quote = quote != 0 });
		MUST(slice_check(of(&out), NULL) == 0 && one_line(&out));
	}
	(void)attr_open(value, &inner);
	if (attr_wrong(value) == NULL)
		MUST(attr_size(value) >= 0);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice doc = { (const char *)data, n }, value;
	struct slice_walk w = slice_walk(doc);
	size_t where = n + 1;
	cJSON *tree;

	if (slice_check(doc, &where) != 0) {
		MUST(where <= n);
		return 0;
	}
	MUST(slice_value(&w, &value) == 0 && slice_end(&w) == 0);
	check_texts(value);
	check_made(value);
	if (has_lone_surrogate(value) || has_long_number(value))
		return 0;
	tree = cJSON_ParseWithLength(doc.p, doc.n);
	MUST(tree != NULL);
	compare(value, tree);
	cJSON_Delete(tree);
	return 0;
}
