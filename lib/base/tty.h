#ifndef LIB_BASE_TTY_H
#define LIB_BASE_TTY_H

struct buf;
struct fault;

/*
 * Write ${prompt} to the controlling terminal, wherever standard input and
 * output go, and add the line that is typed there, without its end, to
 * ${answer}. -1 when there is no terminal, it is hung up, or a signal asked us
 * to stop.
 */
int tty_ask(const char *prompt, struct buf *answer, struct fault *f);

#endif
