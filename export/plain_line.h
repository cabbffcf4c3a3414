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

/* The same of a purge's intent, but for its image: that is whatever is in its
 * place, and the caller has to check that it is one item. Pure. */
bool plain_intent(struct line *out, struct slice text);

#endif
