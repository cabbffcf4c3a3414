#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/term.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/base/thread.h"

/* Carriage return, erase the line. */
#define ERASE "\r\033[K"

void
log_init(struct log *t, int level)
{
	*t = (struct log){ .lock = lock_new(), .level = level };
}

void
log_release(struct log *t)
{
	lock_free(t->lock);
	*t = (struct log){ 0 };
}

/* There is nowhere to report that standard error fails. */
static void
put(const char *p, size_t n)
{
	(void)file_write(STDERR_FILENO, p, n);
}

void
log_write(struct log *t, const char *p, size_t n)
{
	lock_enter(t->lock);
	if (t->drawn)
		put(ERASE, sizeof(ERASE) - 1);
	t->drawn = false;
	put(p, n);
	lock_leave(t->lock);
}

void
log_draw(struct log *t, const char *p, size_t n)
{
	struct buf line = { 0 };

	lock_enter(t->lock);
	if (n > 0 || t->drawn) {
		buf_adds(&line, ERASE);
		buf_add(&line, p, n);
		put(line.p, line.n);
	}
	t->drawn = n > 0;
	lock_leave(t->lock);
	buf_release(&line);
}

/* Break ${line} at spaces where it is wider than ${width}. */
static void
wrap(struct buf *line, int width)
{
	size_t from = 0, space = 0;

	for (size_t i = 0; i < line->n; i++) {
		if (line->p[i] != ' ' && line->p[i] != '\n')
			continue;
		if (space > from &&
		    text_width(line->p + from, i - from) > width) {
			line->p[space] = '\n';
			from = space + 1;
		}
		space = i;
	}
}

/* Write one line, "ttlsweep: text", escaped: it may contain bytes of the table.
 * Backslashes stay, for commands that are to be pasted. It is broken where it
 * is wider than ${width}. */
static void
say(struct log *t, int width, const char *text)
{
	struct buf line = { 0 };

	if (text[0] == '\0')
		return;
	buf_adds(&line, "ttlsweep: ");
	term_escape(&line, text, strlen(text), "\\", !text_locale_utf8());
	buf_addc(&line, '\n');
	wrap(&line, width);
	log_write(t, line.p, line.n);
	buf_release(&line);
}

/* Of the lines; a file gets them whole. */
static int
line_width(void)
{
	return isatty(STDERR_FILENO) ? term_width(STDERR_FILENO, INT_MAX)
				     : INT_MAX;
}

/* Whether ${text} contains a command, which is to be copied in one piece. */
static bool
has_command(const char *text)
{
	return strstr(text, "ttlsweep ") != NULL ||
	    strstr(text, "run: ") != NULL;
}

static void
say_format(struct log *t, const char *fmt, va_list ap)
{
	struct buf text = { 0 };
	const char *s;

	buf_addv(&text, fmt, ap);
	s = buf_text(&text);
	say(t, has_command(s) ? INT_MAX : line_width(), s);
	buf_release(&text);
}

void
log_note(struct log *t, const char *fmt, ...)
{
	va_list ap;

	if (t->level < 0)
		return;
	va_start(ap, fmt);
	say_format(t, fmt, ap);
	va_end(ap);
}

void
log_warn(struct log *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_format(t, fmt, ap);
	va_end(ap);
}

void
log_fault(struct log *t, const struct fault *f)
{
	say(t, line_width(), f->text);
}

void
log_fault_first(struct log *t, struct fault *f)
{
	log_fault(t, f);
	f->text[0] = '\0';
}

void
log_hook(void *ctx, enum log_level level, const char *text)
{
	struct log *t = ctx;

	if ((int)level <= t->level)
		log_note(t, "%s", text);
}
