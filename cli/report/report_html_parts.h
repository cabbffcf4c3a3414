#ifndef CLI_REPORT_REPORT_HTML_PARTS_H
#define CLI_REPORT_REPORT_HTML_PARTS_H

struct buf;
struct report;

/* The style sheet. */
extern const char report_html_style[];

/*
 * Sections of the page, for cli/report/report_html.c; each adds nothing when it
 * has nothing to show. Pictures are SVG that needs no script, and grow with the
 * page: lengths are in percent, so that letters keep their size.
 */
void report_html_states(struct buf *out, const struct report *r);
void report_html_overdue(struct buf *out, const struct report *r);
void report_html_upcoming(struct buf *out, const struct report *r);
void report_html_groups(struct buf *out, const struct report *r);
void report_html_largest(struct buf *out, const struct report *r);

#endif
