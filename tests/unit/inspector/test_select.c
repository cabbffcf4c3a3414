#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inspector/record.h"
#include "inspector/select.h"
#include "lib/base/buf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW 1795332271

#define LIVE (1u << STATE_LIVE)
#define PENDING (1u << STATE_PENDING)
#define STUCK (1u << STATE_STUCK)
#define IMMORTAL (1u << STATE_IMMORTAL)

/* Which options make a selection narrower. */
static void
test_any(void **state)
{
	static const char *const prefix = "a";
	struct selection rows[] = { selection_any(), selection_any(),
		selection_any(), selection_any(), selection_any(),
		selection_any(), selection_any(), selection_any(),
		selection_any() };

	(void)state;
	rows[1].reasons = (1u << REASONS) - 1;
	rows[2].states = PENDING;
	rows[3].reasons = 1u << REASON_MISSING;
	rows[4].kinds = 1u << KIND_SESSION;
	rows[5].prefixes = &prefix;
	rows[5].nprefixes = 1;
	rows[6].overdue = 0;
	rows[7].larger_than = 0;
	rows[8].sort_prefixes = &prefix;
	rows[8].nsort_prefixes = 1;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(selection_is_any(&rows[i]), i < 2);
}

/* One case: an entry, and a selection that changes one thing. */
static const struct {
	const char *name;
	const char *key;
	const char *ttl;
	struct selection s; /* zero members: those of selection_any */
	bool wants;
} cases[] = {
/* clang-format off */
#define T(at) "{\"N\":\"" at "\"}"
	{ "any: live", "a", T("1795335871"), { 0 }, true },
	{ "any: missing", "a", NULL, { 0 }, true },
	{ "state: the only one", "a", T("1795332270"), { .states = PENDING }, true },
	{ "state: one of them", "a", T("1326844800"), { .states = PENDING | STUCK }, true },
	{ "state: another one", "a", T("1795335871"), { .states = PENDING | STUCK }, false },
	{ "state: without a moment, not expired", "a", T("0"), { .states = PENDING | STUCK }, false },
	{ "state: far ahead, not expired", "a", T("253402300799"), { .states = PENDING | STUCK }, false },
	{ "state: without a moment, immortal", "a", T("0"), { .states = 1u << STATE_IMMORTAL }, true },
	{ "state: no zone, not past everywhere", "a", "{\"S\":\"2026-11-21T19:24:31\"}", { .states = PENDING | STUCK }, false },
	{ "state: no zone, past everywhere", "a", "{\"S\":\"2026-11-21T19:24:30\"}", { .states = PENDING | STUCK }, true },
	{ "reason: the same", "a", T("1795332270000"), { .reasons = 1u << REASON_MILLISECONDS }, true },
	{ "reason: another", "a", T("0"), { .reasons = 1u << REASON_MILLISECONDS }, false },
	{ "reason: no time", "a", T("-1"), { .reasons = 1u << REASON_NO_TIME }, true },
	{ "reason: far future", "a", T("999999999999"), { .reasons = 1u << REASON_FAR_FUTURE }, true },
	{ "reason: none", "a", T("1795332270"), { .reasons = 1u << REASON_NONE }, true },
	{ "kind: session", "session:1", NULL, { .kinds = 1u << KIND_SESSION }, true },
	{ "kind: not a session", "user:1", NULL, { .kinds = 1u << KIND_SESSION }, false },
	{ "kind: item", "user:1", NULL, { .kinds = 1u << KIND_ITEM }, true },

	{ "overdue 1h: an hour and a second ago", "a", T("1795328670"), { .overdue = 3600 }, true },
	{ "overdue 1h: a fraction more than an hour ago", "a", T("1795328670.99999999999999999999"), { .overdue = 3600 }, true },
	{ "overdue 1h: exactly an hour ago", "a", T("1795328671"), { .overdue = 3600 }, false },
	{ "overdue 1h: a fraction less than an hour ago", "a", T("1795328671.00000000000000000001"), { .overdue = 3600 }, false },
	{ "overdue 1h: milliseconds, long ago", "a", T("1795328670000"), { .overdue = 3600 }, true },
	{ "overdue 1h: milliseconds, one too few", "a", T("1795328671000"), { .overdue = 3600 }, false },
	{ "overdue 1h: milliseconds, one more", "a", T("1795328670999"), { .overdue = 3600 }, true },
	{ "overdue 1h: a string, long ago", "a", "{\"S\":\"2026-11-22T00:00:00Z\"}", { .overdue = 3600 }, true },
	{ "overdue 1h: too old", "a", T("1326844800"), { .overdue = 3600 }, true },
	{ "overdue 1h: live", "a", T("1795335871"), { .overdue = 3600 }, false },
	{ "overdue 1h: immortal, ahead", "a", T("1795335871000"), { .overdue = 3600 }, false },
	{ "overdue 1h: no time", "a", T("0"), { .overdue = 3600 }, false },
	{ "overdue 1h: far below zero", "a", T("-99999999999999999999"), { .overdue = 3600 }, false },
	{ "overdue 1h: no zone, 13 hours and a second ago", "a", "{\"S\":\"2026-11-21T18:24:30\"}", { .overdue = 3600 }, true },
	{ "overdue 1h: no zone, 13 hours ago", "a", "{\"S\":\"2026-11-21T18:24:31\"}", { .overdue = 3600 }, false },
	{ "overdue 1h: missing", "a", NULL, { .overdue = 3600 }, false },
	{ "overdue 1h: wrong type", "a", "{\"BOOL\":true}", { .overdue = 3600 }, false },
	{ "overdue: longer than all time", "a", T("1326844800"), { .overdue = INT64_MAX }, false },

	{ "within 1h: exactly now", "a", T("1795332271"), { .expires_within = 3600 }, true },
	{ "within 1h: a minute ahead", "a", T("1795332331"), { .expires_within = 3600 }, true },
	{ "within 1h: an hour ahead", "a", T("1795335871"), { .expires_within = 3600 }, true },
	{ "within 1h: a fraction more than an hour", "a", T("1795335871.00000000000000000001"), { .expires_within = 3600 }, false },
	{ "within 1h: a fraction less than an hour", "a", T("1795335870.99999999999999999999"), { .expires_within = 3600 }, true },
	{ "within 1h: a second ago", "a", T("1795332270"), { .expires_within = 3600 }, false },
	{ "within 1h: milliseconds do not expire", "a", T("1795332331000"), { .expires_within = 3600 }, false },
	{ "within 1h: missing", "a", NULL, { .expires_within = 3600 }, false },
	{ "within all time", "a", T("4951092271"), { .expires_within = INT64_MAX }, true },

	{ "larger than 8: 8 bytes", "a", T("0"), { .larger_than = 8 }, false },
	{ "larger than 7: 8 bytes", "a", T("0"), { .larger_than = 7 }, true },
#undef T
	/* clang-format on */
};

