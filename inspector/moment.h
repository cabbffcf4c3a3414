#ifndef INSPECTOR_MOMENT_H
#define INSPECTOR_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/decimal.h"
#include "lib/base/slice.h"

/*
 * The time that a TTL value was intended to mean.
 *
 * A value is a time only if it lies in the window: from the day DynamoDB
 * opened (AWS News Blog, 18 January 2012) to a hundred years from now, both
 * ends included. No application wrote an earlier one, or plausibly writes a
 * later one. Other values are something else: a mark for "never" (0, -1,
 * 9999-12-31), a duration (3600), a date in digits (20261208), a count since
 * another epoch (.NET ticks, FILETIME).
 *
 * Seconds, milliseconds, microseconds and nanoseconds each have a window, a
 * factor of a thousand apart. They overlap only after the year 43 000.
 */
#define MOMENT_EARLIEST INT64_C(1326844800) /* 2012-01-18T00:00:00Z */
#define MOMENT_AHEAD INT64_C(3155760000)    /* 100 years of 365.25 days */

/* Seconds: UTC-12 is the westernmost zone. A local time that is past there is
 * past everywhere. */
#define MOMENT_ZONE_WEST INT64_C(43200)

enum moment_form {
	MOMENT_SECONDS, /* in this order, each a thousandth of the one before */
	MOMENT_MILLISECONDS,
	MOMENT_MICROSECONDS,
	MOMENT_NANOSECONDS,
	MOMENT_STRING,     /* a time in a string */
	MOMENT_NO_TIME,    /* outside the window: a number or date-time */
	MOMENT_FAR_FUTURE, /* outside the window: a number above now */
	MOMENT_MISSING,
	MOMENT_WRONG_TYPE
};

/* The zone of date-times without one. All zero: unknown. */
struct moment_zone {
	bool known;
	int64_t east; /* seconds east of UTC */
};

struct moment {
	enum moment_form form;
	bool zoneless; /* a date-time of an unknown zone, read as UTC */
	/* only if moment_means: */
	int64_t floor, ceil;     /* rounded to whole seconds */
	struct decimal fraction; /* of moment_exact, unless these are equal */
};

/* Read the AttributeValue ${ttl} (p NULL: missing) as of ${now}; WRONG_TYPE
 * when it cannot be read. Pure. */
void moment_read(struct moment *m, struct slice ttl, int64_t now,
    struct moment_zone zone);

/* The time of ${m}, which has one, in seconds. Pure. */
struct decimal moment_exact(const struct moment *m);

/* Whether a value of this form is a time. Pure. */
bool moment_means(enum moment_form form);

/* Whether ${seconds} lies in the window as of ${now}. Pure. */
bool moment_in_window(const struct decimal *seconds, int64_t now);
/* Whether ${now} + ${seconds} does. Pure. */
bool moment_reaches(int64_t now, int64_t seconds);

#endif
