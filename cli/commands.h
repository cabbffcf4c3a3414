#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

struct command;

/* All commands, in the order of the help; ends with NULL. Only main uses it and
 * hands it down: the rooms below know a command as a name, a bit and a text. */
extern const struct command *const commands[];

#endif
