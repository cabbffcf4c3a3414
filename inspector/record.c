#include <string.h>

#include "inspector/record.h"
#include "inspector/sessions.h"
#include "lib/base/crypto.h"
#include "lib/base/sum.h"
#include "lib/dynamodb/attr.h"

/* What keys of verification tokens begin with (Auth.js, "DynamoDB Adapter":
 * default schema): a link with one in it logs in, like a session's id. */
#define VERIFICATION "VT#"
/* A sort key beside a session's partition key that has fewer bytes is not
 * taken for a secret. */
#define MASK_SORT_LENGTH 16

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

/* A key: a value, its text, and the bytes where it is binary. */
struct key {
	enum attr_type type;
	struct slice text;
	size_t prefix;
	bool session; /* a session prefix was found, maybe an empty one */
};

static bool
begins(struct slice text, const char *p, size_t n)
{
	return n == 0 || (n <= text.n && memcmp(text.p, p, n) == 0);
}

/* The session prefixes of a key, S as text: those of the rules, and those
 * that are taken where the rules have none. What is masked is what either of
 * them calls a session: which prefixes match is known only at the end. */
static enum kind
kind_of(struct record *r, const struct rules *rules, struct key *k)
{
	size_t own = k->type == ATTR_S ? sessions_prefix(k->text) : 0;
	enum kind kind = KIND_ITEM;

	k->prefix = own;
	k->session = own > 0;
	if (rules->nprefixes == 0)
		return own > 0 ? KIND_SESSION : KIND_ITEM;
	for (size_t i = 0; i < rules->nprefixes; i++) {
		const char *p = rules->session_prefixes[i];
		size_t n = strlen(p);

		if ((n > 0 && k->type != ATTR_S) || !begins(k->text, p, n))
			continue;
		kind = KIND_SESSION;
		k->session = true;
		r->prefixes |= i < 64 ? UINT64_C(1) << i : 0;
		if (n > k->prefix)
			k->prefix = n;
	}
	return kind;
}

/* The same of a binary key, by its bytes: it is not called a session, but
 * its base64 would show one. */
static bool
is_binary_session(const struct rules *rules, const struct key *k)
{
	struct buf bytes = { 0 };
	struct slice text;
	bool found = false;

	if (k->type != ATTR_B)
		return false;
	if (crypto_base64_decode(&bytes, k->text.p, k->text.n) != 0)
		buf_reset(&bytes); /* what was read of it tells nothing */
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

/* Kind, and what of the keys is masked. ${sort}->text.p NULL: there is none. */
static void
judge_keys(struct record *r, const struct rules *rules, struct key *key,
    struct key *sort)
{
	bool has_sort = sort->text.p != NULL;
	enum kind kind = kind_of(r, rules, key);

	if (has_sort && kind_of(r, rules, sort) == KIND_SESSION)
		kind = KIND_SESSION;
	if (rules->nprefixes == 0 && rules->all_sessions)
		kind = KIND_SESSION;
	r->kind = kind;
	r->masked = kind == KIND_SESSION || rules->all_sessions ||
	    key->session || sort->session;
	r->masked |= is_verification(key);
	if (has_sort)
		r->masked |= is_verification(sort);
	r->masked = r->masked || is_binary_session(rules, key) ||
	    (has_sort && is_binary_session(rules, sort));
	r->key_masked = r->masked || rules->mask_partition;
	/* The id is in the partition key then; what is short beside it names
	 * a part of the session, such as "meta" or "v0". */
	r->sort_masked = has_sort &&
	    (rules->mask_sort ||
		(r->masked &&
		    (key->prefix == 0 || sort->session || sort->prefix > 0 ||
			sort->text.n >= MASK_SORT_LENGTH)));
	r->key_prefix = key->prefix;
	r->sort_prefix = sort->prefix;
}

/* The text up to and with its first separator; n 0: it has none. */
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

/* Whether ${text} is ${word}; nearly always the first byte tells. */
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

/* Open the key ${value}; its text is the page's own where it can be, or
 * decoded at the end of ${scratch}, which has room for it. */
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
	struct key key, sort = { 0 };
	struct slice first, second = { 0 };
	size_t at;

	/* room for both and for the group, so that nothing moves any more */
	buf_reset(scratch);
	buf_reserve(scratch,
	    2 * (item->partition.n + item->sort.n) + sizeof("(none) "));
	key = open_key(scratch, item, item->partition);
	if (item->sort.p != NULL)
		sort = open_key(scratch, item, item->sort);
	r->item = item;
	r->key = key.text;
	r->sort = sort.text;
	r->prefixes = 0;
	judge_keys(r, rules, &key, &sort);

	first = group_of_partition(rules, &key);
	if (sort.text.p != NULL)
		second = up_to_separator(rules, &sort);
	r->group = first;
	r->group_first = first.n;
	if (second.n == 0)
		return;
	at = scratch->n;
	buf_add(scratch, first.p, first.n);
	buf_addc(scratch, ' ');
	buf_add(scratch, second.p, second.n);
	r->group = (struct slice){ buf_text(scratch) + at, scratch->n - at };
}

bool
record_past(const struct record *r, const struct rules *rules, int64_t overdue)
{
	int64_t before = sum_sub(rules->now, overdue);

	if (r->zoneless)
		before = sum_sub(before, MOMENT_ZONE_WEST);
	/* below a whole number is what has its floor below it */
	return r->has_moment && r->moment < before;
}

/* State and reason of a value that means a moment. */
static void
judge(struct record *r, const struct moment *m, const struct rules *rules)
{
	bool past = record_past(r, rules, 0);

	r->reason = blame[m->form];
	if (m->form != MOMENT_SECONDS) {
		r->state = past ? STATE_STUCK : STATE_IMMORTAL;
	} else if (!rules->ttl_acts) {
		r->state = past ? STATE_STUCK : STATE_LIVE;
		r->reason = REASON_TTL_OFF;
	} else if (!past) {
		r->state = STATE_LIVE;
	} else if (m->ceil <= sum_sub(rules->now, RECORD_TOO_OLD)) {
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

	record_keys(r, item, rules, scratch);
	r->size = rules->sizes ? item->size : -1;

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
	r->moment = m.floor;
	r->overdue = sum_sub(rules->now, m.ceil);
	judge(r, &m, rules);
}
