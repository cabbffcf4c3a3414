#ifndef EXPORT_KEYLIST_H
#define EXPORT_KEYLIST_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"

struct ddb_table;
struct fault;

/*
 * A reviewed list of keys (--keys-from): CSV as list and export write it, the
 * key in its first columns, the others ignored; or, where the table has no sort
 * key, one key a line, in quotes or not. A header row is known by the names of
 * the key attributes; only a list of one column can be without. The whole file
 * is read and checked at once; memory is the keys.
 */
struct keylist {
	struct buf json; /* {"key":{…}} behind each other */
	size_t *ends;    /* key i is json.p[ends[i-1]..ends[i]) */
	size_t n, cap;
	bool empty;    /* there is no text at all */
	int64_t twice; /* rows whose key came before, by value: 1 and 1.0
			  are the same */
};

/* "-": standard input. -1: the fault names file, line, row and what is wrong,
 * and how to write a valid list. To be released in either case. */
int keylist_read(struct keylist *list, const char *path,
    const struct ddb_table *table, struct fault *f);
void keylist_release(struct keylist *list);

#endif
