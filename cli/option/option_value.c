#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option/option.h"
#include "lib/base/buf.h"
#include "lib/base/decimal.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/text.h"

const char *
option_keep(struct options *o, char *s)
{
	o->keep = xreallocarray(o->keep, o->nkeep + 1, sizeof(*o->keep));
	o->keep[o->nkeep++] = s;
	return s;
}

/* What messages call it: "--region", or the name of a variable. */
static const char *
dashes(const char *source, const struct option_row *row)
{
	return source == row->name ? "--" : "";
}

static int
wrong(const struct option_row *row, const char *source, const char *text,
    const char *what, struct fault *f)
{
	return fault(f, FAULT_USAGE, "%s%s '%s': not %s", dashes(source, row),
	    source, text, what);
}

/* The words of the row's values, "a, b, c". */
static void
add_words(struct buf *out, const struct option_row *row)
{
	const char *word;

	for (size_t i = 0; (word = option_word(row, i)) != NULL; i++) {
		if (i > 0)
			buf_adds(out, ", ");
		buf_adds(out, word);
	}
}

/* The row's own word equal to ${p}[0..n), or NULL with the fault. */
static const char *
known_word(const struct option_row *row, const char *source, const char *p,
    size_t n, struct fault *f)
{
	struct buf words = { 0 };
	const char *word, *best = NULL;
	char *is = xstrndup(p, n);
	int least = n > 4 ? 3 : 2;

	for (size_t i = 0; (word = option_word(row, i)) != NULL; i++) {
		int d = text_distance(is, word);

		if (strcmp(word, is) == 0) {
			free(is);
			return word;
		}
		if (d < least) {
			best = word;
			least = d;
		}
	}
	add_words(&words, row);
	fault(f, FAULT_USAGE, "%s%s '%s': not one of %s%s%s%s",
	    dashes(source, row), source, is, buf_text(&words),
	    best != NULL ? "; did you mean '" : "", best != NULL ? best : "",
	    best != NULL ? "'?" : "");
	buf_release(&words);
	free(is);
	return NULL;
}

/* A comma list; what columns may be called only the table tells. */
static int
set_value(struct options *o, const struct option_row *row, const char *text,
    const char *source, struct fault *f)
{
	const char **at = (const char **)((char *)o + row->offset);
	const char *p = text;

	if (row->complete != COMPLETE_COLUMNS) {
		for (;;) {
			size_t n = strcspn(p, ",");

			if (known_word(row, source, p, n, f) == NULL)
				return -1;
			if (p[n] == '\0')
				break;
			p += n + 1;
		}
	}
	if (option_given(o, row->name))
		*at = option_keep(o, xasprintf("%s,%s", *at, text));
	else
		*at = text;
	return 0;
}

/* Seconds; what is judged by milliseconds is judged wrong. */
static int
time_value(const struct option_row *row, const char *text, const char *source,
    int64_t *at, struct fault *f)
{
	if (text_time_parse(text, at) != 0)
		return wrong(row, source, text,
		    "a time: epoch seconds or ISO 8601, such as "
		    "2026-11-22T08:12:00Z",
		    f);
	if (*at >= TEXT_TIME_MAX || *at <= -TEXT_TIME_MAX)
		return wrong(row, source, text,
		    "before the year 5138; is it in milliseconds? a time is "
		    "in seconds",
		    f);
	return 0;
}

static int
number_value(struct options *o, const struct option_row *row, const char *text,
    const char *source, struct fault *f)
{
	int64_t *at = (int64_t *)((char *)o + row->offset);
	char range[80];

	switch (row->type) {
	case OPTION_INT:
		(void)snprintf(range, sizeof(range),
		    "a whole number from %lld to %lld", (long long)row->lo,
		    (long long)row->hi);
		if (text_int_parse(text, row->lo, row->hi, at) == 0)
			return 0;
		return wrong(row, source, text, range, f);
	case OPTION_DURATION:
		if (text_duration_parse(text, at) == 0)
			return 0;
		return wrong(row, source, text,
		    "a duration such as 90s, 15m, 6h, 2d or 1w", f);
	case OPTION_SIZE:
		if (text_size_parse(text, at) == 0)
			return 0;
		return wrong(row, source, text, "a size such as 4k or 1M", f);
	default:
		return time_value(row, text, source, at, f);
	}
}

/* It stays text: no double is as exact. */
static int
decimal_value(struct options *o, const struct option_row *row, const char *text,
    const char *source, struct fault *f)
{
	struct decimal d;
	char range[80];

	*(const char **)((char *)o + row->offset) = text;
	if (decimal_parse(&d, text, strlen(text)) == 0 &&
	    decimal_cmp_int(&d, row->lo) >= 0 &&
	    decimal_cmp_int(&d, row->hi) <= 0)
		return 0;
	(void)snprintf(range, sizeof(range), "a number from %lld to %lld",
	    (long long)row->lo, (long long)row->hi);
	return wrong(row, source, text, range, f);
}

static int
text_value(struct options *o, const struct option_row *row, const char *text,
    const char *source, struct fault *f)
{
	void *at = (char *)o + row->offset;
	struct option_list *list = at;

	if (text[0] == '\0' && !row->empty)
		return fault(f, FAULT_USAGE, "%s%s: the value is empty",
		    dashes(source, row), source);
	switch (row->type) {
	case OPTION_STRING:
		*(const char **)at = text;
		return 0;
	case OPTION_STRINGS:
		list->list =
		    xreallocarray(list->list, list->n + 1, sizeof(*list->list));
		list->list[list->n++] = text;
		return 0;
	case OPTION_CHOICE:
		text = known_word(row, source, text, strlen(text), f);
		if (text == NULL)
			return -1;
		*(const char **)at = text;
		return 0;
	case OPTION_DECIMAL:
		return decimal_value(o, row, text, source, f);
	case OPTION_SET:
		return set_value(o, row, text, source, f);
	default:
		return number_value(o, row, text, source, f);
	}
}

int
option_value(struct options *o, const struct option_row *row, const char *text,
    const char *source, struct fault *f)
{
	void *at = (char *)o + row->offset;

	if (row->type == OPTION_FLAG)
		*(bool *)at = true;
	else if (row->type == OPTION_COUNT)
		*(int *)at += *(int *)at < INT_MAX;
	else if (text_value(o, row, text, source, f) != 0)
		return -1;
	if (source == row->name)
		o->given[row - option_rows] = true;
	return 0;
}

static bool
is_number(enum option_type type)
{
	return type == OPTION_INT || type == OPTION_DURATION ||
	    type == OPTION_SIZE || type == OPTION_TIME;
}

int
option_defaults(struct options *o, struct fault *f)
{
	for (const struct option_row *r = option_rows; r->name != NULL; r++)
		if (is_number(r->type))
			*(int64_t *)((char *)o + r->offset) = -1;
	for (const struct option_row *r = option_rows; r->name != NULL; r++) {
		const char *text = r->env != NULL ? getenv(r->env) : NULL;
		const char *source = r->env;

		if ((r->commands & o->command->bit) == 0)
			continue;
		if (text == NULL || text[0] == '\0') {
			text = r->fallback;
			source = "default";
		}
		if (text != NULL && option_value(o, r, text, source, f) != 0)
			return -1;
	}
	return 0;
}
