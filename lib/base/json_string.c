#include <stdbool.h>

#include "lib/base/json_string.h"
#include "lib/base/text.h"

#define BLOCK 64
#define ESCAPE 6 /* bytes: \u and four hexadecimal digits */

/* The code unit of the escape of that length at ${p}. */
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
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	const char *which;
	unsigned c;
	int n;

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
	n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (int i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(lead[n] | c);
	return n;
}

/* Whether ${c} may follow a backslash; 'u' is not among them. */
static inline bool
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

/* The byte after the escape at ${p}, or NULL with *${bad} at the wrong byte. */
static const char *
escape_plain(const char *p, const char *end, const char **bad)
{
	const char *q = p + 1;

	if (q < end && is_escaped(*q))
		return q + 1;
	if (q < end && *q == 'u')
		for (q++; q < end && text_hex(*q) >= 0; q++)
			if (q - p == ESCAPE - 1)
				return q + 1;
	*bad = q;
	return NULL;
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

/* In each byte of a word: the lowest bit, all but the highest, the highest. */
#define ONES UINT64_C(0x0101010101010101)
#define LOWS UINT64_C(0x7f7f7f7f7f7f7f7f)
#define HIGHS UINT64_C(0x8080808080808080)

/* The highest bit of each byte of the result: whether that byte of ${w} is
 * ${c}, or below 0x20. No sum carries into the next byte. is_low ignores the
 * highest bit of a byte, so the caller has to mask those that are not ASCII. */
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

/* The highest bit of each byte, side by side: bit 8i + 7 becomes bit i. */
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
		uint64_t w = json_word(p + i);

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
		uint64_t w = json_word(p + i);

		m->quote |= gathered(is_byte(w, '"')) << i;
		m->slash |= gathered(is_byte(w, '\\')) << i;
		m->control |= gathered(is_low(w) & ~w) << i;
		m->high |= gathered(w & HIGHS) << i;
	}
}

/* The marks of the block at ${p}; bytes past ${end} read as NUL. */
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

/* The length of the \u escape at ${p}, or of a surrogate pair; 0 if it is not
 * valid. Adds to *${fewer} what decoding it saves. */
static int
unicode_length(const char *p, const char *end, size_t *fewer)
{
	const char *bad, *behind = escape_plain(p, end, &bad), *at = p;
	char out[4];

	if (behind == NULL)
		return 0;
	/* json_unescape may read the next one, too: it has to be valid */
	if (end - behind >= 2 && behind[0] == '\\' && behind[1] == 'u' &&
	    escape_plain(behind, end, &bad) == NULL)
		return 0;
	*fewer -= (size_t)json_unescape(&at, end, out);
	*fewer += (size_t)(at - p);
	return (int)(at - p);
}

/* The closing quote in the block at *${p}, looking at one mark after the other.
 * NULL if it is not in this block: *${p} is then where to go on, or NULL if the
 * string is not valid. */
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

/* As text_utf8; sequences of two bytes (accented letters) are fast. */
static inline int
high_length(const char *p, const char *end)
{
	unsigned char first = (unsigned char)p[0];

	if (first >= 0xc2 && first < 0xe0 && end - p > 1 &&
	    ((unsigned char)p[1] & 0xc0) == 0x80)
		return 2;
	return text_utf8(p, end);
}

/* How many bits of ${v} are set. The builtin would be a call on x86-64, whose
 * baseline has no such instruction. */
static size_t
bits(uint64_t v)
{
	v -= v >> 1 & ONES * 0x55;
	v = (v & ONES * 0x33) + (v >> 2 & ONES * 0x33);
	v = (v + (v >> 4)) & ONES * 0x0f;
	return (size_t)(v * ONES >> 56);
}

/* Check the characters that begin at the bits ${high} of the block at ${p}.
 * Returns where the last one or the block ends, whichever is later, or NULL if
 * one is not valid. */
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
		/* nearly all backslashes escape a quote: then the whole
		 * block is handled at once */
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
		/* the last backslash escapes the next block's first byte */
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
