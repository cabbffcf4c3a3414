#ifndef LIB_STREAM_INPUT_H
#define LIB_STREAM_INPUT_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct cms_key;
struct fault;

/*
 * The bytes of a file, gzip undone: told by its first two bytes, members
 * behind each other are one text, zeros behind the last are padding. What is
 * encrypted (lib/stream/cms.h; told by its content) is decrypted before.
 */
struct input;

/* "-" is standard input; it and /dev/fd/N are read as they stand open. */
struct input *input_open(const char *path, struct fault *f);
/* The same, with the key for what is encrypted: borrowed, NULL for none. */
struct input *input_open_with(const char *path, const struct cms_key *key,
    struct fault *f);
/* A URL, which is no file and has to be fetched: -1, with the words for it; of
 * any other ${path} 0. Pure. */
int input_refuse_url(const char *path, struct fault *f);
/* Add some more bytes to ${to}: 1; 0 at the end; -1. */
int input_read(struct input *in, struct buf *to, struct fault *f);
/* Look at the first ${want} bytes that will be read next, or at all there is
 * when the end comes before; ${front} is borrowed until the next call. 0, -1.
 */
int input_peek(struct input *in, size_t want, const struct buf **front,
    struct fault *f);
/* Whether input_read failed because a gzip member has no end, or ends in
 * zeros that never reached the disk. */
bool input_cut(const struct input *in);
const char *input_name(const struct input *in); /* for messages */
/* Begin again. What cannot be read twice is copied to an unlinked temporary
 * file first, which takes the place of the descriptor where one was named;
 * not after input_forget. */
int input_restart(struct input *in, struct fault *f);
/* After that: hold no descriptor until it is read on, where the file can be
 * opened again by its name. */
void input_rest(struct input *in);
/* Of the file, as it is now; -1 when it is not a regular file. */
int64_t input_size(const struct input *in);
int input_descriptor(struct input *in); /* -1: the file is gone */
/* There will be no restart of a pipe: what was read need not be kept. */
void input_forget(struct input *in);
void input_close(struct input *in);

#endif
