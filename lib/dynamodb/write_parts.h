#ifndef LIB_DYNAMODB_WRITE_PARTS_H
#define LIB_DYNAMODB_WRITE_PARTS_H

#include "lib/dynamodb/write.h"

struct ddb_conn;
struct ddb_reply;

/* The inside of the writes, for write.c, write_text.c and write_batch.c. */

void write_string(struct buf *b, const char *s); /* as JSON */
void write_slice(struct buf *b, struct slice s);

/* What a reply says it cost, in units; -1: nothing. Pure. */
double write_consumed(struct slice body);
/* What the service said of ${d}. */
void write_say(struct ddb_delete *d, enum ddb_said said, const char *code,
    const char *message);
/* Count what ${reply} says of the sends of ${d}; ${answered}: the last one is
 * among them. */
void write_count(struct ddb_delete *d, const struct ddb_reply *reply,
    bool answered);
/* Whether ${image} is an item that came back, not nothing or {}. Pure. */
bool write_is_image(struct slice image);
/* Keep ${image} where it is, as the one that was likely, or in deletes->old,
 * which moves while it grows: its place is made a slice at the end. */
void write_keep(struct ddb_deletes *deletes, struct ddb_delete *d,
    struct slice image);
/* Before the first send: nothing was said. After the last: the old images
 * are slices of deletes->old, what had no answer or an error is unsure where it
 * may have acted, and deletes->units is what all of it cost. */
void write_begin(struct ddb_conn *c, struct ddb_deletes *deletes);
void write_end(struct ddb_conn *c, struct ddb_deletes *deletes);
/* One DeleteItem. 0, or -1 when going on makes no sense. */
int write_single(struct ddb_conn *c, struct ddb_deletes *deletes,
    struct ddb_delete *d, struct fault *f);

#endif
