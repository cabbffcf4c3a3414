#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/aws/subprocess.h"
#include "lib/aws/world.h"
#include "lib/base/fault.h"
#include "lib/base/stop.h"

#define ERR_MAX ((size_t)4096)
/* A signal is seen within this time, and so is the end. */
#define SLICE_MS 50
/* How long a program may take to end itself when it is asked to. */
#define GRACE_MS 1000

extern char **environ;

/* A program under way. */
struct child {
	pid_t pid;
	bool group; /* it leads a process group of its own */
	int fd[2];  /* its output and its errors; -1 when closed */
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

/* Its signals as they were before we caught or blocked any, and, away from the
 * terminal, a group of its own, so that what it starts ends with it. */
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

/* Whether it could ask somebody. Then it stays in our group: in another one
 * the terminal would stop it. */
static bool
has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static int
start(struct child *c, char *const *argv, const int out[2], const int err[2])
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
		rc = posix_spawn_file_actions_adddup2(&files, out[1],
		    STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&files, err[1],
		    STDERR_FILENO);
	if (rc == 0)
		rc = posix_spawnp(&c->pid, argv[0], &files, &attr, argv,
		    environ);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&files);
	return rc;
}

/* Pipes that no other program inherits, clear of the standard descriptors. */
static int
open_pipe(int fd[2])
{
	fd[0] = fd[1] = -1;
	if (pipe(fd) != 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		int to = fcntl(fd[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

		(void)close(fd[i]);
		fd[i] = to;
	}
	return fd[0] >= 0 && fd[1] >= 0 ? 0 : -1;
}

/* Read what there is; false at the end, or when there is too much. */
static bool
take(int fd, struct buf *to, size_t max, bool *over)
{
	char drain[4096];
	size_t room = max - to->n;
	ssize_t got = room > 0 ? read(fd, buf_reserve(to, room), room)
			       : read(fd, drain, sizeof(drain));

	if (got < 0)
		return errno == EINTR || errno == EAGAIN;
	if (room > 0)
		to->n += (size_t)got;
	else if (got > 0)
		*over = true;
	return got > 0;
}

static void
look(struct child *c, struct subprocess *r, int wait_ms, bool *over)
{
	struct pollfd p[2] = { { c->fd[0], POLLIN, 0 },
		{ c->fd[1], POLLIN, 0 } };
	bool ignored = false;

	(void)poll(p, 2, wait_ms);
	if (p[0].revents != 0 && !take(c->fd[0], &r->out, r->out_max, over))
		close_one(&c->fd[0]);
	if (p[1].revents != 0 && !take(c->fd[1], &r->err, ERR_MAX, &ignored))
		close_one(&c->fd[1]);
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
		(void)poll(NULL, 0, SLICE_MS / 5);
	if (has_ended(c))
		return;
	(void)kill(to, SIGKILL);
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
}

/* Until it has ended and nothing is left to read. 0, or -1. */
static int
attend(struct child *c, struct subprocess *r, struct world *w, struct fault *f)
{
	int64_t until = w->mono_us(w->ctx) + r->limit_ms * 1000;
	bool over = false;

	/* What it leaves running may hold the pipes open: its own end is
	 * what counts, and then what is in them. */
	while (!has_ended(c)) {
		look(c, r, SLICE_MS / 5, &over);
		if (stop_requested())
			return fault(f, FAULT_CANCELLED, "interrupted");
		if (over)
			return fault(f, FAULT_CREDENTIALS,
			    "it writes more than %zu bytes", r->out_max);
		if (w->mono_us(w->ctx) >= until)
			return fault(f, FAULT_CREDENTIALS,
			    "it has not ended in %lld seconds",
			    (long long)(r->limit_ms / 1000));
	}
	for (;;) {
		struct pollfd p[2] = { { c->fd[0], POLLIN, 0 },
			{ c->fd[1], POLLIN, 0 } };

		if (poll(p, 2, 0) <= 0)
			break;
		look(c, r, 0, &over);
	}
	return over ? fault(f, FAULT_CREDENTIALS,
			  "it writes more than %zu bytes", r->out_max)
		    : 0;
}

int
subprocess_run(struct subprocess *r, struct world *world, struct fault *f)
{
	struct child c = { .fd = { -1, -1 } };
	int out[2], err[2], error, rc;

	(void)buf_reserve(&r->out, r->out_max);
	rc = open_pipe(out);
	if (open_pipe(err) != 0 || rc != 0) {
		rc = fault(f, FAULT_IO, "%s", strerror(errno));
		for (int i = 0; i < 2; i++) {
			close_one(&out[i]);
			close_one(&err[i]);
		}
		return rc;
	}
	rc = -1;
	error = start(&c, r->argv, out, err);
	close_one(&out[1]);
	close_one(&err[1]);
	c.fd[0] = out[0];
	c.fd[1] = err[0];
	if (error != 0) {
		(void)fault(f, FAULT_CREDENTIALS, "%.200s: %s", r->argv[0],
		    strerror(error));
		goto out;
	}
	rc = attend(&c, r, world, f);
	if (rc != 0)
		end(&c, world);
	else if (WIFSIGNALED(c.status))
		rc = fault(f, FAULT_CREDENTIALS, "it was ended by signal %d",
		    WTERMSIG(c.status));
	else if (WEXITSTATUS(c.status) != 0)
		rc = fault(f, FAULT_CREDENTIALS, "it ended with status %d",
		    WEXITSTATUS(c.status));
out:
	close_one(&c.fd[0]);
	close_one(&c.fd[1]);
	return rc;
}
