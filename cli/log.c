#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/term.h"
#include "lib/base/buf.h"
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

/* Write one line, "ttlsweep: text", escaped: it may contain bytes of the table.
 * Backslashes stay, for commands that are to be pasted. */
static void
say(struct log *t, const char *fmt, va_list ap)
{
	struct buf text = { 0 }, line = { 0 };

	buf_addv(&text, fmt, ap);
	buf_adds(&line, "ttlsweep: ");
	term_escape(&line, buf_text(&text), text.n, "\\", !text_locale_utf8());
	buf_addc(&line, '\n');
	if (text.n > 0)
		log_write(t, line.p, line.n);
	buf_release(&text);
	buf_release(&line);
}

void
log_note(struct log *t, const char *fmt, ...)
{
	va_list ap;

	if (t->level < 0)
		return;
	va_start(ap, fmt);
	say(t, fmt, ap);
	va_end(ap);
}

void
log_warn(struct log *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(t, fmt, ap);
	va_end(ap);
}

void
log_hook(void *ctx, enum log_level level, const char *text)
{
	struct log *t = ctx;

	if ((int)level <= t->level)
		log_note(t, "%s", text);
}
