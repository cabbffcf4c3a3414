#ifndef EXPORT_CSV_ITEMS_H
#define EXPORT_CSV_ITEMS_H

#include <stdint.h>

#include "lib/base/slice.h"
#include "lib/dynamodb/attr.h"

struct fault;
struct input;

/*
 * The entries of an export as CSV: the key in the first one or two columns, all
 * else in the column "attributes", as DynamoDB JSON; without that column it is
 * refused. Keys have type S unless csv_items_key says otherwise.
 */
struct csv_items;

/* What the key is; sort NULL without one. */
struct csv_key {
	const char *partition, *sort;
	enum attr_type partition_type, sort_type;
};

/* Takes over ${in}, also on failure: NULL. Reads the header row. */
struct csv_items *csv_items_of(struct input *in, struct fault *f);
/* The key by the header row: ${hint} is "NAME[:TYPE][,NAME[:TYPE]]", or NULL:
 * the columns before those that an export has, of the types that the size in
 * the first row fits. The names are borrowed. -1 when the file does not begin
 * with ${hint}. */
int csv_items_guess(struct csv_items *c, const char *hint, struct csv_key *key,
    struct fault *f);
/* Set the key, whose names are borrowed; -1 when the file has others. */
int csv_items_key(struct csv_items *c, const struct csv_key *key,
    struct fault *f);
/* The next entry, all of it checked, and its line: 1, 0, -1 (the fault names
 * file, line and row). Borrowed until the next call. */
int csv_items_next(struct csv_items *c, struct slice *image, int64_t *line,
    struct fault *f);
/* Start over, like input_restart. */
int csv_items_restart(struct csv_items *c, struct fault *f);
void csv_items_close(struct csv_items *c);

#endif
