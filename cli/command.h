#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

struct fault;
struct options;
struct log;

/* A command line, without "ttlsweep", and what it does. */
struct command_example {
	const char *line;
	const char *does;
};

/* Each command's bit in the option table. */
enum command_bit {
	ON_INSPECT = 1 << 0,
	ON_LIST = 1 << 1,
	ON_SHOW = 1 << 2,
	ON_EXPORT = 1 << 3,
	ON_PURGE = 1 << 4,
	ON_RESTORE = 1 << 5,
	ON_COMPLETION = 1 << 6,
	ON_HELP = 1 << 7,
	ON_REPAIR = 1 << 8,
	ON_DOCTOR = 1 << 9,
	ON_ALL = (1 << 12) - 1
};

/* A command is a file, cmd_NAME.c, with one of these on top. ${run} returns the
 * exit status (0, 3, 4, 5), or -1 with the fault. */
struct command {
	const char *name;
	unsigned bit;
	const char *args;    /* operands, as in the synopsis; "" if none */
	int min, max;        /* how many operands; max -1: any number */
	const char *summary; /* one line */
	const char *about;   /* a paragraph for help NAME */
	struct command_example examples[2];
	int (*run)(const struct options *o, struct log *log, struct fault *f);
};

extern const struct command cmd_inspect, cmd_list, cmd_show, cmd_export,
    cmd_purge, cmd_repair, cmd_restore, cmd_doctor, cmd_completion, cmd_help;

#endif
