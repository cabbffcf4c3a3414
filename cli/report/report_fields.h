#ifndef CLI_REPORT_REPORT_FIELDS_H
#define CLI_REPORT_REPORT_FIELDS_H

struct codec;
struct report;

/* What a report is of, and what reading it took: one table of the fields that
 * are written, read, compared and added up. */

/* Write or read them, and which part of the table was read. */
void report_fields_head(struct codec at);
void report_fields_part(struct codec at);
void report_fields_work(struct codec at);
/* Free the texts that report_fields_head read. */
void report_fields_release(struct report *r);

/* What two reports are not both of, in words; NULL: they add up. Pure. */
const char *report_fields_difference(const struct report *a,
    const struct report *b);
/* Add what reading took to ${to}. */
void report_fields_add(struct report *to, const struct report *part);

#endif
