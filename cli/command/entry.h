#ifndef CLI_COMMAND_ENTRY_H
#define CLI_COMMAND_ENTRY_H

#include <stdbool.h>

#include "cli/report/text_report.h"

struct record;

/* What is known of the table's TTL. */
struct entry_ttl {
	const char *attribute; /* by which entries are judged */
	bool assumed;          /* nobody has named it */
	const char *unknown;   /* the TTL attribute if it is not known whether
				  TTL is on for it, as in a file; else NULL */
	const char *on; /* the attribute that TTL acts on; NULL: it is off */
};

/*
 * Add ${r} in full, as people read it: its key, what TTL will do with it, every
 * attribute with its type in the order it came, JSON in texts indented.
 * ${other}: the same entry, judged by ttl.on, if that is another attribute;
 * else NULL. ${reveal}: nothing is masked.
 */
void entry_print(const struct text_report *p, const struct record *r,
    const struct record *other, const struct entry_ttl *ttl, bool reveal);

#endif
