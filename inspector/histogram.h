#ifndef INSPECTOR_HISTOGRAM_H
#define INSPECTOR_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

/*
 * Ages in seconds. The first bucket ends at 1 s; after one that ends at u comes
 * one that ends at ceil(u · 1.04). So a percentile is right within 4 %, mostly
 * within 2 % (the middle of its bucket), and two histograms add up exactly.
 */
#define HISTOGRAM_BUCKETS 1200

struct histogram {
	int64_t count[HISTOGRAM_BUCKETS];
	int64_t total;
	int64_t max; /* the largest value itself, 0 when empty */
	int64_t sum; /* of all values, at most INT64_MAX */
};

/* ${value} < 0 counts as 0. */
void histogram_add(struct histogram *h, int64_t value, int64_t times);
void histogram_merge(struct histogram *to, const struct histogram *from);
/* The quantile ${q} (0..1), within 4 % and at most max; 0 when empty. */
int64_t histogram_quantile(const struct histogram *h, double q);
/* What the share ${q} of all values is at most: the end of the bucket of the
 * quantile, and at most max; 0 when empty. */
int64_t histogram_at_most(const struct histogram *h, double q);
/* Lower and upper end (inclusive) of bucket ${i}; the last one has no upper end
 * but INT64_MAX. Pure. */
int64_t histogram_from(size_t i);
int64_t histogram_up_to(size_t i);
/* The bucket of ${value}. Pure. */
size_t histogram_bucket(int64_t value);

#endif
