#include <stdlib.h>
#include <string.h>

#include "export/export_line.h"
#include "export/item_json.h"
#include "export/journal_format.h"
#include "export/plain_line.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/hashes.h"
#include "lib/base/mem.h"
#include "lib/base/version.h"
#include "lib/dynamodb/table.h"
#include "lib/stream/lines.h"

/* An entry's byte: two bits of fate; whether it has an image (else there is no
 * such entry), and whether it has several. */
#define FATE_MASK 0x03u
#define IMAGE 0x04u
#define IMAGES 0x08u

/* An entry with several images. */
struct journal_again {
	struct hash n; /* not hashed: its number */
	int64_t line;  /* of the last image */
};

/* Numbers are assigned in order, but workers write their lines in any order.
 * One that is farther ahead than this is damage. */
#define AHEAD INT64_C(1000000)

static const struct {
	const char *name;
	enum journal_fate once, often; /* by how often it was sent */
} words[] = {
	/* clang-format off */
	{ "deleted",   FATE_DELETED, FATE_DELETED },
	{ "repaired",  FATE_DELETED, FATE_DELETED },
	{ "refreshed", FATE_KEPT,    FATE_UNSURE },
	{ "gone",      FATE_KEPT,    FATE_UNSURE },
	{ "failed",    FATE_KEPT,    FATE_UNSURE },
	{ "skipped",   FATE_KEPT,    FATE_UNSURE },
	/* clang-format on */
};

static void
add_text(struct buf *out, const char *name, const char *text)
{
	buf_adds(out, ",\"");
	buf_adds(out, name);
	buf_adds(out, "\":");
	slice_text_encode(out, text, strlen(text));
}

void
journal_header(struct buf *out, const struct journal_run *run)
{
	const char *id = run->table->id != NULL ? run->table->id : "";

	buf_adds(out, "{\"ttlsweep.journal/1\":{\"table\":");
	slice_text_encode(out, run->table->name, strlen(run->table->name));
	add_text(out, "table_id", id);
	add_text(out, "endpoint", run->endpoint);
	add_text(out, "region", run->region);
	buf_adds(out, ",\"key\":");
	item_json_key(out, &run->table->schema);
	add_text(out, "ttl_attribute", run->ttl_attribute);
	buf_addf(out, ",\"now\":%lld", (long long)run->now);
	add_text(out, "command", run->command);
	if (run->options != NULL)
		add_text(out, "options", run->options);
	add_text(out, "version", TTLSWEEP_VERSION);
	buf_adds(out, "}}\n");
}

/* Add JSON unchanged but on one line: a raw newline can only be white space
 * between two tokens. */
static void
add_json(struct buf *out, struct slice json)
{
	size_t from = out->n;

	buf_add(out, json.p, json.n);
	if (memchr(json.p, '\n', json.n) == NULL &&
	    memchr(json.p, '\r', json.n) == NULL)
		return;
	for (size_t i = from; i < out->n; i++)
		if (out->p[i] == '\n' || out->p[i] == '\r')
			out->p[i] = ' ';
}

