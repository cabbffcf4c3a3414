#ifndef LIB_STREAM_SNIFF_H
#define LIB_STREAM_SNIFF_H

#include <stdbool.h>

struct fault;
struct input;

/*
 * Recognize a file that we cannot read by its first bytes (other compression,
 * archives, other formats): -1, and the fault says what it is and which command
 * converts it. ${how} are the options to read that command's output ("-i -").
 * ${any_text}: lines may be any text, as in a list of keys. 0 when ${in}, at
 * its start, is none of these, or cannot be read: reading it will report that.
 */
int sniff_refuse(struct input *in, const char *how, bool any_text,
    struct fault *f);

#endif
