#ifndef INSPECTOR_MOMENT_H
#define INSPECTOR_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/decimal.h"
#include "lib/base/slice.h"

/*
 * The moment that a TTL value was intended to mean.
 *
 * A value means a moment only inside the window: from the day DynamoDB
 * opened (AWS News Blog, 18 January 2012) to a hundred years from now, both
 * ends included. No application can have asked for an earlier expiry, and
 * none plausibly asks for a later one. Other values are something else: a
 * mark for "never" (0, -1, 9999-12-31), a duration (3600), a date written as
 * digits (20261208), a count since another epoch (.NET ticks, FILETIME).
 *
 * Seconds, milliseconds, microseconds and nanoseconds each have their own
 * window, a factor of a thousand apart. They overlap only when now is past
 * the year 43 000.
 */
#define MOMENT_EARLIEST INT64_C(1326844800) /* 2012-01-18T00:00:00Z */
#define MOMENT_AHEAD INT64_C(3155760000)    /* 100 years of 365.25 days */

/* Seconds: the westernmost zone is UTC-12. A local time has passed everywhere
 * once it has passed there. */
#define MOMENT_ZONE_WEST INT64_C(43200)

enum moment_form {
	MOMENT_SECONDS, /* these four in order: each 1000 times finer */
	MOMENT_MILLISECONDS,
	MOMENT_MICROSECONDS,
	MOMENT_NANOSECONDS,
	MOMENT_STRING,     /* a string that means a moment */
	MOMENT_NO_TIME,    /* a number, also in a string, or a date-time
			      outside the window */
	MOMENT_FAR_FUTURE, /* a number above now outside the window */
	MOMENT_MISSING,
	MOMENT_WRONG_TYPE
};

/* The zone of date-times that name none. All zero: unknown. */
struct moment_zone {
	bool known;
	int64_t east; /* seconds east of UTC */
};

struct moment {
	enum moment_form form;
	bool zoneless; /* a date-time of an unknown zone, read as UTC */
	struct decimal seconds; /* the moment meant, exact; only where there
				   is one, see moment_means */
	int64_t floor;          /* it, cut to whole seconds … */
	int64_t ceil;           /* … and the next whole one, if it is none */
};

/* Read the AttributeValue ${ttl} (p NULL: missing) as of ${now}. What cannot be
 * read is WRONG_TYPE. Pure. */
void moment_read(struct moment *m, struct slice ttl, int64_t now,
    struct moment_zone zone);

/* Whether a value of this form means a moment. Pure. */
bool moment_means(enum moment_form form);

/* Whether ${seconds} lies in the window as of ${now}. Pure. */
bool moment_in_window(const struct decimal *seconds, int64_t now);
/* Whether what expires ${seconds} from ${now} has such a moment. Pure. */
bool moment_reaches(int64_t now, int64_t seconds);

#endif
