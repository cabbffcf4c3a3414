#ifndef LIB_BASE_STOP_H
#define LIB_BASE_STOP_H

#include <stdint.h>

/*
 * The signal flag. HUP, INT and TERM set it (cli/main.c), and it is never
 * cleared; loops check it between pages, batches and slices of a wait.
 *
 * Requests in flight get some time after the signal: a read STOP_READ_MS, a
 * write, which may have acted, STOP_WRITE_MS, and a read that finds out what a
 * write did STOP_SETTLE_MS. Kubernetes sends KILL 30 seconds after TERM, and
 * totals must be printed before that.
 */
#define STOP_READ_MS 3000
#define STOP_WRITE_MS 10000
#define STOP_SETTLE_MS 20000

/* A second signal this soon after the first counts as the same: timeout(1)
 * signals its child and then the group of that child. */
#define STOP_SAME_MS 1000

/* Record ${sig}, if it is the first. Async-signal-safe. */
void stop_set(int sig);
/* The signal that asked us to stop, or 0. */
int stop_requested(void);
/* Milliseconds since the signal; -1: there was none. Async-signal-safe. */
int64_t stop_age_ms(void);
/* Wait until ${fd} is ready for poll's ${events}: 0, or -1 when it is not
 * within
 * ${linger_ms} after a signal. A file is always ready. */
int stop_await(int fd, short events, int64_t linger_ms);

#endif
