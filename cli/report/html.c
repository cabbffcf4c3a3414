#include <string.h>

#include "cli/report/html.h"
#include "lib/base/buf.h"
#include "lib/base/text.h"

/* Longer ones are cut: no key of DynamoDB's is, but what a file calls a key
 * may be. */
#define FOREIGN_MAX 2048

void
html_escape(struct buf *out, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		switch (p[i]) {
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		case '"':
			buf_adds(out, "&quot;");
			break;
		case '\'':
			buf_adds(out, "&#39;");
			break;
		default:
			buf_addc(out, p[i]);
			break;
		}
}

void
html_text(struct buf *out, const char *s)
{
	for (size_t i = 0; s[i] != '\0'; i++) {
		if (s[i] == ' ' && i > 0 && s[i - 1] >= '0' && s[i - 1] <= '9')
			buf_adds(out, "&#160;");
		else
			html_escape(out, &s[i], 1);
	}
}

void
html_foreign(struct buf *out, const char *p, size_t n)
{
	struct buf text = { 0 };
	size_t keep = n;

	if (n > FOREIGN_MAX)
		/* not inside of a character */
		for (keep = FOREIGN_MAX; keep > FOREIGN_MAX - 4 &&
		     ((unsigned char)p[keep] & 0xc0) == 0x80;)
			keep--;
	text_escape(&text, p, keep, false);
	buf_adds(out, "<bdi>");
	html_escape(out, buf_text(&text), text.n);
	buf_adds(out, "</bdi>");
	if (keep < n)
		buf_addf(out, "\xe2\x80\xa6 (%zu bytes)", n);
	buf_release(&text);
}

void
html_element(struct buf *out, const char *tag, const char *text)
{
	buf_addf(out, "<%s>", tag);
	html_text(out, text);
	buf_addf(out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}
