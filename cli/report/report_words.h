#ifndef CLI_REPORT_REPORT_WORDS_H
#define CLI_REPORT_REPORT_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "inspector/record.h"

struct buf;
struct emit;
struct key_schema;
struct report;
struct summary;
struct text_report;

/* The sentences of inspect's report, in text and in a page. They are added to
 * ${line}; other people's text in them is escaped. */

/* "TTL attribute ttl, TTL ENABLED, judged at ..." */
void report_words_ttl(const struct text_report *p, const struct report *r,
    struct buf *line);
/* "14 973 entries, 21.4 MiB." */
void report_words_work(const struct report *r, struct buf *line);
/* The report in a few sentences: how far TTL is behind, whether it acts, what
 * it will never delete. Returns the state whose color goes with it. */
enum state report_words_verdict(const struct text_report *p,
    const struct report *r, struct buf *line);
/* "TTL is off"; or, if it is ${on} another attribute, "TTL acts on expires, not
 * on ttl". */
void report_words_acts_on(const struct text_report *p, const char *on,
    const char * not, struct buf *line);
/* The same of ${r}; only if it does not act. */
void report_words_off(const struct text_report *p, const struct report *r,
    struct buf *line);
/* " It is inside a map, as data.ttl, ..."; nothing if it is not. */
void report_words_inside(const struct text_report *p, const struct report *r,
    struct buf *line);
/* "expires, created": what else could be the TTL attribute. */
void report_words_lookalikes(const struct text_report *p,
    const struct report *r, struct buf *line);
/* Why TTL does not act on any of them; the example is that of ${state}. */
void report_words_meaning(const struct text_report *p, const struct report *r,
    enum state state, enum reason why, struct buf *line);
/* What to do about it. */
void report_words_remedy(const struct text_report *p, const struct report *r,
    enum reason why, struct buf *line);

/* Whether somebody has named the TTL attribute: it is neither the table's nor
 * the default. */
bool report_words_chosen(const struct report *r);

/* "all 9 entries that have it have expired. If it is the time of creation, ",
 * where summary_all_expired. */
void report_words_creation(const struct summary *s, struct buf *line);

/* "All entries count as sessions, because ..."; nothing if only the keys
 * decide. ${schema}, ${table}: may be NULL. */
void report_words_sessions(const struct text_report *p,
    const struct rules *rules, const struct key_schema *schema,
    const char *table, struct buf *line);

/* Whether only a part of the table was read: shards, or it was interrupted. */
bool report_words_part(const struct report *r);
/* " in the sample", " that was read": not all of the table; else "". */
const char *report_words_seen(const struct report *r);

/* What was counted. Counts of a sample are put together before they are scaled
 * up: each is rounded on its own, and the roundings would look like entries. */
const struct summary *report_words_counted(const struct report *r);

/* Entries that are stuck for another reason than their age, of which TTL leaves
 * those alone that expired five years ago: whether there are such, or, of an
 * estimate, may be. */
bool report_words_old(const struct report *r);

/* Whether no entry of the table has the TTL attribute. */
bool report_words_nameless(const struct report *r);

/* What TTL does about the attribute that entries are judged by. */
enum report_ttl {
	REPORT_TTL_ACTS,
	REPORT_TTL_OFF,
	REPORT_TTL_ELSEWHERE, /* it acts on another attribute */
	REPORT_TTL_UNKNOWN    /* a file does not say */
};
enum report_ttl report_words_acts(const struct report *r);

/* The section that says what to do, with the commands (report_advice.c);
 * nothing for an empty table. ${first}: only up to the first command. */
void report_advice(struct emit *e, const struct report *r, bool first);

#endif
