#ifndef LIB_BASE_BLANK_H
#define LIB_BASE_BLANK_H

#include <stddef.h>

struct buf;

/*
 * Blank ${secret} wherever it stands in ${reply}, as it is or escaped as in
 * JSON, an address, HTML or XML; of a long one its beginning alone, too. What
 * is shorter than ${least} bytes is no secret. Pure.
 */
void blank_secret(struct buf *reply, const char *secret, size_t least);
#define BLANK_SECRET_MIN 8

#endif