void
journal_intent(struct buf *out, const struct journal_entry *e,
    struct slice keys)
{
	buf_adds(out, "{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"");
	buf_addi(out, e->at_us);
	buf_adds(out, "\"}},\"Keys\":");
	add_json(out, keys);
	buf_adds(out, ",\"OldImage\":");
	add_json(out, e->image);
	buf_adds(out, ",\"Ttlsweep\":{\"n\":");
	buf_addi(out, e->n);
	add_text(out, "why", e->why);
	if (e->ttl.p != NULL) {
		buf_adds(out, ",\"ttl\":");
		add_json(out, e->ttl);
	}
	buf_adds(out, "}}\n");
}

void
journal_outcomes_begin(struct buf *out)
{
	buf_adds(out, "{\"Outcome\":[");
}

void
journal_outcome(struct buf *out, int64_t n, const char *outcome, int sends)
{
	if (out->n > 0 && out->p[out->n - 1] == ']')
		buf_addc(out, ',');
	buf_addc(out, '[');
	buf_addi(out, n);
	buf_adds(out, ",\"");
	buf_adds(out, outcome);
	buf_adds(out, "\",");
	buf_addi(out, sends);
	buf_addc(out, ']');
}

void
journal_outcomes_end(struct buf *out)
{
	buf_adds(out, "]}\n");
}

enum journal_fate
journal_fate(const struct journal_index *ix, int64_t n)
{
	if (n < 1 || n > ix->intents || (ix->fate[n] & IMAGE) == 0)
		return FATE_KEPT;
	return (enum journal_fate)(ix->fate[n] & FATE_MASK);
}

bool
journal_restores(const struct journal_index *ix, int64_t n)
{
	return journal_fate(ix, n) != FATE_KEPT;
}

bool
journal_last(const struct journal_index *ix, int64_t n, int64_t line)
{
	const struct journal_again *again;

	if (n < 1 || n > ix->intents || (ix->fate[n] & IMAGE) == 0)
		return false;
	if ((ix->fate[n] & IMAGES) == 0)
		return true;
	again = hashes_find(&ix->again, (struct hash){ 0, (uint64_t)n });
	return again != NULL && again->line == line;
}

/* A string member as a C string; "" when it is missing. NULL when it contains
 * a NUL or is not a string. */
static char *
header_text(struct slice value)
{
	struct slice text = slice_unquote(value);
	struct buf b = { 0 };

	if (value.p == NULL)
		return xstrdup("");
	if (text.p == NULL)
		return NULL;
	slice_text_decode(&b, text);
	buf_add(&b, "", 0); /* its NUL, where it is empty */
	if (memchr(buf_text(&b), '\0', b.n) != NULL) {
		buf_release(&b);
		return NULL;
	}
	return buf_detach(&b);
}

/* The one or two names of "key". */
static int
header_key(struct journal_header *h, struct slice value)
{
	struct slice_walk w = slice_walk(value);
	struct slice name;
	char **to[] = { &h->partition, &h->sort };
	int n = 0, r;

	if (slice_array(&w) != 0)
		return -1;
	while ((r = slice_element(&w)) == 1) {
		if (n == 2 || slice_value(&w, &name) != 0 ||
		    (*to[n] = header_text(name)) == NULL || **to[n] == '\0')
			return -1;
		n++;
	}
	return r == 0 && n > 0 ? 0 : -1;
}

static int
take_header(struct journal_header *h, struct slice body, struct fault *f)
{
	const struct {
		const char *name;
		char **to;
	} texts[] = {
		{ "table", &h->table },
		{ "table_id", &h->table_id },
		{ "endpoint", &h->endpoint },
		{ "region", &h->region },
		{ "ttl_attribute", &h->ttl_attribute },
		{ "command", &h->command },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i].to = header_text(slice_get(body, texts[i].name));
		if (*texts[i].to == NULL)
			return fault(f, FAULT_DATA,
			    "the journal's header has no usable \"%s\"",
			    texts[i].name);
	}
	if (*h->table == '\0')
		return fault(f, FAULT_DATA,
		    "the journal's header does not name its table");
	if (header_key(h, slice_get(body, "key")) != 0)
		return fault(f, FAULT_DATA,
		    "the journal's header does not name the table's key");
	if (slice_int(slice_get(body, "now"), &h->now) != 0)
		return fault(f, FAULT_DATA, "the journal's header has no time");
	return 0;
}

/* Room for entry n. */
static void
reserve(struct journal_index *ix, int64_t n)
{
	size_t want = (size_t)n + 1, cap = ix->cap > 0 ? ix->cap : 1024;

	if (want <= ix->cap)
		return;
	while (cap < want)
		cap *= 2;
	ix->fate = xrealloc(ix->fate, cap);
	memset(ix->fate + ix->cap, 0, cap - ix->cap);
	ix->cap = cap;
}

static void
take_time(struct journal_index *ix, int64_t at_us)
{
	if (at_us <= 0)
		return;
	if (ix->first_us == 0 || at_us < ix->first_us)
		ix->first_us = at_us;
	if (at_us > ix->last_us)
		ix->last_us = at_us;
}

static int
take_intent(struct journal_index *ix, const struct line *line, int64_t number,
    struct fault *f)
{
	int64_t n = line->n;

	if (n > ix->lines + AHEAD)
		return fault(f, FAULT_DATA, "entry number %lld is out of order",
		    (long long)n);
	reserve(ix, n);
	if (n > ix->intents)
		ix->intents = n;
	if ((ix->fate[n] & IMAGE) != 0) {
		struct journal_again *again =
		    hashes_at(&ix->again, (struct hash){ 0, (uint64_t)n });

		again->line = number;
		ix->fate[n] |= IMAGES;
	}
	ix->fate[n] |= IMAGE;
	take_time(ix, line->at_us);
	return 0;
}

static int
take_outcome(struct journal_index *ix, struct slice triple, struct fault *f)
{
	struct slice_walk w = slice_walk(triple);
	struct slice part[3] = { { NULL, 0 } }, word;
	enum journal_fate fate = FATE_UNKNOWN;
	int64_t n, sends;

	if (slice_array(&w) != 0)
		return fault(f, FAULT_DATA, "an outcome is not an array");
	for (int i = 0; i < 3; i++)
		if (slice_element(&w) != 1 || slice_value(&w, &part[i]) != 0)
			break;
	word = slice_unquote(part[1]);
	if (slice_int(part[0], &n) != 0 || word.p == NULL ||
	    slice_int(part[2], &sends) != 0)
		return fault(f, FAULT_DATA,
		    "an outcome is not [number,\"word\",sends]");
	if (n < 1 || n > ix->intents || (ix->fate[n] & IMAGE) == 0)
		return fault(f, FAULT_DATA,
		    "an outcome of entry %lld, which is not in the journal",
		    (long long)n);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_text_is(word, words[i].name, strlen(words[i].name)))
			fate = sends <= 1 ? words[i].once : words[i].often;
	if (fate == FATE_UNKNOWN)
		return fault(f, FAULT_DATA, "an unknown outcome of entry %lld",
		    (long long)n);
	/* once deleted, always deleted: restore must not miss it */
	if (journal_fate(ix, n) != FATE_DELETED)
		ix->fate[n] =
		    (unsigned char)((ix->fate[n] & ~FATE_MASK) | fate);
	return 0;
}

