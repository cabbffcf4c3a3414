#ifndef LIB_BASE_DECIMAL_H
#define LIB_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An exact decimal: ± 0.d1d2d3… × 10^exp, d1 not 0, without trailing zeros;
 * zero has no digits. Of digits past DECIMAL_DIGITS it is only known that
 * there are some (sticky), enough to compare exactly with any int64. DynamoDB's
 * numbers have at most 38 digits; strings may have more. exp saturates at
 * ±DECIMAL_EXP_MAX.
 */
#define DECIMAL_DIGITS 64
#define DECIMAL_EXP_MAX 1000000000

struct decimal {
	bool negative;
	bool sticky;
	int ndigits;
	int64_t exp;
	unsigned char digits[DECIMAL_DIGITS];
};

/* Read all of ${p}[0..n): [+-] digits [. digits] [e [+-] digits], at least one
 * digit before the exponent; spaces and tabs around it are ignored. 0, or -1.
 * Pure. */
int decimal_parse(struct decimal *d, const char *p, size_t n);

void decimal_from_int(struct decimal *d, int64_t v);

/* Multiply by 10^${shift}, exactly. Pure. */
void decimal_scale(struct decimal *d, int shift);

/* <0, 0, >0 as ${a} is below, equal to, above ${b}. Two sticky numbers with the
 * same digits count as equal. Pure. */
int decimal_cmp_int(const struct decimal *a, int64_t b);
int decimal_cmp(const struct decimal *a, const struct decimal *b);

/* The largest integer not above ${d}, and the smallest not below it, clamped to
 * int64. Pure. */
int64_t decimal_floor(const struct decimal *d);
int64_t decimal_ceil(const struct decimal *d);

#endif
