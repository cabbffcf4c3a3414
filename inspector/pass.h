#ifndef INSPECTOR_PASS_H
#define INSPECTOR_PASS_H

#include <stdbool.h>
#include <stdint.h>

struct ddb;
struct ddb_conn;
struct ddb_table;
struct fault;
struct record;
struct rules;
struct segment;
struct selection;
struct source;
struct summary;

/*
 * One pass over a source by several workers. A worker takes a segment,
 * fetches a page, judges and counts each entry, and passes the selected ones
 * to the sink, all blocking and on its own connection. The calling thread
 * only ticks (progress) and waits.
 */

/* What is done with entries. Each function may be NULL; all run on worker
 * threads, each worker with its own state. */
struct pass_sink {
	void *ctx;
	/* A worker begins; its state, NULL on failure. Without this function
	 * ctx is the state of all workers. */
	void *(*open)(void *ctx, int worker, struct ddb_conn *conn,
	    struct fault *f);
	/* A selected entry: 0 continue, 1 enough (the whole pass ends without
	 * a fault), -1. ${seg}->next is where its page began. */
	int (*entry)(void *state, const struct segment *seg,
	    const struct record *r, struct fault *f);
	/* All entries of a page were seen; ${seg}->next is behind it. As
	 * entry. */
	int (*page)(void *state, const struct segment *seg, struct fault *f);
	/* A segment is given back, finished or not (after a signal, or to pause
	 * a hot key range): settle what is held of it. */
	int (*segment)(void *state, const struct segment *seg, struct fault *f);
	/* The worker ends, also after a fault: settle and free. */
	int (*close)(void *state, struct fault *f);
};

struct pass_progress {
	int64_t items;   /* entries judged */
	int64_t bytes;   /* of them, when sizes are known */
	int64_t matched; /* of them, selected */
	int64_t written; /* of those; set only by the tick of a purge, … */
	int64_t waiting; /* … like those that have no outcome yet */
	int64_t units;   /* write units to delete (or put) the matched ones */
	int64_t pages;
	int64_t absent; /* requested keys without an entry */
	int64_t segments_done;
	int64_t segments;
};

struct pass {
	struct source *source;
	struct ddb *ddb;               /* NULL for files */
	const struct ddb_table *table; /* for units; may be NULL */
	const struct rules *rules;
	const struct selection *selection;
	int jobs;
	struct pass_sink sink;
	/* Called with a segment's own tally, under a lock; may be NULL. */
	void (*tally)(void *ctx, const struct segment *seg,
	    const struct summary *tally);
	void *tally_ctx;
	void (*tick)(void *ctx, const struct pass_progress *p);
	void *tick_ctx;
};

/*
 * Run it. Adds what was counted to ${total}, which must be initialised, also
 * when the pass ends early. 0: the whole source was read; 1: the sink had
 * enough; -1: a fault, FAULT_CANCELLED after a signal. What the sink holds is
 * settled in all cases.
 */
int pass_run(const struct pass *pass, struct summary *total,
    struct pass_progress *done, struct fault *f);

#endif