static void
test_wants(void **state)
{
	static const char *const prefixes[] = { "session:" };
	struct rules rules = {
		.now = NOW,
		.ttl_acts = true,
		.session_prefixes = prefixes,
		.nprefixes = 1,
		.sizes = true,
	};
	struct buf scratch = { 0 };
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct selection s = selection_any();
		struct buf key = { 0 };
		struct item item = {
			.json = SLICE("{\"key\":{\"S\":\"a\"},"
				      "\"ttl\":{\"N\":\"0\"}}"),
			.size = 8,
		};
		struct record r;

		if (cases[i].s.states != 0)
			s.states = cases[i].s.states;
		if (cases[i].s.kinds != 0)
			s.kinds = cases[i].s.kinds;
		s.reasons = cases[i].s.reasons;
		if (cases[i].s.overdue != 0)
			s.overdue = cases[i].s.overdue;
		if (cases[i].s.expires_within != 0)
			s.expires_within = cases[i].s.expires_within;
		if (cases[i].s.larger_than != 0)
			s.larger_than = cases[i].s.larger_than;
		buf_addf(&key, "{\"S\":\"%s\"}", cases[i].key);
		item.partition = (struct slice){ key.p, key.n };
		if (cases[i].ttl != NULL)
			item.ttl = slice_str(cases[i].ttl);
		record_of(&r, &item, &rules, &scratch);
		if (selection_wants(&s, &rules, &r) != cases[i].wants) {
			print_error("%s: %d\n", cases[i].name, !cases[i].wants);
			bad++;
		}
		buf_release(&key);
	}
	buf_release(&scratch);
	assert_int_equal(bad, 0);
}

