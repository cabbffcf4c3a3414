#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/log.h"
#include "cli/option/completion.h"
#include "cli/option/option.h"
#include "cli/output.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/stop.h"
#include "lib/base/version.h"

/* The one table of what a failure is to the shell. */
static const int statuses[] = {
	[FAULT_NONE] = 1,
	[FAULT_USAGE] = 2,
	[FAULT_IO] = 1,
	[FAULT_PIPE] = 1,
	[FAULT_DATA] = 1,
	[FAULT_CONFIG] = 1,
	[FAULT_CREDENTIALS] = 1,
	[FAULT_NET] = 1,
	[FAULT_SERVICE] = 1,
	[FAULT_DENIED] = 1,
	[FAULT_NOT_FOUND] = 1,
	[FAULT_LOCKED] = 75,
	[FAULT_REFUSED] = 1,
	[FAULT_LATE] = 1,
	[FAULT_CANCELLED] = 1, /* 128 + the signal */
};

/* Whether ${sig} is more than the one that asked us to stop. */
static bool
asks_again(int sig)
{
	int first = stop_requested();

	if (sig != SIGINT || first == 0)
		return false;
	return first != SIGINT || stop_age_ms() >= STOP_SAME_MS;
}

/* The first one asks us to stop; a second interrupt ends us at once. */
static void
on_signal(int sig)
{
	if (asks_again(sig)) {
		(void)signal(SIGINT, SIG_DFL);
		(void)raise(SIGINT);
	}
	stop_set(sig);
}

/* What whoever started us chose to ignore (nohup) stays ignored. */
static void
catch_signals(void)
{
	static const int caught[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = on_signal }, was;

	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(caught) / sizeof(*caught); i++)
		if (sigaction(caught[i], NULL, &was) == 0 &&
		    was.sa_handler != SIG_IGN)
			(void)sigaction(caught[i], &action, NULL);
	/* A write that fails tells what it is: a closed pipe, a full quota. */
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
	(void)sigaction(SIGXFSZ, &action, NULL);
}

/* A file that is opened later must not become standard input, output or
 * error. Opened the wrong way round, what is done there still fails, and is
 * told: a closed input is not an empty one. */
static void
fill_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null",
			fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			_exit(1);
}

/* The standard streams, the lock, the journal or what else is written, and
 * what libraries open for a moment. */
#define COMMON 16
/* A worker's connection, libcurl's two ends of a pipe to wake it up, and a
 * file of its own. */
#define EACH 4

/* As many of ${jobs} workers as ${limit} open files are enough for, at least
 * one. */
static int64_t
jobs_for(int64_t jobs, int64_t limit)
{
	int64_t most = (limit - COMMON) / EACH;

	if (most < 1)
		most = 1;
	return jobs < most ? jobs : most;
}

/* How many files this process may have open (ulimit -n), after raising that, as
 * far as it may be raised, to what ${jobs} workers need. */
static int64_t
raise_limit(int64_t jobs)
{
	rlim_t need = (rlim_t)(COMMON + EACH * jobs);
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return INT64_MAX;
	if (r.rlim_cur != RLIM_INFINITY && r.rlim_cur < need) {
		struct rlimit more = r;

		more.rlim_cur = r.rlim_max == RLIM_INFINITY || r.rlim_max > need
		    ? need
		    : r.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &more) == 0)
			r = more;
	}
	return r.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)r.rlim_cur;
}

/* Where the system allows too few open files, fewer workers do it. */
static void
fit_jobs(struct options *o, struct log *log)
{
	int64_t limit = raise_limit(o->jobs);
	int64_t fit = jobs_for(o->jobs, limit);

	if (fit < o->jobs)
		log_warn(log,
		    "using %lld worker%s, not %lld: only %lld files may be "
		    "open at once (ulimit -n)",
		    (long long)fit, fit == 1 ? "" : "s", (long long)o->jobs,
		    (long long)limit);
	o->jobs = fit;
}

static int
print_version(struct fault *f)
{
	struct buf out = { 0 };
	int rc;

	buf_adds(&out, "ttlsweep " TTLSWEEP_VERSION "\n");
	rc = output_all(NULL, &out, f);
	buf_release(&out);
	return rc;
}

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	if (o->version)
		return print_version(f);
	if (o->help)
		return cmd_help.run(o, log, f);
	return o->command->run(o, log, f);
}

/* What a shell's completion script asks for (cli/option/completion.h). */
static int
complete(char *const *words, size_t n)
{
	struct fault f = { .kind = FAULT_NONE };
	struct buf out = { 0 };
	int rc;

	completion_offer(&out, commands, words, n);
	rc = output_all(NULL, &out, &f);
	buf_release(&out);
	return rc == 0 ? 0 : 1;
}

/* Some file systems tell only at the close that a write failed. */
static int
close_stdout(struct fault *f)
{
	if (close(STDOUT_FILENO) == 0 || errno == EBADF || errno == EINTR)
		return 0;
	return fault(f, FAULT_IO, "standard output: %s", strerror(errno));
}

static int
status_of(const struct fault *f)
{
	if (f->kind == FAULT_CANCELLED && stop_requested() != 0)
		return 128 + stop_requested();
	return statuses[f->kind];
}

static void
tell(struct log *log, const struct options *o, const struct fault *f)
{
	const struct command *c = o->command == &cmd_help ? NULL : o->command;

	if (f->kind == FAULT_PIPE)
		return;
	/* an interrupt is how --watch is meant to end */
	if (f->kind == FAULT_CANCELLED && o->watch > 0)
		return;
	log_warn(log, "%s", f->text);
	if (f->kind == FAULT_USAGE)
		log_warn(log, "See 'ttlsweep help%s%s'.", c != NULL ? " " : "",
		    c != NULL ? c->name : "");
}

int
main(int argc, char **argv)
{
	struct fault f = { .kind = FAULT_NONE };
	struct options o;
	struct log log;
	int rc;

	fill_descriptors();
	(void)setlocale(LC_CTYPE, "");
	catch_signals();
	json_init();
	if (argc > 1 && strcmp(argv[1], "__complete") == 0)
		return complete(argv + 2, (size_t)argc - 2);
	rc = option_parse(&o, commands, argc, argv, &f);
	log_init(&log, o.quiet ? -1 : o.verbose);
	if (rc == 0 && o.jobs > 0)
		fit_jobs(&o, &log);
	if (rc == 0)
		rc = run(&o, &log, &f);
	if (close_stdout(rc == -1 ? NULL : &f) != 0)
		rc = -1;
	if (rc == -1) {
		tell(&log, &o, &f);
		rc = status_of(&f);
	}
	log_release(&log);
	option_release(&o);
	return rc;
}
