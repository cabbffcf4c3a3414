#ifndef TESTS_UNIT_JOURNAL_TEXT_H
#define TESTS_UNIT_JOURNAL_TEXT_H

/* Lines of exports and journals, and what a walk over them gives. */

#include <string.h>

#include "export/reader.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/stream/lines.h"

#define ITEM(key) "{\"Item\":{\"key\":{\"S\":\"" key "\"}}}\n"
#define HEADER                                                          \
	"{\"ttlsweep.journal/1\":{\"table\":\"T\",\"table_id\":\"i\","  \
	"\"endpoint\":\"http://e\",\"region\":\"r\",\"key\":[\"key\"]," \
	"\"ttl_attribute\":\"ttl\",\"now\":1795332271,\"command\":"     \
	"\"purge\",\"options\":\"--yes\"}}\n"
#define KEY(key) "{\"key\":{\"S\":\"" key "\"}}"
#define INTENT_OF(at, n, key)                                            \
	"{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"" at "\"}},"   \
	"\"Keys\":" KEY(key) ",\"OldImage\":" KEY(key) ",\"Ttlsweep\":{" \
						       "\"n\":" n        \
						       ",\"why\":\"none\"}}\n"
#define INTENT(n, key) INTENT_OF("1", n, key)
#define INTENT_AT(at, n) INTENT_OF(at, n, "k")
#define OUTCOME(list) "{\"Outcome\":[" list "]}\n"

/* Entries out of order, a second image, every fate. */
#define JOURNAL                                                             \
	HEADER INTENT("2", "two") INTENT("1", "one") INTENT("3", "old")     \
	    INTENT("4", "kept") INTENT("5", "unsure") INTENT("3", "new")    \
		OUTCOME(                                                    \
		    "[1,\"deleted\",1],[3,\"deleted\",1],[4,\"refreshed\"," \
		    "1],[5,\"failed\",3]") INTENT("7", "seven")

static inline void
add_entry(struct buf *out, struct slice item, int64_t line)
{
	struct slice key =
	    slice_unquote(slice_get(slice_get(item, "key"), "S"));

	buf_addf(out, "%.*s@%d ", SLICE_ARG(key), (int)line);
}

/* The keys of what ${path} gives, with their lines; "!" for a fault. */
static inline void
walk(struct buf *out, struct reader *r, struct fault *f)
{
	struct slice item;
	int64_t line;
	int got;

	while ((got = reader_next(r, &item, &line, f)) == 1)
		add_entry(out, item, line);
	if (got < 0)
		buf_adds(out, "!");
}

/* The entry on one line: as walk; false after a fault. */
static inline bool
walk_line(struct buf *out, const struct reader *r,
    const struct reader_text *text, struct fault *f)
{
	struct reader_entry e;
	int got = reader_line(r, text, &e, f);

	if (got == 1 && !e.checked && slice_check(e.item, NULL) != 0)
		got = reader_check(r, text, &e, f);
	if (got < 0)
		buf_adds(out, "!");
	else if (got > 0)
		add_entry(out, e.item, text->number);
	return got >= 0;
}

/* The same as walk, by blocks of lines. */
static inline void
walk_blocks(struct buf *out, struct reader *r, struct fault *f)
{
	struct buf block = { 0 };
	struct reader_text text;
	struct slice rest;
	bool well = true;
	int got = 0;

	while (
	    well && (got = reader_block(r, 40, 3, &block, &text.number, f)) > 0)
		for (rest = (struct slice){ block.p, block.n };
		     well && lines_split(&rest, &text.text, &text.torn);
		     text.number++)
			well = walk_line(out, r, &text, f);
	if (well && got < 0)
		buf_adds(out, "!");
	buf_release(&block);
}

/* Both ways must give the same. */
static inline void
walked(struct buf *out, const char *path, enum reader_which which,
    struct fault *f)
{
	struct reader *r = reader_open(path, which, NULL, f);
	struct buf again = { 0 };
	size_t from = out->n;

	if (r == NULL) {
		buf_adds(out, "!");
		return;
	}
	walk(out, r, f);
	if (which == READER_RESTORE && reader_shares(r)) {
		if (reader_rewind(r, f) == 0)
			walk_blocks(&again, r, NULL);
		if (strcmp(buf_text(&again), buf_text(out) + from) != 0)
			buf_addf(out, "by blocks: %s", buf_text(&again));
	}
	buf_release(&again);
	reader_close(r);
}

#endif
