#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "must.h"

#include "inspector/mask.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "inspector/summary.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/item.h"

/*
 * An item as the service might send it, or as somebody who can write to the
 * table makes it: it is judged, sized, masked and counted. Its state and reason
 * are one of the known pairs.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define NOW 1795332271

#define BIT(r) (1u << REASON_##r)
#define UNITS \
	(BIT(MILLISECONDS) | BIT(MICROSECONDS) | BIT(NANOSECONDS) | BIT(STRING))

#define NO_MOMENT \
	(BIT(FAR_FUTURE) | BIT(NO_TIME) | BIT(MISSING) | BIT(WRONG_TYPE))

/* Which reasons a state can have. */
static const unsigned allowed[STATES] = {
	[STATE_LIVE] = BIT(NONE) | BIT(TTL_OFF),
	[STATE_PENDING] = BIT(NONE),
	[STATE_STUCK] = UNITS | BIT(TTL_OFF) | BIT(TOO_OLD),
	[STATE_IMMORTAL] = UNITS | NO_MOMENT,
};

static const char *const prefixes[] = { "session:", "sess:" };
static const char *const groups[] = { "users", "categories", "images" };

static void
check_state(const struct record *r, const struct rules *rules)
{
	const struct decimal exact = moment_exact(&r->time);
	bool past = r->has_moment &&
	    decimal_cmp_int(&exact,
		rules->now - (r->zoneless ? MOMENT_ZONE_WEST : 0)) < 0;

	MUST(r->state < STATES && r->reason < REASONS);
	MUST((allowed[r->state] & 1u << r->reason) != 0);
	MUST(r->has_moment == !(NO_MOMENT >> r->reason & 1));
	MUST(
	    !r->zoneless || (r->reason == REASON_STRING && !rules->zone.known));
	MUST((r->reason == REASON_MISSING) == (r->item->ttl.p == NULL));
	MUST(past == (r->state == STATE_PENDING || r->state == STATE_STUCK));
	MUST(!(r->reason == REASON_TTL_OFF && rules->ttl_acts));
	MUST(!(r->reason == REASON_TOO_OLD && !rules->ttl_acts));
	MUST(!(r->reason == REASON_NONE && !rules->ttl_acts));
	if (r->has_moment) {
		MUST(moment_in_window(&exact, rules->now));
		MUST(r->zoneless ? !past || r->overdue >= MOMENT_ZONE_WEST
			: past   ? r->overdue >= 0 && r->moment < rules->now
				 : r->overdue <= 0 && r->moment >= rules->now);
		MUST(r->reason != REASON_TOO_OLD ||
		    r->overdue >= RECORD_TOO_OLD);
		MUST(r->state != STATE_PENDING || r->overdue < RECORD_TOO_OLD);
	}
}

/* Masked keys are never shown whole, all others always. */
static void
check_shown(struct slice key, bool masked, size_t prefix, struct slice shown)
{
	MUST(prefix <= key.n);
	if (masked) {
		MUST(mask_is(shown));
		MUST(shown.n <= prefix + 4 * 4 + 3 + 6);
		MUST(memcmp(shown.p, key.p, prefix) == 0);
	} else {
		MUST(shown.n == key.n);
		MUST(memcmp(shown.p, key.p, key.n) == 0);
	}
}

static void
check_mask(const struct record *r)
{
	struct buf shown = { 0 };

	MUST(r->kind != KIND_SESSION || r->masked);
	MUST(!r->masked || r->key_masked);
	mask_key(&shown, r);
	check_shown(r->key, r->key_masked, r->key_prefix,
	    (struct slice){ buf_text(&shown), shown.n });
	buf_reset(&shown);
	mask_sort(&shown, r);
	if (r->sort.p != NULL)
		check_shown(r->sort, r->sort_masked, r->sort_prefix,
		    (struct slice){ buf_text(&shown), shown.n });
	buf_reset(&shown);
	mask_group(&shown, r);
	MUST(r->group.n > 0 && shown.n > 0);
	MUST(mask_hides_group(r) || shown.n == r->group.n);
	(void)mask_hides_json(r->item->partition);
	buf_release(&shown);
}

