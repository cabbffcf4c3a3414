#ifndef EXPORT_S3_WRITE_H
#define EXPORT_S3_WRITE_H

#include <stddef.h>
#include <stdint.h>

struct fault;

/*
 * A directory like one of DynamoDB's exports to S3 (export/s3_manifest.h) being
 * written: data files and manifests with counts and MD5 sums. It is written
 * under a temporary name beside it, mode 0700, and has its own when it is
 * whole.
 */
struct s3_write;

/* ${path}: nothing is there yet, or an empty directory. */
struct s3_write *s3_write_open(const char *path, struct fault *f);

/* One of its data files, for one thread; any number side by side. Owned by
 * ${w}; NULL on failure. */
struct s3_data;
struct s3_data *s3_write_data(struct s3_write *w, struct fault *f);
/* Add ${items} lines of DynamoDB JSON. */
int s3_data_add(struct s3_data *d, const void *p, size_t n, int64_t items,
    struct fault *f);
/* That was all of it. */
int s3_data_end(struct s3_data *d, struct fault *f);

/* What the manifests say of the export. */
struct s3_about {
	const char *arn, *id; /* of the table; NULL or "": not known */
	int64_t begun, ended; /* epoch seconds */
	int64_t exported;     /* the moment the data is of */
};
/* The manifests, and the name. Call s3_write_close afterwards. */
int s3_write_finish(struct s3_write *w, const struct s3_about *about,
    struct fault *f);
/* Remove what has no name yet, free; NULL is fine. */
void s3_write_close(struct s3_write *w);
/* What is in it so far, the ended data files. */
int64_t s3_write_items(const struct s3_write *w);
int64_t s3_write_bytes(const struct s3_write *w); /* before compression */

#endif
