#ifndef EXPORT_INPUT_H
#define EXPORT_INPUT_H

#include <stdbool.h>

struct buf;
struct fault;

/*
 * The bytes of a file, gzip undone: told by its first two bytes, members
 * behind each other are one text, zeros behind the last are padding.
 */
struct input;

/* "-" is standard input; it and /dev/fd/N are read as they stand open. */
struct input *input_open(const char *path, struct fault *f);
/* Add some more bytes to ${to}: 1; 0 at the end; -1. */
int input_read(struct input *in, struct buf *to, struct fault *f);
/* Whether input_read failed because a gzip member has no end, or ends in
 * zeros that never reached the disk. */
bool input_cut(const struct input *in);
const char *input_name(const struct input *in); /* for messages */
/* Begin again. What cannot be read twice is copied to an unlinked temporary
 * file first, which takes the place of the descriptor where one was named;
 * not after input_forget. */
int input_restart(struct input *in, struct fault *f);
/* There will be no restart of a pipe: what was read need not be kept. */
void input_forget(struct input *in);
void input_close(struct input *in);

#endif
