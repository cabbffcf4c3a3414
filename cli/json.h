#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Builds JSON, with cJSON. Integers never pass through a double, and texts may
 * contain any byte. Members keep their order. A NULL name adds to an array. */
struct json;

/* Have cJSON use lib/base/mem.h. To be called first. */
void json_init(void);

struct json *json_new(void);
void json_free(struct json *j);
/* Add one and return it; ${j} owns it. If ${j} is NULL, the caller does, … */
struct json *json_object(struct json *j, const char *name);
struct json *json_array(struct json *j, const char *name);
/* … until it is added. */
void json_add(struct json *j, const char *name, struct json *v);
void json_int(struct json *j, const char *name, int64_t v);
/* ${v} with at most ${digits} after the point, without trailing zeros. */
void json_real(struct json *j, const char *name, double v, int digits);
void json_text(struct json *j, const char *name, const char *p, size_t n);
/* Nothing when ${s} is NULL. */
void json_str(struct json *j, const char *name, const char *s);
void json_bool(struct json *j, const char *name, bool v);
void json_null(struct json *j, const char *name);
/* Add it as one line, with its newline; in a locale without UTF-8 in ASCII. */
void json_print(struct buf *out, const struct json *j);

#endif
