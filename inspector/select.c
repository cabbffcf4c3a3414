#include <string.h>

#include "inspector/record.h"
#include "inspector/select.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/sum.h"
#include "lib/dynamodb/attr.h"

#define ALL(n) ((1u << (n)) - 1)
#define EXPIRED (1u << STATE_PENDING | 1u << STATE_STUCK)

struct selection
selection_any(void)
{
	return (struct selection){
		.states = ALL(STATES),
		.kinds = ALL(KINDS),
		.overdue = -1,
		.expires_within = -1,
		.larger_than = -1,
	};
}

bool
selection_is_any(const struct selection *s)
{
	return s->states == ALL(STATES) &&
	    (s->reasons == 0 || s->reasons == ALL(REASONS)) &&
	    s->kinds == ALL(KINDS) && s->nprefixes == 0 &&
	    s->nsort_prefixes == 0 && s->overdue < 0 && s->expires_within < 0 &&
	    s->larger_than < 0;
}

static bool
begins(const char *const *prefixes, size_t count, struct slice key)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(prefixes[i]);

		if (n <= key.n &&
		    (n == 0 || memcmp(key.p, prefixes[i], n) == 0))
			return true;
	}
	return false;
}

/* ${key} is the text of ${value}; of a binary one the bytes are compared. */
static bool
key_begins(const char *const *prefixes, size_t count, struct slice value,
    struct slice key)
{
	struct buf bytes = { 0 };
	struct slice inner;
	bool found;

	if (value.p == NULL)
		return false;
	if (attr_open(value, &inner) != ATTR_B)
		return begins(prefixes, count, key);
	found = crypto_base64_decode(&bytes, key.p, key.n) == 0 &&
	    begins(prefixes, count,
		(struct slice){ buf_text(&bytes), bytes.n });
	buf_release(&bytes);
	return found;
}

static bool
expires_soon(const struct selection *s, const struct rules *rules,
    const struct record *r)
{
	/* exact: fractions are rounded away from the window */
	return r->state == STATE_LIVE && r->time.floor >= rules->now &&
	    r->time.ceil <= sum_add(rules->now, s->expires_within);
}

bool
selection_names(const struct selection *s, const struct record *r)
{
	return (s->nprefixes == 0 ||
		   key_begins(s->prefixes, s->nprefixes, r->item->partition,
		       r->key)) &&
	    (s->nsort_prefixes == 0 ||
		key_begins(s->sort_prefixes, s->nsort_prefixes, r->item->sort,
		    r->sort));
}

bool
selection_wants(const struct selection *s, const struct rules *rules,
    const struct record *r)
{
	if ((s->states & 1u << r->state) == 0 ||
	    (s->kinds & 1u << r->kind) == 0)
		return false;
	if (s->reasons != 0 && (s->reasons & 1u << r->reason) == 0)
		return false;
	if (s->larger_than >= 0 && r->size <= s->larger_than)
		return false;
	if (s->overdue >= 0 && !record_past(r, rules, s->overdue))
		return false;
	if (s->expires_within >= 0 && !expires_soon(s, rules, r))
		return false;
	return selection_names(s, r);
}

/* Which reasons an entry of each state can have (inspector/record.c). */
static const unsigned reasons_of[STATES] = {
	[STATE_LIVE] = 1u << REASON_NONE | 1u << REASON_TTL_OFF,
	[STATE_PENDING] = 1u << REASON_NONE,
	[STATE_STUCK] =
	    REASONS_CONVERTED | 1u << REASON_TTL_OFF | 1u << REASON_TOO_OLD,
	[STATE_IMMORTAL] = REASONS_CONVERTED | 1u << REASON_FAR_FUTURE |
	    1u << REASON_NO_TIME | 1u << REASON_MISSING |
	    1u << REASON_WRONG_TYPE,
};

/* The states in which an entry can have one of ${reasons}. */
static unsigned
states_of(unsigned reasons)
{
	unsigned states = 0;

	for (int i = 0; i < STATES; i++)
		if (reasons == 0 || (reasons & reasons_of[i]) != 0)
			states |= 1u << i;
	return states;
}

/* The states in which an entry can be ${overdue}. */
static unsigned
overdue_states(int64_t overdue)
{
	/* after five years a pending entry is stuck */
	return overdue >= RECORD_TOO_OLD ? 1u << STATE_STUCK : EXPIRED;
}

unsigned
selection_states(const struct selection *s)
{
	unsigned states = s->states & states_of(s->reasons);

	if (s->expires_within >= 0)
		states &= 1u << STATE_LIVE;
	if (s->overdue >= 0)
		states &= overdue_states(s->overdue);
	return states;
}

/* "pending or stuck". */
static void
add_states(struct buf *out, unsigned states)
{
	const char *between = "";

	for (int i = 0; i < STATES; i++) {
		if ((states & 1u << i) == 0)
			continue;
		buf_addf(out, "%s%s", between, state_name((enum state)i));
		between = " or ";
	}
}

/* ${option} selects only entries of ${states}. 1 when none of those is ${left};
 * else 0, and the others are taken off ${left}, by ${by}. */
static int
narrow(struct buf *why, unsigned *left, const char **by, const char *option,
    unsigned states)
{
	if ((*left & states) != 0) {
		if ((*left & ~states) != 0)
			*by = option;
		*left &= states;
		return 0;
	}
	buf_addf(why, "%s selects entries that are ", *by);
	add_states(why, *left);
	buf_addf(why, ", and %s those that are ", option);
	add_states(why, states);
	buf_adds(why, "; change one of them");
	return 1;
}

bool
selection_impossible(const struct selection *s, struct buf *why)
{
	unsigned left = s->states;
	const char *by = "--state";

	if (s->larger_than >= ATTR_ITEM_MAX) {
		buf_addf(why, "an entry has at most %d bytes (--larger-than)",
		    ATTR_ITEM_MAX);
		return true;
	}
	if (narrow(why, &left, &by, "--reason", states_of(s->reasons)) != 0)
		return true;
	if (s->expires_within >= 0 &&
	    narrow(why, &left, &by, "--expires-within", 1u << STATE_LIVE) != 0)
		return true;
	return s->overdue >= 0 &&
	    narrow(why, &left, &by, "--overdue", overdue_states(s->overdue)) !=
	    0;
}
