#ifndef CLI_REPORT_REPORT_PARTS_H
#define CLI_REPORT_REPORT_PARTS_H

#include <stdint.h>

struct buf;
struct histogram;
struct text_report;
struct report;
struct summary;
struct summary_group;

/* The sections of inspect's text behind the states; each adds nothing when
 * it has nothing to tell. */
void report_part_kinds(const struct text_report *p, const struct report *r);
void report_part_groups(const struct text_report *p, const struct report *r);
void report_part_overdue(const struct text_report *p, const struct report *r);
void report_part_upcoming(const struct text_report *p, const struct report *r);
void report_part_largest(const struct text_report *p, const struct report *r);
void report_part_advice(const struct text_report *p, const struct report *r);
void report_part_cost(const struct text_report *p, const struct report *r);

/* Below: what the sections are made of, for other forms of the report. */

/* The groups, those with most entries first; the caller frees the array. */
const struct summary_group **report_part_sorted(const struct summary *s);

/* Ages as people think of them: how many expired entries each has. Returns
 * the most. */
#define REPORT_AGES 8
struct report_age {
	const char *label;
	int64_t below; /* seconds; INT64_MAX for the last */
	int64_t items;
};
int64_t report_part_ages(const struct histogram *h,
    struct report_age counted[REPORT_AGES]);
/* Add what there is to say about live entries years ahead; nothing for none. */
void report_part_beyond(const struct summary *s, struct buf *line);
/* Add "50 % are overdue by …", nothing for less than two entries. */
void report_part_percentiles(const struct histogram *h, struct buf *line);

#endif
