#ifndef LIB_AWS_FETCH_H
#define LIB_AWS_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/aws/sign.h"
#include "lib/aws/world.h"

struct fault;

/*
 * One small unsigned request for keys, tokens or metadata, on a connection of
 * its own. What it sends and receives may be secret; its faults never are.
 */
struct fetch {
	struct http_exchange x; /* as for request.h */
	const struct aws_header *headers;
	size_t nheaders;
	int tries;
	int64_t pause_ms; /* between tries; 0: as retry.h says */
	/* Whether a reply is worth another try; NULL: as retry.h says. No
	 * reply at all always is. */
	bool (*again)(const struct http_exchange *x);
};

/* 0 when there is a reply, of any status; -1 when there is none, or a signal
 * came. The caller wipes r->x.reply (secret_release) in any case. */
int fetch_run(struct world *world, struct fetch *r, struct fault *f);

#endif
