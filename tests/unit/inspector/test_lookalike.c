#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inspector/lookalike.h"
#include "lib/base/buf.h"
#include "lib/dynamodb/item.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW 1795332271

/* Attributes: the TTL attribute, times ahead and past, and no time. */
#define TTL "\"ttl\":{\"N\":\"1795340000\"}"
#define AHEAD(name) "\"" name "\":{\"N\":\"1795340000\"}"
#define PAST(name) "\"" name "\":{\"N\":\"1795000000\"}"
#define OTHER "\"views\":{\"N\":\"7\"}"

/* One case: entries, and which attributes may be meant by ttl. */
static const struct {
	const char *name;
	const char *items[8]; /* their members */
	bool all;
	const char *acts; /* TTL acts on it */
	const char *want; /* names, each after a space */
} cases[] = {
	/* clang-format off */
	{ "none has it: every time, those ahead first",
	    { PAST("made") "," AHEAD("expires"), PAST("made") }, true, NULL, " expires made" },
	{ "none has it, and there is no time", { OTHER, OTHER }, true, NULL, "" },
	{ "renamed: ahead, in most that lack it",
	    { TTL, AHEAD("expires"), AHEAD("expires"), OTHER }, false, NULL, " expires" },
	{ "ahead, but in half of them",
	    { TTL, AHEAD("expires"), AHEAD("expires"), OTHER, OTHER }, false, NULL, "" },
	{ "past, and others do not have it",
	    { TTL, TTL, PAST("old"), PAST("old") }, false, NULL, " old" },
	{ "past, and the others, which come first, have it, too",
	    { TTL "," PAST("made"), TTL "," PAST("made"), PAST("made"), PAST("made") }, false, NULL, "" },
	{ "past, and the others, which come last, have it, too",
	    { PAST("made"), PAST("made"), TTL "," PAST("made"), TTL "," PAST("made") }, false, NULL, "" },
	{ "past, and half of the others have it, too",
	    { TTL, TTL "," PAST("made"), PAST("made"), PAST("made") }, false, NULL, "" },
	{ "past, one beside one", { TTL, PAST("old") }, false, NULL, "" },
	{ "past, but TTL acts on it", { TTL, PAST("old") }, false, "old", " old" },
	{ "TTL acts on it, but in half of them",
	    { TTL, PAST("old"), OTHER }, false, "old", "" },
	{ "two names", { TTL, AHEAD("a") "," AHEAD("b"), AHEAD("b") "," AHEAD("a"), AHEAD("b") },
	    false, NULL, " b a" },
	/* clang-format on */
};

/* Add an entry with these members. */
static void
add(struct lookalikes *l, const char *members)
{
	struct buf json = { 0 };
	struct item item = { 0 };
	const char *ttl;

	buf_addf(&json, "{%s}", members);
	item.json = (struct slice){ json.p, json.n };
	ttl = strstr(json.p, "\"ttl\":");
	if (ttl != NULL)
		item.ttl = slice_str(ttl + strlen("\"ttl\":"));
	lookalike_add(l, &item, NOW);
	buf_release(&json);
}

static void
names(struct buf *out, const struct lookalikes *l)
{
	buf_reset(out);
	for (size_t i = 0; i < l->n; i++)
		buf_addf(out, " %s", l->names[i]);
}

static void
test_names(void **state)
{
	struct buf got = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lookalikes l;

		lookalike_init(&l, "ttl");
		for (size_t k = 0; k < 8 && cases[i].items[k] != NULL; k++)
			add(&l, cases[i].items[k]);
		lookalike_sort(&l, cases[i].all, cases[i].acts);
		names(&got, &l);
		if (strcmp(buf_text(&got), cases[i].want) != 0)
			fail_msg("%s:%s, not%s", cases[i].name, buf_text(&got),
			    cases[i].want);
		lookalike_release(&l);
	}
	buf_release(&got);
}

/* A second look, as with --watch: what was dropped leaves no counts behind. */
static void
test_again(void **state)
{
	struct lookalikes l;
	struct buf got = { 0 };

	(void)state;
	lookalike_init(&l, "ttl");
	add(&l, TTL "," PAST("made"));
	add(&l, TTL "," PAST("made"));
	add(&l, PAST("made"));
	add(&l, PAST("made"));
	lookalike_sort(&l, false, NULL);
	names(&got, &l);
	assert_string_equal(buf_text(&got), "");
	add(&l, PAST("changed"));
	names(&got, &l);
	assert_string_equal(buf_text(&got), " changed");
	assert_int_equal(l.seen[0], 1);
	assert_int_equal(l.beside[0], 0);
	lookalike_release(&l);
	buf_release(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