/* --overdue 0 selects all expired entries, to the last fraction. */
static void
test_overdue_zero(void **state)
{
	static const struct {
		const char *ttl;
		bool wants;
	} moments[] = {
		{ "{\"N\":\"1795332270\"}", true },
		{ "{\"N\":\"1795332270.9999999999\"}", true },
		{ "{\"N\":\"1795332270999\"}", true },
		{ "{\"N\":\"1326844800\"}", true },
		{ "{\"N\":\"1795332271\"}", false },
		{ "{\"N\":\"1795332271000\"}", false },
	};
	struct rules rules = { .now = NOW, .ttl_acts = true };
	struct selection s = selection_any();
	struct buf scratch = { 0 };

	(void)state;
	s.overdue = 0;
	for (size_t i = 0; i < COUNT(moments); i++) {
		struct item item = {
			.partition = SLICE("{\"S\":\"a\"}"),
			.ttl = slice_str(moments[i].ttl),
		};
		struct record r;

		record_of(&r, &item, &rules, &scratch);
		assert_int_equal(selection_wants(&s, &rules, &r),
		    moments[i].wants);
	}
	s.overdue = -1;
	s.expires_within = 0;
	for (size_t i = 0; i < COUNT(moments); i++) {
		struct item item = {
			.partition = SLICE("{\"S\":\"a\"}"),
			.ttl = slice_str(moments[i].ttl),
		};
		struct record r;

		record_of(&r, &item, &rules, &scratch);
		assert_int_equal(selection_wants(&s, &rules, &r), i == 4);
	}
	buf_release(&scratch);
}

static void
test_prefixes(void **state)
{
	static const char *const prefixes[] = { "user:", "image:1" };
	static const char *const all[] = { "x", "" };
	struct rules rules = { 0 };
	struct selection s = selection_any();
	const struct item item = { .partition = SLICE("{\"S\":\"x\"}") };
	struct record r = { .item = &item, .size = -1 };

	(void)state;
	r.key = SLICE("anything");
	assert_true(selection_wants(&s, &rules, &r));
	s.prefixes = prefixes;
	s.nprefixes = 2;
	assert_false(selection_wants(&s, &rules, &r));
	r.key = SLICE("user:7");
	assert_true(selection_wants(&s, &rules, &r));
	r.key = SLICE("image:17");
	assert_true(selection_wants(&s, &rules, &r));
	r.key = SLICE("image:");
	assert_false(selection_wants(&s, &rules, &r));
	r.key = SLICE("");
	assert_false(selection_wants(&s, &rules, &r));
	s.prefixes = all;
	assert_true(selection_wants(&s, &rules, &r));
}

/* All zero selects nothing; an unknown size is larger than nothing. */
static void
test_edges(void **state)
{
	struct rules rules = { 0 };
	struct selection s = { 0 };
	struct record r = { .size = -1, .key = { "a", 1 } };

	(void)state;
	assert_false(selection_wants(&s, &rules, &r));
	s = selection_any();
	assert_true(selection_wants(&s, &rules, &r));
	s.larger_than = 0;
	assert_false(selection_wants(&s, &rules, &r));
	r.size = 0;
	assert_false(selection_wants(&s, &rules, &r));
	r.size = 1;
	assert_true(selection_wants(&s, &rules, &r));
}

