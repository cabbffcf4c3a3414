#include <stddef.h>

#include "cli/command.h"
#include "cli/commands.h"

const struct command *const commands[] = {
	&cmd_inspect,
	&cmd_list,
	&cmd_show,
	&cmd_export,
	&cmd_purge,
	&cmd_repair,
	&cmd_restore,
	&cmd_doctor,
	&cmd_completion,
	&cmd_help,
	NULL,
};
