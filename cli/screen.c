#include <string.h>

#include "cli/screen.h"
#include "lib/base/buf.h"

#define HOME "\033[H"  /* the cursor to the top */
#define WIPE "\033[2J" /* the screen empty */
#define REST "\033[K"  /* the rest of the line empty */
#define BELOW "\033[J" /* all below empty */
#define PLAIN "\033[m" /* a colour that was cut off ends */

static int
count(const char *text, size_t n)
{
	int lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

void
screen_draw(struct buf *out, const char *text, size_t n, int rows, bool first)
{
	/* the cursor comes to stand behind the last line */
	int lines = count(text, n), room = rows > 2 ? rows - 1 : 1;
	int shown = lines <= room ? lines : room - 1;
	const char *p = text;

	buf_adds(out, first ? WIPE HOME : HOME);
	for (int i = 0; i < shown; i++) {
		size_t length = (size_t)((const char *)memchr(p, '\n',
					     n - (size_t)(p - text)) -
		    p);

		buf_add(out, p, length);
		buf_adds(out, REST "\n");
		p += length + 1;
	}
	if (shown < lines)
		buf_addf(out,
		    PLAIN "(%d more lines: enlarge the window)" REST "\n",
		    lines - shown);
	buf_adds(out, BELOW);
}
