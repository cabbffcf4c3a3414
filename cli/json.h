#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * JSON that we build (cJSON behind it). Numbers never pass through a
 * double, and texts may hold any byte. Members keep their order. A NULL
 * name adds to an array.
 */
struct json;

/* cJSON is to take its memory from lib/base/mem.h. Once, before all else. */
void json_init(void);

struct json *json_new(void);
void json_free(struct json *j);
/* The new member, owned by ${j}. */
struct json *json_object(struct json *j, const char *name);
struct json *json_array(struct json *j, const char *name);
void json_int(struct json *j, const char *name, int64_t v);
/* ${v} with at most ${digits} behind the point, zeros cut. */
void json_real(struct json *j, const char *name, double v, int digits);
void json_text(struct json *j, const char *name, const char *p, size_t n);
/* Nothing when ${s} is NULL. */
void json_str(struct json *j, const char *name, const char *s);
void json_bool(struct json *j, const char *name, bool v);
void json_null(struct json *j, const char *name);
/* One line, with its end. */
void json_print(struct buf *out, const struct json *j);

#endif
