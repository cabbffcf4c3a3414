#include <stdbool.h>

#include "lib/base/json_string.h"
#include "lib/base/text.h"

#define BLOCK 64
#define ESCAPE 6 /* bytes of \uXXXX */

/* The code unit of the \uXXXX at ${p}. */
static unsigned
unit(const char *p)
{
	unsigned v = 0;

	for (int i = 2; i < ESCAPE; i++)
		v = v << 4 | (unsigned)text_hex(p[i]);
	return v;
}

int
json_unescape(const char **p, const char *end, char out[4])
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *which;
	unsigned c;

	if ((*p)[1] != 'u') {
		which = strchr(from, (*p)[1]);
		out[0] = which != NULL ? to[which - from] : (*p)[1];
		*p += 2;
		return 1;
	}
	c = unit(*p);
	*p += ESCAPE;
	if (c >= 0xd800 && c <= 0xdbff && end - *p >= ESCAPE &&
	    (*p)[0] == '\\' && (*p)[1] == 'u' && unit(*p) >= 0xdc00 &&
	    unit(*p) <= 0xdfff) {
		c = 0x10000 + ((c - 0xd800) << 10) + (unit(*p) - 0xdc00);
		*p += ESCAPE;
	} else if (c >= 0xd800 && c <= 0xdfff) {
		c = 0xfffd;
	}
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Behind the escape at ${p}; or NULL, with *${bad} at the wrong byte. */
static const char *
escape_plain(const char *p, const char *end, const char **bad)
{
	if (p + 1 >= end) {
		*bad = end;
		return NULL;
	}
	switch (p[1]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return p + 2;
	case 'u':
		for (int i = 2; i < ESCAPE; i++)
			if (p + i >= end || text_hex(p[i]) < 0) {
				*bad = p + i < end ? p + i : end;
				return NULL;
			}
		return p + ESCAPE;
	default:
		*bad = p + 1;
		return NULL;
	}
}

const char *
json_string_plain(const char *p, const char *end, const char **bad)
{
	for (p++; p < end;) {
		int n;

		if (*p == '"')
			return p + 1;
		if (*p == '\\') {
			if ((p = escape_plain(p, end, bad)) == NULL)
				return NULL;
			continue;
		}
		if ((unsigned char)*p < 0x20 || (n = text_utf8(p, end)) == 0) {
			*bad = p;
			return NULL;
		}
		p += n;
	}
	*bad = end;
	return NULL;
}

/* In each byte of a word: 1, all bits but the highest, the highest. */
#define ONES UINT64_C(0x0101010101010101)
#define LOWS UINT64_C(0x7f7f7f7f7f7f7f7f)
#define HIGHS UINT64_C(0x8080808080808080)

/* The eight bytes at ${p}, the first of them lowest. */
static uint64_t
word_at(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	return w;
}

/* In the highest bit of each byte of ${w}: whether it is ${c}, or below 0x20.
 * No sum carries from one byte into the next, so that each has its own right;
 * of bytes with a highest bit of their own is_low knows nothing. */
static uint64_t
is_byte(uint64_t w, char c)
{
	w ^= ONES * (unsigned char)c;
	return ~(((w & LOWS) + LOWS) | w) & HIGHS;
}

static uint64_t
is_low(uint64_t w)
{
	return ~((w & LOWS) + ONES * (0x80 - 0x20)) & HIGHS;
}

