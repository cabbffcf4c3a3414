#ifndef EXPORT_S3_MANIFEST_H
#define EXPORT_S3_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/crypto.h"

struct fault;
struct input;

/*
 * The manifests of DynamoDB's exports to S3 (manifest-summary.json and the
 * manifest-files.json it names), and where their files are here.
 */
struct s3_file {
	char *key;     /* in S3 */
	char *path;    /* here */
	int64_t items; /* lines with an entry; -1: not known */
	bool unzipped; /* here it is no longer compressed */
	bool has_md5;
	unsigned char md5[CRYPTO_MD5]; /* of the compressed file */
};

struct s3_manifest {
	char *directory;                 /* the one with the manifests */
	char *table, *table_id, *region; /* NULL: not known */
	bool summarized; /* there is a summary; without one what follows is
			    not known */
	bool incremental;
	bool has_time;
	int64_t time;   /* the time the data is of, epoch seconds */
	char *bad_time; /* name and text of one that is not valid; NULL */
	int64_t items;  /* in all; -1: not known */
	struct s3_file *files;
	size_t n;
	bool unlisted;  /* no manifest names them: those found are taken */
	char **surplus; /* other files there that no manifest names */
	size_t nsurplus;
};

/*
 * Find the one export in the directory ${path} or below, read its manifests,
 * and find its files, however much of their keys the copy has kept. Where a
 * manifest is missing, the files are the data files that are there (of one
 * directory). -1 when there is no export or several, or something does not
 * match: counts, check sums, files that are missing (named). The files
 * themselves are not read. To be released in either case.
 */
int s3_manifest_read(struct s3_manifest *m, const char *path, struct fault *f);
void s3_manifest_release(struct s3_manifest *m);

/* Whether the file ${in}, as it is on disk, has the MD5 sum ${md5}: 1 (also
 * where MD5 is not available), 0, -1. */
int s3_manifest_sum(struct input *in, const unsigned char md5[CRYPTO_MD5],
    struct fault *f);
/* -1 when the file ${path} has ${entries} entries, deleted ones included, and
 * the manifest says ${items}; 0 when that is -1. */
int s3_manifest_count(const char *path, int64_t items, int64_t entries,
    struct fault *f);
/* The same of all files of ${directory}. */
int s3_manifest_total(const char *directory, int64_t items, int64_t entries,
    struct fault *f);

#endif
