#ifndef CLI_REPORT_CODEC_H
#define CLI_REPORT_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct buf;
struct fault;
struct json;
struct report;
struct report_read;
struct summary;

/*
 * A report as JSON, both ways: a function that says which members there are
 * writes them, or reads them. The first that is wrong is kept as the fault;
 * what is read after that is of no matter.
 */

/* One pass over a report. */
struct codec_pass {
	const struct report *r;
	struct summary *s;          /* only changed by reading */
	const struct summary *seen; /* of a sample: before it was scaled up */
	/* reading: */
	struct report_read *out;
	const char *name; /* what faults call it */
	struct fault *f;
	bool wrong;
};

/* An object of the document: written where ${j} is set, else read. */
struct codec {
	struct codec_pass *p;
	struct json *j;
	struct slice in;
};

/* ${what} is not as we write it; checked only when it was read. */
void codec_wrong(struct codec at, const char *what);
void codec_check(struct codec at, const char *what, bool right);

/* Reading: whether a value is ${word}; whether a member is there; the decoded
 * text of one in ${b}, p NULL when there is none. */
bool codec_is(struct slice value, const char *word);
bool codec_has(struct codec at, const char *name);
struct slice codec_decoded(struct codec at, const char *name, struct buf *b);

/* The member ${name}, both ways: an object; a figure from 0 to ${max}, or below
 * 2^53; "128.5", at most three digits behind the point; a truth; a text
 * without NULs, NULL where there is none: one that was read is the caller's. */
struct codec codec_member(struct codec at, const char *name);
void codec_figure_to(struct codec at, const char *name, int64_t max,
    int64_t *v);
void codec_figure(struct codec at, const char *name, int64_t *v);
void codec_real(struct codec at, const char *name, double *v);
void codec_flag(struct codec at, const char *name, bool *v);
void codec_text(struct codec at, const char *name, const char **v);
/* Call ${one} for each element of the array ${name}: to be written are those
 * of ${n} that are ${there}, NULL: all. */
void codec_each(struct codec at, const char *name, size_t n,
    bool (*there)(const struct summary *s, size_t i),
    void (*one)(struct codec at, size_t i));

#endif
