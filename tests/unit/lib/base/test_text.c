#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define MIN INT64_MIN
#define MAX INT64_MAX
#define NO 424242 /* refused: the output is unchanged */

struct number_case {
	const char *text;
	int64_t want;
};

static void
check_numbers(const char *what, const struct number_case *c, size_t n,
    int (*parse)(const char *s, int64_t *v))
{
	for (size_t i = 0; i < n; i++) {
		int64_t v = NO;
		int rc = parse(c[i].text, &v);

		if (v != c[i].want || rc != (c[i].want == NO ? -1 : 0))
			fail_msg("%s \"%s\": %d, %lld", what, c[i].text, rc,
			    (long long)v);
	}
}

static const struct number_case durations[] = {
	{ "90s", 90 },
	{ "15m", 900 },
	{ "6h", 21600 },
	{ "2d", 172800 },
	{ "1w", 604800 },
	{ "45", 45 },
	{ "0", 0 },
	{ "0w", 0 },
	{ "007s", 7 },
	{ "9223372036854775807", MAX },
	{ "9223372036854775807s", MAX },
	{ "15250284452472w", NO },
	{ "15250284452471w", 15250284452471 * 604800 },
	{ "9223372036854775808", NO },
	{ "99999999999999999999999", NO },
	{ "", NO },
	{ "s", NO },
	{ "-5s", NO },
	{ "+5s", NO },
	{ " 5s", NO },
	{ "5s ", NO },
	{ "5 s", NO },
	{ "5S", NO },
	{ "5M", NO },
	{ "1.5h", NO },
	{ "1h30m", NO },
	{ "5ms", NO },
	{ "0x5", NO },
	{ "5y", NO },
};

static const struct number_case sizes[] = {
	{ "0", 0 },
	{ "512", 512 },
	{ "512B", 512 },
	{ "4k", 4096 },
	{ "4K", 4096 },
	{ "4kb", 4096 },
	{ "4KiB", 4096 },
	{ "4kib", 4096 },
	{ "1M", 1048576 },
	{ "2g", 2147483648 },
	{ "1TiB", 1099511627776 },
	{ "8388607T", 8388607LL << 40 },
	{ "8388608T", NO },
	{ "9223372036854775807", MAX },
	{ "9223372036854775808", NO },
	{ "9007199254740992k", NO },
	{ "", NO },
	{ "k", NO },
	{ "-4k", NO },
	{ "4 k", NO },
	{ "4ki", NO },
	{ "4iB", NO },
	{ "4kBB", NO },
	{ "4x", NO },
	{ "1.5k", NO },
	{ "4kk", NO },
};

static const struct number_case times[] = {
	{ "0", 0 },
	{ "-1", -1 },
	{ "+7", 7 },
	{ "1795332271", 1795332271 },
	{ "20261122", 20261122 }, /* a number, not a basic date */
	{ "2026-11-22", 1795305600 },
	{ "2026-11-22T08:12:00Z", 1795335120 },
	{ "20261122T081200Z", 1795335120 },
	{ "2026-11-22T08:12:00.999Z", 1795335120 },
	{ "1969-12-31T23:59:59.5Z", -1 },
	{ "9223372036854775807", MAX },
	{ "-9223372036854775808", MIN },
	{ "9223372036854775808", NO },
	{ "", NO },
	{ "now", NO },
	{ "2026-11-31", NO },
	{ "2026-11", NO },
	{ "2026-11-22T", NO },
	{ "2026-11-22 ", NO },
	{ " 0", NO },
	{ "1.5", NO },
	{ "1e9", NO },
};

static const struct number_case time_zones[] = {
	{ "UTC", 0 },
	{ "+00:00", 0 },
	{ "-00:00", 0 },
	{ "+01:00", 3600 },
	{ "-08:00", -28800 },
	{ "-09:30", -34200 },
	{ "+05:45", 20700 },
	{ "+14:00", 50400 },
	{ "-12:00", -43200 },
	{ "+14:01", NO },
	{ "-12:01", NO },
	{ "+01:60", NO },
	{ "+1:00", NO },
	{ "+0100", NO },
	{ "+01", NO },
	{ "01:00", NO },
	{ "+01:00 ", NO },
	{ "+01:000", NO },
	{ "utc", NO },
	{ "Z", NO },
	{ "Europe/Berlin", NO },
	{ "PST", NO },
	{ "", NO },
	{ "-", NO },
};

