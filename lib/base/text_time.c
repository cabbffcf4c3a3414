#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

#define DAY 86400

/* The parts of a date-time, as written. */
struct stamp {
	int64_t year;
	int month, day, hour, minute, second;
	int zone; /* seconds east of UTC */
	bool fraction;
};

/* Days since 1970-01-01, proleptic Gregorian. Years begin in March, so that the
 * leap day is the last day of a year. */
static int64_t
days_of(int64_t year, int month, int day)
{
	int64_t era, of_era, of_year;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	of_era = year - era * 400;
	of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - 719468;
}

static void
date_of(int64_t days, struct stamp *t)
{
	int64_t era, of_era, year, of_year, month;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	of_era = days - era * 146097;
	year =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	month = (5 * of_year + 2) / 153;
	t->day = (int)(of_year - (153 * month + 2) / 5 + 1);
	t->month = (int)(month < 10 ? month + 3 : month - 9);
	t->year = year + era * 400 + (t->month <= 2);
}

static int
days_in(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };

	if (month == 2 &&
	    (year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)))
		return 29;
	return days[month - 1];
}

/* Check the ranges and compute the epoch. A leap second is the one after
 * 23:59:59 UTC; it has the same epoch as the midnight that follows. */
static int
epoch_of(const struct stamp *t, int64_t *epoch)
{
	int64_t v;

	if (t->month < 1 || t->month > 12 || t->day < 1 ||
	    t->day > days_in(t->year, t->month) || t->minute > 59 ||
	    t->second > 60)
		return -1;
	if (t->hour > 23 &&
	    (t->hour > 24 || t->minute > 0 || t->second > 0 || t->fraction))
		return -1;
	v = days_of(t->year, t->month, t->day) * DAY + t->hour * 3600 +
	    t->minute * 60 + t->second - t->zone;
	if (t->second == 60 && v % DAY != 0)
		return -1;
	*epoch = v;
	return 0;
}

/* Read exactly ${n} digits at *${p}. */
static int
number(const char **p, const char *end, int n, int *v)
{
	int u = 0;

	if (end - *p < n)
		return -1;
	for (int i = 0; i < n; i++) {
		char c = (*p)[i];

		if (c < '0' || c > '9')
			return -1;
		u = u * 10 + (c - '0');
	}
	*p += n;
	*v = u;
	return 0;
}

static bool
take(const char **p, const char *end, char c)
{
	if (*p == end || **p != c)
		return false;
	(*p)++;
	return true;
}

/* YYYY-MM-DD (*${extended}) or YYYYMMDD. */
static int
read_date(const char **p, const char *end, struct stamp *t, bool *extended)
{
	int year;

	if (number(p, end, 4, &year) != 0)
		return -1;
	t->year = year;
	*extended = take(p, end, '-');
	if (number(p, end, 2, &t->month) != 0 || take(p, end, '-') != *extended)
		return -1;
	return number(p, end, 2, &t->day);
}

/* hh:mm[:ss[.f]] (${extended}) or hhmm[ss[.f]]. */
static int
read_clock(const char **p, const char *end, struct stamp *t, bool extended)
{
	const char *from;
	int second;

	if (number(p, end, 2, &t->hour) != 0 || take(p, end, ':') != extended ||
	    number(p, end, 2, &t->minute) != 0)
		return -1;
	if (extended) {
		if (!take(p, end, ':'))
			return 0;
		if (number(p, end, 2, &t->second) != 0)
			return -1;
	} else if (number(p, end, 2, &second) == 0) {
		t->second = second;
	} else {
		return 0;
	}
	if (!take(p, end, '.') && !take(p, end, ','))
		return 0;
	for (from = *p; *p < end && **p >= '0' && **p <= '9'; (*p)++)
		t->fraction = t->fraction || **p != '0';
	return *p > from ? 0 : -1;
}

/* Nothing, Z, or ±hh, ±hhmm, ±hh:mm up to the end. */
static int
read_zone(const char **p, const char *end, struct stamp *t)
{
	int hour, minute = 0, sign;

	if (*p == end || take(p, end, 'Z') || take(p, end, 'z'))
		return 0;
	if (take(p, end, '+'))
		sign = 1;
	else if (take(p, end, '-'))
		sign = -1;
	else
		return -1;
	if (number(p, end, 2, &hour) != 0)
		return -1;
	if (*p < end) {
		(void)take(p, end, ':');
		if (number(p, end, 2, &minute) != 0)
			return -1;
	}
	if (hour > 23 || minute > 59)
		return -1;
	t->zone = sign * (hour * 3600 + minute * 60);
	return 0;
}

