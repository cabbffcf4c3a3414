#include <math.h>

#include "inspector/estimate.h"

/*
 * Policy. A count of independent events has a Poisson distribution, and the
 * exact bounds of its mean are Garwood's (1936): gamma quantiles, which are
 * right for few events and for none, where "mean ± 2 deviations" says [0, 0].
 * Entries are not always independent: those under one partition key share a
 * segment. So the bounds are those of sum / spread events of weight ${spread},
 * the variance over the mean of the segments' counts (at least 1). Because the
 * spread is an estimate, the normal quantile becomes a Student one. Its degrees
 * of freedom are segments - 1 for evenly spread entries; for uneven ones, where
 * few segments have most of the count, sum² / squares - 1 (Kish's effective
 * size), but at least DEGREES. What was read is known, which shortens the
 * distance from the estimate to each bound by sqrt(1 - segments / of), the
 * finite population factor. For many events all this becomes the usual interval
 * of a cluster sample (Cochran, Sampling Techniques, chapter 9).
 *
 * Fewer than FEW of a kind do not show how uneven that kind is; then all
 * entries together do. That covers a rare kind in clusters where entries are
 * clustered anyway. Where most are not, nothing seen can show the few clusters
 * that were missed: no range is right for them, and the report of a table with
 * a sort key says so.
 *
 * The quantiles: series and continued fraction of the incomplete gamma
 * function (DLMF 8.11.4 and 8.9.2), inverted by bisection; above NORMAL events
 * the cube root of a gamma variable is nearly normal (Wilson and Hilferty,
 * 1931). The test compares them with printed tables.
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

/* Past the table, the first terms of the expansion around the normal
 * quantile (Abramowitz and Stegun, 26.7.5). */
double
estimate_student(int64_t df)
{
	const double z = 1.959963984540054, z2 = z * z;
	double v = (double)df;

	if (df <= (int64_t)(sizeof(student) / sizeof(*student)))
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

/* P(a, x), the probability below x; for x < a + 1. */
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

/* Q(a, x), the probability above x; for x >= a + 1 (Lentz's method). */
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
	/* the quantile is not beyond this (Chernoff's bound) */
	room = -log(tail);
	high = shape + sqrt(2 * shape * room) + room + 1;
	for (int i = 0; i < HALVINGS; i++) {
		double mid = (low + high) / 2;
		double q =
		    mid < shape + 1 ? 1 - below(shape, mid) : above(shape, mid);

		if (q > tail)
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

/* splitmix64 (Steele, Lea, Flood, 2014): any seed is good. */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Each in turn, with the probability wanted / left (Knuth, Seminumerical
 * Algorithms, 3.4.2, algorithm S). */
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
	if (low > (double)sum) /* at least what was seen exists */
		e.low = whole(floor(low));
	e.high = whole(ceil(high));
	return e;
}
