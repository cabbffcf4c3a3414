#ifndef SWEEP_RESTORE_LOOK_H
#define SWEEP_RESTORE_LOOK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "inspector/pass.h"
#include "inspector/record.h"
#include "sweep/ceiling.h"

struct images;
struct lock;
struct restore;
struct sweep_totals;

/* What the workers of a restore share. */
struct restore_state {
	const struct restore *r;
	struct images *images;
	bool second;       /* the walk for what comes after the newest */
	atomic_int mode;   /* enum ddb_batch_mode */
	struct lock *lock; /* all below; woken when an entry is settled */
	struct sweep_totals *totals;
	struct account account;
	int64_t done;   /* entries put back or looked up, for the progress */
	int under_way;  /* entries reserved and not settled */
	int64_t after;  /* entries for the second walk */
	int64_t to_put; /* a dry run's entries to be put back */
};

/* Write units of a put of ${r} that meets an entry: no index is written. Pure.
 */
int64_t restore_refused(const struct record *r);
/* An image of ${state} is put back, or would be; ${endless}: it has no expiry
 * time; ${changes}: it undoes a repair of an entry that is there. The lock is
 * held. */
void restore_count_put(struct restore_state *run, enum state state,
    bool endless, bool changes);

/* An image that is not its entry's newest counts as present. The lock is held.
 */
void restore_count_older(struct restore_state *run);

/* A dry run of a restore, after all files were checked: look up which keys are
 * in use, without writing. The pass's ctx is a struct restore_state. */
extern const struct pass_sink restore_look;

#endif
