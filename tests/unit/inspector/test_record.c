#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inspector/record.h"
#include "lib/base/buf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CHECK(name, cond)                                               \
	do {                                                            \
		if (!(cond)) {                                          \
			print_error("%s: not so: %s\n", (name), #cond); \
			bad++;                                          \
		}                                                       \
	} while (0)

/* Now is 2026-11-22T07:24:31Z; five years before that, 1637544271. */
#define NOW 1795332271

enum ttl { ON, OFF };

static const char *const prefixes[] = { "session:", "sess:" };
static const char *const groups[] = { "users", "categories", "images" };

static struct rules
rules_of(enum ttl ttl)
{
	return (struct rules){
		.now = NOW,
		.ttl_acts = ttl == ON,
		.session_prefixes = prefixes,
		.nprefixes = COUNT(prefixes),
		.groups = groups,
		.ngroups = COUNT(groups),
		.sizes = true,
	};
}

/* Every state with each of its reasons, and their edges. */
static const struct {
	const char *name;
	const char *ttl; /* NULL: no TTL attribute */
	enum ttl set;
	enum state state;
	enum reason reason;
	int64_t moment;
	int64_t overdue; /* not checked without a time */
} cases[] = {
	/* clang-format off */
	/* live */
	{ "live: in the future", "{\"N\":\"1795335871\"}", ON,
	  STATE_LIVE, REASON_NONE, 1795335871, -3600 },
	{ "live: at exactly now", "{\"N\":\"1795332271\"}", ON,
	  STATE_LIVE, REASON_NONE, NOW, 0 },
	{ "live: at now, with a fraction of zero", "{\"N\":\"1795332271.0\"}", ON,
	  STATE_LIVE, REASON_NONE, NOW, 0 },
	{ "live: at now, in exponent notation", "{\"N\":\"1.795332271E9\"}", ON,
	  STATE_LIVE, REASON_NONE, NOW, 0 },
	{ "live: half a second ahead", "{\"N\":\"1795332271.5\"}", ON,
	  STATE_LIVE, REASON_NONE, NOW, -1 },
	{ "live: a fraction ahead", "{\"N\":\"1795332271.0000000000000000000000000001\"}", ON,
	  STATE_LIVE, REASON_NONE, NOW, -1 },
	{ "live: one second ahead", "{\"N\":\"1795332272\"}", ON,
	  STATE_LIVE, REASON_NONE, NOW + 1, -1 },
	{ "live: five years and a second ahead", "{\"N\":\"1953120272\"}", ON,
	  STATE_LIVE, REASON_NONE, 1953120272, -157788001 },
	{ "live: the last second of the window", "{\"N\":\"4951092271\"}", ON,
	  STATE_LIVE, REASON_NONE, INT64_C(4951092271), -INT64_C(3155760000) },
	{ "live, TTL off: in the future", "{\"N\":\"1795335871\"}", OFF,
	  STATE_LIVE, REASON_TTL_OFF, 1795335871, -3600 },
	{ "live, TTL off: at exactly now", "{\"N\":\"1795332271\"}", OFF,
	  STATE_LIVE, REASON_TTL_OFF, NOW, 0 },

	/* pending */
	{ "pending: one second ago", "{\"N\":\"1795332270\"}", ON,
	  STATE_PENDING, REASON_NONE, NOW - 1, 1 },
	{ "pending: half a second ago", "{\"N\":\"1795332270.5\"}", ON,
	  STATE_PENDING, REASON_NONE, NOW - 1, 0 },
	{ "pending: a fraction ago", "{\"N\":\"1795332270.9999999999999999999999999999\"}", ON,
	  STATE_PENDING, REASON_NONE, NOW - 1, 0 },
	{ "pending: an hour ago", "{\"N\":\"1795328671\"}", ON,
	  STATE_PENDING, REASON_NONE, NOW - 3600, 3600 },
	{ "pending: exponent notation", "{\"N\":\"1.7E9\"}", ON,
	  STATE_PENDING, REASON_NONE, 1700000000, 95332271 },
	{ "pending: five years less a second ago", "{\"N\":\"1637544272\"}", ON,
	  STATE_PENDING, REASON_NONE, 1637544272, 157787999 },
	{ "pending: five years less half a second ago", "{\"N\":\"1637544271.5\"}", ON,
	  STATE_PENDING, REASON_NONE, 1637544271, 157787999 },
	{ "pending: five years less a fraction ago", "{\"N\":\"1637544271.0000000000000000000000000001\"}", ON,
	  STATE_PENDING, REASON_NONE, 1637544271, 157787999 },

	/* stuck, too-old */
	{ "too-old: exactly five years ago", "{\"N\":\"1637544271\"}", ON,
	  STATE_STUCK, REASON_TOO_OLD, 1637544271, 157788000 },
	{ "too-old: five years and half a second ago", "{\"N\":\"1637544270.5\"}", ON,
	  STATE_STUCK, REASON_TOO_OLD, 1637544270, 157788000 },
	{ "too-old: five years and a second ago", "{\"N\":\"1637544270\"}", ON,
	  STATE_STUCK, REASON_TOO_OLD, 1637544270, 157788001 },
	{ "too-old: the first second of the window", "{\"N\":\"1326844800\"}", ON,
	  STATE_STUCK, REASON_TOO_OLD, 1326844800, 468487471 },

	/* stuck, ttl-off */
	{ "ttl-off: one second ago", "{\"N\":\"1795332270\"}", OFF,
	  STATE_STUCK, REASON_TTL_OFF, NOW - 1, 1 },
	{ "ttl-off: half a second ago", "{\"N\":\"1795332270.5\"}", OFF,
	  STATE_STUCK, REASON_TTL_OFF, NOW - 1, 0 },
	{ "ttl-off before too-old: five years ago", "{\"N\":\"1637544271\"}", OFF,
	  STATE_STUCK, REASON_TTL_OFF, 1637544271, 157788000 },
	{ "ttl-off before too-old: the first second", "{\"N\":\"1326844800\"}", OFF,
	  STATE_STUCK, REASON_TTL_OFF, 1326844800, 468487471 },

	/* stuck, a unit */
	{ "milliseconds: the first of the window", "{\"N\":\"1326844800000\"}", ON,
	  STATE_STUCK, REASON_MILLISECONDS, 1326844800, 468487471 },
	{ "milliseconds: an hour ago", "{\"N\":\"1795328671123\"}", ON,
	  STATE_STUCK, REASON_MILLISECONDS, 1795328671, 3599 },
	{ "milliseconds: one ago", "{\"N\":\"1795332270999\"}", ON,
	  STATE_STUCK, REASON_MILLISECONDS, NOW - 1, 0 },
	{ "milliseconds: a fraction of one ago", "{\"N\":\"1795332270999.5\"}", ON,
	  STATE_STUCK, REASON_MILLISECONDS, NOW - 1, 0 },
	{ "milliseconds before ttl-off", "{\"N\":\"1795328671123\"}", OFF,
	  STATE_STUCK, REASON_MILLISECONDS, 1795328671, 3599 },
	{ "milliseconds before too-old", "{\"N\":\"1637544271000\"}", ON,
	  STATE_STUCK, REASON_MILLISECONDS, 1637544271, 157788000 },
	{ "milliseconds: exponent notation", "{\"N\":\"1.7E12\"}", ON,
	  STATE_STUCK, REASON_MILLISECONDS, 1700000000, 95332271 },
	{ "microseconds: the first of the window", "{\"N\":\"1326844800000000\"}", ON,
	  STATE_STUCK, REASON_MICROSECONDS, 1326844800, 468487471 },
	{ "microseconds: one ago", "{\"N\":\"1795332270999999\"}", ON,
	  STATE_STUCK, REASON_MICROSECONDS, NOW - 1, 0 },
	{ "microseconds before ttl-off", "{\"N\":\"1795328671123456\"}", OFF,
	  STATE_STUCK, REASON_MICROSECONDS, 1795328671, 3599 },
	{ "microseconds before too-old", "{\"N\":\"1637544271000000\"}", ON,
	  STATE_STUCK, REASON_MICROSECONDS, 1637544271, 157788000 },
	{ "nanoseconds: the first of the window", "{\"N\":\"1326844800000000000\"}", ON,
	  STATE_STUCK, REASON_NANOSECONDS, 1326844800, 468487471 },
	{ "nanoseconds: one ago", "{\"N\":\"1795332270999999999\"}", ON,
	  STATE_STUCK, REASON_NANOSECONDS, NOW - 1, 0 },
	{ "nanoseconds before ttl-off", "{\"N\":\"1795328671123456789\"}", OFF,
	  STATE_STUCK, REASON_NANOSECONDS, 1795328671, 3599 },

	/* stuck, string */
	{ "string: seconds, a second ago", "{\"S\":\"1795332270\"}", ON,
	  STATE_STUCK, REASON_STRING, NOW - 1, 1 },
	{ "string: seconds, a fraction ago", "{\"S\":\"1795332270.5\"}", ON,
	  STATE_STUCK, REASON_STRING, NOW - 1, 0 },
	{ "string: milliseconds ago", "{\"S\":\"1795328671123\"}", ON,
	  STATE_STUCK, REASON_STRING, 1795328671, 3599 },
	{ "string: microseconds ago", "{\"S\":\"1795328671123456\"}", ON,
	  STATE_STUCK, REASON_STRING, 1795328671, 3599 },
	{ "string: nanoseconds ago", "{\"S\":\"1795328671123456789\"}", ON,
	  STATE_STUCK, REASON_STRING, 1795328671, 3599 },
	{ "string: ISO 8601, a second ago", "{\"S\":\"2026-11-22T07:24:30Z\"}", ON,
	  STATE_STUCK, REASON_STRING, NOW - 1, 1 },
	{ "string: ISO 8601, a fraction ago", "{\"S\":\"2026-11-22T07:24:30.5Z\"}", ON,
	  STATE_STUCK, REASON_STRING, NOW - 1, 0 },
	{ "string before ttl-off", "{\"S\":\"1795332270\"}", OFF,
	  STATE_STUCK, REASON_STRING, NOW - 1, 1 },
	{ "string before too-old", "{\"S\":\"1637544271\"}", ON,
	  STATE_STUCK, REASON_STRING, 1637544271, 157788000 },
	{ "string: the first second of the window", "{\"S\":\"2012-01-18T00:00:00Z\"}", ON,
	  STATE_STUCK, REASON_STRING, 1326844800, 468487471 },
	{ "string: no zone, half a day and a second ago", "{\"S\":\"2026-11-21T19:24:30\"}", ON,
	  STATE_STUCK, REASON_STRING, 1795289070, 43201 },
	{ "string: no zone, half a day and a fraction ago", "{\"S\":\"2026-11-21T19:24:30.999999\"}", ON,
	  STATE_STUCK, REASON_STRING, 1795289070, 43200 },
	{ "string: spaces around the number", "{\"S\":\" 1795332270\\t\"}", ON,
	  STATE_STUCK, REASON_STRING, NOW - 1, 1 },

	/* immortal, a unit */
	{ "immortal milliseconds: exactly now", "{\"N\":\"1795332271000\"}", ON,
	  STATE_IMMORTAL, REASON_MILLISECONDS, NOW, 0 },
	{ "immortal milliseconds: one ahead", "{\"N\":\"1795332271001\"}", ON,
	  STATE_IMMORTAL, REASON_MILLISECONDS, NOW, -1 },
	{ "immortal milliseconds: an hour ahead", "{\"N\":\"1795335871000\"}", ON,
	  STATE_IMMORTAL, REASON_MILLISECONDS, 1795335871, -3600 },
	{ "immortal milliseconds, TTL off", "{\"N\":\"1795335871000\"}", OFF,
	  STATE_IMMORTAL, REASON_MILLISECONDS, 1795335871, -3600 },
	{ "immortal milliseconds: the last of the window", "{\"N\":\"4951092271000\"}", ON,
	  STATE_IMMORTAL, REASON_MILLISECONDS, INT64_C(4951092271), -INT64_C(3155760000) },
	{ "immortal microseconds: exactly now", "{\"N\":\"1795332271000000\"}", ON,
	  STATE_IMMORTAL, REASON_MICROSECONDS, NOW, 0 },
	{ "immortal microseconds: the last of the window", "{\"N\":\"4951092271000000\"}", ON,
	  STATE_IMMORTAL, REASON_MICROSECONDS, INT64_C(4951092271), -INT64_C(3155760000) },
	{ "immortal nanoseconds: exactly now", "{\"N\":\"1795332271000000000\"}", ON,
	  STATE_IMMORTAL, REASON_NANOSECONDS, NOW, 0 },
	{ "immortal nanoseconds: one ahead", "{\"N\":\"1795332271000000001\"}", ON,
	  STATE_IMMORTAL, REASON_NANOSECONDS, NOW, -1 },
	{ "immortal nanoseconds: the last of the window", "{\"N\":\"4951092271000000000\"}", ON,
	  STATE_IMMORTAL, REASON_NANOSECONDS, INT64_C(4951092271), -INT64_C(3155760000) },

	/* immortal, string */
	{ "immortal string: exactly now", "{\"S\":\"1795332271\"}", ON,
	  STATE_IMMORTAL, REASON_STRING, NOW, 0 },
	{ "immortal string: a fraction ahead", "{\"S\":\"1795332271.5\"}", ON,
	  STATE_IMMORTAL, REASON_STRING, NOW, -1 },
	{ "immortal string: milliseconds", "{\"S\":\"1795335871000\"}", ON,
	  STATE_IMMORTAL, REASON_STRING, 1795335871, -3600 },
	{ "immortal string: ISO 8601, now", "{\"S\":\"2026-11-22T07:24:31Z\"}", ON,
	  STATE_IMMORTAL, REASON_STRING, NOW, 0 },
	{ "immortal string: ISO 8601, a zone", "{\"S\":\"2026-11-22T09:24:31+01:00\"}", ON,
	  STATE_IMMORTAL, REASON_STRING, NOW + 3600, -3600 },
	{ "immortal string: ISO 8601, basic", "{\"S\":\"20261122T082431Z\"}", ON,
	  STATE_IMMORTAL, REASON_STRING, NOW + 3600, -3600 },
	{ "immortal string, TTL off", "{\"S\":\"1795335871\"}", OFF,
	  STATE_IMMORTAL, REASON_STRING, 1795335871, -3600 },
	{ "immortal string: no zone, half a day ago to the second", "{\"S\":\"2026-11-21T19:24:31\"}", ON,
	  STATE_IMMORTAL, REASON_STRING, 1795289071, 43200 },
	{ "immortal string: no zone, one second ago in UTC", "{\"S\":\"2026-11-22 07:24:30\"}", ON,
	  STATE_IMMORTAL, REASON_STRING, 1795332270, 1 },
	{ "immortal string: no zone, ahead", "{\"S\":\"20261122T082431\"}", ON,
	  STATE_IMMORTAL, REASON_STRING, NOW + 3600, -3600 },
	{ "immortal string: the last second of the window", "{\"S\":\"4951092271\"}", ON,
	  STATE_IMMORTAL, REASON_STRING, INT64_C(4951092271), -INT64_C(3155760000) },

	/* immortal, not a time */
	{ "no-time: zero", "{\"N\":\"0\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: minus zero", "{\"N\":\"-0\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: one", "{\"N\":\"1\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: minus one", "{\"N\":\"-1\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: minus a half", "{\"N\":\"-0.5\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: the smallest number", "{\"N\":\"1E-130\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: an hour, as a duration", "{\"N\":\"3600\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: a date as digits", "{\"N\":\"20261208\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: 2001", "{\"N\":\"1e9\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: the second before the window", "{\"N\":\"1326844799\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: minus, as large as milliseconds", "{\"N\":\"-1795332271000\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: the lowest number", "{\"N\":\"-9.9999999999999999999999999999999999999E+125\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: zero in a string", "{\"S\":\"0\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: a string, the second before the window", "{\"S\":\"1326844799\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: a string, the second after the window", "{\"S\":\"4951092272\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: the year 1", "{\"S\":\"0001-01-01T00:00:00\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: the year 9999", "{\"S\":\"9999-12-31T23:59:59Z\"}", ON,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: before ttl-off", "{\"N\":\"0\"}", OFF,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "no-time: a string, before ttl-off", "{\"S\":\"9999-12-31T23:59:59Z\"}", OFF,
	  STATE_IMMORTAL, REASON_NO_TIME, 0, 0 },
	{ "far-future: the second after the window", "{\"N\":\"4951092272\"}", ON,
	  STATE_IMMORTAL, REASON_FAR_FUTURE, 0, 0 },
	{ "far-future: the year 5138", "{\"N\":\"99999999999\"}", ON,
	  STATE_IMMORTAL, REASON_FAR_FUTURE, 0, 0 },
	{ "far-future: 9999-12-31 in seconds", "{\"N\":\"253402300799\"}", ON,
	  STATE_IMMORTAL, REASON_FAR_FUTURE, 0, 0 },
	{ "far-future: 9999-12-31 in milliseconds", "{\"N\":\"253402300799999\"}", ON,
	  STATE_IMMORTAL, REASON_FAR_FUTURE, 0, 0 },
	{ "far-future: twelve nines", "{\"N\":\"999999999999\"}", ON,
	  STATE_IMMORTAL, REASON_FAR_FUTURE, 0, 0 },
	{ "far-future: the millisecond before the window", "{\"N\":\"1326844799999\"}", ON,
	  STATE_IMMORTAL, REASON_FAR_FUTURE, 0, 0 },
	{ "far-future: .NET ticks", "{\"N\":\"639315136448464622\"}", ON,
	  STATE_IMMORTAL, REASON_FAR_FUTURE, 0, 0 },
	{ "far-future: FILETIME", "{\"N\":\"134403904448464622\"}", ON,
	  STATE_IMMORTAL, REASON_FAR_FUTURE, 0, 0 },
	{ "far-future: the largest int64", "{\"N\":\"9223372036854775807\"}", ON,
	  STATE_IMMORTAL, REASON_FAR_FUTURE, 0, 0 },
	{ "far-future: 38 digits", "{\"N\":\"99999999999999999999999999999999999999\"}", ON,
	  STATE_IMMORTAL, REASON_FAR_FUTURE, 0, 0 },
	{ "far-future: the largest number", "{\"N\":\"9.9999999999999999999999999999999999999E+125\"}", ON,
	  STATE_IMMORTAL, REASON_FAR_FUTURE, 0, 0 },
	{ "far-future: before ttl-off", "{\"N\":\"253402300799\"}", OFF,
	  STATE_IMMORTAL, REASON_FAR_FUTURE, 0, 0 },

	/* immortal, missing and wrong-type */
	{ "missing", NULL, ON, STATE_IMMORTAL, REASON_MISSING, 0, 0 },
	{ "missing before ttl-off", NULL, OFF, STATE_IMMORTAL, REASON_MISSING, 0, 0 },
	{ "wrong-type: a word", "{\"S\":\"never\"}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type: an empty string", "{\"S\":\"\"}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type: a date alone", "{\"S\":\"2026-11-22\"}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type: an N that is not a number", "{\"N\":\"abc\"}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type: NaN", "{\"N\":\"NaN\"}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type: B", "{\"B\":\"MTc5NTMzMjI3MA==\"}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type: BOOL", "{\"BOOL\":true}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type: NULL", "{\"NULL\":true}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type: M", "{\"M\":{\"N\":{\"N\":\"1\"}}}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type: L", "{\"L\":[{\"N\":\"1\"}]}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type: SS", "{\"SS\":[\"1795332270\"]}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type: NS", "{\"NS\":[\"1795332270\"]}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type: BS", "{\"BS\":[\"MTc5NTMzMjI3MA==\"]}", ON,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	{ "wrong-type before ttl-off", "{\"BOOL\":true}", OFF,
	  STATE_IMMORTAL, REASON_WRONG_TYPE, 0, 0 },
	/* clang-format on */
};

static int
check_case(size_t i, struct buf *scratch)
{
	const char *name = cases[i].name;
	struct rules rules = rules_of(cases[i].set);
	bool means = cases[i].reason < REASON_FAR_FUTURE;
	struct item item = {
		.json = SLICE("{\"key\":{\"S\":\"a\"}}"),
		.partition = SLICE("{\"S\":\"a\"}"),
	};
	struct record r;
	int bad = 0;

	if (cases[i].ttl != NULL)
		item.ttl = slice_str(cases[i].ttl);
	record_of(&r, &item, &rules, scratch);
	if (r.state != cases[i].state || r.reason != cases[i].reason) {
		print_error("%s: %s/%s, not %s/%s\n", name, state_name(r.state),
		    reason_name(r.reason), state_name(cases[i].state),
		    reason_name(cases[i].reason));
		bad++;
	}
	CHECK(name, r.item == &item);
	CHECK(name, r.has_moment == means);
	if (means) {
		CHECK(name, r.moment == cases[i].moment);
		CHECK(name, r.overdue == cases[i].overdue);
	}
	return bad;
}

static void
test_judge(void **state)
{
	struct buf scratch = { 0 };
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		bad += check_case(i, &scratch);
	buf_release(&scratch);
	assert_int_equal(bad, 0);
}

/* The cases cover each state and reason. */
static void
test_every_row(void **state)
{
	static const struct {
		enum state state;
		enum reason reason;
	} rows[] = {
		/* clang-format off */
		{ STATE_LIVE, REASON_NONE }, { STATE_LIVE, REASON_TTL_OFF },
		{ STATE_PENDING, REASON_NONE },
		{ STATE_STUCK, REASON_MILLISECONDS },
		{ STATE_STUCK, REASON_MICROSECONDS },
		{ STATE_STUCK, REASON_NANOSECONDS },
		{ STATE_STUCK, REASON_STRING },
		{ STATE_STUCK, REASON_TTL_OFF },
		{ STATE_STUCK, REASON_TOO_OLD },
		{ STATE_IMMORTAL, REASON_MILLISECONDS },
		{ STATE_IMMORTAL, REASON_MICROSECONDS },
		{ STATE_IMMORTAL, REASON_NANOSECONDS },
		{ STATE_IMMORTAL, REASON_STRING },
		{ STATE_IMMORTAL, REASON_FAR_FUTURE },
		{ STATE_IMMORTAL, REASON_NO_TIME },
		{ STATE_IMMORTAL, REASON_MISSING },
		{ STATE_IMMORTAL, REASON_WRONG_TYPE },
		/* clang-format on */
	};
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < COUNT(cases); j++)
			if (cases[j].state == rows[i].state &&
			    cases[j].reason == rows[i].reason) {
				seen++;
				break;
			}
	assert_int_equal(seen, COUNT(rows));
}

/* Cases for the default prefixes. */
static const struct {
	const char *name;
	const char *partition, *sort;
	enum kind kind;
	const char *key;
	size_t n;
	size_t prefix, sort_prefix;
	const char *group;
} keys[] = {
	/* clang-format off */
	{ "session", "{\"S\":\"session:abc\"}", NULL, KIND_SESSION, "session:abc", 11, 8, 0, "session:" },
	{ "sess", "{\"S\":\"sess:abc\"}", NULL, KIND_SESSION, "sess:abc", 8, 5, 0, "sess:" },
	{ "sess_", "{\"S\":\"sess_abc:d\"}", NULL, KIND_SESSION, "sess_abc:d", 10, 5, 0, "sess_abc:" },
	{ "sessions/", "{\"S\":\"sessions/abc\"}", NULL, KIND_SESSION, "sessions/abc", 12, 9, 0, "sessions/" },
	{ "sessid-", "{\"S\":\"sessid-abc\"}", NULL, KIND_SESSION, "sessid-abc", 10, 7, 0, "(none)" },
	{ "sid.", "{\"S\":\"sid.abc\"}", NULL, KIND_SESSION, "sid.abc", 7, 4, 0, "(none)" },
	{ "SID|", "{\"S\":\"SID|abc\"}", NULL, KIND_SESSION, "SID|abc", 7, 4, 0, "SID|" },
	{ "PHPSESSID_", "{\"S\":\"PHPSESSID_abc\"}", NULL, KIND_SESSION, "PHPSESSID_abc", 13, 10, 0, "(none)" },
	{ "Session#", "{\"S\":\"Session#abc\"}", NULL, KIND_SESSION, "Session#abc", 11, 8, 0, "Session#" },
	{ "only the prefix", "{\"S\":\"session:\"}", NULL, KIND_SESSION, "session:", 8, 8, 0, "session:" },
	{ "almost a prefix", "{\"S\":\"session\"}", NULL, KIND_ITEM, "session", 7, 0, 0, "(none)" },
	{ "another separator", "{\"S\":\"session=abc\"}", NULL, KIND_ITEM, "session=abc", 11, 0, 0, "(none)" },
	{ "a longer word", "{\"S\":\"sessionx:abc\"}", NULL, KIND_ITEM, "sessionx:abc", 12, 0, 0, "sessionx:" },
	{ "not at the beginning", "{\"S\":\"xsession:abc\"}", NULL, KIND_ITEM, "xsession:abc", 12, 0, 0, "xsession:" },
	{ "prefix escaped", "{\"S\":\"\\u0073ession\\u003aabc\"}", NULL, KIND_SESSION, "session:abc", 11, 8, 0, "session:" },
	{ "a NUL after the word", "{\"S\":\"sess\\u0000a\"}", NULL, KIND_ITEM, "sess\0a", 6, 0, 0, "(none)" },
	{ "two colons", "{\"S\":\"a:b:c\"}", NULL, KIND_ITEM, "a:b:c", 5, 0, 0, "a:" },
	{ "a hash, then a colon", "{\"S\":\"a#b:c\"}", NULL, KIND_ITEM, "a#b:c", 5, 0, 0, "a#" },
	{ "a colon first", "{\"S\":\":b\"}", NULL, KIND_ITEM, ":b", 2, 0, 0, ":" },
	{ "no separator", "{\"S\":\"abc\"}", NULL, KIND_ITEM, "abc", 3, 0, 0, "(none)" },
	{ "a whole key that is a group", "{\"S\":\"users\"}", NULL, KIND_ITEM, "users", 5, 0, 0, "users" },
	{ "a group's name and more", "{\"S\":\"users2\"}", NULL, KIND_ITEM, "users2", 6, 0, 0, "(none)" },
	{ "a group's name and a colon", "{\"S\":\"users:1\"}", NULL, KIND_ITEM, "users:1", 7, 0, 0, "users:" },
	{ "a NUL in the key", "{\"S\":\"a\\u0000b:c\"}", NULL, KIND_ITEM, "a\0b:c", 5, 0, 0, "a\0b:" },
	{ "a group's name and a NUL", "{\"S\":\"users\\u0000\"}", NULL, KIND_ITEM, "users\0", 6, 0, 0, "(none)" },
	{ "N", "{\"N\":\"1.50\"}", NULL, KIND_ITEM, "1.50", 4, 0, 0, "(none)" },
	{ "B", "{\"B\":\"QUI=\"}", NULL, KIND_ITEM, "QUI=", 4, 0, 0, "(none)" },
	{ "B, a separator in its base64", "{\"B\":\"QU/=\"}", NULL, KIND_ITEM, "QU/=", 4, 0, 0, "(none)" },
	{ "B whose bytes are session:abc", "{\"B\":\"c2Vzc2lvbjphYmM=\"}", NULL, KIND_ITEM, "c2Vzc2lvbjphYmM=", 16, 0, 0, "(none)" },
	{ "in the sort key", "{\"S\":\"USER#1\"}", "{\"S\":\"SESSION#abc\"}", KIND_SESSION, "USER#1", 6, 0, 8, "USER# SESSION#" },
	{ "in both", "{\"S\":\"sess:1\"}", "{\"S\":\"sid-x\"}", KIND_SESSION, "sess:1", 6, 5, 4, "sess:" },
	{ "in neither", "{\"S\":\"USER#1\"}", "{\"S\":\"USER#1\"}", KIND_ITEM, "USER#1", 6, 0, 0, "USER# USER#" },
	{ "a sort key without separator", "{\"S\":\"USER#1\"}", "{\"S\":\"x\"}", KIND_ITEM, "USER#1", 6, 0, 0, "USER#" },
	{ "only the sort key has one", "{\"S\":\"abc\"}", "{\"S\":\"x|y\"}", KIND_ITEM, "abc", 3, 0, 0, "(none) x|" },
	{ "a whole key and a sort key", "{\"S\":\"users\"}", "{\"S\":\"x/y\"}", KIND_ITEM, "users", 5, 0, 0, "users x/" },
	{ "a numeric sort key", "{\"S\":\"a:b\"}", "{\"N\":\"12\"}", KIND_ITEM, "a:b", 3, 0, 0, "a:" },
	{ "a binary sort key", "{\"S\":\"a:b\"}", "{\"B\":\"c2Vzc2lvbjphYmM=\"}", KIND_ITEM, "a:b", 3, 0, 0, "a:" },
	{ "a numeric partition key", "{\"N\":\"12\"}", "{\"S\":\"sess/x\"}", KIND_SESSION, "12", 2, 0, 5, "(none) sess/" },
	/* clang-format on */
};

static void
test_key(void **state)
{
	struct rules rules = rules_of(ON);
	struct buf scratch = { 0 };
	int bad = 0;

	(void)state;
	rules.nprefixes = 0;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct item item = {
			.json = SLICE("{}"),
			.partition = slice_str(keys[i].partition),
		};
		const char *name = keys[i].name;
		struct record r;

		if (keys[i].sort != NULL)
			item.sort = slice_str(keys[i].sort);
		record_of(&r, &item, &rules, &scratch);
		CHECK(name, r.kind == keys[i].kind);
		CHECK(name, r.key.n == keys[i].n);
		CHECK(name, memcmp(r.key.p, keys[i].key, r.key.n) == 0);
		CHECK(name, (r.sort.p == NULL) == (keys[i].sort == NULL));
		CHECK(name, r.key_prefix == keys[i].prefix);
		CHECK(name, r.sort_prefix == keys[i].sort_prefix);
		/* groups with a NUL: compare the bytes before it */
		CHECK(name, r.group.n >= strlen(keys[i].group));
		CHECK(name,
		    memcmp(r.group.p, keys[i].group, strlen(keys[i].group)) ==
			0);
		if (memchr(keys[i].key, '\0', keys[i].n) == NULL)
			CHECK(name, r.group.n == strlen(keys[i].group));
	}
	buf_release(&scratch);
	assert_int_equal(bad, 0);
}

/* Groups by other rules. */
static void
test_groups(void **state)
{
	static const char *const named[] = { "image:all" };
	static const struct {
		const char *separators, *partition, *sort, *group;
	} rows[] = {
		/* a whole key named as a group is one, even with a colon */
		{ NULL, "image:all", NULL, "image:all" },
		{ NULL, "image:all", "a:b", "image:all a:" },
		{ NULL, "users", NULL, "(none)" },
		{ "_-", "a:b_c-d", "x-y", "a:b_ x-" },
		{ "", "a:b", "c:d", "(none)" },
		{ " ", "a b", "c:d", "a " },
	};
	struct rules rules = rules_of(ON);
	struct buf scratch = { 0 };
	int bad = 0;

	(void)state;
	rules.groups = named;
	rules.ngroups = 1;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char partition[64], sort[64];
		struct item item = { .json = SLICE("{}") };
		struct record r;

		(void)snprintf(partition, sizeof(partition), "{\"S\":\"%s\"}",
		    rows[i].partition);
		item.partition = slice_str(partition);
		if (rows[i].sort != NULL) {
			(void)snprintf(sort, sizeof(sort), "{\"S\":\"%s\"}",
			    rows[i].sort);
			item.sort = slice_str(sort);
		}
		rules.separators = rows[i].separators;
		record_of(&r, &item, &rules, &scratch);
		CHECK(rows[i].partition, r.group.n == strlen(rows[i].group));
		CHECK(rows[i].partition,
		    memcmp(r.group.p, rows[i].group, r.group.n) == 0);
	}
	buf_release(&scratch);
	assert_int_equal(bad, 0);
}

