#ifndef LIB_AWS_SUBPROCESS_H
#define LIB_AWS_SUBPROCESS_H

#include "lib/base/buf.h"

struct world;
struct fault;

/*
 * Run the program ${argv}[0] (looked for in PATH; no shell) and collect what
 * it writes. Its standard input is ours when that is a terminal, for a program
 * that asks for something there, else nothing. ${out} is the caller's to wipe;
 * of ${err} no more than its first bytes are kept. 0 when it ended with status
 * 0; else the fault says how it ended, and holds nothing that it wrote.
 */
struct subprocess {
	char *const *argv;
	int64_t limit_ms; /* it is ended then */
	size_t out_max;   /* as soon as it writes more, too */
	struct buf out, err;
};
int subprocess_run(struct subprocess *r, struct world *world, struct fault *f);

#endif
