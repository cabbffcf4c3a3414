#include <string.h>

#include "cli/report/report.h"
#include "cli/report/report_manner.h"
#include "sweep/totals.h"

static const struct report_manner manners[] = {
	{ "purge", "delete", "Deleting", "put back", "put them back",
	    "delete it", "delete them", "match" },
	{ "repair", "repair", "Repairing", "changed back", "change them back",
	    "repair it", "repair them", "need a repair" },
	{ "restore", "put back", "", "", "", "put it back", "put them back",
	    "match" },
	/* a restore that only undoes a repair */
	{ "change", "change back", "", "", "", "change it back",
	    "change them back", "match" },
};

const struct report_manner *
report_manner_of(const char *command)
{
	const struct report_manner *m = manners;

	while (strcmp(m->command, command) != 0)
		m++;
	return m;
}

bool
report_manner_restores(const struct report_sweep *r)
{
	return strcmp(r->command, "restore") == 0;
}

/* A restore that only undoes a repair: nothing is put back. */
static bool
is_change(const struct report_sweep *r)
{
	return report_manner_restores(r) && r->totals->matched > 0 &&
	    r->totals->of_repair == r->totals->matched &&
	    r->totals->gone_since == 0;
}

const struct report_manner *
report_manner_now(const struct report_sweep *r)
{
	return report_manner_of(is_change(r) ? "change" : r->command);
}

bool
report_manner_pays_again(const struct report_sweep *r)
{
	const char *stopped = r->totals->stopped;

	return report_manner_restores(r) && stopped != NULL &&
	    (strcmp(stopped, "max-units") == 0 ||
		strcmp(stopped, "max-cost") == 0);
}

const char *
report_manner_slower(const struct report_sweep *r)
{
	return 2 * r->work.throttled_writes >= r->work.throttled ? "--max-wcu"
								 : "--max-rcu";
}

const char *
report_manner_chosen(const char *command)
{
	return report_manner_of(command)->chosen;
}
