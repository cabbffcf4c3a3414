#ifndef SWEEP_OUTCOME_H
#define SWEEP_OUTCOME_H

#include <stdbool.h>

#include "dynamodb/write.h"

/* What became of a matched entry. skipped: never sent. */
enum outcome {
	OUTCOME_DELETED,
	OUTCOME_REFRESHED,
	OUTCOME_GONE,
	OUTCOME_FAILED,
	OUTCOME_SKIPPED,
	OUTCOMES
};
const char *outcome_name(enum outcome o);

/*
 * Tell the outcome of a delete on every kind of server (DESIGN.md section
 * 5.3). The policy:
 *  - an old image came back: deleted
 *  - success without an image, or the condition failed and a consistent
 *    read finds nothing: gone, when it was sent exactly once; else our own
 *    earlier send may have done it: deleted, unconfirmed
 *  - the condition failed and the entry is there: refreshed
 *  - no reply, or an error: failed
 * ${found}: 1 a consistent read finds the entry (or its image came with
 * the failure), 0 it finds none, -1 not asked. Pure.
 */
enum outcome outcome_of(enum ddb_said said, int sends, int found,
    bool *unconfirmed);

/* Whether a consistent read is needed to tell. Pure. */
bool outcome_needs_read(enum ddb_said said, bool image_came);

#endif
