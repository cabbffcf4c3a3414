#include <string.h>

#include "base/buf.h"
#include "base/decimal.h"
#include "base/text.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define HASH_DIGITS 6
#define LEAST 8    /* cells: what is cut shorter says nothing */
#define NUMBER 200 /* characters: what DynamoDB writes in full, 1E-130 too */

static const char *
ellipsis(bool ascii)
{
	return ascii ? "..." : ELLIPSIS;
}

static bool
is_number(const char *p, size_t n)
{
	struct decimal d;

	return n > 0 && n <= NUMBER && *p != ' ' && *p != '\t' &&
	    decimal_parse(&d, p, n) == 0;
}

/* Bytes at the end of a masked key that name it: "…" and the hash; 0 when
 * the text does not end so. */
static size_t
hash_bytes(const char *p, size_t n, bool ascii)
{
	size_t dots = strlen(ellipsis(ascii)), tail = dots + HASH_DIGITS;

	if (n < tail || memcmp(p + n - tail, ellipsis(ascii), dots) != 0)
		return 0;
	for (size_t i = n - HASH_DIGITS; i < n; i++)
		if (p[i] == '\0' || strchr("0123456789abcdef", p[i]) == NULL)
			return 0;
	return tail;
}

/* Bytes of the longest beginning of ${p}[0..n) that fits ${cells}; the cells
 * it takes. */
static size_t
front(const char *p, size_t n, int cells, int *took)
{
	const char *at = p, *end = p + n;

	*took = 0;
	while (at < end) {
		int length = text_utf8(at, end), w;

		length = length > 0 ? length : 1;
		w = text_width(at, (size_t)length);
		if (*took + w > cells)
			break;
		*took += w;
		at += length;
	}
	return (size_t)(at - p);
}

int
text_cut_least(const char *p, size_t n, bool ascii)
{
	int width = text_width(p, n), least = LEAST;
	size_t hash;

	if (is_number(p, n))
		return width;
	hash = hash_bytes(p, n, ascii);
	if (hash > 0 && text_width(p + n - hash, hash) > least)
		least = text_width(p + n - hash, hash);
	return width < least ? width : least;
}

int
text_cut(struct buf *out, const char *p, size_t n, int cells, bool ascii)
{
	const char *dots = ellipsis(ascii), *tail = dots;
	size_t tail_n = strlen(dots), hash;
	int width = text_width(p, n), tail_width, took;

	if (width <= cells || is_number(p, n)) {
		buf_add(out, p, n);
		return width;
	}
	hash = hash_bytes(p, n, ascii);
	if (hash > 0 && text_width(p + n - hash, hash) <= cells) {
		tail = p + n - hash;
		tail_n = hash;
	}
	tail_width = text_width(tail, tail_n);
	buf_add(out, p, front(p, n, cells - tail_width, &took));
	buf_add(out, tail, tail_n);
	return took + tail_width;
}