static void
durations_sizes_times_and_zones_are_read(void **state)
{
	(void)state;
	check_numbers("zone", time_zones, COUNT(time_zones), text_zone_parse);
	check_numbers("duration", durations, COUNT(durations),
	    text_duration_parse);
	check_numbers("size", sizes, COUNT(sizes), text_size_parse);
	check_numbers("time", times, COUNT(times), text_time_parse);
}

static const struct {
	const char *text;
	int64_t lo, hi, want;
} ints[] = {
	{ "1", 1, 256, 1 },
	{ "256", 1, 256, 256 },
	{ "0", 1, 256, NO },
	{ "257", 1, 256, NO },
	{ "-5", -5, 5, -5 },
	{ "+5", -5, 5, 5 },
	{ "-6", -5, 5, NO },
	{ "-0", 0, 0, 0 },
	{ "00012", 0, 99, 12 },
	{ "9223372036854775807", MIN, MAX, MAX },
	{ "-9223372036854775808", MIN, MAX, MIN },
	{ "9223372036854775808", MIN, MAX, NO },
	{ "-9223372036854775809", MIN, MAX, NO },
	{ "", MIN, MAX, NO },
	{ "-", MIN, MAX, NO },
	{ "+-1", MIN, MAX, NO },
	{ "1 ", MIN, MAX, NO },
	{ " 1", MIN, MAX, NO },
	{ "1k", 0, 99, NO },
	{ "0x1", 0, 99, NO },
	{ "1e1", 0, 99, NO },
};

static void
integers_are_read_within_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ints); i++) {
		int64_t v = NO;
		int rc =
		    text_int_parse(ints[i].text, ints[i].lo, ints[i].hi, &v);

		if (v != ints[i].want || rc != (v == NO ? -1 : 0))
			fail_msg("\"%s\": %d, %lld", ints[i].text, rc,
			    (long long)v);
	}
}