/* Prefixes of both keys: text as it is, binary by its bytes. */
static void
test_keys(void **state)
{
	static const struct {
		const char *name;
		const char *partition, *sort;
		const char *prefix, *sort_prefix;
		bool wants;
	} rows[] = {
		/* clang-format off */
		{ "text", "{\"S\":\"user:1\"}", NULL, "user:", NULL, true },
		{ "another text", "{\"S\":\"use\"}", NULL, "user:", NULL, false },
		{ "a number", "{\"N\":\"123\"}", NULL, "12", NULL, true },
		{ "bytes", "{\"B\":\"dXNlcjox\"}", NULL, "user:", NULL, true },
		{ "bytes, not their base64", "{\"B\":\"dXNlcjox\"}", NULL, "dXNl", NULL, false },
		{ "sort key", "{\"S\":\"a\"}", "{\"S\":\"SESSION#1\"}", NULL, "SESSION#", true },
		{ "another sort key", "{\"S\":\"SESSION#1\"}", "{\"S\":\"USER#1\"}", NULL, "SESSION#", false },
		{ "bytes of a sort key", "{\"S\":\"a\"}", "{\"B\":\"dXNlcjox\"}", NULL, "use", true },
		{ "no sort key", "{\"S\":\"a\"}", NULL, NULL, "a", false },
		{ "both", "{\"S\":\"ab\"}", "{\"S\":\"cd\"}", "a", "c", true },
		{ "only one of both", "{\"S\":\"ab\"}", "{\"S\":\"cd\"}", "a", "d", false },
		/* clang-format on */
	};
	const struct rules rules = { .now = NOW, .ttl_acts = true };
	struct buf scratch = { 0 };
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct selection s = selection_any();
		struct item item = { .json = SLICE("{}"),
			.partition = slice_str(rows[i].partition) };
		struct record r;

		if (rows[i].sort != NULL)
			item.sort = slice_str(rows[i].sort);
		s.prefixes = &rows[i].prefix;
		s.nprefixes = rows[i].prefix != NULL;
		s.sort_prefixes = &rows[i].sort_prefix;
		s.nsort_prefixes = rows[i].sort_prefix != NULL;
		record_of(&r, &item, &rules, &scratch);
		if (selection_wants(&s, &rules, &r) != rows[i].wants) {
			print_error("%s\n", rows[i].name);
			bad++;
		}
	}
	buf_release(&scratch);
	assert_int_equal(bad, 0);
}

#define R(reason) (1u << REASON_##reason)
#define FIVE_YEARS RECORD_TOO_OLD

/* Options that can select nothing together. */
static const struct {
	const char *name;
	unsigned states;                 /* 0: all */
	unsigned reasons;                /* 0: any */
	int64_t overdue, within, larger; /* -1: off */
	const char *says;                /* NULL: not impossible */
} together[] = {
	/* clang-format off */
	{ "no options", 0, 0, -1, -1, -1, NULL },
	{ "live soon", LIVE, 0, -1, 3600, -1, NULL },
	{ "any soon", 0, 0, -1, 3600, -1, NULL },
	{ "live and others soon", LIVE | STUCK, 0, -1, 0, -1, NULL },
	{ "expired soon", PENDING | STUCK, 0, -1, 3600, -1,
	    "--state selects entries that are pending or stuck, and --expires-within those that are live" },
	{ "immortal soon", IMMORTAL, 0, -1, 3600, -1, "--expires-within" },
	{ "expired long ago", PENDING | STUCK, 0, 86400, -1, -1, NULL },
	{ "live, expired long ago", LIVE, 0, 86400, -1, -1,
	    "--state selects entries that are live, and --overdue those that are pending or stuck" },
	{ "immortal, just expired", IMMORTAL, 0, 0, -1, -1, "--overdue" },
	{ "live or pending, expired long ago", LIVE | PENDING, 0, 1, -1, -1, NULL },
	{ "pending, nearly five years", PENDING, 0, FIVE_YEARS - 1, -1, -1, NULL },
	{ "pending, five years", PENDING, 0, FIVE_YEARS, -1, -1, "--overdue those that are stuck" },
	{ "stuck, five years", STUCK, 0, FIVE_YEARS, -1, -1, NULL },
	{ "pending milliseconds", PENDING, R(MILLISECONDS), -1, -1, -1,
	    "--state selects entries that are pending, and --reason those that are stuck or immortal" },
	{ "stuck milliseconds", STUCK, R(MILLISECONDS), -1, -1, -1, NULL },
	{ "immortal string", IMMORTAL, R(STRING), -1, -1, -1, NULL },
	{ "live ttl-off", LIVE, R(TTL_OFF), -1, -1, -1, NULL },
	{ "live ttl-off soon", LIVE, R(TTL_OFF), -1, 60, -1, NULL },
	{ "immortal ttl-off", IMMORTAL, R(TTL_OFF), -1, -1, -1, "--reason those that are live or stuck" },
	{ "immortal too-old", IMMORTAL, R(TOO_OLD), -1, -1, -1, "--reason those that are stuck" },
	{ "expired missing", PENDING | STUCK, R(MISSING), -1, -1, -1, "--reason those that are immortal" },
	{ "expired missing or string", PENDING | STUCK, R(MISSING) | R(STRING), -1, -1, -1, NULL },
	{ "missing, expired long ago", 0, R(MISSING), 60, -1, -1,
	    "--reason selects entries that are immortal, and --overdue" },
	{ "no-time, expired long ago", 0, R(NO_TIME), 60, -1, -1, "--overdue" },
	{ "far-future, expired long ago", 0, R(FAR_FUTURE), 60, -1, -1, "--overdue" },
	{ "wrong-type soon", 0, R(WRONG_TYPE), -1, 60, -1, "--expires-within" },
	{ "milliseconds, expired long ago", 0, R(MILLISECONDS), 60, -1, -1, NULL },
	{ "milliseconds soon", 0, R(MILLISECONDS), -1, 60, -1, "--expires-within those that are live" },
	{ "no reason, expired five years ago", 0, R(NONE), FIVE_YEARS, -1, -1, "--overdue those that are stuck" },
	{ "the largest size", 0, 0, -1, -1, 409599, NULL },
	{ "larger than an entry can be", 0, 0, -1, -1, 409600, "at most 409600 bytes" },
	/* clang-format on */
};

