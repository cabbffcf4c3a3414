#ifndef CLI_COMMAND_HELP_H
#define CLI_COMMAND_HELP_H

struct buf;
struct command;

/* Add the help, made from the tables of commands and options, wrapped to
 * ${width} cells. */
void help_program(struct buf *out, const struct command *const *commands,
    int width);
void help_command(struct buf *out, const struct command *c, int width);

#endif
