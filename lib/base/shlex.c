#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/shlex.h"

#define BLANKS " \t\r\n"

/* Read the word at ${s} into ${to}; returns where it ends, or NULL. */
static const char *
word(const char *s, char *to)
{
	char quote = '\0';

	for (; *s != '\0' && (quote != '\0' || strchr(BLANKS, *s) == NULL);
	     s++) {
		if (quote != '\0' && *s == quote) {
			quote = '\0';
		} else if (quote == '\0' && (*s == '"' || *s == '\'')) {
			quote = *s;
		} else if (*s == '\\' && quote != '\'') {
			if (*++s == '\0')
				return NULL;
			if (quote == '"' && *s != '"' && *s != '\\')
				*to++ = '\\';
			*to++ = *s;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
	return quote == '\0' ? s : NULL;
}

char **
shlex_split(const char *s)
{
	char **list = xcalloc(1, sizeof(*list));
	size_t n = 0;

	for (;;) {
		s += strspn(s, BLANKS);
		if (*s == '\0')
			return list;
		list = xreallocarray(list, n + 2, sizeof(*list));
		list[n] = xmalloc(strlen(s) + 1);
		list[n + 1] = NULL;
		s = word(s, list[n++]);
		if (s == NULL) {
			shlex_free(list);
			return NULL;
		}
	}
}

void
shlex_free(char **list)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		free(list[i]);
	free(list);
}

void
shlex_quote(struct buf *out, const char *s)
{
	if (s[0] != '\0' && s[0] != '~' &&
	    s[strspn(s,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789@%+=:,./_-~")] == '\0') {
		buf_adds(out, s);
		return;
	}
	buf_addc(out, '\'');
	for (; *s != '\0'; s++)
		if (*s == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, *s);
	buf_addc(out, '\'');
}

void
shlex_quote_octal(struct buf *out, const char *s)
{
	buf_adds(out, "\"$(printf '");
	for (; *s != '\0'; s++)
		if (*s == '%')
			buf_adds(out, "%%");
		else if (*s < 0x20 || *s > 0x7e || strchr("'\\", *s) != NULL)
			buf_addf(out, "\\%03o", (unsigned char)*s);
		else
			buf_addc(out, *s);
	buf_adds(out, "')\"");
}
