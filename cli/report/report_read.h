#ifndef CLI_REPORT_REPORT_READ_H
#define CLI_REPORT_REPORT_READ_H

#include "cli/report/report.h"
#include "inspector/record.h"
#include "inspector/summary.h"
#include "lib/base/slice.h"
#include "lib/dynamodb/item.h"
#include "lib/dynamodb/scan.h"

struct fault;

/* A figure in a report is below 2^53: so many machines' add up in int64. */
#define REPORT_FIGURE_MAX ((INT64_C(1) << 53) - 1)

/*
 * A report of inspect, read back from its JSON: ${report} written again is
 * the same text, byte for byte, but where it names prices that this program
 * does not have. Where the sum of ages is missing, it is told from the middles
 * of the buckets. What ${report} points to belongs to this.
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

/* Read ${doc}; ${name} is what faults call it. All of it is checked: a report
 * whose figures contradict each other is refused. To be released in either
 * case. */
int report_read(struct report_read *out, struct slice doc, const char *name,
    struct fault *f);
void report_read_release(struct report_read *r);

#endif
