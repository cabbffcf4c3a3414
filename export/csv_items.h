#ifndef EXPORT_CSV_ITEMS_H
#define EXPORT_CSV_ITEMS_H

#include <stdint.h>

#include "lib/base/slice.h"
#include "lib/dynamodb/attr.h"

struct fault;
struct input;

/*
 * The entries of an export as CSV: the key in the first one or two columns
 * (read by position), all else in the column "attributes", as DynamoDB JSON.
 * A CSV without that column is refused. CSV tells no types of keys: they are
 * S unless csv_items_key says otherwise.
 */
struct csv_items;

/* What the key is; sort NULL without one. */
struct csv_key {
	const char *partition, *sort;
	enum attr_type partition_type, sort_type;
};

/* It owns ${in} from here on, also when it fails: NULL. The line of names is
 * read. */
struct csv_items *csv_items_of(struct input *in, struct fault *f);
/* The key by the line of names: ${hint} is "NAME[:TYPE][,NAME[:TYPE]]", or
 * NULL: as many columns as stand before those of an export. The names are
 * borrowed. -1 when ${hint} is not what the file begins with. */
int csv_items_guess(struct csv_items *c, const char *hint, struct csv_key *key,
    struct fault *f);
/* The key is ${key}, whose names are borrowed; -1 when the file has others. */
int csv_items_key(struct csv_items *c, const struct csv_key *key,
    struct fault *f);
/* The next entry, all of it checked, and its line: 1, 0, -1 (the fault names
 * file, line and row). Borrowed until the next call. */
int csv_items_next(struct csv_items *c, struct slice *image, int64_t *line,
    struct fault *f);
/* Begin with the first entry again, like input_restart. */
int csv_items_restart(struct csv_items *c, struct fault *f);
void csv_items_close(struct csv_items *c);

#endif
