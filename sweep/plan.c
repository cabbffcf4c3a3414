#include <stdbool.h>
#include <stddef.h>

#include "lib/dynamodb/table.h"
#include "sweep/plan.h"

#define SHARE 4.0

static double
share(double units)
{
	if (units <= 0)
		return 0;
	return units / SHARE > 1 ? units / SHARE : 1;
}

/* What the slowest of the table and its global indexes can write. */
static double
slowest(const struct ddb_table *t)
{
	double least = t->write_units;

	for (size_t i = 0; i < t->nindexes; i++) {
		const struct ddb_index *x = &t->indexes[i];

		if (x->global && x->write_units > 0 &&
		    (least <= 0 || x->write_units < least))
			least = x->write_units;
	}
	return least;
}

struct plan_pace
plan_pace(const struct ddb_table *t, int64_t max_rcu, int64_t max_wcu)
{
	return (struct plan_pace){
		.reads = max_rcu >= 0 ? (double)max_rcu : share(t->read_units),
		.writes = max_wcu >= 0 ? (double)max_wcu : share(slowest(t)),
	};
}

double
plan_seconds(const struct plan_pace *pace, double reads, double writes)
{
	double r = pace->reads > 0 ? reads / pace->reads : 0;
	double w = pace->writes > 0 ? writes / pace->writes : 0;

	return r > w ? r : w;
}
