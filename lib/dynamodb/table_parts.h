#ifndef LIB_DYNAMODB_TABLE_PARTS_H
#define LIB_DYNAMODB_TABLE_PARTS_H

struct ddb_conn;
struct fault;

/* For table.c only: ${name} is not there. Say so, what there is, and how to
 * name another one. Returns -1. */
int table_missing(struct ddb_conn *c, const char *name, struct fault *f);

#endif
