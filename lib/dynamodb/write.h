#ifndef LIB_DYNAMODB_WRITE_H
#define LIB_DYNAMODB_WRITE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"
#include "lib/base/slice.h"

struct ddb_conn;
struct ddb_table;
struct fault;

/* Conditional writes. This program cannot delete without a condition: every
 * struct ddb_delete has one. */
enum ddb_cond_op {
	DDB_COND_NONE,    /* sent as a condition that is never true */
	DDB_COND_LESS,    /* attribute < a */
	DDB_COND_FROM_TO, /* a <= attribute < b */
	DDB_COND_BETWEEN, /* a <= attribute <= b */
	DDB_COND_SAME,    /* attribute = a */
	DDB_COND_MISSING, /* no such attribute */
	DDB_COND_EXISTS   /* the entry exists */
};

/* ${attribute} is a plain name; ${a}, ${b} are AttributeValues. */
struct ddb_cond {
	enum ddb_cond_op op;
	const char *attribute;
	struct slice a, b;
};

/* What the service said of a write, not yet what became of the entry. */
enum ddb_said {
	DDB_SAID_NOTHING,   /* not sent, or no reply */
	DDB_SAID_DONE,      /* deleted, with an old image; or written */
	DDB_SAID_ABSENT,    /* success, and there was no item */
	DDB_SAID_CONDITION, /* the condition failed */
	DDB_SAID_ERROR      /* see code and message */
};

struct ddb_delete {
	/* in, borrowed */
	struct slice partition, sort;
	struct ddb_cond cond;
	double units;        /* estimate */
	struct slice likely; /* the image expected to come back, a checked
				object; need not be read again. p NULL: none */

	/* out */
	enum ddb_said said;
	bool batched; /* answered as a statement of a batch, not a DeleteItem */
	struct slice old; /* the image that came back, p NULL if none; points
			     into ddb_deletes.old, or is likely */
	size_t old_at;    /* its offset there, while that grows */
	int sends;        /* sends that may have acted … */
	int lost;         /* … and of those, without a usable answer */
	bool unsure;      /* NOTHING or ERROR, and it may have acted */
	char code[96];
	char message[256];
};

/* How to send deletes. Threads share it; ddb_delete_many changes it to SINGLE
 * if batches are not available, and never back. */
enum ddb_batch_mode { DDB_BATCH_AUTO, DDB_BATCH_PARTIQL, DDB_BATCH_SINGLE };

struct ddb_deletes {
	const struct ddb_table *table;
	struct ddb_delete *list; /* distinct keys, 1..25 of them */
	size_t n;
	atomic_int *mode; /* enum ddb_batch_mode */
	double units;     /* out: their cost, as reported or estimated */
	struct buf old;   /* the old images; the caller releases it */
};

/*
 * Send them all, by BatchExecuteStatement or one DeleteItem each, and retry
 * statement by statement. 0 if every delete was answered or given up (ERROR or
 * NOTHING, with the reason in code and message). -1 if it is pointless to go on
 * (no credentials, no table, access denied, a signal); some may have been sent,
 * see sends.
 */
int ddb_delete_many(struct ddb_conn *c, struct ddb_deletes *d, struct fault *f);

/*
 * For one entry, with the results as above:
 *
 * Set its TTL attribute to ${ttl} (p NULL: remove it), if it exists and meets
 * its condition.
 */
int ddb_update_ttl(struct ddb_conn *c, struct ddb_deletes *one,
    struct slice ttl, struct fault *f);
/* Put ${item}, {"key":{…},…}, if no entry has its key; of ${one} only the
 * estimate is used. After CONDITION the old image is the entry that has it, if
 * the service sent it. */
int ddb_put_new(struct ddb_conn *c, struct ddb_deletes *one, struct slice item,
    struct fault *f);

/* The bodies of requests. Pure. */
void ddb_delete_body(struct buf *out, const struct ddb_table *table,
    const struct ddb_delete *d);
void ddb_update_body(struct buf *out, const struct ddb_table *table,
    const struct ddb_delete *d, struct slice ttl);
void ddb_batch_body(struct buf *out, const struct ddb_table *table,
    struct ddb_delete *const *list, size_t n);

#endif
