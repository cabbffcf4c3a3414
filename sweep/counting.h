#ifndef SWEEP_COUNTING_H
#define SWEEP_COUNTING_H

struct fault;
struct purge;
struct sweep_totals;

/*
 * --max-percent: a pass over ${p}->counting that only counts, before any
 * write. 0: no more than may be; 1: too many, or the deadline came, and
 * ${totals} say so, all that was counted being skipped; -1.
 */
int counting_run(const struct purge *p, struct sweep_totals *totals,
    struct fault *f);

#endif
