#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/context/unlock.h"
#include "cli/option/option.h"
#include "cli/term.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/stop.h"
#include "lib/base/text.h"
#include "lib/stream/cms_key.h"

#define TERMINAL "/dev/tty"

static void
say(int fd, const char *before, const char *path, const char *after)
{
	struct buf b = { 0 };
	ssize_t n;

	buf_adds(&b, before);
	text_escape(&b, path, strlen(path), !term_utf8());
	buf_adds(&b, after);
	do {
		n = write(fd, buf_text(&b), b.n);
	} while (n < 0 && errno == EINTR && stop_requested() == 0);
	buf_release(&b);
}

/* A line, without its end: its length, -1. */
static int
read_line(int fd, char *to, size_t size, struct fault *f)
{
	size_t n = 0;
	ssize_t got;
	char c;

	for (;;) {
		got = read(fd, &c, 1);
		if (got < 0 && errno == EINTR && stop_requested() == 0)
			continue;
		if (got < 0 && errno == EINTR)
			return fault(f, FAULT_CANCELLED, "interrupted");
		if (got < 0)
			return fault(f, FAULT_IO, TERMINAL ": %s",
			    strerror(errno));
		if (got == 0 && n == 0)
			return fault(f, FAULT_REFUSED,
			    "no passphrase was given");
		if (got == 0 || c == '\n')
			return (int)n;
		if (n == size)
			return fault(f, FAULT_REFUSED,
			    "the passphrase is too long");
		to[n++] = c;
	}
}

static int
ask(void *ctx, const char *path, char *to, size_t size, struct fault *f)
{
	int fd = open(TERMINAL, O_RDWR | O_CLOEXEC | O_NOCTTY), n;
	struct termios was, quiet;
	bool echoes;

	(void)ctx;
	if (fd < 0)
		return fault(f, FAULT_REFUSED,
		    "%s: it has a passphrase, and there is no terminal to ask "
		    "for it on; a copy without one is made by: openssl pkey "
		    "-in %s -out COPY.pem",
		    path, path);
	echoes = tcgetattr(fd, &was) == 0;
	if (echoes) {
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
		(void)tcsetattr(fd, TCSAFLUSH, &quiet);
	}
	say(fd, "Passphrase of ", path, ": ");
	n = read_line(fd, to, size, f);
	/* what was typed behind a Ctrl-C is no passphrase */
	if (n >= 0 && stop_requested() != 0)
		n = fault(f, FAULT_CANCELLED, "interrupted");
	if (echoes)
		(void)tcsetattr(fd, TCSAFLUSH, &was);
	say(fd, "\n", "", "");
	(void)close(fd);
	return n;
}

int
unlock_key(struct cms_key **key, const struct options *o, struct fault *f)
{
	*key = NULL;
	if (o->decrypt_with == NULL)
		return 0;
	*key = cms_key_load(o->decrypt_with, ask, NULL, f);
	return *key != NULL ? 0 : -1;
}
