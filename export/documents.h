#ifndef EXPORT_DOCUMENTS_H
#define EXPORT_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;
struct input;
struct line;

/*
 * A text of JSON documents, one after the other, on any number of lines: the
 * replies of DynamoDB's Scan, Query, GetItem and BatchGetItem, as the AWS CLI
 * prints them (API reference; {"Items":[…],"Count":…,"LastEvaluatedKey":…}),
 * lines of an export (export/reader.h) that are spread over several lines,
 * and arrays of such documents. It is read as a stream: a reply may be of any
 * length, memory is the longest entry, at most LINES_MAX.
 */
struct documents;

/* Whether a text that begins with ${p}[0..n) is one: 1, 0; -1: it needs more
 * bytes to say. Files of one document a line are faster read as lines, and
 * only they can be journals. Pure. */
int documents_begin(const char *p, size_t n);
/* Whether ${in}, at its start, is such a text; not when it cannot be read,
 * which is told when it is. */
bool documents_are(struct input *in);

/* It owns ${in} from here on. */
struct documents *documents_of(struct input *in);
/* The next entry (${out} is an item or a change, borrowed until the next
 * call), and the line of the text where it begins: 1, 0, -1 (the fault names
 * file and line). */
int documents_next(struct documents *d, struct line *out, int64_t *line,
    struct fault *f);
/* Begin with the first entry again, like lines_restart (lib/stream/lines.h). */
int documents_restart(struct documents *d, struct fault *f);
/* Whether the last reply so far says that more follows it (LastEvaluatedKey,
 * NextToken, UnprocessedKeys): at the end, that entries are missing. */
bool documents_partial(const struct documents *d);
void documents_close(struct documents *d);

#endif
