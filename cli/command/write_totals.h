#ifndef CLI_COMMAND_WRITE_TOTALS_H
#define CLI_COMMAND_WRITE_TOTALS_H

#include "cli/report/report.h"

struct context;
struct fault;
struct sweep_totals;

/* What purge, repair and restore report alike; borrowed. */
struct report_sweep write_totals_report(const struct context *c,
    const char *command, const struct sweep_totals *t);

/*
 * The end of a run that returned ${rc} (< 0: with ${f}): write its totals to
 * standard output as --format says and to --metrics-file, also of a dry run,
 * and say how to undo it and how to go on. The exit status (guard_leave), or
 * -1 with the run's fault or one of its own.
 */
int write_totals(struct context *c, const struct report_sweep *r, int rc,
    struct fault *f);

#endif
