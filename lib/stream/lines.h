#ifndef LIB_STREAM_LINES_H
#define LIB_STREAM_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct buf;
struct fault;
struct input;

/* Reads an input (lib/stream/input.h) line by line. A line has at most
 * LINES_MAX bytes. */
#define LINES_MAX ((size_t)16 << 20)

struct lines;

struct lines *lines_open(const char *path, struct fault *f);
/* Takes over ${in}. */
struct lines *lines_of(struct input *in);
/* The next line without its newline (LF or CRLF): 1, 0 at the end, -1 (the
 * fault names file and line). Borrowed until the next call. ${torn}: it is the
 * last one, and has no newline. */
int lines_next(struct lines *l, struct slice *line, bool *torn,
    struct fault *f);
int64_t lines_number(const struct lines *l); /* of the last line, from 1 */
/*
 * Replace ${block} by the next lines, about ${want} bytes of them and at most
 * ${most} lines, with their newlines (the last line of a file may have none);
 * ${*first} is the number of the first one. Returns as lines_next, which must
 * not be called afterwards.
 */
int lines_block(struct lines *l, size_t want, size_t most, struct buf *block,
    int64_t *first, struct fault *f);
/* Take the first line off ${rest}, such as a block, as lines_next would return
 * it; false when there is none. Pure. */
bool lines_split(struct slice *rest, struct slice *line, bool *torn);
/* Whether lines_next failed because the file ends inside a gzip member, or
 * because zeros follow, where data never reached the disk. All whole lines
 * before that were returned. */
bool lines_cut(const struct lines *l);
/* Whether more text follows the last line; false if that is not known yet. */
bool lines_follow(const struct lines *l);
/* The next lines_next returns the last line again. */
void lines_again(struct lines *l);
/* Start over, like input_restart. A pipe allows it until lines_next is called
 * a second time. */
int lines_restart(struct lines *l, struct fault *f);
const char *lines_path(const struct lines *l);
void lines_close(struct lines *l);

#endif
