#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/documents.h"
#include "export/export_line.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/dynamodb/attr.h"
#include "lib/stream/input.h"
#include "lib/stream/lines.h"

/* The first bytes, at most so many, must decide. */
#define BEGIN_MAX 4096

/* Where the walk is. */
enum level {
	LEVEL_TOP,    /* between documents */
	LEVEL_REPLY,  /* the members of a reply */
	LEVEL_TABLES, /* of BatchGetItem: {"Responses":{"TABLE":[…]}} */
	LEVEL_ITEMS   /* an array of items */
};

struct documents {
	struct input *in;
	struct buf text; /* text.p[from..n) is still to be read */
	size_t from;
	bool eof;
	int64_t line;  /* the one of text.p[from], from 1 … */
	size_t column; /* … and how many bytes of it come before */
	enum level level;
	enum level around; /* what contains LEVEL_ITEMS */
	bool fresh;        /* just after its '{' or '[' */
	bool found;        /* the member with this reply's entries */
	bool tables;       /* this reply names a table */
	bool partial;
	size_t used; /* bytes of the last entry, at ${from} */
	int64_t calls;
	struct fault failed; /* for every later call */
};

/* The members of a reply. */
static const struct {
	const char *name;
	const char *firsts; /* how its value begins; an attribute's: '{' */
	bool more;          /* not empty: more replies follow */
} members[] = {
	/* clang-format off */
	{ "Items",            "[n",          false },
	{ "Responses",        "n",           false },
	{ "Count",            "0123456789n", false },
	{ "ScannedCount",     "0123456789n", false },
	{ "LastEvaluatedKey", "n",           true },
	{ "NextToken",        "\"n",         true },
	{ "UnprocessedKeys",  "n",           true },
	{ "ConsumedCapacity", "[n",          false },
	{ "ResponseMetadata", "n",           false },
	{ "$metadata",        "n",           false },
	/* clang-format on */
};
#define MEMBERS (sizeof(members) / sizeof(*members))

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_named(struct slice name, const char *text)
{
	return slice_text_is(name, text, strlen(text));
}

/* Its place among members, or MEMBERS. */
static size_t
find_member(struct slice name)
{
	size_t i = 0;

	while (i < MEMBERS && !is_named(name, members[i].name))
		i++;
	return i;
}

static bool
is_one_of(int c, const char *set)
{
	return c > 0 && strchr(set, c) != NULL;
}

int
documents_begin(const char *p, size_t n)
{
	size_t i = 0, from;

	while (i < n && is_blank(p[i]))
		i++;
	if (i == n)
		return -1;
	if (p[i] != '{')
		return p[i] == '[';
	for (i++; i < n && is_blank(p[i]); i++)
		if (p[i] == '\n')
			return 1;
	if (i == n)
		return -1;
	if (p[i] != '"')
		return 0;
	for (from = ++i; i < n && p[i] != '"' && p[i] != '\n'; i++)
		if (p[i] == '\\')
			return 0;
	if (i == n)
		return -1;
	return find_member((struct slice){ p + from, i - from }) < MEMBERS;
}

bool
documents_are(struct input *in)
{
	const struct buf *begin;
	int are = -1;

	for (size_t n = 1; are < 0 && n <= BEGIN_MAX; n = begin->n + 1) {
		if (input_peek(in, n, &begin, NULL) != 0 || begin->n < n)
			return false;
		are = documents_begin(begin->p, begin->n);
	}
	return are == 1;
}

struct documents *
documents_of(struct input *in)
{
	struct documents *d = xcalloc(1, sizeof(*d));

	d->in = in;
	d->line = 1;
	return d;
}

static int64_t
newlines(const char *p, size_t n)
{
	const char *end = p + n;
	int64_t count = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		count++;
		p++;
	}
	return count;
}

/* The bytes still to be read. */
static const char *
front(const struct documents *d)
{
	return d->text.p != NULL ? d->text.p + d->from : "";
}

/* The line of byte ${at}, counted from d->from. */
static long long
line_at(const struct documents *d, size_t at)
{
	return (long long)d->line + (long long)newlines(front(d), at);
}

static int
wrong(const struct documents *d, size_t at, const char *what, struct fault *f)
{
	return fault(f, FAULT_DATA, "%s:%lld: %s", input_name(d->in),
	    line_at(d, at), what);
}

