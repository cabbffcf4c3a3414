#ifndef SWEEP_CONDITION_H
#define SWEEP_CONDITION_H

#include <stdint.h>

#include "lib/dynamodb/write.h"

struct buf;
struct key_schema;
struct record;
struct rules;
struct selection;

/*
 * The reason an entry was chosen, as the condition of its delete. The policy,
 * row by row:
 *  pending; stuck by ttl-off or too-old   2012 <= ttl < now - overdue
 *  live                                   now <= ttl <= now + within, or
 *                                         + a hundred years
 *  a unit, a string, a wrong type, far in
 *  the future, no time                    ttl = the value seen
 *  missing                                no such attribute
 *  the TTL attribute is a key             the entry is there (a key cannot
 *                                         be renewed in place)
 * There is no row without a condition. The bounds of the window
 * (inspector/moment.h) are among them: an entry that is given a permanent
 * mark after it was read, 0 or 9999-12-31, is kept.
 * ${numbers} holds the values made for it and must live as long as ${cond};
 * the value seen is borrowed from the record. Pure.
 */
struct condition_numbers {
	char low[32], high[32]; /* {"N":"…"} */
};

void condition_of(struct ddb_cond *cond, struct condition_numbers *numbers,
    const struct record *r, const struct rules *rules,
    const struct selection *selection, const char *ttl_attribute,
    const struct key_schema *schema);

#endif
