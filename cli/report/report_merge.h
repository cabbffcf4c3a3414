#ifndef CLI_REPORT_REPORT_MERGE_H
#define CLI_REPORT_REPORT_MERGE_H

struct fault;
struct options;
struct log;

/*
 * inspect --merge: add up the reports (JSON) that the operands name, which are
 * of shards of one table, to the report that one machine would have written,
 * and print it. All must be of the same table, key, TTL setting, time and
 * options, and contain each shard once; --partial allows missing ones. Units,
 * pages, requests and retries are the sum over all machines, the seconds those
 * of the slowest. A single report of a whole table is printed again, in
 * another format.
 */
int report_merge(const struct options *o, struct log *log, struct fault *f);

#endif
