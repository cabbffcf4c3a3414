#ifndef SWEEP_CEILING_H
#define SWEEP_CEILING_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Limits that stop a run. What an entry may cost is
 * reserved before its delete is sent and settled after, so that a ceiling
 * is overshot by no more than what was in flight cost above its estimate.
 */
enum ceiling {
	CEILING_ITEMS,    /* never one more entry */
	CEILING_PERCENT,  /* of what was scanned: a counting pass first */
	CEILING_UNITS,    /* write units */
	CEILING_COST,     /* US dollars */
	CEILING_DEADLINE, /* seconds since the start */
	CEILINGS
};

/* "max-items", …: the option's name and the report's word. */
const char *ceiling_name(enum ceiling c);

struct ceilings {
	bool given[CEILINGS];
	int64_t items;
	double percent;
	double units;
	double usd;
	double usd_per_unit; /* of a write unit */
	int64_t deadline;    /* seconds */
};

/* The running account. All zero but for ceilings and begun_us is a fresh
 * one; its owner locks it. */
struct account {
	const struct ceilings *ceilings;
	int64_t begun_us;
	int64_t items;
	double reserved; /* by what is in flight */
	double spent;
};

/* Take one entry of ${units} on: -1 and it is reserved, or the ceiling that
 * forbids it. Pure but for ${a}. */
int account_take(struct account *a, double units, int64_t now_us);
/* The entry taken on last turned out not to be written to: it counts as none
 * of the items. */
void account_spare(struct account *a);
/* An entry of ${units} was forbidden by ${which}: whether a fresh account
 * with the same ceilings would forbid it, too. Pure. */
bool ceiling_always(const struct ceilings *c, enum ceiling which, double units);
/* ${reserved} of it turned out to cost ${cost}. */
void account_settle(struct account *a, double reserved, double cost);
/* When the deadline passes, by the clock of begun_us; INT64_MAX: never. */
int64_t account_deadline(const struct account *a);
/* Whether the deadline has passed. */
bool account_late(const struct account *a, int64_t now_us);
/* ${matched} of ${scanned} is more than may be purged. Pure. */
bool ceiling_percent_passed(const struct ceilings *c, int64_t matched,
    int64_t scanned);

#endif