static int
not_json(const struct documents *d, size_t at, struct fault *f)
{
	const char *p = front(d);
	size_t in_line = 0;

	while (in_line < at && p[at - in_line - 1] != '\n')
		in_line++;
	if (in_line == at)
		in_line += d->column;
	return fault(f, FAULT_DATA, "%s:%lld: not valid JSON from byte %zu on",
	    input_name(d->in), line_at(d, at), in_line + 1);
}

static int
ends_inside(const struct documents *d, size_t at, struct fault *f)
{
	return fault(f, FAULT_DATA,
	    "%s:%lld: the file ends inside what begins in line %lld: it is "
	    "truncated",
	    input_name(d->in), line_at(d, at), (long long)d->line);
}

static int
too_long(const struct documents *d, struct fault *f)
{
	return fault(f, FAULT_DATA, "%s:%lld: an entry longer than %zu MiB",
	    input_name(d->in), line_at(d, 0), LINES_MAX >> 20);
}

/* Read more text: 1, 0 at the end, -1. */
static int
fill(struct documents *d, struct fault *f)
{
	int r;

	if (d->eof)
		return 0;
	if (d->from > 0) {
		d->text.n -= d->from;
		memmove(d->text.p, d->text.p + d->from, d->text.n);
		d->from = 0;
	}
	r = input_read(d->in, &d->text, f);
	if (r < 0 && f != NULL && f->kind == FAULT_DATA)
		(void)fault_at(f, "%s:%lld", input_name(d->in),
		    line_at(d, d->text.n));
	d->eof = r == 0;
	return r;
}

static void
advance(struct documents *d, size_t n)
{
	const char *p = front(d);
	size_t i = n;

	while (i > 0 && p[i - 1] != '\n')
		i--;
	d->column = i > 0 ? n - i : d->column + n;
	d->line += newlines(p, i);
	d->from += n;
}

#define END (-2)

/* Have the text up to byte ${at} from d->from: 1, 0 when it ends before, -1. */
static int
reach(struct documents *d, size_t at, struct fault *f)
{
	int r = 1;

	while (d->text.n - d->from <= at && r == 1)
		r = fill(d, f);
	return r;
}

/* Move ${*at} to the next byte that is not white space: that byte, END, -1. */
static int
next_byte(struct documents *d, size_t *at, struct fault *f)
{
	int r;

	while ((r = reach(d, *at, f)) == 1) {
		char c = d->text.p[d->from + *at];

		if (!is_blank(c))
			return (unsigned char)c;
		if (++*at > LINES_MAX)
			return too_long(d, f);
	}
	return r < 0 ? -1 : END;
}

/* An escape, a word or a character that the text read so far cuts in two is
 * at most this long. */
#define SPLIT_MAX 8

/* The whole value at ${at}, checked. Where it does not end in the text read so
 * far, that much again is read: a long one is scanned a few times only. */
static int
value_at(struct documents *d, size_t at, struct slice *out, struct fault *f)
{
	int r = 1;

	for (;;) {
		size_t n = d->text.n - d->from - at;
		struct slice_walk w =
		    slice_walk((struct slice){ front(d) + at, n });
		bool ok = slice_value(&w, out) == 0;

		if (r < 0 && f->kind != FAULT_DATA)
			return -1;
		/* more digits may follow those of a number */
		if (ok && (w.p < w.end || is_one_of(*out->p, "{[\"") || r == 0))
			return out->n > LINES_MAX ? too_long(d, f) : 0;
		if (!ok && (w.end - w.p > SPLIT_MAX || (r == 0 && w.p < w.end)))
			return not_json(d, (size_t)(w.p - front(d)), f);
		if (r == 0)
			return ends_inside(d, at + n, f);
		if (r < 0)
			return -1;
		if (n > LINES_MAX)
			return too_long(d, f);
		r = reach(d, at + 2 * n, f);
	}
}

/* Read "name" and the colon at ${*at}, and move it to the value: its first
 * byte, -1. ${name} is borrowed until the next read. */
static int
name_at(struct documents *d, size_t *at, struct slice *name, struct fault *f)
{
	size_t from = *at, n;
	struct slice value;
	int c;

	if (value_at(d, from, &value, f) != 0)
		return -1;
	if (slice_unquote(value).p == NULL)
		return not_json(d, from, f);
	n = value.n;
	*at += n;
	c = next_byte(d, at, f);
	if (c == ':') {
		++*at;
		c = next_byte(d, at, f);
	} else if (c >= 0) {
		return not_json(d, *at, f);
	}
	if (c == END)
		return ends_inside(d, *at, f);
	*name = (struct slice){ front(d) + from + 1, n - 2 };
	return c;
}

