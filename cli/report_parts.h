#ifndef CLI_REPORT_PARTS_H
#define CLI_REPORT_PARTS_H

struct paper;
struct report;

/* The sections of inspect's text behind the states; each adds nothing when
 * it has nothing to tell. */
void report_part_kinds(const struct paper *p, const struct report *r);
void report_part_groups(const struct paper *p, const struct report *r);
void report_part_overdue(const struct paper *p, const struct report *r);
void report_part_upcoming(const struct paper *p, const struct report *r);
void report_part_largest(const struct paper *p, const struct report *r);
void report_part_advice(const struct paper *p, const struct report *r);
void report_part_cost(const struct paper *p, const struct report *r);

#endif
