#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inspector/moment.h"
#include "lib/base/sum.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define NOW INT64_C(1795332271) /* 2026-11-22T07:24:31Z */

/* The ends of the window as of NOW: 1326844800 and NOW + 3155760000. */
static const struct {
	const char *name;
	const char *json; /* NULL: no TTL attribute */
	enum moment_form form;
	const char *seconds; /* as a decimal; NULL: no moment */
} cases[] = {
	/* clang-format off */
	{ "seconds", "{\"N\":\"1795332271\"}", MOMENT_SECONDS, "1795332271" },
	{ "a fraction", "{\"N\":\"1795332271.5\"}", MOMENT_SECONDS, "1795332271.5" },
	{ "exponent", "{\"N\":\"1.7E9\"}", MOMENT_SECONDS, "1700000000" },
	{ "digits escaped", "{\"N\":\"\\u0031700000000\"}", MOMENT_SECONDS, "1700000000" },

	/* both ends of each unit's window, and just outside */
	{ "seconds, the first", "{\"N\":\"1326844800\"}", MOMENT_SECONDS, "1326844800" },
	{ "seconds, a fraction before", "{\"N\":\"1326844799.9999999999999999999999999999\"}", MOMENT_NO_TIME, NULL },
	{ "seconds, one before", "{\"N\":\"1326844799\"}", MOMENT_NO_TIME, NULL },
	{ "seconds, the last", "{\"N\":\"4951092271\"}", MOMENT_SECONDS, "4951092271" },
	{ "seconds, a fraction after", "{\"N\":\"4951092271.0000000000000000000000000001\"}", MOMENT_FAR_FUTURE, NULL },
	{ "seconds, one after", "{\"N\":\"4951092272\"}", MOMENT_FAR_FUTURE, NULL },
	{ "milliseconds, the first", "{\"N\":\"1326844800000\"}", MOMENT_MILLISECONDS, "1326844800" },
	{ "milliseconds, a fraction before", "{\"N\":\"1326844799999.9999999999999999999999999\"}", MOMENT_FAR_FUTURE, NULL },
	{ "milliseconds, one before", "{\"N\":\"1326844799999\"}", MOMENT_FAR_FUTURE, NULL },
	{ "milliseconds, the last", "{\"N\":\"4951092271000\"}", MOMENT_MILLISECONDS, "4951092271" },
	{ "milliseconds, one after", "{\"N\":\"4951092271001\"}", MOMENT_FAR_FUTURE, NULL },
	{ "microseconds, the first", "{\"N\":\"1326844800000000\"}", MOMENT_MICROSECONDS, "1326844800" },
	{ "microseconds, one before", "{\"N\":\"1326844799999999\"}", MOMENT_FAR_FUTURE, NULL },
	{ "microseconds, the last", "{\"N\":\"4951092271000000\"}", MOMENT_MICROSECONDS, "4951092271" },
	{ "microseconds, one after", "{\"N\":\"4951092271000001\"}", MOMENT_FAR_FUTURE, NULL },
	{ "nanoseconds, the first", "{\"N\":\"1326844800000000000\"}", MOMENT_NANOSECONDS, "1326844800" },
	{ "nanoseconds, one before", "{\"N\":\"1326844799999999999\"}", MOMENT_FAR_FUTURE, NULL },
	{ "nanoseconds, the last", "{\"N\":\"4951092271000000000\"}", MOMENT_NANOSECONDS, "4951092271" },
	{ "nanoseconds, a fraction after", "{\"N\":\"4951092271000000000.0000000000000000001\"}", MOMENT_FAR_FUTURE, NULL },
	{ "nanoseconds, one after", "{\"N\":\"4951092271000000001\"}", MOMENT_FAR_FUTURE, NULL },

	{ "milliseconds", "{\"N\":\"1795332271123\"}", MOMENT_MILLISECONDS, "1795332271.123" },
	{ "microseconds", "{\"N\":\"1795332271123456\"}", MOMENT_MICROSECONDS, "1795332271.123456" },
	{ "nanoseconds", "{\"N\":\"1795332271123456789\"}", MOMENT_NANOSECONDS, "1795332271.123456789" },
	{ "nanoseconds, 38 digits",
	  "{\"N\":\"1795332271123456789.1234567890123456789\"}", MOMENT_NANOSECONDS,
	  "1795332271.1234567891234567890123456789" },

	/* values for "never", and other values that are not a time */
	{ "zero", "{\"N\":\"0\"}", MOMENT_NO_TIME, NULL },
	{ "minus zero", "{\"N\":\"-0\"}", MOMENT_NO_TIME, NULL },
	{ "minus one", "{\"N\":\"-1\"}", MOMENT_NO_TIME, NULL },
	{ "a duration", "{\"N\":\"3600\"}", MOMENT_NO_TIME, NULL },
	{ "a duration in milliseconds", "{\"N\":\"86400000\"}", MOMENT_NO_TIME, NULL },
	{ "a date as digits", "{\"N\":\"20261208\"}", MOMENT_NO_TIME, NULL },
	{ "2001", "{\"N\":\"1E9\"}", MOMENT_NO_TIME, NULL },
	{ "the smallest number", "{\"N\":\"1E-130\"}", MOMENT_NO_TIME, NULL },
	{ "negative, as large as milliseconds", "{\"N\":\"-1795332271000\"}", MOMENT_NO_TIME, NULL },
	{ "the lowest number", "{\"N\":\"-9.9999999999999999999999999999999999999E+125\"}", MOMENT_NO_TIME, NULL },
	{ "9999-12-31 in seconds", "{\"N\":\"253402300799\"}", MOMENT_FAR_FUTURE, NULL },
	{ "9999-12-31 in milliseconds", "{\"N\":\"253402300799999\"}", MOMENT_FAR_FUTURE, NULL },
	{ "twelve nines", "{\"N\":\"999999999999\"}", MOMENT_FAR_FUTURE, NULL },
	{ "1e11", "{\"N\":\"1e11\"}", MOMENT_FAR_FUTURE, NULL },
	{ "a date and time as digits", "{\"N\":\"20261208120000\"}", MOMENT_FAR_FUTURE, NULL },
	{ ".NET ticks", "{\"N\":\"639315136448464622\"}", MOMENT_FAR_FUTURE, NULL },
	{ "FILETIME", "{\"N\":\"134403904448464622\"}", MOMENT_FAR_FUTURE, NULL },
	{ "the largest int64", "{\"N\":\"9223372036854775807\"}", MOMENT_FAR_FUTURE, NULL },
	{ "38 nines", "{\"N\":\"99999999999999999999999999999999999999\"}", MOMENT_FAR_FUTURE, NULL },
	{ "the largest number", "{\"N\":\"9.9999999999999999999999999999999999999E+125\"}", MOMENT_FAR_FUTURE, NULL },

	{ "a string of seconds", "{\"S\":\"1795332271\"}", MOMENT_STRING, "1795332271" },
	{ "spaces around it", "{\"S\":\" \\t1795332271 \"}", MOMENT_STRING, "1795332271" },
	{ "a sign", "{\"S\":\"+1795332271\"}", MOMENT_STRING, "1795332271" },
	{ "a string of milliseconds", "{\"S\":\"1795332271123\"}", MOMENT_STRING, "1795332271.123" },
	{ "a string of microseconds", "{\"S\":\"1795332271123456\"}", MOMENT_STRING, "1795332271.123456" },
	{ "a string of nanoseconds", "{\"S\":\"1795332271123456789\"}", MOMENT_STRING, "1795332271.123456789" },
	{ "a string, the first second", "{\"S\":\"1326844800\"}", MOMENT_STRING, "1326844800" },
	{ "a string, one before", "{\"S\":\"1326844799\"}", MOMENT_NO_TIME, NULL },
	{ "a string, the last second", "{\"S\":\"4951092271\"}", MOMENT_STRING, "4951092271" },
	{ "a string, one after", "{\"S\":\"4951092272\"}", MOMENT_NO_TIME, NULL },
	{ "a string of nanoseconds, the last", "{\"S\":\"4951092271000000000\"}", MOMENT_STRING, "4951092271" },
	{ "a string of nanoseconds, one after", "{\"S\":\"4951092271000000001\"}", MOMENT_NO_TIME, NULL },
	{ "a negative string", "{\"S\":\"-5\"}", MOMENT_NO_TIME, NULL },
	{ "a string of zero", "{\"S\":\"0\"}", MOMENT_NO_TIME, NULL },
	{ "a string of 9999-12-31", "{\"S\":\"253402300799\"}", MOMENT_NO_TIME, NULL },
	{ "a string of 200 nines", "{\"S\":\"9999999999999999999999999999999999999999999999999999999999999999999999"
	  "9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999\"}",
	  MOMENT_NO_TIME, NULL },
	{ "point without fraction", "{\"S\":\"1700000000.\"}", MOMENT_STRING, "1700000000" },
	{ "point without integer", "{\"S\":\".17e10\"}", MOMENT_STRING, "1700000000" },
	{ "exponent in a string", "{\"S\":\"1.7e9\"}", MOMENT_STRING, "1700000000" },
	{ "escaped digits", "{\"S\":\"\\u0031\\u003700000000\"}", MOMENT_STRING, "1700000000" },
	{ "ISO 8601", "{\"S\":\"2026-11-22T08:12:00Z\"}", MOMENT_STRING, "1795335120" },
	{ "ISO 8601, basic", "{\"S\":\"20261122T081200Z\"}", MOMENT_STRING, "1795335120" },
	{ "ISO 8601, a zone", "{\"S\":\"2026-11-22T09:12:00+01:00\"}", MOMENT_STRING, "1795335120" },
	{ "ISO 8601, a fraction", "{\"S\":\"2026-11-22T08:12:00.250Z\"}", MOMENT_STRING, "1795335120.25" },
	{ "ISO 8601, a comma", "{\"S\":\"2026-11-22T08:12:00,5Z\"}", MOMENT_STRING, "1795335120.5" },
	{ "ISO 8601, a fraction and a zone", "{\"S\":\"2026-11-22T08:12:00.123456789-00:30\"}",
	  MOMENT_STRING, "1795336920.123456789" },
	{ "ISO 8601, a fraction of zero", "{\"S\":\"2026-11-22T08:12:00.000Z\"}", MOMENT_STRING, "1795335120" },
	{ "ISO 8601, a long fraction",
	  "{\"S\":\"2026-11-22T08:12:00.00000000000000000000000000000000000000000000000001Z\"}",
	  MOMENT_STRING, "1795335120.00000000000000000000000000000000000000000000000001" },
	{ "ISO 8601, the first second", "{\"S\":\"2012-01-18T00:00:00Z\"}", MOMENT_STRING, "1326844800" },
	{ "ISO 8601, one second before", "{\"S\":\"2012-01-17T23:59:59.999Z\"}", MOMENT_NO_TIME, NULL },
	{ "ISO 8601, the first by its zone", "{\"S\":\"2012-01-17T19:00:00-05:00\"}", MOMENT_STRING, "1326844800" },
	{ "ISO 8601, too early by its zone", "{\"S\":\"2012-01-18T00:00:00+00:01\"}", MOMENT_NO_TIME, NULL },
	{ "ISO 8601, the last second", "{\"S\":\"2126-11-23T07:24:31Z\"}", MOMENT_STRING, "4951092271" },
	{ "ISO 8601, a fraction after the last", "{\"S\":\"2126-11-23T07:24:31.001Z\"}", MOMENT_NO_TIME, NULL },
	{ "ISO 8601 before 1970", "{\"S\":\"1969-12-31T23:59:59Z\"}", MOMENT_NO_TIME, NULL },
	{ "ISO 8601 before 1970, with a fraction", "{\"S\":\"1969-12-31T23:59:58.9990Z\"}", MOMENT_NO_TIME, NULL },
	{ "ISO 8601, the year 1", "{\"S\":\"0001-01-01T00:00:00\"}", MOMENT_NO_TIME, NULL },
	{ "ISO 8601, the year 9999", "{\"S\":\"9999-12-31T23:59:59Z\"}", MOMENT_NO_TIME, NULL },
	{ "ISO 8601, without a zone", "{\"S\":\"2026-11-22T08:12:00\"}", MOMENT_STRING, "1795335120" },

	{ "no attribute", NULL, MOMENT_MISSING, NULL },
	{ "an empty string", "{\"S\":\"\"}", MOMENT_WRONG_TYPE, NULL },
	{ "only spaces", "{\"S\":\" \\t \"}", MOMENT_WRONG_TYPE, NULL },
	{ "a word", "{\"S\":\"never\"}", MOMENT_WRONG_TYPE, NULL },
	{ "a newline around it", "{\"S\":\"17\\n\"}", MOMENT_WRONG_TYPE, NULL },
	{ "a NUL after it", "{\"S\":\"17\\u0000\"}", MOMENT_WRONG_TYPE, NULL },
	{ "a sign and no digit", "{\"S\":\"-\"}", MOMENT_WRONG_TYPE, NULL },
	{ "a point and no digit", "{\"S\":\".\"}", MOMENT_WRONG_TYPE, NULL },
	{ "an exponent and no digit", "{\"S\":\"1e\"}", MOMENT_WRONG_TYPE, NULL },
	{ "hexadecimal", "{\"S\":\"0x6b\"}", MOMENT_WRONG_TYPE, NULL },
	{ "infinity", "{\"S\":\"inf\"}", MOMENT_WRONG_TYPE, NULL },
	{ "digits that are not ASCII", "{\"S\":\"\\u0661\\u0667\"}", MOMENT_WRONG_TYPE, NULL },
	{ "only a date", "{\"S\":\"2026-11-22\"}", MOMENT_WRONG_TYPE, NULL },
	{ "an invalid day", "{\"S\":\"2026-02-30T00:00:00Z\"}", MOMENT_WRONG_TYPE, NULL },
	{ "an N that is not a number", "{\"N\":\"NaN\"}", MOMENT_WRONG_TYPE, NULL },
	{ "an empty N", "{\"N\":\"\"}", MOMENT_WRONG_TYPE, NULL },
	{ "an N that is a date", "{\"N\":\"2026-11-22T08:12:00Z\"}", MOMENT_WRONG_TYPE, NULL },
	{ "B", "{\"B\":\"MTc=\"}", MOMENT_WRONG_TYPE, NULL },
	{ "BOOL", "{\"BOOL\":true}", MOMENT_WRONG_TYPE, NULL },
	{ "NULL", "{\"NULL\":true}", MOMENT_WRONG_TYPE, NULL },
	{ "M", "{\"M\":{\"N\":{\"N\":\"1\"}}}", MOMENT_WRONG_TYPE, NULL },
	{ "L", "{\"L\":[{\"N\":\"1\"}]}", MOMENT_WRONG_TYPE, NULL },
	{ "SS", "{\"SS\":[\"1\"]}", MOMENT_WRONG_TYPE, NULL },
	{ "NS", "{\"NS\":[\"1\"]}", MOMENT_WRONG_TYPE, NULL },
	{ "BS", "{\"BS\":[\"MTc=\"]}", MOMENT_WRONG_TYPE, NULL },
	{ "not an AttributeValue", "{\"N\":1}", MOMENT_WRONG_TYPE, NULL },
	{ "two types", "{\"N\":\"1\",\"S\":\"1\"}", MOMENT_WRONG_TYPE, NULL },
	/* clang-format on */
};

