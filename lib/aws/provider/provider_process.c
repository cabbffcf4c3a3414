#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/aws/credentials.h"
#include "lib/aws/doc.h"
#include "lib/aws/provider/search.h"
#include "lib/aws/world.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/secret.h"
#include "lib/base/shlex.h"
#include "lib/base/stop.h"
#include "lib/base/text.h"

/* Long enough for somebody to sign on in a browser that it opens. */
#define LIMIT_SECONDS 120
#define OUT_MAX ((size_t)1 << 20)
#define ERR_MAX ((size_t)4096)
#define ERR_SHOWN 400
/* How often the program is looked at. */
#define LOOK_MS 10
/* How long a program may take to end when it is asked to. */
#define GRACE_MS 1000

extern char **environ;

/* A running program. */
struct child {
	pid_t pid;
	bool group;          /* it leads a process group of its own */
	int fd[2];           /* its output and its errors; -1 when closed */
	struct buf out, err; /* the beginning of each */
	bool over;           /* it wrote more than OUT_MAX */
	int status;
	bool ended;
};

static void
close_one(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

/* Signals as they were before we caught or blocked any. Without a terminal,
 * the program gets a process group, so that what it starts ends with it. */
static int
set_attributes(posix_spawnattr_t *attr, bool group)
{
	static const int usual[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM };
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	sigset_t none, some;

	(void)sigemptyset(&none);
	(void)sigemptyset(&some);
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		(void)sigaddset(&some, usual[i]);
	if (group)
		flags |= POSIX_SPAWN_SETPGROUP;
	return posix_spawnattr_setflags(attr, flags) != 0 ||
	    posix_spawnattr_setpgroup(attr, 0) != 0 ||
	    posix_spawnattr_setsigmask(attr, &none) != 0 ||
	    posix_spawnattr_setsigdefault(attr, &some) != 0;
}

/* A program that can ask the user something must stay in our process group:
 * in another one, reading from the terminal would stop it. */
static bool
has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static int
start(struct child *c, char *const *argv, const int to[2])
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int rc;

	c->group = !has_terminal();
	rc = posix_spawn_file_actions_init(&files);
	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc == 0 && set_attributes(&attr, c->group) != 0)
		rc = ENOMEM;
	if (rc == 0 && isatty(STDIN_FILENO) != 1)
		rc = posix_spawn_file_actions_addopen(&files, STDIN_FILENO,
		    "/dev/null", O_RDONLY, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&files, to[0],
		    STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&files, to[1],
		    STDERR_FILENO);
	if (rc == 0)
		rc = posix_spawnp(&c->pid, argv[0], &files, &attr, argv,
		    environ);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&files);
	return rc;
}

