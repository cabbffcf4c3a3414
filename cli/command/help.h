#ifndef CLI_COMMAND_HELP_H
#define CLI_COMMAND_HELP_H

struct buf;
struct command;
struct option_row;

/* The help, made from the tables of commands and options, wrapped to
 * ${width} cells. */
void help_program(struct buf *out, int width);
void help_command(struct buf *out, const struct command *c, int width);
/* "Usage: …" of ${c}, NULL: of the program. */
void help_usage(struct buf *out, const struct command *c);
/* Add the row's help with its words, default and environment variable. */
void help_option(struct buf *out, const struct option_row *row);

#endif
