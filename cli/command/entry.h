#ifndef CLI_COMMAND_ENTRY_H
#define CLI_COMMAND_ENTRY_H

#include <stdbool.h>

#include "cli/report/text_report.h"

struct record;

/* An entry in full, as people read it. */
struct entry_view {
	bool reveal; /* nothing is masked */
};

/* Add ${r} to the paper: its key, what TTL makes of it, every attribute
 * with its type in the order it came, payloads of JSON indented. */
void entry_print(const struct text_report *p, const struct entry_view *v,
    const struct record *r);

/* What TTL will do with ${r}, in a sentence. */
void entry_fate(struct buf *out, const struct record *r);

#endif
