#ifndef LIB_BASE_JSON_STRING_H
#define LIB_BASE_JSON_STRING_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Functions for x86-64 processors with AVX2, whatever the compiler was told. */
#if defined(__x86_64__) && defined(__SSE2__)
#define JSON_WIDE __attribute__((target("avx2,bmi,popcnt")))
#endif

/*
 * JSON strings (RFC 8259, section 7), of which a table mostly consists.
 *
 * There are two readers. json_string_plain goes byte by byte and knows where
 * and why it stopped: it is the reference. json_string_close is the fast one.
 * It tests 16 or 64 bytes at once for quotes, backslashes, control characters
 * and non-ASCII, and looks at those alone. It accepts exactly what the plain
 * one accepts; for everything else it returns NULL, and callers that need to
 * know where ask the plain one.
 *
 * On x86-64 the 16 bytes are one vector, as every such processor has SSE2, and
 * the 64 bytes two where it has AVX2, as nearly all have since 2013. Elsewhere
 * they are words, with the same result; a walk over a page of sessions then
 * takes 2.2 times as long (byte by byte: 4 times).
 */

/* The first byte of a word is the lowest. */
static inline uint64_t
json_word(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	return w;
}

/* ${p} is at the opening quote. Returns the byte after the closing quote, or
 * NULL with *${bad} at the wrong byte. Pure. */
const char *json_string_plain(const char *p, const char *end, const char **bad);

/*
 * Decode the escape at *${p} of a checked string into ${out}, and move *${p}
 * past it. Returns the number of bytes (1..4). A surrogate pair is one
 * character; a lone surrogate is U+FFFD.
 */
int json_unescape(const char **p, const char *end, char out[4]);

/* Of 64 bytes: bit i is set when byte i is one of these. */
struct json_marks {
	uint64_t quote;
	uint64_t slash;   /* a backslash */
	uint64_t control; /* below 0x20 */
	uint64_t high;    /* not ASCII */
};

/* The same bits from words, for processors without SSE2 and for the tests. */
unsigned json_stops_portable(const char *p);
void json_marks_portable(struct json_marks *m, const char *p);

/* Of 16 bytes: bit i is set when byte i is any of the four. */
static inline unsigned
json_stops(const char *p)
{
#ifdef __SSE2__
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
	__m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
	/* signed: a byte that is not ASCII is negative, so below 0x20 */
	__m128i odd = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));

	return (unsigned)_mm_movemask_epi8(
	    _mm_or_si128(_mm_or_si128(quote, slash), odd));
#else
	return json_stops_portable(p);
#endif
}

#ifdef __SSE2__
/* The highest bit of each byte of four vectors. No loop: compilers do not
 * unroll it, and it takes half as long again. */
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

/* json_string_close of a string that does not end in its first 16 bytes: the
 * best for this processor, and each by itself, for the tests. */
const char *json_string_rest(const char *p, const char *end, size_t *fewer);
const char *json_string_rest_narrow(const char *p, const char *end,
    size_t *fewer);
#ifdef JSON_WIDE
void json_marks_wide(struct json_marks *m, const char *p);
const char *json_string_rest_wide(const char *p, const char *end,
    size_t *fewer);
#endif

/*
 * The closing quote of the string whose opening quote is just before ${p}, or
 * NULL if there is no valid one up to ${end}. Adds to *${fewer} the number of
 * bytes that decoding its escapes saves. Pure.
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