/* Which of the given prefixes match, and the longest one. */
static void
test_kind(void **state)
{
	static const struct {
		const char *name;
		const char *prefixes[3];
		size_t n;
		bool all; /* a table of sessions */
		const char *partition, *sort;
		enum kind kind;
		size_t prefix, sort_prefix;
		unsigned seen;
		bool masked;
	} rows[] = {
		/* clang-format off */
		{ "the longest", { "s:", "s:web:", "s" }, 3, false, "{\"S\":\"s:web:1\"}", NULL, KIND_SESSION, 6, 0, 7, true },
		{ "two of three", { "s:", "s:web:", "s" }, 3, false, "{\"S\":\"s:we\"}", NULL, KIND_SESSION, 2, 0, 5, true },
		{ "the whole key", { "s:", "s:web:", "s" }, 3, false, "{\"S\":\"s\"}", NULL, KIND_SESSION, 1, 0, 4, true },
		{ "another case", { "S:" }, 1, false, "{\"S\":\"s:1\"}", NULL, KIND_ITEM, 0, 0, 0, false },
		{ "a default one beside given ones", { "x:" }, 1, false, "{\"S\":\"session:1\"}", NULL, KIND_ITEM, 8, 0, 0, true },
		{ "a longer default one", { "s" }, 1, false, "{\"S\":\"session:1\"}", NULL, KIND_SESSION, 8, 0, 1, true },
		{ "the sort key", { "x:", "T#" }, 2, false, "{\"S\":\"x\"}", "{\"S\":\"T#1\"}", KIND_SESSION, 0, 2, 2, true },
		{ "both keys", { "x:", "T#" }, 2, false, "{\"S\":\"x:1\"}", "{\"S\":\"T#1\"}", KIND_SESSION, 2, 2, 3, true },
		{ "empty", { "" }, 1, false, "{\"S\":\"0a1b\"}", NULL, KIND_SESSION, 0, 0, 1, true },
		{ "empty and a number", { "" }, 1, false, "{\"N\":\"7\"}", NULL, KIND_SESSION, 0, 0, 1, true },
		{ "digits and a number", { "7" }, 1, false, "{\"N\":\"7\"}", NULL, KIND_ITEM, 0, 0, 0, false },
		{ "base64 and a binary", { "c2" }, 1, false, "{\"B\":\"c2Vz\"}", NULL, KIND_ITEM, 0, 0, 0, false },
		{ "the bytes of a binary", { "se" }, 1, false, "{\"B\":\"c2Vz\"}", NULL, KIND_ITEM, 0, 0, 0, true },
		{ "a table of sessions", { NULL }, 0, true, "{\"S\":\"a:b\"}", NULL, KIND_SESSION, 0, 0, 0, true },
		{ "a table of sessions, a number", { NULL }, 0, true, "{\"N\":\"7\"}", NULL, KIND_SESSION, 0, 0, 0, true },
		{ "a table of sessions, a binary", { NULL }, 0, true, "{\"B\":\"AAAA\"}", NULL, KIND_SESSION, 0, 0, 0, true },
		{ "a prefix ends that, but masks", { "x:" }, 1, true, "{\"S\":\"a:b\"}", NULL, KIND_ITEM, 0, 0, 0, true },
		{ "a verification token", { NULL }, 0, false, "{\"S\":\"VT#1\"}", "{\"S\":\"VT#2\"}", KIND_ITEM, 3, 3, 0, true },
		{ "its sort key alone", { NULL }, 0, false, "{\"S\":\"a\"}", "{\"S\":\"VT#2\"}", KIND_ITEM, 0, 3, 0, true },
		{ "vt#", { NULL }, 0, false, "{\"S\":\"vt#1\"}", NULL, KIND_ITEM, 0, 0, 0, false },
		/* clang-format on */
	};
	struct buf scratch = { 0 };
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rules rules = rules_of(ON);
		struct item item = { .json = SLICE("{}"),
			.partition = slice_str(rows[i].partition) };
		const char *name = rows[i].name;
		struct record r;

		rules.session_prefixes = rows[i].prefixes;
		rules.nprefixes = rows[i].n;
		rules.all_sessions = rows[i].all;
		if (rows[i].sort != NULL)
			item.sort = slice_str(rows[i].sort);
		record_of(&r, &item, &rules, &scratch);
		CHECK(name, r.kind == rows[i].kind);
		CHECK(name, r.key_prefix == rows[i].prefix);
		CHECK(name, r.sort_prefix == rows[i].sort_prefix);
		CHECK(name, r.prefixes == rows[i].seen);
		CHECK(name, r.masked == rows[i].masked);
		CHECK(name, r.key_masked == rows[i].masked);
	}
	buf_release(&scratch);
	assert_int_equal(bad, 0);
}

