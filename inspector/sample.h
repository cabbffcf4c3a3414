#ifndef INSPECTOR_SAMPLE_H
#define INSPECTOR_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspector/estimate.h"
#include "inspector/summary.h"

/*
 * The segments of a sample, as they end. Only those that were read to their
 * end count: half a segment says nothing of a whole one. A segment may come
 * in parts (a hot key range rests for a while); they are put together first.
 */
struct sample_part {
	int64_t segment;
	struct summary tally;
};

struct sample {
	struct summary seen; /* of the segments that ended, with squares */
	int64_t segments;    /* how many those are */
	struct sample_part *parts;
	size_t nparts;
};

void sample_init(struct sample *s, size_t top, bool sizes);
void sample_release(struct sample *s);

/* ${tally} is what was counted of ${segment}, or of a part of it;
 * ${finished}: nothing more will come of it. */
void sample_add(struct sample *s, int64_t segment, bool finished,
    const struct summary *tally);

/*
 * ${seen} scaled up to the whole table, into ${out} (not initialised, to be
 * released): counts and bytes, each rounded by itself. The groups are in the
 * same order; keys, and the greatest age, are those that were seen.
 */
void sample_scale(struct summary *out, const struct summary *seen,
    const struct estimate_sample *by);

#endif
