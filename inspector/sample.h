#ifndef INSPECTOR_SAMPLE_H
#define INSPECTOR_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspector/estimate.h"
#include "inspector/summary.h"

/*
 * The segments of a sample. Only those read to their end count: half a segment
 * says nothing about a whole one. A segment may come in parts (a hot key range
 * is left alone for a while), which are added up first.
 */
struct sample_part {
	int64_t segment;
	struct summary tally;
};

struct sample {
	struct summary seen;       /* of complete segments, with squares */
	int64_t segments;          /* how many those are */
	struct sample_part *parts; /* of the others */
	size_t nparts;
};

void sample_init(struct sample *s, size_t top, bool sizes);
void sample_release(struct sample *s);

/* Add the counts of ${segment} or a part of it; ${finished}: of its last one.
 */
void sample_add(struct sample *s, int64_t segment, bool finished,
    const struct summary *tally);

/* Initialize ${out} with ${seen} scaled up to the whole table: counts and
 * bytes, each rounded on its own. Groups keep their order; keys, and the
 * greatest age, are those that were seen. */
void sample_scale(struct summary *out, const struct summary *seen,
    const struct estimate_sample *by);

#endif
