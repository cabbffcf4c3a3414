#ifndef SWEEP_PURGE_H
#define SWEEP_PURGE_H

#include <stdbool.h>
#include <stdint.h>

#include "sweep/ceiling.h"
#include "sweep/totals.h"

struct checkpoint;
struct ddb;
struct ddb_table;
struct fault;
struct pass_progress;
struct rules;
struct selection;
struct source;
struct summary;

/* What is done with a selected entry. */
enum purge_action {
	PURGE_DELETE,
	PURGE_REPAIR /* its TTL value becomes the seconds it meant; entries
			without such a value are left as they are */
};

/* Purge and repair: one run. All borrowed. */
struct purge {
	enum purge_action action;
	struct source *source;
	struct source *counting; /* max-percent: the counting pass's own */
	struct ddb *ddb;
	const struct ddb_table *table;
	const struct rules *rules;
	const struct selection *selection;
	const char *ttl_attribute;
	const char *endpoint, *region;
	const char *options; /* the command line, for the journal */
	int jobs;
	bool execute;             /* false: a dry run, no write of any kind */
	int batch;                /* enum ddb_batch_mode */
	const char *journal_path; /* NULL: --no-journal */
	bool journal_numbered;    /* it is a default path */
	/* The first entry is about to be written to it; may be called by any
	 * thread. NULL: nobody wants to know. */
	void (*journal_used)(void *ctx, const char *journal);
	void *journal_ctx;
	int64_t ttl_for_missing; /* repair: entries without TTL get now + this;
				    < 0: they are passed over */
	struct ceilings ceilings;
	int64_t begun_us; /* what the deadline counts from, by the world's
			     mono_us; 0: now */
	/* Where to save how far the run is; NULL: nowhere. checkpoint holds
	 * a position for every segment and is kept up to date. */
	const char *checkpoint_path;
	struct checkpoint *checkpoint;
	/* What reads the table begins: the counting pass, or the run itself.
	 * NULL: nobody wants to know. */
	void (*begin)(void *ctx, bool counting);
	/* ${p}->written: what was deleted or repaired by now. */
	void (*tick)(void *ctx, const struct pass_progress *p);
	void *tick_ctx;
};

/*
 * Delete (or repair) what is selected, each under the condition that it
 * still is what it was chosen as, its image in the journal before the write
 * is sent. ${summary} (initialised) holds what was counted over the pass,
 * ${totals} balance, both also after a fault. 0; 1 stopped at a ceiling,
 * totals->stopped says which; -1.
 */
int purge_run(const struct purge *p, struct summary *summary,
    struct sweep_totals *totals, struct fault *f);

#endif
