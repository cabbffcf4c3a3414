#ifndef CLI_COMMAND_WRITE_TOTALS_H
#define CLI_COMMAND_WRITE_TOTALS_H

struct context;
struct fault;
struct report_sweep;

/*
 * Write the totals of a write: to standard output as --format says (text
 * nothing with -q, when all went well: ${rc} 0), and to --metrics-file, also
 * of a dry run.
 */
int write_totals_file(struct context *c, const struct report_sweep *r, int rc,
    struct fault *f);

#endif
