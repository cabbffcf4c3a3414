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

/* Half of the room is for what is added. */
#define HALF (sizeof(((struct fault *)NULL)->text) / 2)

int
fault_at(struct fault *f, const char *fmt, ...)
{
	char place[HALF];
	va_list ap;

	if (f == NULL)
		return -1;
	va_start(ap, fmt);
	(void)vsnprintf(place, sizeof(place), fmt, ap);
	va_end(ap);
	return fault(f, f->kind, "%s: %.*s", place, (int)HALF - 8, f->text);
}

int
fault_add(struct fault *f, const char *fmt, ...)
{
	char more[HALF];
	va_list ap;

	if (f == NULL)
		return -1;
	va_start(ap, fmt);
	(void)vsnprintf(more, sizeof(more), fmt, ap);
	va_end(ap);
	return fault(f, f->kind, "%.*s%s", (int)HALF, f->text, more);
}
