#include <stdlib.h>
#include <string.h>

#include "export/csv_items.h"
#include "export/documents.h"
#include "export/export_line.h"
#include "export/journal_format.h"
#include "export/plain_line.h"
#include "export/reader.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/dynamodb/attr.h"
#include "lib/dynamodb/item.h"
#include "lib/stream/input.h"
#include "lib/stream/lines.h"
#include "lib/stream/sniff.h"

/* Bytes of white space before which CSV must begin. */
#define BLANKS_MAX 4096

struct reader {
	struct input *in; /* owned by the one of these that is not NULL */
	struct csv_items *csv;
	struct documents *documents; /* JSON, not line by line */
	struct lines *lines;
	enum reader_which which;
	bool journal;
	bool changes; /* not known to have no deletions */
	bool take_deleted;
	int64_t left_out; /* deletions so far */
	struct journal_index index;
	int64_t size; /* of the file when indexed; -1: unknown */
	/* of the last entry: */
	struct reader_entry entry;
	struct slice keys;
	int64_t line, at_us;
	struct buf scratch;
	bool again;    /* return it again */
	bool *partial; /* of reader_watch, or NULL */
};

static int
at_line(const struct reader *r, int64_t number, struct fault *f)
{
	return fault_at(f, "%s:%lld", reader_path(r), (long long)number);
}

/* A journal cannot be read. */
static int
damaged(struct fault *f)
{
	if (f == NULL || f->kind != FAULT_DATA)
		return -1;
	return fault_add(f,
	    "; the journal is damaged: use another copy of it or, to restore "
	    "the rest, remove this line from a copy");
}

/* The first line begins like a journal's, and cannot be read. */
static int
damaged_head(struct reader *r, struct slice text, struct fault *f)
{
	struct line line;

	(void)line_parse(&line, text, f);
	(void)at_line(r, lines_number(r->lines), f);
	if (slice_check(text, NULL) == 0) /* as of another version */
		return -1;
	return fault_add(f,
	    "; this is the first line of a journal, which names its table and "
	    "region: use another copy of the journal");
}

/* Read the first line, and index a journal. */
static int
begin(struct reader *r, struct fault *f)
{
	struct slice text;
	struct line line = { 0 };
	bool torn;
	int got = lines_next(r->lines, &text, &torn, f);
	bool parsed;

	if (got < 0)
		return -1;
	parsed = got == 1 && line_parse(&line, text, NULL) == 0;
	r->journal = parsed && line.kind == LINE_HEADER;
	if (got == 1 && !parsed && line_heads_journal(text))
		return damaged_head(r, text, f);
	r->changes =
	    !parsed || line.kind == LINE_BLANK || line.kind == LINE_CHANGE;
	if (parsed && !r->journal && line_not_journal(&line, f) != 0)
		return at_line(r, lines_number(r->lines), f);
	if (!r->journal && r->which == READER_DELETED) {
		if (got == 1)
			lines_again(r->lines);
		return 0;
	}
	if (lines_restart(r->lines, f) != 0)
		return -1;
	if (!r->journal)
		return 0;
	r->size = input_size(r->in);
	if (journal_index_read(&r->index, r->lines, f) != 0)
		return damaged(f);
	return lines_restart(r->lines, f);
}

/* Whether ${in} can be CSV: it is not empty, and does not begin like JSON. */
static bool
looks_csv(struct input *in)
{
	static const char blank[] = { ' ', '\t', '\r', '\n', '\xef', '\xbb',
		'\xbf' }; /* white space, and the bytes of a UTF-8 BOM */
	const struct buf *front;

	for (size_t i = 0; i < BLANKS_MAX; i++) {
		if (input_peek(in, i + 1, &front, NULL) != 0 || i >= front->n)
			return false; /* an error is reported later */
		if (memchr(blank, front->p[i], sizeof(blank)) == NULL)
			return front->p[i] != '{' && front->p[i] != '[';
	}
	return false;
}

static int
open_input(struct reader *r, struct fault *f)
{
	if (r->which == READER_EXPORT) {
		r->lines = lines_of(r->in);
		return 0;
	}
	if (documents_are(r->in)) {
		r->documents = documents_of(r->in);
		return r->which == READER_RESTORE
		    ? documents_restart(r->documents, f)
		    : 0;
	}
	if (!looks_csv(r->in)) {
		r->lines = lines_of(r->in);
		return begin(r, f);
	}
	r->csv = csv_items_of(r->in, f);
	if (r->csv == NULL)
		return -1;
	return r->which == READER_RESTORE ? csv_items_restart(r->csv, f) : 0;
}

