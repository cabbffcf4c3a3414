#ifndef LIB_BASE_SUM_H
#define LIB_BASE_SUM_H

#include <stdint.h>

/* Saturating arithmetic, for times and durations that people or files give.
 * All pure. */
int64_t sum_add(int64_t a, int64_t b);
int64_t sum_sub(int64_t a, int64_t b); /* a - b */
int64_t sum_mul(int64_t a, int64_t b);

#endif
