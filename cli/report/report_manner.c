#include <string.h>

#include "cli/report/figure.h"
#include "cli/report/report.h"
#include "cli/report/report_manner.h"
#include "lib/base/buf.h"
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

/* Whether half of ${of} requests were throttled; then say so. */
static bool
add_throttled(struct buf *line, int64_t throttled, int64_t of, const char *kind,
    const char *option)
{
	if (throttled == 0 || 2 * throttled < of)
		return false;
	buf_addf(line,
	    "the service throttled %s of %s %s requests: slow down with %s, or "
	    "raise the table's capacity",
	    figure_count(throttled).s, figure_count(of).s, kind, option);
	return true;
}

bool
report_manner_throttled(const struct report_sweep *r, struct buf *line)
{
	const struct report_work *w = &r->work;

	return add_throttled(line, w->throttled_writes, w->writes, "write",
		   "--max-wcu") ||
	    add_throttled(line, w->throttled - w->throttled_writes,
		w->requests - w->writes, "read", "--max-rcu");
}

const char *
report_manner_chosen(const char *command)
{
	return report_manner_of(command)->chosen;
}
