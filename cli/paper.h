#ifndef CLI_PAPER_H
#define CLI_PAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/report.h"
#include "dynamodb/slice.h"

struct summary_key;

/*
 * What text reports are written on: words wrapped to a width, colours where
 * they are wanted, figures as people read them.
 */
struct paper {
	struct buf *out;
	struct report_style style;
};

/* Codes of colours, for paper_sgr and grid_cell. */
#define PAPER_BOLD "1"
#define PAPER_DIM "2"
#define PAPER_RED "31"
#define PAPER_GREEN "32"
#define PAPER_YELLOW "33"
#define PAPER_MAGENTA "35"

/* ${code} where there is colour, else NULL. */
const char *paper_sgr(const struct paper *p, const char *code);
/* An empty line and a heading. */
void paper_heading(const struct paper *p, const char *text);
/*
 * Wrap ${text} at blanks, but not behind a digit; ${indent} blanks before
 * each line. ${code}: its colour, NULL for none.
 */
void paper_words(const struct paper *p, int indent, const char *text,
    const char *code);
/* The width text is wrapped at. */
int paper_width(const struct paper *p);

/* Add a bar of ${cells} · value / most, at least a sliver for what is not
 * 0. */
void paper_bar(const struct paper *p, struct buf *out, int64_t value,
    int64_t most, int cells);
/* Add "12.3 %", never "0.0 %" for some nor "100.0 %" for not all. */
void paper_share(struct buf *out, int64_t part, int64_t whole);
/* Add "14 973", "1.4 KiB", "3 d 4 h". */
void paper_count(struct buf *out, int64_t v);
void paper_bytes(struct buf *out, int64_t v);
void paper_span(struct buf *out, int64_t seconds);
/* Add "1 entry", "14 973 entries". */
void paper_entries(struct buf *out, int64_t n);
/* Add "0.009 USD" with as many digits as it takes. */
void paper_usd(struct buf *out, double usd);
/* Add ${n} units: "15 021", or "128.5" when it is not whole. */
void paper_units(struct buf *out, double n);
/* Add a key, or what inspector/mask.h made of one, harmless. */
void paper_shown(const struct paper *p, struct buf *out, struct slice key);
/* Add a key of a summary, which is masked already, and its sort key. */
void paper_summary_key(const struct paper *p, struct buf *out,
    const struct summary_key *key);
/* Add other people's text, harmless. */
void paper_text(const struct paper *p, struct buf *out, const char *s);

struct plan_pace;
/* Add "10 read units and 5 write units a second", "5 write units a second,
 * reads unlimited", "reads and writes unlimited". */
void paper_pace(struct buf *out, const struct plan_pace *pace);
/* Add "; at 5 write units a second that takes 12 min", where so many units take
 * a minute or longer. */
void paper_takes(struct buf *out, const struct plan_pace *pace, double reads,
    double writes);

/* The lines that say what the report is about. */
void paper_place(const struct paper *p, const struct report_place *place);
/* Add "ttlsweep COMMAND -t T --region R --endpoint-url U", quoted, with the
 * options to repeat. */
void paper_command(struct buf *out, const char *command,
    const struct report_place *place);

#endif
