#ifndef EXPORT_EXPORT_LINE_H
#define EXPORT_EXPORT_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct fault;

/* What a line of an export or a journal is. */
enum line_kind {
	LINE_BLANK,
	LINE_ITEM,   /* {"Item":{…}}, or a bare item {"key":{"S":…},…} */
	LINE_CHANGE, /* {"Metadata","Keys","NewImage"|"OldImage"} */
	LINE_HEADER, /* {"ttlsweep.journal/1":{…}} */
	LINE_INTENT, /* a change with "Ttlsweep":{"n":…} */
	LINE_OUTCOME /* {"Outcome":[[n,"deleted",sends],…]} */
};

struct line {
	enum line_kind kind;
	struct slice item; /* ITEM, INTENT: the image; CHANGE: the newest */
	struct slice keys;
	struct slice ttl;  /* INTENT of a repair: the new TTL value */
	struct slice body; /* HEADER: its object; OUTCOME: its array */
	int64_t n;         /* INTENT */
	int64_t at_us;     /* INTENT, CHANGE: when the image was read or
			      written, microseconds; 0: not known */
	bool deletes;      /* CHANGE: the entry was deleted */
};

/* Parse one line and check all of its JSON. -1 with FAULT_DATA (the caller adds
 * file and line). Pure. */
int line_parse(struct line *out, struct slice text, struct fault *f);
/* The same without the fast reader (plain_line.h), for the tests. */
int line_parse_any(struct line *out, struct slice text, struct fault *f);
/* The same of a checked object that must be a bare item. */
int line_item(struct line *out, struct slice text, struct fault *f);
/* Whether ${text} begins like the first line of a journal of any version, even
 * if it cannot be parsed. Pure. */
bool line_heads_journal(struct slice text);
/* Refuse a line of a journal, FAULT_DATA, in a file that does not begin like
 * one; 0 for all others. */
int line_not_journal(const struct line *line, struct fault *f);

#endif
