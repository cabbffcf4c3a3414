#include <stdbool.h>

#include "lib/base/json_string.h"
#include "lib/base/text.h"
#ifdef JSON_WIDE
#include <immintrin.h>
#endif

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

typedef void marker(struct json_marks *m, const char *p);
typedef size_t counter(uint64_t v);

/* The marks of the less than 64 bytes up to ${end}, as if NULs followed. */
static void
marks_of_rest(struct json_marks *m, const char *p, const char *end,
    marker *marks)
{
	char last[BLOCK] = { 0 };

	memcpy(last, p, (size_t)(end - p));
	marks(m, last);
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

/* What a block says: where the string closes; or NULL, and where to go on, NULL
 * if it is not valid. */
struct found {
	const char *close, *next;
};

/* Look at one mark of the block at ${p} after the other. */
static struct found
close_by_stops(const char *p, const char *end, const struct json_marks *m,
    size_t *fewer)
{
	uint64_t stops = m->quote | m->slash | m->control | m->high;
	struct found found = { NULL, p + BLOCK };

	while (stops != 0) {
		const char *at = p + __builtin_ctzll(stops);
		int n = 0;

		if (at < end && *at == '"') {
			found.close = at;
			break;
		}
		if (at < end && *at == '\\') {
			n = end - at > 1 && is_escaped(at[1]) ? 2 : 0;
			*fewer += n == 2;
			if (n == 0)
				n = unicode_length(at, end, fewer);
		} else if (at < end && (unsigned char)*at >= 0x20) {
			n = text_utf8(at, end);
		}
		if (n == 0) {
			found.next = NULL;
			break;
		}
		if (at + n >= p + BLOCK) {
			found.next = at + n;
			break;
		}
		stops &= ~UINT64_C(0) << (at + n - p);
	}
	return found;
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

/* The quotes that are not behind a backslash, … */
static inline __attribute__((always_inline)) uint64_t
bare_quotes(const struct json_marks *m)
{
	return m->quote & ~(m->slash << 1);
}

/* … and the places before the first of them. */
static inline __attribute__((always_inline)) uint64_t
before(uint64_t quotes)
{
	return quotes != 0 ? (quotes & -quotes) - 1 : ~UINT64_C(0);
}

/* A block whose backslashes all escape quotes, but for a last one. */
static inline __attribute__((always_inline)) struct found
close_at_once(const char *p, const char *end, const struct json_marks *m,
    size_t *fewer, counter *count)
{
	uint64_t quote = bare_quotes(m), inside = before(quote);
	uint64_t slash = m->slash & inside;
	struct found found = { NULL, p + BLOCK };

	if ((m->control & inside) != 0)
		return (struct found){ NULL, NULL };
	if ((m->high & inside) != 0)
		found.next = skip_high(p, end, m->high & inside);
	if (found.next == NULL)
		return found;
	/* the last backslash escapes the next block's first byte */
	if (slash >> (BLOCK - 1) != 0) {
		slash &= ~(UINT64_C(1) << (BLOCK - 1));
		found.next = p + BLOCK - 1;
	}
	if (slash != 0)
		*fewer += count(slash);
	if (quote != 0)
		found.close = p + __builtin_ctzll(quote);
	return found;
}

/* Whether all backslashes before the closing quote escape quotes, but for a
 * last one, which is not settled here. Nearly all blocks are so. */
static inline __attribute__((always_inline)) bool
only_quotes(const struct json_marks *m)
{
	uint64_t inside = before(bare_quotes(m));

	return (m->slash & m->slash << 1) == 0 &&
	    ((m->slash & inside) << 1 & ~m->quote) == 0;
}

/* json_string_rest by one of the ways to find marks and to count bits. It is
 * compiled for each of them: a call for each block would cost more than it
 * saves. */
static inline __attribute__((always_inline)) const char *
rest(const char *p, const char *end, size_t *fewer, marker *marks,
    counter *count)
{
	struct json_marks m;
	struct found found;

	while (p != NULL && p < end) {
		if (end - p >= BLOCK)
			marks(&m, p);
		else
			marks_of_rest(&m, p, end, marks);
		if (only_quotes(&m))
			found = close_at_once(p, end, &m, fewer, count);
		else
			found = close_by_stops(p, end, &m, fewer);
		if (found.close != NULL)
			return found.close;
		p = found.next;
	}
	return NULL;
}

#ifdef JSON_WIDE
/* The highest bit of each byte of two vectors. */
static inline JSON_WIDE uint64_t
wide_bits(__m256i a, __m256i b)
{
	return (uint64_t)(uint32_t)_mm256_movemask_epi8(a) |
	    (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

static inline __attribute__((always_inline)) JSON_WIDE void
wide_marks(struct json_marks *m, const char *p)
{
	const __m256i *v = (const __m256i *)(const void *)p;
	__m256i a = _mm256_loadu_si256(v), b = _mm256_loadu_si256(v + 1);
	__m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\');
	__m256i low = _mm256_set1_epi8(0x20);

	m->quote =
	    wide_bits(_mm256_cmpeq_epi8(a, quote), _mm256_cmpeq_epi8(b, quote));
	m->slash =
	    wide_bits(_mm256_cmpeq_epi8(a, slash), _mm256_cmpeq_epi8(b, slash));
	m->high = wide_bits(a, b);
	m->control = ~m->high &
	    wide_bits(_mm256_cmpgt_epi8(low, a), _mm256_cmpgt_epi8(low, b));
}

JSON_WIDE void
json_marks_wide(struct json_marks *m, const char *p)
{
	wide_marks(m, p);
}

static inline __attribute__((always_inline)) JSON_WIDE size_t
wide_bits_set(uint64_t v)
{
	return (size_t)__builtin_popcountll(v);
}

JSON_WIDE const char *
json_string_rest_wide(const char *p, const char *end, size_t *fewer)
{
	return rest(p, end, fewer, wide_marks, wide_bits_set);
}
#endif

const char *
json_string_rest_narrow(const char *p, const char *end, size_t *fewer)
{
	return rest(p, end, fewer, json_marks, bits);
}

const char *
json_string_rest(const char *p, const char *end, size_t *fewer)
{
#ifdef JSON_WIDE
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt"))
		return json_string_rest_wide(p, end, fewer);
#endif
	return json_string_rest_narrow(p, end, fewer);
}