/* The TTL attribute may be the partition key or the sort key. */
static void
test_ttl_is_key(void **state)
{
	struct rules rules = rules_of(ON);
	struct buf scratch = { 0 };
	struct item item = {
		.json = SLICE("{\"at\":{\"N\":\"1795332270\"}}"),
		.partition = SLICE("{\"N\":\"1795332270\"}"),
		.ttl = SLICE("{\"N\":\"1795332270\"}"),
	};
	struct record r;

	(void)state;
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(r.state, STATE_PENDING);
	assert_int_equal(r.key.n, 10);
	assert_int_equal(r.overdue, 1);

	item.partition = SLICE("{\"S\":\"session:1\"}");
	item.sort = item.ttl = SLICE("{\"N\":\"1637544271\"}");
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(r.state, STATE_STUCK);
	assert_int_equal(r.reason, REASON_TOO_OLD);

	item.partition = item.ttl = SLICE("{\"S\":\"1795332270\"}");
	item.sort = (struct slice){ NULL, 0 };
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(r.state, STATE_STUCK);
	assert_int_equal(r.reason, REASON_STRING);
	buf_release(&scratch);
}

/* TTL acts on "at", and the entry is live by another one. */
static void
test_by_other(void **state)
{
	static const struct {
		const char *name, *json;
		enum state state;
		enum reason reason;
		bool live;
	} rows[] = {
		/* clang-format off */
		{ "past", "{\"at\":{\"N\":\"1795332270\"}}", STATE_PENDING, REASON_NONE, false },
		{ "future", "{\"at\":{\"N\":\"1795335871\"}}", STATE_LIVE, REASON_NONE, true },
		{ "missing", "{\"ttl\":{\"N\":\"1795335871\"}}", STATE_IMMORTAL, REASON_MISSING, false },
		{ "past, milliseconds", "{\"at\":{\"N\":\"1795332270000\"}}", STATE_STUCK, REASON_MILLISECONDS, false },
		/* clang-format on */
	};
	struct rules rules = rules_of(OFF);
	struct buf scratch = { 0 };
	struct record r, other;

	(void)state;
	rules.ttl_other = "at";
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct item item = { .json = slice_str(rows[i].json),
			.partition = SLICE("{\"S\":\"session:a\"}"),
			.ttl = SLICE("{\"N\":\"1795335871\"}") };

		print_message("%s\n", rows[i].name);
		record_of(&r, &item, &rules, &scratch);
		assert_int_equal(r.state, STATE_LIVE);
		record_by_other(&other, &r, &rules);
		assert_int_equal(other.state, rows[i].state);
		assert_int_equal(other.reason, rows[i].reason);
		assert_int_equal(other.kind, KIND_SESSION);
		assert_int_equal(r.state, STATE_LIVE);
		/* of what has expired by the one that was asked for */
		r.state = STATE_STUCK;
		assert_int_equal(record_live_other(&r, &rules), rows[i].live);
	}
	buf_release(&scratch);
}

