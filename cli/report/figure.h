#ifndef CLI_REPORT_FIGURE_H
#define CLI_REPORT_FIGURE_H

#include <stdint.h>

/* Seconds of a year of the Gregorian calendar, on average. */
#define FIGURE_YEAR 31556952

/*
 * A figure as people read it: write figure_count(n).s among the arguments of
 * buf_addf. It lives until the end of that statement.
 */
struct figure {
	char s[64];
};

struct figure figure_count(int64_t n);      /* "14 973" */
struct figure figure_one(int64_t n);        /* "one", "12" */
struct figure figure_entries(int64_t n);    /* "1 entry", "12 entries" */
struct figure figure_all(int64_t n);        /* "both", "all 12" */
struct figure figure_all_first(int64_t n);  /* "Both", "All 12" */
struct figure figure_bytes(int64_t n);      /* "1.4 KiB" */
struct figure figure_span(int64_t seconds); /* "3 d 4 h", "2 years 40 d" */
struct figure figure_units(double n);       /* "15 021", "128.5" */
/* "1 read unit", "15 021 write units" */
struct figure figure_units_of(double n, const char *kind);
/* "0.009 USD", with as many digits as it takes */
struct figure figure_usd(double usd);
/* "12.3 %"; never "0.0 %" for some nor "100.0 %" for not all; "" of 0 */
struct figure figure_share(int64_t part, int64_t whole);

#endif
