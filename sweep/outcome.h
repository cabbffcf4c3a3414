#ifndef SWEEP_OUTCOME_H
#define SWEEP_OUTCOME_H

#include <stdbool.h>

#include "lib/dynamodb/write.h"

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

/* What is known of a delete when its answers are in. */
struct answer {
	enum ddb_said said;
	int sends;
	int found;    /* 1 a consistent read finds the entry (or its image came
			 with the failure), 0 it finds none, -1 not asked */
	bool others;  /* an image came back, but not the entry's */
	bool absent;  /* success without an image may mean that there was no
			 entry: its condition holds then, too, or the service
			 calls that a success (batches) */
	bool returns; /* the server has returned an old image of such a
			 request in this run */
};

struct verdict {
	enum outcome outcome;
	bool unconfirmed; /* deleted, and nobody has said so */
	bool open; /* … nor is it on record: restore is to look after it */
};

/*
 * Tell the outcome of a delete on every kind of server. The service answers a
 * batched DELETE of an absent key with success and no item (Amazon DynamoDB
 * Developer Guide, "PartiQL delete statements"), DynamoDB Local with a failed
 * condition, and some servers do not know RETURNING or ReturnValues, or what
 * stands before them takes the image out of the reply. The policy:
 *  - an old image came back: deleted
 *  - the condition failed and the entry is there: refreshed
 *  - it failed and a consistent read finds nothing: gone, when it was sent
 *    exactly once; else our own earlier send may have done it: deleted,
 *    unconfirmed
 *  - success without an image: gone, when it was sent exactly once, may mean
 *    that, and the server is known to return images; else deleted,
 *    unconfirmed, and, sent once, open
 *  - success with another entry's image: the same, as if there were none, and
 *    it proves nothing
 *  - no reply, or an error: failed
 * Pure.
 */
struct verdict outcome_of(const struct answer *a);

/* Whether a consistent read is needed to tell. Pure. */
bool outcome_needs_read(enum ddb_said said, bool image_came);

#endif
