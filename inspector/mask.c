#include <string.h>

#include "inspector/mask.h"
#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/text.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/item.h"

#define HASH_DIGITS 6
#define SHOWN 4    /* characters of the secret that are shown … */
#define ENOUGH 16  /* … when it has at least that many */
#define JSON_MAX 8 /* levels of JSON inside JSON strings that are searched */

static const char *
ellipsis(void)
{
	return text_ellipsis(!text_locale_utf8());
}

/* Bytes of the first ${want} characters of ${text}; 0 when it has fewer. A
 * byte that is not UTF-8 counts as a character. */
static size_t
characters(struct slice text, int want)
{
	const char *p = text.p, *end = text.p + text.n;

	for (; want > 0; want--) {
		int n;

		if (p >= end)
			return 0;
		n = text_utf8(p, end);
		p += n > 0 ? n : 1;
	}
	return (size_t)(p - text.p);
}

/* How many bytes of a masked ${key} are shown, ${prefix} of them its prefix. */
static size_t
front_of(struct slice key, size_t prefix)
{
	struct slice secret = { key.p + prefix, key.n - prefix };

	if (characters(secret, ENOUGH) > 0)
		return prefix + characters(secret, SHOWN);
	return prefix;
}

/* Add ${key} as it may be shown. */
static void
add_key(struct buf *out, struct slice key, size_t prefix, bool masked)
{
	char hex[2 * CRYPTO_SHA256 + 1];

	buf_add(out, key.p, masked ? front_of(key, prefix) : key.n);
	if (!masked)
		return;
	crypto_sha256_hex(hex, key.p, key.n);
	buf_adds(out, ellipsis());
	buf_add(out, hex, HASH_DIGITS);
}

size_t
mask_front(const struct record *r)
{
	return r->key_masked ? front_of(r->key, r->key_prefix) : r->key.n;
}

void
mask_key(struct buf *out, const struct record *r)
{
	add_key(out, r->key, r->key_prefix, r->key_masked);
}

void
mask_sort(struct buf *out, const struct record *r)
{
	if (r->sort.p != NULL)
		add_key(out, r->sort, r->sort_prefix, r->sort_masked);
}

/* A group as people name them: letters in lower case, upper case or
 * capitalized, with - _ . between them, and a separator at the end. Session ids
 * have digits or mix upper and lower case. */
static bool
is_word(struct slice group)
{
	bool upper = false, lower = false;

	for (size_t i = 0; i < group.n; i++) {
		char c = group.p[i];

		if (c >= 'A' && c <= 'Z')
			upper = upper || i > 0;
		else if (c >= 'a' && c <= 'z')
			lower = true;
		else if ((c >= '0' && c <= '9') ||
		    (i + 1 < group.n && memchr("-_.", c, 3) == NULL))
			return false;
	}
	return !(upper && lower);
}

/* Whether the group ${group} of a masked key contains some of the secret. */
static bool
reaches_in(struct slice group, size_t prefix)
{
	return prefix > 0 ? group.n > prefix : !is_word(group);
}

/* A part of a group. */
struct part {
	struct slice text;
	size_t prefix; /* of the key it is from */
	bool hidden;
};

/* The part from the partition key, and the one from the sort key after it. */
static void
parts_of(const struct record *r, struct part *first, struct part *second)
{
	struct slice group = r->group;
	size_t n = r->group_first;

	first->text = (struct slice){ group.p, n };
	first->prefix = r->key_prefix;
	/* "(none)" is not part of the key */
	first->hidden = r->key_masked && n <= r->key.n &&
	    memcmp(group.p, r->key.p, n) == 0 &&
	    reaches_in(first->text, r->key_prefix);
	if (n < group.n)
		n++; /* the space */
	second->text = (struct slice){ group.p + n, group.n - n };
	second->prefix = r->sort_prefix;
	second->hidden = n < group.n && r->sort_masked &&
	    reaches_in(second->text, r->sort_prefix);
}

bool
mask_hides_group(const struct record *r)
{
	struct part first, second;

	parts_of(r, &first, &second);
	return first.hidden || second.hidden;
}

static void
add_part(struct buf *out, const struct part *part)
{
	add_key(out, part->text, part->prefix < part->text.n ? part->prefix : 0,
	    part->hidden);
}

void
mask_group(struct buf *out, const struct record *r)
{
	struct part first, second;

	parts_of(r, &first, &second);
	add_part(out, &first);
	if (second.text.n == 0)
		return;
	buf_addc(out, ' ');
	add_part(out, &second);
}

void
mask_item(struct buf *out, const struct rules *rules, const struct item *item)
{
	struct buf scratch = { 0 };
	struct record r;

	record_keys(&r, item, rules, &scratch);
	mask_key(out, &r);
	if (item->sort.p != NULL) {
		buf_addc(out, ' ');
		mask_sort(out, &r);
	}
	buf_release(&scratch);
}

/* How many bytes at the start of ${text} are the secret part of ${key}. */
static size_t
secret_at(const char *text, struct slice key, size_t prefix, bool masked)
{
	size_t n = key.n - prefix;

	return masked && n > 0 && strncmp(text, key.p + prefix, n) == 0 ? n : 0;
}

void
mask_message(struct buf *out, const struct rules *rules,
    const struct item *item, const char *message)
{
	struct buf scratch = { 0 };
	struct record r;

	record_keys(&r, item, rules, &scratch);
	while (*message != '\0') {
		size_t n = secret_at(message, r.key, r.key_prefix,
		    r.key_masked && r.key.n > r.key_prefix + SHOWN);

		if (n == 0)
			n = secret_at(message, r.sort, r.sort_prefix,
			    r.sort_masked && r.sort.n > r.sort_prefix + SHOWN);
		if (n > 0)
			buf_adds(out, ellipsis());
		else
			buf_addc(out, *message);
		message += n > 0 ? n : 1;
	}
	buf_release(&scratch);
}

