#ifndef BENCH_JSON_H
#define BENCH_JSON_H

#include <stddef.h>

/*
 * Places in the JSON of a request, which is whole and ends with a NUL. Of
 * the bench alone: what is measured must not be part of what measures.
 */

/* Behind the value at ${p} (at its blanks, or at the value). */
const char *json_skip(const char *p);

/* The value of the member ${name} of the object at ${p}; NULL: none, or no
 * object (or ${p} is NULL). */
const char *json_member(const char *p, const char *name);

/* The first element or member (its name) of what is at ${p}; then the one
 * behind that at ${p}. NULL: no more, or ${p} is NULL. */
const char *json_first(const char *p);
const char *json_next(const char *p);

/* The value of the member whose name is at ${p}. */
const char *json_value(const char *p);

/* The bytes of the string at ${p}, escapes and all, or -1. */
long json_string(const char *p, const char **out);

#endif
