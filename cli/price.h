#ifndef CLI_PRICE_H
#define CLI_PRICE_H

#include <stdint.h>

/* What a million request units cost, where that is known. */
struct price {
	const char *region;
	const char *date; /* of the price list it is from */
	double usd_per_million_writes;
	double usd_per_million_reads;
};

/* The price in ${region} (may be NULL), NULL when it is not known. Only for
 * tables that pay by request. */
const struct price *price_of(const char *region);
double price_usd(const struct price *p, int64_t write_units);
double price_read_usd(const struct price *p, double read_units);

#endif
