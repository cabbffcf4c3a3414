#include <math.h>

#include "inspector/estimate.h"

/*
 * Policy. A count of independent events is Poisson's, and the exact bounds
 * of its mean are Garwood's (1936): gamma quantiles, which stay honest for
 * few events and for none, where "mean ± 2 deviations" says [0, 0]. Entries
 * of a table are not always independent: collections under one partition key
 * share a segment. So the bounds are those of sum / spread events of weight
 * ${spread} each, the spread being the variance over the mean of the
 * segments' counts (never taken below 1). The spread is an estimate itself:
 * its uncertainty makes the normal quantile a Student one. Its degrees of
 * freedom are segments - 1 where entries lie evenly; where they do not, few
 * segments carry most of the count, and as many degrees as those are left:
 * sum² / squares - 1 (Kish's effective size), but DEGREES at least. What was
 * read is known, which shrinks the way from the estimate to each bound by
 * sqrt(1 - segments / of), the finite population factor. For many events all
 * this becomes the textbook's interval for a cluster sample (Cochran,
 * Sampling Techniques, chapter 9).
 *
 * Fewer than FEW of a kind do not tell how uneven that kind lies; all
 * entries together then do. That covers a rare kind in heaps where entries
 * lie in heaps anyway. Where most lie by themselves, nothing that was seen
 * tells of the few heaps that were not: no range can be honest about them,
 * and the report of a table with a sort key says so.
 *
 * The quantiles: series and continued fraction of the incomplete gamma
 * function (DLMF 8.11.4 and 8.9.2), inverted by halving; from NORMAL events
 * on, the cube root of a gamma variable is as good as normal (Wilson and
 * Hilferty, 1931). The test compares them with printed tables.
 */
#define FEW 10
#define DEGREES 4
#define NORMAL 200.0
#define TERMS 2000
#define HALVINGS 60

/* t(0.975, df), df from 1: any printed table. */
static const double student[] = { 12.7062, 4.3027, 3.1824, 2.7764, 2.5706,
	2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604, 2.1448,
	2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687,
	2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423 };

#define NSTUDENT ((int64_t)(sizeof(student) / sizeof(student[0])))

/* Past the table, the first terms of the expansion around the normal
 * quantile (Abramowitz and Stegun, 26.7.5). */
double
estimate_student(int64_t df)
{
	const double z = 1.959963984540054, z2 = z * z;
	double v = (double)df;

	if (df <= NSTUDENT)
		return student[df > 1 ? df - 1 : 0];
	return z + z * (z2 + 1) / (4 * v) +
	    z * ((5 * z2 + 16) * z2 + 3) / (96 * v * v);
}

/* x^a e^-x / gamma(a + 1) */
static double
density(double a, double x)
{
	return exp(a * log(x) - x - lgamma(a + 1));
}

/* P(a, x), the chance to stay below; for x < a + 1. */
static double
below(double a, double x)
{
	double term = 1, sum = 1;

	if (!(x > 0))
		return 0;
	for (int n = 1; n < TERMS && term > sum * 1e-15; n++) {
		term *= x / (a + n);
		sum += term;
	}
	return sum * density(a, x);
}

/* Q(a, x), the chance to lie above; for x >= a + 1 (Lentz's way). */
static double
above(double a, double x)
{
	double b = x + 1 - a, c = 1e300, d = 1 / b, h = d, step = 0;

	for (int n = 1; n < TERMS && fabs(step - 1) > 1e-15; n++) {
		double an = -n * (n - a);

		b += 2;
		d = 1 / (an * d + b);
		c = b + an / c;
		step = c * d;
		h *= step;
	}
	return h * a * density(a, x);
}

static double
chance_above(double a, double x)
{
	return x < a + 1 ? 1 - below(a, x) : above(a, x);
}

static double
cube(double shape, double z)
{
	double k = 1 / (9 * shape), root = 1 - k + z * sqrt(k);

	return root > 0 ? shape * root * root * root : 0;
}

