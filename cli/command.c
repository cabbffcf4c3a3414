#include <stddef.h>
#include <string.h>

#include "cli/command.h"
#include "lib/base/buf.h"

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

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

void
command_names(struct buf *out, unsigned bits)
{
	size_t n = 0, i = 0;

	for (size_t c = 0; commands[c] != NULL; c++)
		n += (commands[c]->bit & bits) != 0;
	for (size_t c = 0; commands[c] != NULL; c++) {
		if ((commands[c]->bit & bits) == 0)
			continue;
		if (i > 0)
			buf_adds(out, i + 1 == n ? " and " : ", ");
		buf_adds(out, commands[c]->name);
		i++;
	}
}
