#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/json_string.h"
#include "lib/base/slice.h"
#include "lib/base/text.h"

/* The next piece of decoded text at *${p}, which moves past it: the bytes up to
 * an escape, or an escape, decoded into ${c}. */
static struct slice
next_piece(const char **p, const char *end, char c[4])
{
	const char *begin = *p, *escape;

	if (*begin == '\\')
		return (struct slice){ c, (size_t)json_unescape(p, end, c) };
	escape = memchr(begin, '\\', (size_t)(end - begin));
	*p = escape != NULL ? escape : end;
	return (struct slice){ begin, (size_t)(*p - begin) };
}

size_t
slice_text_length(struct slice text)
{
	const char *p = text.p, *end = text.p + text.n;
	size_t n = 0;
	char c[4];

	while (p < end)
		n += next_piece(&p, end, c).n;
	return n;
}

void
slice_text_decode(struct buf *out, struct slice text)
{
	const char *p = text.p, *end = text.p + text.n;
	char c[4];

	buf_reserve(out, text.n);
	while (p < end) {
		struct slice piece = next_piece(&p, end, c);

		buf_add(out, piece.p, piece.n);
	}
}

bool
slice_text_is(struct slice text, const char *want, size_t n)
{
	const char *p = text.p, *end = text.p + text.n;
	size_t at = 0;
	char c[4];

	if (text.n == 0 || memchr(p, '\\', text.n) == NULL)
		return text.n == n && (n == 0 || memcmp(p, want, n) == 0);
	while (p < end) {
		struct slice piece = next_piece(&p, end, c);

		if (piece.n > n - at ||
		    memcmp(piece.p, want + at, piece.n) != 0)
			return false;
		at += piece.n;
	}
	return at == n;
}

/* Whether ${c} needs no escape between quotes. */
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

struct slice
slice_str(const char *s)
{
	return (struct slice){ s, strlen(s) };
}

static const char *
blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * The scan_ functions take the first byte of a token or value and return the
 * byte after it, or NULL with *${bad} at the wrong byte.
 */
static const char *
refuse(const char *p, const char **bad)
{
	*bad = p;
	return NULL;
}

static const char *
scan_string(const char *p, const char *end, const char **bad)
{
	size_t fewer = 0;
	const char *close = json_string_close(p + 1, end, &fewer);

	return close != NULL ? close + 1 : json_string_plain(p, end, bad);
}

static const char *
scan_digits(const char *p, const char *end, const char **bad)
{
	if (p >= end || !is_digit(*p))
		return refuse(p, bad);
	while (p < end && is_digit(*p))
		p++;
	return p;
}

static const char *
scan_number(const char *p, const char *end, const char **bad)
{
	if (*p == '-')
		p++;
	if (p < end && *p == '0')
		p++;
	else if ((p = scan_digits(p, end, bad)) == NULL)
		return NULL;
	if (p < end && *p == '.' && (p = scan_digits(p + 1, end, bad)) == NULL)
		return NULL;
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		p = scan_digits(p, end, bad);
	}
	return p;
}

static const char *
scan_word(const char *p, const char *end, const char *word, const char **bad)
{
	for (; *word != '\0'; p++, word++)
		if (p >= end || *p != *word)
			return refuse(p, bad);
	return p;
}

/* A value that is neither an object nor an array. */
static const char *
scan_scalar(const char *p, const char *end, const char **bad)
{
	switch (*p) {
	case '"':
		return scan_string(p, end, bad);
	case 't':
		return scan_word(p, end, "true", bad);
	case 'f':
		return scan_word(p, end, "false", bad);
	case 'n':
		return scan_word(p, end, "null", bad);
	default:
		return *p == '-' || is_digit(*p) ? scan_number(p, end, bad)
						 : refuse(p, bad);
	}
}

/* A member's name and colon, up to its value. */
static const char *
scan_name(const char *p, const char *end, const char **bad)
{
	if (p >= end || *p != '"')
		return refuse(p, bad);
	if ((p = scan_string(p, end, bad)) == NULL)
		return NULL;
	p = blanks(p, end);
	if (p >= end || *p != ':')
		return refuse(p, bad);
	return blanks(p + 1, end);
}

/*
 * Any value, without recursion: ${object} has a flag for each level. ${depth}
 * levels are open around it already.
 */
