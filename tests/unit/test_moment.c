#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inspector/moment.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	const char *json; /* NULL: no such attribute */
	enum moment_form form;
	const char *seconds; /* as a decimal; NULL: no moment */
} cases[] = {
	/* clang-format off */
	{ "seconds", "{\"N\":\"1795332271\"}", MOMENT_SECONDS, "1795332271" },
	{ "a fraction", "{\"N\":\"1795332271.5\"}", MOMENT_SECONDS, "1795332271.5" },
	{ "exponent", "{\"N\":\"1.7E9\"}", MOMENT_SECONDS, "1700000000" },
	{ "tiny", "{\"N\":\"1e-3\"}", MOMENT_SECONDS, "0.001" },
	{ "zero", "{\"N\":\"0\"}", MOMENT_SECONDS, "0" },
	{ "minus zero", "{\"N\":\"-0\"}", MOMENT_SECONDS, "0" },
	{ "negative", "{\"N\":\"-1\"}", MOMENT_SECONDS, "-1" },
	{ "negative, as large as milliseconds", "{\"N\":\"-1795332271000\"}",
	  MOMENT_SECONDS, "-1795332271000" },
	{ "digits escaped", "{\"N\":\"\\u0031\\u0032\"}", MOMENT_SECONDS, "12" },

	{ "largest seconds", "{\"N\":\"99999999999\"}", MOMENT_SECONDS, "99999999999" },
	{ "largest seconds and a bit", "{\"N\":\"99999999999.99999999999999999\"}",
	  MOMENT_SECONDS, "99999999999.99999999999999999" },
	{ "smallest milliseconds", "{\"N\":\"100000000000\"}", MOMENT_MILLISECONDS, "100000000" },
	{ "smallest milliseconds, exponent", "{\"N\":\"1e11\"}", MOMENT_MILLISECONDS, "1e8" },
	{ "milliseconds", "{\"N\":\"1795332271123\"}", MOMENT_MILLISECONDS, "1795332271.123" },
	{ "largest milliseconds", "{\"N\":\"99999999999999\"}", MOMENT_MILLISECONDS, "99999999999.999" },
	{ "smallest microseconds", "{\"N\":\"100000000000000\"}", MOMENT_MICROSECONDS, "1e8" },
	{ "microseconds", "{\"N\":\"1795332271123456\"}", MOMENT_MICROSECONDS, "1795332271.123456" },
	{ "largest microseconds", "{\"N\":\"99999999999999999\"}", MOMENT_MICROSECONDS, "99999999999.999999" },
	{ "smallest nanoseconds", "{\"N\":\"100000000000000000\"}", MOMENT_NANOSECONDS, "1e8" },
	{ "nanoseconds", "{\"N\":\"1795332271123456789\"}", MOMENT_NANOSECONDS, "1795332271.123456789" },
	{ "38 digits", "{\"N\":\"12345678901234567890123456789012345678\"}",
	  MOMENT_NANOSECONDS, "12345678901234567890123456789.012345678" },
	{ "the largest number", "{\"N\":\"9.9999999999999999999999999999999999999E+125\"}",
	  MOMENT_NANOSECONDS, "9.9999999999999999999999999999999999999E+116" },
	{ "the smallest number", "{\"N\":\"1E-130\"}", MOMENT_SECONDS, "1E-130" },

	{ "a string of seconds", "{\"S\":\"1795332271\"}", MOMENT_STRING, "1795332271" },
	{ "blanks around it", "{\"S\":\" \\t1795332271 \"}", MOMENT_STRING, "1795332271" },
	{ "a sign", "{\"S\":\"+1795332271\"}", MOMENT_STRING, "1795332271" },
	{ "a string of milliseconds", "{\"S\":\"1795332271123\"}", MOMENT_STRING, "1795332271.123" },
	{ "a string of microseconds", "{\"S\":\"1795332271123456\"}", MOMENT_STRING, "1795332271.123456" },
	{ "a string of nanoseconds", "{\"S\":\"1795332271123456789\"}", MOMENT_STRING, "1795332271.123456789" },
	{ "a negative string", "{\"S\":\"-5\"}", MOMENT_STRING, "-5" },
	{ "point without fraction", "{\"S\":\"5.\"}", MOMENT_STRING, "5" },
	{ "point without integer", "{\"S\":\".5\"}", MOMENT_STRING, "0.5" },
	{ "exponent in a string", "{\"S\":\"1.7e9\"}", MOMENT_STRING, "1700000000" },
	{ "escaped digits", "{\"S\":\"\\u0031\\u0037\"}", MOMENT_STRING, "17" },
	{ "ISO 8601", "{\"S\":\"2026-11-22T08:12:00Z\"}", MOMENT_STRING, "1795335120" },
	{ "ISO 8601, basic", "{\"S\":\"20261122T081200Z\"}", MOMENT_STRING, "1795335120" },
	{ "ISO 8601, a zone", "{\"S\":\"2026-11-22T09:12:00+01:00\"}", MOMENT_STRING, "1795335120" },
	{ "ISO 8601, a fraction", "{\"S\":\"2026-11-22T08:12:00.250Z\"}", MOMENT_STRING, "1795335120.25" },
	{ "ISO 8601, a comma", "{\"S\":\"2026-11-22T08:12:00,5Z\"}", MOMENT_STRING, "1795335120.5" },
	{ "ISO 8601, a fraction and a zone", "{\"S\":\"2026-11-22T08:12:00.123456789-00:30\"}",
	  MOMENT_STRING, "1795336920.123456789" },
	{ "ISO 8601, a fraction of nothing", "{\"S\":\"2026-11-22T08:12:00.000Z\"}", MOMENT_STRING, "1795335120" },
	{ "ISO 8601 before 1970", "{\"S\":\"1969-12-31T23:59:59Z\"}", MOMENT_STRING, "-1" },
	{ "… a quarter later", "{\"S\":\"1969-12-31T23:59:59.250Z\"}", MOMENT_STRING, "-0.75" },
	{ "… 0.001 later", "{\"S\":\"1969-12-31T23:59:58.001Z\"}", MOMENT_STRING, "-1.999" },
	{ "… almost the next second", "{\"S\":\"1969-12-31T23:59:58.9990Z\"}", MOMENT_STRING, "-1.001" },
	{ "a fraction of many digits",
	  "{\"S\":\"2026-11-22T08:12:00.00000000000000000000000000000000000000000000000001Z\"}",
	  MOMENT_STRING, "1795335120.00000000000000000000000000000000000000000000000001" },

	{ "no attribute", NULL, MOMENT_MISSING, NULL },
	{ "an empty string", "{\"S\":\"\"}", MOMENT_WRONG_TYPE, NULL },
	{ "only blanks", "{\"S\":\" \\t \"}", MOMENT_WRONG_TYPE, NULL },
	{ "a word", "{\"S\":\"never\"}", MOMENT_WRONG_TYPE, NULL },
	{ "a newline around it", "{\"S\":\"17\\n\"}", MOMENT_WRONG_TYPE, NULL },
	{ "a NUL behind it", "{\"S\":\"17\\u0000\"}", MOMENT_WRONG_TYPE, NULL },
	{ "a sign and no digit", "{\"S\":\"-\"}", MOMENT_WRONG_TYPE, NULL },
	{ "a point and no digit", "{\"S\":\".\"}", MOMENT_WRONG_TYPE, NULL },
	{ "an exponent and no digit", "{\"S\":\"1e\"}", MOMENT_WRONG_TYPE, NULL },
	{ "hexadecimal", "{\"S\":\"0x6b\"}", MOMENT_WRONG_TYPE, NULL },
	{ "infinity", "{\"S\":\"inf\"}", MOMENT_WRONG_TYPE, NULL },
	{ "digits that are not ASCII", "{\"S\":\"\\u0661\\u0667\"}", MOMENT_WRONG_TYPE, NULL },
	{ "a date alone", "{\"S\":\"2026-11-22\"}", MOMENT_WRONG_TYPE, NULL },
	{ "a day that is none", "{\"S\":\"2026-02-30T00:00:00Z\"}", MOMENT_WRONG_TYPE, NULL },
	{ "an N that is none", "{\"N\":\"NaN\"}", MOMENT_WRONG_TYPE, NULL },
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
	{ "no AttributeValue", "{\"N\":1}", MOMENT_WRONG_TYPE, NULL },
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
		struct decimal d;
		struct moment m;

		if (cases[i].json != NULL)
			ttl = slice_str(cases[i].json);
		moment_read(&m, ttl);
		if (m.form != cases[i].form) {
			print_error("%s: form %d\n", cases[i].name, m.form);
			bad++;
		}
		if (want == NULL)
			continue;
		assert_int_equal(decimal_parse(&d, want, strlen(want)), 0);
		if (decimal_cmp(&m.seconds, &d) != 0) {
			print_error("%s: not %s\n", cases[i].name, want);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

static void
test_minus(void **state)
{
	(void)state;
	assert_true(moment_minus(5, 3) == 2);
	assert_true(moment_minus(5, -3) == 8);
	assert_true(moment_minus(INT64_MAX, -1) == INT64_MAX);
	assert_true(moment_minus(INT64_MAX, INT64_MIN) == INT64_MAX);
	assert_true(moment_minus(INT64_MIN, 1) == INT64_MIN);
	assert_true(moment_minus(INT64_MIN, INT64_MAX) == INT64_MIN);
	assert_true(moment_minus(INT64_MIN, INT64_MIN) == 0);
	assert_true(moment_minus(0, INT64_MIN) == INT64_MAX);
	assert_true(moment_minus(-1, INT64_MIN) == INT64_MAX);
	assert_true(moment_minus(-2, INT64_MAX) == INT64_MIN);
	assert_true(moment_minus(-1, INT64_MAX) == INT64_MIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_minus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
