#ifndef CLI_REPORT_HTML_H
#define CLI_REPORT_HTML_H

#include <stddef.h>

struct buf;

/* Text for a page. */

/* Add ${p}[0..n), which is already harmless, with HTML's own characters
 * escaped. */
void html_escape(struct buf *out, const char *p, size_t n);
/* The same of text in which a figure is not separated from what follows it. */
void html_text(struct buf *out, const char *s);
/* Add other people's bytes: made harmless, escaped, and isolated, so that they
 * do not change the direction of the text around them. */
void html_foreign(struct buf *out, const char *p, size_t n);
/* Add "<${tag}>", the text, "</...>"; ${tag} may have attributes. */
void html_element(struct buf *out, const char *tag, const char *text);

/* The style sheet of the page that emit_html.c makes. */
extern const char html_style[];

#endif