struct reader *
reader_of(struct input *in, enum reader_which which, struct fault *f)
{
	const char *how = which == READER_RESTORE ? "restore -" : "-i -";
	struct reader *r;

	if (in == NULL)
		return NULL;
	if (which != READER_EXPORT && sniff_refuse(in, how, false, f) != 0) {
		input_close(in);
		return NULL;
	}
	r = xcalloc(1, sizeof(*r));
	r->in = in;
	r->which = which;
	if (open_input(r, f) == 0)
		return r;
	reader_close(r);
	return NULL;
}

struct reader *
reader_open(const char *path, enum reader_which which,
    const struct cms_key *key, struct fault *f)
{
	return reader_of(input_open_with(path, key, f), which, f);
}

static bool
wants(const struct reader *r, int64_t n)
{
	enum journal_fate fate = journal_fate(&r->index, n);

	if (r->which == READER_RESTORE)
		return journal_restores(&r->index, n);
	return fate == FATE_DELETED || fate == FATE_UNKNOWN;
}

/* The entry on ${line} of an export: 1, 0 when it has none, -1. */
static int
of_export(const struct reader *r, const struct line *line,
    struct reader_entry *e, struct fault *f)
{
	switch (line->kind) {
	case LINE_BLANK:
		return 0;
	case LINE_ITEM:
	case LINE_CHANGE:
		e->left_out = line->deletes && !r->take_deleted;
		if (e->left_out)
			return 0;
		if (line->item.p == NULL)
			return fault(f, FAULT_DATA,
			    "it has no image of the entry that was deleted "
			    "(exports with new images only have none): leave "
			    "out --deleted to restore the other entries");
		e->item = line->item;
		return 1;
	default:
		return line_not_journal(line, f);
	}
}

/* The entry on ${line}, of this number, of a journal: 1, 0 when it is not
 * wanted. */
static int
of_journal(const struct reader *r, const struct line *line, int64_t number,
    struct reader_entry *e)
{
	if (line->kind != LINE_INTENT || !wants(r, line->n) ||
	    !journal_last(&r->index, line->n, number))
		return 0;
	e->item = line->item;
	e->ttl = line->ttl;
	e->keys = line->keys;
	return 1;
}

/* The entry on ${line}: 1, 0 when there is none, -1. */
static int
entry_of(const struct reader *r, const struct line *line, int64_t number,
    struct reader_entry *e, struct fault *f)
{
	*e = (struct reader_entry){ .checked = true };
	return r->journal ? of_journal(r, line, number, e)
			  : of_export(r, line, e, f);
}

bool
reader_may_delete(const struct reader *r)
{
	return r->changes;
}

void
reader_take_deleted(struct reader *r)
{
	r->take_deleted = true;
}

int64_t
reader_left_out(const struct reader *r)
{
	return r->left_out;
}

struct slice
reader_ttl(const struct reader *r)
{
	return r->entry.ttl;
}

int64_t
reader_at(const struct reader *r)
{
	return r->at_us;
}

/* Whether more must follow ${text}, and is missing; else it is wrong as it
 * is. */
static bool
is_cut(struct slice text)
{
	struct slice_walk w = slice_walk(text);
	struct slice whole;

	return slice_value(&w, &whole) != 0 &&
	    (w.p >= w.end || text.p[text.n - 1] != '}');
}

static int
parse(const struct reader *r, struct slice text, bool torn, int64_t number,
    struct line *out, struct fault *f)
{
	if (line_parse(out, text, f) == 0)
		return 0;
	if (torn && is_cut(text))
		(void)fault_at(f, "the file ends inside this line");
	(void)at_line(r, number, f);
	return r->journal ? damaged(f) : -1;
}

bool
reader_shares(const struct reader *r)
{
	return r->lines != NULL;
}

/* A line behind the indexed ones is torn. */
static bool
is_behind(const struct reader *r, int64_t line)
{
	return r->journal && line > r->index.lines;
}

