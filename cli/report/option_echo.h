#ifndef CLI_REPORT_OPTION_ECHO_H
#define CLI_REPORT_OPTION_ECHO_H

struct options;
struct rules;

/*
 * Options as they could be written again. Reports and logs are shown around:
 * a session's key that was asked for is masked in them like any other.
 */
struct option_echo {
	char *selection; /* those that choose among the entries */
	char *judging;   /* those that decide about sessions and groups */
	char *repeat;    /* what a command about the same entries repeats */
	struct options *shown; /* all of them, masked; its command line, too */
};

/* To be released. */
void option_echo_make(struct option_echo *q, const struct options *options,
    const struct rules *rules);
void option_echo_release(struct option_echo *q);

#endif