static const char *
scan_value(const char *p, const char *end, int depth, const char **bad)
{
	unsigned char object[SLICE_DEPTH + 1];
	int base = depth;

	for (;;) {
		/* p is where a value must begin */
		if (p >= end)
			return refuse(end, bad);
		if (*p == '{' || *p == '[') {
			char close = *p == '{' ? '}' : ']';

			if (depth >= SLICE_DEPTH)
				return refuse(p, bad);
			object[depth++] = close == '}';
			p = blanks(p + 1, end);
			if (p >= end || *p != close) {
				if (close == '}' &&
				    (p = scan_name(p, end, bad)) == NULL)
					return NULL;
				continue;
			}
			p++;
			depth--;
		} else if ((p = scan_scalar(p, end, bad)) == NULL) {
			return NULL;
		}
		/* after a value: close levels, or go to the next value */
		for (;;) {
			if (depth == base)
				return p;
			p = blanks(p, end);
			if (p < end && *p == ',') {
				p = blanks(p + 1, end);
				if (object[depth - 1] &&
				    (p = scan_name(p, end, bad)) == NULL)
					return NULL;
				break;
			}
			if (p >= end || *p != (object[depth - 1] ? '}' : ']'))
				return refuse(p, bad);
			p++;
			depth--;
		}
	}
}

int
slice_check(struct slice doc, size_t *where)
{
	struct slice_walk w = slice_walk(doc);
	struct slice value;

	if (slice_value(&w, &value) == 0 && slice_end(&w) == 0)
		return 0;
	if (where != NULL)
		*where = doc.p != NULL ? (size_t)(w.p - doc.p) : 0;
	return -1;
}

struct slice_walk
slice_walk(struct slice doc)
{
	static const char nothing[1] = "";
	const char *p = doc.p != NULL ? doc.p : nothing;

	return (struct slice_walk){ .p = p, .end = p + doc.n };
}

static int
enter(struct slice_walk *w, char open)
{
	w->p = blanks(w->p, w->end);
	if (w->p >= w->end || *w->p != open || w->depth >= SLICE_DEPTH)
		return -1;
	w->p++;
	w->depth++;
	w->fresh = true;
	return 0;
}

int
slice_object(struct slice_walk *w)
{
	return enter(w, '{');
}

int
slice_array(struct slice_walk *w)
{
	return enter(w, '[');
}

/* To the next member or element of a level: 1, 0 after its end, -1. */
static int
next(struct slice_walk *w, char close)
{
	bool fresh = w->fresh;

	w->fresh = false;
	w->p = blanks(w->p, w->end);
	if (w->p >= w->end)
		return -1;
	if (*w->p == close) {
		w->p++;
		w->depth--;
		return 0;
	}
	if (!fresh) {
		if (*w->p != ',')
			return -1;
		w->p = blanks(w->p + 1, w->end);
	}
	return 1;
}

int
slice_member(struct slice_walk *w, struct slice *name)
{
	const char *value;
	int r = next(w, '}');

	if (r != 1)
		return r;
	value = scan_name(w->p, w->end, &w->p);
	if (value == NULL)
		return -1;
	name->p = w->p + 1;
	/* the name ends at the last quote before the colon */
	for (const char *q = value - 1;; q--)
		if (*q == '"') {
			name->n = (size_t)(q - name->p);
			break;
		}
	w->p = value;
	return 1;
}

int
slice_element(struct slice_walk *w)
{
	return next(w, ']');
}

int
slice_value(struct slice_walk *w, struct slice *value)
{
	const char *p;

	w->fresh = false;
	w->p = blanks(w->p, w->end);
	p = scan_value(w->p, w->end, w->depth, &w->p);
	if (p == NULL)
		return -1;
	*value = (struct slice){ w->p, (size_t)(p - w->p) };
	w->p = p;
	return 0;
}

int
slice_string(struct slice_walk *w, struct slice *text)
{
	const char *p;

	w->p = blanks(w->p, w->end);
	if (w->p >= w->end || *w->p != '"')
		return -1;
	w->fresh = false;
	p = scan_string(w->p, w->end, &w->p);
	if (p == NULL)
		return -1;
	*text = (struct slice){ w->p + 1, (size_t)(p - w->p) - 2 };
	w->p = p;
	return 0;
}

int
slice_end(struct slice_walk *w)
{
	w->p = blanks(w->p, w->end);
	return w->p == w->end && w->depth == 0 ? 0 : -1;
}

struct slice
slice_get(struct slice object, const char *name)
{
	struct slice_walk w = slice_walk(object);
	struct slice member, value;
	size_t n = strlen(name);

	if (slice_object(&w) == 0)
		while (slice_member(&w, &member) == 1 &&
		    slice_value(&w, &value) == 0)
			if (slice_text_is(member, name, n))
				return value;
	return (struct slice){ NULL, 0 };
}

struct slice
slice_unquote(struct slice value)
{
	if (value.p == NULL || value.n < 2 || value.p[0] != '"')
		return (struct slice){ NULL, 0 };
	return (struct slice){ value.p + 1, value.n - 2 };
}

int
slice_int(struct slice value, int64_t *v)
{
	char text[32];
	struct slice inner = slice_unquote(value);

	if (inner.p != NULL)
		value = inner;
	if (value.p == NULL || value.n == 0 || value.n >= sizeof(text))
		return -1;
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	return text_int_parse(text, INT64_MIN, INT64_MAX, v);
}
