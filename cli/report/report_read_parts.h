#ifndef CLI_REPORT_REPORT_READ_PARTS_H
#define CLI_REPORT_REPORT_READ_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct fault;
struct summary;

/* A report being read: what faults call it, and where they go. */
struct report_text {
	const char *name;
	struct fault *f;
};

/* ${what} of it is not as we write it; -1. */
int report_read_wrong(const struct report_text *t, const char *what);
/* The member ${name} of ${object}, a figure from 0 to ${max}: 0, or -1. */
int report_read_figure(const struct report_text *t, struct slice object,
    const char *name, int64_t max, int64_t *v);

/* Read all that was counted; ${s} is initialised, its sizes say whether
 * bytes are there. */
int report_read_counts(const struct report_text *t, struct slice doc,
    struct summary *s);

#endif
