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
 * fetches a page, judges each entry, counts it, and hands the selected ones
 * to the sink; straight-line and blocking, on its own connection. The loop
 * knows no Scan; the calling thread only ticks (progress) and waits.
 */

/* What is done with entries. Each function may be NULL. All but finish run
 * on worker threads, each worker with its own state. */
struct pass_sink {
	void *ctx;
	/* A worker begins; its state, NULL with ${f} set on failure. Without
	 * this function the state is ctx, for all workers. */
	void *(*open)(void *ctx, int worker, struct ddb_conn *conn,
	    struct fault *f);
	/* A selected entry: 0 go on, 1 enough (the whole pass ends without
	 * a fault), -1. ${seg}->next is where its page *began*. */
	int (*entry)(void *state, const struct segment *seg,
	    const struct record *r, struct fault *f);
	/* A page was worked through; ${seg}->next stands behind it. */
	int (*page)(void *state, const struct segment *seg, struct fault *f);
	/* A segment is about to be given back, finished or not (a stop, a
	 * hot key range): what is held for it must be settled now. */
	int (*segment)(void *state, const struct segment *seg, struct fault *f);
	/* The worker ends, also after a fault: settle and free. */
	int (*close)(void *state, struct fault *f);
};

/* How far it is; read by progress while it runs. */
struct pass_progress {
	int64_t items; /* entries judged */
	int64_t bytes; /* of them, when sizes are known */
	int64_t matched;
	int64_t written; /* of them, by now; 0 unless the ticker tells */
	int64_t units;   /* write units to delete (or put) the matched ones */
	int64_t pages;
	int64_t absent; /* keys asked for that had no entry */
	int64_t segments_done;
	int64_t segments;
};

struct pass {
	struct source *source;
	struct ddb *ddb;               /* NULL for files */
	const struct ddb_table *table; /* for what deletes cost; NULL: none */
	const struct rules *rules;
	const struct selection *selection;
	int jobs;
	struct pass_sink sink;
	/* A segment's own tally, before it is added to the total; called
	 * under a lock. NULL: not wanted. */
	void (*tally)(void *ctx, const struct segment *seg,
	    const struct summary *tally);
	void *tally_ctx;
	void (*tick)(void *ctx, const struct pass_progress *p);
	void *tick_ctx;
};

/*
 * Run it. ${total} must be initialised; it holds what was counted, also
 * when the pass ends early. 0: the whole source was worked through;
 * 1: ended early because the sink had enough; -1: a fault, FAULT_CANCELLED
 * when a signal came (in-flight work is settled either way).
 */
int pass_run(const struct pass *pass, struct summary *total,
    struct pass_progress *done, struct fault *f);

#endif
