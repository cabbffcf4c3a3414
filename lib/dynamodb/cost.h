#ifndef LIB_DYNAMODB_COST_H
#define LIB_DYNAMODB_COST_H

#include <stdint.h>

#include "lib/base/slice.h"

struct ddb_table;
struct item;

/*
 * Write units that an entry costs, in every region that it is replicated to.
 * One unit is a started KB of the entry, and of its copy in each index that it
 * is in; the policy is in cost.c. ${item} is checked and whole. All pure.
 */

/* To delete ${item}, or to put it where nothing was; ${t} NULL: in a table
 * without indexes. */
int64_t cost_item(const struct ddb_table *t, const struct item *item);

/* To give ${attribute} of ${item} the value ${value} (p NULL: to remove it);
 * the other way round it costs the same. ${attribute} is not of the table's
 * key. */
int64_t cost_update(const struct ddb_table *t, struct slice item,
    const char *attribute, struct slice value);

/* To delete an entry of ${size} bytes at most, as if it were in every index
 * whole. */
int64_t cost_most(const struct ddb_table *t, int64_t size);

#endif
