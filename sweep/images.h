#ifndef SWEEP_IMAGES_H
#define SWEEP_IMAGES_H

#include "dynamodb/slice.h"
#include "dynamodb/source.h"

struct cms_key;
struct ddb_table;
struct fault;
struct item;
struct reader;
struct segment;
struct twins;

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
	const char *ttl;     /* the TTL attribute */
	struct twins *twins; /* of an export that is checked; NULL: no check.
				Freed with it */
	struct lock *lock;   /* the reader, and below */
	bool drained;
	int64_t next;
};

/* ${table}, ${path}, ${ttl} and ${unlock} (for what is encrypted, or NULL) are
 * borrowed. NULL on failure; freed by source_close(&images->source). */
struct images *images_open(const char *path, const struct ddb_table *table,
    const char *ttl, const struct cms_key *unlock, struct fault *f);

/* Asked for entries of a page in its order: the TTL value that the journal's
 * repair gave ${item}, p NULL when it was a purge. ${seg} and ${item} are what
 * the sink was handed. */
struct slice images_ttl(const struct segment *seg, const struct item *item);

#endif
