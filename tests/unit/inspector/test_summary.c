#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inspector/mask.h"
#include "inspector/summary.h"
#include "lib/base/buf.h"

#define NOW 1795332271
#define RECORDS 6000
#define TOP 10
#define MARK "\xe2\x80\xa6"

static uint64_t seed = 88172645463325252u;

static uint64_t
next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static const char *const prefixes[] = { "session:", "sess:" };
static const char *const named[] = { "users", "images" };

static const struct rules rules = {
	.now = NOW,
	.ttl_acts = true,
	.session_prefixes = prefixes,
	.nprefixes = 2,
	.groups = named,
	.ngroups = 2,
	.sizes = true,
};

/* A table of entries, and their records. */
struct table {
	struct buf text[RECORDS][3]; /* partition, sort, ttl */
	struct buf key[RECORDS];
	struct item item[RECORDS];
	struct record record[RECORDS];
	size_t n;
};

/* Values of every kind. */
static void
draw_ttl(struct buf *b)
{
	int64_t at = NOW - 1000000 + (int64_t)(next_random() % 2000000);

	switch (next_random() % 16) {
	case 0:
		return;
	case 1:
		buf_adds(b, "{\"BOOL\":true}");
		return;
	case 2:
		buf_addf(b, "{\"S\":\"%lld\"}", (long long)at);
		return;
	case 3:
		buf_addf(b, "{\"N\":\"%lld123\"}", (long long)at);
		return;
	case 4:
		buf_addf(b, "{\"N\":\"%lld123456\"}", (long long)at);
		return;
	case 5:
		buf_addf(b, "{\"N\":\"%lld123456789\"}", (long long)at);
		return;
	case 6:
		buf_adds(b, "{\"N\":\"1.5\"}");
		return;
	case 7:
		buf_addf(b, "{\"N\":\"%lld.25\"}", (long long)at);
		return;
	case 8:
		buf_adds(b, "{\"N\":\"253402300799\"}");
		return;
	case 9:
		buf_addf(b, "{\"S\":\"2026-11-%02dT00:00:00\"}",
		    (int)(next_random() % 30 + 1));
		return;
	case 10:
		buf_addf(b, "{\"N\":\"%lld\"}", (long long)at * 2);
		return;
	default:
		buf_addf(b, "{\"N\":\"%lld\"}", (long long)at);
	}
}

/* ${ngroups} names; few keys, so that sort keys decide the order. */
static void
fill(struct table *t, size_t n, unsigned ngroups)
{
	memset(t, 0, sizeof(*t));
	t->n = n;
	for (size_t i = 0; i < n; i++) {
		struct buf *b = t->text[i];
		struct item *item = &t->item[i];
		unsigned g = (unsigned)(next_random() % ngroups);
		unsigned k = (unsigned)(next_random() % 3);

		if (g % 16 == 0)
			buf_addf(&b[0], "{\"S\":\"session:%u\"}", k);
		else if (g % 16 == 1)
			buf_adds(&b[0], "{\"S\":\"users\"}");
		else if (g % 16 == 2)
			buf_addf(&b[0], "{\"S\":\"plain%u\"}", k);
		else
			buf_addf(&b[0], "{\"S\":\"g%u:%u\"}", g, k);
		/* the index makes each key unique; some have escapes */
		buf_addf(&b[1],
		    i % 5 ? "{\"S\":\"%u-%u\"}" : "{\"S\":\"%u\\u002d%u\"}",
		    (unsigned)(next_random() % 100), (unsigned)i);
		draw_ttl(&b[2]);
		item->partition = (struct slice){ b[0].p, b[0].n };
		item->sort = (struct slice){ b[1].p, b[1].n };
		item->ttl = (struct slice){ b[2].p, b[2].n };
		item->json = SLICE("{}");
		record_of(&t->record[i], item, &rules, &t->key[i]);
		/* few sizes, so that there are many ties */
		t->record[i].size = (int64_t)(next_random() % 50) * 100;
	}
}

static void
empty(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		for (int j = 0; j < 3; j++)
			buf_release(&t->text[i][j]);
		buf_release(&t->key[i]);
	}
	free(t);
}

