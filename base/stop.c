#include <signal.h>

#include "base/stop.h"

static volatile sig_atomic_t stop_signal;

void
stop_set(int sig)
{
	if (stop_signal == 0)
		stop_signal = sig;
}

int
stop_requested(void)
{
	return stop_signal;
}