static void
test_read(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *want = cases[i].seconds;
		struct slice ttl = { NULL, 0 };
		struct decimal d, exact;
		struct moment m;

		if (cases[i].json != NULL)
			ttl = slice_str(cases[i].json);
		moment_read(&m, ttl, NOW, (struct moment_zone){ 0 });
		if (m.form != cases[i].form) {
			print_error("%s: form %d\n", cases[i].name, m.form);
			bad++;
		}
		if (moment_means(m.form) != (want != NULL)) {
			print_error("%s: a moment?\n", cases[i].name);
			bad++;
		}
		if (want == NULL)
			continue;
		assert_int_equal(decimal_parse(&d, want, strlen(want)), 0);
		exact = moment_exact(&m);
		if (decimal_cmp(&exact, &d) != 0) {
			print_error("%s: not %s\n", cases[i].name, want);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

/* A date-time without a zone may be in any zone, unless one is given. */
static void
test_zone(void **state)
{
	static const struct {
		const char *text;
		bool known;
		int64_t east;
		bool zoneless;
		int64_t seconds; /* 0: no moment */
	} zones[] = {
		/* clang-format off */
		{ "2026-11-22T08:12:00", false, 0, true, 1795335120 },
		{ "2026-11-22 08:12", false, 0, true, 1795335120 },
		{ "20261122T081200.5", false, 0, true, 1795335120 },
		{ "2026-11-22T08:12:00Z", false, 0, false, 1795335120 },
		{ "2026-11-22t08:12:00z", false, 0, false, 1795335120 },
		{ "2026-11-22T08:12:00+00", false, 0, false, 1795335120 },
		{ "2026-11-22T08:12:00-0800", false, 0, false, 1795363920 },
		{ "1795335120", false, 0, false, 1795335120 },
		{ "2026-11-22T08:12:00", true, 0, false, 1795335120 },
		{ "2026-11-22T08:12:00", true, -28800, false, 1795363920 },
		{ "2026-11-22T08:12:00", true, 50400, false, 1795284720 },
		{ "2026-11-22T08:12:00Z", true, -28800, false, 1795335120 },
		{ "2026-11-22T08:12:00+01:00", true, -28800, false, 1795331520 },
		{ "1795335120", true, -28800, false, 1795335120 },
		{ "2012-01-18T00:00:00", true, 60, false, 0 },
		{ "2012-01-17T23:59:59", false, 0, false, 0 },
		{ "2012-01-17T23:59:59", true, -1, false, 1326844800 },
		/* clang-format on */
	};
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(zones); i++) {
		const struct moment_zone zone = { zones[i].known,
			zones[i].east };
		char json[80];
		struct moment m;

		(void)snprintf(json, sizeof(json), "{\"S\":\"%s\"}",
		    zones[i].text);
		moment_read(&m, slice_str(json), NOW, zone);
		if (m.zoneless == zones[i].zoneless &&
		    m.form ==
			(zones[i].seconds != 0 ? MOMENT_STRING
					       : MOMENT_NO_TIME) &&
		    (zones[i].seconds == 0 || m.floor == zones[i].seconds))
			continue;
		print_error("%s, %lld\n", json, (long long)zones[i].east);
		bad++;
	}
	assert_int_equal(bad, 0);
}

/* No number is in two windows, for any now up to the year 9999. Extreme values
 * of now do not overflow. */
static void
test_windows(void **state)
{
	static const int64_t clocks[] = { INT64_MIN, -1, 0, MOMENT_EARLIEST,
		NOW, INT64_C(99999999999), INT64_C(253402300799) };
	static const int shifts[] = { 0, 3, 6, 9 };

	(void)state;
	for (size_t i = 0; i < COUNT(clocks); i++) {
		int64_t ends[] = { MOMENT_EARLIEST,
			sum_add(clocks[i], MOMENT_AHEAD) };

		if (ends[1] < ends[0])
			continue;
		for (size_t k = 0; k < COUNT(shifts) * 2; k++) {
			int in = 0;

			for (size_t unit = 0; unit < COUNT(shifts); unit++) {
				struct decimal d;

				decimal_from_int(&d, ends[k % 2]);
				decimal_scale(&d, shifts[k / 2] - shifts[unit]);
				in += moment_in_window(&d, clocks[i]);
			}
			assert_int_equal(in, 1);
		}
	}
}

static void
test_reaches(void **state)
{
	static const struct {
		int64_t now, seconds;
		bool want;
	} spans[] = {
		{ INT64_C(1795332271), 0, true },
		{ INT64_C(1795332271), MOMENT_AHEAD, true },
		{ INT64_C(1795332271), MOMENT_AHEAD + 1, false },
		{ INT64_C(1795332271), INT64_MAX, false },
		{ MOMENT_EARLIEST, 0, true },
		{ MOMENT_EARLIEST - 1, 0, false },
		{ MOMENT_EARLIEST - 1, 1, true },
		{ 0, INT64_C(86400), false },
		{ INT64_MIN, INT64_MAX, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(spans); i++)
		if (moment_reaches(spans[i].now, spans[i].seconds) !=
		    spans[i].want)
			fail_msg("case %zu", i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_reaches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
