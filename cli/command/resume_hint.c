#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/command/resume_hint.h"
#include "cli/option/option.h"
#include "lib/base/buf.h"
#include "lib/base/shlex.h"
#include "sweep/journal.h"
#include "sweep/totals.h"

/* Ceilings, and what to do when the same one would stop every run. */
static const struct {
	const char *stopped, *advice;
} advices[] = {
	{ "max-items", "raise --max-items" },
	{ "max-percent", "raise --max-percent, or narrow the selection" },
	{ "max-units",
	    "raise --max-units: the next entry alone takes more, or narrow "
	    "the selection" },
	{ "max-cost",
	    "raise --max-cost: the next entry alone costs more, or narrow "
	    "the selection" },
	{ "deadline",
	    "raise --deadline: it came before the first entry was written "
	    "to" },
};

/* Whether the same command would come no further. */
static bool
in_vain(const struct options *o, const struct sweep_totals *t)
{
	/* with a checkpoint it goes on behind what it has read */
	return t->blocked ||
	    (strcmp(t->stopped, "deadline") == 0 && t->matched == 0 &&
		(t->scanned == 0 || o->checkpoint == NULL));
}

/* The command line, with a journal that can be written. */
static void
add_command(struct buf *out, const struct options *o,
    const struct sweep_totals *t)
{
	char *fresh;

	if (o->journal == NULL || t->journal == NULL) {
		buf_adds(out, o->line);
		return;
	}
	buf_addf(out, "ttlsweep %s", o->command->name);
	option_repeat(out, o, GROUP_COMMAND, "journal");
	fresh = journal_fresh(o->journal);
	buf_adds(out, " --journal ");
	shlex_quote(out, fresh);
	free(fresh);
	option_repeat(out, o, GROUP_SELECTION, NULL);
	option_repeat(out, o, GROUP_GLOBAL, NULL);
}

void
resume_hint(struct buf *out, const struct options *o,
    const struct sweep_totals *t)
{
	if (t->stopped == NULL ||
	    (strcmp(t->stopped, "failed") == 0 && t->matched == 0))
		return;
	buf_adds(out, "to go on");
	if (!in_vain(o, t)) {
		buf_adds(out, ": ");
		add_command(out, o, t);
		return;
	}
	for (size_t i = 0; i < sizeof(advices) / sizeof(*advices); i++)
		if (strcmp(advices[i].stopped, t->stopped) == 0)
			buf_addf(out, ", %s", advices[i].advice);
	if (strcmp(t->stopped, "max-percent") == 0)
		buf_addf(out, " (%lld of %lld entries match)",
		    (long long)t->percent_matched, (long long)t->percent_of);
	if (strcmp(t->stopped, "deadline") == 0 && o->checkpoint == NULL)
		buf_adds(out,
		    ", or keep with --checkpoint FILE how far it came");
}