static const struct {
	const char *text;
	int64_t want;
	bool fraction;
} moments[] = {
	/* clang-format off */
	{ "2026-11-22T08:12:00Z", 1795335120, false },
	{ "2026-11-22t08:12:00z", 1795335120, false },
	{ "2026-11-22 08:12:00Z", 1795335120, false },
	{ "2026-11-22T08:12:00", 1795335120, false },
	{ "2026-11-22T08:12Z", 1795335120, false },
	{ "2026-11-22T08:12", 1795335120, false },
	{ "20261122T081200Z", 1795335120, false },
	{ "20261122T0812", 1795335120, false },
	{ "20261122 081200.5", 1795335120, true },
	{ "2026-11-22T08:12:00.000Z", 1795335120, false },
	{ "2026-11-22T08:12:00.0001Z", 1795335120, true },
	{ "2026-11-22T08:12:00,5+00:00", 1795335120, true },
	{ "2026-11-22T09:12:00+01:00", 1795335120, false },
	{ "2026-11-22T09:12:00+0100", 1795335120, false },
	{ "2026-11-22T09:12:00+01", 1795335120, false },
	{ "20261122T091200+01:00", 1795335120, false },
	{ "2026-11-22T13:42:00+05:30", 1795335120, false },
	{ "2026-11-22T02:12:00-06", 1795335120, false },
	{ "2026-11-21T08:13:00-23:59", 1795335120, false },
	{ "2026-11-22T08:12:00-00:00", 1795335120, false },
	{ "2026-11-22T24:00:00Z", 1795392000, false },
	{ "2026-11-22T24:00Z", 1795392000, false },
	{ "2026-11-22T24:00:00.000Z", 1795392000, false },
	{ "2026-12-31T24:00:00Z", 1798761600, false },
	{ "2016-12-31T23:59:60Z", 1483228800, false },
	{ "2016-12-31T23:59:60.5Z", 1483228800, true },
	{ "2017-01-01T00:59:60+01:00", 1483228800, false },
	{ "20161231T235960Z", 1483228800, false },
	{ "1970-01-01T00:00:00Z", 0, false },
	{ "1969-12-31T23:59:59Z", -1, false },
	{ "1969-12-31T23:59:59.9Z", -1, true },
	{ "2000-02-29T00:00:00Z", 951782400, false },
	{ "2024-02-29T12:00:00Z", 1709208000, false },
	{ "0000-01-01T00:00:00Z", -62167219200, false },
	{ "0000-02-29T00:00:00Z", -62162121600, false },
	{ "0000-01-01T00:00:00+23:59", -62167305540, false },
	{ "9999-12-31T23:59:59Z", 253402300799, false },
	{ "9999-12-31T23:59:60Z", 253402300800, false },
	{ "9999-12-31T24:00:00-23:59", 253402387140, false },

	{ "", NO, false },
	{ "2026-11-22", NO, false },
	{ "20261122", NO, false },
	{ "1795335120", NO, false },
	{ "2026-11-22T", NO, false },
	{ "2026-11-22T08", NO, false },
	{ "2026-11-22T08Z", NO, false },
	{ "2026-11-22T08:12:Z", NO, false },
	{ "2026-11-22T08:12:0Z", NO, false },
	{ "2026-11-22T08:12:00.Z", NO, false },
	{ "2026-11-22T08:12.5Z", NO, false },
	{ "2026-11-22T08:12:00 Z", NO, false },
	{ "2026-11-22T08:12:00Z ", NO, false },
	{ " 2026-11-22T08:12:00Z", NO, false },
	{ "2026-11-22  08:12:00Z", NO, false },
	{ "2026-11-22\t08:12:00Z", NO, false },
	{ "2026-11-22_08:12:00Z", NO, false },
	{ "2026-11-22T08:12:00UTC", NO, false },
	{ "2026-11-22T08:12:00+1", NO, false },
	{ "2026-11-22T08:12:00+01:", NO, false },
	{ "2026-11-22T08:12:00+01:0", NO, false },
	{ "2026-11-22T08:12:00+24:00", NO, false },
	{ "2026-11-22T08:12:00+01:60", NO, false },
	{ "2026-11-22T08:12:00Z+01", NO, false },
	{ "2026-11-22T081200Z", NO, false },
	{ "20261122T08:12:00Z", NO, false },
	{ "2026-1122T08:12:00Z", NO, false },
	{ "202611-22T081200Z", NO, false },
	{ "2026-11-22T0812:00Z", NO, false },
	{ "26-11-22T08:12:00Z", NO, false },
	{ "+002026-11-22T08:12:00Z", NO, false },
	{ "-0001-11-22T08:12:00Z", NO, false },
	{ "2026-W47-7T08:12:00Z", NO, false },
	{ "2026-326T08:12:00Z", NO, false },
	{ "2026-00-22T08:12:00Z", NO, false },
	{ "2026-13-22T08:12:00Z", NO, false },
	{ "2026-11-00T08:12:00Z", NO, false },
	{ "2026-11-31T08:12:00Z", NO, false },
	{ "2026-02-29T08:12:00Z", NO, false },
	{ "1900-02-29T08:12:00Z", NO, false },
	{ "2026-11-22T25:00:00Z", NO, false },
	{ "2026-11-22T24:01:00Z", NO, false },
	{ "2026-11-22T24:00:01Z", NO, false },
	{ "2026-11-22T24:00:00.001Z", NO, false },
	{ "2026-11-22T08:60:00Z", NO, false },
	{ "2026-11-22T08:12:61Z", NO, false },
	{ "2026-11-22T08:12:60Z", NO, false },
	{ "2016-12-31T23:59:60+01:00", NO, false },
	{ "2026-11-22T08:12:00\xe2\x88\x92" "01:00", NO, false },
	/* clang-format on */
};

static void
iso_8601_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(moments); i++) {
		int64_t v = NO;
		bool fraction = false;
		int rc = text_iso8601_parse(moments[i].text,
		    strlen(moments[i].text), &v, &fraction);

		if (v != moments[i].want || rc != (v == NO ? -1 : 0) ||
		    fraction != moments[i].fraction)
			fail_msg("\"%s\": %d, %lld, fraction %d",
			    moments[i].text, rc, (long long)v, fraction);
	}
}

