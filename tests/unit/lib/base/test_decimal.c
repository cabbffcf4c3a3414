#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/decimal.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define MIN INT64_MIN
#define MAX INT64_MAX

static const struct {
	const char *name;
	const char *text;
	int64_t floor, ceil;
} good[] = {
	/* clang-format off */
	{ "one digit", "7", 7, 7 },
	{ "zero", "0", 0, 0 },
	{ "minus zero", "-0", 0, 0 },
	{ "zero, written long", "-000.000e-99999999999999999999", 0, 0 },
	{ "zero, huge exponent", "0e99999999999999999999999", 0, 0 },
	{ "an epoch", "1795332271", 1795332271, 1795332271 },
	{ "plus sign", "+42", 42, 42 },
	{ "leading zeros", "000000000000000000000000000000042", 42, 42 },
	{ "fraction", "1716439397.123", 1716439397, 1716439398 },
	{ "fraction of zeros", "1716439397.000", 1716439397, 1716439397 },
	{ "point without fraction", "5.", 5, 5 },
	{ "point without integer", ".5", 0, 1 },
	{ "negative fraction", "-.5", -1, 0 },
	{ "negative", "-1.000000000000000000000001", -2, -1 },
	{ "negative integer", "-7", -7, -7 },
	{ "exponent", "1.5e3", 1500, 1500 },
	{ "capital exponent, plus", "15E+2", 1500, 1500 },
	{ "exponent with zeros", "15e0000000000000000000000000002", 1500,
	    1500 },
	{ "negative exponent", "15e-1", 1, 2 },
	{ "exponent undoes the point", "0.000015e6", 15, 15 },
	{ "spaces and tabs around", " \t 12 \t", 12, 12 },
	{ "largest int64", "9223372036854775807", MAX, MAX },
	{ "largest int64 and a bit", "9223372036854775807.1", MAX, MAX },
	{ "just below the largest", "9223372036854775806.9", MAX - 1, MAX },
	{ "largest plus one", "9223372036854775808", MAX, MAX },
	{ "smallest int64", "-9223372036854775808", MIN, MIN },
	{ "smallest and a bit below", "-9223372036854775808.5", MIN, MIN },
	{ "just above the smallest", "-9223372036854775807.5", MIN, MIN + 1 },
	{ "smallest less one", "-9223372036854775809", MIN, MIN },
	{ "19 nines", "9999999999999999999", MAX, MAX },
	{ "38 nines", "99999999999999999999999999999999999999", MAX, MAX },
	{ "20 digits", "-10000000000000000000", MIN, MIN },
	{ "DynamoDB's largest", "9.9999999999999999999999999999999999999E+125",
	    MAX, MAX },
	{ "DynamoDB's smallest", "1E-130", 0, 1 },
	{ "its negative", "-1E-130", -1, 0 },
	{ "exponent saturates", "1e99999999999999999999999999", MAX, MAX },
	{ "exponent saturates below", "1e-99999999999999999999999999", 0, 1 },
	{ "negative, saturates", "-1e99999999999999999999999999", MIN, MIN },
	{ "negative, saturates below", "-1e-9999999999999999999999", -1, 0 },
	/* 12, a point, 62 zeros and more: the 65th digit is only sticky */
	{ "sticky after zeros", "12."
	    "00000000000000000000000000000000000000000000000000000000000000"
	    "00000000000001", 12, 13 },
	{ "sticky, negative", "-12."
	    "00000000000000000000000000000000000000000000000000000000000000"
	    "00000000000001", -13, -12 },
	{ "zeros past the digits kept", "12."
	    "00000000000000000000000000000000000000000000000000000000000000"
	    "000000000000000", 12, 12 },
	/* clang-format on */
};

static void
numbers_have_floor_and_ceiling(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct decimal d;
		const char *name = good[i].name, *text = good[i].text;

		if (decimal_parse(&d, text, strlen(text)) != 0)
			fail_msg("%s: not read", name);
		if (decimal_floor(&d) != good[i].floor)
			fail_msg("%s: floor is %lld", name,
			    (long long)decimal_floor(&d));
		if (decimal_ceil(&d) != good[i].ceil)
			fail_msg("%s: ceil is %lld", name,
			    (long long)decimal_ceil(&d));
	}
}

