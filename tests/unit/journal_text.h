#ifndef TESTS_UNIT_JOURNAL_TEXT_H
#define TESTS_UNIT_JOURNAL_TEXT_H

/* Lines of exports and journals, and what a walk over them gives. Include
 * cmocka.h before. */

#include "export/reader.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"

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

/* The keys of what ${path} gives, with their lines; "!" for a fault. */
static inline void
walk(struct buf *out, struct reader *r, struct fault *f)
{
	struct slice item, inner;
	int64_t line;
	int got;

	while ((got = reader_next(r, &item, &line, f)) == 1) {
		inner = slice_unquote(slice_get(slice_get(item, "key"), "S"));
		buf_addf(out, "%.*s@%d ", SLICE_ARG(inner), (int)line);
	}
	if (got < 0)
		buf_adds(out, "!");
}

static inline void
walked(struct buf *out, const char *path, enum reader_which which,
    struct fault *f)
{
	struct reader *r = reader_open(path, which, NULL, f);

	if (r == NULL) {
		buf_adds(out, "!");
		return;
	}
	walk(out, r, f);
	reader_close(r);
}

#endif
