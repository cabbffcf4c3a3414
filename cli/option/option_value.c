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
#include "lib/base/shlex.h"
#include "lib/base/slice.h"
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

/* The value of the row's word ${is}: 0, or -1. */
static int
known_word(const struct option_row *row, const char *source, struct slice is,
    int *value, struct fault *f)
{
	struct buf words = { 0 };
	struct option_word word;
	const char *best = NULL;
	char *text = xstrndup(is.p, is.n);
	int least = is.n > 4 ? 3 : 2;

	for (size_t i = 0; (word = option_word(row, i)).name != NULL; i++) {
		int d = text_distance(text, word.name);

		if (d == 0) {
			free(text);
			*value = word.value;
			return 0;
		}
		if (d < least) {
			best = word.name;
			least = d;
		}
	}
	for (size_t i = 0; (word = option_word(row, i)).name != NULL; i++)
		buf_addf(&words, "%s%s", i > 0 ? ", " : "", word.name);
	(void)fault(f, FAULT_USAGE, "%s%s '%s': not one of %s%s%s%s",
	    dashes(source, row), source, text, buf_text(&words),
	    best != NULL ? "; did you mean '" : "", best != NULL ? best : "",
	    best != NULL ? "'?" : "");
	buf_release(&words);
	free(text);
	return -1;
}

/* A comma list; given again, it grows. */
static void
list_value(struct options *o, const struct option_row *row, const char *text,
    const char **at)
{
	*at = option_given(o, row->name)
	    ? option_keep(o, xasprintf("%s,%s", *at, text))
	    : text;
}

static int
set_value(struct options *o, const struct option_row *row, const char *text,
    const char *source, struct fault *f)
{
	struct option_set *at = (void *)((char *)o + row->offset);
	unsigned bits = option_given(o, row->name) ? at->bits : 0;
	const char *p = text;
	int value;

	for (;;) {
		size_t n = strcspn(p, ",");

		if (n == 0 && text[0] != '\0')
			return wrong(row, source, text,
			    "a list of words with one comma between two", f);
		if (known_word(row, source, (struct slice){ p, n }, &value,
			f) != 0)
			return -1;
		bits |= (unsigned)value;
		if (p[n] == '\0')
			break;
		p += n + 1;
	}
	at->bits = bits;
	list_value(o, row, text, &at->text);
	return 0;
}

/* Seconds; times in milliseconds are refused. */
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
		return fault(f, FAULT_USAGE,
		    "%s%s '%s': is %s (is it in milliseconds? times are in "
		    "seconds)",
		    dashes(source, row), source, text,
		    *at > 0 ? "in the year 5138 or later"
			    : "too far in the past");
	return 0;
}

static int
number_value(struct options *o, const struct option_row *row, const char *text,
    const char *source, struct fault *f)
{
	int64_t *at = (int64_t *)((char *)o + row->offset);
	const char *what;
	char range[80];
	int rc;

	switch (row->type) {
	case OPTION_INT:
		(void)snprintf(range, sizeof(range),
		    "a whole number from %lld to %lld", (long long)row->lo,
		    (long long)row->hi);
		rc = text_int_parse(text, row->lo, row->hi, at);
		what = range;
		break;
	case OPTION_DURATION:
		rc = text_duration_parse(text, at);
		what = "a duration such as 90s, 15m, 6h, 2d or 1w";
		break;
	case OPTION_SIZE:
		rc = text_size_parse(text, at);
		what = "a size such as 500 or 4k";
		break;
	default:
		return time_value(row, text, source, at, f);
	}
	return rc == 0 ? 0 : wrong(row, source, text, what, f);
}

/* It stays text: a double would not be exact. */
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
		return known_word(row, source, slice_str(text), at, f);
	case OPTION_DECIMAL:
		return decimal_value(o, row, text, source, f);
	case OPTION_LIST:
		list_value(o, row, text, at);
		return 0;
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

	if (row->once && o->given[row - option_rows])
		return fault(f, FAULT_USAGE,
		    "--%s is given twice, but takes one file: run the command "
		    "once for each",
		    row->name);
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
		if (r->type == OPTION_CHOICE)
			*(int *)((char *)o + r->offset) = -1;
		else if (is_number(r->type))
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

static void
add_value(struct buf *out, const struct option_row *r, const char *text)
{
	buf_addf(out, " --%s ", r->name);
	shlex_quote(out, text);
}

static void
again(struct buf *out, const struct options *o, const struct option_row *r)
{
	const void *at = (const char *)o + r->offset;
	const struct option_list *list = at;
	const struct option_set *set = at;

	switch (r->type) {
	case OPTION_FLAG:
	case OPTION_COUNT:
		buf_addf(out, " --%s", r->name);
		break;
	case OPTION_STRING:
	case OPTION_DECIMAL:
	case OPTION_LIST:
		add_value(out, r, *(const char *const *)at);
		break;
	case OPTION_SET:
		add_value(out, r, set->text);
		break;
	case OPTION_CHOICE:
		add_value(out, r, option_chosen(o, r));
		break;
	case OPTION_STRINGS:
		for (size_t i = 0; i < list->n; i++)
			add_value(out, r, list->list[i]);
		break;
	default:
		buf_addf(out, " --%s ", r->name);
		buf_addi(out, *(const int64_t *)at);
		break;
	}
}

void
option_repeat(struct buf *out, const struct options *o, enum option_group group,
    const char *but)
{
	for (size_t i = 0; option_rows[i].name != NULL; i++)
		if (o->given[i] && option_rows[i].group == group &&
		    (but == NULL || strcmp(option_rows[i].name, but) != 0))
			again(out, o, &option_rows[i]);
}

void
option_repeat_one(struct buf *out, const struct options *o, const char *name)
{
	for (size_t i = 0; option_rows[i].name != NULL; i++)
		if (o->given[i] && strcmp(option_rows[i].name, name) == 0)
			again(out, o, &option_rows[i]);
}

char *
option_line(const struct options *o)
{
	struct buf b = { 0 };

	buf_addf(&b, "ttlsweep %s", o->command->name);
	option_repeat(&b, o, GROUP_COMMAND, NULL);
	option_repeat(&b, o, GROUP_SELECTION, NULL);
	option_repeat(&b, o, GROUP_GLOBAL, NULL);
	if (o->noperands > 0)
		buf_adds(&b, " --");
	for (size_t i = 0; i < o->noperands; i++) {
		buf_addc(&b, ' ');
		shlex_quote(&b, o->operands[i]);
	}
	return buf_detach(&b);
}
