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
#include "lib/stream/stream.h"

/* The first signal asks us to stop; a second interrupt ends us at once, unless
 * it is the first one again (STOP_SAME_MS). */
static void
on_signal(int sig)
{
	int first = stop_requested();

	if (sig == SIGINT && first != 0 &&
	    (first != SIGINT || stop_age_ms() >= STOP_SAME_MS)) {
		(void)signal(SIGINT, SIG_DFL);
		(void)raise(SIGINT);
	}
	stop_set(sig);
}

/* Signals that were ignored when we started (nohup) stay ignored. */
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
	/* a failed write reports a closed pipe or a full quota */
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
	(void)sigaction(SIGXFSZ, &action, NULL);
}

/* No file opened later may become standard input, output or error. They are
 * opened the wrong way round, so that using them fails: a closed input is not
 * an empty one. */
static void
fill_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null",
			fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			_exit(1);
}

/* Open files of the whole run: standard streams, lock, journal or output, and
 * what libraries open for a moment. */
#define COMMON 16
/* Of each worker: its connection, libcurl's pipe to wake it, and a file. */
#define EACH 4

/* The limit of open files (ulimit -n), raised as far as allowed to what ${jobs}
 * workers need. */
static int64_t
raise_limit(int64_t jobs)
{
	rlim_t need = (rlim_t)(COMMON + EACH * jobs);
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return INT64_MAX;
	if (r.rlim_cur < need) {
		struct rlimit more = r;

		more.rlim_cur = r.rlim_max > need ? need : r.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &more) == 0)
			r = more;
	}
	return r.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)r.rlim_cur;
}

/* Use fewer workers where the system allows too few open files. */
static void
fit_jobs(struct options *o, struct log *log)
{
	int64_t limit = raise_limit(o->jobs);
	int64_t most = (limit - COMMON) / EACH;

	if (most < 1)
		most = 1;
	if (o->jobs <= most)
		return;
	log_warn(log,
	    "using %lld worker%s, not %lld: only %lld files may be "
	    "open at once (ulimit -n)",
	    (long long)most, most == 1 ? "" : "s", (long long)o->jobs,
	    (long long)limit);
	o->jobs = most;
}

static int
run(const struct options *o, struct log *log, struct fault *f)
{
	static const char version[] = "ttlsweep " TTLSWEEP_VERSION "\n";

	if (o->version)
		return stream_file(NULL, version, sizeof(version) - 1, f);
	if (o->help)
		return cmd_help.run(o, log, f);
	return o->command->run(o, log, f);
}

/* Answer a shell's completion script (cli/option/completion.h). */
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

/* Some file systems report a failed write only at the close. */
static int
close_stdout(struct fault *f)
{
	if (close(STDOUT_FILENO) == 0 || errno == EBADF || errno == EINTR)
		return 0;
	return fault(f, FAULT_IO, "standard output: %s", strerror(errno));
}

/* The exit status of a failure. */
static int
status_of(const struct fault *f)
{
	if (f->kind == FAULT_CANCELLED && stop_requested() != 0)
		return 128 + stop_requested();
	return f->kind == FAULT_USAGE ? 2
	    : f->kind == FAULT_PIPE   ? 128 + SIGPIPE
	    : f->kind == FAULT_LOCKED ? 75
				      : 1;
}

static void
report_fault(struct log *log, const struct options *o, const struct fault *f)
{
	/* a command's help does not have the options of all commands */
	const struct command *c =
	    o->command == &cmd_help || o->global_fault ? NULL : o->command;

	/* an interrupt is how --watch is meant to end */
	if (f->kind == FAULT_PIPE ||
	    (f->kind == FAULT_CANCELLED && o->watch > 0))
		return;
	log_fault(log, f);
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
		report_fault(&log, &o, &f);
		rc = status_of(&f);
	}
	log_release(&log);
	option_release(&o);
	return rc;
}
