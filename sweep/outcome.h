#ifndef SWEEP_OUTCOME_H
#define SWEEP_OUTCOME_H

#include <stdbool.h>

#include "lib/dynamodb/write.h"

/* What became of a matched entry; skipped: never sent. */
enum outcome {
	OUTCOME_DELETED,
	OUTCOME_REFRESHED,
	OUTCOME_GONE,
	OUTCOME_FAILED,
	OUTCOME_SKIPPED,
	OUTCOMES
};
const char *outcome_name(enum outcome o);

/* What the replies say about a delete. */
struct answer {
	enum ddb_said said;
	int sends;
	int found;    /* a consistent read (or the image with the failure)
			 found the entry: 1, did not: 0, was not made: -1 */
	bool others;  /* an image was returned, but another entry's */
	bool absent;  /* success without an image may mean that there was no
			 entry: the condition holds without one, or the
			 service reports a success (batches) */
	bool returns; /* the server has returned old images for such requests
			 in this run */
	bool unsure;  /* no reply, or an error, and it may have acted */
};

struct verdict {
	enum outcome outcome;
	bool unconfirmed; /* deleted, but no reply says so */
	bool open;        /* not to be recorded, so that restore checks it */
};

/*
 * The outcome of a delete on every kind of server. DynamoDB answers a batched
 * DELETE of an absent key with success and no item (Amazon DynamoDB Developer
 * Guide, "PartiQL delete statements"), DynamoDB Local with a failed condition;
 * some servers do not know RETURNING or ReturnValues, or a proxy removes the
 * image. The policy:
 *  - an old image was returned: deleted
 *  - the condition failed and the entry exists: refreshed
 *  - the condition failed and a consistent read finds nothing: gone if it was
 *    sent once; else an earlier send may have deleted it: deleted, unconfirmed
 *  - success without an image: gone if it was sent once, it may mean that, and
 *    the server returns images; else deleted, unconfirmed and, if sent once,
 *    open
 *  - success with another entry's image: as without an image, and it does not
 *    show that the server returns images
 *  - the condition failed, and the read failed, too: failed, and, if it was
 *    sent more than once, open
 *  - no reply, or an error: failed; but if it may have acted, and a consistent
 *    read finds nothing: deleted, unconfirmed and open
 * Pure.
 */
struct verdict outcome_of(const struct answer *a);

/* Whether a consistent read is needed to decide; ${unsure} as above. Pure. */
bool outcome_needs_read(enum ddb_said said, bool image_came, bool unsure);

#endif