/* Whether {"name":[ is at ${at}: the entries of a table, if the name is not the
 * type of a list or set. 1, 0, -1. */
static int
has_tables(struct documents *d, size_t at, struct fault *f)
{
	struct slice name = { NULL, 0 };
	bool type;
	int c;

	at++;
	c = next_byte(d, &at, f);
	if (c != '"')
		return c == -1 ? -1 : c == '}';
	c = name_at(d, &at, &name, f);
	type = is_named(name, "L") || is_named(name, "SS") ||
	    is_named(name, "NS") || is_named(name, "BS");
	return c < 0 ? -1 : c == '[' && !type;
}

/* Whether the object at d->from is a reply, by its first member: a known name
 * and a value that no attribute has. 1, 0, -1. */
static int
is_reply(struct documents *d, struct fault *f)
{
	struct slice name, value;
	size_t at = 1, i;
	int c = next_byte(d, &at, f);

	if (c != '"')
		return c == -1 ? -1 : 0;
	c = name_at(d, &at, &name, f);
	if (c < 0)
		return -1;
	i = find_member(name);
	if (i == MEMBERS)
		return 0;
	if (c != '{')
		return is_one_of(c, members[i].firsts);
	if (strcmp(members[i].name, "Responses") == 0)
		return has_tables(d, at, f);
	if (value_at(d, at, &value, f) != 0)
		return -1;
	return attr_wrong(value) != NULL;
}

/* Take the entry at d->from. ${item}: it must be a bare one. 1, -1. */
static int
give(struct documents *d, struct slice text, bool item, struct line *out,
    struct fault *f)
{
	struct fault why = { 0 };
	int rc =
	    item ? line_item(out, text, &why) : line_parse(out, text, &why);

	d->used = text.n;
	if (rc == 0 && line_not_journal(out, &why) == 0)
		return 1;
	return wrong(d, 0, why.text, f);
}

/* Go into what begins with the bracket at ${at}. 0. */
static int
enter(struct documents *d, size_t at, enum level level)
{
	advance(d, at + 1);
	if (level == LEVEL_ITEMS)
		d->around = d->level;
	d->level = level;
	d->fresh = true;
	return 0;
}

/* Between documents: 1 an entry, 0 go on, END, -1. */
static int
at_top(struct documents *d, struct line *out, struct fault *f)
{
	struct slice text;
	size_t at = 0;
	int c = next_byte(d, &at, f), r;

	if (c < 0)
		return c;
	advance(d, at);
	if (c == '[')
		return enter(d, 0, LEVEL_ITEMS);
	if (c != '{')
		return not_json(d, 0, f);
	r = is_reply(d, f);
	if (r < 0)
		return -1;
	if (r == 1) {
		d->found = d->tables = d->partial = false;
		return enter(d, 0, LEVEL_REPLY);
	}
	if (value_at(d, 0, &text, f) != 0)
		return -1;
	return give(d, text, false, out, f);
}

/* Go to the next member or element of what ends with ${close}: its first byte,
 * 0 after the end, and back in ${above}, -1. */
static int
next_in(struct documents *d, char close, enum level above, struct fault *f)
{
	size_t at = 0;
	int c = next_byte(d, &at, f);

	if (c == ',' && !d->fresh) {
		at++;
		c = next_byte(d, &at, f);
		if (c == close)
			return not_json(d, at, f);
	} else if (c >= 0 && c != close && !d->fresh) {
		return not_json(d, at, f);
	}
	if (c == END)
		return wrong(d, at,
		    "the file ends inside a reply: it is truncated", f);
	if (c == 0)
		return not_json(d, at, f);
	if (c < 0)
		return -1;
	d->fresh = false;
	advance(d, at);
	if (c != close)
		return c;
	advance(d, 1);
	d->level = above;
	return 0;
}

/* Skip a member; does it say that ${more} replies follow? */
static int
skip_member(struct documents *d, size_t at, bool more, struct fault *f)
{
	struct slice value, name;
	struct slice_walk w;

	if (value_at(d, at, &value, f) != 0)
		return -1;
	w = slice_walk(value);
	if (more &&
	    (*value.p == '"' ||
		(slice_object(&w) == 0 && slice_member(&w, &name) == 1)))
		d->partial = true;
	advance(d, at + value.n);
	return 0;
}

