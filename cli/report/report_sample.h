#ifndef CLI_REPORT_REPORT_SAMPLE_H
#define CLI_REPORT_REPORT_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "inspector/estimate.h"
#include "inspector/record.h"

struct buf;
struct emit;
struct report;
struct report_shards;

/* What a report says if it is an estimate, or of a part of the table. */

/* Whether an entry in ${state} could be selected. */
bool report_sample_possible(const struct report *r, enum state state);
/* The range of the entries in ${state}; none is pending where TTL does not
 * act. Only for a sample. */
struct estimate report_sample_state(const struct report *r, enum state state);
void report_sample_estimate(const struct estimate *e, struct buf *line);

/* Add the range of a count of which ${seen}, with ${squares}, were seen
 * (inspector/estimate.h), "1 200 to 1 900". Only for a sample. */
void report_sample_span(const struct report *r, int64_t seen, double squares,
    struct buf *line);
/* Add " (1 200 to 1 900)"; nothing if it is not a sample. */
void report_sample_range(const struct report *r, int64_t seen, double squares,
    struct buf *line);

/* Add "shard 1 of 4", "shards 1, 3 of 4"; ${shard}: "shard" or "Shard". */
void report_sample_shards(const struct report_shards *s, const char *shard,
    struct buf *line);

/* Add what comes before the number of entries that were read, if anything:
 * "Shard 1 of 4 only. ", "INCOMPLETE: ... ", "An estimate from a sample: ...
 * Read: ". */
void report_sample_words(const struct report *r, struct buf *line);

/* Add why the estimate may be wrong, by the table's own count; or nothing. */
void report_sample_doubt(const struct report *r, struct buf *line);

/* The section about what the estimate does not cover, and what it saved. */
void report_sample_section(struct emit *e, const struct report *r);

#endif
