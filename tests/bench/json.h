#ifndef BENCH_JSON_H
#define BENCH_JSON_H

#include <stddef.h>

/*
 * Finds values in the JSON of a request, which is complete and NUL-terminated.
 * The bench has its own reader: measured code must not be part of it.
 */

/* The end of the value at ${p} (which may begin with blanks). */
const char *json_skip(const char *p);

/* The value of member ${name} of the object at ${p}; NULL when there is none,
 * or ${p} is NULL or not an object. */
const char *json_member(const char *p, const char *name);

/* The same of two members, found in one walk. */
void json_two(const char *p, const char *const names[2], const char *values[2]);

/* The first element of the array at ${p}, or the name of the object's first
 * member; then the one behind that at ${p}. NULL at the end, or for NULL. */
const char *json_first(const char *p);
const char *json_next(const char *p);
/* The same, behind the value that ends at ${end}. */
const char *json_after(const char *end);

/* The value of the member whose name is at ${p}. */
const char *json_value(const char *p);

/* The length of the string at ${p}, with its escapes, or -1. */
long json_string(const char *p, const char **out);

#endif
