#ifndef CLI_CONTEXT_GUARD_H
#define CLI_CONTEXT_GUARD_H

#include <stdbool.h>

struct ceilings;
struct context;
struct fault;
struct sweep_totals;
struct sweep_lock;

/*
 * What purge, repair and restore do before and after they write. What is safe
 * is decided in sweep/plan.h.
 */

/* The limits that the options set. -1: the price of a unit is unknown. */
int guard_ceilings(struct ceilings *c, struct context *x, struct fault *f);

/* Refuse a run that writes (-1); of a dry run warn, and note it in ${c}. */
int guard_refuse(struct context *c, bool execute, const struct fault *why,
    struct fault *f);

/*
 * The plan's checks (sweep/plan.h); ${changes}: existing entries are written
 * to. With ${execute} -1 and FAULT_REFUSED if one fails; a dry run only warns.
 */
int guard_check(struct context *c, bool changes, bool execute, struct fault *f);

/* plan_ttl at the time of the run. */
int guard_ttl(const struct context *c, struct fault *f);

/* Check the time of a continued run (context_resume), which is from a file. */
int guard_resumed(struct context *c, bool execute, struct fault *f);

/* Note in one line what is done where, and take the table's lock. NULL with the
 * fault. */
struct sweep_lock *guard_enter(struct context *c, const char *doing,
    struct fault *f);

/* The command that restores ${journal}, as term_command writes it. The caller
 * frees it. */
char *guard_undo(const struct context *c, const char *journal);

/*
 * Warn of entries that failed. The exit status: 3 if any failed, else
 * ${status}; -1 with the fault if the totals do not balance (${f} NULL: another
 * fault is reported, so this is a warning).
 */
int guard_leave(struct context *c, const struct sweep_totals *t, int status,
    struct fault *f);

#endif
