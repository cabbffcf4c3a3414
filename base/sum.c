#include "base/sum.h"

int64_t
sum_add(int64_t a, int64_t b)
{
	if (b > 0 && a > INT64_MAX - b)
		return INT64_MAX;
	if (b < 0 && a < INT64_MIN - b)
		return INT64_MIN;
	return a + b;
}

int64_t
sum_sub(int64_t a, int64_t b)
{
	if (b > 0 && a < INT64_MIN + b)
		return INT64_MIN;
	if (b < 0 && a > INT64_MAX + b)
		return INT64_MAX;
	return a - b;
}

int64_t
sum_mul(int64_t a, int64_t b)
{
	int64_t end = (a < 0) == (b < 0) ? INT64_MAX : INT64_MIN;

	if (a == 0 || b == 0)
		return 0;
	/* by division, each time of numbers of one sign */
	if (a > 0 && b > 0)
		return a > INT64_MAX / b ? end : a * b;
	if (a > 0)
		return b < INT64_MIN / a ? end : a * b;
	if (b > 0)
		return a < INT64_MIN / b ? end : a * b;
	return a < INT64_MAX / b ? end : a * b;
}
