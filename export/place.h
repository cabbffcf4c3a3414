#ifndef EXPORT_PLACE_H
#define EXPORT_PLACE_H

#include <stdbool.h>

struct fault;

/*
 * A name to write to, opened: the bytes of stream.c go through its fd.
 * A regular file gets a temporary name in the same folder until
 * place_finish. All zero is not a valid one: see place_open.
 */
struct place {
	char *name;   /* for messages */
	char *target; /* what temp is renamed to; NULL: written as it is */
	char *temp;   /* NULL: nothing to rename, nothing to remove */
	int fd;       /* STDOUT_FILENO for standard output and nothing else */
};

/* ${path} NULL, "-" or a name of descriptor 1: stdout. Symbolic links are
 * followed. After a failure place_discard is fine, not needed. */
int place_open(struct place *p, const char *path, struct fault *f);
/* Sync, close, rename, sync the folder. Call place_discard afterwards. */
int place_finish(struct place *p, struct fault *f);
/* Remove what is unfinished, close, free. */
void place_discard(struct place *p);
/* The open descriptor that ${path} is a name of (/dev/stdin, /dev/stdout,
 * /dev/stderr, /dev/fd/N), or -1. Opening it by that name would begin at the
 * file's start again. Pure. */
int place_descriptor(const char *path);
/* ${error} in the place's name; FAULT_PIPE for stdout's EPIPE. -1. */
int place_fault(const struct place *p, int error, struct fault *f);

#endif