/* Bytes past n do not count; a NUL inside is a byte like any other. */
static void
iso_8601_reads_no_byte_past_its_end(void **state)
{
	static const char text[] = "2026-11-22T08:12:00Z";
	int64_t v;
	bool fraction;

	(void)state;
	assert_int_equal(text_iso8601_parse(text, 19, &v, &fraction), 0);
	assert_int_equal(v, 1795335120);
	for (size_t n = 0; n < 16; n++)
		assert_int_equal(text_iso8601_parse(text, n, &v, &fraction),
		    -1);
	assert_int_equal(text_iso8601_parse(text, sizeof(text), &v, &fraction),
	    -1);
}

static const struct number_case http_dates[] = {
	{ "Sun, 22 Nov 2026 08:12:00 GMT", 1795335120 },
	{ "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
	{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
	{ "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 },
	{ "Sun, 22 Nov 2026 08:12:00 UTC", NO },
	{ "Sun, 22 Nov 2026 08:12:00 +0000", NO },
	{ "Sun, 22 Nov 2026 08:12:00", NO },
	{ "Sun, 22 Nov 2026 08:12:00 GMT ", NO },
	{ " Sun, 22 Nov 2026 08:12:00 GMT", NO },
	{ "Sun, 2 Nov 2026 08:12:00 GMT", NO },
	{ "Sun, 31 Nov 2026 08:12:00 GMT", NO },
	{ "Sun, 22 nov 2026 08:12:00 GMT", NO },
	{ "Xxx, 22 Nov 2026 08:12:00 GMT", NO },
	{ "Sun, 22 Nov 2026 24:00:00 GMT", NO },
	{ "Sun, 22 Nov 2026 08:12:60 GMT", NO },
	{ "Sunday, 06-Nov-94 08:49:37 GMT", NO },
	{ "Sun Nov  6 08:49:37 1994", NO },
	{ "", NO },
	{ "Su", NO },
};

static void
http_dates_are_read(void **state)
{
	(void)state;
	check_numbers("date", http_dates, COUNT(http_dates),
	    text_httpdate_parse);
}

static const struct {
	int64_t v;
	const char *text, *compact;
} formats[] = {
	{ 0, "1970-01-01T00:00:00Z", "19700101T000000Z" },
	{ -1, "1969-12-31T23:59:59Z", "19691231T235959Z" },
	{ 1795335120, "2026-11-22T08:12:00Z", "20261122T081200Z" },
	{ 951868799, "2000-02-29T23:59:59Z", "20000229T235959Z" },
	{ 253402300799, "9999-12-31T23:59:59Z", "99991231T235959Z" },
	{ -62167219200, "0000-01-01T00:00:00Z", "00000101T000000Z" },
	{ 253402300800, "", "" },
	{ -62167219201, "", "" },
	{ MAX, "", "" },
	{ MIN, "", "" },
};

static void
times_are_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		char text[32] = "x", compact[32] = "x";
		int rc = formats[i].text[0] != '\0' ? 0 : -1;

		assert_int_equal(text_time_format(text, formats[i].v), rc);
		assert_string_equal(text, formats[i].text);
		assert_int_equal(text_time_compact(compact, formats[i].v), rc);
		assert_string_equal(compact, formats[i].compact);
	}
}

static const struct {
	int64_t v;
	const char *span, *count, *bytes;
} people[] = {
	/* clang-format off */
	{ 0, "0 s", "0", "0 B" },
	{ 41, "41 s", "41", "41 B" },
	{ 60, "1 min", "60", "60 B" },
	{ 90, "1 min 30 s", "90", "90 B" },
	{ 999, "16 min 39 s", "999", "999 B" },
	{ 1000, "16 min 40 s", "1 000", "1000 B" },
	{ 1023, "17 min 3 s", "1 023", "1023 B" },
	{ 1024, "17 min 4 s", "1 024", "1.0 KiB" },
	{ 1434, "23 min 54 s", "1 434", "1.4 KiB" },
	{ 3600, "1 h", "3 600", "3.5 KiB" },
	{ 3601, "1 h", "3 601", "3.5 KiB" },
	{ 7500, "2 h 5 min", "7 500", "7.3 KiB" },
	{ 14973, "4 h 9 min", "14 973", "14.6 KiB" },
	{ 273600, "3 d 4 h", "273 600", "267.2 KiB" },
	{ 1048524, "12 d 3 h", "1 048 524", "1023.9 KiB" },
	{ 1048525, "12 d 3 h", "1 048 525", "1.0 MiB" },
	{ 1048575, "12 d 3 h", "1 048 575", "1.0 MiB" },
	{ 3221225472, "37282 d 16 h", "3 221 225 472", "3.0 GiB" },
	{ -41, "-41 s", "-41", "-41 B" },
	{ -7500, "-2 h 5 min", "-7 500", "-7.3 KiB" },
	{ -100000, "-1 d 3 h", "-100 000", "-97.7 KiB" },
	{ MAX, "106751991167300 d 15 h", "9 223 372 036 854 775 807",
	    "8.0 EiB" },
	{ MIN, "-106751991167300 d 15 h", "-9 223 372 036 854 775 808",
	    "-8.0 EiB" },
	/* clang-format on */
};

static void
spans_counts_and_bytes_are_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(people); i++) {
		char text[32];

		text_span(text, people[i].v);
		assert_string_equal(text, people[i].span);
		text_count(text, people[i].v);
		assert_string_equal(text, people[i].count);
		text_bytes(text, people[i].v);
		assert_string_equal(text, people[i].bytes);
	}
}

