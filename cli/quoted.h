#ifndef CLI_QUOTED_H
#define CLI_QUOTED_H

#include <stdbool.h>

struct options;
struct rules;

/*
 * The options that a report of inspect tells, as they could be written again.
 * A report is shown around: a session's key that was asked for is masked in
 * them like any other.
 */
struct quoted {
	char *selection; /* those that choose among the entries; NULL: none */
	char *judging;   /* those that tell sessions and groups */
	char *repeat;    /* what a command about the same entries repeats */
};

/* ${selects}: there are some that choose. To be released. */
void quoted_make(struct quoted *q, const struct options *options,
    const struct rules *rules, bool selects);
void quoted_release(struct quoted *q);

#endif
