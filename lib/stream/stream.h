#ifndef LIB_STREAM_STREAM_H
#define LIB_STREAM_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cms_recipients;
struct fault;
struct hash_md5;

/*
 * Output to stdout or a file. A regular file is written under a temporary name
 * beside it, mode 0600 (whatever the umask), synced and renamed by
 * stream_commit; anything else (a device, a FIFO) is written in place. Threads
 * may share it: writes do not interleave.
 */
struct stream;

struct stream_options {
	const char *path; /* NULL or "-": stdout */
	bool gzip;
	bool shared; /* a file has mode 0666 less the umask */
	const struct cms_recipients *to; /* encrypt to them, unless NULL.
					    Borrowed */
	int64_t part;                    /* text of one message; 0: CMS_PART */
	struct hash_md5 *md5;            /* of the file's bytes; NULL: none */
	bool resumable; /* see outfile_open_part; not with ${to} … */
	int64_t from;   /* … bytes to continue after */
};

struct stream *stream_open(const struct stream_options *o, struct fault *f);
/* FAULT_PIPE when stdout's reader is gone, else FAULT_IO. After a failure every
 * later call fails with the same fault. */
int stream_write(struct stream *s, const void *p, size_t n, struct fault *f);
/* Bytes written so far, before compression. */
int64_t stream_bytes(const struct stream *s);
/* End the gzip member, if any. ${length} is the size of the file with all that
 * was written so far: a later run can continue there, once stream_sync has
 * returned. */
int stream_mark(struct stream *s, int64_t *length, struct fault *f);
/* Sync what was written before; other threads may write meanwhile. */
int stream_sync(struct stream *s, struct fault *f);
/* Flush, sync, rename, free. After -1 the name has its old file still (or the
 * new one, complete, when only its directory could not be synced). */
int stream_commit(struct stream *s, struct fault *f);
/* Remove the unfinished file (unless resumable) and free; NULL is fine. */
void stream_discard(struct stream *s);

/* Write ${p}[0..n) to ${path} the same way. */
int stream_file(const char *path, const void *p, size_t n, struct fault *f);
/* … with mode 0666 less the umask, for other programs to read. */
int stream_file_shared(const char *path, const void *p, size_t n,
    struct fault *f);

#endif
