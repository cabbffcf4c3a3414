#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/stop.h"
#include "lib/base/text.h"
#include "lib/base/tty.h"

#define LINE_MAX_BYTES 256

/* A line from ${fd}; -1 with errno, EINTR when we are to stop. */
static int
read_line(int fd, struct buf *answer)
{
	for (;;) {
		char c;
		ssize_t got = read(fd, &c, 1);

		if (stop_requested()) {
			errno = EINTR;
			return -1;
		}
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0 || c == '\n')
			return 0;
		if (c != '\r' && answer->n < LINE_MAX_BYTES)
			buf_addc(answer, c);
	}
}

int
tty_ask(const char *prompt, struct buf *answer, struct fault *f)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), rc = -1;
	struct buf text = { 0 };

	if (fd < 0)
		return fault(f, FAULT_CREDENTIALS,
		    "there is no terminal to ask at");
	text_escape(&text, prompt, strlen(prompt), true);
	if (write(fd, text.p, text.n) == (ssize_t)text.n)
		rc = read_line(fd, answer);
	if (rc != 0 && stop_requested())
		(void)fault(f, FAULT_CANCELLED, "interrupted");
	else if (rc != 0)
		(void)fault(f, FAULT_CREDENTIALS, "the terminal: %s",
		    strerror(errno));
	(void)close(fd);
	buf_release(&text);
	return rc;
}
