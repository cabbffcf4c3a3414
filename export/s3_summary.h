#ifndef EXPORT_S3_SUMMARY_H
#define EXPORT_S3_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/crypto.h"

struct buf;

/*
 * What the manifests of an export to S3 say (export/s3_manifest.h reads
 * them): texts for export/s3_write.c. ${id} is what the export is called; the
 * files are named as they will be in a bucket, below AWSDynamoDB/ID/. All
 * pure.
 */

/* A data file. */
struct s3_counted {
	char *name;
	int64_t items;
	bool summed; /* the sum is known */
	unsigned char sum[CRYPTO_MD5];
};

/* The export. */
struct s3_about {
	const char *arn, *id; /* of the table; NULL or "": not known */
	int64_t begun, ended; /* epoch seconds */
	int64_t exported;     /* the moment the data is of */
};

/* Add the line of ${file} in manifest-files.json. */
void s3_summary_file(struct buf *out, const char *id,
    const struct s3_counted *file);
/* Add manifest-summary.json. */
void s3_summary(struct buf *out, const char *id, int64_t items,
    const struct s3_about *about);

#endif
