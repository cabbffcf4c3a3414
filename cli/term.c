#include <langinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/term.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"

#define WIDTH_MIN 20
#define WIDTH_MAX 10000
#define HEIGHT_MAX 10000

int
term_width(int fd, int other)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	int64_t n;

	if (columns != NULL &&
	    text_int_parse(columns, WIDTH_MIN, WIDTH_MAX, &n) == 0)
		return (int)n;
	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return other;
	return size.ws_col < WIDTH_MIN ? WIDTH_MIN : size.ws_col;
}

int
term_height(int fd, int other)
{
	const char *lines = getenv("LINES");
	struct winsize size;
	int64_t n;

	if (lines != NULL && text_int_parse(lines, 2, HEIGHT_MAX, &n) == 0)
		return (int)n;
	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
		return other;
	return size.ws_row;
}

bool
term_draws(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term != NULL && term[0] != '\0' &&
	    strcmp(term, "dumb") != 0;
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
term_utf8(void)
{
	const char *set = nl_langinfo(CODESET);

	return strcasecmp(set, "UTF-8") == 0 || strcasecmp(set, "utf8") == 0;
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
