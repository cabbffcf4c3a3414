#ifndef EXPORT_S3_WRITE_H
#define EXPORT_S3_WRITE_H

#include <stddef.h>
#include <stdint.h>

struct fault;

/*
 * A directory like one of DynamoDB's exports to S3 (export/s3_manifest.h) being
 * written: data files, and manifests with counts and MD5 sums. It has a
 * temporary name beside ${path}, mode 0700, and is renamed when complete.
 */
struct s3_write;

/* ${path} does not exist yet, or is an empty directory. */
struct s3_write *s3_write_open(const char *path, struct fault *f);

/* A new data file, for one thread; others may write theirs at the same time.
 * Owned by ${w}; NULL on failure. */
struct s3_data;
struct s3_data *s3_write_data(struct s3_write *w, struct fault *f);
/* Add ${items} lines of DynamoDB JSON. */
int s3_data_add(struct s3_data *d, const void *p, size_t n, int64_t items,
    struct fault *f);
/* The file is complete. */
int s3_data_end(struct s3_data *d, struct fault *f);

/* For the manifests. */
struct s3_about {
	const char *arn, *id; /* of the table; NULL or "": not known */
	int64_t begun, ended; /* epoch seconds */
	int64_t exported;     /* the time the data is of */
	/* set by s3_write_finish: entries, and bytes before compression */
	int64_t items, bytes;
};
/* Write the manifests and rename. Call s3_write_close afterwards. */
int s3_write_finish(struct s3_write *w, struct s3_about *about,
    struct fault *f);
/* Remove what was not renamed, free; NULL is fine. */
void s3_write_close(struct s3_write *w);

#endif
