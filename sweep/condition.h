#ifndef SWEEP_CONDITION_H
#define SWEEP_CONDITION_H

#include "lib/dynamodb/write.h"

struct key_schema;
struct record;
struct rules;
struct selection;

/*
 * The condition of an entry's delete: the reason why it was selected still
 * holds. The policy, row by row:
 *  pending; stuck by ttl-off or too-old   2012 <= ttl < now - overdue
 *  live                                   now <= ttl <= now + within, or
 *                                         + a hundred years
 *  a unit, a string, a wrong type, far in
 *  the future, no time                    ttl = the value read
 *  missing                                no such attribute
 *  the TTL attribute is a key             the entry exists (a key cannot
 *                                         be renewed in place)
 * Each row has a condition, with both bounds of the window
 * (inspector/moment.h): an entry that was marked as permanent after it was
 * read, by 0 or 9999-12-31, is kept. ${numbers} stores the condition's values
 * and must live as long as ${cond}; the value read is borrowed from ${r}.
 * Pure.
 */
struct condition_numbers {
	char low[32], high[32]; /* {"N":"…"} */
};

void condition_of(struct ddb_cond *cond, struct condition_numbers *numbers,
    const struct record *r, const struct rules *rules,
    const struct selection *selection, const char *ttl_attribute,
    const struct key_schema *schema);

#endif
