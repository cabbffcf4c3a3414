#ifndef LIB_AWS_FETCH_H
#define LIB_AWS_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/aws/sign.h"
#include "lib/aws/world.h"

struct fault;

/*
 * One small request beside the table's API, unsigned, on a connection of its
 * own: keys, tokens, metadata. What it sends and receives may be secret; what
 * it says of failures never is.
 */
struct fetch {
	struct http_exchange x; /* as for request.h */
	const struct aws_header *headers;
	size_t nheaders;
	int tries;
	int64_t pause_ms; /* between tries; 0: as retry.h says */
	/* Whether a reply is worth another try; NULL: as retry.h says. That
	 * no reply came always is. */
	bool (*again)(const struct http_exchange *x);
};

/* 0 when a reply came, of any status; -1 when none did, or a signal. */
int fetch_run(struct world *world, struct fetch *r, struct fault *f);
/* Wipe and free the reply. */
void fetch_release(struct fetch *r);

#endif
