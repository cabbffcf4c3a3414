#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/json_string.h"
#include "lib/base/slice.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/compact.h"

/*
 * The fast readers against the plain ones, from every byte of the input as if
 * a string, or an attribute's value, began there: the same is accepted, it
 * ends at the same byte and has the same size. Of values the fast one may
 * leave some, of strings none.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Not assert: this must hold in every build. */
#define MUST(cond)               \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

#define MOST 4096 /* every byte begins one: that is quadratic */
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
}

/* ${p} is taken for an opening quote. */
static void
check_string(const char *p, const char *end)
{
	const char *bad = NULL, *want = json_string_plain(p, end, &bad);
	size_t fewer = 0;
	const char *close = json_string_close(p + 1, end, &fewer);
	struct slice text = { p + 1, 0 };

	MUST((close == NULL) == (want == NULL));
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
	struct compact sum = { 0, 0 };
	int64_t want = 0;
	const char *behind = compact_value(p, end, w.depth, &sum);

	if (behind == NULL)
		return;
	MUST(attr_measure(&w, &value, &want) == 0);
	MUST(w.p == behind && sum.size == want);
	if (sum.fewer == 0)
		MUST(memchr(p, '\\', (size_t)(behind - p)) == NULL);
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
	}
	return 0;
}
