#include <locale.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/decimal.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"

/*
 * Any bytes as a number, a time, or a text to print: results are within their
 * documented bounds, and printed text contains no control characters or
 * newlines.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_decimal(const char *p, size_t n)
{
	struct decimal d, e;
	int64_t lo, hi;

	if (decimal_parse(&d, p, n) != 0)
		return;
	lo = decimal_floor(&d);
	hi = decimal_ceil(&d);
	must(lo <= hi && (uint64_t)hi - (uint64_t)lo <= 1);
	must(
	    lo == INT64_MIN || decimal_cmp_int(&d, lo) >= 0 || lo == INT64_MAX);
	must(
	    hi == INT64_MAX || decimal_cmp_int(&d, hi) <= 0 || hi == INT64_MIN);
	must(lo != hi || lo == INT64_MIN || lo == INT64_MAX ||
	    decimal_cmp_int(&d, lo) == 0);
	e = d;
	decimal_scale(&e, 3);
	must(d.ndigits == 0 || d.exp > DECIMAL_EXP_MAX - 3 ||
	    decimal_cmp(&e, &d) == (d.negative ? -1 : 1));
	decimal_scale(&e, -3);
	must(d.exp > DECIMAL_EXP_MAX - 3 || decimal_cmp(&e, &d) == 0);
}

static void
check_times(const char *p, size_t n)
{
	int64_t epoch, again;
	bool fraction;
	char text[32];

	if (text_iso8601_parse(p, n, &epoch, &fraction) != 0 ||
	    text_time_format(text, epoch) != 0)
		return;
	must(text_iso8601_parse(text, strlen(text), &again, &fraction) == 0);
	must(again == epoch && !fraction);
	must(text_time_compact(text, epoch) == 0);
	must(text_iso8601_parse(text, strlen(text), &again, &fraction) == 0);
	must(again == epoch && !fraction);
}

static void
check_escape(const char *p, size_t n)
{
	struct buf out = { 0 }, twice = { 0 };

	text_escape(&out, p, n, false);
	for (size_t i = 0; i < out.n;) {
		unsigned char c = (unsigned char)out.p[i];
		int length = text_utf8(out.p + i, out.p + out.n);

		must(length > 0 && c >= 0x20 && c != 0x7f);
		must(c != 0xc2 || (unsigned char)out.p[i + 1] >= 0xa0);
		i += (size_t)length;
	}
	must(text_width(out.p, out.n) >= 0);
	/* Escaped again, only the backslashes change. */
	text_escape(&twice, out.p, out.n, false);
	for (size_t i = 0, j = 0; i < out.n; i++, j++) {
		must(twice.p[j] == out.p[i]);
		if (out.p[i] == '\\')
			must(twice.p[++j] == '\\');
	}
	buf_reset(&out);
	text_escape(&out, p, n, true);
	for (size_t i = 0; i < out.n; i++)
		must(out.p[i] >= 0x20 && out.p[i] < 0x7f);
	buf_release(&out);
	buf_release(&twice);
}

/* Readers of arguments give no number outside their bounds. */
static void
check_arguments(const char *p, size_t n)
{
	char *s = xstrndup(p, n), out[32];
	int64_t v = 0;

	if (text_duration_parse(s, &v) == 0)
		must(v >= 0);
	if (text_size_parse(s, &v) == 0)
		must(v >= 0);
	if (text_int_parse(s, -5, 5, &v) == 0)
		must(v >= -5 && v <= 5);
	(void)text_time_parse(s, &v);
	(void)text_httpdate_parse(s, &v);
	text_span(out, v);
	text_count(out, v);
	text_bytes(out, v);
	must(text_distance(s, s) == 0);
	free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	check_decimal(p, size);
	check_times(p, size);
	check_escape(p, size);
	check_arguments(p, size);
	return 0;
}