/* A pipe that no other program inherits, clear of the standard descriptors. */
static int
open_pipe(int *from, int *to)
{
	int fd[2];

	if (pipe(fd) != 0)
		return -1;
	*from = fcntl(fd[0], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	*to = fcntl(fd[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	(void)close(fd[0]);
	(void)close(fd[1]);
	return *from >= 0 && *to >= 0 ? 0 : -1;
}

/* Read what there is, up to ${max} bytes in all; the rest is dropped, and
 * *${over} says so. False at the end. */
static bool
take(int fd, struct buf *to, size_t max, bool *over)
{
	char drain[4096];
	size_t room = max - to->n;
	ssize_t got = room > 0 ? read(fd, buf_reserve(to, room), room)
			       : read(fd, drain, sizeof(drain));

	if (got < 0)
		return errno == EINTR || errno == EAGAIN;
	if (room > 0) {
		to->n += (size_t)got;
		to->p[to->n] = '\0';
	} else if (got > 0) {
		*over = true;
	}
	return got > 0;
}

/* Read what comes within ${wait_ms}. Whether anything did. */
static bool
look(struct child *c, int wait_ms)
{
	struct pollfd p[2] = { { c->fd[0], POLLIN, 0 },
		{ c->fd[1], POLLIN, 0 } };
	bool ignored = false;
	int ready = poll(p, 2, wait_ms);

	if (p[0].revents != 0 && !take(c->fd[0], &c->out, OUT_MAX, &c->over))
		close_one(&c->fd[0]);
	if (p[1].revents != 0 && !take(c->fd[1], &c->err, ERR_MAX, &ignored))
		close_one(&c->fd[1]);
	return ready > 0;
}

static bool
has_ended(struct child *c)
{
	pid_t pid;

	if (c->ended)
		return true;
	pid = waitpid(c->pid, &c->status, WNOHANG);
	c->ended = pid == c->pid || (pid < 0 && errno != EINTR);
	return c->ended;
}

static void
end(struct child *c, struct world *w)
{
	pid_t to = c->group ? -c->pid : c->pid;
	int64_t until = w->mono_us(w->ctx) + GRACE_MS * 1000;

	if (has_ended(c))
		return;
	(void)kill(to, SIGTERM);
	while (!has_ended(c) && w->mono_us(w->ctx) < until)
		(void)poll(NULL, 0, LOOK_MS);
	if (has_ended(c))
		return;
	(void)kill(to, SIGKILL);
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
}

/* Read until the program has ended and nothing is left in the pipes. What it
 * started may keep them open, so it is its own end that counts. */
static int
attend(struct child *c, struct world *w, struct fault *f)
{
	int64_t until = w->mono_us(w->ctx) + INT64_C(1000000) * LIMIT_SECONDS;

	while (!c->over && !has_ended(c)) {
		(void)look(c, LOOK_MS);
		if (stop_requested())
			return fault(f, FAULT_CANCELLED, "interrupted");
		if (!c->over && w->mono_us(w->ctx) >= until)
			return fault(f, FAULT_CREDENTIALS,
			    "it has not ended in %d seconds", LIMIT_SECONDS);
	}
	while (!c->over && look(c, 0))
		;
	return c->over ? fault(f, FAULT_CREDENTIALS,
			     "it writes more than %zu bytes", OUT_MAX)
		       : 0;
}

/*
 * Run ${argv}[0], found in PATH, without a shell, and collect what it writes.
 * Its standard input is ours when that is a terminal, else empty. 0 when it
 * ended with status 0; else the fault says how it ended, and shows nothing
 * that it wrote.
 */
static int
run(char *const *argv, struct child *c, struct world *w, struct fault *f)
{
	int to[2] = { -1, -1 }, error = 0, rc = -1;

	(void)buf_reserve(&c->out, OUT_MAX);
	if (open_pipe(&c->fd[0], &to[0]) != 0 ||
	    open_pipe(&c->fd[1], &to[1]) != 0)
		(void)fault(f, FAULT_IO, "%s", strerror(errno));
	else if ((error = start(c, argv, to)) != 0)
		(void)fault(f, FAULT_CREDENTIALS, "%.200s: %s", argv[0],
		    strerror(error));
	else
		rc = 0;
	close_one(&to[0]);
	close_one(&to[1]);
	if (rc == 0 && (rc = attend(c, w, f)) != 0)
		end(c, w);
	else if (rc == 0 && WIFSIGNALED(c->status))
		rc = fault(f, FAULT_CREDENTIALS, "it was ended by signal %d",
		    WTERMSIG(c->status));
	else if (rc == 0 && WEXITSTATUS(c->status) != 0)
		rc = fault(f, FAULT_CREDENTIALS, "it ended with status %d",
		    WEXITSTATUS(c->status));
	close_one(&c->fd[0]);
	close_one(&c->fd[1]);
	return rc;
}

/* Add what it wrote to standard error, on one line. */
static void
add_errors(struct buf *out, const struct buf *err)
{
	size_t n = err->n < ERR_SHOWN ? err->n : ERR_SHOWN;

	while (n > 0 && strchr(" \t\r\n", err->p[n - 1]) != NULL)
		n--;
	if (n == 0)
		return;
	buf_adds(out, ": ");
	text_escape(out, err->p, n, false);
}

static int
take_keys(struct search *s, const struct buf *out, struct fault *f)
{
	static const char *const names[] = { "AccessKeyId", "SecretAccessKey",
		"SessionToken", "AccountId", "Expiration" };
	struct doc *d = doc_parse(out, f);
	struct config_value account;
	int rc;

	if (d == NULL)
		return fault_at(f,
		    "what it writes is not what AWS's tools expect");
	if (doc_int(d, NULL, "Version") != 1)
		rc = fault(f, FAULT_CREDENTIALS,
		    "what it writes has no \"Version\": 1");
	else
		rc = search_take_doc(s, d, NULL, names, "what it writes", f);
	if (rc == 1 && s->keys->account == NULL &&
	    search_option(s, "aws_account_id", &account))
		s->keys->account = xstrdup(account.value);
	doc_free(d);
	return rc;
}

int
provider_process(struct search *s, struct fault *f)
{
	struct config_value set;
	struct child c = { .fd = { -1, -1 } };
	struct fault why = { 0 };
	struct buf errors = { 0 };
	char **words;
	int rc;

	if (!search_option(s, "credential_process", &set))
		return 0;
	words = shlex_split(set.value);
	if (words == NULL || words[0] == NULL) {
		shlex_free(words);
		return fault(f, FAULT_CONFIG,
		    "%s: credential_process: it is empty, or a quote is not "
		    "closed",
		    set.from);
	}
	rc = run(words, &c, s->world, &why);
	if (rc == 0)
		rc = take_keys(s, &c.out, &why);
	if (rc == 1) {
		buf_addf(&s->source, "process of %s", s->name);
	} else if (why.kind == FAULT_CANCELLED) {
		(void)fault(f, why.kind, "%s", why.text);
	} else {
		add_errors(&errors, &c.err);
		(void)fault(f, why.kind, "%s: credential_process: %.400s%s",
		    set.from, why.text, buf_text(&errors));
	}
	secret_release(&c.out);
	secret_release(&c.err);
	buf_release(&errors);
	shlex_free(words);
	return rc == 1 ? 1 : -1;
}
