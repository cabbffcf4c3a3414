#include <string.h>

#include "cli/screen.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"

#define HOME "\033[H"  /* the cursor to the top */
#define WIPE "\033[2J" /* the screen empty */
#define REST "\033[K"  /* the rest of the line empty */
#define BELOW "\033[J" /* all below empty */
#define PLAIN "\033[m" /* a colour that was cut off ends */

/* The length of the first line of ${text}, without its newline. */
static size_t
length(const char *text, size_t n)
{
	const char *end = memchr(text, '\n', n);

	return end != NULL ? (size_t)(end - text) : n;
}

/* How many lines of the terminal it takes; only colours are escapes. */
static int
height(const char *line, size_t n, int columns)
{
	struct buf plain = { 0 };
	int width;

	for (size_t i = 0; i < n; i++) {
		if (line[i] == '\033')
			while (i + 1 < n && line[i] != 'm')
				i++;
		else
			buf_addc(&plain, line[i]);
	}
	width = text_width(buf_text(&plain), plain.n);
	buf_release(&plain);
	return width > columns && columns > 0 ? (width - 1) / columns + 1 : 1;
}

int
screen_lines(const char *text, size_t n, int columns)
{
	int lines = 0;

	for (size_t at = 0; at < n;) {
		size_t one = length(text + at, n - at);

		lines += height(text + at, one, columns);
		at += one + 1;
	}
	return lines;
}

/* Where the last line of ${text} begins. */
static size_t
last_line(const char *text, size_t n)
{
	size_t at = n > 0 ? n - 1 : 0; /* before its newline */

	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

static void
add_line(struct buf *out, const char *line, size_t n)
{
	buf_add(out, line, n);
	buf_adds(out, REST "\n");
}

void
screen_draw(struct buf *out, const char *text, size_t n, int rows, int columns,
    bool first)
{
	/* the cursor ends up below the last line */
	int lines = screen_lines(text, n, columns);
	int room = rows > 2 ? rows - 1 : 1;
	size_t last = last_line(text, n);
	int foot = height(text + last, length(text + last, n - last), columns);
	bool all = lines <= room, keeps = !all && room - 1 > foot;
	size_t end = keeps ? last : n, at = 0;
	int shown = all ? lines : room - 1 - (keeps ? foot : 0);

	buf_adds(out, first ? WIPE HOME : HOME);
	lines -= keeps ? foot : 0;
	while (at < end) {
		size_t one = length(text + at, end - at);
		int takes = height(text + at, one, columns);

		if (takes > shown)
			break;
		add_line(out, text + at, one);
		shown -= takes;
		lines -= takes;
		at += one + 1;
	}
	if (at < end)
		buf_addf(out,
		    PLAIN "(%d more lines: enlarge the window)" REST "\n",
		    lines);
	if (keeps)
		add_line(out, text + last, length(text + last, n - last));
	buf_adds(out, BELOW);
}
