#ifndef LIB_BASE_BLANK_H
#define LIB_BASE_BLANK_H

#include <stddef.h>

struct buf;

/*
 * Overwrite ${secret} wherever it is in ${reply}, as it is or escaped as in
 * JSON, a URL, HTML or XML; of a long one also its beginning alone. Does
 * nothing when it is shorter than ${least} bytes. Pure.
 */
void blank_secret(struct buf *reply, const char *secret, size_t least);
#define BLANK_SECRET_MIN 8

#endif
