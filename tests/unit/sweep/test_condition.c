#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inspector/record.h"
#include "inspector/select.h"
#include "sweep/condition.h"

#define NOW 1795332271
#define OFF (-1)

/* The ends of the window as of NOW. */
#define FIRST "{\"N\":\"1326844800\"}"
#define LAST "{\"N\":\"4951092271\"}"

struct cond_case {
	const char *name;
	const char *ttl;         /* the value, NULL: missing */
	bool acts;               /* the table's TTL is on */
	int64_t overdue, within; /* the selection's */
	enum state state;
	enum reason reason;
	enum ddb_cond_op op;
	const char *a, *b;
};

/* Every pair of state and reason. */
static const struct cond_case cases[] = {
	/* clang-format off */
	{ "pending", "{\"N\":\"1795332270\"}", true, OFF, OFF,
	    STATE_PENDING, REASON_NONE,
	    DDB_COND_FROM_TO, FIRST, "{\"N\":\"1795332271\"}" },
	{ "pending, a fraction ago", "{\"N\":\"1795332270.999\"}", true, 0, OFF,
	    STATE_PENDING, REASON_NONE,
	    DDB_COND_FROM_TO, FIRST, "{\"N\":\"1795332271\"}" },
	{ "pending, overdue 15m", "{\"N\":\"1795000000\"}", true, 900, OFF,
	    STATE_PENDING, REASON_NONE,
	    DDB_COND_FROM_TO, FIRST, "{\"N\":\"1795331371\"}" },
	{ "pending, overdue without end", "{\"N\":\"1795000000\"}", true,
	    INT64_MAX, OFF, STATE_PENDING, REASON_NONE,
	    DDB_COND_FROM_TO, FIRST, "{\"N\":\"-9223372035059443536\"}" },
	{ "pending, expires-within is ignored", "{\"N\":\"1795000000\"}",
	    true, OFF, 60, STATE_PENDING, REASON_NONE,
	    DDB_COND_FROM_TO, FIRST, "{\"N\":\"1795332271\"}" },

	{ "stuck, ttl off", "{\"N\":\"1795332270\"}", false, OFF, OFF,
	    STATE_STUCK, REASON_TTL_OFF,
	    DDB_COND_FROM_TO, FIRST, "{\"N\":\"1795332271\"}" },
	{ "stuck, ttl off, overdue", "{\"N\":\"1795000000\"}", false, 60, OFF,
	    STATE_STUCK, REASON_TTL_OFF,
	    DDB_COND_FROM_TO, FIRST, "{\"N\":\"1795332211\"}" },
	{ "stuck, too old", "{\"N\":\"1400000000\"}", true, OFF, OFF,
	    STATE_STUCK, REASON_TOO_OLD,
	    DDB_COND_FROM_TO, FIRST, "{\"N\":\"1795332271\"}" },
	{ "stuck, too old, overdue", "{\"N\":\"1326844800\"}", true, 3600, OFF,
	    STATE_STUCK, REASON_TOO_OLD,
	    DDB_COND_FROM_TO, FIRST, "{\"N\":\"1795328671\"}" },
	{ "stuck, milliseconds", "{\"N\":\"1795332270000\"}", true, OFF, OFF,
	    STATE_STUCK, REASON_MILLISECONDS,
	    DDB_COND_SAME, "{\"N\":\"1795332270000\"}", NULL },
	{ "stuck, milliseconds, ttl off, overdue",
	    "{\"N\":\"1795332270000\"}", false, 60, OFF,
	    STATE_STUCK, REASON_MILLISECONDS,
	    DDB_COND_SAME, "{\"N\":\"1795332270000\"}", NULL },
	{ "stuck, microseconds", "{\"N\":\"1795332270000000\"}", true, OFF, OFF,
	    STATE_STUCK, REASON_MICROSECONDS,
	    DDB_COND_SAME, "{\"N\":\"1795332270000000\"}", NULL },
	{ "stuck, nanoseconds", "{\"N\":\"1795332270000000000\"}", true,
	    OFF, OFF, STATE_STUCK, REASON_NANOSECONDS,
	    DDB_COND_SAME, "{\"N\":\"1795332270000000000\"}", NULL },
	{ "stuck, string", "{\"S\":\"1795332270\"}", true, OFF, OFF,
	    STATE_STUCK, REASON_STRING,
	    DDB_COND_SAME, "{\"S\":\"1795332270\"}", NULL },
	{ "stuck, date, as it stands",
	    " {\"S\" : \"2026-11-22T00:00:00\\u005a\"}", true, OFF, OFF,
	    STATE_STUCK, REASON_STRING,
	    DDB_COND_SAME, " {\"S\" : \"2026-11-22T00:00:00\\u005a\"}", NULL },

	{ "live", "{\"N\":\"1795332271\"}", true, OFF, OFF,
	    STATE_LIVE, REASON_NONE,
	    DDB_COND_BETWEEN, "{\"N\":\"1795332271\"}", LAST },
	{ "live, soon", "{\"N\":\"1795332272\"}", true, OFF, 3600,
	    STATE_LIVE, REASON_NONE,
	    DDB_COND_BETWEEN, "{\"N\":\"1795332271\"}",
	    "{\"N\":\"1795335871\"}" },
	{ "live, within 0", "{\"N\":\"1795332271\"}", true, OFF, 0,
	    STATE_LIVE, REASON_NONE,
	    DDB_COND_BETWEEN, "{\"N\":\"1795332271\"}",
	    "{\"N\":\"1795332271\"}" },
	{ "live, within all time", "{\"N\":\"1795332272\"}", true, OFF,
	    INT64_MAX, STATE_LIVE, REASON_NONE,
	    DDB_COND_BETWEEN, "{\"N\":\"1795332271\"}",
	    LAST },
	{ "live, overdue is ignored", "{\"N\":\"1795332272\"}", true,
	    3600, OFF, STATE_LIVE, REASON_NONE,
	    DDB_COND_BETWEEN, "{\"N\":\"1795332271\"}", LAST },
	{ "live, ttl off", "{\"N\":\"1795332272\"}", false, OFF, OFF,
	    STATE_LIVE, REASON_TTL_OFF,
	    DDB_COND_BETWEEN, "{\"N\":\"1795332271\"}", LAST },
	{ "live, ttl off, soon", "{\"N\":\"1795332272\"}", false, OFF, 60,
	    STATE_LIVE, REASON_TTL_OFF,
	    DDB_COND_BETWEEN, "{\"N\":\"1795332271\"}",
	    "{\"N\":\"1795332331\"}" },

	{ "immortal, milliseconds", "{\"N\":\"1795332272000\"}", true, OFF, OFF,
	    STATE_IMMORTAL, REASON_MILLISECONDS,
	    DDB_COND_SAME, "{\"N\":\"1795332272000\"}", NULL },
	{ "immortal, microseconds", "{\"N\":\"1795332272000000\"}", true,
	    OFF, OFF, STATE_IMMORTAL, REASON_MICROSECONDS,
	    DDB_COND_SAME, "{\"N\":\"1795332272000000\"}", NULL },
	{ "immortal, nanoseconds, 38 digits",
	    "{\"N\":\"1795332272000000000.0000000000000000001\"}", true,
	    OFF, OFF, STATE_IMMORTAL, REASON_NANOSECONDS,
	    DDB_COND_SAME,
	    "{\"N\":\"1795332272000000000.0000000000000000001\"}", NULL },
	{ "immortal, string", "{\"S\":\"1795332272\"}", true, OFF, 60,
	    STATE_IMMORTAL, REASON_STRING,
	    DDB_COND_SAME, "{\"S\":\"1795332272\"}", NULL },
	{ "immortal, missing", NULL, true, OFF, OFF,
	    STATE_IMMORTAL, REASON_MISSING, DDB_COND_MISSING, NULL, NULL },
	{ "immortal, missing, ttl off", NULL, false, 60, 60,
	    STATE_IMMORTAL, REASON_MISSING, DDB_COND_MISSING, NULL, NULL },
	{ "immortal, far future", "{\"N\":\"253402300799\"}", true,
	    OFF, OFF, STATE_IMMORTAL, REASON_FAR_FUTURE,
	    DDB_COND_SAME, "{\"N\":\"253402300799\"}", NULL },
	{ "immortal, far future, ttl off", "{\"N\":\"9.9E+125\"}", false,
	    60, OFF, STATE_IMMORTAL, REASON_FAR_FUTURE,
	    DDB_COND_SAME, "{\"N\":\"9.9E+125\"}", NULL },
	{ "immortal, no time", "{\"N\":\"0\"}", true, OFF, OFF,
	    STATE_IMMORTAL, REASON_NO_TIME,
	    DDB_COND_SAME, "{\"N\":\"0\"}", NULL },
	{ "immortal, no time, ttl off", "{\"N\":\"-1\"}", false, 60, 60,
	    STATE_IMMORTAL, REASON_NO_TIME,
	    DDB_COND_SAME, "{\"N\":\"-1\"}", NULL },
	{ "immortal, no time, a string",
	    "{\"S\":\"9999-12-31T23:59:59Z\"}", true, OFF, OFF,
	    STATE_IMMORTAL, REASON_NO_TIME,
	    DDB_COND_SAME, "{\"S\":\"9999-12-31T23:59:59Z\"}", NULL },
	{ "immortal, no zone, half a day ago in UTC",
	    "{\"S\":\"2026-11-21T19:24:31\"}", true, OFF, OFF,
	    STATE_IMMORTAL, REASON_STRING,
	    DDB_COND_SAME, "{\"S\":\"2026-11-21T19:24:31\"}", NULL },
	{ "stuck, no zone", "{\"S\":\"2026-11-20T19:24:31\"}", true, OFF, OFF,
	    STATE_STUCK, REASON_STRING,
	    DDB_COND_SAME, "{\"S\":\"2026-11-20T19:24:31\"}", NULL },
	{ "immortal, a word", "{\"S\":\"tomorrow\"}", true, OFF, OFF,
	    STATE_IMMORTAL, REASON_WRONG_TYPE,
	    DDB_COND_SAME, "{\"S\":\"tomorrow\"}", NULL },
	{ "immortal, null", "{\"NULL\":true}", true, OFF, OFF,
	    STATE_IMMORTAL, REASON_WRONG_TYPE,
	    DDB_COND_SAME, "{\"NULL\":true}", NULL },
	{ "immortal, map", "{\"M\":{\"N\":{\"N\":\"1\"}}}", false, OFF, OFF,
	    STATE_IMMORTAL, REASON_WRONG_TYPE,
	    DDB_COND_SAME, "{\"M\":{\"N\":{\"N\":\"1\"}}}", NULL },
	/* clang-format on */
};