static const struct {
	const char *name;
	const char *text;
	size_t n; /* 0: up to the NUL */
	const char *want, *ascii;
} escapes[] = {
	/* clang-format off */
	{ "plain", "session:a b~", 0, "session:a b~", "session:a b~" },
	{ "empty", "", 0, "", "" },
	{ "short escapes", "a\nb\tc\rd\\e", 0, "a\\nb\\tc\\rd\\\\e",
	    "a\\nb\\tc\\rd\\\\e" },
	{ "backslash in the text", "\\x1b", 0, "\\\\x1b", "\\\\x1b" },
	{ "NUL and escape", "a\0\33[31m", 7, "a\\x00\\x1b[31m",
	    "a\\x00\\x1b[31m" },
	{ "DEL", "\177", 0, "\\x7f", "\\x7f" },
	{ "C1: CSI", "\302\233", 0, "\\xc2\\x9b", "\\xc2\\x9b" },
	{ "C1: first", "\302\200", 0, "\\xc2\\x80", "\\xc2\\x80" },
	{ "C1: next line", "\302\205", 0, "\\xc2\\x85", "\\xc2\\x85" },
	{ "no-break space stays", "\302\240", 0, "\302\240", "\\xc2\\xa0" },
	{ "soft hyphen", "\302\255", 0, "\\xc2\\xad", "\\xc2\\xad" },
	{ "letters stay", "z\303\274\344\270\255\360\237\230\200", 0,
	    "z\303\274\344\270\255\360\237\230\200",
	    "z\\xc3\\xbc\\xe4\\xb8\\xad\\xf0\\x9f\\x98\\x80" },
	{ "combining stays", "e\314\201", 0, "e\314\201", "e\\xcc\\x81" },
	{ "Arabic letter mark", "\330\234", 0, "\\xd8\\x9c", "\\xd8\\x9c" },
	{ "hair space stays", "\342\200\212", 0, "\342\200\212",
	    "\\xe2\\x80\\x8a" },
	{ "zero width space", "\342\200\213", 0, "\\xe2\\x80\\x8b",
	    "\\xe2\\x80\\x8b" },
	{ "right-to-left mark", "\342\200\217", 0, "\\xe2\\x80\\x8f",
	    "\\xe2\\x80\\x8f" },
	{ "hyphen stays", "\342\200\220", 0, "\342\200\220",
	    "\\xe2\\x80\\x90" },
	{ "ellipsis", "\342\200\246", 0, "\342\200\246", "..." },
	{ "line separator", "\342\200\250", 0, "\\xe2\\x80\\xa8",
	    "\\xe2\\x80\\xa8" },
	{ "paragraph separator", "\342\200\251", 0, "\\xe2\\x80\\xa9",
	    "\\xe2\\x80\\xa9" },
	{ "right-to-left override", "a\342\200\256b", 0, "a\\xe2\\x80\\xaeb",
	    "a\\xe2\\x80\\xaeb" },
	{ "narrow space stays", "\342\200\257", 0, "\342\200\257",
	    "\\xe2\\x80\\xaf" },
	{ "word joiner", "\342\201\240", 0, "\\xe2\\x81\\xa0",
	    "\\xe2\\x81\\xa0" },
	{ "isolate", "\342\201\246", 0, "\\xe2\\x81\\xa6",
	    "\\xe2\\x81\\xa6" },
	{ "last of its row", "\342\201\257", 0, "\\xe2\\x81\\xaf",
	    "\\xe2\\x81\\xaf" },
	{ "superscript zero stays", "\342\201\260", 0, "\342\201\260",
	    "\\xe2\\x81\\xb0" },
	{ "byte order mark", "\357\273\277", 0, "\\xef\\xbb\\xbf",
	    "\\xef\\xbb\\xbf" },
	{ "annotation", "\357\277\271", 0, "\\xef\\xbf\\xb9",
	    "\\xef\\xbf\\xb9" },
	{ "replacement character stays", "\357\277\275", 0, "\357\277\275",
	    "\\xef\\xbf\\xbd" },
	{ "U+FFFE", "\357\277\276", 0, "\\xef\\xbf\\xbe",
	    "\\xef\\xbf\\xbe" },
	{ "U+FFFF", "\357\277\277", 0, "\\xef\\xbf\\xbf",
	    "\\xef\\xbf\\xbf" },
	{ "U+FDD0", "\357\267\220", 0, "\\xef\\xb7\\x90",
	    "\\xef\\xb7\\x90" },
	{ "U+FDEF", "\357\267\257", 0, "\\xef\\xb7\\xaf",
	    "\\xef\\xb7\\xaf" },
	{ "U+1FFFE", "\360\237\277\276", 0, "\\xf0\\x9f\\xbf\\xbe",
	    "\\xf0\\x9f\\xbf\\xbe" },
	{ "U+10FFFF", "\364\217\277\277", 0, "\\xf4\\x8f\\xbf\\xbf",
	    "\\xf4\\x8f\\xbf\\xbf" },
	{ "tag", "\363\240\201\201", 0, "\\xf3\\xa0\\x81\\x81",
	    "\\xf3\\xa0\\x81\\x81" },
	{ "surrogate", "\355\240\200", 0, "\\xed\\xa0\\x80",
	    "\\xed\\xa0\\x80" },
	{ "overlong slash", "\300\257", 0, "\\xc0\\xaf", "\\xc0\\xaf" },
	{ "overlong escape", "\340\200\233", 0, "\\xe0\\x80\\x9b",
	    "\\xe0\\x80\\x9b" },
	{ "past the end of Unicode", "\364\220\200\200", 0,
	    "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80" },
	{ "lone continuation", "a\200b", 0, "a\\x80b", "a\\x80b" },
	{ "truncated, then a letter", "\342\200a", 0, "\\xe2\\x80a",
	    "\\xe2\\x80a" },
	{ "truncated at the end", "ab\303\274", 3, "ab\\xc3", "ab\\xc3" },
	{ "bytes that are never UTF-8", "\376\377", 0, "\\xfe\\xff",
	    "\\xfe\\xff" },
	/* clang-format on */
};

