#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

#include "lib/base/buf.h"
#include "lib/base/decimal.h"
#include "lib/base/text.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define HASH_DIGITS 6
#define LEAST 8    /* cells: a shorter piece says nothing */
#define NUMBER 200 /* characters: DynamoDB writes even 1E-130 in full */

bool
text_locale_utf8(void)
{
	const char *set = nl_langinfo(CODESET);

	return strcasecmp(set, "UTF-8") == 0 || strcasecmp(set, "utf8") == 0;
}

const char *
text_ellipsis(bool ascii)
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

/* The length of the "…" and hash that a masked key ends with, or 0. */
static size_t
hash_bytes(const char *p, size_t n, bool ascii)
{
	size_t dots = strlen(text_ellipsis(ascii)), tail = dots + HASH_DIGITS;

	if (n < tail || memcmp(p + n - tail, text_ellipsis(ascii), dots) != 0)
		return 0;
	for (size_t i = n - HASH_DIGITS; i < n; i++)
		if (p[i] == '\0' || strchr("0123456789abcdef", p[i]) == NULL)
			return 0;
	return tail;
}

/* The length of the longest beginning of ${p}[0..n) that fits into ${cells};
 * *${took} is how many it takes. */
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
	const char *dots = text_ellipsis(ascii), *tail = dots;
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

int
text_utf8(const char *p, const char *end)
{
	const unsigned char *s = (const unsigned char *)p;
	size_t n = (size_t)(end - p);
	unsigned char lo = 0x80, hi = 0xbf;
	int length;

	if (n == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	length = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (n < (size_t)length)
		return 0;
	if (s[0] == 0xe0)
		lo = 0xa0; /* overlong */
	else if (s[0] == 0xed)
		hi = 0x9f; /* surrogates */
	else if (s[0] == 0xf0)
		lo = 0x90; /* overlong */
	else if (s[0] == 0xf4)
		hi = 0x8f; /* past U+10FFFF */
	if (s[1] < lo || s[1] > hi)
		return 0;
	for (int i = 2; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

bool
text_is_utf8(const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end) {
		int length = text_utf8(p, end);

		if (length == 0)
			return false;
		p += length;
	}
	return true;
}

bool
text_ends_in(const char *p, size_t n, const char *ending)
{
	size_t k = strlen(ending);

	return n > k && memcmp(p + n - k, ending, k) == 0;
}

int
text_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/*
 * Characters that a terminal might obey or show as something else: general
 * categories Cc, Cf, Zl and Zp of Unicode 15, and what is reserved for more of
 * them. is_unsafe finds the noncharacters at the end of each plane.
 */
static const struct {
	uint32_t first, last;
} unsafe[] = {
	/* clang-format off */
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad },
	{ 0x0600, 0x0605 }, { 0x061c, 0x061c }, { 0x06dd, 0x06dd },
	{ 0x070f, 0x070f }, { 0x0890, 0x0891 }, { 0x08e2, 0x08e2 },
	{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff },
	{ 0xfff0, 0xfffb }, { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
	{ 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe00ff },
	/* clang-format on */
};

static bool
is_unsafe(uint32_t c)
{
	if ((c & 0xfffe) == 0xfffe)
		return true;
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		if (c >= unsafe[i].first && c <= unsafe[i].last)
			return true;
	return false;
}

static uint32_t
code_point(const char *p, int length)
{
	static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = (unsigned char)p[0] & mask[length];

	for (int i = 1; i < length; i++)
		c = c << 6 | ((unsigned char)p[i] & 0x3f);
	return c;
}

static void
escape_byte(struct buf *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char text[4] = { '\\', 'x', hex[c >> 4], hex[c & 15] };

	if (c == '\n')
		buf_adds(out, "\\n");
	else if (c == '\t')
		buf_adds(out, "\\t");
	else if (c == '\r')
		buf_adds(out, "\\r");
	else if (c == '\\')
		buf_adds(out, "\\\\");
	else
		buf_add(out, text, sizeof(text));
}

void
text_escape(struct buf *out, const char *p, size_t n, bool ascii)
{
	const char *end = p + n, *plain = p;

	while (p < end) {
		unsigned char c = (unsigned char)*p;
		int length = 1;

		if (c >= 0x20 && c < 0x7f && c != '\\') {
			p++;
			continue;
		}
		if (c >= 0x80) {
			length = text_utf8(p, end);
			if (length > 0 && !ascii &&
			    !is_unsafe(code_point(p, length))) {
				p += length;
				continue;
			}
		}
		buf_add(out, plain, (size_t)(p - plain));
		if (length == 3 && ascii && memcmp(p, ELLIPSIS, 3) == 0) {
			buf_adds(out, text_ellipsis(true));
			p += length;
		} else {
			for (int i = 0; i < length || i == 0; i++)
				escape_byte(out, (unsigned char)*p++);
		}
		plain = p;
	}
	buf_add(out, plain, (size_t)(p - plain));
}

void
text_percent(struct buf *out, const char *p, size_t n)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-._~";

	for (; n > 0; p++, n--)
		if (*p != '\0' && strchr(plain, *p) != NULL)
			buf_addc(out, *p);
		else
			buf_addf(out, "%%%02X", (unsigned char)*p);
}

int
text_width(const char *p, size_t n)
{
	const char *end = p + n;
	mbstate_t state = { 0 };
	int width = 0;

	if (!text_locale_utf8())
		return (int)n;
	while (p < end) {
		wchar_t c;
		size_t length;
		int cells;

		if ((unsigned char)*p < 0x80) {
			width++;
			p++;
			continue;
		}
		length = mbrtowc(&c, p, (size_t)(end - p), &state);
		if (length == 0 || length > (size_t)(end - p)) {
			state = (mbstate_t){ 0 };
			length = 1;
			cells = 1;
		} else {
			cells = wcwidth(c);
		}
		/* unassigned, for this libc: most are narrow */
		width += cells < 0 ? 1 : cells;
		p += length;
	}
	return width;
}

/* Read digits at ${s}, a number up to ${limit}. Returns where they end, or
 * NULL. */
static const char *
digits(const char *s, uint64_t limit, uint64_t *v)
{
	uint64_t u = 0;

	if (*s < '0' || *s > '9')
		return NULL;
	for (; *s >= '0' && *s <= '9'; s++) {
		uint64_t digit = (uint64_t)(*s - '0');

		if (digit > limit || u > (limit - digit) / 10)
			return NULL;
		u = u * 10 + digit;
	}
	*v = u;
	return s;
}

int
text_int_parse(const char *s, int64_t lo, int64_t hi, int64_t *v)
{
	bool negative = *s == '-';
	uint64_t u;
	int64_t got;

	if (*s == '-' || *s == '+')
		s++;
	s = digits(s, (uint64_t)INT64_MAX + (negative ? 1 : 0), &u);
	if (s == NULL || *s != '\0')
		return -1;
	got = negative ? (int64_t)(0 - u) : (int64_t)u;
	if (got < lo || got > hi)
		return -1;
	*v = got;
	return 0;
}

int
text_duration_parse(const char *s, int64_t *seconds)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { '\0', 1 }, { 's', 1 }, { 'm', 60 }, { 'h', 3600 },
		{ 'd', 86400 }, { 'w', 604800 } };
	uint64_t u;

	s = digits(s, INT64_MAX, &u);
	if (s == NULL)
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (*s == units[i].letter && (*s == '\0' || s[1] == '\0')) {
			if (u > (uint64_t)(INT64_MAX / units[i].seconds))
				return -1;
			*seconds = (int64_t)u * units[i].seconds;
			return 0;
		}
	return -1;
}

