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

/* Conditional writes. This program cannot write without a condition: a struct
 * ddb_write that deletes or updates has one, and a put meets no entry. */
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
	DDB_SAID_ABSENT,    /* of a delete: success, and there was no item */
	DDB_SAID_CONDITION, /* the condition failed */
	DDB_SAID_ERROR      /* see code and message */
};

struct ddb_write {
	/* in, borrowed */
	struct slice put; /* {"key":{…},…}, to be put if no entry has its key;
			     p NULL: a delete or update of … */
	struct slice partition, sort;
	struct ddb_cond cond;
	double units;   /* estimate */
	double refused; /* of a put: what it takes if its key has an entry */
	struct slice likely; /* the image expected to come back, a checked
				object; need not be read again. p NULL: none */

	/* out */
	enum ddb_said said;
	bool batched; /* answered as a statement of a batch, not by itself */
	struct slice old; /* the image that came back, p NULL if none; points
			     into ddb_writes.old, or is likely */
	size_t old_at;    /* its offset there, while that grows */
	int sends;        /* sends that may have acted … */
	int lost;         /* … and of those, without a usable answer */
	bool unsure;      /* NOTHING or ERROR, and it may have acted */
	char code[96];
	char message[256];
};

/* How to send writes. Threads share it; ddb_write_many changes it to SINGLE if
 * batches are not available, and never back. */
enum ddb_batch_mode { DDB_BATCH_AUTO, DDB_BATCH_PARTIQL, DDB_BATCH_SINGLE };

/* BatchExecuteStatement takes this many statements (API reference). */
#define WRITE_BATCH_MAX 25

struct ddb_writes {
	const struct ddb_table *table;
	struct ddb_write *list; /* 1..WRITE_BATCH_MAX, all deletes or all
				   puts, distinct keys */
	size_t n;
	atomic_int *mode; /* enum ddb_batch_mode */
	double units;     /* out: their cost, as reported or estimated */
	struct buf old;   /* the old images; the caller releases it */
};

/*
 * Send them all, by BatchExecuteStatement or one DeleteItem or PutItem each,
 * and retry statement by statement. A put whose key has an entry is answered
 * CONDITION; if it was sent more than once, the old image is that entry, where
 * the service sent it. 0 if each
 * was answered or given up (ERROR or NOTHING, with the reason in code and
 * message). -1 if it is pointless to go on (no credentials, no table, access
 * denied, a signal); some may have been sent, see sends.
 */
int ddb_write_many(struct ddb_conn *c, struct ddb_writes *d, struct fault *f);

/* For one entry, with the results as above: set its TTL attribute to ${ttl}
 * (p NULL: remove it), if it exists and meets its condition. */
int ddb_update_ttl(struct ddb_conn *c, struct ddb_writes *one, struct slice ttl,
    struct fault *f);

/* The bodies of requests. Pure. */
void ddb_delete_body(struct buf *out, const struct ddb_table *table,
    const struct ddb_write *d);
void ddb_update_body(struct buf *out, const struct ddb_table *table,
    const struct ddb_write *d, struct slice ttl);
void ddb_put_body(struct buf *out, const struct ddb_table *table,
    const struct ddb_write *d);
/* Returns how many of ${list} the body contains: those that cannot be
 * statements of a batch are moved to the end of it. These are puts with
 * attribute names that may mean something else in PartiQL, or whose statement,
 * which contains all names, would be longer than 8192 characters. */
size_t ddb_batch_body(struct buf *out, const struct ddb_table *table,
    struct ddb_write **list, size_t n);

#endif
