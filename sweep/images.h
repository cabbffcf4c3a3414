#ifndef SWEEP_IMAGES_H
#define SWEEP_IMAGES_H

#include "lib/base/slice.h"
#include "lib/dynamodb/source.h"

struct cms_key;
struct ddb_table;
struct fault;
struct item;
struct newest;
struct reader;
struct segment;
struct duplicate_keys;

/*
 * What a journal or an export holds to be put back, as a source of pages:
 * workers draw chunks of images from the one reader, one after the other.
 * Each image is checked to be a possible entry of the table.
 */
struct images {
	struct source source;
	struct reader *reader;
	const char *path;
	const struct ddb_table *table;
	const char *ttl;              /* the TTL attribute */
	struct duplicate_keys *twins; /* of an export that is checked; NULL: no
				check. Freed with it */
	struct newest *see; /* is shown each image; NULL: nobody wants to */
	const struct newest *newest; /* knows which are old; NULL: none is */
	int64_t first;               /* the number of the first one there */
	int64_t of_us; /* when images without a stamp were so; 0: not told */
	struct lock *lock; /* the reader, and below */
	bool drained;
	int64_t next;
	int64_t drawn; /* images */
};

/* ${table}, ${path}, ${ttl} and ${unlock} (for what is encrypted, or NULL) are
 * borrowed. NULL on failure; freed by source_close(&images->source). */
struct images *images_open(const char *path, const struct ddb_table *table,
    const char *ttl, const struct cms_key *unlock, struct fault *f);

/* Asked for entries of a page in its order: the TTL value that the journal's
 * repair gave ${item}, p NULL when it was a purge. ${seg} and ${item} are what
 * the sink was handed. */
struct slice images_ttl(const struct segment *seg, const struct item *item);

/* What is to be done with an image. */
enum images_turn {
	IMAGES_NOW,  /* there is no newer one of its entry */
	IMAGES_OLD,  /* there is: its key is, or will be, in use */
	IMAGES_AFTER /* a repair before the newest: to be undone after that */
};
/* Asked like images_ttl. */
enum images_turn images_turn(const struct images *im, const struct segment *seg,
    const struct item *item);

/* Without workers, and not mixed with them: the next image and when it was so:
 * 1, 0, -1. ${item} is borrowed until the next call. */
int images_next(struct images *im, struct item *item, int64_t *at_us,
    struct fault *f);

#endif
