#ifndef CLI_REPORT_REPORT_MANNER_H
#define CLI_REPORT_REPORT_MANNER_H

#include <stdbool.h>

struct report_sweep;

/* The words of each command, in the report of a sweep. */
struct report_manner {
	const char *command;
	const char *nothing;    /* There is nothing to … */
	const char *doing;      /* … them takes about 5 write units. */
	const char *undone;     /* The journal, from which they can be … */
	const char *undo;       /* To …: (the command that undoes it) */
	const char *one, *many; /* To …: the command */
	const char *chosen;     /* 5 of 9 entries …, more than allowed */
};

/* Those of ${command}. Pure. */
const struct report_manner *report_manner_of(const char *command);
/* The same, of what ${r} does: of a restore that only undoes a repair, those of
 * changing back. Pure. */
const struct report_manner *report_manner_now(const struct report_sweep *r);
/* Whether it is of a restore. Pure. */
bool report_manner_restores(const struct report_sweep *r);

/* Whether it is a restore that a limit of units or cost has stopped: finding
 * again that entries are present would use up as much of it. */
bool report_manner_pays_again(const struct report_sweep *r);

/* Add which requests the service throttled, if that were at least half of the
 * writes or of the reads, and what to do; false: neither. Pure. */
bool report_manner_throttled(const struct report_sweep *r, struct buf *line);

/* What the entries do that --max-percent counts: "match"; of a repair, not all
 * that match. */
const char *report_manner_chosen(const char *command);

#endif