static void
escaped_text_is_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(escapes); i++) {
		size_t n = escapes[i].n;
		struct buf out = { 0 };

		if (n == 0)
			n = strlen(escapes[i].text);
		text_escape(&out, escapes[i].text, n, false);
		if (strcmp(buf_text(&out), escapes[i].want) != 0)
			fail_msg("%s: %s", escapes[i].name, buf_text(&out));
		buf_reset(&out);
		text_escape(&out, escapes[i].text, n, true);
		if (strcmp(buf_text(&out), escapes[i].ascii) != 0)
			fail_msg("%s, ascii: %s", escapes[i].name,
			    buf_text(&out));
		buf_release(&out);
	}
}

/* And every well-formed sequence is recognized. */
static void
every_code_point_is_kept_or_escaped_whole(void **state)
{
	(void)state;
	for (uint32_t c = 0x80; c <= 0x10ffff; c++) {
		char p[4];
		int n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		bool surrogate = c >= 0xd800 && c < 0xe000;
		struct buf out = { 0 };
		uint32_t rest = c;

		for (int i = n - 1; i > 0; i--, rest >>= 6)
			p[i] = (char)(0x80 | (rest & 0x3f));
		p[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | rest);
		assert_int_equal(text_utf8(p, p + n), surrogate ? 0 : n);
		assert_int_equal(text_utf8(p, p + n - 1), 0);
		text_escape(&out, p, (size_t)n, false);
		if (out.n == (size_t)n)
			assert_memory_equal(out.p, p, n);
		else
			assert_int_equal(out.n, 4 * n);
		if (surrogate || (c & 0xfffe) == 0xfffe || c < 0xa0)
			assert_int_equal(out.n, 4 * n);
		buf_release(&out);
	}
}

