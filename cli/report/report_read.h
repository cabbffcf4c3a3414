#ifndef CLI_REPORT_REPORT_READ_H
#define CLI_REPORT_REPORT_READ_H

#include "cli/report/report.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/slice.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/scan.h"

struct codec;
struct fault;

/* Figures in a report are below 2^53, so that the sum over many machines fits
 * into int64. */
#define REPORT_FIGURE_MAX ((INT64_C(1) << 53) - 1)

/*
 * A report of inspect, read back from its JSON: writing ${report} again gives
 * the same text, byte for byte, unless it names prices that this program does
 * not have. A missing sum of ages is derived from the middles of the buckets.
 * This owns what ${report} points to.
 */
struct report_read {
	struct report report;
	struct key_schema schema;
	struct rules rules;
	struct summary summary;
	struct report_shards shards;
	int64_t have[SCAN_SHARD_SEGMENTS];
	char *repeat;
};

/* Read ${doc}, which faults call ${name}. All of it is checked: a report whose
 * figures contradict each other is refused. To be released in either case. */
int report_read(struct report_read *out, struct slice doc, const char *name,
    struct fault *f);
void report_read_release(struct report_read *r);

/* For report_json.c: write or read what a report is of, which part of the table
 * was read, and what that took (report_fields.c). */
void report_fields_head(struct codec at);
void report_fields_part(struct codec at);
void report_fields_work(struct codec at);
/* Free the texts that report_fields_head read. */
void report_fields_release(struct report *r);

/* What two reports differ in, in words; NULL: they can be added up. */
const char *report_fields_difference(const struct report *a,
    const struct report *b);
/* Add what reading took to ${to}. */
void report_fields_add(struct report *to, const struct report *part);

#endif
