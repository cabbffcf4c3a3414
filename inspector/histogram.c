#include "inspector/histogram.h"
#include "lib/base/sum.h"

/* The upper end of every 16th bucket; those between are computed from it. After
 * the last ones int64 overflows. */
#define STRIDE 16

static const int64_t ends[] = { 1, 17, 40, 84, 167, 322, 613, 1158, 2181, 4096,
	7683, 14399, 26975, 50533, 94660, 177308, 332108, 622042, 1165084,
	2182194, 4087216, 7655290, 14338225, 26855236, 50299363, 94209773,
	176453148, 330493446, 619008038, 1159390456, 2171516590, 4067209859,
	7617807800, 14268011152, 26723717312, 50053021352, 93748370296,
	175588939393, 328874790447, 615976314709, 1153712085272, 2160881098695,
	4047289772113, 7580497839199, 14198130286103, 26592831750271,
	49807875139046, 93289216024965, 174728952043362, 327264050262792,
	612959428542941, 1148061514052595, 2150297684761688, 4027467236289255,
	7543370601350515, 14128591665899376, 26462587218767055,
	49563929574170809, 92832310556965282, 173873176670718428,
	325661199039266405, 609957318261576327, 1142438617797984749,
	2139766105530121222, 4007741785900629302, 7506425202709083140 };

#define NENDS (sizeof(ends) / sizeof(ends[0]))

/* ceil(u · 1.04), which is above u; INT64_MAX when that overflows. */
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

	/* find the last end below value, if any */
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

/* ceil(q · n), allowing for rounding (0.07 · 100 is a little above 7). */
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
