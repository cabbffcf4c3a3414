#ifndef CLI_COMMAND_WRITE_TOTALS_H
#define CLI_COMMAND_WRITE_TOTALS_H

#include "cli/report/report.h"

struct context;
struct fault;
struct sweep_totals;

/* The parts of a report that purge, repair and restore share; borrowed. */
struct report_sweep write_totals_report(const struct context *c,
    const struct sweep_totals *t);

/*
 * The end of a run that returned ${rc} (< 0: with ${f}), dry runs included:
 * write the report to standard output and --metrics-file, with the command that
 * does what a dry run counted, and say how to undo the run and how to continue.
 * Writes ${r}->run and ->run_note, gone when it returns. Returns the exit
 * status (guard_leave), or -1 with the run's fault or a fault of its own.
 */
int write_totals(struct context *c, struct report_sweep *r, int rc,
    struct fault *f);

#endif