/* The member of a reply with its entries, whose value begins with ${c} at
 * ${at}: 1 an entry, 0 go on, -1. */
static int
entries_at(struct documents *d, size_t at, int c, bool item, struct line *out,
    struct fault *f)
{
	struct slice text;

	if (d->found)
		return wrong(d, 0, "a reply has its entries twice", f);
	d->found = true;
	if (!item)
		return enter(d, at, c == '[' ? LEVEL_ITEMS : LEVEL_TABLES);
	if (value_at(d, at, &text, f) != 0)
		return -1;
	advance(d, at);
	return give(d, text, true, out, f);
}

/* In a reply: 1 an entry, 0 go on, -1. */
static int
in_reply(struct documents *d, struct line *out, struct fault *f)
{
	static const struct {
		const char *name;
		char first;
	} entries[] = { { "Items", '[' }, { "Item", '{' },
		{ "Responses", '{' } };
	struct slice name = { NULL, 0 };
	size_t at = 0, i;
	int c = next_in(d, '}', LEVEL_TOP, f);

	if (c == 0 && !d->found)
		return wrong(d, 0,
		    "a reply without \"Items\": was it a scan with --select "
		    "COUNT?",
		    f);
	if (c <= 0)
		return c;
	c = name_at(d, &at, &name, f);
	if (c < 0)
		return -1;
	for (i = 0; i < sizeof(entries) / sizeof(*entries); i++) {
		if (!is_named(name, entries[i].name))
			continue;
		if (c == entries[i].first)
			return entries_at(d, at, c, i == 1, out, f);
		if (c != 'n')
			return not_json(d, at, f);
		d->found = true; /* null: there are none */
	}
	i = find_member(name);
	return skip_member(d, at, i < MEMBERS && members[i].more, f);
}

/* Among the tables of a BatchGetItem reply: 0 go on, -1. */
static int
in_tables(struct documents *d, struct line *out, struct fault *f)
{
	struct slice name = { NULL, 0 };
	size_t at = 0;
	int c = next_in(d, '}', LEVEL_REPLY, f);

	(void)out;
	if (c <= 0)
		return c;
	if (d->tables)
		return wrong(d, 0,
		    "a reply with entries of several tables; keep those of "
		    "one, as jq '.Responses.TABLE' does",
		    f);
	d->tables = true;
	c = name_at(d, &at, &name, f);
	if (c >= 0 && c != '[')
		return not_json(d, at, f);
	return c < 0 ? -1 : enter(d, at, LEVEL_ITEMS);
}

/* In an array: 1 an entry, 0 go on, -1. */
static int
in_items(struct documents *d, struct line *out, struct fault *f)
{
	struct slice text;
	int c = next_in(d, ']', d->around, f);

	if (c <= 0)
		return c;
	if (c != '{')
		return wrong(d, 0, "it is not an entry, which is a JSON object",
		    f);
	if (value_at(d, 0, &text, f) != 0)
		return -1;
	return give(d, text, d->around != LEVEL_TOP, out, f);
}

int
documents_next(struct documents *d, struct line *out, int64_t *line,
    struct fault *f)
{
	static int (*const steps[])(struct documents *, struct line *,
	    struct fault *) = { [LEVEL_TOP] = at_top,
		[LEVEL_REPLY] = in_reply,
		[LEVEL_TABLES] = in_tables,
		[LEVEL_ITEMS] = in_items };
	int r = d->failed.kind != FAULT_NONE ? -1 : 0;

	if (d->calls++ > 0)
		input_forget(d->in);
	advance(d, d->used);
	d->used = 0;
	while (r == 0)
		r = steps[d->level](d, out, &d->failed);
	*line = d->line;
	if (r == -1 && f != NULL)
		*f = d->failed;
	return r == END ? 0 : r;
}

int
documents_restart(struct documents *d, struct fault *f)
{
	if (input_restart(d->in, f) != 0)
		return -1;
	buf_release(&d->text);
	*d = (struct documents){ .in = d->in, .line = 1 };
	return 0;
}

bool
documents_partial(const struct documents *d)
{
	return d->partial;
}

void
documents_close(struct documents *d)
{
	if (d == NULL)
		return;
	input_close(d->in);
	buf_release(&d->text);
	free(d);
}
