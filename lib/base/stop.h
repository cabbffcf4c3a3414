#ifndef LIB_BASE_STOP_H
#define LIB_BASE_STOP_H

#include <stdint.h>

/*
 * The signal flag: HUP, INT and TERM set it (cli/main.c), loops ask it
 * between pages, batches and slices of a wait. Set once, never cleared.
 *
 * Work in flight is given some time to end after the signal: a read whose
 * reply does not come STOP_READ_MS, a write, which may have acted already,
 * STOP_WRITE_MS, and what finds out what became of a write STOP_SETTLE_MS, all
 * counted from the signal. Kubernetes sends KILL 30 seconds after TERM, by
 * which totals must have been printed.
 */
#define STOP_READ_MS 3000
#define STOP_WRITE_MS 10000
#define STOP_SETTLE_MS 20000

/* A second interrupt this soon after the first is the same one: timeout(1)
 * signals its child and then the group that the child is in. */
#define STOP_SAME_MS 1000

/* Record ${sig}; async-signal-safe. The first one wins. */
void stop_set(int sig);
/* The signal that asked us to stop, or 0. */
int stop_requested(void);
/* Milliseconds since it came; -1: none has. Async-signal-safe. */
int64_t stop_age_ms(void);
/* Wait until ${fd} is ready for poll's ${events}: 0, or -1 when we are to
 * stop and it has not been in the next ${linger_ms}. A file is always ready. */
int stop_await(int fd, short events, int64_t linger_ms);

#endif
