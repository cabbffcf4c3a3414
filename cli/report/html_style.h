#ifndef CLI_REPORT_HTML_STYLE_H
#define CLI_REPORT_HTML_STYLE_H

/* The style sheet of the page that emit_html.c makes. */
extern const char html_style[];

#endif
