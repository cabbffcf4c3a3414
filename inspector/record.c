#include <string.h>

#include "dynamodb/attr.h"
#include "inspector/record.h"

/*
 * Policy. The service deletes an entry whose TTL attribute is a Number below
 * the present second and above the one of five years ago, and nothing else.
 * What it will not delete though it was meant to end is stuck; what it will
 * never delete and was not meant to end before now is immortal: so is all
 * that means no moment, since it may be meant to stay. What the value is
 * comes before how the table is set, and that before its age: the first
 * reason is the one that has to be fixed.
 */
static const char *const states[STATES] = {
	[STATE_LIVE] = "live",
	[STATE_PENDING] = "pending",
	[STATE_STUCK] = "stuck",
	[STATE_IMMORTAL] = "immortal",
};

static const char *const reasons[REASONS] = {
	[REASON_NONE] = "none",
	[REASON_MILLISECONDS] = "milliseconds",
	[REASON_MICROSECONDS] = "microseconds",
	[REASON_NANOSECONDS] = "nanoseconds",
	[REASON_STRING] = "string",
	[REASON_TTL_OFF] = "ttl-off",
	[REASON_TOO_OLD] = "too-old",
	[REASON_FAR_FUTURE] = "far-future",
	[REASON_NO_TIME] = "no-time",
	[REASON_MISSING] = "missing",
	[REASON_WRONG_TYPE] = "wrong-type",
};

static const char *const kinds[KINDS] = {
	[KIND_SESSION] = "session",
	[KIND_ITEM] = "item",
};

/* What a value that is no plain number of seconds is blamed for. */
static const enum reason blame[] = {
	[MOMENT_SECONDS] = REASON_NONE,
	[MOMENT_MILLISECONDS] = REASON_MILLISECONDS,
	[MOMENT_MICROSECONDS] = REASON_MICROSECONDS,
	[MOMENT_NANOSECONDS] = REASON_NANOSECONDS,
	[MOMENT_STRING] = REASON_STRING,
	[MOMENT_NO_TIME] = REASON_NO_TIME,
	[MOMENT_FAR_FUTURE] = REASON_FAR_FUTURE,
	[MOMENT_MISSING] = REASON_MISSING,
	[MOMENT_WRONG_TYPE] = REASON_WRONG_TYPE,
};

const char *
state_name(enum state s)
{
	return states[s];
}

const char *
reason_name(enum reason r)
{
	return reasons[r];
}

const char *
kind_name(enum kind k)
{
	return kinds[k];
}

static int
find_name(const char *const *names, int n, const char *s)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], s) == 0)
			return i;
	return -1;
}

int
state_parse(const char *s)
{
	return find_name(states, STATES, s);
}

int
reason_parse(const char *s)
{
	return find_name(reasons, REASONS, s);
}

int
kind_parse(const char *s)
{
	return find_name(kinds, KINDS, s);
}

enum kind
record_kind(const struct rules *rules, struct slice key, size_t *prefix)
{
	enum kind kind = KIND_ITEM;
	size_t longest = 0;

	for (size_t i = 0; i < rules->nprefixes; i++) {
		const char *p = rules->session_prefixes[i];
		size_t n = strlen(p);

		if (n > key.n || (n > 0 && memcmp(p, key.p, n) != 0))
			continue;
		kind = KIND_SESSION;
		if (n > longest)
			longest = n;
	}
	if (prefix != NULL)
		*prefix = longest;
	return kind;
}

size_t
record_prefix(const struct rules *rules, struct slice key)
{
	size_t prefix;

	(void)record_kind(rules, key, &prefix);
	return prefix;
}

static struct slice
group_of(const struct rules *rules, struct slice key)
{
	const char *colon;

	for (size_t i = 0; i < rules->ngroups; i++)
		if (key.n == strlen(rules->groups[i]) &&
		    memcmp(key.p, rules->groups[i], key.n) == 0)
			return key;
	colon = key.n > 0 ? memchr(key.p, ':', key.n) : NULL;
	if (colon == NULL)
		return SLICE("(none)");
	return (struct slice){ key.p, (size_t)(colon - key.p) + 1 };
}

bool
record_past(const struct record *r, const struct rules *rules, int64_t overdue)
{
	int64_t before = moment_minus(rules->now, overdue);

	if (r->zoneless)
		before = moment_minus(before, MOMENT_ZONE_WEST);
	return r->has_moment && decimal_cmp_int(&r->seconds, before) < 0;
}

/* State and reason of a value that means a moment. */
static void
judge(struct record *r, enum moment_form form, const struct rules *rules)
{
	bool past = record_past(r, rules, 0);

	r->reason = blame[form];
	if (form != MOMENT_SECONDS) {
		r->state = past ? STATE_STUCK : STATE_IMMORTAL;
	} else if (!rules->ttl_acts) {
		r->state = past ? STATE_STUCK : STATE_LIVE;
		r->reason = REASON_TTL_OFF;
	} else if (!past) {
		r->state = STATE_LIVE;
	} else if (decimal_cmp_int(&r->seconds,
		       moment_minus(rules->now, RECORD_TOO_OLD)) <= 0) {
		r->state = STATE_STUCK;
		r->reason = REASON_TOO_OLD;
	} else {
		r->state = STATE_PENDING;
	}
}

void
record_of(struct record *r, const struct item *item, const struct rules *rules,
    struct buf *scratch)
{
	struct moment m;

	buf_reset(scratch);
	attr_key_text(scratch, item->partition);
	r->item = item;
	r->key = (struct slice){ buf_text(scratch), scratch->n };
	r->kind = record_kind(rules, r->key, NULL);
	r->group = group_of(rules, r->key);
	r->size = rules->sizes ? attr_item_size(item->json) : -1;

	moment_read(&m, item->ttl, rules->now, rules->zone);
	r->has_moment = moment_means(m.form);
	r->zoneless = m.zoneless;
	r->seconds = m.seconds;
	r->moment = 0;
	r->overdue = 0;
	if (!r->has_moment) {
		r->state = STATE_IMMORTAL;
		r->reason = blame[m.form];
		return;
	}
	r->moment = decimal_floor(&m.seconds);
	r->overdue = moment_minus(rules->now, decimal_ceil(&m.seconds));
	judge(r, m.form, rules);
}
