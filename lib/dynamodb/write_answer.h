#ifndef LIB_DYNAMODB_WRITE_ANSWER_H
#define LIB_DYNAMODB_WRITE_ANSWER_H

#include <stddef.h>

#include "lib/base/slice.h"

struct fault;

/*
 * What came back for writes, read in one walk over the reply. Most of a reply
 * are old images, and most of these are, byte for byte, what the table's scan
 * had shown: where that is so they are compared, not scanned again. All of it
 * is borrowed: stretches of the reply, or the very image that was likely.
 */

/* BatchExecuteStatement takes this many statements (API reference). */
#define WRITE_BATCH_MAX 25

/* The answer to one write; p NULL: there was no such member. */
struct write_answer {
	struct slice likely; /* in: the image that most likely comes back, a
				checked object; p NULL: nobody knows */
	struct slice image;  /* Item, or Attributes */
	struct slice error;  /* a statement's, never null */
};

struct write_answers {
	struct write_answer list[WRITE_BATCH_MAX];
	size_t n;              /* in: so many statements were sent */
	struct slice consumed; /* ConsumedCapacity */
};

/* Read ${body}, the reply of status 200 to ${a}->n statements. 0; -1 when it
 * is not what DynamoDB sends, or does not answer each of them. Pure. */
int write_answers_read(struct write_answers *a, struct slice body,
    struct fault *f);

/* Read ${body}, the reply of status 200 to one write: an object, and empty or
 * with one of the members that such a reply has, which are what they have to
 * be. -1: it is a page of a proxy, or garbled, and nobody knows what became of
 * the request. Pure. */
int write_answer_read(struct write_answer *a, struct slice *consumed,
    struct slice body, struct fault *f);

#endif
