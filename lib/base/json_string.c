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

/* The highest bit of each byte of ${w} that is not zero. */
static uint64_t
not_zero(uint64_t w)
{
	return ((w & LOWS) + LOWS) | w;
}

/* json_stops of the eight bytes at ${p}. No sum carries from one byte into the
 * next, so that each has its own bit right. */
static unsigned
stops_of_word(const char *p)
{
	uint64_t w, go;

	memcpy(&w, p, sizeof(w));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	go = not_zero(w ^ ONES * '"') & not_zero(w ^ ONES * '\\') &
	    ((w & LOWS) + ONES * (0x80 - 0x20)) & ~w & HIGHS;
	/* the eight bits, side by side: bit 8i goes to 56 + i */
	return (
	    unsigned)(((go ^ HIGHS) >> 7) * UINT64_C(0x0102040810204080) >> 56);
}

unsigned
json_stops_portable(const char *p)
{
	return stops_of_word(p) | stops_of_word(p + 8) << 8;
}

/* The same of the 64 bytes at ${p}; what lies behind ${end} is a stop. */
static uint64_t
stops_of_block(const char *p, const char *end)
{
	char last[BLOCK];
	uint64_t stops = 0;

	if (end - p < BLOCK) {
		memset(last, 0, sizeof(last));
		memcpy(last, p, (size_t)(end - p));
		p = last;
	}
	for (int i = 0; i < BLOCK / 16; i++)
		stops |= (uint64_t)json_stops(p + 16 * i) << 16 * i;
	return stops;
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

/* The length of the character at ${p}, at which a block stopped and which is
 * no quote; 0: it may not stand there. */
static inline int
stopped_length(const char *p, const char *end, size_t *fewer)
{
	if (*p == '\\') {
		if (end - p < 2 || !is_escaped(p[1]))
			return unicode_length(p, end, fewer);
		*fewer += 1;
		return 2;
	}
	return (unsigned char)*p < 0x20 ? 0 : text_utf8(p, end);
}

const char *
json_string_rest(const char *p, const char *end, size_t *fewer)
{
	while (p < end) {
		uint64_t stops = stops_of_block(p, end);
		const char *at = p, *next = p + BLOCK;

		while (stops != 0) {
			int n;

			at = p + __builtin_ctzll(stops);
			if (at >= end)
				return NULL;
			if (*at == '"')
				return at;
			n = stopped_length(at, end, fewer);
			if (n == 0)
				return NULL;
			at += n;
			if (at >= next) {
				next = at;
				break;
			}
			stops &= ~UINT64_C(0) << (at - p);
		}
		p = next;
	}
	return NULL;
}
