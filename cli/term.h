#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Values of --color and --progress. */
enum term_when { TERM_AUTO, TERM_ALWAYS, TERM_NEVER };

/* What is known of a terminal. */

/* Cells a line has on ${fd}: COLUMNS, else the terminal's own, else
 * ${other}. */
int term_width(int fd, int other);
/* Lines it has: LINES, else the terminal's own, else ${other}. */
int term_height(int fd, int other);
/* Whether it is a terminal whose cursor can be moved. */
bool term_draws(int fd);
/* Whether it is a pipe: who reads it may write to our terminal at any time. */
bool term_piped(int fd);
/* Whether to use colour there; ${when} is the value of --color. On auto
 * NO_COLOR says no, then CLICOLOR_FORCE says yes, then a terminal does that is
 * not dumb. */
bool term_color(int fd, int when);
/* Whether the locale takes UTF-8. */
bool term_utf8(void);
/* Whether we may draw there: it is a terminal and we are in its foreground. */
bool term_foreground(int fd);

/*
 * Add ${p}[0..n) to ${out} as text_escape does, but keep backslashes,
 * newlines and tabs: for whole lines that are data and happen to go to a
 * terminal.
 */
void term_tame(struct buf *out, const char *p, size_t n, bool ascii);

#endif