static void
test_size(void **state)
{
	struct rules rules = rules_of(ON);
	struct buf scratch = { 0 };
	struct item item = {
		.json = SLICE("{\"key\":{\"S\":\"a\"},\"ttl\":{\"N\":\"0\"}}"),
		.partition = SLICE("{\"S\":\"a\"}"),
		.ttl = SLICE("{\"N\":\"0\"}"),
		.size = 8,
	};
	struct record r;

	(void)state;
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(r.size, 8);
	rules.sizes = false;
	record_of(&r, &item, &rules, &scratch);
	assert_true(r.size == -1);
	buf_release(&scratch);
}

/* What TTL leaves alone even once it is on, or the time is repaired, which
 * drops fractions: from five years on, to the second. */
static void
test_old(void **state)
{
	static const struct {
		const char *ttl;
		enum ttl set;
		bool old;
	} rows[] = {
		/* clang-format off */
		{ "{\"N\":\"1637544271\"}",          ON,  true },
		{ "{\"N\":\"1637544271\"}",          OFF,  true },
		{ "{\"N\":\"1637544271.5\"}",        OFF,  false },
		{ "{\"N\":\"1637544272\"}",          OFF,  false },
		{ "{\"N\":\"1637544271000\"}",       ON,  true },
		{ "{\"N\":\"1637544271999\"}",       ON,  true },
		{ "{\"N\":\"1637544272000\"}",       ON,  false },
		{ "{\"S\":\"2021-11-22T01:24:31Z\"}", ON,  true },
		{ "{\"S\":\"2021-11-22T01:24:32Z\"}", ON,  false },
		/* 12 hours later, in whatever zone */
		{ "{\"S\":\"2021-11-21T13:24:31\"}", ON,  true },
		{ "{\"S\":\"2021-11-21T13:24:32\"}", ON,  false },
		/* clang-format on */
	};
	struct buf scratch = { 0 };
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rules rules = rules_of(rows[i].set);
		const struct item item = { .json = SLICE("{}"),
			.partition = SLICE("{\"S\":\"a\"}"),
			.ttl = slice_str(rows[i].ttl) };

		record_of(&r, &item, &rules, &scratch);
		if (r.state != STATE_STUCK || r.old != rows[i].old)
			fail_msg("%zu: %d", i, r.old);
	}
	buf_release(&scratch);
}