static bool
slice_is(struct slice s, const char *want)
{
	if (want == NULL)
		return s.p == NULL;
	return s.p != NULL && s.n == strlen(want) &&
	    memcmp(s.p, want, s.n) == 0;
}

static void
each_state_and_reason_has_its_condition(void **state)
{
	const struct key_schema schema = { "key", "sort" };
	struct buf scratch = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct cond_case *c = &cases[i];
		struct rules rules = { .now = NOW, .ttl_acts = c->acts };
		struct selection selection = selection_any();
		struct item item = { .json = SLICE("{}"),
			.partition = SLICE("{\"S\":\"k\"}") };
		struct condition_numbers numbers;
		struct ddb_cond cond;
		struct record r;

		if (c->ttl != NULL)
			item.ttl = slice_str(c->ttl);
		selection.overdue = c->overdue;
		selection.expires_within = c->within;
		record_of(&r, &item, &rules, &scratch);
		condition_numbers(&numbers, &rules, &selection);
		condition_of(&cond, &numbers, &r, "ttl", &schema);
		if (r.state != c->state || r.reason != c->reason ||
		    cond.op != c->op || !slice_is(cond.a, c->a) ||
		    !slice_is(cond.b, c->b) ||
		    strcmp(cond.attribute, "ttl") != 0) {
			print_error("%s: %s/%s, op %d, a %.*s, b %.*s\n",
			    c->name, state_name(r.state), reason_name(r.reason),
			    (int)cond.op, SLICE_ARG(cond.a), SLICE_ARG(cond.b));
			fail();
		}
	}
	buf_release(&scratch);
}

