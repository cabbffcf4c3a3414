#ifndef SWEEP_IMAGES_H
#define SWEEP_IMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct ddb_table;
struct fault;
struct item;
struct reader;
struct segment;
struct source;
struct sweep_totals;

/*
 * What journals and exports hold to be put back. They are walked several
 * times, and opened once: first all are checked, then it is found out which
 * image of an entry is the newest, then what is to be put back is.
 */
struct images;

/* A file. */
struct images_file {
	const char *path;      /* for messages */
	struct reader *reader; /* opened to restore, at its start */
	int64_t of_us; /* when what has no stamp of its own was so, since the
			  epoch; 0: not told */
	int64_t items; /* that it has by its manifest; -1: not told */
};
/* So many of them keep their descriptors between two walks; more would not be
 * open at once everywhere. */
#define IMAGES_OPEN 100

/* All borrowed. */
struct images_options {
	const struct images_file *files; /* journals newest first, exports */
	size_t n;
	const struct ddb_table *table;
	const char *ttl;  /* the TTL attribute */
	bool other_table; /* the user named the table: a journal of another
			     one is allowed */
	bool deleted;     /* also what an incremental export says was
			     deleted */
};

/* NULL when a file's key is not that of the table. */
struct images *images_open(const struct images_options *o, struct fault *f);
void images_close(struct images *im);

/*
 * A walk over all files, as a source of pages from which several workers draw;
 * to be closed before the next one. Each image is checked to be a possible
 * entry of the table. The first walk has ${totals}, in which it counts what
 * the files leave out; then also journals, keys that occur twice and the
 * counts of manifests are checked. NULL for each later one.
 */
struct source *images_walk(struct images *im, struct sweep_totals *totals);

/* After the first walk: find out which images are old. */
int images_newest(struct images *im, struct fault *f);

/* Asked for an item of the page of ${seg} that a worker has: the attribute
 * that the journal's repair changed; the TTL attribute, when it was none. */
const char *images_attribute(const struct images *im,
    const struct segment *seg);
/* The write units that putting it back takes: whole, or, where a repair has
 * changed it, the old value of the attribute alone. */
int64_t images_units(const struct images *im, const struct segment *seg,
    const struct item *item);

/* What is to be done with it. */
enum images_turn {
	IMAGES_NOW,  /* there is no newer one of its entry */
	IMAGES_OLD,  /* there is: its key is, or will be, in use */
	IMAGES_AFTER /* a repair before the newest: to be undone after that */
};
enum images_turn images_turn(const struct images *im, const struct segment *seg,
    const struct item *item);

#endif
