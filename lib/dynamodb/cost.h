#ifndef LIB_DYNAMODB_COST_H
#define LIB_DYNAMODB_COST_H

#include <stdint.h>

#include "lib/base/slice.h"

struct ddb_table;
struct item;

/*
 * Write units, in all regions that an entry is replicated to: one for each
 * started KB of the entry, and of its copy in each index; the policy is in
 * cost.c. ${item} is checked and complete. All pure.
 */

/* To delete ${item}, or to put it as a new one; ${t} NULL: in a table without
 * indexes. */
int64_t cost_item(const struct ddb_table *t, const struct item *item);

/* To set ${attribute} of ${item}, not a key of the table, to ${value} (p NULL:
 * to remove it). Undoing that costs the same. */
int64_t cost_update(const struct ddb_table *t, struct slice item,
    const char *attribute, struct slice value);

/* At most, to delete an entry of ${size} bytes: as if each index had all of it.
 */
int64_t cost_most(const struct ddb_table *t, int64_t size);

#endif