/* Even impossible pairs of state and reason have a condition. */
static void
no_record_is_without_a_condition(void **state)
{
	static const struct key_schema schemas[] = { { "key", NULL },
		{ "ttl", NULL }, { "key", "ttl" } };
	const struct rules rules = { .now = NOW, .ttl_acts = true };
	struct selection selection = selection_any();

	(void)state;
	for (int n = 0; n < STATES * REASONS * 2 * 3; n++) {
		const struct key_schema *schema = &schemas[n % 3];
		bool missing = n / 3 % 2 != 0;
		struct item item = { .ttl = SLICE("{\"N\":\"7\"}") };
		struct record r = { .item = &item,
			.state = (enum state)(n / 6 % STATES),
			.reason = (enum reason)(n / 6 / STATES) };
		struct condition_numbers numbers;
		struct ddb_cond cond;

		if (missing)
			item.ttl = (struct slice){ 0 };
		condition_numbers(&numbers, &rules, &selection);
		condition_of(&cond, &numbers, &r, "ttl", schema);
		assert_int_not_equal(cond.op, DDB_COND_NONE);
		if (schema != &schemas[0])
			assert_int_equal(cond.op, DDB_COND_EXISTS);
		else if (missing)
			assert_int_equal(cond.op, DDB_COND_MISSING);
		else
			assert_true(cond.op >= DDB_COND_LESS &&
			    cond.op <= DDB_COND_SAME);
		if (cond.op >= DDB_COND_LESS && cond.op <= DDB_COND_SAME)
			assert_non_null(cond.a.p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_and_reason_has_its_condition),
		cmocka_unit_test(no_record_is_without_a_condition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
