#include <string.h>

#include "lib/base/decimal.h"

#define INT64_DIGITS 19

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

static bool
is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

static int64_t
clamp_exp(int64_t exp)
{
	if (exp > DECIMAL_EXP_MAX)
		return DECIMAL_EXP_MAX;
	return exp < -DECIMAL_EXP_MAX ? -DECIMAL_EXP_MAX : exp;
}

/* Cut trailing zeros; there is only one zero. */
static void
settle(struct decimal *d)
{
	if (!d->sticky)
		while (d->ndigits > 0 && d->digits[d->ndigits - 1] == 0)
			d->ndigits--;
	d->exp = clamp_exp(d->exp);
	if (d->ndigits == 0) {
		d->negative = false;
		d->exp = 0;
	}
}

/* Add a digit to the mantissa; ${whole}: it is before the point. */
static void
push(struct decimal *d, int digit, bool whole)
{
	if (d->ndigits == 0 && digit == 0) {
		if (!whole)
			d->exp--;
		return;
	}
	if (whole)
		d->exp++;
	if (d->ndigits < DECIMAL_DIGITS)
		d->digits[d->ndigits++] = (unsigned char)digit;
	else if (digit != 0)
		d->sticky = true;
}

/* Read the exponent, sign included; NULL when there are no digits. Digits past
 * 2^50 are ignored: no mantissa is long enough to make up for that. */
static const char *
read_exponent(const char *p, const char *end, int64_t *exp)
{
	bool negative = false;
	int64_t v = 0;

	if (p < end && (*p == '+' || *p == '-'))
		negative = *p++ == '-';
	if (!is_digit(p, end))
		return NULL;
	for (; is_digit(p, end); p++)
		if (v < (int64_t)1 << 50)
			v = v * 10 + (*p - '0');
	*exp = negative ? -v : v;
	return p;
}

/* decimal_parse of what most texts are, digits alone, the first of them no
 * zero; false, and ${d} as it was: it is another one. */
static bool
parse_digits(struct decimal *d, const char *p, size_t n)
{
	if (n == 0 || n > DECIMAL_DIGITS || *p == '0')
		return false;
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	*d = (struct decimal){ .ndigits = (int)n, .exp = (int64_t)n };
	for (size_t i = 0; i < n; i++)
		d->digits[i] = (unsigned char)(p[i] - '0');
	settle(d);
	return true;
}

int
decimal_parse(struct decimal *d, const char *p, size_t n)
{
	struct decimal v = { 0 };
	const char *end = p + n;
	bool any = false;
	int64_t exp = 0;

	if (parse_digits(d, p, n))
		return 0;
	p = skip_blanks(p, end);
	if (p < end && (*p == '+' || *p == '-'))
		v.negative = *p++ == '-';
	for (; is_digit(p, end); p++, any = true)
		push(&v, *p - '0', true);
	if (p < end && *p == '.')
		for (p++; is_digit(p, end); p++, any = true)
			push(&v, *p - '0', false);
	if (!any)
		return -1;
	if (p < end && (*p == 'e' || *p == 'E')) {
		p = read_exponent(p + 1, end, &exp);
		if (p == NULL)
			return -1;
	}
	if (skip_blanks(p, end) != end)
		return -1;
	v.exp += exp;
	settle(&v);
	*d = v;
	return 0;
}

void
decimal_from_int(struct decimal *d, int64_t v)
{
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v, unit = 1;

	*d = (struct decimal){ .negative = v < 0 };
	while (u / unit >= 10)
		unit *= 10;
	for (; unit > 0; unit /= 10)
		push(d, (int)(u / unit % 10), true);
	settle(d);
}

void
decimal_scale(struct decimal *d, int shift)
{
	if (d->ndigits > 0)
		d->exp = clamp_exp(d->exp + shift);
}

/* Compare without the signs. */
static int
cmp_size(const struct decimal *a, const struct decimal *b)
{
	int n = a->ndigits < b->ndigits ? a->ndigits : b->ndigits, r;

	if (a->ndigits == 0 || b->ndigits == 0)
		return (a->ndigits > 0) - (b->ndigits > 0);
	if (a->exp != b->exp)
		return a->exp < b->exp ? -1 : 1;
	r = memcmp(a->digits, b->digits, (size_t)n);
	if (r != 0)
		return r;
	if (a->ndigits != b->ndigits)
		return a->ndigits < b->ndigits ? -1 : 1;
	return (int)a->sticky - (int)b->sticky;
}

int
decimal_cmp(const struct decimal *a, const struct decimal *b)
{
	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	return a->negative ? cmp_size(b, a) : cmp_size(a, b);
}

/* The floor or ceiling of ${d}. */
static int64_t
to_int(const struct decimal *d, bool ceil)
{
	uint64_t u = 0, limit = (uint64_t)INT64_MAX + (d->negative ? 1 : 0);
	bool rest = d->ndigits > 0 && (d->sticky || d->ndigits > d->exp);

	if (d->exp > INT64_DIGITS)
		return d->negative ? INT64_MIN : INT64_MAX;
	for (int i = 0; i < d->exp; i++)
		u = u * 10 + (i < d->ndigits ? d->digits[i] : 0);
	if (rest && ceil != d->negative)
		u++; /* away from zero */
	if (u > limit)
		u = limit;
	if (!d->negative)
		return (int64_t)u;
	return u == limit ? INT64_MIN : -(int64_t)u;
}

int64_t
decimal_floor(const struct decimal *d)
{
	return to_int(d, false);
}

int64_t
decimal_ceil(const struct decimal *d)
{
	return to_int(d, true);
}

int
decimal_cmp_int(const struct decimal *a, int64_t b)
{
	struct decimal d;
	int64_t floor;

	/* the usual case: the floor of a number below 10^18 is an int64 */
	if (a->exp < INT64_DIGITS) {
		floor = decimal_floor(a);
		if (floor != b)
			return floor < b ? -1 : 1;
		return a->sticky || a->ndigits > a->exp;
	}
	decimal_from_int(&d, b);
	return decimal_cmp(a, &d);
}
