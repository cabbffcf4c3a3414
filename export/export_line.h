#ifndef EXPORT_EXPORT_LINE_H
#define EXPORT_EXPORT_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/slice.h"

struct fault;

/* One line of an export or a journal, and what it is. */
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
	struct slice ttl;  /* INTENT of a repair: the TTL value it gave */
	struct slice body; /* HEADER: its object; OUTCOME: its array */
	int64_t n;         /* INTENT */
	int64_t at_us;     /* INTENT, CHANGE: when the image was the entry's, or
			      was written; 0: not told */
	bool deletes;      /* CHANGE: the entry was deleted */
};

/* Understand one line, all of its JSON checked. -1 with FAULT_DATA saying
 * what is wrong (the caller adds file and line). Pure. */
int line_parse(struct line *out, struct slice text, struct fault *f);
/* ${text}, a checked object, can be nothing but a bare item: -1 likewise. */
int line_item(struct line *out, struct slice text, struct fault *f);

#endif
