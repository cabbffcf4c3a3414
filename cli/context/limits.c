#include <stdlib.h>

#include "cli/context/context.h"
#include "cli/context/limits.h"
#include "cli/option/option.h"
#include "cli/report/price.h"
#include "inspector/moment.h"
#include "lib/base/fault.h"
#include "lib/base/sum.h"
#include "sweep/ceiling.h"

/* Of a decimal that was checked when the options were read. */
static double
decimal_of(const char *text)
{
	return text != NULL ? strtod(text, NULL) : 0;
}

int
limits_read(struct ceilings *c, struct context *x, struct fault *f)
{
	const struct options *o = x->o;

	*c = (struct ceilings){ 0 };
	c->given[CEILING_ITEMS] = o->max_items >= 0;
	c->items = o->max_items;
	c->given[CEILING_UNITS] = o->max_units >= 0;
	c->units = (double)o->max_units;
	c->given[CEILING_DEADLINE] = o->deadline >= 0;
	c->deadline = o->deadline;
	c->given[CEILING_PERCENT] = o->max_percent != NULL;
	c->given[CEILING_COST] = o->max_cost != NULL;
	c->percent = decimal_of(o->max_percent);
	c->usd = decimal_of(o->max_cost);
	if (o->price != NULL)
		context_price(x, decimal_of(o->price));
	c->usd_per_unit =
	    x->price != NULL ? x->price->usd_per_million_writes / 1e6 : 0;
	if (c->given[CEILING_COST] && x->price == NULL)
		return fault(f, FAULT_USAGE,
		    "--max-cost: what a write unit costs is not known %s; "
		    "give --price, in dollars for a million of them",
		    x->table.provisioned
			? "for a table with provisioned throughput"
			: "here");
	return 0;
}

int
limits_ttl(const struct context *c, struct fault *f)
{
	const struct {
		const char *name;
		int64_t seconds;
	} given[] = { { "extend-ttl", c->o->extend_ttl },
		{ "ttl-for-missing", c->o->ttl_for_missing } };

	for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++)
		if (given[i].seconds >= 0 &&
		    !moment_reaches(c->rules.now, given[i].seconds))
			return fault(f, FAULT_USAGE,
			    "--%s: judged at %lld the TTL would be %lld, and "
			    "only from %lld (2012) to 100 years from then is "
			    "read as a time: judge by a later --now",
			    given[i].name, (long long)c->rules.now,
			    (long long)sum_add(c->rules.now, given[i].seconds),
			    (long long)MOMENT_EARLIEST);
	return 0;
}
