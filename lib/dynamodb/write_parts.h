#ifndef LIB_DYNAMODB_WRITE_PARTS_H
#define LIB_DYNAMODB_WRITE_PARTS_H

#include "lib/dynamodb/write.h"

struct ddb_conn;
struct ddb_reply;

/* Internals of the writes, for write*.c and probe.c. */

void write_string(struct buf *b, const char *s); /* as JSON */
void write_slice(struct buf *b, struct slice s);

/* The units that a reply says it cost; -1: it does not say. Pure. */
double write_consumed(struct slice body);
/* Set the service's answer to ${d}. */
void write_say(struct ddb_delete *d, enum ddb_said said, const char *code,
    const char *message);
/* Add the sends of ${reply} to those of ${d}; ${answered}: the last one was
 * answered. */
void write_count(struct ddb_delete *d, const struct ddb_reply *reply,
    bool answered);
/* Whether the checked ${value} is missing, null, or an object. Pure. */
bool write_object_or_none(struct slice value);
/* Whether ${image} is an item, not missing or {}. Pure. */
bool write_is_image(struct slice image);
/* Append ${image} to deletes->old, which moves while it grows: write_end makes
 * it a slice. */
void write_keep(struct ddb_deletes *deletes, struct ddb_delete *d,
    struct slice image);
/* Before the first send: no answers yet. After the last: the old images are
 * slices of deletes->old, what got no answer or an error but may have acted is
 * unsure, and deletes->units is the cost of all. */
void write_begin(struct ddb_conn *c, struct ddb_deletes *deletes);
void write_end(struct ddb_conn *c, struct ddb_deletes *deletes);
/* One DeleteItem. 0, or -1 when there is no point in continuing. */
int write_single(struct ddb_conn *c, struct ddb_deletes *deletes,
    struct ddb_delete *d, struct fault *f);

#endif
