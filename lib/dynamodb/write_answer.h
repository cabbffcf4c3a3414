#ifndef LIB_DYNAMODB_WRITE_ANSWER_H
#define LIB_DYNAMODB_WRITE_ANSWER_H

#include <stddef.h>

#include "lib/base/slice.h"
#include "lib/dynamodb/write.h"

struct fault;

/*
 * The replies to writes, read in one walk. They mostly consist of old images,
 * most of which are byte for byte what the scan has read: those are compared,
 * not scanned again. All slices are borrowed from the reply, or are the likely
 * image.
 */

/* The answer to one write; p NULL: absent. */
struct write_answer {
	struct slice likely; /* in: as in struct ddb_write */
	struct slice image;  /* Item, or Attributes */
	struct slice error;  /* of a statement; absent if null */
};

struct write_answers {
	struct write_answer list[WRITE_BATCH_MAX];
	size_t n;              /* in: the number of statements sent */
	struct slice consumed; /* ConsumedCapacity */
};

/* Read ${body}, the reply of status 200 to a->n statements. 0, or -1 if it is
 * not what DynamoDB sends or does not answer each of them. Pure. */
int write_answers_read(struct write_answers *a, struct slice body,
    struct fault *f);

/* Read ${body}, the reply of status 200 to one write: an object that is empty
 * or has a known member, each with a value of the right type. -1: it comes from
 * a proxy or is garbled, and what became of the request is unknown. Pure. */
int write_answer_read(struct write_answer *a, struct slice *consumed,
    struct slice body, struct fault *f);

#endif
