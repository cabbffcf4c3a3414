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
 * Where a run stands, so that the next one goes on there: one JSON file,
 * replaced atomically (format ttlsweep.checkpoint/1). It belongs to one
 * table (id, key schema), number of segments, command and selection; a
 * checkpoint of anything else is refused.
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
	const char *selection; /* the options that choose entries, in one
				  canonical text */
	int64_t now;
	int64_t segments;          /* a power of two up to 4096 */
	struct segment *positions; /* segments of them: next and finished */
	int64_t file_bytes;        /* of the unfinished export, -1: none */
};

/* Write ${c} to ${path} as a whole or not at all. */
int checkpoint_save(const char *path, const struct checkpoint *c,
    struct fault *f);
/* Put into ${out}, which is empty, what is written; for who writes it
 * later. */
void checkpoint_text(struct buf *out, const struct checkpoint *c);
/*
 * Read ${path} into ${c}, whose command, endpoint, table, ttl_attribute and
 * selection are set and must agree; now, segments, positions and file_bytes
 * are filled. 1; 0 when there is no such file; -1.
 *
 * It is data from outside. Every value is checked: types and ranges, no
 * member twice, each position a key of the table (of its names, types and
 * lengths), no two of them the same. What is beyond this file is the
 * caller's: whether the time lies ahead, and whether the segments are those
 * of the command.
 */
int checkpoint_load(const char *path, struct checkpoint *c, struct fault *f);
/* Whether user ${me} may go on with the open file ${path} of ${st}: a regular
 * file of that same user (of root, only root's), that nobody else may write
 * to. 0, or -1 with the way out. Pure. */
int checkpoint_trusted(const struct stat *st, uid_t me, const char *path,
    struct fault *f);
void checkpoint_release(struct checkpoint *c);

#endif
