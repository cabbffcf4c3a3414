#ifndef EXPORT_PLAIN_LINE_H
#define EXPORT_PLAIN_LINE_H

#include <stdbool.h>

#include "lib/base/slice.h"

struct line;

/*
 * A fast reader of the lines that exports and journals consist of, written as
 * we and DynamoDB write them: members in that order, no white space, attribute
 * values that compact.h accepts. Each byte is looked at once. True, and ${out}
 * is what line_parse makes of it and all of its JSON is checked; false for all
 * else, which line_parse has to judge. Pure.
 */
bool plain_line(struct line *out, struct slice text);

#endif
