#include "inspector/histogram.h"
#include "lib/base/sum.h"

/*
 * The upper end of every 16th bucket. From there the rule is followed step
 * by step: the ends need no table of a thousand, and no first thread that
 * has to make one. Behind the last of them the ends run out of int64.
 */
#define STRIDE 16

static const int64_t ends[] = {
	/* clang-format off */
	1, 17, 40, 84, 167, 322, 613, 1158, 2181, 4096, 7683, 14399, 26975,
	50533, 94660, 177308, 332108, 622042, 1165084, 2182194, 4087216,
	7655290, 14338225, 26855236, 50299363, 94209773, 176453148, 330493446,
	619008038, 1159390456, INT64_C(2171516590), INT64_C(4067209859),
	INT64_C(7617807800), INT64_C(14268011152), INT64_C(26723717312),
	INT64_C(50053021352), INT64_C(93748370296), INT64_C(175588939393),
	INT64_C(328874790447), INT64_C(615976314709), INT64_C(1153712085272),
	INT64_C(2160881098695), INT64_C(4047289772113),
	INT64_C(7580497839199), INT64_C(14198130286103),
	INT64_C(26592831750271), INT64_C(49807875139046),
	INT64_C(93289216024965), INT64_C(174728952043362),
	INT64_C(327264050262792), INT64_C(612959428542941),
	INT64_C(1148061514052595), INT64_C(2150297684761688),
	INT64_C(4027467236289255), INT64_C(7543370601350515),
	INT64_C(14128591665899376), INT64_C(26462587218767055),
	INT64_C(49563929574170809), INT64_C(92832310556965282),
	INT64_C(173873176670718428), INT64_C(325661199039266405),
	INT64_C(609957318261576327), INT64_C(1142438617797984749),
	INT64_C(2139766105530121222), INT64_C(4007741785900629302),
	INT64_C(7506425202709083140),
	/* clang-format on */
};

#define NENDS (sizeof(ends) / sizeof(ends[0]))

/* ceil(u · 1.04), which is above u; INT64_MAX when there is no room. */
static int64_t
next_end(int64_t u)
{
	int64_t step = u / 25 + (u % 25 > 0);

	return u > INT64_MAX - step ? INT64_MAX : u + step;
}

int64_t
histogram_up_to(size_t i)
{
	size_t at = i / STRIDE;
	int64_t u;

	if (at >= NENDS)
		return INT64_MAX;
	u = ends[at];
	for (at *= STRIDE; at < i; at++)
		u = next_end(u);
	return u;
}

size_t
histogram_bucket(int64_t value)
{
	size_t low = 0, high = NENDS;
	int64_t u;

	/* ends[low] is the last one below value, if any is */
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (ends[mid] < value)
			low = mid;
		else
			high = mid;
	}
	u = ends[low];
	for (low *= STRIDE; u < value; low++)
		u = next_end(u);
	return low;
}

void
histogram_add(struct histogram *h, int64_t value, int64_t times)
{
	if (times <= 0)
		return;
	if (value < 0)
		value = 0;
	h->count[histogram_bucket(value)] += times;
	h->total += times;
	h->sum = sum_add(h->sum, sum_mul(value, times));
	if (value > h->max)
		h->max = value;
}

void
histogram_merge(struct histogram *to, const struct histogram *from)
{
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		to->count[i] += from->count[i];
	to->total += from->total;
	to->sum = sum_add(to->sum, from->sum);
	if (from->max > to->max)
		to->max = from->max;
}

/* How many values have to lie at or below the one asked for: ceil(q · n),
 * forgiving what a double cannot say (0.07 · 100 is a little above 7). */
static int64_t
rank_of(double q, int64_t n)
{
	double x = q * (double)n;
	int64_t rank;

	if (!(x > 1))
		return 1;
	if (x >= (double)n)
		return n;
	rank = (int64_t)x;
	return x - (double)rank > x * 1e-12 ? rank + 1 : rank;
}

int64_t
histogram_quantile(const struct histogram *h, double q)
{
	int64_t rank = rank_of(q, h->total), seen = 0, low, high, mid;
	size_t i;

	if (h->total <= 0)
		return 0;
	if (rank == h->total)
		return h->max;
	for (i = 0; i < HISTOGRAM_BUCKETS - 1; i++) {
		seen += h->count[i];
		if (seen >= rank)
			break;
	}
	high = histogram_up_to(i);
	low = i > 0 ? histogram_up_to(i - 1) + 1 : high;
	mid = low + (high - low) / 2;
	return mid < h->max ? mid : h->max;
}
