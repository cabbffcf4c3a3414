#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "must.h"

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/json_string.h"
#include "lib/base/slice.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/compact.h"
#include "lib/dynamodb/item.h"

/*
 * The fast readers against the plain ones, at every byte of the input, as if a
 * string, an attribute's value, or an item began there: both accept the same,
 * with the same end, size and messages. The fast reader may leave values to the
 * plain one, but not strings.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MOST 4096 /* every byte begins one, so this is quadratic */
#define STOPS 16
#define BLOCK 64

static int
is_plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 &&
	    c != '"' && c != '\\';
}

static void
check_stops(const char *p)
{
	unsigned want = 0;

	for (int i = 0; i < STOPS; i++)
		want |= (unsigned)!is_plain(p[i]) << i;
	MUST(json_stops(p) == want);
	MUST(json_stops_portable(p) == want);
}

static void
check_marks(const char *p)
{
	struct json_marks m, portable;

	json_marks(&m, p);
	json_marks_portable(&portable, p);
	for (int i = 0; i < BLOCK; i++) {
		unsigned char c = (unsigned char)p[i];

		MUST((m.quote >> i & 1) == (c == '"'));
		MUST((m.slash >> i & 1) == (c == '\\'));
		MUST((m.control >> i & 1) == (c < 0x20));
		MUST((m.high >> i & 1) == (c >= 0x80));
	}
	MUST(memcmp(&m, &portable, sizeof(m)) == 0);
#ifdef JSON_WIDE
	if (__builtin_cpu_supports("avx2")) {
		json_marks_wide(&m, p);
		MUST(memcmp(&m, &portable, sizeof(m)) == 0);
	}
#endif
}

/* Without the short way, and by one that may not be this processor's best. */
static void
check_narrow(const char *p, const char *end, const char *close, size_t fewer)
{
	size_t narrow = 0;

	MUST(json_string_rest_narrow(p + 1, end, &narrow) == close);
	MUST(close == NULL || narrow == fewer);
}

/* ${p} is read as an opening quote. */
static void
check_string(const char *p, const char *end)
{
	const char *bad = NULL, *want = json_string_plain(p, end, &bad);
	size_t fewer = 0;
	const char *close = json_string_close(p + 1, end, &fewer);
	struct slice text = { p + 1, 0 };

	MUST((close == NULL) == (want == NULL));
	check_narrow(p, end, close, fewer);
	if (close == NULL) {
		MUST(bad > p && bad <= end);
		return;
	}
	MUST(close + 1 == want && *close == '"');
	text.n = (size_t)(close - text.p);
	MUST(text.n - fewer == slice_text_length(text));
}

static void
check_value(const char *p, const char *end)
{
	struct slice_walk w = { .p = p, .end = end, .depth = 1 };
	struct slice value;
	struct compact sum = { 0 };
	int64_t want = 0;
	const char *behind = compact_value(p, end, w.depth, &sum);

	if (behind == NULL)
		return;
	MUST(attr_measure(&w, &value, &want) == 0);
	MUST(w.p == behind && sum.size == want);
	MUST(sum.doubtful || attr_wrong(value) == NULL);
	if (sum.fewer == 0)
		MUST(memchr(p, '\\', (size_t)(behind - p)) == NULL);
}

/* ${a} of the text at ${p} is ${b} of the copy at ${q}. */
static void
check_slice(struct slice a, const char *p, struct slice b, const char *q)
{
	MUST((a.p == NULL) == (b.p == NULL) && a.n == b.n);
	if (a.p != NULL)
		MUST(a.p - p == b.p - q && memcmp(a.p, b.p, a.n) == 0);
}

static void
check_key(const struct item *item, struct slice key)
{
	struct slice text, want;

	if (key.p == NULL)
		return;
	MUST(item_key_open(item, key, &text) == attr_open(key, &want));
	MUST(text.p == want.p && text.n == want.n);
}

/* An item, and the same with a blank, which the fast reader does not read. */
static void
check_item(const char *p, const char *end)
{
	static const struct key_schema schema = { "key", "s" };
	struct buf copy = { 0 };
	struct slice_walk w = { .p = p, .end = end }, slow;
	struct fault f = { 0 }, g = { 0 };
	struct item item, want;
	int r = item_read(&w, &schema, "ttl", &item, &f);

	buf_adds(&copy, "{ ");
	buf_add(&copy, p + 1, (size_t)(end - p) - 1);
	slow = slice_walk((struct slice){ copy.p, copy.n });
	MUST(item_read(&slow, &schema, "ttl", &want, &g) == r);
	MUST(strcmp(f.text, g.text) == 0 && f.kind == g.kind);
	if (r == 0) {
		MUST(w.p - p == slow.p - copy.p - 1);
		MUST(item.size == want.size && !want.plain);
		MUST(item.json.p == p && item.json.n == want.json.n - 1);
		check_slice(item.partition, p, want.partition, copy.p + 1);
		check_slice(item.sort, p, want.sort, copy.p + 1);
		check_slice(item.ttl, p, want.ttl, copy.p + 1);
		check_key(&item, item.partition);
		check_key(&item, item.sort);
	}
	buf_release(&copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *p = (const char *)data, *end = p + (n < MOST ? n : MOST);

	for (; p < end; p++) {
		if (end - p >= STOPS)
			check_stops(p);
		if (end - p >= BLOCK)
			check_marks(p);
		check_string(p, end);
		check_value(p, end);
		if (*p == '{')
			check_item(p, end);
	}
	return 0;
}
