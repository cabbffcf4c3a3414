#include <stdlib.h>
#include <string.h>

#include "export/s3_summary.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/slice.h"
#include "lib/base/text.h"

#define KEY "AWSDynamoDB/" /* where exports are in a bucket */

static void
add_string(struct buf *out, const char *text)
{
	if (text == NULL || text[0] == '\0')
		buf_adds(out, "null");
	else
		slice_text_encode(out, text, strlen(text));
}

/* ,"name":"…" */
static void
add_named(struct buf *out, const char *name, const char *text)
{
	buf_addf(out, ",\"%s\":", name);
	add_string(out, text);
}

/* 2026-11-22T08:12:00.000Z */
static void
add_time(struct buf *out, const char *name, int64_t epoch)
{
	char text[32];

	if (text_time_format(text, epoch) != 0)
		add_named(out, name, NULL);
	else
		buf_addf(out, ",\"%s\":\"%.19s.000Z\"", name, text);
}

/* Where ${name} will be in a bucket, for those who ask the manifest. */
static void
add_key(struct buf *out, const char *id, const char *member, const char *name)
{
	char *key = xasprintf(KEY "%s/%s", id, name);

	add_named(out, member, key);
	free(key);
}

/* The sum in base64, and the entity tag S3 gives to an upload of one part. */
static void
add_sums(struct buf *out, const struct s3_counted *d)
{
	struct hash_md5 *h = crypto_md5_begin();
	unsigned char sum[CRYPTO_MD5];
	char hex[2 * CRYPTO_MD5 + 1];

	if (h == NULL)
		return;
	crypto_md5_add(h, d->sum, sizeof(d->sum));
	crypto_md5_end(h, sum);
	crypto_hex(hex, sum, sizeof(sum));
	buf_adds(out, ",\"md5Checksum\":\"");
	crypto_base64(out, d->sum, sizeof(d->sum));
	buf_addf(out, "\",\"etag\":\"%s-1\"", hex);
}

void
s3_summary_file(struct buf *out, const char *id, const struct s3_counted *file)
{
	char *name = xasprintf("data/%s", file->name);

	buf_adds(out, "{\"itemCount\":");
	buf_addi(out, file->items);
	if (file->summed)
		add_sums(out, file);
	add_key(out, id, "dataFileS3Key", name);
	buf_adds(out, "}\n");
	free(name);
}

void
s3_summary(struct buf *out, const char *id, int64_t items,
    const struct s3_about *about)
{
	bool known = about->arn != NULL && about->arn[0] != '\0';
	char *arn = known ? xasprintf("%s/export/%s", about->arn, id) : NULL;

	buf_adds(out, "{\"version\":\"2020-06-30\"");
	add_named(out, "exportArn", arn);
	add_time(out, "startTime", about->begun);
	add_time(out, "endTime", about->ended);
	add_named(out, "tableArn", about->arn);
	add_named(out, "tableId", about->id);
	add_time(out, "exportTime", about->exported);
	buf_adds(out,
	    ",\"s3Bucket\":null,\"s3Prefix\":null,"
	    "\"s3SseAlgorithm\":null,\"s3SseKmsKeyId\":null");
	add_key(out, id, "manifestFilesS3Key", "manifest-files.json");
	buf_adds(out, ",\"billedSizeBytes\":0,\"itemCount\":");
	buf_addi(out, items);
	buf_adds(out, ",\"outputFormat\":\"DYNAMODB_JSON\"}\n");
	free(arn);
}