int
reader_block(struct reader *r, size_t want, size_t most, struct buf *block,
    int64_t *first, struct fault *f)
{
	if (r->again)
		lines_again(r->lines);
	r->again = false;
	if (is_behind(r, lines_number(r->lines) + 1))
		return 0;
	return lines_block(r->lines, want, most, block, first, f);
}

int64_t
reader_lines(const struct reader *r)
{
	return lines_number(r->lines);
}

int
reader_check(const struct reader *r, const struct reader_text *text,
    struct reader_entry *e, struct fault *f)
{
	struct line line;
	int got;

	*e = (struct reader_entry){ .checked = true };
	if (is_behind(r, text->number))
		return 0;
	if (parse(r, text->text, text->torn, text->number, &line, f) != 0)
		return -1;
	got = entry_of(r, &line, text->number, e, f);
	return got >= 0 ? got : at_line(r, text->number, f);
}

int
reader_check_key(const struct reader *r, int64_t number,
    const struct reader_entry *e, const struct item *item, struct buf *scratch,
    struct fault *f)
{
	const struct journal_header *h = &r->index.header;
	const struct key_schema schema = { h->partition, h->sort };

	if (e->keys.p == NULL)
		return 0;
	buf_reset(scratch);
	item_key_json(scratch, item, &schema);
	if (scratch->n == e->keys.n &&
	    memcmp(scratch->p, e->keys.p, scratch->n) == 0)
		return 0; /* as most are */
	if (attr_key_same(slice_get(e->keys, h->partition), item->partition,
		scratch) &&
	    (h->sort == NULL ||
		attr_key_same(slice_get(e->keys, h->sort), item->sort,
		    scratch)))
		return 0;
	(void)fault(f, FAULT_DATA,
	    "the keys in \"Keys\" and \"OldImage\" differ");
	(void)at_line(r, number, f);
	return damaged(f);
}

/* The text where a line of an export has its entry, as DynamoDB and ttlsweep
 * write it; unchecked. */
static bool
bare_line(struct slice text, struct slice *item)
{
	static const char head[] = "{\"Item\":";
	const size_t n = sizeof(head) - 1;

	if (text.n < n + 3 || memcmp(text.p, head, n) != 0 ||
	    text.p[n] != '{' || text.p[text.n - 2] != '}' ||
	    text.p[text.n - 1] != '}')
		return false;
	*item = (struct slice){ text.p + n, text.n - n - 1 };
	return true;
}

/* Most lines pass a quick look at their two ends; all others, and those without
 * a wanted entry, are parsed in full. */
int
reader_line(const struct reader *r, const struct reader_text *text,
    struct reader_entry *e, struct fault *f)
{
	struct line line;

	*e = (struct reader_entry){ .checked = false };
	if (r->journal && !is_behind(r, text->number) &&
	    plain_intent(&line, text->text) &&
	    of_journal(r, &line, text->number, e) == 1)
		return 1;
	if (!r->journal && bare_line(text->text, &e->item))
		return 1;
	return reader_check(r, text, e, f);
}

/* The next line, or the next entry in documents: 1, 0, -1. */
static int
next_line(struct reader *r, struct line *out, int64_t *number, struct fault *f)
{
	struct slice text;
	bool torn = false;
	int got;

	if (r->documents != NULL) {
		got = documents_next(r->documents, out, number, f);
		if (got == 0 && r->partial != NULL)
			*r->partial = reader_partial(r);
		return got;
	}
	if (is_behind(r, lines_number(r->lines) + 1))
		return 0;
	got = lines_next(r->lines, &text, &torn, f);
	if (got != 1)
		return got;
	*number = lines_number(r->lines);
	return parse(r, text, torn, *number, out, f) == 0 ? 1 : -1;
}

/* reader_check_key of the last entry, which is no item yet. */
static int
check_own_key(struct reader *r, struct fault *f)
{
	const struct journal_header *h = &r->index.header;
	struct item item = { .json = r->entry.item };

	if (r->entry.keys.p == NULL)
		return 0;
	item.partition = slice_get(item.json, h->partition);
	if (h->sort != NULL)
		item.sort = slice_get(item.json, h->sort);
	if (item.partition.p == NULL ||
	    (h->sort != NULL && item.sort.p == NULL))
		return 0; /* whoever reads the item says so */
	return reader_check_key(r, r->line, &r->entry, &item, &r->scratch, f);
}

