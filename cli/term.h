#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Values of --color and --progress. */
enum term_when { TERM_AUTO, TERM_ALWAYS, TERM_NEVER };

/* Cells in a line of ${fd}: COLUMNS, else the terminal's, else ${other}. */
int term_width(int fd, int other);
/* Lines of ${fd}: LINES, else the terminal's, else ${other}. */
int term_height(int fd, int other);
/* Whether ${fd} is a terminal whose cursor can be moved. */
bool term_draws(int fd);
/* Whether it is a pipe: its reader may write to our terminal at any time. */
bool term_piped(int fd);
/* Whether to use colour; ${when} is the value of --color. With auto NO_COLOR
 * says no, else CLICOLOR_FORCE yes, else term_draws decides. */
bool term_color(int fd, int when);
/* Whether it is a terminal and we are in its foreground. */
bool term_foreground(int fd);

/* Add ${p}[0..n) to ${out} as text_escape does, except the characters of
 * ${keep}. */
void term_escape(struct buf *out, const char *p, size_t n, const char *keep,
    bool ascii);
/* The same, keeping backslashes, newlines and tabs: for data that goes to a
 * terminal. */
void term_tame(struct buf *out, const char *p, size_t n, bool ascii);

/* Add the command line ${line}, of words that shlex_quote wrote, so that it can
 * be copied from a terminal: a word whose characters are not shown as they are
 * is written in octal (shlex_quote_octal). */
void term_command(struct buf *out, const char *line, bool ascii);

#endif
