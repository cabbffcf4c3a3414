#ifndef CLI_REPORT_REPORT_SWEEP_H
#define CLI_REPORT_REPORT_SWEEP_H

#include "sweep/totals.h"

struct report_sweep;
struct text_report;

/* The table of a sweep's report: what was read, matched, done and left. */
void report_sweep_figures(const struct text_report *p,
    const struct report_sweep *r);

/* What a repair leaves alone, by enum sweep_left: its name, and for people. */
struct report_left {
	const char *name, *note;
};
extern const struct report_left report_sweep_left[SWEEP_LEFT];

#endif
