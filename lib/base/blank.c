#include <stddef.h>
#include <string.h>

#include "lib/base/blank.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"

/* A beginning of this length is blanked too, as the rest may be cut off. Some
 * 16 bytes at the beginning of a token are the same in all tokens. */
#define SECRET_PART 24
#define BLANK '*'

/* The value of ${n} hex digits at ${p}, or -1. */
static long
hex(const char *p, const char *end, int n)
{
	long v = 0;

	for (int i = 0; i < n; i++) {
		int digit = p + i < end ? text_hex(p[i]) : -1;

		if (digit < 0)
			return -1;
		v = v * 16 + digit;
	}
	return v;
}

/* A character as it reads, in UTF-8, and the number of bytes it takes in the
 * text; 0: none. */
struct read_as {
	char bytes[4];
	size_t n, taken;
};

static struct read_as
of_code(long code, size_t taken)
{
	struct read_as r = { .taken = taken };

	if (code < 0 || code > 0xffff)
		return (struct read_as){ .taken = 0 };
	if (code < 0x80) {
		r.bytes[r.n++] = (char)code;
	} else if (code < 0x800) {
		r.bytes[r.n++] = (char)(0xc0 | code >> 6);
		r.bytes[r.n++] = (char)(0x80 | (code & 0x3f));
	} else {
		r.bytes[r.n++] = (char)(0xe0 | code >> 12);
		r.bytes[r.n++] = (char)(0x80 | (code >> 6 & 0x3f));
		r.bytes[r.n++] = (char)(0x80 | (code & 0x3f));
	}
	return r;
}

/* One byte, as it is. */
static struct read_as
of_byte(char byte, size_t taken)
{
	return (struct read_as){ { byte }, 1, taken };
}

/* &amp; &#38; &#x26; of HTML and XML. */
static struct read_as
entity(const char *p, const char *end)
{
	static const struct {
		const char *name;
		char is;
	} named[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
		{ "&quot;", '"' }, { "&apos;", '\'' } };
	const char *semicolon =
	    memchr(p, ';', end - p < 10 ? (size_t)(end - p) : 10);
	int digits;
	long code = 0;

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		size_t n = strlen(named[i].name);

		if ((size_t)(end - p) >= n && memcmp(p, named[i].name, n) == 0)
			return of_byte(named[i].is, n);
	}
	if (semicolon == NULL || semicolon - p < 3 || p[1] != '#')
		return (struct read_as){ .taken = 0 };
	digits = (int)(semicolon - p) - 2;
	if (p[2] == 'x' || p[2] == 'X') {
		code = digits > 1 ? hex(p + 3, end, digits - 1) : -1;
	} else {
		for (int i = 0; i < digits && code >= 0; i++)
			code = p[2 + i] >= '0' && p[2 + i] <= '9'
			    ? code * 10 + (p[2 + i] - '0')
			    : -1;
	}
	return of_code(code, (size_t)(semicolon - p) + 1);
}

/* The escape at ${p}: JSON's, percent-encoding, or an entity. */
static struct read_as
escape(const char *p, const char *end)
{
	long v;

	switch (*p) {
	case '\\':
		if (end - p < 2)
			break;
		if (p[1] == 'u')
			return of_code(hex(p + 2, end, 4), 6);
		if (strchr("\"\\/", p[1]) != NULL && p[1] != '\0')
			return of_byte(p[1], 2);
		break;
	case '%':
		if ((v = hex(p + 1, end, 2)) >= 0)
			return of_byte((char)v, 3);
		break;
	case '&':
		return entity(p, end);
	default:
		break;
	}
	return (struct read_as){ .taken = 0 };
}

/* Percent-encoded twice: %252F. */
static struct read_as
twice(const char *p, const char *end)
{
	long v = -1;

	if (end - p > 4 && memcmp(p, "%25", 3) == 0)
		v = hex(p + 3, end, 2);
	return v >= 0 ? of_byte((char)v, 5) : (struct read_as){ .taken = 0 };
}

#define WAYS 3

/* The ways to read what is at ${p}, escaped, escaped twice or as it is, that
 * match the beginning of ${secret}. Returns how many. */
static int
ways_of(struct read_as ways[WAYS], const char *p, const char *end,
    const char *secret)
{
	const struct read_as all[WAYS] = { escape(p, end), twice(p, end),
		of_byte(*p, 1) };
	int n = 0;

	for (int i = 0; i < WAYS; i++)
		if (all[i].taken > 0 &&
		    strncmp(all[i].bytes, secret, all[i].n) == 0)
			ways[n++] = all[i];
	return n;
}

/* Match ${secret} from ${p} on as far as possible. Returns where that ends; and
 * *${secret} is what is left of it. */
static const char *
follow(const char *p, const char *end, const char **secret)
{
	struct read_as ways[WAYS];
	int n;

	while (**secret != '\0' && p < end &&
	    (n = ways_of(ways, p, end, *secret)) > 0) {
		for (int i = 0; i < n - 1; i++) {
			const char *rest = *secret + ways[i].n;
			const char *q = follow(p + ways[i].taken, end, &rest);

			if (*rest == '\0') {
				*secret = rest;
				return q;
			}
		}
		p += ways[n - 1].taken;
		*secret += ways[n - 1].n;
	}
	return p;
}

/* How many bytes at ${p} match ${secret} or, if it is long, its beginning. */
static size_t
matched(const char *p, const char *end, const char *secret)
{
	const char *rest = secret, *q = follow(p, end, &rest);

	if (*rest != '\0' && rest - secret < SECRET_PART)
		return 0;
	return (size_t)(q - p);
}

void
blank_secret(struct buf *reply, const char *secret, size_t least)
{
	char *p = reply->p, *end;

	if (reply->n == 0 || *secret == '\0' || strlen(secret) < least)
		return;
	for (end = p + reply->n; p < end;) {
		size_t n = *p == *secret || strchr("\\%&", *p) != NULL
		    ? matched(p, end, secret)
		    : 0;

		memset(p, BLANK, n);
		p += n > 0 ? n : 1;
	}
}
