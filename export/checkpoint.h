#ifndef EXPORT_CHECKPOINT_H
#define EXPORT_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/dynamodb/source.h"

struct buf;
struct ddb_table;
struct fault;
struct stat;

/*
 * How far a run got, so that the next one can continue: one JSON file, replaced
 * atomically (format ttlsweep.checkpoint/1). It belongs to one table (id, key
 * schema), command and selection; another run's is refused.
 *
 * {"schema":"ttlsweep.checkpoint/1","command":"purge","table":"…",
 *  "table_id":"…","endpoint":"…","key":["key"],"ttl_attribute":"ttl",
 *  "selection":"…","now":1795332271,"segments":32,
 *  "positions":[null | {"next":{…}|null,"done":true|false}, …],
 *  "file":{"bytes":123}|null}
 */
struct checkpoint {
	const char *command;
	const char *endpoint;
	const struct ddb_table *table;
	const char *ttl_attribute;
	const char *selection; /* canonical text of the options that choose
				  entries */
	int64_t now;
	int64_t segments;          /* a power of two up to 4096 */
	struct segment *positions; /* segments of them: next and finished */
	int64_t file_bytes;        /* of the unfinished export; -1: none */
};

/* Replace ${path} atomically. */
int checkpoint_save(const char *path, const struct checkpoint *c,
    struct fault *f);
/* Put into ${out}, which is empty, what checkpoint_save writes. */
void checkpoint_text(struct buf *out, const struct checkpoint *c);
/*
 * Read ${path} into ${c}, whose command, endpoint, table, ttl_attribute and
 * selection are set and must agree; now, segments, positions and file_bytes
 * are filled. 1; 0 when there is no such file; -1.
 *
 * Every value is checked: types and ranges, no member twice, each position a
 * key of the table (names, types and lengths), no two of them the same. The
 * caller checks that the time is not in the future, and that the command uses
 * so many segments.
 */
int checkpoint_load(const char *path, struct checkpoint *c, struct fault *f);
/* 0 when user ${me} may continue from the file ${path} with ${st}: a regular
 * file of the same user (for root, too), that nobody else may write to; -1 and
 * what to do. Pure. */
int checkpoint_trusted(const struct stat *st, uid_t me, const char *path,
    struct fault *f);
/* Say that the checkpoint ${path} is damaged in ${what}; -1. */
int checkpoint_damaged(const char *path, const char *what, struct fault *f);
void checkpoint_release(struct checkpoint *c);

#endif
