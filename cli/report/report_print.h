#ifndef CLI_REPORT_REPORT_PRINT_H
#define CLI_REPORT_REPORT_PRINT_H

struct fault;
struct options;
struct report;
struct log;

/* An alert threshold of inspect was passed: its exit status. */
#define REPORT_ALERT 5

/* Write ${r} in --format to --output, and warn of each alert threshold that it
 * passes: 0, REPORT_ALERT, or -1. */
int report_print(const struct options *o, const struct report *r,
    struct log *log, struct fault *f);

#endif
