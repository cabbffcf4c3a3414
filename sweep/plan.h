#ifndef SWEEP_PLAN_H
#define SWEEP_PLAN_H

#include <stdint.h>

struct ddb_table;

/*
 * How fast a sweep goes and how long it takes, before it begins: purge, its
 * dry run and doctor say the same because they ask here. All pure.
 */
struct plan_pace {
	double reads;  /* units a second; 0: no limit */
	double writes; /* of the table and its indexes together */
};

/*
 * The pace on ${t}. ${max_rcu} and ${max_wcu}, what the user allows (0: no
 * limit), < 0 where it is left to us: then a quarter of what the table can do,
 * for others may use it too, and for writes no more than a quarter of what any
 * of its global indexes can; at least one.
 */
struct plan_pace plan_pace(const struct ddb_table *t, int64_t max_rcu,
    int64_t max_wcu);

/* Seconds that so many units take at ${pace}; 0: no limit holds them up. */
double plan_seconds(const struct plan_pace *pace, double reads, double writes);

#endif
