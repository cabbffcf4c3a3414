#ifndef LIB_STREAM_SNIFF_H
#define LIB_STREAM_SNIFF_H

#include <stdbool.h>

struct fault;
struct input;

/*
 * Files that people give and that cannot be read are called what they are:
 * compressed in another way, archives, other formats. ${how} is what reads
 * standard input in place of the file ("-i -"), for the command that helps.
 * ${any_text}: a line of the file may be whatever text, as in a list of keys.
 * 0 when ${in}, at its start, is none of these (or cannot be read: that is
 * told when it is); else -1.
 */
int sniff_refuse(struct input *in, const char *how, bool any_text,
    struct fault *f);

#endif
