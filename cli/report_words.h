#ifndef CLI_REPORT_WORDS_H
#define CLI_REPORT_WORDS_H

#include "inspector/record.h"

struct buf;
struct paper;
struct report;

/* The sentences of inspect's report, for every form that people read: added
 * to ${line}, other people's words in them made harmless. */

/* "TTL attribute ttl, TTL ENABLED, judged at …" */
void report_words_ttl(const struct paper *p, const struct report *r,
    struct buf *line);
/* "14 973 entries, 21.4 MiB." */
void report_words_work(const struct report *r, struct buf *line);
/* How far TTL is behind. The state whose colour goes with it. */
enum state report_words_headline(const struct report *r, struct buf *line);
/* Why TTL does not act. */
void report_words_meaning(const struct report *r, enum reason why,
    struct buf *line);
/* … and what to do about it. */
void report_words_remedy(const struct report *r, enum state state,
    enum reason why, struct buf *line);

#endif
