#include "sweep/outcome.h"

static const char *const names[OUTCOMES] = {
	[OUTCOME_DELETED] = "deleted",
	[OUTCOME_REFRESHED] = "refreshed",
	[OUTCOME_GONE] = "gone",
	[OUTCOME_FAILED] = "failed",
	[OUTCOME_SKIPPED] = "skipped",
};

const char *
outcome_name(enum outcome o)
{
	return names[o];
}

/* There is no entry now: did we delete it? */
static struct verdict
nothing_there(const struct answer *a, bool known)
{
	if (a->sends > 1)
		return (struct verdict){ OUTCOME_DELETED, true, false };
	if (known)
		return (struct verdict){ OUTCOME_GONE, false, false };
	return (struct verdict){ OUTCOME_DELETED, true, true };
}

struct verdict
outcome_of(const struct answer *a)
{
	switch (a->said) {
	case DDB_SAID_DONE:
		if (a->others)
			return nothing_there(a, false);
		return (struct verdict){ OUTCOME_DELETED, false, false };
	case DDB_SAID_CONDITION:
		if (a->found == 0)
			return nothing_there(a, true);
		if (a->found > 0)
			return (
			    struct verdict){ OUTCOME_REFRESHED, false, false };
		/* not read: an earlier send may have deleted it */
		return (struct verdict){ OUTCOME_FAILED, false, a->sends > 1 };
	case DDB_SAID_ABSENT:
		return nothing_there(a, a->absent && a->returns);
	case DDB_SAID_NOTHING:
	case DDB_SAID_ERROR:
		if (a->unsure && a->found == 0)
			return (struct verdict){ OUTCOME_DELETED, true, true };
		break;
	}
	return (struct verdict){ OUTCOME_FAILED, false, false };
}

bool
outcome_needs_read(enum ddb_said said, bool image_came, bool unsure)
{
	return unsure || (said == DDB_SAID_CONDITION && !image_came);
}
