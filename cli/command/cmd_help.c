#include <unistd.h>

#include "cli/command.h"
#include "cli/command/help.h"
#include "cli/log.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "cli/term.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"

static int run(const struct options *o, struct log *log, struct fault *f);

const struct command cmd_help = {
	.name = "help",
	.bit = ON_HELP,
	.args = "[COMMAND]",
	.min = 0,
	.max = 1,
	.summary = "show help, for a command if one is given",
	.about = "Shows what the program can do, or what one command does and "
		 "which options it takes.",
	.examples = {
		{ "help",
		    "the commands and the global options" },
		{ "help purge",
		    "what purge does, and its options" },
	},
	.run = run,
};

/* Longer lines are harder to read. */
#define WIDTH_MAX 80

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	const struct command *c = NULL;
	int width = term_width(STDOUT_FILENO, WIDTH_MAX), rc;
	struct buf out = { 0 };

	(void)log;
	if (o->noperands > 0 &&
	    (c = option_command(o->commands, o->operands[0], f)) == NULL)
		return -1;
	if (o->help)
		c = o->command;
	if (width > WIDTH_MAX)
		width = WIDTH_MAX;
	if (c != NULL)
		help_command(&out, c, width);
	else
		help_program(&out, o->commands, width);
	rc = output_all(NULL, &out, f);
	buf_release(&out);
	return rc;
}
