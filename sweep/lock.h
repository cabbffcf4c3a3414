#ifndef SWEEP_LOCK_H
#define SWEEP_LOCK_H

struct fault;

/*
 * One writer per table on this machine: flock(2) on a file named by the table,
 * in a directory that all users share, else in one of the user's own: first
 * the one that is the same under cron and after a login. Symbolic links are
 * not followed. A file locked exclusively is removed at the end; a killed
 * process, and shards, leave the table's file behind, unlocked.
 */
struct sweep_lock;

struct sweep_lock_options {
	const char *endpoint;
	const char *arn;   /* or the table's name where there is no ARN */
	const char *id;    /* TableId; NULL or "" where the server has none */
	int shard, shards; /* shards 0: the whole table, exclusive; else the
			      table shared and the shard exclusive */
};

/* A file name, ttlsweep- and 64 hex digits, with its NUL. */
#define SWEEP_LOCK_NAME (9 + 65)
/*
 * The name of the lock file, from the table's ARN and TableId, however the
 * endpoint is spelled. Where there is no id (DynamoDB Local), the ARN may be
 * the same on every server, so the endpoint's address and port replace it; all
 * addresses of this machine are one.
 */
void sweep_lock_name(char out[SWEEP_LOCK_NAME],
    const struct sweep_lock_options *o);

/*
 * The directories to try, in this order; NULL: none. A shared one is used if it
 * exists, belongs to root or to us, and is sticky where others may write:
 * whoever owns a directory can replace the lock. One's own are made with mode
 * 0700, and must be ours.
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
/* The path of the table's lock file. */
const char *sweep_lock_path(const struct sweep_lock *l);
void sweep_lock_release(struct sweep_lock *l);

#endif