int
text_size_parse(const char *s, int64_t *bytes)
{
	static const char letters[] = "kKmMgGtT";
	const char *letter;
	uint64_t u;
	int shift = 0;

	s = digits(s, INT64_MAX, &u);
	if (s == NULL)
		return -1;
	if (*s != '\0' && (letter = strchr(letters, *s)) != NULL) {
		shift = (int)((letter - letters) / 2 + 1) * 10;
		s++;
		if (*s == 'i' && (s[1] == 'B' || s[1] == 'b'))
			s++;
	}
	if (*s == 'B' || *s == 'b')
		s++;
	if (*s != '\0' || u > (uint64_t)INT64_MAX >> shift)
		return -1;
	*bytes = (int64_t)(u << shift);
	return 0;
}

void
text_span(char out[32], int64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" },
		{ 1, "s" } };
	const char *sign = seconds < 0 ? "-" : "";
	uint64_t u = seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds;
	unsigned long long big, small;
	size_t i = 0;

	while (i < 3 && u < units[i].seconds)
		i++;
	big = u / units[i].seconds;
	small = i < 3 ? u % units[i].seconds / units[i + 1].seconds : 0;
	if (small > 0)
		(void)snprintf(out, 32, "%s%llu %s %llu %s", sign, big,
		    units[i].name, small, units[i + 1].name);
	else
		(void)snprintf(out, 32, "%s%llu %s", sign, big, units[i].name);
}

void
text_count(char out[32], int64_t v)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	char text[32];
	size_t at = sizeof(text);

	text[--at] = '\0';
	for (int i = 0; i == 0 || u > 0; i++, u /= 10) {
		if (i > 0 && i % 3 == 0)
			text[--at] = ' ';
		text[--at] = (char)('0' + u % 10);
	}
	if (v < 0)
		text[--at] = '-';
	memcpy(out, text + at, sizeof(text) - at);
}

void
text_bytes(char out[32], int64_t v)
{
	static const char names[] = "KMGTPE";
	const char *sign = v < 0 ? "-" : "";
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, whole = u;
	uint64_t tenths = 0;
	int i = 0;

	/* 1 048 575 B, rounded, are 1.0 MiB */
	for (; whole >= 1024 && i < 6; i++) {
		uint64_t unit = (uint64_t)1 << (i + 1) * 10;

		whole = u / unit;
		tenths = (u % unit * 10 + unit / 2) / unit;
		if (tenths == 10) {
			whole++;
			tenths = 0;
		}
	}
	if (i == 0)
		(void)snprintf(out, 32, "%s%d B", sign, (int)whole);
	else
		(void)snprintf(out, 32, "%s%d.%d %ciB", sign, (int)whole,
		    (int)tenths, names[i - 1]);
}

#define DISTANCE_MAX 64

int
text_distance(const char *a, const char *b)
{
	size_t na = strnlen(a, DISTANCE_MAX), nb = strnlen(b, DISTANCE_MAX);
	int row[DISTANCE_MAX + 1];

	for (size_t j = 0; j <= nb; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= na; i++) {
		int diagonal = row[0];

		row[0] = (int)i;
		for (size_t j = 1; j <= nb; j++) {
			int best = diagonal + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[nb];
}

char
text_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
text_same_fold(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_lower(a[i]) != text_lower(b[i]))
			return false;
	return true;
}
