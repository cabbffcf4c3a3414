#ifndef CLI_CONTEXT_GUARD_H
#define CLI_CONTEXT_GUARD_H

#include <stdbool.h>

struct ceilings;
struct context;
struct fault;
struct sweep_totals;
struct sweep_lock;

/*
 * What stands before and behind a write, for purge, repair and restore, by
 * the options and the open context. What is safe is decided in sweep/plan.h.
 */

/* The limits that the options set. -1: what a unit costs is not known. */
int guard_ceilings(struct ceilings *c, struct context *x, struct fault *f);

/*
 * The plan's checks (sweep/plan.h); ${changes}: entries that are there are
 * written to. With ${execute} -1 and FAULT_REFUSED when one fails; a dry run
 * only warns.
 */
int guard_check(struct context *c, bool changes, bool execute, struct fault *f);

/* The TTL values that the options have written are times, judged at the time
 * of the run (sweep/plan.h). */
int guard_ttl(const struct context *c, struct fault *f);

/* guard_check of the time that a run goes on with (context_resume), for
 * it comes from a file: to be asked once that is read. */
int guard_resumed(struct context *c, bool execute, struct fault *f);

/* Say in one line who is about to do what where, and take the lock of the
 * table. NULL with the fault. */
struct sweep_lock *guard_enter(struct context *c, const char *doing,
    struct fault *f);

/* The command that puts back what is in ${journal}, whole: it does so when it
 * is pasted into a shell. The caller frees it. */
char *guard_undo(const struct context *c, const char *journal);

/*
 * What a write leaves behind: entries that failed are named. The exit
 * status: 3 when some failed, ${status} else; -1 with the fault when the
 * totals do not balance (${f} NULL: it is said at once).
 */
int guard_leave(struct context *c, const struct sweep_totals *t, int status,
    struct fault *f);

#endif
