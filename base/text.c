#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Digits alone from ${s} on, at most ${limit}; where they end, or NULL. */
static const char *
digits(const char *s, uint64_t limit, uint64_t *v)
{
	uint64_t u = 0;

	if (*s < '0' || *s > '9')
		return NULL;
	for (; *s >= '0' && *s <= '9'; s++) {
		uint64_t digit = (uint64_t)(*s - '0');

		if (digit > limit || u > (limit - digit) / 10)
			return NULL;
		u = u * 10 + digit;
	}
	*v = u;
	return s;
}

int
text_int_parse(const char *s, int64_t lo, int64_t hi, int64_t *v)
{
	bool negative = *s == '-';
	uint64_t u;
	int64_t got;

	if (*s == '-' || *s == '+')
		s++;
	s = digits(s, (uint64_t)INT64_MAX + (negative ? 1 : 0), &u);
	if (s == NULL || *s != '\0')
		return -1;
	got = negative ? (int64_t)(0 - u) : (int64_t)u;
	if (got < lo || got > hi)
		return -1;
	*v = got;
	return 0;
}

int
text_duration_parse(const char *s, int64_t *seconds)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { '\0', 1 }, { 's', 1 }, { 'm', 60 }, { 'h', 3600 },
		{ 'd', 86400 }, { 'w', 604800 } };
	uint64_t u;

	s = digits(s, INT64_MAX, &u);
	if (s == NULL)
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (*s == units[i].letter && (*s == '\0' || s[1] == '\0')) {
			if (u > (uint64_t)(INT64_MAX / units[i].seconds))
				return -1;
			*seconds = (int64_t)u * units[i].seconds;
			return 0;
		}
	return -1;
}

int
text_size_parse(const char *s, int64_t *bytes)
{
	static const char letters[] = "kKmMgGtT";
	const char *letter;
	uint64_t u;
	int shift = 0;

	s = digits(s, INT64_MAX, &u);
	if (s == NULL)
		return -1;
	if (*s != '\0' && (letter = strchr(letters, *s)) != NULL) {
		shift = (int)((letter - letters) / 2 + 1) * 10;
		s++;
		if (*s == 'i' && (s[1] == 'B' || s[1] == 'b'))
			s++;
	}
	if (*s == 'B' || *s == 'b')
		s++;
	if (*s != '\0' || u > (uint64_t)INT64_MAX >> shift)
		return -1;
	*bytes = (int64_t)(u << shift);
	return 0;
}

void
text_span(char out[32], int64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" },
		{ 1, "s" } };
	const char *sign = seconds < 0 ? "-" : "";
	uint64_t u = seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds;
	unsigned long long big, small;
	size_t i = 0;

	while (i < 3 && u < units[i].seconds)
		i++;
	big = u / units[i].seconds;
	small = i < 3 ? u % units[i].seconds / units[i + 1].seconds : 0;
	if (small > 0)
		(void)snprintf(out, 32, "%s%llu %s %llu %s", sign, big,
		    units[i].name, small, units[i + 1].name);
	else
		(void)snprintf(out, 32, "%s%llu %s", sign, big, units[i].name);
}

void
text_count(char out[32], int64_t v)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	char text[32];
	size_t at = sizeof(text);

	text[--at] = '\0';
	for (int i = 0; i == 0 || u > 0; i++, u /= 10) {
		if (i > 0 && i % 3 == 0)
			text[--at] = ' ';
		text[--at] = (char)('0' + u % 10);
	}
	if (v < 0)
		text[--at] = '-';
	memcpy(out, text + at, sizeof(text) - at);
}

void
text_bytes(char out[32], int64_t v)
{
	static const char names[] = "KMGTPE";
	const char *sign = v < 0 ? "-" : "";
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, whole = u;
	uint64_t tenths = 0;
	int i = 0;

	/* Rounded before it is judged: 1 048 575 B are 1.0 MiB. */
	for (; whole >= 1024 && i < 6; i++) {
		uint64_t unit = (uint64_t)1 << (i + 1) * 10;

		whole = u / unit;
		tenths = (u % unit * 10 + unit / 2) / unit;
		if (tenths == 10) {
			whole++;
			tenths = 0;
		}
	}
	if (i == 0)
		(void)snprintf(out, 32, "%s%d B", sign, (int)whole);
	else
		(void)snprintf(out, 32, "%s%d.%d %ciB", sign, (int)whole,
		    (int)tenths, names[i - 1]);
}

#define DISTANCE_MAX 64

int
text_distance(const char *a, const char *b)
{
	size_t na = strnlen(a, DISTANCE_MAX), nb = strnlen(b, DISTANCE_MAX);
	int row[DISTANCE_MAX + 1];

	for (size_t j = 0; j <= nb; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= na; i++) {
		int diagonal = row[0];

		row[0] = (int)i;
		for (size_t j = 1; j <= nb; j++) {
			int best = diagonal + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[nb];
}

static char
fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
text_same_fold(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fold(a[i]) != fold(b[i]))
			return false;
	return true;
}
