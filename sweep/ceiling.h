#ifndef SWEEP_CEILING_H
#define SWEEP_CEILING_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Limits that stop a run. What an entry may cost is reserved before its delete
 * is sent and settled after, so that a ceiling is overshot only by what the
 * requests in flight cost above their estimates.
 */
enum ceiling {
	CEILING_ITEMS,    /* never one more entry */
	CEILING_PERCENT,  /* of what was scanned: a counting pass first */
	CEILING_UNITS,    /* write units */
	CEILING_COST,     /* US dollars */
	CEILING_DEADLINE, /* seconds since the start */
	CEILINGS
};

/* "max-items", …: as in the option and the report. */
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

/* What a run has used. A new one is zero but for ceilings and begun_us. Its
 * owner locks it. */
struct account {
	const struct ceilings *ceilings;
	int64_t begun_us;
	int64_t items;
	double reserved; /* units of requests in flight */
	double spent;
};

/* Reserve ${units} for one entry: -1, or the ceiling that forbids it. */
int account_take(struct account *a, double units, int64_t now_us);
/* An entry turned out to need no write: it does not count as an item. */
void account_spare(struct account *a);
/* ${which} has forbidden an entry of ${units}: whether it would in a new run,
 * too. Pure. */
bool ceiling_always(const struct ceilings *c, enum ceiling which, double units);
/* What ${reserved} units were reserved for has cost ${cost}. */
void account_settle(struct account *a, double reserved, double cost);
/* The deadline, by the clock of begun_us; INT64_MAX: none. */
int64_t account_deadline(const struct account *a);
bool account_late(const struct account *a, int64_t now_us);
/* Whether ${matched} of ${scanned} is more than --max-percent. Pure. */
bool ceiling_percent_passed(const struct ceilings *c, int64_t matched,
    int64_t scanned);

#endif
