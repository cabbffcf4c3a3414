#ifndef CLI_REPORT_REPORT_SAMPLE_H
#define CLI_REPORT_REPORT_SAMPLE_H

#include <stdint.h>

struct buf;
struct emit;
struct estimate;
struct report;

/* What a report says of being an estimate, or of a part of the table. Each
 * adds nothing where it is not. */

/* The range of a count of which ${seen} were seen, with ${squares}: what
 * inspector/estimate.h makes of it. Only for a sample. */
struct estimate report_sample_count(const struct report *r, int64_t seen,
    double squares);
/* Add "1 200 to 1 900". Only for a sample. */
void report_sample_span(const struct report *r, int64_t seen, double squares,
    struct buf *line);
/* Add " (1 200 to 1 900)". */
void report_sample_range(const struct report *r, int64_t seen, double squares,
    struct buf *line);

/* Add "A sample: 102 of 1 024 segments, chosen at random (10.0 %). …",
 * "Shard 1 of 4 only. ", "INCOMPLETE: … ", in front of what was read. */
void report_sample_words(const struct report *r, struct buf *line);

/* Why the estimate may be wrong: what the table's own count says. */
void report_sample_doubt(const struct report *r, struct buf *line);

/* What the estimate does not cover, and what it saved. */
void report_sample_section(struct emit *e, const struct report *r);

#endif
