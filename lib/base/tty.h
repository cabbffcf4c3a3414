#ifndef LIB_BASE_TTY_H
#define LIB_BASE_TTY_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct fault;

enum tty_answer {
	TTY_FAILED = -1, /* hung up, or a signal came */
	TTY_LINE,
	TTY_END,  /* end of file, and nothing was typed */
	TTY_LONG, /* a line of more than ${most} bytes, truncated there */
	TTY_NONE  /* there is no terminal */
};

/* Write ${prompt} to the controlling terminal and add the line that is typed
 * there, without its newline, to ${answer}; ${hidden}: it is not echoed. */
enum tty_answer tty_ask(const char *prompt, bool hidden, size_t most,
    struct buf *answer, struct fault *f);

#endif
