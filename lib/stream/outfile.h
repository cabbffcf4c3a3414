#ifndef LIB_STREAM_OUTFILE_H
#define LIB_STREAM_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;

/*
 * A name to write to, opened: the bytes of stream.c go through its fd.
 * A regular file gets a temporary name in the same directory until
 * outfile_finish. All zero is not a valid one: see outfile_open.
 */
struct outfile {
	char *name;   /* for messages */
	char *target; /* what temp is renamed to; NULL: written as it is */
	char *temp;   /* NULL: nothing to rename, nothing to remove */
	bool keep;    /* temp is not removed */
	bool waits;   /* a pipe, a terminal: its reader may be slow */
	int fd;       /* STDOUT_FILENO for standard output and nothing else */
};

/* ${path} NULL, "-" or a name of descriptor 1: stdout. Symbolic links are
 * followed. After a failure outfile_discard is fine, not needed. */
int outfile_open(struct outfile *p, const char *path, struct fault *f);
/* Whether outfile_open would find a directory for it, without touching
 * anything: 0, or -1 and what it would say. ${directory}: a directory is to
 * have the name. */
int outfile_check(const char *path, bool directory, struct fault *f);
/*
 * The same for a file that is written by several runs: its bytes are in
 * ${path}.part until it is whole, and stay there. The first ${from} of them
 * are kept, what stands behind them goes. Only one run at a time has it.
 */
int outfile_open_part(struct outfile *p, const char *path, int64_t from,
    struct fault *f);
/* The name of the unfinished file; the caller's. NULL when symbolic links go
 * in a circle. */
char *outfile_part(const char *path);
/* Before anything is written: a file that is being made is for others to
 * read, too, as far as the umask has it. */
int outfile_share(struct outfile *p, struct fault *f);
/* Write all of it. */
int outfile_write(const struct outfile *p, const void *data, size_t n,
    struct fault *f);
/* Have what was written on the disk. */
int outfile_sync(const struct outfile *p, struct fault *f);
/* Sync, close, rename, sync the directory. Call outfile_discard afterwards. */
int outfile_finish(struct outfile *p, struct fault *f);
/* The two halves, for who finishes several together: until the close … */
int outfile_settle(struct outfile *p, struct fault *f);
/* … and after it. */
int outfile_rename(struct outfile *p, struct fault *f);
/* Remove what is unfinished (what outfile_open_part opened stays), close,
 * free. */
void outfile_discard(struct outfile *p);
/* The open descriptor that ${path} is a name of (/dev/stdin, /dev/stdout,
 * /dev/stderr, /dev/fd/N), or -1. Opening it by that name would begin at the
 * file's start again. Pure. */
int outfile_descriptor(const char *path);
/* ${path} with its last name's symbolic links followed, also to where
 * nothing is yet. The caller's; NULL when they go in a circle. */
char *outfile_follow(const char *path);
/* Whether both name one file (or directory), by whatever links, also where none
 * is yet. A device or a pipe is not the same as itself: it is not replaced. */
bool outfile_same(const char *a, const char *b);
/* Make the names in the directory of ${path} last. A directory that may not be
 * read cannot be synced, which is no failure. */
int outfile_sync_directory(const char *path, struct fault *f);
/* ${error} in the place's name; FAULT_PIPE for stdout's EPIPE. -1. */
int outfile_fault(const struct outfile *p, int error, struct fault *f);

#endif
