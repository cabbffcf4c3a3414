#ifndef SWEEP_RESTORE_H
#define SWEEP_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct ceilings;
struct cms_key;
struct ddb;
struct ddb_table;
struct fault;
struct images;
struct item;
struct newest;
struct pass_progress;
struct rules;
struct selection;
struct sweep_totals;

struct restore {
	struct ddb *ddb;
	const struct ddb_table *table;
	const struct rules *rules;
	const struct selection *selection; /* of what is in the files */
	const struct ceilings *ceilings;   /* percent and deadline: none */
	const char *ttl_attribute;
	const char *const *paths; /* journals newest first, exports */
	int npaths;
	const int64_t *of_us; /* for each path, when what has no stamp of its
				 own was so, microseconds since the epoch; 0:
				 not told. NULL: none tells */
	const struct cms_key *key; /* for those that are encrypted; NULL */
	bool other_table;   /* the user named the table: a journal of another
			       one is allowed */
	bool deleted;       /* also what an incremental export says was
			       deleted */
	int64_t extend_ttl; /* the TTL becomes now + this; -1: as it was */
	int jobs;
	bool execute;
	/* How far it is: what was checked, and, once begin was called with
	 * how many entries there are, what was put back (a dry run: looked
	 * up). NULL: not wanted. */
	void (*tick)(void *ctx, const struct pass_progress *p);
	void (*begin)(void *ctx, int64_t entries);
	void *tick_ctx;

	/* restore_run's own: which images are old, and the number of the first
	 * one of each file; NULL for one file. */
	struct newest *newest;
	int64_t *firsts;
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

/* Below: read all files without writing, and count what they hold. */
int restore_check(const struct restore *r, struct sweep_totals *totals,
    struct fault *f);

/* Below: look which keys are in use, without writing. As restore_run. */
int restore_look(const struct restore *r, struct sweep_totals *totals,
    struct fault *f);
/* Below: the write units that putting ${item} back takes: whole, or, where a
 * repair gave it the value ${given} (p NULL: none did) of ${attribute}, the
 * old one. */
int64_t restore_units(const struct restore *r, const struct item *item,
    const char *attribute, struct slice given);
/* Below: open file ${i} for what ${r} asks of it; NULL on failure. */
struct images *restore_images(const struct restore *r, int i, struct fault *f);
/* Below: before, and after, all files were checked: find which images are old
 * (sweep/newest.h). */
void restore_newest_begin(struct restore *r);
int restore_newest(const struct restore *r, struct fault *f);
void restore_newest_end(struct restore *r);
/* Below: the attribute that the repair of the journal ${im} changed, by its
 * own first line; else the one of ${r}. */
const char *restore_attribute(const struct restore *r, const struct images *im);

#endif