static int64_t
units_of(const struct record *r)
{
	return r->size / 1024 + 1;
}

static void
count_all(struct summary *s, const struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		summary_add(s, &t->record[i], units_of(&t->record[i]));
}

static void
same_key(const struct summary_key *a, const struct summary_key *b)
{
	assert_int_equal(a->key == NULL, b->key == NULL);
	if (a->key == NULL)
		return;
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->key, b->key, a->len);
	assert_int_equal(a->sort == NULL, b->sort == NULL);
	assert_int_equal(a->sort_len, b->sort_len);
	if (a->sort != NULL)
		assert_memory_equal(a->sort, b->sort, a->sort_len);
	assert_true(a->bytes == b->bytes);
}

static void
same_groups(const struct summary *a, const struct summary *b)
{
	assert_int_equal(a->groups_complete, b->groups_complete);
	assert_int_equal(a->ngroups, b->ngroups);
	for (size_t i = 0; i < a->ngroups; i++) {
		const struct summary_group *g = &a->groups[i];
		const struct summary_group *h = &b->groups[i];

		assert_int_equal(g->len, h->len);
		assert_memory_equal(g->name, h->name, g->len);
		assert_true(g->items == h->items && g->bytes == h->bytes);
		assert_memory_equal(g->states, h->states, sizeof(g->states));
	}
}

/* Every field, except the capacity of arrays. */
static void
same(const struct summary *a, const struct summary *b)
{
	assert_int_equal(a->sizes, b->sizes);
	assert_true(a->items == b->items && a->bytes == b->bytes);
	assert_memory_equal(a->states, b->states, sizeof(a->states));
	assert_memory_equal(a->reasons, b->reasons, sizeof(a->reasons));
	for (int i = 0; i < STATES; i++)
		for (int j = 0; j < REASONS; j++)
			same_key(&a->examples[i][j], &b->examples[i][j]);
	assert_memory_equal(a->kinds, b->kinds, sizeof(a->kinds));
	assert_memory_equal(a->kind_states, b->kind_states,
	    sizeof(a->kind_states));
	assert_memory_equal(a->kind_bytes, b->kind_bytes,
	    sizeof(a->kind_bytes));
	same_groups(a, b);
	assert_memory_equal(a->overdue.count, b->overdue.count,
	    sizeof(a->overdue.count));
	assert_true(a->overdue.total == b->overdue.total);
	assert_true(a->overdue.max == b->overdue.max);
	assert_true(a->overdue.sum == b->overdue.sum);
	assert_memory_equal(a->upcoming, b->upcoming, sizeof(a->upcoming));
	assert_memory_equal(a->zoneless, b->zoneless, sizeof(a->zoneless));
	assert_memory_equal(a->old, b->old, sizeof(a->old));
	assert_true(a->zoneless_old == b->zoneless_old && a->late == b->late);
	assert_int_equal(a->top, b->top);
	assert_int_equal(a->nlargest, b->nlargest);
	for (size_t i = 0; i < a->nlargest; i++)
		same_key(&a->largest[i], &b->largest[i]);
	assert_true(a->purge_units == b->purge_units);
	assert_true(a->free_by_ttl == b->free_by_ttl);
}

/* Count the entries in ${parts} tallies, in random order, and merge these in
 * random order, some of them through others. */
static void
check_partition(const struct table *t, const struct summary *whole,
    size_t parts)
{
	struct summary *part = calloc(parts, sizeof(*part));
	size_t *order = calloc(t->n, sizeof(*order));

	assert_non_null(part);
	assert_non_null(order);
	for (size_t i = 0; i < parts; i++)
		summary_init(&part[i], TOP, true);
	for (size_t i = 0; i < t->n; i++) {
		size_t j = next_random() % (i + 1);

		order[i] = order[j];
		order[j] = i;
	}
	for (size_t i = 0; i < t->n; i++) {
		const struct record *r = &t->record[order[i]];

		summary_add(&part[next_random() % parts], r, units_of(r));
	}
	for (size_t n = parts; n > 1; n--) {
		size_t from = next_random() % n, to = next_random() % (n - 1);
		struct summary last = part[n - 1];

		/* the merged tally becomes the last of those left */
		part[n - 1] = part[from];
		part[from] = last;
		summary_merge(&part[to], &part[n - 1]);
		summary_release(&part[n - 1]);
	}
	same(whole, &part[0]);
	summary_release(&part[0]);
	free(part);
	free(order);
}