static const struct {
	const char *text;
	int want, bytewise;
} widths[] = {
	{ "", 0, 0 },
	{ "session:ab", 10, 10 },
	{ "\303\274ber", 4, 5 },
	{ "\344\270\255\346\226\207", 4, 6 },
	{ "e\314\201", 1, 3 },
	{ "a\360\237\230\200", 3, 5 },
	{ "\302\240", 1, 2 },
};

static void
width_is_that_of_the_terminal(void **state)
{
	bool utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;

	(void)state;
	for (size_t i = 0; utf8 && i < COUNT(widths); i++)
		assert_int_equal(text_width(widths[i].text,
				     strlen(widths[i].text)),
		    widths[i].want);
	assert_non_null(setlocale(LC_CTYPE, "C"));
	for (size_t i = 0; i < COUNT(widths); i++)
		assert_int_equal(text_width(widths[i].text,
				     strlen(widths[i].text)),
		    widths[i].bytewise);
	if (!utf8)
		skip();
}

static void
distance_counts_edits(void **state)
{
	static const struct {
		const char *a, *b;
		int want;
	} cases[] = {
		{ "", "", 0 },
		{ "purge", "purge", 0 },
		{ "", "abc", 3 },
		{ "purge", "pruge", 2 },
		{ "inspect", "inspct", 1 },
		{ "list", "lists", 1 },
		{ "kitten", "sitting", 3 },
		{ "export", "import", 2 },
	};
	char a[200], b[200];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (text_distance(cases[i].a, cases[i].b) != cases[i].want ||
		    text_distance(cases[i].b, cases[i].a) != cases[i].want)
			fail_msg("%s, %s", cases[i].a, cases[i].b);
	}
	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	a[199] = b[199] = '\0';
	assert_int_equal(text_distance(a, b), 64);
}

