#ifndef SWEEP_RESTORE_H
#define SWEEP_RESTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ceilings;
struct ddb;
struct ddb_table;
struct fault;
struct images_file;
struct pass_progress;
struct rules;
struct selection;
struct sweep_totals;

/* All borrowed. */
struct restore {
	struct ddb *ddb;
	const struct ddb_table *table;
	const struct rules *rules;
	const struct selection *selection; /* of what is in the files */
	const struct ceilings *ceilings;   /* percent and deadline: none */
	const char *ttl_attribute;
	const struct images_file *files; /* journals newest first, exports */
	size_t nfiles;
	bool other_table;   /* allow journals of another table (-t) */
	bool deleted;       /* also what incremental exports say was deleted */
	int64_t extend_ttl; /* the TTL becomes now + this; -1: as it was */
	int batch;          /* enum ddb_batch_mode */
	int jobs;
	bool execute;
	/* Progress: entries checked; after the call of begin, which gets the
	 * number of entries, those put back or looked up. Either may be
	 * NULL. */
	void (*tick)(void *ctx, const struct pass_progress *p);
	void (*begin)(void *ctx, int64_t entries);
	void *tick_ctx;
};

/*
 * Put back the selected entries of the files, each only where no entry has its
 * key. Every file is checked to its end before the first write. Of several
 * images of an entry the newest is put back and the others count as present.
 * An image's time is its own stamp, else its file's; images without either
 * are the oldest, and of two of the same time the one in the earlier file is
 * the newer. Repairs older than the newest image are undone after it.
 * Without execute the keys are only looked up: totals->units is what putting
 * back the missing ones takes. totals balance: matched = restored + present +
 * failed + skipped. 0; 1 stopped at a ceiling, named in totals->stopped; -1.
 */
int restore_run(const struct restore *r, struct sweep_totals *totals,
    struct fault *f);

#endif
