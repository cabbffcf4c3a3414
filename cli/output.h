#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct fault;
struct stream;
struct stream_options;

/*
 * Data on its way out: a stream (lib/stream/stream.h), but what goes to a
 * terminal is made harmless first. May be shared by threads.
 */
struct output {
	struct stream *stream;
	bool tame;
};

int output_open(struct output *o, const struct stream_options *options,
    struct fault *f);
int output_write(struct output *o, const char *p, size_t n, struct fault *f);
/* Finish the file and close; -1 leaves none under its name. */
int output_commit(struct output *o, struct fault *f);
/* Remove what was written and close; also when it is closed already. */
void output_discard(struct output *o);

/* Write ${b}, made harmless already, as the whole of ${path} or stdout. */
int output_all(const char *path, const struct buf *b, struct fault *f);

#endif