double
estimate_gamma_low(double shape, double z)
{
	double tail = erfc(z / sqrt(2)) / 2, low = 0, high = shape;

	if (!(shape > 0))
		return 0;
	if (shape > NORMAL)
		return cube(shape, -z);
	for (int i = 0; i < HALVINGS; i++) {
		double mid = (low + high) / 2;

		if (below(shape, mid) < tail)
			low = mid;
		else
			high = mid;
	}
	return low;
}

double
estimate_gamma_high(double shape, double z)
{
	double tail = erfc(z / sqrt(2)) / 2, low = shape, high, room;

	if (!(shape > 0))
		return 0;
	if (shape > NORMAL)
		return cube(shape, z);
	/* nothing lies further out than this (Chernoff's bound) */
	room = -log(tail);
	high = shape + sqrt(2 * shape * room) + room + 1;
	for (int i = 0; i < HALVINGS; i++) {
		double mid = (low + high) / 2;

		if (chance_above(shape, mid) > tail)
			low = mid;
		else
			high = mid;
	}
	return high;
}

int64_t
estimate_segments(int64_t ppm, int64_t of)
{
	/* ppm <= 10^6 and of <= 4096: nothing overflows */
	int64_t n = (of * ppm + 500000) / 1000000;

	if (n < ESTIMATE_SEGMENTS_MIN)
		n = ESTIMATE_SEGMENTS_MIN;
	return n < of ? n : of;
}

/* splitmix64 (Steele, Lea, Flood, 2014): every seed is a good one. */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Each in turn, with the chance that those still wanted have among those
 * still to come (Knuth, Seminumerical Algorithms, 3.4.2, algorithm S). */
void
estimate_choose(bool *chosen, int64_t of, int64_t n, uint64_t seed)
{
	for (int64_t i = 0; i < of; i++) {
		/* 53 bits: off by less than 10^-12 for 4096 segments */
		double u = (double)(next_random(&seed) >> 11) * 0x1p-53;

		chosen[i] = u * (double)(of - i) < (double)n;
		n -= chosen[i];
	}
}

double
estimate_spread(int64_t segments, int64_t sum, double squares)
{
	double n = (double)segments, y = (double)sum, spread;

	if (segments < 2 || sum <= 0)
		return 1;
	spread = (squares - y * y / n) / (n - 1) / (y / n);
	return spread > 1 ? spread : 1;
}

static int64_t
whole(double v)
{
	return v < 9e18 ? (int64_t)v : INT64_MAX;
}

int64_t
estimate_scale(const struct estimate_sample *s, int64_t sum)
{
	if (s->segments >= s->of || s->segments <= 0)
		return sum;
	return whole((double)sum / (double)s->segments * (double)s->of + 0.5);
}

/* The quantile for counts as uneven as ${spread}. */
static double
quantile(const struct estimate_sample *s, int64_t sum, double squares,
    double spread)
{
	int64_t df = s->segments - 1;
	double carry = squares > 0 ? (double)sum * (double)sum / squares : 0;

	if (spread > 1 && carry - 1 < (double)df && df > DEGREES)
		df = carry - 1 > DEGREES ? (int64_t)(carry - 1) : DEGREES;
	return estimate_student(df);
}

struct estimate
estimate_count(const struct estimate_sample *s, int64_t sum, double squares)
{
	struct estimate e = { estimate_scale(s, sum), sum, sum };
	double f, spread, t, unseen, mid, low, high;

	if (s->segments >= s->of)
		return e;
	e.high = INT64_MAX;
	if (s->segments < 2)
		return e;
	f = (double)s->segments / (double)s->of;
	spread = estimate_spread(s->segments, sum, squares);
	t = quantile(s, sum, squares, spread);
	if (sum < FEW && s->spread > spread)
		spread = s->spread;
	unseen = sqrt(1 - f);
	mid = (double)sum / f;
	low = spread * estimate_gamma_low((double)sum / spread, t) / f;
	high = spread * estimate_gamma_high((double)sum / spread + 1, t) / f;
	low = mid - unseen * (mid - low);
	high = mid + unseen * (high - mid);
	if (low > (double)sum) /* else: what was seen is there */
		e.low = whole(floor(low));
	e.high = whole(ceil(high));
	return e;
}
