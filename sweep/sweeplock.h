#ifndef SWEEP_SWEEPLOCK_H
#define SWEEP_SWEEPLOCK_H

struct fault;

/*
 * One writer a table on this machine: flock on a file named by SHA-256 of
 * endpoint and table ARN, in /run/lock/ttlsweep, which all users share, else
 * in /tmp/ttlsweep-UID, else in $XDG_RUNTIME_DIR/ttlsweep-UID: of the user's
 * own the one first that is the same whether cron or a login starts us. No
 * symbolic link is followed. Who held a file alone removes it; a process that
 * is killed, and shards, leave the table's there, unlocked.
 */
struct sweeplock;

struct sweeplock_options {
	const char *endpoint;
	const char *arn;   /* or the table's name where there is no ARN */
	int shard, shards; /* shards 0: the whole table, exclusive; else the
			      table shared and the shard exclusive */
};

/* The folders to try, in this order; NULL: none such. For tests. */
struct sweeplock_places {
	const char *shared; /* made with mode 1777 */
	const char *own[2]; /* made with mode 0700, and must be ours */
};

/* FAULT_LOCKED when another holds it. */
struct sweeplock *sweeplock_take(const struct sweeplock_options *o,
    struct fault *f);
struct sweeplock *sweeplock_take_in(const struct sweeplock_places *places,
    const struct sweeplock_options *o, struct fault *f);
/* NULL is fine. */
void sweeplock_release(struct sweeplock *l);

#endif
