#include <langinfo.h>
#include <string.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/text.h"

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

/*
 * What a terminal might obey, or show as something else than it is: general
 * categories Cc, Cf, Zl and Zp of Unicode 15, and what is reserved for more
 * of the kind. Noncharacters at the planes' ends are found by arithmetic.
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
		for (int i = 0; i < length || i == 0; i++)
			escape_byte(out, (unsigned char)*p++);
		plain = p;
	}
	buf_add(out, plain, (size_t)(p - plain));
}

int
text_width(const char *p, size_t n)
{
	const char *end = p + n;
	mbstate_t state = { 0 };
	int width = 0;

	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
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
		/* Not yet assigned, says this libc: most are narrow. */
		width += cells < 0 ? 1 : cells;
		p += length;
	}
	return width;
}
