#ifndef CLI_FILES_H
#define CLI_FILES_H

#include <stdint.h>

/* How many files this process may have open (ulimit -n), after raising that,
 * as far as it may be raised, to what ${jobs} workers need. */
int64_t files_limit(int64_t jobs);
/* As many of ${jobs} workers as ${limit} open files are enough for, at least
 * one. Pure. */
int64_t files_jobs(int64_t jobs, int64_t limit);

#endif
