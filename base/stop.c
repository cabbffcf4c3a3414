#include "base/stop.h"

/* Written by a signal's handler and read by every worker: volatile would do
 * for the first, only an atomic one does for both. */
static int stop_signal;

void
stop_set(int sig)
{
	if (stop_requested() == 0)
		__atomic_store_n(&stop_signal, sig, __ATOMIC_RELAXED);
}

int
stop_requested(void)
{
	return __atomic_load_n(&stop_signal, __ATOMIC_RELAXED);
}