static const struct {
	const char *name;
	const char *text;
	size_t n;
} bad[] = {
	/* clang-format off */
	{ "empty", "", 0 },
	{ "white space", " \t ", 3 },
	{ "point", ".", 1 },
	{ "sign", "-", 1 },
	{ "two signs", "--1", 3 },
	{ "sign and point", "+.", 2 },
	{ "exponent alone", "e5", 2 },
	{ "point and exponent", ".e5", 3 },
	{ "exponent without digits", "1e", 2 },
	{ "exponent with a sign only", "1e+", 3 },
	{ "fractional exponent", "1e1.5", 5 },
	{ "two points", "1.2.3", 5 },
	{ "two numbers", "1 2", 3 },
	{ "space after the sign", "- 1", 3 },
	{ "space before the exponent", "1 e5", 4 },
	{ "comma", "1,5", 3 },
	{ "grouped", "1_000", 5 },
	{ "hex", "0x10", 4 },
	{ "infinity", "inf", 3 },
	{ "not a number", "NaN", 3 },
	{ "newline after", "1\n", 2 },
	{ "carriage return after", "1\r", 2 },
	{ "vertical tab before", "\v1", 2 },
	{ "NUL after", "1\0", 2 },
	{ "NUL inside", "1\0002", 3 },
	{ "no-break space", "\302\2401", 3 },
	{ "Arabic digit", "\331\241", 2 },
	{ "unicode minus", "\342\210\2221", 4 },
	{ "letter after", "15s", 3 },
	/* clang-format on */
};

static void
other_text_is_not_a_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct decimal d = { .exp = 77 };

		if (decimal_parse(&d, bad[i].text, bad[i].n) != -1)
			fail_msg("%s: was read", bad[i].name);
		if (d.exp != 77)
			fail_msg("%s: the output was touched", bad[i].name);
	}
}

static const struct {
	const char *name;
	const char *a, *b;
	int want;
} pairs[] = {
	/* clang-format off */
	{ "the same, written differently", "1e3", "1000.00", 0 },
	{ "zeros of both signs", "-0", "0e5", 0 },
	{ "one bit above", "1.00000000000000000000000000000000000001", "1", 1 },
	{ "one bit below", "0.99999999999999999999999999999999999999", "1",
	    -1 },
	{ "signs", "-1", "1", -1 },
	{ "negatives are in reverse order", "-2", "-10", 1 },
	{ "zero and the smallest", "0", "1e-999999999999", -1 },
	{ "zero and the smallest negative", "0", "-1e-999999999999", 1 },
	{ "exponents", "9e99", "1e100", -1 },
	{ "a prefix is smaller", "12", "121e-1", -1 },
	{ "both saturated", "1e9999999999", "1e8888888888", 0 },
	{ "the 64th digit",
	    "1234567890123456789012345678901234567890123456789012345678901234",
	    "1234567890123456789012345678901234567890123456789012345678901235",
	    -1 },
	{ "the 65th digit against none",
	    "1000000000000000000000000000000000000000000000000000000000000000"
	    ".1",
	    "1000000000000000000000000000000000000000000000000000000000000000",
	    1 },
	{ "the same, negative",
	    "-1000000000000000000000000000000000000000000000000000000000000000"
	    ".1",
	    "-1e63", -1 },
	/* clang-format on */
};

static int
sign(int v)
{
	return (v > 0) - (v < 0);
}

static void
numbers_compare_exactly(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct decimal a, b;

		assert_int_equal(decimal_parse(&a, pairs[i].a,
				     strlen(pairs[i].a)),
		    0);
		assert_int_equal(decimal_parse(&b, pairs[i].b,
				     strlen(pairs[i].b)),
		    0);
		if (sign(decimal_cmp(&a, &b)) != pairs[i].want ||
		    sign(decimal_cmp(&b, &a)) != -pairs[i].want ||
		    decimal_cmp(&a, &a) != 0)
			fail_msg("%s", pairs[i].name);
	}
}

