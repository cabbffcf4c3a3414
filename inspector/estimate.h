#ifndef INSPECTOR_ESTIMATE_H
#define INSPECTOR_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Counts of a whole table, estimated from randomly chosen segments: a cluster
 * sample. Poisson bounds (Garwood), widened by how unevenly the segments are
 * filled; the policy is in estimate.c. No library that we link has the
 * quantiles. All pure.
 */

/* Fewer segments say too little about how uneven a table is. */
#define ESTIMATE_SEGMENTS_MIN 30

struct estimate_sample {
	int64_t segments; /* read, chosen at random */
	int64_t of;
	double spread; /* of all entries (estimate_spread): used for a kind of
			  which too few were seen */
};

/* The true count is in low..high 95 times of 100. */
struct estimate {
	int64_t items;
	int64_t low;
	int64_t high; /* INT64_MAX: no bound (one segment read) */
};

/* How many of ${of} segments are ${ppm} parts of a million, at least
 * ESTIMATE_SEGMENTS_MIN, at most all. */
int64_t estimate_segments(int64_t ppm, int64_t of);

/* Set exactly ${n} of the ${of} flags, all choices equally likely; the same
 * ${seed} makes the same choice. */
void estimate_choose(bool *chosen, int64_t of, int64_t n, uint64_t seed);

/* Variance over mean of the segments' counts, given their sum and the sum of
 * their squares: 1 when entries are as evenly spread as hashing makes them,
 * more when they are clustered; at least 1. */
double estimate_spread(int64_t segments, int64_t sum, double squares);

/* The table's count, from that of the segments read. */
struct estimate estimate_count(const struct estimate_sample *s, int64_t sum,
    double squares);

/* ${sum} scaled up to the whole table, rounded. */
int64_t estimate_scale(const struct estimate_sample *s, int64_t sum);

/* For the test. The value that a gamma variable of ${shape} >= 0 is below, or
 * above, with the probability that a standard normal one is beyond ${z} >= 0.
 */
double estimate_gamma_low(double shape, double z);
double estimate_gamma_high(double shape, double z);
/* The bound that Student's t with ${df} >= 1 degrees of freedom is within in 95
 * of 100 cases. */
double estimate_student(int64_t df);

#endif