static void
check_merges(unsigned ngroups, bool complete)
{
	static const size_t parts[] = { 1, 2, 3, 7, 32, 200 };
	struct table *t = calloc(1, sizeof(*t));
	struct summary whole;

	assert_non_null(t);
	fill(t, RECORDS, ngroups);
	summary_init(&whole, TOP, true);
	count_all(&whole, t);
	assert_int_equal(whole.groups_complete, complete);
	assert_int_equal(whole.ngroups == SUMMARY_GROUPS, !complete);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		check_partition(t, &whole, parts[i]);
	summary_release(&whole);
	empty(t);
}

static void
test_merge_few_groups(void **state)
{
	(void)state;
	check_merges(40, true);
}

static void
test_merge_many_groups(void **state)
{
	(void)state;
	check_merges(3000, false);
}

static int
by_name(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int r = memcmp(x->p, y->p, n);

	return r != 0 ? r : (x->n > y->n) - (x->n < y->n);
}

/* The 1000 smallest names are kept as groups, with all their entries. */
static void
test_groups(void **state)
{
	struct table *t = calloc(1, sizeof(*t));
	struct slice *names = calloc(RECORDS, sizeof(*names));
	struct summary s;
	size_t at = 0;

	(void)state;
	assert_non_null(t);
	assert_non_null(names);
	fill(t, RECORDS, 3000);
	summary_init(&s, 0, true);
	count_all(&s, t);
	for (size_t i = 0; i < t->n; i++)
		names[i] = t->record[i].group;
	qsort(names, t->n, sizeof(*names), by_name);
	for (size_t i = 0; i < s.ngroups; i++) {
		int64_t items = 0;

		assert_int_equal(s.groups[i].len, names[at].n);
		assert_memory_equal(s.groups[i].name, names[at].p, names[at].n);
		for (; at < t->n &&
		     by_name(&names[at],
			 &(struct slice){ s.groups[i].name,
			     s.groups[i].len }) == 0;
		     at++)
			items++;
		assert_true(s.groups[i].items == items);
	}
	assert_true(at < t->n);
	assert_int_equal(s.ngroups, SUMMARY_GROUPS);
	summary_release(&s);
	free(names);
	empty(t);
}

/* 1000 names are complete, one more is not, whether it comes first or last. */
static void
test_groups_limit(void **state)
{
	(void)state;
	for (int first = 0; first < 2; first++) {
		struct record r = { .state = STATE_LIVE, .size = 1 };
		struct summary s;
		char name[16];

		summary_init(&s, 0, true);
		for (int i = 0; i < SUMMARY_GROUPS; i++) {
			int n = first ? SUMMARY_GROUPS - i : i + 1;

			(void)snprintf(name, sizeof(name), "%04d:", n);
			r.key = r.group = slice_str(name);
			summary_add(&s, &r, 1);
			summary_add(&s, &r, 1);
		}
		assert_true(s.groups_complete);
		assert_int_equal(s.ngroups, SUMMARY_GROUPS);
		r.key = r.group = SLICE("9999:");
		if (first)
			r.key = r.group = SLICE("0000:");
		summary_add(&s, &r, 1);
		assert_false(s.groups_complete);
		assert_int_equal(s.ngroups, SUMMARY_GROUPS);
		assert_string_equal(s.groups[0].name,
		    first ? "0000:" : "0001:");
		assert_string_equal(s.groups[SUMMARY_GROUPS - 1].name,
		    first ? "0999:" : "1000:");
		assert_true(s.groups[1].items == 2);
		assert_true(s.items == 2 * SUMMARY_GROUPS + 1);
		summary_release(&s);
	}
}

static void
add(struct summary *s, const char *key, const char *ttl, int64_t size)
{
	struct buf scratch = { 0 }, json = { 0 };
	struct item item = { .json = SLICE("{}") };
	struct record r;

	buf_addf(&json, "{\"S\":\"%s\"}", key);
	item.partition = (struct slice){ json.p, json.n };
	if (ttl != NULL)
		item.ttl = slice_str(ttl);
	record_of(&r, &item, &rules, &scratch);
	r.size = size;
	summary_add(s, &r, 3);
	buf_release(&scratch);
	buf_release(&json);
}

