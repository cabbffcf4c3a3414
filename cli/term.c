#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/term.h"
#include "lib/base/buf.h"
#include "lib/base/shlex.h"
#include "lib/base/text.h"

#define WIDTH_MIN 20
#define CELLS_MAX 10000

/* The size of the terminal ${fd}, at least ${least}: ${variable}, else its own
 * rows or columns, else ${other}. */
static int
size_of(const char *variable, int fd, bool rows, int least, int other)
{
	const char *text = getenv(variable);
	struct winsize size = { 0 };
	int64_t n;

	if (text != NULL && text_int_parse(text, least, CELLS_MAX, &n) == 0)
		return (int)n;
	(void)ioctl(fd, TIOCGWINSZ, &size);
	n = rows ? size.ws_row : size.ws_col;
	return n == 0 ? other : n < least ? least : (int)n;
}

int
term_width(int fd, int other)
{
	return size_of("COLUMNS", fd, false, WIDTH_MIN, other);
}

int
term_height(int fd, int other)
{
	return size_of("LINES", fd, true, 2, other);
}

bool
term_draws(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term != NULL && term[0] != '\0' &&
	    strcmp(term, "dumb") != 0 && strcmp(term, "unknown") != 0;
}

bool
term_piped(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	    (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

bool
term_color(int fd, int when)
{
	const char *no = getenv("NO_COLOR");
	const char *force = getenv("CLICOLOR_FORCE");

	if (when != TERM_AUTO)
		return when == TERM_ALWAYS;
	if (no != NULL && no[0] != '\0')
		return false;
	if (force != NULL && force[0] != '\0' && strcmp(force, "0") != 0)
		return true;
	return term_draws(fd);
}

bool
term_foreground(int fd)
{
	return isatty(fd) && tcgetpgrp(fd) == getpgrp();
}

void
term_escape(struct buf *out, const char *p, size_t n, const char *keep,
    bool ascii)
{
	const char *end = p + n;

	while (p < end) {
		const char *from = p;

		while (p < end && (*p == '\0' || strchr(keep, *p) == NULL))
			p++;
		text_escape(out, from, (size_t)(p - from), ascii);
		if (p < end)
			buf_addc(out, *p++);
	}
}

void
term_tame(struct buf *out, const char *p, size_t n, bool ascii)
{
	term_escape(out, p, n, "\\\n\t", ascii);
}

/* Whether a terminal shows ${s} as it is, on one line. */
static bool
shows(const char *s, bool ascii)
{
	struct buf shown = { 0 };
	bool same;

	term_tame(&shown, s, strlen(s), ascii);
	same = strcmp(buf_text(&shown), s) == 0 && strpbrk(s, "\n\t") == NULL;
	buf_release(&shown);
	return same;
}

void
term_command(struct buf *out, const char *line, bool ascii)
{
	char **words = shows(line, ascii) ? NULL : shlex_split(line);

	if (words == NULL) {
		term_tame(out, line, strlen(line), ascii);
		return;
	}
	for (size_t i = 0; words[i] != NULL; i++) {
		buf_adds(out, i > 0 ? " " : "");
		if (shows(words[i], ascii))
			shlex_quote(out, words[i]);
		else
			shlex_quote_octal(out, words[i]);
	}
	shlex_free(words);
}
