#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "dynamodb/attr.h"
#include "inspector/moment.h"

/*
 * Policy. Who writes milliseconds writes a number that TTL reads as the year
 * 50 000; nobody means a moment after the year 5138, so from 1e11 on a
 * number is taken for a smaller unit. Negative numbers are before 1970 in
 * any unit and are taken as they are.
 */
static const struct {
	int power; /* from 10^power on */
	enum moment_form form;
	int shift;
} units[] = {
	/* clang-format off */
	{ 17, MOMENT_NANOSECONDS,  -9 },
	{ 14, MOMENT_MICROSECONDS, -6 },
	{ 11, MOMENT_MILLISECONDS, -3 },
	/* clang-format on */
};

/* Bring ${d} to seconds; tells the unit it was in. A decimal of exponent e
 * lies in 10^(e-1) … 10^e: no digit has to be looked at. */
static enum moment_form
to_seconds(struct decimal *d)
{
	if (d->negative || d->ndigits == 0)
		return MOMENT_SECONDS;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (d->exp > units[i].power) {
			decimal_scale(d, units[i].shift);
			return units[i].form;
		}
	return MOMENT_SECONDS;
}

/*
 * The digits after the point of a date-time, as those of a decimal that is
 * ${epoch}, the second it lies in, and a part. Before 1970 the decimal is
 * negative, and its digits count from the other end: -1 s and a quarter is
 * -0.75.
 */
static void
add_part(struct buf *out, int64_t epoch, struct slice digits)
{
	while (digits.n > 0 && digits.p[digits.n - 1] == '0')
		digits.n--;
	if (epoch >= 0 || digits.n == 0) {
		buf_addi(out, epoch);
		buf_addc(out, '.');
		buf_add(out, digits.p, digits.n);
		return;
	}
	buf_addc(out, '-');
	buf_addi(out, -(epoch + 1));
	buf_addc(out, '.');
	for (size_t i = 0; i < digits.n; i++) {
		int ten = i + 1 < digits.n ? 9 : 10;

		buf_addc(out, (char)('0' + ten - (digits.p[i] - '0')));
	}
}

static int
read_iso8601(struct decimal *d, struct slice text)
{
	struct buf number = { 0 };
	struct slice digits = { text.p, 0 };
	int64_t epoch;
	bool part;
	size_t i;

	if (text_iso8601_parse(text.p, text.n, &epoch, &part) != 0)
		return -1;
	decimal_from_int(d, epoch);
	if (!part)
		return 0;
	for (i = 0; i < text.n && text.p[i] != '.' && text.p[i] != ',';)
		i++;
	if (i < text.n)
		digits.p = text.p + i + 1;
	for (i++; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++)
		digits.n++;
	add_part(&number, epoch, digits);
	(void)decimal_parse(d, buf_text(&number), number.n);
	buf_release(&number);
	return 0;
}

void
moment_read(struct moment *m, struct slice ttl)
{
	struct buf store = { 0 };
	enum attr_type type;
	struct slice text;

	m->seconds = (struct decimal){ 0 };
	m->form = MOMENT_MISSING;
	if (ttl.p == NULL)
		return;
	m->form = MOMENT_WRONG_TYPE;
	type = attr_open(ttl, &text);
	if (type != ATTR_N && type != ATTR_S)
		return;
	if (text.n > 0 && memchr(text.p, '\\', text.n) != NULL) {
		slice_text_decode(&store, text);
		text = (struct slice){ buf_text(&store), store.n };
	}
	if (decimal_parse(&m->seconds, text.p, text.n) == 0) {
		m->form = to_seconds(&m->seconds);
		if (type == ATTR_S)
			m->form = MOMENT_STRING;
	} else if (type == ATTR_S && read_iso8601(&m->seconds, text) == 0) {
		m->form = MOMENT_STRING;
	}
	buf_release(&store);
}

int64_t
moment_minus(int64_t a, int64_t b)
{
	if (b > 0 && a < INT64_MIN + b)
		return INT64_MIN;
	if (b < 0 && a > INT64_MAX + b)
		return INT64_MAX;
	return a - b;
}
