#include <stdbool.h>
#include <string.h>

#include "lib/base/json_string.h"
#include "lib/base/slice.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/compact.h"

/*
 * The first eight bytes, read as one number, show the type: without white space
 * {"S":" and {"L":[ always have six and {"SS":[ seven bytes. Every value has
 * eight: the shortest is {"S":""}.
 */
#define WORD 8
/* The bytes of a type's name and what follows. */
#define BYTES(a, b, c, d, e)                                                  \
	((uint64_t)'{' | (uint64_t)'"' << 8 | (uint64_t)(a) << 16 |           \
	    (uint64_t)(b) << 24 | (uint64_t)(c) << 32 | (uint64_t)(d) << 40 | \
	    (uint64_t)(e) << 48)
#define SIX (~UINT64_C(0) >> 16)
#define SEVEN (~UINT64_C(0) >> 8)
/* Within so many levels of JSON no value is nested too deep (attr_wrong). */
#define SURE_DEPTH 32

/* Count the content of a number or a binary value. */
static void
other(enum attr_type type, struct slice text, struct compact *sum)
{
	int64_t size = type == ATTR_N ? attr_whole_number_size(text) : 0;

	if (size == 0 && type == ATTR_N) {
		size = attr_number_size(text);
		sum->doubtful = sum->doubtful || !attr_is_number(text);
	} else if (type == ATTR_B) {
		size = attr_binary_size(text);
		sum->doubtful = true;
	}
	sum->size += size;
}

/* A string, from the byte after its opening quote. Returns the byte after the
 * closing one, or NULL, as all below. */
static const char *
text(const char *p, const char *end, enum attr_type type, struct compact *sum)
{
	size_t fewer = 0, n;
	const char *close = json_string_close(p, end, &fewer);

	if (close == NULL)
		return NULL;
	n = (size_t)(close - p);
	if (type == ATTR_S) {
		sum->size += (int64_t)(n - fewer);
		sum->fewer += fewer;
	} else if (fewer > 0) {
		return NULL;
	} else {
		other(type, (struct slice){ p, n }, sum);
	}
	return close + 1;
}

/* The elements ["…","…"], from the byte after the bracket. */
static const char *
set(const char *p, const char *end, enum attr_type type, struct compact *sum)
{
	sum->doubtful = true;
	if (p < end && *p == ']')
		return p + 1;
	for (; p < end && *p == '"'; p++) {
		p = text(p + 1, end, type, sum);
		if (p == NULL || p >= end)
			return NULL;
		if (*p == ']')
			return p + 1;
		if (*p != ',')
			return NULL;
	}
	return NULL;
}

static const char *
list(const char *p, const char *end, int depth, struct compact *sum)
{
	sum->size += ATTR_DOCUMENT_BYTES;
	if (p < end && *p == ']')
		return p + 1;
	for (;; p++) {
		sum->size += ATTR_ELEMENT_BYTES;
		p = compact_value(p, end, depth, sum);
		if (p == NULL || p >= end)
			return NULL;
		if (*p == ']')
			return p + 1;
		if (*p != ',')
			return NULL;
	}
}

static const char *
map(const char *p, const char *end, int depth, struct compact *sum)
{
	const char *name;

	sum->size += ATTR_DOCUMENT_BYTES;
	if (p < end && *p == '}')
		return p + 1;
	for (; p < end && *p == '"'; p++) {
		sum->size += ATTR_ELEMENT_BYTES;
		name = p;
		p = text(p + 1, end, ATTR_S, sum);
		if (p == NULL || p >= end || *p != ':')
			return NULL;
		if (p - name == 2) /* empty */
			sum->doubtful = true;
		p = compact_value(p + 1, end, depth, sum);
		if (p == NULL || p >= end)
			return NULL;
		if (*p == '}')
			return p + 1;
		if (*p != ',')
			return NULL;
	}
	return NULL;
}

static const char *
truth(const char *p, const char *end)
{
	if (end - p >= 4 && memcmp(p, "true", 4) == 0)
		return p + 4;
	if (end - p >= 5 && memcmp(p, "false", 5) == 0)
		return p + 5;
	return NULL;
}

/* The types with longer names: BOOL, NULL and the sets. */
static const char *
long_named(const char *p, const char *end, struct compact *sum)
{
	const char *behind = NULL;

	switch (json_word(p) & SEVEN) {
	case BYTES('B', 'O', 'O', 'L', '"'):
	case BYTES('N', 'U', 'L', 'L', '"'):
		sum->size += 1;
		if (p[7] == ':')
			behind = truth(p + 8, end);
		if (behind != NULL && p[2] == 'N' && p[8] != 't')
			sum->doubtful = true;
		return behind;
	case BYTES('S', 'S', '"', ':', '['):
		return set(p + 7, end, ATTR_S, sum);
	case BYTES('N', 'S', '"', ':', '['):
		return set(p + 7, end, ATTR_N, sum);
	case BYTES('B', 'S', '"', ':', '['):
		return set(p + 7, end, ATTR_B, sum);
	default:
		return NULL;
	}
}

const char *
compact_value(const char *p, const char *end, int depth, struct compact *sum)
{
	/* one level for the braces, one for a list or map in them */
	if (end - p < WORD || depth + 2 > SLICE_DEPTH)
		return NULL;
	depth += 2;
	if (depth > SURE_DEPTH)
		sum->doubtful = true;
	switch (json_word(p) & SIX) {
	case BYTES('S', '"', ':', '"', 0):
		p = text(p + 6, end, ATTR_S, sum);
		break;
	case BYTES('N', '"', ':', '"', 0):
		p = text(p + 6, end, ATTR_N, sum);
		break;
	case BYTES('B', '"', ':', '"', 0):
		p = text(p + 6, end, ATTR_B, sum);
		break;
	case BYTES('M', '"', ':', '{', 0):
		p = map(p + 6, end, depth, sum);
		break;
	case BYTES('L', '"', ':', '[', 0):
		p = list(p + 6, end, depth, sum);
		break;
	default:
		p = long_named(p, end, sum);
		break;
	}
	return p != NULL && p < end && *p == '}' ? p + 1 : NULL;
}

const char *
compact_item(const char *p, const char *end, int depth)
{
	struct compact sum = { 0 };

	if (p >= end || *p != '{' || depth >= SLICE_DEPTH)
		return NULL;
	return map(p + 1, end, depth + 1, &sum);
}
