#ifndef INSPECTOR_MOMENT_H
#define INSPECTOR_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"
#include "dynamodb/slice.h"

/*
 * What a TTL value says and what it was meant to say. The thresholds are
 * those of DESIGN.md section 2: from 1e11 up a number is milliseconds (in
 * seconds it would be the year 5138), from 1e14 microseconds, from 1e17
 * nanoseconds.
 */
enum moment_form {
	MOMENT_SECONDS,
	MOMENT_MILLISECONDS,
	MOMENT_MICROSECONDS,
	MOMENT_NANOSECONDS,
	MOMENT_STRING, /* a string that means a moment */
	MOMENT_MISSING,
	MOMENT_WRONG_TYPE
};

struct moment {
	enum moment_form form;
	struct decimal seconds; /* the moment meant, exact; not for the last
				   two forms */
};

/* Read the AttributeValue ${ttl} (p NULL: missing). Never fails: what cannot
 * be read is WRONG_TYPE. Pure. */
void moment_read(struct moment *m, struct slice ttl);

/* ${a} - ${b} seconds, clamped to int64's ends. Pure. */
int64_t moment_minus(int64_t a, int64_t b);

#endif
