#ifndef LIB_STREAM_STREAM_H
#define LIB_STREAM_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cms_recipients;
struct fault;
struct hash_md5;

/*
 * Where data goes: stdout, or a file that has its name only when it is
 * whole. A regular file is written under a temporary name beside it, mode
 * 0600 (whatever the umask), synced and renamed by stream_commit; anything else
 * (a device, a FIFO) is written as it is. May be shared by threads: each write
 * is one piece, never torn by another.
 */
struct stream;

struct stream_options {
	const char *path; /* NULL or "-": stdout */
	bool gzip;
	bool shared; /* a file has mode 0666 less the umask */
	const struct cms_recipients *to; /* encrypt (lib/stream/cms_write.h);
					    NULL: do not. Borrowed */
	int64_t part;         /* how much a message holds; 0: CMS_PART */
	struct hash_md5 *md5; /* is given what the file gets; NULL: none */
	/* The file is written by several runs, see outfile_open_part; this
	 * one goes on behind so many bytes. Not with ${to}. */
	bool resumable;
	int64_t from;
};

struct stream *stream_open(const struct stream_options *o, struct fault *f);
/* FAULT_PIPE when stdout's reader is gone; FAULT_IO names file and error.
 * After a failure every later call fails likewise. */
int stream_write(struct stream *s, const void *p, size_t n, struct fault *f);
/* Bytes given to it so far, before compression. */
int64_t stream_bytes(const struct stream *s);
/*
 * How many bytes the file has when it ends with all that was written so far
 * (compressed data ends here, and begins anew): what a later run can go on
 * behind, once stream_sync has returned.
 */
int stream_mark(struct stream *s, int64_t *length, struct fault *f);
/* Have what was written before on the disk; others may write meanwhile. */
int stream_sync(struct stream *s, struct fault *f);
/* Flush, sync, rename, free. -1 leaves under the name what was there before
 * (but the new file, whole, when only its directory could not be synced). */
int stream_commit(struct stream *s, struct fault *f);
/* Remove what was written (what is resumable stays) and free; NULL is
 * fine. */
void stream_discard(struct stream *s);

/* Write ${p}[0..n) as the whole of ${path}, the same way. */
int stream_file(const char *path, const void *p, size_t n, struct fault *f);
/* … for other programs to read: of mode 0666 less the umask. */
int stream_file_shared(const char *path, const void *p, size_t n,
    struct fault *f);

#endif
