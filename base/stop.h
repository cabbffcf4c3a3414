#ifndef BASE_STOP_H
#define BASE_STOP_H

/*
 * The signal flag: HUP, INT and TERM set it (cli/main.c), loops ask it
 * between pages, batches and slices of a wait. Set once, never cleared.
 */

/* Record ${sig}; async-signal-safe. The first one wins. */
void stop_set(int sig);
/* The signal that asked us to stop, or 0. */
int stop_requested(void);

#endif
