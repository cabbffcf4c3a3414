#ifndef CLI_REPORT_TEXT_REPORT_H
#define CLI_REPORT_TEXT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/report/report.h"
#include "lib/base/slice.h"

struct summary_key;

/*
 * Text reports: where they are written, words wrapped to a width, colors, and
 * the phrases that several of them use.
 */
struct text_report {
	struct buf *out;
	struct report_style style;
};

/* Codes of colors, for text_report_sgr and text_table_cell. */
#define TEXT_REPORT_BOLD "1"
#define TEXT_REPORT_DIM "2"
#define TEXT_REPORT_RED "31"
#define TEXT_REPORT_GREEN "32"
#define TEXT_REPORT_YELLOW "33"
#define TEXT_REPORT_MAGENTA "35"

/* The style for standard output; ${color} is the value of --color. */
struct report_style text_report_style(int color);
/* ${code} if the report has color, else NULL. */
const char *text_report_sgr(const struct text_report *p, const char *code);
/* Add ${text}, already escaped, in the color ${code}. */
void text_report_colored(const struct text_report *p, const char *code,
    const char *text);
/* An empty line and a heading. */
void text_report_heading(const struct text_report *p, const char *text);
/* Wrap ${text} at spaces, but not after a digit, each line indented by
 * ${indent}; ${code} is its color, NULL for none. */
void text_report_words(const struct text_report *p, int indent,
    const char *text, const char *code);
/* Add a bar of ${cells} * value / most, at least a sliver unless ${value} is
 * 0. */
void text_report_bar(const struct text_report *p, struct buf *out,
    int64_t value, int64_t most, int cells);
/* Add a key of a summary, which is already masked, and its sort key. */
void text_report_summary_key(const struct text_report *p, struct buf *out,
    const struct summary_key *key);
/* Add other people's text, escaped. */
void text_report_text(const struct text_report *p, struct buf *out,
    const char *s);

/* Add the name of an attribute, escaped; in quotes if it could be read as TTL
 * itself, as TTL could. */
void text_report_attribute(const struct text_report *p, struct buf *out,
    const char *name);

/* Add "10 read units and 5 write units a second", "5 write units a second,
 * reads unlimited", "reads and writes unlimited". */
void text_report_pace(struct buf *out, const struct plan_pace *pace);
/* Add "; at 5 write units a second that takes 12 min"; nothing if it takes
 * less than a minute. */
void text_report_takes(struct buf *out, const struct plan_pace *pace,
    double reads, double writes);

/* The line above a report: other people's text. */
void text_report_title(const struct text_report *p, const char *name);
/* What the report is about, the table or the file that was read: borrowed,
 * and other people's text. */
const char *text_report_name(const struct report_place *place);
/* Add where it is, "region eu-west-1, account ..."; nothing if unknown. */
void text_report_where(const struct text_report *p, struct buf *line,
    const struct report_place *place);
/* Add "ttlsweep COMMAND -t T --region R --endpoint-url U", quoted, with the
 * options to repeat. */
void text_report_command(struct buf *out, const char *command,
    const struct report_place *place);
/* Add the AWS CLI's command that switches TTL ${on} or off for ${attribute} of
 * the table, with region, endpoint and profile, so that it never acts on a
 * table of the same name elsewhere. */
void text_report_ttl_command(struct buf *out, const struct report_place *place,
    bool on, const char *attribute);

#endif
