#ifndef INSPECTOR_ESTIMATE_H
#define INSPECTOR_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What a whole table holds, told from segments of it that were chosen at
 * random: a cluster sample, the segments being the clusters. Poisson bounds
 * (Garwood), widened by how unevenly the segments are filled; the policy is
 * in estimate.c. The quantiles are ours, after DLMF 8.9.2 and 8.11.4: no
 * library that we link has them, and two sums do not earn another. All pure.
 */

/* Below this many segments a sample says too little about how uneven a
 * table is. */
#define ESTIMATE_SEGMENTS_MIN 30

struct estimate_sample {
	int64_t segments; /* that were read, chosen at random */
	int64_t of;
	/* How uneven all entries lie (estimate_spread): stands in where too
	 * few of a kind were seen to tell how uneven those lie. */
	double spread;
};

/* The true count lies in low..high 95 times of 100. */
struct estimate {
	int64_t items;
	int64_t low;
	int64_t high; /* INT64_MAX: nothing bounds it (one segment read) */
};

/* How many of ${of} segments are ${ppm} parts of a million, at least
 * ESTIMATE_SEGMENTS_MIN, at most all. */
int64_t estimate_segments(int64_t ppm, int64_t of);

/* Set exactly ${n} of the ${of} flags, each set of them as likely as any
 * other; the same ${seed} chooses the same. */
void estimate_choose(bool *chosen, int64_t of, int64_t n, uint64_t seed);

/* Variance over mean of the segments' counts, which are ${sum} together and
 * their squares ${squares}: 1 when entries lie as evenly as hashing lays
 * them, more when in heaps; never below 1. */
double estimate_spread(int64_t segments, int64_t sum, double squares);

/* The table's count, from that of the sample's segments. */
struct estimate estimate_count(const struct estimate_sample *s, int64_t sum,
    double squares);

/* ${sum} scaled up to the whole table, rounded. */
int64_t estimate_scale(const struct estimate_sample *s, int64_t sum);

/*
 * Below: the numeric part, for its test. The value that a standard gamma
 * variable of ${shape} (>= 0) stays below, or above, with the chance that a
 * standard normal one has beyond ${z} >= 0 deviations.
 */
double estimate_gamma_low(double shape, double z);
double estimate_gamma_high(double shape, double z);
/* What Student's t with ${df} >= 1 degrees of freedom stays within, in 95 of
 * 100 cases. */
double estimate_student(int64_t df);

#endif
