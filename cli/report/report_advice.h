#ifndef CLI_REPORT_REPORT_ADVICE_H
#define CLI_REPORT_REPORT_ADVICE_H

#include <stdbool.h>

struct emit;
struct report;

/* The section of inspect's report that says what to do, with the commands;
 * nothing for an empty table. ${first}: only up to the first command. */
void report_advice(struct emit *e, const struct report *r, bool first);

#endif
