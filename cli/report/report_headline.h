#ifndef CLI_REPORT_REPORT_HEADLINE_H
#define CLI_REPORT_REPORT_HEADLINE_H

#include <stdbool.h>

#include "inspector/record.h"

struct buf;
struct text_report;
struct report;

/* Add the report in a sentence or three: how far TTL is behind, whether it
 * acts, what it will never take. The state whose colour goes with it. */
enum state report_headline(const struct text_report *p, const struct report *r,
    struct buf *line);

/* Whether no entry has the TTL attribute. Pure. */
bool report_headline_nameless(const struct report *r);

#endif
