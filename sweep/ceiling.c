#include "sweep/ceiling.h"
#include "lib/base/sum.h"

const char *
ceiling_name(enum ceiling c)
{
	static const char *const names[CEILINGS] = {
		[CEILING_ITEMS] = "max-items",
		[CEILING_PERCENT] = "max-percent",
		[CEILING_UNITS] = "max-units",
		[CEILING_COST] = "max-cost",
		[CEILING_DEADLINE] = "deadline",
	};

	return names[c];
}

int64_t
account_deadline(const struct account *a)
{
	const struct ceilings *c = a->ceilings;

	if (!c->given[CEILING_DEADLINE])
		return INT64_MAX;
	return sum_add(a->begun_us, sum_mul(c->deadline, 1000000));
}

bool
account_late(const struct account *a, int64_t now_us)
{
	return now_us >= account_deadline(a);
}

int
account_take(struct account *a, double units, int64_t now_us)
{
	const struct ceilings *c = a->ceilings;
	double after = a->spent + a->reserved + units;

	if (c->given[CEILING_ITEMS] && a->items >= c->items)
		return CEILING_ITEMS;
	if (c->given[CEILING_UNITS] && after > c->units)
		return CEILING_UNITS;
	if (c->given[CEILING_COST] && after * c->usd_per_unit > c->usd)
		return CEILING_COST;
	if (account_late(a, now_us))
		return CEILING_DEADLINE;
	a->items++;
	a->reserved += units;
	return -1;
}

void
account_spare(struct account *a)
{
	a->items--;
}

bool
ceiling_always(const struct ceilings *c, enum ceiling which, double units)
{
	struct account fresh = { .ceilings = c };

	return which == CEILING_PERCENT ||
	    account_take(&fresh, units, 0) == (int)which;
}

void
account_settle(struct account *a, double reserved, double cost)
{
	a->reserved -= reserved;
	if (a->reserved < 0)
		a->reserved = 0;
	a->spent += cost;
}

bool
ceiling_percent_passed(const struct ceilings *c, int64_t matched,
    int64_t scanned)
{
	return c->given[CEILING_PERCENT] &&
	    (double)matched * 100 > c->percent * (double)scanned;
}
