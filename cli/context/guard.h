#ifndef CLI_CONTEXT_GUARD_H
#define CLI_CONTEXT_GUARD_H

#include <stdbool.h>
#include <stdint.h>

struct context;
struct ddb_table;
struct fault;
struct options;
struct sweep_totals;
struct sweep_lock;

/*
 * What stands before a write, for purge and restore.
 */

/* Seconds. Writes in another region arrive here within a few; a condition
 * that looks back this far is not taken in by one that has not yet. A repair
 * needs it as well: the last writer wins, and what it wrote would take the
 * place of a renewal elsewhere. */
#define GUARD_REPLICA_OVERDUE INT64_C(900)

/* What is known before a run; the pure checks below look at it, for doctor,
 * too. Each is 0, or -1 with FAULT_REFUSED: purge --yes refuses. */
struct guard {
	const struct options *o;
	const struct ddb_table *table;
	bool clock_known; /* the service's */
	int64_t skew_ms;  /* service's clock less ours */
	int64_t here_ms;  /* our clock, since the epoch */
	bool changes;     /* entries that are there are written to */
};
/* The clocks agree, or the time to judge by is given. */
int guard_clocks(const struct guard *g, struct fault *f);
/* --now is not after the earlier of the two clocks. */
int guard_now(const struct guard *g, struct fault *f);
/* The table takes writes. */
int guard_table(const struct guard *g, struct fault *f);
/* Its replicas allow conditions to hold. */
int guard_replicas(const struct guard *g, struct fault *f);

/*
 * The clocks agree, --now is not ahead of them, the table takes writes, and
 * (${changes}: entries that are there are written to) its replicas allow
 * conditions to hold. With ${execute} -1 and
 * FAULT_REFUSED when not; a dry run only warns.
 */
int guard_check(struct context *c, bool changes, bool execute, struct fault *f);

/* The same of the time that a run goes on with (cli/context/resume.h), for it
 * comes from a file: to be asked once that is read. */
int guard_resumed(struct context *c, bool execute, struct fault *f);

/* Say in one line who is about to do what where, and take the lock of the
 * table. NULL with the fault. */
struct sweep_lock *guard_enter(struct context *c, const char *doing,
    struct fault *f);

/*
 * What a write leaves behind: entries that failed are named. The exit
 * status: 3 when some failed, ${status} else; -1 with the fault when the
 * totals do not balance (${f} NULL: it is said at once).
 */
int guard_leave(struct context *c, const struct sweep_totals *t, int status,
    struct fault *f);

#endif
