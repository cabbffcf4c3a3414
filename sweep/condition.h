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
 * read, by 0 or 9999-12-31, is kept. The bounds are the same for all entries of
 * a run and are made once; ${cond} borrows them, and the value read from ${r}.
 * Pure.
 */
struct condition_numbers { /* {"N":"…"} */
	char expired_low[32], expired_high[32];
	char live_low[32], live_high[32];
};

void condition_numbers(struct condition_numbers *numbers,
    const struct rules *rules, const struct selection *selection);
void condition_of(struct ddb_cond *cond,
    const struct condition_numbers *numbers, const struct record *r,
    const char *ttl_attribute, const struct key_schema *schema);

#endif
