#ifndef SWEEP_LOCK_H
#define SWEEP_LOCK_H

struct fault;

/*
 * One writer a table on this machine: flock on a file that is named by the
 * table, in a directory that all users share, else in one of the user's own,
 * of which that is first which is the same whether cron or a login starts us.
 * No symbolic link is followed. Who held a file alone removes it; a process
 * that is killed, and shards, leave the table's there, unlocked.
 */
struct sweep_lock;

struct sweep_lock_options {
	const char *endpoint;
	const char *arn;   /* or the table's name where there is no ARN */
	const char *id;    /* TableId; NULL or "" where the server tells none */
	int shard, shards; /* shards 0: the whole table, exclusive; else the
			      table shared and the shard exclusive */
};

/* A file name, ttlsweep- and 64 hex digits, with its NUL. */
#define SWEEP_LOCK_NAME (9 + 65)
/*
 * The name of the lock file. It is of the table, however the endpoint is
 * spelled: of its ARN and TableId. Where the server tells no id, its ARN may
 * be the same on every server (DynamoDB Local), so the address and port that
 * the endpoint comes down to take its place; all addresses of this machine
 * are one.
 */
void sweep_lock_name(char out[SWEEP_LOCK_NAME],
    const struct sweep_lock_options *o);

/*
 * The directories to try, in this order; NULL: none such. The shared ones are
 * used where they are there and belong to root or to us, and where others may
 * write to them only with the sticky bit; whoever owns a directory can put
 * another file in the lock's place. One's own are made with mode 0700, and
 * must be ours.
 */
struct sweep_lock_places {
	const char *shared[2];
	const char *own[2];
};

/* /run/lock/ttlsweep where the administrator made one, /run/lock;
 * /tmp/ttlsweep-UID, $XDG_RUNTIME_DIR/ttlsweep-UID. FAULT_LOCKED when another
 * holds it. */
struct sweep_lock *sweep_lock_take(const struct sweep_lock_options *o,
    struct fault *f);
struct sweep_lock *sweep_lock_take_in(const struct sweep_lock_places *places,
    const struct sweep_lock_options *o, struct fault *f);
/* Where it is: the path of the table's file. */
const char *sweep_lock_path(const struct sweep_lock *l);
/* NULL is fine. */
void sweep_lock_release(struct sweep_lock *l);

#endif
