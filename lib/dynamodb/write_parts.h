#ifndef LIB_DYNAMODB_WRITE_PARTS_H
#define LIB_DYNAMODB_WRITE_PARTS_H

#include "lib/dynamodb/write.h"

struct ddb_conn;
struct ddb_reply;

/* Shared by write.c, write_text.c and write_batch.c. */

void write_string(struct buf *b, const char *s); /* as JSON */
void write_slice(struct buf *b, struct slice s);

/* Set what the service said of ${d}. */
void write_say(struct ddb_write *d, enum ddb_said said, const char *code,
    const char *message);
/* The write succeeded: DONE, or ABSENT for a delete without an old image. */
void write_succeeded(struct ddb_write *d);
/* Its condition failed; ${image}: what came back with that. */
void write_failed(struct ddb_writes *writes, struct ddb_write *d,
    struct slice image, const char *code, const char *message);
/* Count the sends in ${reply} for ${d}; ${answered}: the last one, too. */
void write_count(struct ddb_write *d, const struct ddb_reply *reply,
    bool answered);
/* If ${image} is an item, and not absent or {}, it is the old image of ${d}:
 * likely itself, or a copy in writes->old, whose address write_end sets. */
void write_keep(struct ddb_writes *writes, struct ddb_write *d,
    struct slice image);
/* Call write_begin before the first send and write_end after the last: it sets
 * old, unsure and writes->units. */
void write_begin(struct ddb_conn *c, struct ddb_writes *writes);
void write_end(struct ddb_conn *c, struct ddb_writes *writes);
/* One DeleteItem or PutItem. 0, or -1 if it is pointless to go on. */
int write_single(struct ddb_conn *c, struct ddb_writes *writes,
    struct ddb_write *d, struct fault *f);

#endif
