#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export/s3_write.h"
#include "lib/base/buf.h"
#include "lib/base/crypto.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/slice.h"
#include "lib/base/text.h"
#include "lib/base/thread.h"
#include "lib/stream/outfile.h"
#include "lib/stream/stream.h"

#define KEY "AWSDynamoDB/" /* where exports are in a bucket */

struct s3_data {
	char *name;
	int64_t items;
	bool summed; /* the sum is known */
	unsigned char sum[CRYPTO_MD5];
	struct stream *stream; /* NULL: ended */
	struct hash_md5 *md5;
	int64_t bytes;
};

struct s3_write {
	char *target, *id; /* the directory, and its last name */
	char *temp;        /* NULL: renamed to target */
	struct lock *lock; /* the list */
	struct s3_data **list;
	size_t n;
};

static bool
is_empty(DIR *d)
{
	struct dirent *e;

	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			return false;
	return true;
}

/* ${path} must not exist, or be an empty directory. */
static int
check_target(const char *path, struct fault *f)
{
	char *parent;
	struct stat st, above;
	DIR *d;
	int rc = 0;

	if (stat(path, &st) != 0)
		return errno == ENOENT
		    ? 0
		    : fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return fault(f, FAULT_IO, "%s: is not a directory", path);
	d = opendir(path);
	if (d == NULL)
		return fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	parent = xasprintf("%s/..", path);
	if (!is_empty(d))
		rc = fault(f, FAULT_IO,
		    "%s: is not empty; name a new directory", path);
	else if (stat(parent, &above) == 0 && above.st_dev != st.st_dev)
		rc = fault(f, FAULT_IO,
		    "%s: a file system is mounted there; name a directory in "
		    "it",
		    path);
	(void)closedir(d);
	free(parent);
	return rc;
}

/* Set w->target and w->id by ${path}. */
static int
take_path(struct s3_write *w, const char *path, struct fault *f)
{
	const char *slash;
	size_t n = strlen(path);
	char *bare;

	while (n > 1 && path[n - 1] == '/')
		n--;
	bare = xstrndup(path, n);
	w->target = outfile_follow(bare);
	free(bare);
	if (w->target == NULL)
		return fault(f, FAULT_IO, "%s: %s", path, strerror(errno));
	slash = strrchr(w->target, '/');
	w->id = xstrdup(slash != NULL ? slash + 1 : w->target);
	if (w->id[0] == '\0' || strcmp(w->id, ".") == 0 ||
	    strcmp(w->id, "..") == 0)
		return fault(f, FAULT_USAGE,
		    "-o %s: name the directory to create", path);
	return check_target(w->target, f);
}

static int
make_temp(struct s3_write *w, struct fault *f)
{
	size_t above = strlen(w->target) - strlen(w->id);
	char *temp = xasprintf("%.*s.ttlsweep-XXXXXX", (int)above, w->target);
	char *data;
	int rc;

	if (mkdtemp(temp) == NULL) {
		(void)outfile_no_beside(w->target, errno, f);
		free(temp);
		return fault_at(f, "--output");
	}
	w->temp = temp;
	data = xasprintf("%s/data", temp);
	/* whatever the umask */
	(void)chmod(temp, 0700);
	rc = mkdir(data, 0700);
	if (rc == 0)
		(void)chmod(data, 0700);
	if (rc != 0)
		(void)fault(f, FAULT_IO, "%s: %s", data, strerror(errno));
	free(data);
	return rc;
}

struct s3_write *
s3_write_open(const char *path, struct fault *f)
{
	struct s3_write *w = xcalloc(1, sizeof(*w));

	w->lock = lock_new();
	if (take_path(w, path, f) == 0 && make_temp(w, f) == 0)
		return w;
	s3_write_close(w);
	return NULL;
}

struct s3_data *
s3_write_data(struct s3_write *w, struct fault *f)
{
	struct s3_data *d = xcalloc(1, sizeof(*d));
	struct stream_options o = { .gzip = true };
	char *path;

	lock_enter(w->lock);
	w->list = xreallocarray(w->list, w->n + 1, sizeof(struct s3_data *));
	w->list[w->n++] = d;
	d->name = xasprintf("%08zu.json.gz", w->n);
	lock_leave(w->lock);
	path = xasprintf("%s/data/%s", w->temp, d->name);
	o.path = path;
	o.md5 = d->md5 = crypto_md5_begin();
	d->stream = stream_open(&o, f);
	free(path);
	return d->stream != NULL ? d : NULL;
}

int
s3_data_add(struct s3_data *d, const void *p, size_t n, int64_t items,
    struct fault *f)
{
	d->items += items;
	d->bytes += (int64_t)n;
	return stream_write(d->stream, p, n, f);
}

int
s3_data_end(struct s3_data *d, struct fault *f)
{
	struct stream *s = d->stream;

	d->stream = NULL;
	if (stream_commit(s, f) != 0)
		return -1;
	d->summed = d->md5 != NULL;
	if (d->summed)
		crypto_md5_end(d->md5, d->sum);
	d->md5 = NULL;
	return 0;
}

