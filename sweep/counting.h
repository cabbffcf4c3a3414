#ifndef SWEEP_COUNTING_H
#define SWEEP_COUNTING_H

struct account;
struct fault;
struct purge;
struct sweep_totals;

/*
 * --max-percent: a pass over ${p}->counting that only counts, before any
 * write. 0: no more than may be; 1: too many, and ${totals} say so, all that
 * was counted being skipped; -1, FAULT_LATE when ${account}'s deadline came.
 */
int counting_run(const struct purge *p, const struct account *account,
    struct sweep_totals *totals, struct fault *f);

#endif
