#ifndef CLI_REPORT_PARTS_H
#define CLI_REPORT_PARTS_H

struct buf;
struct paper;
struct report;
struct rules;
struct summary_group;

/* The sections of inspect's text behind the states; each adds nothing when
 * it has nothing to tell. */
void report_part_kinds(const struct paper *p, const struct report *r);
void report_part_groups(const struct paper *p, const struct report *r);
void report_part_overdue(const struct paper *p, const struct report *r);
void report_part_upcoming(const struct paper *p, const struct report *r);
void report_part_largest(const struct paper *p, const struct report *r);
void report_part_advice(const struct paper *p, const struct report *r);
void report_part_cost(const struct paper *p, const struct report *r);

/* Add the group's name as it may be shown: with a session prefix that holds
 * no colon, the name is part of a session's id. */
void report_part_group_name(struct buf *out, const struct rules *rules,
    const struct summary_group *g);

#endif