static void
check_size(const struct record *r, const struct rules *rules)
{
	if (!rules->sizes) {
		MUST(r->size == -1);
		return;
	}
	/* each byte that DynamoDB counts is at least one of JSON; quotes make
	 * up for the 3 of a map or list, and for a number's exponent */
	MUST(r->size >= 0 && (size_t)r->size <= r->item->json.n);
	MUST(attr_size(r->item->partition) <= r->size);
	(void)attr_wrong(r->item->partition);
	if (r->item->ttl.p != NULL)
		(void)attr_wrong(r->item->ttl);
}

static void
check_selection(const struct record *r, const struct rules *rules)
{
	struct selection s = selection_any();

	MUST(selection_wants(&s, rules, r));
	s.overdue = 0;
	MUST(selection_wants(&s, rules, r) ==
	    (r->state == STATE_PENDING || r->state == STATE_STUCK));
	s = selection_any();
	s.expires_within = INT64_MAX;
	MUST(!selection_wants(&s, rules, r) || r->state == STATE_LIVE);
	s = selection_any();
	s.states = 1u << r->state;
	s.reasons = 1u << r->reason;
	s.kinds = 1u << r->kind;
	MUST(selection_wants(&s, rules, r));
	s.reasons = ~s.reasons;
	MUST(!selection_wants(&s, rules, r));
}

static void
check_summary(const struct record *r, const struct rules *rules)
{
	struct summary s, t;
	struct buf shown = { 0 };

	mask_key(&shown, r);
	summary_init(&s, 2, rules->sizes);
	summary_init(&t, 2, rules->sizes);
	summary_add(&s, r, 1);
	summary_merge(&t, &s);
	summary_add(&t, r, 1);
	MUST(t.items == 2 && t.ngroups == 1 && t.groups[0].items == 2);
	MUST(t.reasons[r->state][r->reason] == 2);
	MUST(t.examples[r->state][r->reason].len ==
	    (r->reason != REASON_NONE ? shown.n : 0));
	MUST(t.nlargest == (rules->sizes ? 2 : 0));
	summary_release(&s);
	summary_release(&t);
	buf_release(&shown);
}

/* A key as users write it is the same key. */
static void
check_key(const struct record *r)
{
	struct buf value = { 0 }, a = { 0 }, b = { 0 };
	struct slice inner;
	enum attr_type type = attr_open(r->item->partition, &inner);

	if (attr_key_value(&value, type, r->key.p, r->key.n) == 0) {
		attr_key_canonical(&a, r->item->partition);
		attr_key_canonical(&b, (struct slice){ value.p, value.n });
		MUST(a.n == b.n && memcmp(a.p, b.p, a.n) == 0);
		MUST(attr_wrong((struct slice){ value.p, value.n }) == NULL);
	}
	buf_release(&value);
	buf_release(&a);
	buf_release(&b);
}

static void
judge(const struct item *item)
{
	struct buf scratch = { 0 };

	for (int i = 0; i < 32; i++) {
		struct rules rules = {
			.now = NOW,
			.ttl_acts = (i & 1) == 0,
			.session_prefixes = prefixes,
			.nprefixes = (i & 4) == 0 ? 2 : 0,
			.all_sessions = (i & 8) != 0,
			.groups = groups,
			.ngroups = 3,
			.sizes = (i & 2) == 0,
			.zone = { (i & 16) != 0, -28800 },
		};
		struct record r;

		record_of(&r, item, &rules, &scratch);
		MUST(r.item == item && r.group.n > 0);
		check_state(&r, &rules);
		check_mask(&r);
		check_size(&r, &rules);
		check_selection(&r, &rules);
		check_summary(&r, &rules);
		check_key(&r);
	}
	buf_release(&scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct {
		struct key_schema schema;
		const char *ttl;
	} tables[] = {
		{ { "key", NULL }, "ttl" },
		{ { "key", "sort" }, "ttl" },
		{ { "key", "ttl" }, "ttl" },
		{ { "key", NULL }, "key" },
		{ { "key", NULL }, NULL },
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		struct slice_walk w =
		    slice_walk((struct slice){ (const char *)data, n });
		struct item item;

		if (item_read(&w, &tables[i].schema, tables[i].ttl, &item,
			NULL) == 0)
			judge(&item);
	}
	return 0;
}