/* A small table, counted by hand. */
static void
test_counts(void **state)
{
	struct summary s;

	(void)state;
	summary_init(&s, 3, true);
	add(&s, "session:b", "{\"N\":\"1795332270\"}", 100);
	add(&s, "session:a", "{\"N\":\"1795332171\"}", 200);
	add(&s, "session:c", "{\"N\":\"1795332170000\"}", 300);
	add(&s, "users", "{\"N\":\"1795335871\"}", 400);
	add(&s, "image:1", "{\"N\":\"1795335872\"}", 400);
	add(&s, "image:2", NULL, 50);
	assert_true(s.items == 6 && s.bytes == 1450);
	assert_true(s.states[STATE_PENDING].items == 2);
	assert_true(s.states[STATE_PENDING].bytes == 300);
	assert_true(s.states[STATE_STUCK].items == 1);
	assert_true(s.states[STATE_LIVE].bytes == 800);
	assert_true(s.states[STATE_IMMORTAL].items == 1);
	assert_true(s.reasons[STATE_STUCK][REASON_MILLISECONDS] == 1);
	assert_true(s.reasons[STATE_IMMORTAL][REASON_MISSING] == 1);
	assert_null(s.examples[STATE_PENDING][REASON_NONE].key);
	assert_string_equal(s.examples[STATE_STUCK][REASON_MILLISECONDS].key,
	    "session:" MARK "cea27b");
	assert_null(s.examples[STATE_STUCK][REASON_MILLISECONDS].sort);
	assert_string_equal(s.examples[STATE_IMMORTAL][REASON_MISSING].key,
	    "image:2");
	assert_null(s.examples[STATE_STUCK][REASON_TOO_OLD].key);
	assert_true(
	    s.examples[STATE_STUCK][REASON_MILLISECONDS].moment == 1795332170);
	assert_true(s.examples[STATE_IMMORTAL][REASON_MISSING].moment == 0);
	assert_true(s.kinds[KIND_SESSION].items == 3);
	assert_true(s.kinds[KIND_SESSION].bytes == 600);
	assert_true(s.kind_states[KIND_SESSION][STATE_PENDING] == 2);
	assert_true(s.kind_states[KIND_ITEM][STATE_LIVE] == 2);
	assert_int_equal(s.ngroups, 3);
	assert_string_equal(s.groups[0].name, "image:");
	assert_string_equal(s.groups[1].name, "session:");
	assert_string_equal(s.groups[2].name, "users");
	assert_true(s.groups[1].states[STATE_STUCK] == 1);
	assert_true(s.groups[1].bytes == 600);
	assert_true(s.overdue.total == 3 && s.overdue.max == 101);
	assert_true(s.upcoming[0] == 1);
	assert_true(s.upcoming[1] == 2 && s.upcoming[2] == 2);
	assert_int_equal(s.nlargest, 3);
	assert_string_equal(s.largest[0].key, "image:1");
	assert_string_equal(s.largest[1].key, "users");
	assert_string_equal(s.largest[2].key, "session:" MARK "cea27b");
	assert_true(s.purge_units == 9);
	assert_true(s.free_by_ttl == 2);
	summary_release(&s);
}

/* The most that a live entry has left, by kind, also after a merge. */
static void
test_farthest(void **state)
{
	struct summary s, more;

	(void)state;
	summary_init(&s, 0, false);
	summary_init(&more, 0, false);
	add(&s, "a", "{\"N\":\"1795335871\"}", -1);
	assert_true(s.farthest[KIND_ITEM] == 3600);
	assert_true(s.farthest[KIND_SESSION] == 0);
	add(&more, "b", "{\"N\":\"1795418671\"}", -1);
	add(&more, "session:1", "{\"N\":\"1795339471.5\"}", -1);
	add(&more, "c", "{\"N\":\"1795332000000\"}", -1);
	summary_merge(&s, &more);
	assert_true(s.farthest[KIND_ITEM] == 86400);
	assert_true(s.farthest[KIND_SESSION] == 7201);
	summary_release(&s);
	summary_release(&more);
}

