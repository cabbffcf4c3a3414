#ifndef LIB_BASE_TTY_H
#define LIB_BASE_TTY_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct fault;

enum tty_answer {
	TTY_FAILED = -1, /* it is hung up, or a signal asked us to stop */
	TTY_LINE,
	TTY_END,  /* … of what can be typed, and nothing was */
	TTY_LONG, /* a line of more than ${most} bytes: it is cut there */
	TTY_NONE  /* there is no terminal */
};

/*
 * Write ${prompt} to the controlling terminal, wherever standard input and
 * output go, and add the line that is typed there, without its end, to
 * ${answer}; ${hidden}: it is not shown. ${f} is filled when it failed.
 */
enum tty_answer tty_ask(const char *prompt, bool hidden, size_t most,
    struct buf *answer, struct fault *f);

#endif