static int
write_file(const struct s3_write *w, const char *name, const char *ending,
    const struct buf *b, struct fault *f)
{
	char *path = xasprintf("%s/%s.%s", w->temp, name, ending);
	int rc = stream_file(path, b->p, b->n, f);

	free(path);
	return rc;
}

/* A manifest and its check sum. */
static int
write_manifest(const struct s3_write *w, const char *name, const struct buf *b,
    struct fault *f)
{
	struct hash_md5 *h = crypto_md5_begin();
	unsigned char sum[CRYPTO_MD5];
	struct buf text = { 0 };
	int rc = write_file(w, name, "json", b, f);

	if (h != NULL) {
		crypto_md5_add(h, b->p, b->n);
		crypto_md5_end(h, sum);
		crypto_base64(&text, sum, sizeof(sum));
		if (rc == 0)
			rc = write_file(w, name, "checksum", &text, f);
	}
	buf_release(&text);
	return rc;
}

static int
rename_temp(struct s3_write *w, struct fault *f)
{
	if (rename(w->temp, w->target) != 0)
		return fault(f, FAULT_IO, "%s: %s", w->target,
		    errno == EEXIST || errno == ENOTEMPTY
			? "is not empty any more"
			: strerror(errno));
	free(w->temp);
	w->temp = NULL;
	return outfile_sync_directory(w->target, f);
}

/* Add ,"name":"…", or null. */
static void
add_string(struct buf *out, const char *name, const char *text)
{
	buf_addf(out, ",\"%s\":", name);
	if (text == NULL || text[0] == '\0')
		buf_adds(out, "null");
	else
		slice_text_encode(out, text, strlen(text));
}

/* 2026-11-22T08:12:00.000Z */
static void
add_time(struct buf *out, const char *name, int64_t epoch)
{
	char text[32];

	if (text_time_format(text, epoch) != 0)
		add_string(out, name, NULL);
	else
		buf_addf(out, ",\"%s\":\"%.19s.000Z\"", name, text);
}

/* The sum in base64, and the entity tag of an upload in one part. */
static void
add_sums(struct buf *out, const struct s3_data *d)
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

/* Add the line of ${file} in manifest-files.json. */
static void
add_file(struct buf *out, const char *id, const struct s3_data *file)
{
	char *key = xasprintf(KEY "%s/data/%s", id, file->name);

	buf_addf(out, "{\"itemCount\":%lld", (long long)file->items);
	if (file->summed)
		add_sums(out, file);
	add_string(out, "dataFileS3Key", key);
	buf_adds(out, "}\n");
	free(key);
}

/* Add manifest-summary.json. */
static void
add_summary(struct buf *out, const char *id, const struct s3_about *about)
{
	bool known = about->arn != NULL && about->arn[0] != '\0';
	char *arn = known ? xasprintf("%s/export/%s", about->arn, id) : NULL;
	char *key = xasprintf(KEY "%s/manifest-files.json", id);

	buf_adds(out, "{\"version\":\"2020-06-30\"");
	add_string(out, "exportArn", arn);
	add_time(out, "startTime", about->begun);
	add_time(out, "endTime", about->ended);
	add_string(out, "tableArn", about->arn);
	add_string(out, "tableId", about->id);
	add_time(out, "exportTime", about->exported);
	buf_adds(out,
	    ",\"s3Bucket\":null,\"s3Prefix\":null,"
	    "\"s3SseAlgorithm\":null,\"s3SseKmsKeyId\":null");
	add_string(out, "manifestFilesS3Key", key);
	buf_addf(out,
	    ",\"billedSizeBytes\":0,\"itemCount\":%lld,"
	    "\"outputFormat\":\"DYNAMODB_JSON\"}\n",
	    (long long)about->items);
	free(key);
	free(arn);
}

int
s3_write_finish(struct s3_write *w, struct s3_about *about, struct fault *f)
{
	struct buf files = { 0 }, summary = { 0 };
	int rc = -1;

	about->items = about->bytes = 0;
	for (size_t i = 0; i < w->n; i++) {
		add_file(&files, w->id, w->list[i]);
		about->items += w->list[i]->items;
		about->bytes += w->list[i]->bytes;
	}
	add_summary(&summary, w->id, about);
	/* last, the one that readers look for */
	if (write_manifest(w, "manifest-files", &files, f) == 0 &&
	    write_manifest(w, "manifest-summary", &summary, f) == 0)
		rc = rename_temp(w, f);
	buf_release(&files);
	buf_release(&summary);
	return rc;
}

/* Remove ${path} and the files in it. */
static void
remove_directory(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		char *name = xasprintf("%s/%s", path, e->d_name);

		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			(void)unlink(name);
		free(name);
	}
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(path);
}

static void
remove_temp(const struct s3_write *w)
{
	char *data = xasprintf("%s/data", w->temp);

	remove_directory(data);
	remove_directory(w->temp);
	free(data);
}

void
s3_write_close(struct s3_write *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->n; i++) {
		struct s3_data *d = w->list[i];

		stream_discard(d->stream);
		if (d->md5 != NULL)
			crypto_md5_end(d->md5, d->sum);
		free(d->name);
		free(d);
	}
	if (w->temp != NULL)
		remove_temp(w);
	free(w->temp);
	free(w->target);
	free(w->id);
	free(w->list);
	lock_free(w->lock);
	free(w);
}
