#include <string.h>

#include "inspector/record.h"
#include "inspector/sessions.h"
#include "lib/base/crypto.h"
#include "lib/base/sum.h"
#include "lib/dynamodb/attr.h"

/* Keys of verification tokens begin with this (Auth.js, "DynamoDB Adapter":
 * default schema). A link with a token logs in, like a session's id. */
#define VERIFICATION "VT#"
/* Beside a session's partition key, a sort key of fewer bytes is not a
 * secret. */
#define MASK_SORT_LENGTH 16

/*
 * Policy. DynamoDB deletes an entry only if its TTL attribute is a Number
 * between five years ago and now, in seconds. An entry that was meant to expire
 * by now and will not be deleted is stuck. One that will never be deleted and
 * was not meant to expire yet is immortal, and so is one without an expiry
 * time: it may be meant to stay. The form of the value is checked first, then
 * the table's settings, then the age: the first reason is the one to fix.
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

static const enum reason reason_of[] = {
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

struct key {
	enum attr_type type;
	struct slice text; /* p NULL: there is no sort key */
	size_t prefix;     /* bytes of its longest session prefix */
	bool session;      /* it has one, maybe an empty one */
};

static bool
begins(struct slice text, const char *p, size_t n)
{
	return n == 0 || (n <= text.n && memcmp(text.p, p, n) == 0);
}

/*
 * Find the session prefixes of a key, and set ${r}->kind if they make it a
 * session. The default prefixes (inspector/sessions.h) count only when the
 * rules have none, but are masked in any case: whether the rules' prefixes
 * match anything is known only at the end.
 */
static void
find_prefixes(struct record *r, const struct rules *rules, struct key *k)
{
	k->prefix = k->type == ATTR_S ? sessions_prefix(k->text) : 0;
	k->session = k->prefix > 0;
	if (rules->nprefixes == 0 && k->session)
		r->kind = KIND_SESSION;
	for (size_t i = 0; i < rules->nprefixes; i++) {
		const char *p = rules->session_prefixes[i];
		size_t n = strlen(p);

		if ((n > 0 && k->type != ATTR_S) || !begins(k->text, p, n))
			continue;
		r->kind = KIND_SESSION;
		k->session = true;
		r->prefixes |= i < 64 ? UINT64_C(1) << i : 0;
		if (n > k->prefix)
			k->prefix = n;
	}
}

/* Whether the bytes of a binary key begin like a session's: its base64 would
 * show the id. */
static bool
is_binary_session(const struct rules *rules, const struct key *k)
{
	struct buf bytes = { 0 };
	struct slice text;
	bool found = false;

	if (k->type != ATTR_B)
		return false;
	if (crypto_base64_decode(&bytes, k->text.p, k->text.n) != 0)
		buf_reset(&bytes);
	text = (struct slice){ buf_text(&bytes), bytes.n };
	found = sessions_prefix(text) > 0 ||
	    begins(text, VERIFICATION, strlen(VERIFICATION));
	for (size_t i = 0; i < rules->nprefixes; i++)
		found = found ||
		    begins(text, rules->session_prefixes[i],
			strlen(rules->session_prefixes[i]));
	buf_release(&bytes);
	return found;
}

/* Whether a key belongs to a verification token of Auth.js. */
static bool
is_verification(struct key *k)
{
	size_t n = strlen(VERIFICATION);

	if (k->type != ATTR_S || !begins(k->text, VERIFICATION, n))
		return false;
	if (k->prefix < n)
		k->prefix = n;
	return true;
}

/* Set the kind, and what of the ${n} keys is masked. */
static void
judge_keys(struct record *r, const struct rules *rules, struct key keys[2],
    size_t n)
{
	const struct key *key = &keys[0], *sort = &keys[1];

	r->kind = rules->nprefixes == 0 && rules->all_sessions ? KIND_SESSION
							       : KIND_ITEM;
	r->masked = rules->all_sessions;
	for (size_t i = 0; i < n; i++) {
		find_prefixes(r, rules, &keys[i]);
		r->masked |= keys[i].session;
		r->masked |= is_verification(&keys[i]);
	}
	for (size_t i = 0; i < n && !r->masked; i++)
		r->masked = is_binary_session(rules, &keys[i]);
	r->key_masked = r->masked || rules->mask_partition;
	/* If the partition key has the id, a short sort key names a part of
	 * the session, such as "meta" or "v0". */
	r->sort_masked = n > 1 &&
	    (rules->mask_sort ||
		(r->masked &&
		    (key->prefix == 0 || sort->session || sort->prefix > 0 ||
			sort->text.n >= MASK_SORT_LENGTH)));
	r->key_prefix = key->prefix;
	r->sort_prefix = sort->prefix;
}

/* The text up to its first separator, included; n 0 when it has none. */
static struct slice
up_to_separator(const struct rules *rules, const struct key *k)
{
	const char *ends =
	    rules->separators != NULL ? rules->separators : ":#/|";
	uint64_t set[256 / 64] = { 0 }; /* a bit for each byte value */

	if (k->type != ATTR_S)
		return (struct slice){ 0 };
	for (; *ends != '\0'; ends++)
		set[(unsigned char)*ends / 64] |= UINT64_C(1) << (*ends & 63);
	for (size_t i = 0; i < k->text.n; i++) {
		unsigned char c = (unsigned char)k->text.p[i];

		if (set[c / 64] >> (c & 63) & 1)
			return (struct slice){ k->text.p, i + 1 };
	}
	return (struct slice){ 0 };
}

