#include <string.h>

#include "inspector/moment.h"
#include "lib/base/buf.h"
#include "lib/base/sum.h"
#include "lib/base/text.h"
#include "lib/dynamodb/attr.h"

/* Any number of so many digits fits into an int64. */
#define WHOLE_DIGITS 18

/* Policy: a number is in the unit in whose window it lies. */

bool
moment_means(enum moment_form form)
{
	return form <= MOMENT_STRING;
}

bool
moment_in_window(const struct decimal *seconds, int64_t now)
{
	return decimal_cmp_int(seconds, MOMENT_EARLIEST) >= 0 &&
	    decimal_cmp_int(seconds, sum_add(now, MOMENT_AHEAD)) <= 0;
}

bool
moment_reaches(int64_t now, int64_t seconds)
{
	struct decimal at;

	decimal_from_int(&at, sum_add(now, seconds));
	return moment_in_window(&at, now);
}

/* The unit of ${d}, which is converted to seconds; unchanged outside all
 * windows. */
static enum moment_form
unit_of(struct decimal *d, int64_t now)
{
	for (int unit = MOMENT_SECONDS; unit <= MOMENT_NANOSECONDS; unit++) {
		struct decimal seconds = *d;

		decimal_scale(&seconds, -3 * unit);
		if (!moment_in_window(&seconds, now))
			continue;
		*d = seconds;
		return (enum moment_form)unit;
	}
	return decimal_cmp_int(d, now) > 0 ? MOMENT_FAR_FUTURE : MOMENT_NO_TIME;
}

static int
read_iso8601(struct decimal *d, struct slice text, struct moment_zone zone)
{
	struct buf number = { 0 };
	const char *p = text.p, *end = text.p + text.n, *digits;
	int64_t epoch;
	bool part;

	if (text_iso8601_parse(text.p, text.n, &epoch, &part) != 0)
		return -1;
	if (zone.known && !text_iso8601_zoned(text.p, text.n))
		epoch -= zone.east;
	decimal_from_int(d, epoch);
	if (!part || epoch < 0) /* < 0: outside the window */
		return 0;
	while (p < end && *p != '.' && *p != ',')
		p++;
	digits = p < end ? ++p : p;
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	buf_addf(&number, "%lld.%.*s", (long long)epoch, (int)(p - digits),
	    digits);
	(void)decimal_parse(d, buf_text(&number), number.n);
	buf_release(&number);
	return 0;
}

/* Read ${ttl} if it is the usual whole number of seconds, {"N":"1796807556"};
 * false, with nothing set, if not. */
static bool
read_seconds(struct moment *m, struct slice ttl, int64_t now)
{
	static const char head[] = "{\"N\":\"", tail[] = "\"}";
	const size_t around = sizeof(head) - 1 + sizeof(tail) - 1;
	const char *p = ttl.p + sizeof(head) - 1;
	size_t n = ttl.n - around;
	int64_t v = 0;

	if (ttl.n <= around || n > WHOLE_DIGITS ||
	    memcmp(ttl.p, head, sizeof(head) - 1) != 0 ||
	    memcmp(p + n, tail, sizeof(tail) - 1) != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (p[i] - '0');
	}
	if (v < MOMENT_EARLIEST || v > sum_add(now, MOMENT_AHEAD))
		return false;
	m->form = MOMENT_SECONDS;
	m->zoneless = false;
	m->floor = m->ceil = v;
	return true;
}

static void
read_string(struct moment *m, struct slice text, int64_t now,
    struct moment_zone zone)
{
	bool in;

	if (decimal_parse(&m->fraction, text.p, text.n) == 0) {
		in = moment_means(unit_of(&m->fraction, now));
	} else if (read_iso8601(&m->fraction, text, zone) == 0) {
		in = moment_in_window(&m->fraction, now);
		m->zoneless =
		    in && !zone.known && !text_iso8601_zoned(text.p, text.n);
	} else {
		return;
	}
	m->form = in ? MOMENT_STRING : MOMENT_NO_TIME;
}

void
moment_read(struct moment *m, struct slice ttl, int64_t now,
    struct moment_zone zone)
{
	struct buf store = { 0 };
	enum attr_type type;
	struct slice text;

	if (ttl.p != NULL && read_seconds(m, ttl, now))
		return;
	*m = (struct moment){ .form = MOMENT_MISSING };
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
	if (type == ATTR_S)
		read_string(m, text, now, zone);
	else if (decimal_parse(&m->fraction, text.p, text.n) == 0)
		m->form = unit_of(&m->fraction, now);
	if (moment_means(m->form)) {
		m->floor = decimal_floor(&m->fraction);
		m->ceil = decimal_ceil(&m->fraction);
	}
	buf_release(&store);
}

struct decimal
moment_exact(const struct moment *m)
{
	struct decimal whole;

	if (m->floor != m->ceil)
		return m->fraction;
	decimal_from_int(&whole, m->floor);
	return whole;
}
