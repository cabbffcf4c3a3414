#ifndef CLI_COMMAND_HELP_H
#define CLI_COMMAND_HELP_H

struct buf;
struct command;

/* Add the help for ${c}, made from the table of options, wrapped to ${width}
 * cells. */
void help_command(struct buf *out, const struct command *c, int width);

#endif