int
text_iso8601_parse(const char *p, size_t n, int64_t *epoch, bool *fraction)
{
	const char *end = p + n;
	struct stamp t = { 0 };
	bool extended;

	if (read_date(&p, end, &t, &extended) != 0)
		return -1;
	if (!take(&p, end, 'T') && !take(&p, end, 't') && !take(&p, end, ' '))
		return -1;
	if (read_clock(&p, end, &t, extended) != 0 ||
	    read_zone(&p, end, &t) != 0 || p != end)
		return -1;
	if (epoch_of(&t, epoch) != 0)
		return -1;
	*fraction = t.fraction;
	return 0;
}

bool
text_iso8601_zoned(const char *p, size_t n)
{
	size_t time = 0;

	/* after the date, a sign can only begin a zone */
	while (time < n && strchr("Tt ", p[time]) == NULL)
		time++;
	for (size_t i = time; i < n; i++)
		if (p[i] == 'Z' || p[i] == 'z' || p[i] == '+' || p[i] == '-')
			return true;
	return false;
}

int
text_zone_parse(const char *s, int64_t *east)
{
	const char *end = s + strlen(s), *p = s;
	int sign = 1, hour, minute;

	if (strcmp(s, "UTC") == 0) {
		*east = 0;
		return 0;
	}
	if (take(&p, end, '-'))
		sign = -1;
	else if (!take(&p, end, '+'))
		return -1;
	if (number(&p, end, 2, &hour) != 0 || !take(&p, end, ':') ||
	    number(&p, end, 2, &minute) != 0 || p != end || minute > 59 ||
	    hour * 60 + minute > (sign < 0 ? 12 : 14) * 60)
		return -1;
	*east = sign * (hour * 3600 + minute * 60);
	return 0;
}

int
text_time_parse(const char *s, int64_t *epoch)
{
	const char *end = s + strlen(s), *p = s;
	struct stamp t = { 0 };
	bool fraction, extended;

	if (text_int_parse(s, INT64_MIN, INT64_MAX, epoch) == 0)
		return 0;
	if (text_iso8601_parse(s, (size_t)(end - s), epoch, &fraction) == 0)
		return 0;
	if (read_date(&p, end, &t, &extended) != 0 || p != end)
		return -1;
	return epoch_of(&t, epoch);
}

/* The index of the three letters at *${p} in ${names}. */
static int
name(const char **p, const char *end, const char *names, int *i)
{
	if (end - *p < 3)
		return -1;
	for (*i = 0; *names != '\0'; names += 3, (*i)++)
		if (memcmp(*p, names, 3) == 0) {
			*p += 3;
			return 0;
		}
	return -1;
}

int
text_httpdate_parse(const char *s, int64_t *epoch)
{
	static const char days[] = "MonTueWedThuFriSatSun";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *end = s + strlen(s);
	struct stamp t = { 0 };
	int weekday, year;

	if (name(&s, end, days, &weekday) != 0 || !take(&s, end, ',') ||
	    !take(&s, end, ' ') || number(&s, end, 2, &t.day) != 0 ||
	    !take(&s, end, ' ') || name(&s, end, months, &t.month) != 0 ||
	    !take(&s, end, ' ') || number(&s, end, 4, &year) != 0 ||
	    !take(&s, end, ' ') || number(&s, end, 2, &t.hour) != 0 ||
	    !take(&s, end, ':') || number(&s, end, 2, &t.minute) != 0 ||
	    !take(&s, end, ':') || number(&s, end, 2, &t.second) != 0 ||
	    strcmp(s, " GMT") != 0 || t.hour > 23)
		return -1;
	t.year = year;
	t.month++;
	return epoch_of(&t, epoch);
}

static int
format(char out[32], int64_t epoch, bool compact)
{
	int64_t days = epoch / DAY, rest = epoch % DAY;
	char text[48] = ""; /* more than 32 to please gcc's arithmetic */
	struct stamp t;

	out[0] = '\0';
	if (rest < 0) {
		rest += DAY;
		days--;
	}
	/* 9999-12-31 and 0000-01-01, before the arithmetic can overflow */
	if (days > 2932896 || days < -719528)
		return -1;
	date_of(days, &t);
	(void)snprintf(text, sizeof(text), "%04d%s%02d%s%02dT%02d%s%02d%s%02dZ",
	    (int)t.year, compact ? "" : "-", t.month, compact ? "" : "-", t.day,
	    (int)(rest / 3600), compact ? "" : ":", (int)(rest / 60 % 60),
	    compact ? "" : ":", (int)(rest % 60));
	memcpy(out, text, 32);
	return 0;
}

int
text_time_format(char out[32], int64_t epoch)
{
	return format(out, epoch, false);
}

int
text_time_compact(char out[32], int64_t epoch)
{
	return format(out, epoch, true);
}
