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
 * A report as JSON, both ways: one function lists the members of an object, and
 * either writes or reads them. The first value that is wrong sets the fault;
 * what is read after it does not matter.
 */

/* One pass over a report. */
struct codec_pass {
	const struct report *r;
	struct summary *s;          /* changed by reading only */
	const struct summary *seen; /* of a sample: before it was scaled up */
	/* for reading: */
	struct report_read *out;
	const char *name; /* in faults */
	struct fault *f;
	bool wrong;
};

/* An object of the document: written if ${j} is set, else read. */
struct codec {
	struct codec_pass *p;
	struct json *j;
	struct slice in;
};

/* ${what} is wrong. codec_check checks only while reading. */
void codec_wrong(struct codec at, const char *what);
void codec_check(struct codec at, const char *what, bool right);

/* For reading: whether a value is ${word}; whether there is a member; its
 * decoded text in ${b}, p NULL if there is none. */
bool codec_is(struct slice value, const char *word);
bool codec_has(struct codec at, const char *name);
struct slice codec_decoded(struct codec at, const char *name, struct buf *b);

/* Write or read the member ${name}: an object; an integer from 0 to ${max}, or
 * below 2^53; a decimal with at most three digits after the point; a boolean; a
 * text without NULs, NULL if there is none. A text that was read belongs to the
 * caller. */
struct codec codec_member(struct codec at, const char *name);
void codec_figure_to(struct codec at, const char *name, int64_t max,
    int64_t *v);
void codec_figure(struct codec at, const char *name, int64_t *v);
void codec_real(struct codec at, const char *name, double *v);
void codec_flag(struct codec at, const char *name, bool *v);
void codec_text(struct codec at, const char *name, const char **v);
/* Call ${one} for each element of the array ${name}. Written are those of
 * 0..${n} - 1 for which ${there} is true; NULL: all. */
void codec_each(struct codec at, const char *name, size_t n,
    bool (*there)(const struct summary *s, size_t i),
    void (*one)(struct codec at, size_t i));

#endif
