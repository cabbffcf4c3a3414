#ifndef CLI_TOTALS_H
#define CLI_TOTALS_H

struct context;
struct fault;
struct report_sweep;

/*
 * Write the totals of a write: to standard output as --format says (text
 * nothing with -q, when all went well: ${rc} 0), and to --metrics-file, also
 * of a dry run.
 */
int totals_write(struct context *c, const struct report_sweep *r, int rc,
    struct fault *f);

#endif
