#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include "lib/base/stop.h"

/* Set by a signal handler and read by every thread, so atomic. */
static atomic_int stop_signal;
static _Atomic int64_t stop_at_ms;

/* Signals go to another thread; a wait sees them within this time. */
#define AWAIT_MS 100

/* Async-signal-safe, as POSIX has clock_gettime. */
static int64_t
clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
stop_set(int sig)
{
	if (stop_requested() != 0)
		return;
	stop_at_ms = clock_ms();
	stop_signal = sig;
}

int
stop_requested(void)
{
	return stop_signal;
}

int64_t
stop_age_ms(void)
{
	if (stop_requested() == 0)
		return -1;
	return clock_ms() - stop_at_ms;
}

int
stop_await(int fd, short events, int64_t linger_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int r;

	for (;;) {
		r = poll(&p, 1, AWAIT_MS);
		if (r > 0 || (r < 0 && errno != EINTR))
			return 0;
		if (stop_requested() == 0)
			continue;
		if (linger_ms <= 0)
			return -1;
		linger_ms -= r == 0 ? AWAIT_MS : 0;
	}
}
