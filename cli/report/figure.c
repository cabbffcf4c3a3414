#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/report/figure.h"
#include "lib/base/text.h"

static struct figure format(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

static struct figure
format(const char *fmt, ...)
{
	struct figure x;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(x.s, sizeof(x.s), fmt, ap);
	va_end(ap);
	return x;
}

struct figure
figure_count(int64_t n)
{
	struct figure x = { "" };

	text_count(x.s, n);
	return x;
}

struct figure
figure_one(int64_t n)
{
	return n == 1 ? format("one") : figure_count(n);
}

struct figure
figure_entries(int64_t n)
{
	return format("%s %s", figure_count(n).s, n == 1 ? "entry" : "entries");
}

struct figure
figure_all(int64_t n)
{
	return n == 2 ? format("both") : format("all %s", figure_count(n).s);
}

struct figure
figure_all_first(int64_t n)
{
	return n == 2 ? format("Both") : format("All %s", figure_count(n).s);
}

struct figure
figure_bytes(int64_t n)
{
	struct figure x = { "" };

	text_bytes(x.s, n);
	return x;
}

struct figure
figure_span(int64_t seconds)
{
	int64_t years = seconds / FIGURE_YEAR;
	int days = (int)(seconds % FIGURE_YEAR / 86400);
	struct figure x = { "" };

	if (years >= 10000)
		return format("over 10 000 years");
	if (years >= 2 && days == 0)
		return format("%d years", (int)years);
	if (years >= 2)
		return format("%d years %d d", (int)years, days);
	text_span(x.s, seconds);
	return x;
}

struct figure
figure_units(double n)
{
	double tenths = round(n * 10);

	if (n < 10000 && fmod(tenths, 10) != 0)
		return format("%.1f", tenths / 10);
	return figure_count(n < 9e18 ? (int64_t)(n + 0.5) : INT64_MAX);
}

struct figure
figure_units_of(double n, const char *kind)
{
	struct figure x = figure_units(n);

	return format("%s %s unit%s", x.s, kind,
	    strcmp(x.s, "1") == 0 ? "" : "s");
}

struct figure
figure_usd(double usd)
{
	int digits = 2;

	while (digits < 6 && usd > 0 && usd < pow(10, -digits) * 9.5)
		digits++;
	return format("%.*f USD", digits, usd);
}

struct figure
figure_share(int64_t part, int64_t whole)
{
	double percent;

	if (whole <= 0)
		return format("%s", "");
	percent = (double)part / (double)whole * 100;
	if (part > 0 && percent < 0.1)
		return format("<0.1 %%");
	if (part < whole && percent > 99.9)
		return format(">99.9 %%");
	return format("%.1f %%", percent);
}
