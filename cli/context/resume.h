#ifndef CLI_CONTEXT_RESUME_H
#define CLI_CONTEXT_RESUME_H

struct checkpoint;
struct context;
struct fault;

/*
 * Where a run with --checkpoint begins. ${p} has what it must agree with
 * (command, selection); the rest of it is filled: from the file of that name
 * (1), or as of a run that has not begun (0). The context's source goes on
 * there, judged by its time. -1.
 */
int resume_open(struct context *c, struct checkpoint *p, struct fault *f);

#endif
