#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "inspector/moment.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "lib/base/sum.h"
#include "sweep/condition.h"

static void
number(char out[32], int64_t v)
{
	(void)snprintf(out, 32, "{\"N\":\"%" PRId64 "\"}", v);
}

void
condition_numbers(struct condition_numbers *numbers, const struct rules *rules,
    const struct selection *selection)
{
	int64_t overdue = selection->overdue > 0 ? selection->overdue : 0;
	int64_t within = selection->expires_within;

	if (within < 0 || within > MOMENT_AHEAD)
		within = MOMENT_AHEAD;
	number(numbers->expired_low, MOMENT_EARLIEST);
	number(numbers->expired_high, sum_sub(rules->now, overdue));
	number(numbers->live_low, rules->now);
	number(numbers->live_high, sum_add(rules->now, within));
}

static bool
is_key(const char *attribute, const struct key_schema *schema)
{
	return strcmp(attribute, schema->partition) == 0 ||
	    (schema->sort != NULL && strcmp(attribute, schema->sort) == 0);
}

void
condition_of(struct ddb_cond *cond, const struct condition_numbers *numbers,
    const struct record *r, const char *ttl_attribute,
    const struct key_schema *schema)
{
	bool seconds = r->reason == REASON_NONE ||
	    r->reason == REASON_TTL_OFF || r->reason == REASON_TOO_OLD;

	*cond = (struct ddb_cond){ .attribute = ttl_attribute };
	if (is_key(ttl_attribute, schema)) {
		cond->op = DDB_COND_EXISTS;
	} else if (r->item->ttl.p == NULL) {
		cond->op = DDB_COND_MISSING;
	} else if (seconds && r->state == STATE_LIVE) {
		cond->op = DDB_COND_BETWEEN;
		cond->a = slice_str(numbers->live_low);
		cond->b = slice_str(numbers->live_high);
	} else if (seconds && r->state != STATE_IMMORTAL) {
		cond->op = DDB_COND_FROM_TO;
		cond->a = slice_str(numbers->expired_low);
		cond->b = slice_str(numbers->expired_high);
	} else {
		cond->op = DDB_COND_SAME;
		cond->a = r->item->ttl;
	}
}