static int
take_outcomes(struct journal_index *ix, struct slice list, struct fault *f)
{
	struct slice_walk w = slice_walk(list);
	struct slice triple;

	if (slice_array(&w) != 0)
		return -1;
	while (slice_element(&w) == 1)
		if (slice_value(&w, &triple) != 0 ||
		    take_outcome(ix, triple, f) != 0)
			return -1;
	return 0;
}

/* Line ${number} of a journal; the first must be the header and no other. Of an
 * intent that ${more} lines follow only head and tail are looked at: whoever
 * reads its image checks the rest. */
static int
take_line(struct journal_index *ix, struct slice text, int64_t number,
    bool more, struct fault *f)
{
	struct line line;

	if (more && ix->lines > 0 && plain_intent(&line, text))
		return take_intent(ix, &line, number, f);
	if (line_parse(&line, text, f) != 0)
		return -1;
	if ((line.kind == LINE_HEADER) != (ix->lines == 0))
		return ix->lines == 0
		    ? fault(f, FAULT_DATA, "it does not begin like a journal")
		    : fault(f, FAULT_REFUSED,
			  "another journal begins here; give them one at a "
			  "time");
	switch (line.kind) {
	case LINE_HEADER:
		return take_header(&ix->header, line.body, f);
	case LINE_INTENT:
		return take_intent(ix, &line, number, f);
	case LINE_OUTCOME:
		return take_outcomes(ix, line.body, f);
	case LINE_BLANK:
		return 0;
	default:
		return fault(f, FAULT_DATA, "not a line of a journal");
	}
}

/* Whether nothing follows but, maybe, a truncated gzip member. */
static bool
at_end(struct lines *l)
{
	struct slice text;
	bool torn;
	int r = lines_next(l, &text, &torn, NULL);

	return r == 0 || (r < 0 && lines_cut(l));
}

static int
index_lines(struct journal_index *ix, struct lines *l, struct fault *f)
{
	struct slice text;
	bool torn = false;
	int r;

	while ((r = lines_next(l, &text, &torn, f)) == 1) {
		int64_t number = lines_number(l);

		if (take_line(ix, text, number, lines_follow(l), f) == 0) {
			ix->lines = number;
			ix->torn = torn;
		} else if (ix->lines > 0 && slice_check(text, NULL) != 0 &&
		    at_end(l)) {
			ix->torn = ix->cut = true;
			return 0;
		} else {
			return fault_at(f, "%s:%lld", lines_path(l),
			    (long long)number);
		}
	}
	if (r == 0 && ix->lines == 0)
		return fault(f, FAULT_DATA, "%s: is empty", lines_path(l));
	if (r < 0 && ix->lines > 0 && lines_cut(l)) {
		ix->torn = ix->cut = true;
		r = 0;
	}
	return r;
}

int
journal_index_read(struct journal_index *ix, struct lines *l, struct fault *f)
{
	struct fault why = { 0 };

	*ix = (struct journal_index){ .again = { .size = sizeof(
						     struct journal_again) } };
	if (index_lines(ix, l, &why) == 0)
		return 0;
	journal_index_release(ix);
	if (f != NULL)
		*f = why;
	return -1;
}

int
journal_header_load(struct journal_header *h, const char *path, struct fault *f)
{
	struct lines *l = lines_open(path, f);
	struct slice text;
	struct line line;
	bool torn;
	int r;

	*h = (struct journal_header){ 0 };
	if (l == NULL)
		return -1;
	r = lines_next(l, &text, &torn, f);
	if (r == 1 && !torn && line_parse(&line, text, NULL) == 0 &&
	    line.kind == LINE_HEADER)
		r = take_header(h, line.body, f);
	else if (r >= 0)
		r = fault(f, FAULT_DATA, "%s: does not begin like a journal",
		    path);
	lines_close(l);
	if (r != 0)
		journal_header_release(h);
	return r;
}

void
journal_header_release(struct journal_header *h)
{
	free(h->table);
	free(h->table_id);
	free(h->endpoint);
	free(h->region);
	free(h->ttl_attribute);
	free(h->command);
	free(h->partition);
	free(h->sort);
	*h = (struct journal_header){ 0 };
}

void
journal_index_release(struct journal_index *ix)
{
	journal_header_release(&ix->header);
	hashes_release(&ix->again);
	free(ix->fate);
	*ix = (struct journal_index){ 0 };
}
