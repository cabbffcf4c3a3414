#ifndef LIB_BASE_SUM_H
#define LIB_BASE_SUM_H

#include <stdint.h>

/*
 * Sums that stay within int64: where the true one lies outside, it is the end
 * it lies behind. A time plus a duration that people or files give is one of
 * these; no clock ever gets to the ends. All pure.
 */
int64_t sum_add(int64_t a, int64_t b);
int64_t sum_sub(int64_t a, int64_t b); /* a - b */
int64_t sum_mul(int64_t a, int64_t b);

#endif
