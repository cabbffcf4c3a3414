#ifndef EXPORT_S3_MANIFEST_H
#define EXPORT_S3_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/crypto.h"

struct fault;
struct input;

/*
 * What DynamoDB's export to S3 says of itself (manifest-summary.json and the
 * manifest-files.json it names), held against the files that are there.
 */
struct s3_file {
	char *key;     /* in S3 */
	char *path;    /* here */
	int64_t items; /* lines with an entry; -1: not told */
	bool unzipped; /* here it is not compressed any more */
	bool has_md5;
	unsigned char md5[CRYPTO_MD5]; /* of the file as it is */
};

struct s3_manifest {
	char *directory;                 /* the one with the manifests */
	char *table, *table_id, *region; /* NULL: not told */
	bool incremental;
	bool has_time;
	int64_t time;   /* the moment the data is of, epoch seconds */
	char *bad_time; /* what stands there and is none, with its name; NULL */
	int64_t items;  /* in all; -1: not told */
	struct s3_file *files;
	size_t n, cap;
	bool unlisted;  /* no manifest names them: they are what is there */
	char **surplus; /* files beside these that no manifest names */
	size_t nsurplus;
};

/*
 * Find the one export in the directory ${path} or below it, read its manifests,
 * and find its files, however much of their keys the copy has kept. -1 when
 * there is no export or several, or something does not fit: counts, check
 * sums, files that are missing (named). Where one of the manifests is missing
 * or both, its files are the data files that are there (of one directory). The
 * files themselves are not read. To be released in either case.
 */
int s3_manifest_read(struct s3_manifest *m, const char *path, struct fault *f);
void s3_manifest_release(struct s3_manifest *m);

/* Whether the bytes of the file ${in}, as they are in it, have the MD5 sum
 * ${md5} (or nobody can tell): 1, 0, -1. */
int s3_manifest_sum(struct input *in, const unsigned char md5[CRYPTO_MD5],
    struct fault *f);
/* -1 when the file ${path} has not the ${items} entries (-1: not told) that
 * the manifest says, but ${entries}, deleted ones included. */
int s3_manifest_count(const char *path, int64_t items, int64_t entries,
    struct fault *f);

#endif
