#ifndef CLI_REPORT_OPTION_ECHO_H
#define CLI_REPORT_OPTION_ECHO_H

#include <stdbool.h>

struct buf;
struct options;
struct rules;

/*
 * Options as they could be written again. Reports and logs are passed around:
 * the key of a session in an option is masked in them like any other.
 */
struct option_echo {
	char *selection;       /* those that select entries */
	char *judging;         /* those that define sessions and groups */
	char *repeat;          /* what a command about the same entries needs */
	struct options *shown; /* all of them, and the command line, masked */
	bool masked;           /* a key is */
	char *place;           /* the table, region and endpoint that come from
				  elsewhere (" --table t"); NULL: unknown */
};

/* To be released. */
void option_echo_make(struct option_echo *q, const struct options *options,
    const struct rules *rules);
/* Add what to know of a masked command line, which follows. */
void option_echo_warn(struct buf *out, const struct option_echo *q);
/* Add the command line ${line} ("ttlsweep purge ..."), so that it does the same
 * in another environment, for a message (term_command). */
void option_echo_line(struct buf *out, const struct option_echo *q,
    const char *line);
/* Add the command of a dry run with --yes, likewise. */
void option_echo_yes(struct buf *out, const struct option_echo *q);
void option_echo_release(struct option_echo *q);

#endif
