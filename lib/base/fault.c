#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/fault.h"

/* Replace control bytes, which may be other people's. */
static void
sanitize(char *s)
{
	for (; *s != '\0'; s++)
		if (((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t') ||
		    *s == 0x7f)
			*s = '?';
}

int
fault(struct fault *f, enum fault_kind kind, const char *fmt, ...)
{
	char text[sizeof(f->text)];
	va_list ap;

	if (f == NULL)
		return -1;
	f->kind = kind;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	memcpy(f->text, text, strlen(text) + 1);
	sanitize(f->text);
	return -1;
}

int
fault_at(struct fault *f, const char *fmt, ...)
{
	char was[sizeof(f->text)];
	size_t n;
	va_list ap;

	if (f == NULL)
		return -1;
	va_start(ap, fmt);
	memcpy(was, f->text, sizeof(was));
	f->text[0] = '\0';
	(void)vsnprintf(f->text, sizeof(f->text) / 2, fmt, ap);
	va_end(ap);
	n = strlen(f->text);
	(void)snprintf(f->text + n, sizeof(f->text) - n, ": %.*s",
	    (int)(sizeof(f->text) / 2) - 8, was);
	sanitize(f->text);
	return -1;
}
