#ifndef EXPORT_DOCUMENTS_H
#define EXPORT_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;
struct input;
struct line;

/*
 * JSON documents one after the other, on any number of lines: the replies of
 * DynamoDB's Scan, Query, GetItem and BatchGetItem as the AWS CLI prints them
 * (API reference; {"Items":[…],"Count":…,"LastEvaluatedKey":…}), lines of an
 * export (export/reader.h) spread over several lines, and arrays of such
 * documents. Replies may have any length; memory is the longest entry, at most
 * LINES_MAX.
 */
struct documents;

/* Whether a text that begins with ${p}[0..n) is such a one: 1, 0; -1: more
 * bytes are needed. One document a line is read faster as lines, and only those
 * can be journals. Pure. */
int documents_begin(const char *p, size_t n);
/* The same of ${in}, at its start; false when it cannot be read, which is
 * reported later. */
bool documents_are(struct input *in);

/* Takes over ${in}. */
struct documents *documents_of(struct input *in);
/* The next entry (an item or a change, borrowed until the next call), and the
 * line where it begins: 1, 0, -1 (the fault names file and line). */
int documents_next(struct documents *d, struct line *out, int64_t *line,
    struct fault *f);
/* Start over, like lines_restart (lib/stream/lines.h). */
int documents_restart(struct documents *d, struct fault *f);
/* Whether the last reply so far has LastEvaluatedKey, NextToken or
 * UnprocessedKeys: at the end, that entries are missing. */
bool documents_partial(const struct documents *d);
void documents_close(struct documents *d);

#endif
