#ifndef LIB_BASE_JSON_STRING_H
#define LIB_BASE_JSON_STRING_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * JSON's strings (RFC 8259, section 7), of which a table nearly all consists.
 *
 * There are two ways through one. json_string_plain goes byte by byte and
 * knows where and why it stopped: its word is the rule. json_string_close is
 * the fast one. It asks of 16 or 64 bytes at once which of them are a quote, a
 * backslash, a control character or no ASCII, and looks at those alone. It
 * accepts what the plain one accepts; about the rest it says NULL and no more,
 * and whoever needs to know where asks the plain one.
 *
 * On x86-64 the 16 bytes are one vector, as every such processor has SSE2.
 * Elsewhere they are two words; both give the same bits, and nothing else
 * depends on which it was. With words the walk over a page of sessions takes
 * 2.2 times as long (and byte by byte, 4 times).
 */

/* Behind the closing quote of the string that begins with the quote at ${p};
 * or NULL, with *${bad} at the byte that cannot stand there. Pure. */
const char *json_string_plain(const char *p, const char *end, const char **bad);

/*
 * Decode the escape at *${p} of a checked string into ${out}; returns the
 * bytes it gives (1..4) and moves *${p} behind it. Surrogate pairs are one
 * character; a lone one is U+FFFD.
 */
int json_unescape(const char **p, const char *end, char out[4]);

/* Of 64 bytes: bit i is set when byte i is one of these. */
struct json_marks {
	uint64_t quote;
	uint64_t slash;   /* a backslash */
	uint64_t control; /* below 0x20 */
	uint64_t high;    /* no ASCII */
};

/* The same bits from words, for processors without SSE2 and for the tests. */
unsigned json_stops_portable(const char *p);
void json_marks_portable(struct json_marks *m, const char *p);

/* Bit i: byte i of the 16 at ${p} is marked by any of the four. */
static inline unsigned
json_stops(const char *p)
{
#ifdef __SSE2__
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
	__m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
	/* signed: what is no ASCII is below zero, and so below 0x20 */
	__m128i odd = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));

	return (unsigned)_mm_movemask_epi8(
	    _mm_or_si128(_mm_or_si128(quote, slash), odd));
#else
	return json_stops_portable(p);
#endif
}

#ifdef __SSE2__
/* The highest bit of each byte of four vectors. They are written out: a loop
 * over them is not unrolled and takes half as long again. */
static inline uint64_t
json_bits(__m128i a, __m128i b, __m128i c, __m128i d)
{
	return (uint64_t)_mm_movemask_epi8(a) |
	    (uint64_t)_mm_movemask_epi8(b) << 16 |
	    (uint64_t)_mm_movemask_epi8(c) << 32 |
	    (uint64_t)_mm_movemask_epi8(d) << 48;
}
#endif

/* The marks of the 64 bytes at ${p}. */
static inline void
json_marks(struct json_marks *m, const char *p)
{
#ifdef __SSE2__
	const __m128i *v = (const __m128i *)(const void *)p;
	__m128i a = _mm_loadu_si128(v), b = _mm_loadu_si128(v + 1);
	__m128i c = _mm_loadu_si128(v + 2), d = _mm_loadu_si128(v + 3);
	__m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
	__m128i low = _mm_set1_epi8(0x20);

	m->quote = json_bits(_mm_cmpeq_epi8(a, quote), _mm_cmpeq_epi8(b, quote),
	    _mm_cmpeq_epi8(c, quote), _mm_cmpeq_epi8(d, quote));
	m->slash = json_bits(_mm_cmpeq_epi8(a, slash), _mm_cmpeq_epi8(b, slash),
	    _mm_cmpeq_epi8(c, slash), _mm_cmpeq_epi8(d, slash));
	m->high = json_bits(a, b, c, d);
	m->control = ~m->high &
	    json_bits(_mm_cmplt_epi8(a, low), _mm_cmplt_epi8(b, low),
		_mm_cmplt_epi8(c, low), _mm_cmplt_epi8(d, low));
#else
	json_marks_portable(m, p);
#endif
}

/* json_string_close of what does not end within the first 16 bytes. */
const char *json_string_rest(const char *p, const char *end, size_t *fewer);

/*
 * The closing quote of the string whose first byte behind its opening quote is
 * ${p}; NULL: up to ${end} there is no valid one. *${fewer} grows by what the
 * escapes are longer than the characters they stand for. Pure.
 */
static inline const char *
json_string_close(const char *p, const char *end, size_t *fewer)
{
	if (end - p >= 16) {
		unsigned stops = json_stops(p);

		p += stops != 0 ? __builtin_ctz(stops) : 16;
		if (stops != 0 && *p == '"')
			return p;
	}
	return json_string_rest(p, end, fewer);
}

#endif