int
reader_next(struct reader *r, struct slice *item, int64_t *line,
    struct fault *f)
{
	struct line parsed;
	int got;

	if (r->csv != NULL)
		return csv_items_next(r->csv, item, line, f);
	for (got = r->again; got == 0;) {
		got = next_line(r, &parsed, &r->line, f);
		if (got != 1)
			return got;
		r->keys = parsed.keys;
		r->at_us = parsed.at_us;
		got = entry_of(r, &parsed, r->line, &r->entry, f);
		r->left_out += r->entry.left_out;
	}
	r->again = false;
	*item = r->entry.item;
	*line = r->line;
	if (got != 1)
		return at_line(r, r->line, f);
	return check_own_key(r, f) == 0 ? 1 : -1;
}

int
reader_rewind(struct reader *r, struct fault *f)
{
	r->left_out = 0;
	r->again = false;
	if (r->csv != NULL)
		return csv_items_restart(r->csv, f);
	if (r->documents != NULL)
		return documents_restart(r->documents, f);
	return lines_restart(r->lines, f);
}

int
reader_refresh(struct reader *r, struct fault *f)
{
	if (!r->journal || input_size(r->in) == r->size)
		return 0;
	journal_index_release(&r->index);
	return lines_restart(r->lines, f) != 0 ? -1 : begin(r, f);
}

struct input *
reader_input(struct reader *r)
{
	return r->in;
}

const struct journal_index *
reader_journal(const struct reader *r)
{
	return r->journal ? &r->index : NULL;
}

const char *
reader_path(const struct reader *r)
{
	return input_name(r->in);
}

bool
reader_partial(const struct reader *r)
{
	return r->documents != NULL && documents_partial(r->documents);
}

void
reader_watch(struct reader *r, bool *partial)
{
	r->partial = partial;
}

void
reader_close(struct reader *r)
{
	if (r == NULL)
		return;
	csv_items_close(r->csv);
	documents_close(r->documents);
	lines_close(r->lines);
	journal_index_release(&r->index);
	buf_release(&r->scratch);
	free(r);
}

int
reader_key(struct reader *r, const struct csv_key *key, struct fault *f)
{
	return r->csv != NULL ? csv_items_key(r->csv, key, f) : 0;
}

static bool
is_key_type(struct slice value)
{
	struct slice inner;
	enum attr_type type = attr_open(value, &inner);

	return type == ATTR_S || type == ATTR_N || type == ATTR_B;
}

/* Whether ${name} can be a key attribute of ${item}; true when either is
 * NULL. */
static bool
has_key(struct slice item, const char *name)
{
	struct slice value;

	if (item.p == NULL || name == NULL)
		return true;
	value = slice_get(item, name);
	return value.p != NULL && is_key_type(value);
}

/* The names of possible key attributes, "a, b, c"; the caller frees them. */
static char *
key_candidates(struct slice item)
{
	struct slice_walk w = slice_walk(item);
	struct slice name, value;
	struct buf out = { 0 };

	if (slice_object(&w) == 0)
		while (slice_member(&w, &name) == 1 &&
		    slice_value(&w, &value) == 0) {
			if (!is_key_type(value))
				continue;
			if (out.n > 0)
				buf_adds(&out, ", ");
			slice_text_decode(&out, name);
		}
	return buf_detach(&out);
}

/* The names in ${keys}, in that order; how many, 0 when they are not one or
 * two. The caller frees them. */
static int
names_of(struct slice keys, char *names[2])
{
	struct slice_walk w = slice_walk(keys);
	struct slice name, value;
	int n = 0;

	names[0] = names[1] = NULL;
	if (slice_object(&w) != 0)
		return 0;
	while (slice_member(&w, &name) == 1 && slice_value(&w, &value) == 0) {
		struct buf text = { 0 };

		if (n < 2) {
			slice_text_decode(&text, name);
			names[n] = buf_detach(&text);
		}
		n++;
	}
	return n <= 2 ? n : 0;
}