/* The highest bit of each byte, side by side: bit 8i + 7 goes to 56 + i. */
static uint64_t
gathered(uint64_t highs)
{
	return (highs >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

unsigned
json_stops_portable(const char *p)
{
	uint64_t stops = 0;

	for (int i = 0; i < 16; i += 8) {
		uint64_t w = word_at(p + i);

		stops |= gathered(is_byte(w, '"') | is_byte(w, '\\') |
			     is_low(w) | (w & HIGHS))
		    << i;
	}
	return (unsigned)stops;
}

void
json_marks_portable(struct json_marks *m, const char *p)
{
	*m = (struct json_marks){ 0 };
	for (int i = 0; i < BLOCK; i += 8) {
		uint64_t w = word_at(p + i);

		m->quote |= gathered(is_byte(w, '"')) << i;
		m->slash |= gathered(is_byte(w, '\\')) << i;
		m->control |= gathered(is_low(w) & ~w) << i;
		m->high |= gathered(w & HIGHS) << i;
	}
}

/* The marks of the block at ${p}; what lies behind ${end} is NULs. */
static void
marks_of(struct json_marks *m, const char *p, const char *end)
{
	char last[BLOCK] = { 0 };

	if (end - p >= BLOCK) {
		json_marks(m, p);
		return;
	}
	memcpy(last, p, (size_t)(end - p));
	json_marks(m, last);
}

/* The length of the \u escapes at ${p} that are one character, and how much
 * longer they are than it; 0: there is none. */
static int
unicode_length(const char *p, const char *end, size_t *fewer)
{
	const char *bad, *behind = escape_plain(p, end, &bad), *at = p;
	char out[4];

	if (behind == NULL)
		return 0;
	/* half a pair, or the first one of two: both have to be right */
	if (end - behind >= 2 && behind[0] == '\\' && behind[1] == 'u' &&
	    escape_plain(behind, end, &bad) == NULL)
		return 0;
	*fewer -= (size_t)json_unescape(&at, end, out);
	*fewer += (size_t)(at - p);
	return (int)(at - p);
}

/* What may follow a backslash, but for the u. */
static bool
is_escaped(char c)
{
	switch (c) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return true;
	default:
		return false;
	}
}

/* The closing quote in the block at *${p}, from stop to stop; NULL: it is
 * behind it, and *${p} the first byte not looked at, or NULL: there is none. */
static const char *
close_by_stops(const char **p, const char *end, const struct json_marks *m,
    size_t *fewer)
{
	uint64_t stops = m->quote | m->slash | m->control | m->high;
	const char *block = *p, *next = block + BLOCK;

	while (stops != 0) {
		const char *at = block + __builtin_ctzll(stops);
		int n = 0;

		if (at < end && *at == '"')
			return at;
		if (at < end && *at == '\\') {
			n = end - at > 1 && is_escaped(at[1]) ? 2 : 0;
			*fewer += n == 2;
			if (n == 0)
				n = unicode_length(at, end, fewer);
		} else if (at < end && (unsigned char)*at >= 0x20) {
			n = text_utf8(at, end);
		}
		if (n == 0) {
			*p = NULL;
			return NULL;
		}
		if (at + n >= next) {
			next = at + n;
			break;
		}
		stops &= ~UINT64_C(0) << (at + n - block);
	}
	*p = next;
	return NULL;
}

/* text_utf8, the two bytes of most letters with accents first. */
static inline int
high_length(const char *p, const char *end)
{
	unsigned char first = (unsigned char)p[0];

	if (first >= 0xc2 && first < 0xe0 && end - p > 1 &&
	    ((unsigned char)p[1] & 0xc0) == 0x80)
		return 2;
	return text_utf8(p, end);
}

/* How many bits of ${v} are set: half of the processors have no instruction
 * for it that a compiler may take unasked. */
static size_t
bits(uint64_t v)
{
	v -= v >> 1 & ONES * 0x55;
	v = (v & ONES * 0x33) + (v >> 2 & ONES * 0x33);
	v = (v + (v >> 4)) & ONES * 0x0f;
	return (size_t)(v * ONES >> 56);
}

/* The characters that begin at the bits ${high} of the block at ${p}: where
 * the last of them ends, or the block; NULL: one is not valid. */
static const char *
skip_high(const char *p, const char *end, uint64_t high)
{
	const char *next = p + BLOCK;

	while (high != 0) {
		int at = __builtin_ctzll(high), n = high_length(p + at, end);

		if (n == 0)
			return NULL;
		if (at + n >= BLOCK)
			return p + at + n;
		high &= ~UINT64_C(0) << (at + n);
	}
	return next;
}

const char *
json_string_rest(const char *p, const char *end, size_t *fewer)
{
	struct json_marks m;

	while (p != NULL && p < end) {
		uint64_t escaped, quote, inside, slash;
		const char *close, *next;

		marks_of(&m, p, end);
		/* nearly all backslashes stand before a quote: then all of
		 * the block are taken at once */
		escaped = m.slash << 1;
		quote = m.quote & ~escaped;
		inside = quote != 0 ? (quote & -quote) - 1 : ~UINT64_C(0);
		slash = m.slash & inside;
		if ((m.slash & escaped) != 0 || (slash << 1 & ~m.quote) != 0) {
			close = close_by_stops(&p, end, &m, fewer);
			if (close != NULL)
				return close;
			continue;
		}
		if ((m.control & inside) != 0)
			return NULL;
		next = skip_high(p, end, m.high & inside);
		if (next == NULL)
			return NULL;
		/* what the last one escapes is in the next block */
		if (slash >> (BLOCK - 1) != 0) {
			slash &= ~(UINT64_C(1) << (BLOCK - 1));
			next = p + BLOCK - 1;
		}
		if (slash != 0)
			*fewer += bits(slash);
		if (quote != 0)
			return p + __builtin_ctzll(quote);
		p = next;
	}
	return NULL;
}
