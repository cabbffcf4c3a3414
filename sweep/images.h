#ifndef SWEEP_IMAGES_H
#define SWEEP_IMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;
struct item;
struct reader;
struct restore;
struct segment;
struct source;
struct sweep_totals;

/*
 * The images that journals and exports contain, for restore. Each file is
 * opened once and walked several times: to check all images, to find the newest
 * of each entry, and to put them back.
 */
struct images;

struct images_file {
	const char *path;      /* for messages */
	struct reader *reader; /* opened to restore, at its start */
	int64_t of_us; /* the time of images without a stamp, since the epoch;
			  0: unknown */
	int64_t items; /* entries by its manifest; -1: unknown */
	/* Of the last file of an export to S3 without a list of files: its
	 * directory, of how many files, which precede this one, and how many
	 * entries they have by its summary; else NULL. */
	const char *directory;
	size_t of;
	int64_t total; /* -1: unknown */
};
/* How many files stay open between two walks: not every system allows more. */
#define IMAGES_OPEN 100

/* Open the files of ${r}, which must live as long. NULL if a file's key is not
 * the table's. */
struct images *images_open(const struct restore *r, struct fault *f);
void images_close(struct images *im);

/*
 * A walk over all files, as a source that several workers share; to be closed
 * before the next one. Every image is checked to be a possible entry of the
 * table. The first walk has ${totals} and counts there what the files leave
 * out; it also checks journals and duplicate keys. Later ones have NULL.
 */
struct source *images_walk(struct images *im, struct sweep_totals *totals);

/* After the first walk: check the counts of manifests, and find out which
 * images are old. */
int images_newest(struct images *im, struct fault *f);

/* The next three are about an item on the current page of ${seg}. */

/* The attribute that the journal's repair changed, else the TTL attribute. */
const char *images_attribute(const struct images *im,
    const struct segment *seg);
/* Write units to put it back; of a repair only the attribute's old value. */
int64_t images_units(const struct images *im, const struct segment *seg,
    const struct item *item);

/* What to do with it. */
enum images_turn {
	IMAGES_NOW,  /* the newest of its entry */
	IMAGES_OLD,  /* not the newest: its key is, or will be, in use */
	IMAGES_AFTER /* a repair older than the newest: undone after it */
};
enum images_turn images_turn(const struct images *im, const struct segment *seg,
    const struct item *item);

#endif
