#ifndef CLI_REPORT_REPORT_MERGE_H
#define CLI_REPORT_REPORT_MERGE_H

struct fault;
struct options;
struct log;

/*
 * inspect --merge: add up the reports that the operands name, the JSON of
 * shards of one table, to the report that one machine would have written,
 * and print it. All must be of the same table, key, TTL setting, moment and
 * options, and each shard there once; --partial does with fewer. Of what
 * reading took, units, pages, requests and retries are those of all
 * machines together, the seconds those of the slowest. A single report that
 * is of no shard is printed again, in another format.
 */
int report_merge(const struct options *o, struct log *log, struct fault *f);

#endif