/* ${hint} is "partition" or "partition,sort". */
static bool
take_hint(struct slice item, char *const names[2], const char *hint,
    char **partition, char **sort)
{
	size_t n = strcspn(hint, ",");
	char *first = xstrndup(hint, n);
	char *second = hint[n] == ',' ? xstrdup(hint + n + 1) : NULL;

	for (int i = 0; second == NULL && names[1] != NULL && i < 2; i++)
		if (strcmp(names[i], first) == 0)
			second = xstrdup(names[1 - i]);
	if (has_key(item, first) && has_key(item, second)) {
		*partition = first;
		*sort = second;
		return true;
	}
	free(first);
	free(second);
	return false;
}

static const char *const known[] = { "key", "id", "sessionId", "session_id",
	"session_key", "pk" };
#define KNOWN (sizeof(known) / sizeof(known[0]))

/* The index of ${name} in known[], KNOWN when it is not there. */
static size_t
known_rank(const char *name)
{
	size_t i = 0;

	while (i < KNOWN && strcmp(known[i], name) != 0)
		i++;
	return i;
}

/* Use the names in the file, the one that comes first in known[] as partition
 * key. */
static enum key_told
take_names(struct slice item, char *const names[2], char **partition,
    char **sort)
{
	int first = 0;

	if (!has_key(item, names[0]) || !has_key(item, names[1]))
		return KEY_UNKNOWN;
	if (names[1] != NULL && known_rank(names[1]) < known_rank(names[0]))
		first = 1;
	*partition = xstrdup(names[first]);
	*sort = xstrdup(names[1 - first]);
	return names[1] != NULL && known_rank(*partition) == KNOWN
	    ? KEY_ORDER_GUESSED
	    : KEY_TOLD;
}

static bool
guess_known(struct slice item, char **partition, char **sort)
{
	for (size_t i = 0; i < KNOWN; i++) {
		if (!has_key(item, known[i]))
			continue;
		*partition = xstrdup(known[i]);
		*sort = strcmp(known[i], "pk") == 0 && has_key(item, "sk")
		    ? xstrdup("sk")
		    : NULL;
		return true;
	}
	return false;
}

/*
 * Find the key attributes of the first entry, ${item} (p NULL: there is none,
 * and any name fits). ${hint} ("key" or "pk,sk") must fit if it is not NULL.
 * Else ${keys} names them in any order, if the file has that (else p NULL);
 * else it is the first of known[] that the entry has as S, N or B.
 */
static enum key_told
guess_key(struct slice item, struct slice keys, const char *hint,
    char **partition, char **sort)
{
	enum key_told told = KEY_UNKNOWN;
	char *names[2];
	int n = names_of(keys, names);

	if (hint != NULL && take_hint(item, names, hint, partition, sort))
		told = *sort != NULL || n == 1 ? KEY_TOLD : KEY_GUESSED;
	else if (hint == NULL && n > 0)
		told = take_names(item, names, partition, sort);
	if (told == KEY_UNKNOWN && hint == NULL &&
	    guess_known(item, partition, sort))
		told = *sort != NULL ? KEY_TOLD : KEY_GUESSED;
	free(names[0]);
	free(names[1]);
	return told;
}

enum key_told
reader_schema(struct reader *r, const char *hint, char **partition, char **sort,
    struct fault *f)
{
	struct csv_key key = { .partition = r->index.header.partition,
		.sort = r->index.header.sort };
	struct slice item = { NULL, 0 };
	int64_t line = 0;
	enum key_told told;
	char *names;
	int got;

	if (r->csv != NULL && csv_items_guess(r->csv, hint, &key, f) != 0)
		return KEY_UNKNOWN;
	if (r->csv != NULL || r->journal) {
		*partition = xstrdup(key.partition);
		*sort = xstrdup(key.sort);
		return KEY_TOLD;
	}
	got = reader_next(r, &item, &line, f);
	if (got < 0)
		return KEY_UNKNOWN;
	r->again = got == 1;
	if (got == 0)
		r->keys = (struct slice){ NULL, 0 };
	told = guess_key(item, r->keys, hint, partition, sort);
	if (told != KEY_UNKNOWN)
		return told;
	names = key_candidates(item);
	if (hint != NULL)
		(void)fault(f, FAULT_DATA,
		    "the entry has no key \"%s\" of type S, N or B; it has: %s",
		    hint, names);
	else
		(void)fault(f, FAULT_DATA,
		    "the key is not known; name it with --key%s%s",
		    names[0] != '\0' ? "; attributes: " : "", names);
	(void)at_line(r, line, f);
	free(names);
	return KEY_UNKNOWN;
}
