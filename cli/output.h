#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct fault;
struct stream;
struct stream_options;

/* An output stream (lib/stream/stream.h) of data, which is escaped for a
 * terminal. Threads may share it. */
struct output {
	struct stream *stream;
	bool tame;
};

int output_open(struct output *o, const struct stream_options *options,
    struct fault *f);
int output_write(struct output *o, const char *p, size_t n, struct fault *f);
/* Finish the file and close; on -1 there is none of its name. */
int output_commit(struct output *o, struct fault *f);
/* Remove what was written, and close; nothing if it is closed. */
void output_discard(struct output *o);

/* Write ${b}, already escaped, as the whole of ${path} or stdout. */
int output_all(const char *path, const struct buf *b, struct fault *f);

#endif
