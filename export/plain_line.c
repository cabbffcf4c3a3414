#include <stdbool.h>
#include <string.h>

#include "export/export_line.h"
#include "export/plain_line.h"
#include "lib/base/json_string.h"
#include "lib/dynamodb/compact.h"

/* Digits that fit into an int64, whatever they are. */
#define DIGITS 18
/* Levels of JSON around the attributes of an item: the line, and the item. */
#define DEPTH 2

/* What is left of a line; p NULL: it is not such a line. */
struct rest {
	const char *p, *end;
};

static bool
goes_on(const struct rest *r, struct slice text)
{
	return r->p != NULL && (size_t)(r->end - r->p) >= text.n &&
	    memcmp(r->p, text.p, text.n) == 0;
}

static void
skip(struct rest *r, struct slice text)
{
	r->p = goes_on(r, text) ? r->p + text.n : NULL;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number above 0, without leading zeros. */
static int64_t
whole_number(struct rest *r)
{
	const char *begin = r->p;
	int64_t v = 0;

	if (begin == NULL)
		return 0;
	while (r->p < r->end && is_digit(*r->p) && r->p - begin < DIGITS)
		v = v * 10 + (*r->p++ - '0');
	if (r->p == begin || *begin == '0')
		r->p = NULL;
	return v;
}

static struct slice
item(struct rest *r)
{
	struct slice s = { r->p, 0 };

	if (r->p != NULL)
		r->p = compact_item(r->p, r->end, DEPTH - 1);
	if (r->p == NULL)
		return (struct slice){ NULL, 0 };
	s.n = (size_t)(r->p - s.p);
	return s;
}

/* Up to the closing quote. */
static void
skip_string(struct rest *r)
{
	size_t fewer = 0;

	if (r->p != NULL)
		r->p = json_string_close(r->p, r->end, &fewer);
}

static struct slice
value(struct rest *r)
{
	struct compact sum = { 0 };
	struct slice s = { r->p, 0 };

	if (r->p != NULL)
		r->p = compact_value(r->p, r->end, DEPTH, &sum);
	if (r->p == NULL)
		return (struct slice){ NULL, 0 };
	s.n = (size_t)(r->p - s.p);
	return s;
}

#define SWEEP SLICE(",\"Ttlsweep\":{\"n\":")
#define WHY SLICE(",\"why\":\"")

/* An intent as journal_intent writes it, up to its image. */
static void
head(struct line *out, struct rest *r)
{
	*out = (struct line){ .kind = LINE_INTENT, .deletes = true };
	skip(r, SLICE("{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\""));
	out->at_us = whole_number(r);
	skip(r, SLICE("\"}},\"Keys\":"));
	out->keys = item(r);
	skip(r, SLICE(",\"OldImage\":"));
}

static bool
intent(struct line *out, struct rest r)
{
	head(out, &r);
	out->item = item(&r);
	skip(&r, SWEEP);
	out->n = whole_number(&r);
	skip(&r, WHY);
	skip_string(&r);
	skip(&r, SLICE("\""));
	if (goes_on(&r, SLICE(",\"ttl\":"))) {
		skip(&r, SLICE(",\"ttl\":"));
		out->ttl = value(&r);
	}
	skip(&r, SLICE("}}"));
	return r.p == r.end;
}

/* Take ${text} off the end. */
static void
skip_back(struct rest *r, struct slice text)
{
	if (r->p == NULL || (size_t)(r->end - r->p) < text.n ||
	    memcmp(r->end - text.n, text.p, text.n) != 0)
		r->p = NULL;
	else
		r->end -= text.n;
}

/* Take off the end what ${is} holds for. */
static void
skip_all_back(struct rest *r, bool (*is)(char c))
{
	while (r->p != NULL && r->end > r->p && is(r->end[-1]))
		r->end--;
}

static bool
is_reason(char c)
{
	return (c >= 'a' && c <= 'z') || c == '-';
}

/* The members behind the image cannot be part of a string in it, where quotes
 * have backslashes, nor of an object in it, which more braces would close. */
bool
plain_intent(struct line *out, struct slice text)
{
	struct rest r = { text.p, text.p + text.n }, number;

	head(out, &r);
	skip_back(&r, SLICE("\"}}"));
	skip_all_back(&r, is_reason);
	skip_back(&r, WHY);
	number.end = r.end;
	skip_all_back(&r, is_digit);
	number.p = r.p != NULL ? r.end : NULL;
	out->n = whole_number(&number);
	skip_back(&r, SWEEP);
	if (r.p == NULL || number.p != number.end || r.end - r.p < 2 ||
	    r.p[0] != '{' || r.end[-1] != '}')
		return false;
	out->item = (struct slice){ r.p, (size_t)(r.end - r.p) };
	return true;
}

/* As export --format dynamodb-json and DynamoDB write it. */
static bool
wrapped(struct line *out, struct rest r)
{
	*out = (struct line){ .kind = LINE_ITEM };
	skip(&r, SLICE("{\"Item\":"));
	out->item = item(&r);
	skip(&r, SLICE("}"));
	return r.p == r.end;
}

bool
plain_line(struct line *out, struct slice text)
{
	const struct rest all = { text.p, text.p + text.n };

	if (goes_on(&all, SLICE("{\"Item\":")))
		return wrapped(out, all);
	return goes_on(&all, SLICE("{\"Metadata\":")) && intent(out, all);
}
