#ifndef CLI_COMMAND_ENTRY_H
#define CLI_COMMAND_ENTRY_H

#include <stdbool.h>

#include "cli/report/text_report.h"

struct record;

/*
 * Add ${r} in full, as people read it: its key, what TTL will do with it, every
 * attribute with its type in the order it came, JSON in texts indented.
 * ${unknown}: the TTL attribute if it is not known whether TTL is on for it, as
 * in a file; else NULL. ${reveal}: nothing is masked.
 */
void entry_print(const struct text_report *p, const struct record *r,
    const char *unknown, bool reveal);

#endif
