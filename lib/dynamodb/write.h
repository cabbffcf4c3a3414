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

/*
 * Conditional writes. There is no way in this program to delete without a
 * condition: every struct ddb_delete carries one.
 */
enum ddb_cond_op {
	DDB_COND_NONE,    /* refused by every function below */
	DDB_COND_LESS,    /* attribute < a */
	DDB_COND_FROM_TO, /* a <= attribute < b */
	DDB_COND_BETWEEN, /* a <= attribute <= b */
	DDB_COND_SAME,    /* attribute = a */
	DDB_COND_MISSING, /* no such attribute */
	DDB_COND_EXISTS   /* the entry is there */
};

/* ${attribute} is a plain name; ${a}, ${b} are AttributeValues. */
struct ddb_cond {
	enum ddb_cond_op op;
	const char *attribute;
	struct slice a, b;
};

/* What the service said of one write, not yet what became of the entry. */
enum ddb_said {
	DDB_SAID_NOTHING,   /* not sent, or no reply to be had */
	DDB_SAID_DONE,      /* an old image came back (delete), written (put,
			       update) */
	DDB_SAID_ABSENT,    /* success, and there was no item */
	DDB_SAID_CONDITION, /* the condition failed */
	DDB_SAID_ERROR      /* code and message say what */
};

struct ddb_delete {
	/* in, borrowed */
	struct slice partition, sort;
	struct ddb_cond cond;
	double units;        /* estimate */
	struct slice likely; /* the image that most likely comes back, a checked
				object, so that it need not be read again; p
				NULL: none */

	/* out */
	enum ddb_said said;
	bool batched; /* a statement of a batch was answered, no DeleteItem */
	struct slice old; /* the image that came back, p NULL if none;
			     borrowed from the results below, or likely */
	size_t old_at;    /* its place there, while they grow */
	int sends;        /* sends that may have acted … */
	int lost;         /* … and of them, those of which it is not known */
	bool unsure;      /* NOTHING or ERROR, and it may have acted */
	char code[96];
	char message[256];
};

/* How to send deletes; changed by ddb_delete_many when it has to. Shared by
 * threads without a lock: the change is one way. */
enum ddb_batch_mode { DDB_BATCH_AUTO, DDB_BATCH_PARTIQL, DDB_BATCH_SINGLE };

struct ddb_deletes {
	const struct ddb_table *table;
	struct ddb_delete *list; /* distinct keys, 1..25 of them */
	size_t n;
	atomic_int *mode; /* enum ddb_batch_mode; becomes SINGLE for good */
	double units;     /* out: what they cost, as told or estimated */
	struct buf old;   /* the bytes the old images point into; owned,
			     released by the caller */
};

/*
 * Send them all, by BatchExecuteStatement or one DeleteItem each; retry
 * what may be retried, statement by statement. 0 when every delete has
 * been answered or given up (said ERROR or NOTHING, with the reason in code
 * and message); -1 only when going on makes no sense (no credentials, the
 * table is gone, access denied, a signal): entries may still have been
 * sent, and sends tells.
 */
int ddb_delete_many(struct ddb_conn *c, struct ddb_deletes *d, struct fault *f);

/*
 * Give the entry ${d} the TTL value ${ttl} (p NULL: take the attribute
 * away), under ${d}'s condition and where it is there. DONE with the old
 * image, CONDITION with what is there, each where the service sends it.
 */
int ddb_update_ttl(struct ddb_conn *c, struct ddb_deletes *one,
    struct slice ttl, struct fault *f);

struct ddb_put {
	struct slice item; /* in: {"key":{…},…} */
	double units;
	enum ddb_said said; /* out: DONE, CONDITION or ERROR */
	struct buf present; /* the entry that has the key, when the service
			       sent it; released by the caller */
	int sends;          /* as in struct ddb_delete */
	char code[96];
	char message[256];
};
/* Put ${p} where no entry has its key (attribute_not_exists). 0/-1 as
 * above. */
int ddb_put_new(struct ddb_conn *c, const struct ddb_table *table,
    struct ddb_put *p, struct fault *f);

/* The texts, for tests. Pure. A condition as ConditionExpression with
 * #t, :a, :b … */
void ddb_delete_body(struct buf *out, const struct ddb_table *table,
    const struct ddb_delete *d);
void ddb_update_body(struct buf *out, const struct ddb_table *table,
    const struct ddb_delete *d, struct slice ttl);
void ddb_batch_body(struct buf *out, const struct ddb_table *table,
    struct ddb_delete *const *list, size_t n);

#endif
