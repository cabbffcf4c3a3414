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
	const struct images_file *files; /* sweep/images.h */
	size_t nfiles;
	bool other_table;   /* … too, as is … */
	bool deleted;       /* … this */
	int64_t extend_ttl; /* the TTL becomes now + this; -1: as it was */
	int jobs;
	bool execute;
	/* How far it is: what was checked, and, once begin was called with
	 * how many entries there are, what was put back (a dry run: looked
	 * up). NULL: not wanted. */
	void (*tick)(void *ctx, const struct pass_progress *p);
	void (*begin)(void *ctx, int64_t entries);
	void *tick_ctx;
};

/*
 * Put back what is selected in the files, each entry only where none has its
 * key. Of several images of an entry, over all files, the newest is put back,
 * and the others count as present: by their stamps, else by the file's time;
 * those without either are the oldest; of the same time that of the file which
 * stands first. Repairs that are older than the newest image are undone behind
 * it. Every file is checked from end to end before the first write. Without
 * execute the keys are looked up instead: what has an entry is present, and
 * totals->units is what putting the others back takes. totals balance:
 * matched = restored + present + failed + skipped. 0; 1 stopped at a ceiling,
 * totals->stopped says which; -1.
 */
int restore_run(const struct restore *r, struct sweep_totals *totals,
    struct fault *f);

#endif
