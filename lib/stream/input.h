#ifndef LIB_STREAM_INPUT_H
#define LIB_STREAM_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct cms_key;
struct fault;

/*
 * Reads a file. Content decides: what is encrypted (lib/stream/cms_read.h) is
 * decrypted, then gzip is expanded; its members are one text, zeros after the
 * last are padding. A UTF-8 byte order mark is skipped.
 */
struct input;

/* "-" is standard input; it and /dev/fd/N are read from where they are. */
struct input *input_open(const char *path, struct fault *f);
/* The same, with a key to decrypt with: borrowed, NULL for none. */
struct input *input_open_with(const char *path, const struct cms_key *key,
    struct fault *f);
/* -1 and a fault when ${path} is a URL, which has to be fetched first; else 0.
 * Pure. */
int input_refuse_url(const char *path, struct fault *f);
/* Add some more bytes to ${to}: 1; 0 at the end; -1. */
int input_read(struct input *in, struct buf *to, struct fault *f);
/* Look at the next ${want} bytes, or fewer at the end, which stay to be read;
 * ${front} is borrowed until the next call. 0, -1. */
int input_peek(struct input *in, size_t want, const struct buf **front,
    struct fault *f);
/* Whether the end was seen, and there was no text before it. */
bool input_empty(const struct input *in);
/* Whether input_read failed because a gzip member has no end, or is zeros from
 * some byte on (data that never reached the disk). */
bool input_cut(const struct input *in);
const char *input_name(const struct input *in); /* for messages */
/* What ${path} is called in messages: "-" is standard input. Pure. */
const char *input_title(const char *path);
/* Start over. A pipe is first copied to an unlinked temporary file, which
 * replaces a descriptor that was given; not possible after input_forget. */
int input_restart(struct input *in, struct fault *f);
/* After that: close the descriptor until the next read, if the file can be
 * opened again by its name. */
void input_rest(struct input *in);
/* Of the file as it is now; -1 when it is not a regular file. */
int64_t input_size(const struct input *in);
int input_descriptor(struct input *in); /* -1: the file is gone */
/* There will be no restart: what was read of a pipe need not be kept. */
void input_forget(struct input *in);
void input_close(struct input *in);

#endif