static void
text_is_cut_to_its_cells(void **state)
{
	static const struct {
		const char *name, *text;
		int cells, least;
		const char *shows;
		bool ascii;
	} cases[] = {
		{ "fits", "abc", 3, 3, "abc", false },
		{ "one too many", "abcd", 3, 4, "ab\xe2\x80\xa6", false },
		{ "three dots", "abcdefghijkl", 8, 8, "abcde...", true },
		{ "wide characters are not halved",
		    "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", 4, 6,
		    "\xe6\xbc\xa2\xe2\x80\xa6", false },
		{ "a number", "1790000000000", 3, 13, "1790000000000", false },
		{ "a number of many digits", "-1.5E-125", 1, 9, "-1.5E-125",
		    false },
		{ "a date is not a number", "2026-11-22", 8, 8,
		    "2026-11\xe2\x80\xa6", false },
		{ "a space makes it not a number", " 1790000000", 8, 8,
		    " 179000\xe2\x80\xa6", false },
		{ "a masked key",
		    "session:ab12\xe2\x80\xa6"
		    "9f3e21",
		    15, 8,
		    "session:\xe2\x80\xa6"
		    "9f3e21",
		    false },
		{ "a masked key, cut",
		    "session:ab12\xe2\x80\xa6"
		    "9f3e21",
		    8, 8,
		    "s\xe2\x80\xa6"
		    "9f3e21",
		    false },
		{ "its hash alone",
		    "session:\xe2\x80\xa6"
		    "9f3e21",
		    7, 8,
		    "\xe2\x80\xa6"
		    "9f3e21",
		    false },
		{ "not even its hash",
		    "session:\xe2\x80\xa6"
		    "9f3e21",
		    6, 8, "sessi\xe2\x80\xa6", false },
		{ "masked with dots", "session:ab12...9f3e21", 12, 9,
		    "ses...9f3e21", true },
		{ "not a hash",
		    "session:ab12\xe2\x80\xa6"
		    "9f3e2x",
		    12, 8, "session:ab1\xe2\x80\xa6", false },
		{ "empty", "", 0, 0, "", false },
	};
	struct buf b = { 0 };

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t n = strlen(cases[i].text);
		int took;

		print_message("%s\n", cases[i].name);
		buf_reset(&b);
		took = text_cut(&b, cases[i].text, n, cases[i].cells,
		    cases[i].ascii);
		assert_string_equal(buf_text(&b), cases[i].shows);
		assert_int_equal(took, text_width(buf_text(&b), b.n));
		assert_int_equal(text_cut_least(cases[i].text, n,
				     cases[i].ascii),
		    cases[i].least);
	}
	assert_non_null(setlocale(LC_CTYPE, "C"));
	buf_release(&b);
}

static void
case_is_ignored_for_ascii_only(void **state)
{
	(void)state;
	assert_true(text_same_fold("SessID", "sESSid", 6));
	assert_true(text_same_fold("abc", "abd", 2));
	assert_true(text_same_fold("", "x", 0));
	assert_false(text_same_fold("sid", "sic", 3));
	assert_false(text_same_fold("[", "{", 1));
	assert_false(text_same_fold("@", "`", 1));
	assert_true(text_same_fold("a\0B", "A\0b", 3));
}

static void
an_ending_needs_something_before_it(void **state)
{
	(void)state;
	assert_true(text_ends_in("a.gz", 4, ".gz"));
	assert_false(text_ends_in(".gz", 3, ".gz")); /* nothing before it */
	assert_false(text_ends_in("a.gz", 3, ".gz"));
	assert_false(text_ends_in("a.gz.x", 6, ".gz"));
	assert_false(text_ends_in("", 0, ".gz"));
}

static void
utf8_must_be_well_formed(void **state)
{
	(void)state;
	assert_true(text_is_utf8("", 0));
	assert_true(text_is_utf8("a\xc3\xa9\0", 4));
	assert_false(text_is_utf8("a\xc3", 2)); /* truncated */
	assert_false(text_is_utf8("\xff"
				  "a",
	    2));
}

static void
hex_digits_have_values(void **state)
{
	static const char digits[] = "0123456789abcdef";

	(void)state;
	for (int c = 0; c < 256; c++) {
		const char *at = c != 0 && strchr("ABCDEF", c) != NULL
		    ? strchr(digits, c + 32)
		    : memchr(digits, c, 16);

		assert_int_equal(text_hex((char)c),
		    at != NULL ? at - digits : -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_cut_to_its_cells),
		cmocka_unit_test(durations_sizes_times_and_zones_are_read),
		cmocka_unit_test(integers_are_read_within_bounds),
		cmocka_unit_test(iso_8601_is_read),
		cmocka_unit_test(iso_8601_reads_no_byte_past_its_end),
		cmocka_unit_test(http_dates_are_read),
		cmocka_unit_test(times_are_written),
		cmocka_unit_test(spans_counts_and_bytes_are_written),
		cmocka_unit_test(escaped_text_is_safe),
		cmocka_unit_test(every_code_point_is_kept_or_escaped_whole),
		cmocka_unit_test(width_is_that_of_the_terminal),
		cmocka_unit_test(distance_counts_edits),
		cmocka_unit_test(case_is_ignored_for_ascii_only),
		cmocka_unit_test(an_ending_needs_something_before_it),
		cmocka_unit_test(utf8_must_be_well_formed),
		cmocka_unit_test(hex_digits_have_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
