#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

struct command;

/*
 * All commands, in the order of the help; ends with NULL. Only main reads it
 * and hands it down: to the parser, the help and the completion a command is
 * a name, a bit and a text.
 */
extern const struct command *const commands[];

#endif
