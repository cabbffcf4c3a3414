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

enum outcome
outcome_of(enum ddb_said said, int sends, int found, bool *unconfirmed)
{
	*unconfirmed = false;
	switch (said) {
	case DDB_SAID_DONE:
		return OUTCOME_DELETED;
	case DDB_SAID_CONDITION:
		if (found > 0)
			return OUTCOME_REFRESHED;
		if (found < 0) /* it could not be asked: nobody knows */
			return OUTCOME_FAILED;
		break;
	case DDB_SAID_ABSENT:
		break;
	case DDB_SAID_NOTHING:
	case DDB_SAID_ERROR:
		return OUTCOME_FAILED;
	}
	*unconfirmed = sends > 1;
	return sends > 1 ? OUTCOME_DELETED : OUTCOME_GONE;
}

bool
outcome_needs_read(enum ddb_said said, bool image_came)
{
	return said == DDB_SAID_CONDITION && !image_came;
}
