#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "dynamodb/slice.h"

/* The value of a hexadecimal digit of a checked escape. */
static unsigned
hex_digit(char c)
{
	return c <= '9' ? (unsigned)(c - '0')
			: (unsigned)((c | 0x20) - 'a') + 10;
}

/* The code unit of the \uXXXX at ${p}. */
static unsigned
unit(const char *p)
{
	unsigned v = 0;

	for (int i = 2; i < 6; i++)
		v = v << 4 | hex_digit(p[i]);
	return v;
}

/*
 * Decode the escape at *${p} of a checked string into ${out}; returns the
 * bytes it gives (1..4) and moves *${p} behind it. Surrogate pairs are one
 * character; a lone one is U+FFFD.
 */
static int
unescape(const char **p, const char *end, char out[4])
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
	*p += 6;
	if (c >= 0xd800 && c <= 0xdbff && end - *p >= 6 && (*p)[0] == '\\' &&
	    (*p)[1] == 'u' && unit(*p) >= 0xdc00 && unit(*p) <= 0xdfff) {
		c = 0x10000 + ((c - 0xd800) << 10) + (unit(*p) - 0xdc00);
		*p += 6;
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

/* The next escape in ${p}..${end}, or ${end}. */
static const char *
find_escape(const char *p, const char *end)
{
	const char *q = p < end ? memchr(p, '\\', (size_t)(end - p)) : NULL;

	return q != NULL ? q : end;
}

size_t
slice_text_length(struct slice text)
{
	const char *p = text.p, *end = text.p + text.n;
	size_t n = 0;
	char c[4];

	while (p < end) {
		const char *q = find_escape(p, end);

		n += (size_t)(q - p);
		p = q;
		if (p < end)
			n += (size_t)unescape(&p, end, c);
	}
	return n;
}

void
slice_text_decode(struct buf *out, struct slice text)
{
	const char *p = text.p, *end = text.p + text.n;
	char c[4];

	buf_reserve(out, text.n);
	while (p < end) {
		const char *q = find_escape(p, end);

		buf_add(out, p, (size_t)(q - p));
		p = q;
		if (p < end) {
			int n = unescape(&p, end, c);

			buf_add(out, c, (size_t)n);
		}
	}
}

bool
slice_text_is(struct slice text, const char *want, size_t n)
{
	const char *p = text.p, *end = text.p + text.n;
	size_t at = 0;
	char c[4];

	if (find_escape(p, end) == end)
		return text.n == n && (n == 0 || memcmp(p, want, n) == 0);
	while (p < end) {
		const char *q = find_escape(p, end);
		size_t run = (size_t)(q - p);

		if (run > n - at || memcmp(p, want + at, run) != 0)
			return false;
		at += run;
		p = q;
		if (p < end) {
			size_t k = (size_t)unescape(&p, end, c);

			if (k > n - at || memcmp(c, want + at, k) != 0)
				return false;
			at += k;
		}
	}
	return at == n;
}

/* A byte that stands for itself between quotes. */
static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void
slice_text_encode(struct buf *out, const char *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const char *end = p + n;

	buf_addc(out, '"');
	while (p < end) {
		const char *run = p;
		unsigned char c;
		int k;

		while (p < end && is_plain((unsigned char)*p))
			p++;
		if (p > run)
			buf_add(out, run, (size_t)(p - run));
		if (p >= end)
			break;
		c = (unsigned char)*p;
		if (c == '"' || c == '\\') {
			buf_addc(out, '\\');
			buf_addc(out, (char)c);
			p++;
		} else if (c < 0x20 || c == 0x7f) {
			char esc[6] = { '\\', 'u', '0', '0', hex[c >> 4],
				hex[c & 15] };

			buf_add(out, esc, sizeof(esc));
			p++;
		} else if ((k = text_utf8(p, end)) > 0) {
			buf_add(out, p, (size_t)k);
			p += k;
		} else {
			buf_adds(out, "\xef\xbf\xbd");
			p++;
		}
	}
	buf_addc(out, '"');
}

void
slice_copy(char *out, size_t size, struct slice value)
{
	struct buf text = { 0 };
	struct slice inner = slice_unquote(value);

	if (inner.p != NULL)
		slice_text_decode(&text, inner);
	(void)snprintf(out, size, "%s", buf_text(&text));
	buf_release(&text);
}
