#include <stddef.h>
#include <string.h>

#include "cli/report/price.h"
#include "lib/base/buf.h"

static const struct price prices[] = {
	{ "us-east-1", "2026-05-13", 0.625, 0.125 },
};

const struct price *
price_of(const char *region)
{
	if (region == NULL)
		return NULL;
	for (size_t i = 0; i < sizeof(prices) / sizeof(*prices); i++)
		if (strcmp(prices[i].region, region) == 0)
			return &prices[i];
	return NULL;
}

double
price_usd(const struct price *p, double write_units)
{
	return write_units * p->usd_per_million_writes / 1e6;
}

double
price_read_usd(const struct price *p, double read_units)
{
	return read_units * p->usd_per_million_reads / 1e6;
}

void
price_source(struct buf *out, const struct price *p)
{
	if (p->region == NULL)
		buf_adds(out, "by --price");
	else
		buf_addf(out, "%s prices of %s", p->region, p->date);
}