/* Date-times in a known zone. */
static void
test_zone(void **state)
{
	struct rules rules = rules_of(ON);
	struct buf scratch = { 0 };
	struct item item = {
		.json = SLICE("{}"),
		.partition = SLICE("{\"S\":\"a\"}"),
		.ttl = SLICE("{\"S\":\"2026-11-21T23:24:31\"}"),
	};
	struct record r;

	(void)state;
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(r.state, STATE_IMMORTAL);
	assert_true(r.zoneless && r.moment == NOW - 28800);
	assert_false(record_past(&r, &rules, 0));
	rules.zone = (struct moment_zone){ true, 0 };
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(r.state, STATE_STUCK);
	assert_true(!r.zoneless && r.overdue == 28800);
	assert_true(record_past(&r, &rules, 28799));
	assert_false(record_past(&r, &rules, 28800));
	rules.zone.east = -28800;
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(r.state, STATE_IMMORTAL);
	assert_true(r.moment == NOW && r.overdue == 0);
	rules.zone = (struct moment_zone){ false, 0 };
	item.ttl = SLICE("{\"S\":\"2026-11-20T07:24:31\"}");
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(r.state, STATE_STUCK);
	assert_true(r.zoneless && r.overdue == 172800);
	assert_true(record_past(&r, &rules, 172800 - 43201));
	assert_false(record_past(&r, &rules, 172800 - 43200));
	buf_release(&scratch);
}