static const int64_t edges[] = { MIN, MIN + 1, -1000000000000000000, -10, -9,
	-1, 0, 1, 9, 10, 99, 100, 1795332271, 999999999999999999,
	1000000000000000000, MAX - 1, MAX };

static void
numbers_compare_with_integers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(edges); i++) {
		struct decimal a, text;
		struct buf b = { 0 };

		decimal_from_int(&a, edges[i]);
		buf_addi(&b, edges[i]);
		assert_int_equal(decimal_parse(&text, b.p, b.n), 0);
		assert_int_equal(decimal_cmp(&a, &text), 0);
		assert_true(decimal_floor(&a) == edges[i]);
		assert_true(decimal_ceil(&a) == edges[i]);
		for (size_t j = 0; j < COUNT(edges); j++) {
			int want =
			    (edges[i] > edges[j]) - (edges[i] < edges[j]);

			assert_int_equal(sign(decimal_cmp_int(&a, edges[j])),
			    want);
		}
		buf_release(&b);
	}
}

static const struct {
	const char *name;
	const char *text;
	int shift;
	const char *want;
} shifts[] = {
	{ "milliseconds", "1795332271123", -3, "1795332271.123" },
	{ "nanoseconds", "1795332271123456789", -9, "1795332271.123456789" },
	{ "up", "-1.5", 3, "-1500" },
	{ "by zero", "7", 0, "7" },
	{ "zero stays", "0", 2000000000, "0" },
	{ "saturates", "1e999999999", 2000000000, "1e999999999999" },
	{ "saturates below", "1e-999999999", -2000000000, "1e-99999999999" },
	{ "largest shift", "1", INT32_MAX, "1e99999999999" },
	{ "smallest shift", "1", INT32_MIN, "1e-99999999999" },
};

static void
scaling_moves_the_exponent(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shifts); i++) {
		const char *text = shifts[i].text, *want = shifts[i].want;
		struct decimal a, b;

		assert_int_equal(decimal_parse(&a, text, strlen(text)), 0);
		assert_int_equal(decimal_parse(&b, want, strlen(want)), 0);
		decimal_scale(&a, shifts[i].shift);
		if (decimal_cmp(&a, &b) != 0)
			fail_msg("%s", shifts[i].name);
	}
}

/* 400 KB, the size of an item: of digits, of zeros, of exponent. */
static void
numbers_may_be_as_long_as_an_item(void **state)
{
	enum { LONG = 400000 };
	struct buf b = { 0 };
	struct decimal d;

	(void)state;
	buf_addc(&b, '0');
	buf_addc(&b, '.');
	memset(buf_reserve(&b, LONG), '0', LONG);
	b.n += LONG;
	buf_adds(&b, "1e400001");
	assert_int_equal(decimal_parse(&d, b.p, b.n), 0);
	assert_int_equal(decimal_cmp_int(&d, 1), 0);

	buf_reset(&b);
	memset(buf_reserve(&b, LONG), '9', LONG);
	b.n += LONG;
	buf_adds(&b, "e-399999");
	assert_int_equal(decimal_parse(&d, b.p, b.n), 0);
	assert_int_equal(decimal_floor(&d), 9);
	assert_int_equal(decimal_ceil(&d), 10);
	assert_true(decimal_cmp_int(&d, 10) < 0);

	buf_reset(&b);
	buf_adds(&b, "-1e");
	memset(buf_reserve(&b, LONG), '9', LONG);
	b.n += LONG;
	assert_int_equal(decimal_parse(&d, b.p, b.n), 0);
	assert_true(decimal_floor(&d) == MIN);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_floor_and_ceiling),
		cmocka_unit_test(other_text_is_not_a_number),
		cmocka_unit_test(numbers_compare_exactly),
		cmocka_unit_test(numbers_compare_with_integers),
		cmocka_unit_test(scaling_moves_the_exponent),
		cmocka_unit_test(numbers_may_be_as_long_as_an_item),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
