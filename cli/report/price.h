#ifndef CLI_REPORT_PRICE_H
#define CLI_REPORT_PRICE_H

struct buf;

/* What a million request units cost. */
struct price {
	const char *region; /* NULL: the user gave it */
	const char *date;   /* of the price list it is from */
	double usd_per_million_writes;
	double usd_per_million_reads;
};

/* The price in ${region} (may be NULL) of tables that pay per request; NULL if
 * it is not known. */
const struct price *price_of(const char *region);
double price_usd(const struct price *p, double write_units);
double price_read_usd(const struct price *p, double read_units);
/* Add where ${p} is from: "us-east-1 prices of 2026-05-13", "by --price". */
void price_source(struct buf *out, const struct price *p);

#endif
