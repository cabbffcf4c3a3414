#ifndef CLI_REPORT_TEXT_REPORT_H
#define CLI_REPORT_TEXT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/report/report.h"
#include "lib/base/slice.h"

struct summary_key;

/*
 * What text reports are written on: words wrapped to a width, colours where
 * they are wanted, figures as people read them.
 */
struct text_report {
	struct buf *out;
	struct report_style style;
};

/* Codes of colours, for text_report_sgr and text_table_cell. */
#define TEXT_REPORT_BOLD "1"
#define TEXT_REPORT_DIM "2"
#define TEXT_REPORT_RED "31"
#define TEXT_REPORT_GREEN "32"
#define TEXT_REPORT_YELLOW "33"
#define TEXT_REPORT_MAGENTA "35"

/* ${code} where there is colour, else NULL. */
const char *text_report_sgr(const struct text_report *p, const char *code);
/* An empty line and a heading. */
void text_report_heading(const struct text_report *p, const char *text);
/*
 * Wrap ${text} at blanks, but not behind a digit; ${indent} blanks before
 * each line. ${code}: its colour, NULL for none.
 */
void text_report_words(const struct text_report *p, int indent,
    const char *text, const char *code);

/* Add a bar of ${cells} · value / most, at least a sliver for what is not
 * 0. */
void text_report_bar(const struct text_report *p, struct buf *out,
    int64_t value, int64_t most, int cells);
/* Add "12.3 %", never "0.0 %" for some nor "100.0 %" for not all. */
void text_report_share(struct buf *out, int64_t part, int64_t whole);
/* Add "14 973", "1.4 KiB", "3 d 4 h". */
void text_report_count(struct buf *out, int64_t v);
void text_report_bytes(struct buf *out, int64_t v);
void text_report_span(struct buf *out, int64_t seconds);
/* Add "1 entry", "14 973 entries". */
void text_report_entries(struct buf *out, int64_t n);
/* Add "0.009 USD" with as many digits as it takes. */
void text_report_usd(struct buf *out, double usd);
/* Add ${n} units: "15 021", or "128.5" when it is not whole. */
void text_report_units(struct buf *out, double n);
/* Add a key, or what inspector/mask.h made of one, harmless. */
void text_report_shown(const struct text_report *p, struct buf *out,
    struct slice key);
/* Add a key of a summary, which is masked already, and its sort key. */
void text_report_summary_key(const struct text_report *p, struct buf *out,
    const struct summary_key *key);
/* Add other people's text, harmless. */
void text_report_text(const struct text_report *p, struct buf *out,
    const char *s);

struct plan_pace;
/* Add "10 read units and 5 write units a second", "5 write units a second,
 * reads unlimited", "reads and writes unlimited". */
void text_report_pace(struct buf *out, const struct plan_pace *pace);
/* Add "; at 5 write units a second that takes 12 min", where so many units take
 * a minute or longer. */
void text_report_takes(struct buf *out, const struct plan_pace *pace,
    double reads, double writes);

/* The line above a report, other people's text. */
void text_report_title(const struct text_report *p, const char *name);
/* What the report is about: the file that was read, or the table; borrowed,
 * and other people's. */
const char *text_report_name(const struct report_place *place);
/* Add where that is, "region eu-west-1, account …"; nothing when unknown. */
void text_report_where(const struct text_report *p, struct buf *line,
    const struct report_place *place);
/* Add "ttlsweep COMMAND -t T --region R --endpoint-url U", quoted, with the
 * options to repeat. */
void text_report_command(struct buf *out, const char *command,
    const struct report_place *place);

#endif