static void
test_impossible(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(together); i++) {
		struct selection s = selection_any();
		struct buf why = { 0 };
		bool impossible;

		if (together[i].states != 0)
			s.states = together[i].states;
		s.reasons = together[i].reasons;
		s.overdue = together[i].overdue;
		s.expires_within = together[i].within;
		s.larger_than = together[i].larger;
		impossible = selection_impossible(&s, &why);
		if (impossible != (together[i].says != NULL) ||
		    (impossible &&
			strstr(buf_text(&why), together[i].says) == NULL))
			fail_msg("%s: %s", together[i].name, buf_text(&why));
		/* but for sizes, as no state is possible */
		if ((selection_states(&s) == 0) !=
		    (impossible && together[i].larger < 0))
			fail_msg("%s: states", together[i].name);
		buf_release(&why);
	}
}

/* Whatever state and reason an entry has can be selected. */
static void
test_possible(void **state)
{
	static const char *const ttls[] = { NULL, "{\"N\":\"1795332270\"}",
		"{\"N\":\"1795332272\"}", "{\"N\":\"1400000000\"}",
		"{\"N\":\"1795332270000\"}", "{\"N\":\"1795332272000\"}",
		"{\"N\":\"1795332270000000\"}", "{\"N\":\"1795332272000000\"}",
		"{\"N\":\"1795332270000000000\"}",
		"{\"N\":\"1795332272000000000\"}", "{\"N\":\"0\"}",
		"{\"N\":\"253402300799\"}", "{\"S\":\"1795332270\"}",
		"{\"S\":\"2026-11-22T08:12:00\"}", "{\"S\":\"never\"}",
		"{\"BOOL\":true}" };
	struct buf scratch = { 0 }, why = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(ttls); i++)
		for (int acts = 0; acts < 2; acts++) {
			const struct rules rules = { .now = NOW,
				.ttl_acts = acts != 0 };
			struct selection s = selection_any();
			struct item item = { .json = SLICE("{}"),
				.partition = SLICE("{\"S\":\"a\"}") };
			struct record r;

			if (ttls[i] != NULL)
				item.ttl = slice_str(ttls[i]);
			record_of(&r, &item, &rules, &scratch);
			s.states = 1u << r.state;
			s.reasons = 1u << r.reason;
			if (record_past(&r, &rules, 0))
				s.overdue = 0;
			if (r.state == STATE_LIVE)
				s.expires_within = 60;
			if (selection_impossible(&s, &why))
				fail_msg("%s: %s",
				    ttls[i] != NULL ? ttls[i] : "missing",
				    buf_text(&why));
			assert_int_equal(selection_states(&s), 1u << r.state);
		}
	buf_release(&scratch);
	buf_release(&why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_impossible),
		cmocka_unit_test(test_possible),
		cmocka_unit_test(test_wants),
		cmocka_unit_test(test_overdue_zero),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
