#ifndef CLI_REPORT_REPORT_SWEEP_H
#define CLI_REPORT_REPORT_SWEEP_H

#include <stdint.h>

#include "sweep/totals.h"

struct buf;
struct report_sweep;
struct text_report;

/* Add " (about 0.01 USD, us-east-1 prices of 2026-05-13)", if the price is
 * known. */
void report_sweep_price(struct buf *line, const struct report_sweep *r);
/* Add "it", "both of them", "all of them" or "5 of them". */
void report_sweep_some(struct buf *line, int64_t n, int64_t of);

/* The table of a sweep's report: what was read, matched, done and left. */
void report_sweep_figures(const struct text_report *p,
    const struct report_sweep *r);

/* What a repair leaves alone, by enum sweep_left: its name, and for people. */
struct report_left {
	const char *name, *note;
};
extern const struct report_left report_sweep_left[SWEEP_LEFT];

#endif
