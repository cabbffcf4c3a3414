#ifndef TESTS_UNIT_FILES_H
#define TESTS_UNIT_FILES_H

/* A directory for each test, and files in it. Include cmocka.h before. */

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"

static char *directory; /* its path */
static char named[16][512];
static unsigned names;

static int
directory_setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	directory = xasprintf("%s/export-XXXXXX", tmp != NULL ? tmp : P_tmpdir);
	return mkdtemp(directory) != NULL ? 0 : -1;
}

static inline int
directory_forget(const char *path, const struct stat *st, int flag,
    struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

static int
directory_teardown(void **state)
{
	int rc = nftw(directory, directory_forget, 8, FTW_DEPTH | FTW_PHYS);

	(void)state;
	free(directory);
	return rc;
}

/* The path of ${name} in it; good for the next fifteen. */
static inline const char *
at(const char *name)
{
	char *to = named[names++ % 16];

	assert_true((size_t)snprintf(to, sizeof(named[0]), "%s/%s", directory,
			name) < sizeof(named[0]));
	return to;
}

static inline void
put(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* The whole file; the caller releases it. */
static inline struct buf
get(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buf b = { 0 };
	size_t n;

	assert_non_null(f);
	while ((n = fread(buf_reserve(&b, 65536), 1, 65536, f)) > 0)
		b.n += n;
	buf_add(&b, "", 0);
	assert_int_equal(fclose(f), 0);
	return b;
}

/* Add ${p}[0..n) to ${out} as one gzip member. */
static inline void
gzip_member(struct buf *out, const void *p, size_t n)
{
	z_stream z = { 0 };
	size_t room;

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8,
			     Z_DEFAULT_STRATEGY),
	    Z_OK);
	room = deflateBound(&z, (uLong)n);
	z.next_out = (unsigned char *)buf_reserve(out, room);
	z.avail_out = (uInt)room;
	z.next_in = (unsigned char *)(uintptr_t)p;
	z.avail_in = (uInt)n;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->n += room - z.avail_out;
	assert_int_equal(deflateEnd(&z), Z_OK);
}

/* What is in the gzip file ${path}, told by zlib. */
static inline struct buf
gunzip(const char *path)
{
	gzFile f = gzopen(path, "rb");
	struct buf b = { 0 };
	int n;

	assert_non_null(f);
	while ((n = gzread(f, buf_reserve(&b, 65536), 65536)) > 0)
		b.n += (size_t)n;
	assert_int_equal(n, 0);
	assert_int_equal(gzclose(f), Z_OK);
	buf_add(&b, "", 0);
	return b;
}

#endif
