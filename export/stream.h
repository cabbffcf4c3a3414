#ifndef EXPORT_STREAM_H
#define EXPORT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;

/*
 * Where data goes: stdout, or a file that has its name only when it is
 * whole. A regular file is written under a temporary name beside it, mode
 * 0600, synced and renamed by stream_commit; anything else (a device, a
 * FIFO) is written as it is. May be shared by threads: each write is one
 * piece, never torn by another.
 */
struct stream;

struct stream_options {
	const char *path; /* NULL or "-": stdout */
	bool gzip;
};

struct stream *stream_open(const struct stream_options *o, struct fault *f);
/* FAULT_PIPE when stdout's reader is gone; FAULT_IO names file and error.
 * After a failure every later call fails likewise. */
int stream_write(struct stream *s, const void *p, size_t n, struct fault *f);
/* Bytes given to it so far, before compression. */
int64_t stream_bytes(const struct stream *s);
/* Flush, sync, rename, free. -1 leaves under the name what was there before
 * (but the new file, whole, when only its folder could not be synced). */
int stream_commit(struct stream *s, struct fault *f);
/* Remove what was written and free; NULL is fine. */
void stream_discard(struct stream *s);

/* Write ${p}[0..n) as the whole of ${path}, the same way. */
int stream_file(const char *path, const void *p, size_t n, struct fault *f);

#endif
