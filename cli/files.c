#include <sys/resource.h>

#include "cli/files.h"

/* The standard streams, the lock, the journal or what else is written, and
 * what libraries open for a moment. */
#define COMMON 16
/* A worker's connection, libcurl's two ends of a pipe to wake it up, and a
 * file of its own. */
#define EACH 4

int64_t
files_jobs(int64_t jobs, int64_t limit)
{
	int64_t most = (limit - COMMON) / EACH;

	if (most < 1)
		most = 1;
	return jobs < most ? jobs : most;
}

int64_t
files_limit(int64_t jobs)
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