/* Whether ${text} is ${word}; mostly the first byte decides. */
static bool
is_text(struct slice text, const char *word)
{
	if (text.n == 0 || *text.p != *word)
		return text.n == 0 && *word == '\0';
	return text.n == strlen(word) && memcmp(text.p, word, text.n) == 0;
}

static struct slice
group_of_partition(const struct rules *rules, const struct key *k)
{
	struct slice group;

	for (size_t i = 0; i < rules->ngroups; i++)
		if (is_text(k->text, rules->groups[i]))
			return k->text;
	group = up_to_separator(rules, k);
	return group.n > 0 ? group : SLICE("(none)");
}

/* Open the key ${value}. Its text points into the page, or, if it has escapes,
 * to where it is decoded, at the end of ${scratch}, which has room for it. */
static struct key
open_key(struct buf *scratch, const struct item *item, struct slice value)
{
	struct key k = { 0 };
	size_t at = scratch->n;

	k.type = item_key_open(item, value, &k.text);
	if (item->plain)
		return k;
	if (k.type != ATTR_S && k.type != ATTR_N && k.type != ATTR_B) {
		k.text = value;
	} else if (k.text.n > 0 && memchr(k.text.p, '\\', k.text.n) != NULL) {
		slice_text_decode(scratch, k.text);
		k.text =
		    (struct slice){ buf_text(scratch) + at, scratch->n - at };
	}
	return k;
}

void
record_keys(struct record *r, const struct item *item,
    const struct rules *rules, struct buf *scratch)
{
	struct key keys[2] = { 0 };
	size_t at, n = item->sort.p != NULL ? 2 : 1;
	struct slice second = { 0 };

	/* room for both keys and the group, so that nothing moves */
	buf_reset(scratch);
	buf_reserve(scratch,
	    2 * (item->partition.n + item->sort.n) + sizeof("(none) "));
	keys[0] = open_key(scratch, item, item->partition);
	if (n > 1)
		keys[1] = open_key(scratch, item, item->sort);
	r->item = item;
	r->key = keys[0].text;
	r->sort = keys[1].text;
	r->prefixes = 0;
	judge_keys(r, rules, keys, n);

	r->group = group_of_partition(rules, &keys[0]);
	r->group_first = r->group.n;
	if (n > 1)
		second = up_to_separator(rules, &keys[1]);
	if (second.n == 0)
		return;
	at = scratch->n;
	buf_add(scratch, r->group.p, r->group.n);
	buf_addc(scratch, ' ');
	buf_add(scratch, second.p, second.n);
	r->group = (struct slice){ buf_text(scratch) + at, scratch->n - at };
}

bool
record_live_other(const struct record *r, const struct rules *rules)
{
	struct moment m;

	if (rules->ttl_other == NULL ||
	    (r->state != STATE_PENDING && r->state != STATE_STUCK))
		return false;
	moment_read(&m, slice_get(r->item->json, rules->ttl_other), rules->now,
	    rules->zone);
	return moment_means(m.form) && m.floor >= rules->now;
}

bool
record_past(const struct record *r, const struct rules *rules, int64_t overdue)
{
	int64_t before = sum_sub(rules->now, overdue);

	if (r->zoneless)
		before = sum_sub(before, MOMENT_ZONE_WEST);
	/* a fraction changes nothing: floor(x) < n exactly if x < n */
	return r->has_moment && r->moment < before;
}

/* Whether TTL leaves it alone, also once it is on, or the time is repaired:
 * ${m} is five years ago or more, in whatever zone. Repair drops fractions. */
static bool
is_too_old(const struct record *r, const struct moment *m,
    const struct rules *rules)
{
	int64_t before = sum_sub(rules->now, RECORD_TOO_OLD);
	int64_t moment = m->form == MOMENT_SECONDS ? m->ceil : r->moment;

	if (r->zoneless)
		before = sum_sub(before, MOMENT_ZONE_WEST);
	return r->has_moment && moment <= before;
}

static void
judge(struct record *r, const struct moment *m, const struct rules *rules)
{
	bool past = record_past(r, rules, 0);

	r->reason = reason_of[m->form];
	if (m->form != MOMENT_SECONDS) {
		r->state = past ? STATE_STUCK : STATE_IMMORTAL;
	} else if (!rules->ttl_acts) {
		r->state = past ? STATE_STUCK : STATE_LIVE;
		r->reason = REASON_TTL_OFF;
	} else if (!past) {
		r->state = STATE_LIVE;
	} else if (is_too_old(r, m, rules)) {
		r->state = STATE_STUCK;
		r->reason = REASON_TOO_OLD;
	} else {
		r->state = STATE_PENDING;
	}
}

/* Set what depends on the TTL attribute, which is ${ttl}. */
static void
set_time(struct record *r, struct slice ttl, const struct rules *rules)
{
	const struct moment *m = &r->time;

	moment_read(&r->time, ttl, rules->now, rules->zone);
	r->has_moment = moment_means(m->form);
	r->zoneless = m->zoneless;
	r->moment = r->has_moment ? m->floor : 0;
	r->overdue = r->has_moment ? sum_sub(rules->now, m->ceil) : 0;
	judge(r, m, rules);
	r->old = r->state == STATE_STUCK && is_too_old(r, m, rules);
}

void
record_of(struct record *r, const struct item *item, const struct rules *rules,
    struct buf *scratch)
{
	record_keys(r, item, rules, scratch);
	r->size = rules->sizes ? item->size : -1;
	set_time(r, item->ttl, rules);
}

void
record_by_other(struct record *other, const struct record *r,
    const struct rules *rules)
{
	struct rules acting = *rules;

	acting.ttl_acts = true;
	*other = *r;
	set_time(other, slice_get(r->item->json, rules->ttl_other), &acting);
}
