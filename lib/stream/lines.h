#ifndef LIB_STREAM_LINES_H
#define LIB_STREAM_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct fault;
struct input;

/*
 * A file of lines, plain or gzip (told by its first bytes, members behind
 * each other are one text), "-" for standard input. Memory is the longest
 * line, at most LINES_MAX.
 */
#define LINES_MAX ((size_t)16 << 20)

struct lines;

struct lines *lines_open(const char *path, struct fault *f);
/* The lines of ${in}, which it owns from here on. */
struct lines *lines_of(struct input *in);
/* The next line without its end (LF or CRLF): 1, 0 at the end, -1 (the
 * fault names file and line). Borrowed until the next call. ${torn} tells
 * that the last line had no end. */
int lines_next(struct lines *l, struct slice *line, bool *torn,
    struct fault *f);
int64_t lines_number(const struct lines *l); /* of the last line, from 1 */
/* Whether lines_next failed because the file ends inside a gzip member (or
 * what is left of it are zeros that never reached the disk): the whole lines
 * before that were handed out. */
bool lines_cut(const struct lines *l);
/* The next lines_next gives the last line once more. */
void lines_again(struct lines *l);
/*
 * Begin with the first line again. What cannot be read twice (a pipe) is
 * copied to an unlinked temporary file first, which takes the place of
 * standard input for later opens; that works until lines_next was called a
 * second time.
 */
int lines_restart(struct lines *l, struct fault *f);
const char *lines_path(const struct lines *l);
void lines_close(struct lines *l);

#endif
