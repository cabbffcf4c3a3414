/*
 * measure FILE COMMAND...: run COMMAND and write to FILE its wall, user and
 * system seconds, peak memory in KiB, exit status (128 + N for signal N) and
 * the monotonic nanosecond at which it began. It is a small program because
 * the peak of a child is never less than that of its parent.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static double
seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
	struct rusage use;
	int64_t began = now_ns();
	double wall;
	int status;
	pid_t pid;
	FILE *f;

	if (argc < 3)
		return 2;
	prctl(PR_SET_PDEATHSIG, (unsigned long)SIGTERM);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, (unsigned long)SIGTERM);
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	wall = (double)(now_ns() - began) / 1e9;
	f = fopen(argv[1], "w");
	if (pid < 0 || f == NULL || getrusage(RUSAGE_CHILDREN, &use) != 0)
		return 1;
	fprintf(f, "%.6f %.6f %.6f %ld %d %lld\n", wall, seconds(&use.ru_utime),
	    seconds(&use.ru_stime), use.ru_maxrss,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	    (long long)began);
	return fclose(f) == 0 ? 0 : 1;
}
