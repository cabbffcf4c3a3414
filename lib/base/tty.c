#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/file.h"
#include "lib/base/stop.h"
#include "lib/base/tty.h"

/* A line from ${fd}; TTY_FAILED with errno. */
static enum tty_answer
read_line(int fd, size_t most, struct buf *answer)
{
	enum tty_answer is = TTY_END;

	for (;;) {
		char c;
		ssize_t got = read(fd, &c, 1);

		/* a line typed after Ctrl-C is not an answer */
		if (stop_requested())
			return TTY_FAILED;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return TTY_FAILED;
		if (got == 0)
			return is;
		if (is == TTY_END)
			is = TTY_LINE;
		if (c == '\n')
			return is;
		if (answer->n == most)
			is = TTY_LONG;
		else if (c != '\r')
			buf_addc(answer, c);
	}
}

enum tty_answer
tty_ask(const char *prompt, bool hidden, size_t most, struct buf *answer,
    struct fault *f)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	enum tty_answer is = TTY_FAILED;
	struct termios was, quiet;
	int error;

	if (fd < 0)
		return TTY_NONE;
	hidden = hidden && tcgetattr(fd, &was) == 0;
	if (hidden) {
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
		(void)tcsetattr(fd, TCSAFLUSH, &quiet);
	}
	(void)buf_reserve(answer, most); /* it may be a secret */
	if (file_write(fd, prompt, strlen(prompt)) == 0)
		is = read_line(fd, most, answer);
	error = errno;
	if (hidden) {
		(void)tcsetattr(fd, TCSAFLUSH, &was);
		(void)file_write(fd, "\n", 1);
	}
	(void)close(fd);
	if (is == TTY_FAILED && stop_requested())
		(void)fault(f, FAULT_CANCELLED, "interrupted");
	else if (is == TTY_FAILED)
		(void)fault(f, FAULT_IO, "the terminal: %s", strerror(error));
	return is;
}
