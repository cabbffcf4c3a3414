#ifndef EXPORT_KEYLIST_HEAD_H
#define EXPORT_KEYLIST_HEAD_H

#include <stddef.h>

struct csv_row;
struct ddb_table;
struct fault;

/* What the first row of a list of keys tells of the others. */
struct keylist_head {
	size_t columns; /* in each row; 0: the first is not read yet */
	/* which they are, where they are among them; 0: they are not */
	size_t size, attributes;
};

/* Read it: 1 it is the line of names, 0 it is a key, -1. Pure. */
int keylist_head_read(struct keylist_head *h, const struct csv_row *row,
    const struct ddb_table *table, struct fault *f);

#endif
