#ifndef LIB_STREAM_OUTFILE_H
#define LIB_STREAM_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;

/*
 * A file being written. A regular file has a temporary name in the same
 * directory until outfile_rename. All zero is not valid: see outfile_open.
 */
struct outfile {
	char *name;   /* for messages */
	char *target; /* what temp is renamed to; NULL: written in place */
	char *temp;   /* NULL: nothing to rename or to remove */
	bool keep;    /* temp is not removed */
	bool waits;   /* a pipe or terminal: its reader may be slow */
	int fd;       /* STDOUT_FILENO only for standard output */
};

/* ${path} NULL, "-" or a name of descriptor 1: stdout. Symbolic links are
 * followed. After a failure outfile_discard is allowed, but not needed. */
int outfile_open(struct outfile *p, const char *path, struct fault *f);
/* Whether outfile_open could create the file, without touching anything: 0, or
 * -1 and what it would report. ${directory}: a directory is to be created. */
int outfile_check(const char *path, bool directory, struct fault *f);
/* Say that no directory could be created beside ${name}, and why; -1. */
int outfile_no_beside(const char *name, int error, struct fault *f);
/*
 * Open a file that several runs write, one at a time: its bytes are in
 * ${path}.part until it is complete, and stay there. The first ${from} of them
 * are kept, the rest is truncated.
 */
int outfile_open_part(struct outfile *p, const char *path, int64_t from,
    struct fault *f);
/* The name of the unfinished file; the caller's. NULL when symbolic links form
 * a loop. */
char *outfile_part(const char *path);
/* Before anything is written: give a new file mode 0666 less the umask. */
int outfile_share(struct outfile *p, struct fault *f);
/* Write all of it. */
int outfile_write(const struct outfile *p, const void *data, size_t n,
    struct fault *f);
int outfile_sync(const struct outfile *p, struct fault *f);
/* Finish it in two steps: sync and close, then rename and sync the directory.
 * Call outfile_discard afterwards. */
int outfile_settle(struct outfile *p, struct fault *f);
int outfile_rename(struct outfile *p, struct fault *f);
/* Remove an unfinished file (but not one of outfile_open_part), close, free. */
void outfile_discard(struct outfile *p);
/* The descriptor that ${path} names (/dev/stdin, /dev/stdout, /dev/stderr,
 * /dev/fd/N), or -1. Opening that name would start at offset 0 again. Pure. */
int outfile_descriptor(const char *path);
/* ${path} with the symbolic links of its last component followed, even to
 * where nothing exists. The caller's; NULL when they form a loop. */
char *outfile_follow(const char *path);
/* Whether both name the same file or directory, through whatever links, even
 * one that does not exist yet. Never true of a device or a pipe, which is not
 * replaced. */
bool outfile_same(const char *a, const char *b);
/* Sync the directory of ${path}. One that may not be read cannot be synced,
 * which is not a failure. */
int outfile_sync_directory(const char *path, struct fault *f);
/* Report ${error} with the file's name; FAULT_PIPE for stdout's EPIPE. -1. */
int outfile_fault(const struct outfile *p, int error, struct fault *f);

#endif