/* A clock at the ends of int64 does not overflow. */
static void
test_strange_clock(void **state)
{
	struct rules rules = rules_of(ON);
	struct buf scratch = { 0 };
	struct item item = {
		.json = SLICE("{}"),
		.partition = SLICE("{\"S\":\"a\"}"),
		.ttl = SLICE("{\"N\":\"-9223372036854775808\"}"),
	};
	struct record r;

	(void)state;
	rules.now = INT64_MIN;
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(r.reason, REASON_NO_TIME);
	item.ttl = SLICE("{\"N\":\"1795332271\"}");
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(r.reason, REASON_FAR_FUTURE);
	rules.now = INT64_MAX;
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(r.reason, REASON_TOO_OLD);
	assert_true(r.overdue == INT64_MAX - NOW);
	item.ttl = SLICE("{\"N\":\"9223372036854775807\"}");
	record_of(&r, &item, &rules, &scratch);
	assert_int_equal(r.state, STATE_LIVE);
	assert_true(r.overdue == 0);
	buf_release(&scratch);
}

static void
test_names(void **state)
{
	(void)state;
	for (int i = 0; i < STATES; i++)
		assert_int_equal(state_parse(state_name(i)), i);
	for (int i = 0; i < REASONS; i++)
		assert_int_equal(reason_parse(reason_name(i)), i);
	assert_string_equal(kind_name(KIND_SESSION), "session");
	assert_string_equal(kind_name(KIND_ITEM), "item");
	assert_string_equal(reason_name(REASON_TTL_OFF), "ttl-off");
	assert_string_equal(reason_name(REASON_TOO_OLD), "too-old");
	assert_string_equal(reason_name(REASON_NO_TIME), "no-time");
	assert_string_equal(reason_name(REASON_FAR_FUTURE), "far-future");
	assert_string_equal(reason_name(REASON_WRONG_TYPE), "wrong-type");
	assert_int_equal(state_parse("Live"), -1);
	assert_int_equal(state_parse(""), -1);
	assert_int_equal(reason_parse("millisecond"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_every_row),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_kind),
		cmocka_unit_test(test_ttl_is_key),
		cmocka_unit_test(test_by_other),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_old),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_strange_clock),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
