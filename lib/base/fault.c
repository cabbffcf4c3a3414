#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/fault.h"

static void
tame(char *s)
{
	for (; *s != '\0'; s++)
		if (((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t') ||
		    *s == 0x7f)
			*s = '?';
}

int
fault(struct fault *f, enum fault_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (f == NULL)
		return -1;
	f->kind = kind;
	va_start(ap, fmt);
	(void)vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	tame(f->text);
	return -1;
}

int
fault_at(struct fault *f, const char *fmt, ...)
{
	char was[sizeof(f->text)];
	int n;
	va_list ap;

	if (f == NULL)
		return -1;
	va_start(ap, fmt);
	memcpy(was, f->text, sizeof(was));
	n = vsnprintf(f->text, sizeof(f->text) / 2, fmt, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof(f->text) / 2)
		n = (int)(sizeof(f->text) / 2) - 1;
	(void)snprintf(f->text + n, sizeof(f->text) - (size_t)n, ": %.*s",
	    (int)(sizeof(f->text) / 2) - 8, was);
	tame(f->text);
	return -1;
}
