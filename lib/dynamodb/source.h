#ifndef LIB_DYNAMODB_SOURCE_H
#define LIB_DYNAMODB_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/dynamodb/circle.h"

struct ddb_conn;
struct fault;
struct page;

/* Where pages come from: a scan, a list of keys, a file. The worker loop
 * (inspector/pass.c) knows only this. */

/* A part of the source, for one worker at a time. */
struct segment {
	int64_t index;
	struct buf next;      /* where its next page begins: a scan's
				 ExclusiveStartKey; empty: at the start */
	bool finished;        /* no page is left */
	struct circle circle; /* of where its pages begin */
	int64_t pages;        /* fetched so far */
	void *own;            /* of the source, which frees it */
};

struct source {
	const struct source_ops *ops;
	int64_t segments; /* of how many it consists */
	int64_t workers;  /* as many can be at work at once; 0: one a segment */
};

struct source_ops {
	/* The next segment, to be returned by put: 1, 0 when none is left, -1.
	 * For any thread. */
	int (*take)(struct source *s, struct segment *out, struct fault *f);
	/* The next page of ${seg}: 1, and seg->next and seg->finished are
	 * updated; 0 when it was at its end already; 2 when the segment must
	 * rest (a hot key range): put it back and take another; -1. ${conn} is
	 * the worker's own connection (NULL for files). */
	int (*fetch)(struct source *s, struct segment *seg,
	    struct ddb_conn *conn, struct page *page, struct fault *f);
	/* The worker is done with ${seg}: unless it is finished, it will be
	 * taken again, at seg->next. */
	void (*put)(struct source *s, struct segment *seg);
	void (*close)(struct source *s);
};

static inline void
source_close(struct source *s)
{
	if (s != NULL)
		s->ops->close(s);
}

#endif
