#ifndef CLI_REPORT_HTML_H
#define CLI_REPORT_HTML_H

#include <stddef.h>

struct buf;

/* Text on its way into a page. */

/* Add ${p}[0..n), harmless already, with HTML's own characters escaped. */
void html_escape(struct buf *out, const char *p, size_t n);
/* … as text of which a figure is not torn from what stands behind it. */
void html_text(struct buf *out, const char *s);
/* Add other people's bytes: made harmless, escaped, and kept from deciding in
 * which direction the text around them runs. */
void html_foreign(struct buf *out, const char *p, size_t n);
/* Add "<${tag}>", the text, "</…>"; ${tag} may have attributes. */
void html_element(struct buf *out, const char *tag, const char *text);

#endif
