#ifndef CLI_QUOTED_H
#define CLI_QUOTED_H

struct options;
struct rules;

/*
 * Options as they could be written again. Reports and logs are shown around:
 * a session's key that was asked for is masked in them like any other.
 */
struct quoted {
	char *selection; /* those that choose among the entries */
	char *judging;   /* those that decide about sessions and groups */
	char *repeat;    /* what a command about the same entries repeats */
	struct options *shown; /* all of them, masked; its command line, too */
};

/* To be released. */
void quoted_make(struct quoted *q, const struct options *options,
    const struct rules *rules);
void quoted_release(struct quoted *q);

#endif
