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
	PURGE_REPAIR /* rewrite the TTL value in seconds; entries whose value
			is not a time are left alone */
};

/* Purge and repair: one run. All borrowed. */
struct purge {
	enum purge_action action;
	struct source *source;
	struct source *counting; /* max-percent: for the counting pass */
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
	/* The journal is about to get its first entry; called by any thread.
	 * May be NULL. */
	void (*journal_used)(void *ctx, const char *journal);
	void *journal_ctx;
	int64_t ttl_for_missing; /* repair: entries without TTL get now + this;
				    < 0: they are left alone */
	struct ceilings ceilings;
	int64_t begun_us; /* start of the deadline, by the world's mono_us; 0:
			     now */
	/* Where to save the checkpoint, or NULL. It has a position for every
	 * segment. */
	const char *checkpoint_path;
	struct checkpoint *checkpoint;
	/* The counting pass, or the run itself, begins to read. May be NULL. */
	void (*begin)(void *ctx, bool counting);
	/* ${p}->written: entries deleted or repaired so far. */
	void (*tick)(void *ctx, const struct pass_progress *p);
	void *tick_ctx;
};

/*
 * Delete (or repair) the selected entries, each on condition that it is still
 * as it was selected, and after its image is synced to the journal. ${summary}
 * (initialised) and ${totals} are complete also after a fault. 0; 1 stopped at
 * a ceiling, see totals->stopped; -1.
 */
int purge_run(const struct purge *p, struct summary *summary,
    struct sweep_totals *totals, struct fault *f);

#endif