void
mask_text(struct buf *out, const struct rules *rules, struct slice text)
{
	struct buf value = { 0 }, scratch = { 0 };
	struct item item = { 0 };
	struct record r;

	buf_adds(&value, "{\"S\":");
	slice_text_encode(&value, text.p, text.n);
	buf_addc(&value, '}');
	item.partition = (struct slice){ value.p, value.n };
	record_keys(&r, &item, rules, &scratch);
	add_key(out, text, r.key_prefix <= text.n ? r.key_prefix : 0,
	    r.key_masked && (r.key_prefix == 0 || r.key_prefix < text.n));
	buf_release(&value);
	buf_release(&scratch);
}

bool
mask_may_be_id(struct slice key)
{
	return key.n >= ENOUGH && memchr(key.p, ':', key.n) == NULL;
}

void
mask_id(struct buf *out, struct slice key)
{
	add_key(out, key, 0, true);
}

static bool
contains(struct slice text, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= text.n; i++)
		if (text_same_fold(text.p + i, word, n))
			return true;
	return false;
}

static bool
is_secret(struct slice name)
{
	static const char *const words[] = { "token", "secret", "password",
		"cookie", "sess" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (contains(name, words[i]))
			return true;
	return false;
}

bool
mask_hides_attribute(const char *name)
{
	return is_secret(slice_str(name));
}

bool
mask_hides_name(struct slice name)
{
	struct buf plain = { 0 };
	bool found;

	if (name.n == 0 || memchr(name.p, '\\', name.n) == NULL)
		return is_secret(name);
	slice_text_decode(&plain, name);
	found = is_secret((struct slice){ buf_text(&plain), plain.n });
	buf_release(&plain);
	return found;
}

bool
mask_hides(const struct record *r, struct slice name, struct slice value)
{
	if (value.p == r->item->partition.p)
		return r->key_masked;
	if (value.p == r->item->sort.p)
		return r->sort_masked;
	if (value.p == r->item->ttl.p && r->reason != REASON_WRONG_TYPE)
		return false;
	return r->masked || mask_hides_name(name);
}

static bool hides_in(struct slice text, int depth);

/* Whether checked JSON contains a member with a masked name, or a string with
 * JSON that does. */
static bool
json_hides(struct slice json, int depth)
{
	struct slice_walk w = slice_walk(json);
	struct slice name, v;
	bool object = slice_object(&w) == 0;

	if (!object) {
		w = slice_walk(json);
		if (slice_array(&w) != 0) {
			v = slice_unquote(json);
			return v.p != NULL && hides_in(v, depth);
		}
	}
	while ((object ? slice_member(&w, &name) : slice_element(&w)) == 1 &&
	    slice_value(&w, &v) == 0)
		if ((object && mask_hides_name(name)) || json_hides(v, depth))
			return true;
	return false;
}

static bool
is_hiding(struct slice doc, int depth)
{
	size_t blank = 0;

	while (blank < doc.n && memchr(" \t\r\n", doc.p[blank], 4) != NULL)
		blank++;
	doc = (struct slice){ doc.p + blank, doc.n - blank };
	if (doc.n == 0 || memchr("{[\"", *doc.p, 3) == NULL ||
	    slice_check(doc, NULL) != 0)
		return false;
	/* deeper than anyone writes it: assume the worst */
	return depth >= JSON_MAX || json_hides(doc, depth + 1);
}

static bool
hides_in(struct slice text, int depth)
{
	struct buf plain = { 0 };
	bool found;

	if (text.p == NULL) /* not a string where one should be */
		return false;
	slice_text_decode(&plain, text);
	found = is_hiding((struct slice){ buf_text(&plain), plain.n }, depth);
	buf_release(&plain);
	return found;
}

bool
mask_hides_text(struct slice text)
{
	return hides_in(text, 0);
}

bool
mask_hides_binary(struct slice text)
{
	struct buf bytes = { 0 };
	bool found = false;

	if (crypto_base64_decode(&bytes, text.p, text.n) == 0)
		found =
		    is_hiding((struct slice){ buf_text(&bytes), bytes.n }, 0);
	buf_release(&bytes);
	return found;
}

bool
mask_hides_json(struct slice value)
{
	struct slice inner;

	switch (attr_open(value, &inner)) {
	case ATTR_S:
		return mask_hides_text(inner);
	case ATTR_B:
		return mask_hides_binary(inner);
	case ATTR_BAD:
		return json_hides(value, 0);
	default:
		return false;
	}
}

void
mask_value(struct buf *out, int64_t size)
{
	char text[32];

	text_bytes(text, size);
	buf_addf(out, "%s %s", ellipsis(), text);
}

bool
mask_is(struct slice text)
{
	size_t dots = strlen(ellipsis()), tail = dots + HASH_DIGITS;
	const char *p;

	if (text.n < tail)
		return false;
	p = text.p + text.n - tail;
	if (memcmp(p, text_ellipsis(false), dots) != 0 &&
	    memcmp(p, text_ellipsis(true), dots) != 0)
		return false;
	for (p += dots; p < text.p + text.n; p++)
		if (*p == '\0' || strchr("0123456789abcdef", *p) == NULL)
			return false;
	return true;
}