static void
test_all_expired(void **state)
{
	static const struct {
		int64_t stuck, pending, live, missing;
		bool all;
	} cases[] = {
		{ 9, 0, 0, 0, true },
		{ 1, 1, 0, 5, true },
		{ 1, 0, 0, 5, false }, /* one says nothing */
		{ 9, 0, 1, 0, false },
		{ 0, 0, 0, 3, false },
		{ 0, 0, 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct summary s = { 0 };

		s.states[STATE_STUCK].items = cases[i].stuck;
		s.states[STATE_PENDING].items = cases[i].pending;
		s.states[STATE_LIVE].items = cases[i].live;
		s.reasons[STATE_IMMORTAL][REASON_MISSING] = cases[i].missing;
		s.items = cases[i].stuck + cases[i].pending + cases[i].live +
		    cases[i].missing;
		assert_int_equal(summary_all_expired(&s), cases[i].all);
	}
}

/* An entry that expires in exactly an hour is within it, and a fraction later
 * is not; one that expires in exactly five years is not beyond. */
static void
test_upcoming(void **state)
{
	static const struct {
		const char *ttl;
		int64_t within[SUMMARY_UPCOMING];
	} ends[] = {
		/* clang-format off */
		{ "{\"N\":\"1795332271\"}", { 1, 1, 1, 0 } },
		{ "{\"N\":\"1795335871\"}", { 1, 1, 1, 0 } },
		{ "{\"N\":\"1795335871.001\"}", { 0, 1, 1, 0 } },
		{ "{\"N\":\"1795418671\"}", { 0, 1, 1, 0 } },
		{ "{\"N\":\"1795418671.5\"}", { 0, 0, 1, 0 } },
		{ "{\"N\":\"1795937071\"}", { 0, 0, 1, 0 } },
		{ "{\"N\":\"1795937071.9\"}", { 0, 0, 0, 0 } },
		{ "{\"N\":\"1795332270\"}", { 0, 0, 0, 0 } },
		{ "{\"N\":\"1795332300000\"}", { 0, 0, 0, 0 } },
		{ "{\"N\":\"1953120271\"}", { 0, 0, 0, 0 } },
		{ "{\"N\":\"1953120271.001\"}", { 0, 0, 0, 1 } },
		{ "{\"N\":\"1953120272\"}", { 0, 0, 0, 1 } },
		{ "{\"N\":\"4951092271\"}", { 0, 0, 0, 1 } },
		{ "{\"N\":\"253402300799\"}", { 0, 0, 0, 0 } },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct summary s;

		summary_init(&s, 0, false);
		add(&s, "a", ends[i].ttl, -1);
		if (memcmp(s.upcoming, ends[i].within, sizeof(s.upcoming)) != 0)
			fail_msg("%s", ends[i].ttl);
		summary_release(&s);
	}
}

/* Late is what is pending for two days; too old is what expired five years ago
 * in every zone. (The time is 1795332271, 2026-11-22T07:24:31Z.) */
static void
test_late_and_old(void **state)
{
	static const struct {
		const char *ttl;
		int64_t late, old, zoneless_old, zoned;
	} cases[] = {
		/* clang-format off */
		{ "{\"N\":\"1795159472\"}", 0, 0, 0, 0 },
		{ "{\"N\":\"1795159471\"}", 1, 0, 0, 0 },
		{ "{\"N\":\"1795159471000\"}", 0, 0, 0, 0 },
		{ "{\"N\":\"1637544270000\"}", 0, 1, 0, 0 },
		{ "{\"S\":\"2021-11-22T01:24:30Z\"}", 0, 1, 0, 0 },
		{ "{\"S\":\"2026-11-20T00:00:00\"}", 0, 0, 0, 1 },
		{ "{\"S\":\"2021-11-21T18:00:00\"}", 0, 0, 0, 1 },
		{ "{\"S\":\"2021-11-21T12:00:00\"}", 0, 1, 1, 0 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct summary s;
		int64_t old = 0;

		summary_init(&s, 0, false);
		add(&s, "a", cases[i].ttl, -1);
		for (int j = 0; j < REASONS; j++)
			old += s.old[j];
		if (s.late != cases[i].late || old != cases[i].old ||
		    s.zoneless_old != cases[i].zoneless_old ||
		    summary_zoned(&s, STATE_STUCK) != cases[i].zoned ||
		    summary_repairable_old(&s) != old - s.zoneless_old)
			fail_msg("%s", cases[i].ttl);
		summary_release(&s);
	}
}

/* Without sizes there are no bytes and no largest entries. */
static void
test_no_sizes(void **state)
{
	struct summary s, t;

	(void)state;
	summary_init(&s, 3, false);
	summary_init(&t, 3, true);
	add(&s, "session:b", "{\"N\":\"1795332270\"}", -1);
	add(&s, "session:b", "{\"N\":\"1795332270\"}", 7);
	assert_true(s.items == 2 && s.bytes == 0 && s.nlargest == 0);
	assert_true(s.purge_units == 6);
	add(&t, "session:b", "{\"N\":\"1795332270\"}", -1);
	assert_true(t.bytes == 0 && t.nlargest == 0);
	add(&t, "session:b", "{\"N\":\"1795332270\"}", 0);
	assert_int_equal(t.nlargest, 1);
	summary_merge(&t, &s);
	assert_false(t.sizes);
	assert_true(t.items == 4);
	summary_release(&s);
	summary_release(&t);
}

/* After summary_reset it counts like a new summary. */
static void
test_reset(void **state)
{
	struct table *t = calloc(1, sizeof(*t));
	struct summary fresh, again;

	(void)state;
	assert_non_null(t);
	fill(t, 2000, 2500);
	summary_init(&fresh, TOP, true);
	summary_init(&again, TOP, true);
	count_all(&again, t);
	summary_reset(&again);
	same(&fresh, &again);
	count_all(&fresh, t);
	count_all(&again, t);
	same(&fresh, &again);
	summary_release(&fresh);
	summary_release(&again);
	empty(t);
}

/* Merging does not change the summary that is added. */
static void
test_merge_keeps(void **state)
{
	struct summary from, copy, to;

	(void)state;
	summary_init(&from, 2, true);
	summary_init(&copy, 2, true);
	summary_init(&to, 2, true);
	for (int i = 0; i < 2; i++) {
		struct summary *s = i == 0 ? &from : &copy;

		add(s, "session:b", "{\"N\":\"1795332270\"}", 100);
		add(s, "a\\u0000b:c", "{\"N\":\"1\"}", 200);
	}
	add(&to, "session:a", "{\"N\":\"1795332270\"}", 300);
	summary_merge(&to, &from);
	same(&from, &copy);
	assert_int_equal(to.ngroups, 2);
	assert_int_equal(to.groups[0].len, 4);
	assert_memory_equal(to.groups[0].name, "a\0b:", 4);
	assert_int_equal(to.largest[1].len, 5);
	assert_memory_equal(to.largest[1].key, "a\0b:c", 5);
	summary_release(&from);
	summary_release(&copy);
	summary_release(&to);
}

/* Keys are sorted as shown, not by their masked bytes. */
static void
test_shown_order(void **state)
{
	static const char ttl[] = "{\"N\":\"1795332170000\"}";
	struct buf least = { 0 }, shown = { 0 };
	struct summary s, back;
	char key[64];

	(void)state;
	summary_init(&s, 1, true);
	summary_init(&back, 1, true);
	for (int i = 0; i < 50; i++) {
		/* some with a visible prefix, some without, some items */
		(void)snprintf(key, sizeof(key),
		    i % 3 ? "session:%04d-0123456789-%d" : "session:%04d%d",
		    i / 10, i);
		buf_reset(&shown);
		mask_text(&shown, &rules, slice_str(key));
		if (least.n == 0 ||
		    strcmp(buf_text(&shown), buf_text(&least)) < 0) {
			buf_reset(&least);
			buf_add(&least, shown.p, shown.n);
		}
		add(&s, key, ttl, 100);
	}
	for (int i = 49; i >= 0; i--) {
		(void)snprintf(key, sizeof(key),
		    i % 3 ? "session:%04d-0123456789-%d" : "session:%04d%d",
		    i / 10, i);
		add(&back, key, ttl, 100);
	}
	assert_string_equal(s.examples[STATE_STUCK][REASON_MILLISECONDS].key,
	    buf_text(&least));
	assert_string_equal(s.largest[0].key, buf_text(&least));
	same(&s, &back);
	summary_release(&s);
	summary_release(&back);
	buf_release(&least);
	buf_release(&shown);
}

/* A group that is part of a session id is masked, "session:" is not. */
static void
test_shown_groups(void **state)
{
	static const char *const keys[] = { "PHPSESSID_abc:def",
		"session:", "PHPSESSID_abc" };
	struct summary s;

	(void)state;
	summary_init(&s, 0, true);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		add(&s, keys[i], NULL, 1);
	assert_int_equal(s.ngroups, 3);
	assert_string_equal(s.groups[0].name, "(none)");
	assert_string_equal(s.groups[1].name, "PHPSESSID_" MARK "5656cf");
	assert_string_equal(s.groups[2].name, "session:");
	summary_release(&s);
}

static void
test_squares(void **state)
{
	struct summary all, segment;

	(void)state;
	summary_init(&all, 0, true);
	summary_init(&segment, 0, true);
	for (int n = 1; n <= 3; n++) {
		for (int i = 0; i < n; i++) {
			add(&segment, "users", "{\"N\":\"1795332270\"}", 10);
			add(&segment, "a:b", NULL, 10);
		}
		summary_square(&segment);
		summary_merge(&all, &segment);
		summary_reset(&segment);
		assert_true(segment.squares.items == 0);
	}
	assert_true(all.squares.items == 4 + 16 + 36);
	assert_true(all.squares.states[STATE_PENDING] == 14);
	assert_true(all.squares.states[STATE_LIVE] == 0);
	assert_true(all.squares.reasons[STATE_IMMORTAL][REASON_MISSING] == 14);
	assert_true(all.squares.kinds[KIND_ITEM] == 56);
	assert_true(all.squares.overdue == 14);
	assert_true(all.squares.buckets[0] == 14);
	assert_true(all.groups[0].squares == 14 && all.groups[1].squares == 14);
	summary_release(&all);
	summary_release(&segment);
}

/* Repair changes units and strings, but no date-time without a zone. */
static void
test_repairable(void **state)
{
	struct summary s;

	(void)state;
	summary_init(&s, 0, false);
	assert_int_equal(summary_repairable(&s, STATE_STUCK), 0);
	s.reasons[STATE_STUCK][REASON_MILLISECONDS] = 1;
	s.reasons[STATE_STUCK][REASON_MICROSECONDS] = 2;
	s.reasons[STATE_STUCK][REASON_NANOSECONDS] = 4;
	s.reasons[STATE_STUCK][REASON_STRING] = 8;
	s.reasons[STATE_STUCK][REASON_TOO_OLD] = 16;
	s.reasons[STATE_STUCK][REASON_TTL_OFF] = 32;
	s.reasons[STATE_IMMORTAL][REASON_STRING] = 64;
	s.reasons[STATE_IMMORTAL][REASON_MISSING] = 128;
	s.zoneless[STATE_STUCK] = 3;
	assert_int_equal(summary_repairable(&s, STATE_STUCK), 12);
	assert_int_equal(summary_repairable(&s, STATE_IMMORTAL), 64);
	assert_int_equal(summary_repairable(&s, STATE_LIVE), 0);
	/* rounded separately in an estimate */
	s.zoneless[STATE_IMMORTAL] = 65;
	assert_int_equal(summary_repairable(&s, STATE_IMMORTAL), 0);
	summary_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_farthest),
		cmocka_unit_test(test_all_expired),
		cmocka_unit_test(test_merge_few_groups),
		cmocka_unit_test(test_merge_many_groups),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_groups_limit),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_upcoming),
		cmocka_unit_test(test_late_and_old),
		cmocka_unit_test(test_no_sizes),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_merge_keeps),
		cmocka_unit_test(test_shown_order),
		cmocka_unit_test(test_shown_groups),
		cmocka_unit_test(test_squares),
		cmocka_unit_test(test_repairable),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
