#ifndef TESTS_UNIT_ENTRY_H
#define TESTS_UNIT_ENTRY_H

/* An entry out of its JSON, judged. Include cmocka.h before. */

#include <string.h>

#include "inspector/record.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/item.h"

#define NOW INT64_C(1795332271) /* 2026-11-22T07:24:31Z */

static const char *const entry_prefixes[] = { "session:", "sess:" };
static const char *const entry_groups[] = { "users" };

static const struct rules entry_rules = {
	.now = NOW,
	.ttl_acts = true,
	.session_prefixes = entry_prefixes,
	.nprefixes = 2,
	.groups = entry_groups,
	.ngroups = 1,
	.sizes = true,
};

struct entry {
	struct item item;
	struct record record;
	struct buf scratch;
};

static inline void
entry_read(struct entry *e, struct slice json, const struct key_schema *schema,
    const struct rules *rules)
{
	struct slice_walk w = slice_walk(json);
	struct fault f = { 0 };

	*e = (struct entry){ 0 };
	if (item_read(&w, schema, "ttl", &e->item, &f) != 0)
		fail_msg("%s", f.text);
	record_of(&e->record, &e->item, rules, &e->scratch);
}

#endif
