#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export/s3_locate.h"
#include "export/s3_manifest.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/slice.h"
#include "lib/base/stop.h"
#include "lib/base/text.h"
#include "lib/stream/input.h"
#include "lib/stream/lines.h"

#define SUMMARY "manifest-summary.json"
#define FILES "manifest-files.json"
#define SUMMARY_MAX ((size_t)1 << 20)
#define CHUNK ((size_t)256 << 10)

int
s3_manifest_sum(struct input *in, const unsigned char md5[CRYPTO_MD5],
    struct fault *f)
{
	struct hash_md5 *h = crypto_md5_begin();
	unsigned char got[CRYPTO_MD5];
	off_t at = 0;
	char *chunk;
	ssize_t n;

	if (h == NULL)
		return 1;
	chunk = xmalloc(CHUNK);
	do {
		n = pread(input_descriptor(in), chunk, CHUNK, at);
		if (n > 0) {
			crypto_md5_add(h, chunk, (size_t)n);
			at += n;
		}
	} while (stop_requested() == 0 && (n > 0 || (n < 0 && errno == EINTR)));
	if (stop_requested() != 0)
		n = fault(f, FAULT_CANCELLED, "%s: interrupted",
		    input_name(in));
	else if (n < 0)
		(void)fault(f, FAULT_IO, "%s: %s", input_name(in),
		    strerror(errno));
	crypto_md5_end(h, got);
	free(chunk);
	return n < 0 ? -1 : memcmp(got, md5, CRYPTO_MD5) == 0;
}

/* -1 unless ${has} (a verb) as many entries as the manifest says; ${hint}
 * follows. */
static int
compare(const char *has, int64_t items, int64_t entries, const char *hint,
    struct fault *f)
{
	if (items < 0 || entries == items)
		return 0;
	return fault(f, FAULT_DATA,
	    "%s %lld entries, but the manifest says %lld%s", has,
	    (long long)entries, (long long)items, hint);
}

int
s3_manifest_count(const char *path, int64_t items, int64_t entries,
    struct fault *f)
{
	return compare("has", items, entries, "", f) == 0
	    ? 0
	    : fault_at(f, "%s", path);
}

int
s3_manifest_total(const char *directory, int64_t items, int64_t entries,
    struct fault *f)
{
	return compare("its files have", items, entries, ": one may be missing",
		   f) == 0
	    ? 0
	    : fault_at(f, "%s", directory);
}

/* The whole of a small file. */
static int
read_all(struct buf *out, const char *path, struct fault *f)
{
	struct input *in = input_open(path, f);
	int r;

	if (in == NULL)
		return -1;
	while ((r = input_read(in, out, f)) == 1)
		if (out->n > SUMMARY_MAX) {
			r = fault(f, FAULT_DATA,
			    "%s: too large for such a file", path);
			break;
		}
	input_close(in);
	return r;
}

/* An MD5 sum in base64, as S3 writes them. */
static bool
sum_parse(unsigned char md5[CRYPTO_MD5], const char *text, size_t n)
{
	struct buf raw = { 0 };
	bool ok =
	    crypto_base64_decode(&raw, text, n) == 0 && raw.n == CRYPTO_MD5;

	if (ok)
		memcpy(md5, raw.p, CRYPTO_MD5);
	buf_release(&raw);
	return ok;
}

/* Compare ${path} with the sum in the file ${beside}, if there is one. What
 * does not look like a sum is ignored. */
static int
check_beside(const char *path, const char *beside, struct fault *f)
{
	unsigned char md5[CRYPTO_MD5];
	struct buf text = { 0 };
	struct input *in;
	int r = 1;

	if (!s3_locate_is_file(beside))
		return 0;
	if (read_all(&text, beside, f) != 0) {
		r = -1;
	} else if (sum_parse(md5, buf_text(&text),
		       strcspn(buf_text(&text), " \t\r\n"))) {
		in = input_open(path, f);
		r = in != NULL ? s3_manifest_sum(in, md5, f) : -1;
		input_close(in);
	}
	buf_release(&text);
	if (r == 0)
		return fault(f, FAULT_DATA,
		    "%s: its MD5 sum is not the one in %s: fetch it again",
		    path, beside);
	return r < 0 ? -1 : 0;
}

/* The manifest ${name} has a check sum beside it in some exports. */
static int
check_sum(const struct s3_manifest *m, const char *name, struct fault *f)
{
	int stem = (int)(strlen(name) - strlen(".json"));
	char *path = xasprintf("%s/%s", m->directory, name);
	char *md5 = xasprintf("%s/%.*s.md5", m->directory, stem, name);
	char *checksum =
	    xasprintf("%s/%.*s.checksum", m->directory, stem, name);
	int rc = check_beside(path, md5, f);

	if (rc == 0)
		rc = check_beside(path, checksum, f);
	free(path);
	free(md5);
	free(checksum);
	return rc;
}

/* The string member ${name}, for the caller; NULL. */
static char *
string_of(struct slice object, const char *name)
{
	struct slice text = slice_unquote(slice_get(object, name));
	struct buf out = { 0 };

	if (text.p == NULL)
		return NULL;
	slice_text_decode(&out, text);
	return buf_detach(&out);
}

static int64_t
count_of(struct slice object, const char *name)
{
	int64_t n;

	return slice_int(slice_get(object, name), &n) == 0 && n >= 0 ? n : -1;
}

/* arn:aws:dynamodb:REGION:ACCOUNT:table/NAME */
static void
take_arn(struct s3_manifest *m, const char *arn)
{
	const char *at = arn;

	for (int i = 0; i < 5 && at != NULL; i++) {
		size_t n = strcspn(at, ":");

		if (i == 3 && n > 0 && at[n] == ':')
			m->region = xstrndup(at, n);
		at = at[n] == ':' ? at + n + 1 : NULL;
	}
	if (at != NULL && strncmp(at, "table/", 6) == 0)
		m->table = xstrndup(at + 6, strcspn(at + 6, "/"));
}

static void
take_time(struct s3_manifest *m, struct slice doc, const char *name)
{
	struct slice value = slice_get(doc, name);
	char time[128];
	bool fraction;

	if (value.p == NULL || *value.p == 'n')
		return;
	slice_copy(time, sizeof(time), value);
	m->has_time =
	    text_iso8601_parse(time, strlen(time), &m->time, &fraction) == 0;
	if (!m->has_time)
		m->bad_time = xasprintf("%s %.*s", name, SLICE_ARG(value));
}

static int
take_summary(struct s3_manifest *m, struct slice doc, char **files,
    struct fault *f)
{
	char *arn = string_of(doc, "tableArn");
	char *key = string_of(doc, "manifestFilesS3Key");
	const char *slash = key != NULL ? strrchr(key, '/') : NULL;
	char format[101], type[32];

	m->summarized = true;
	slice_copy(type, sizeof(type), slice_get(doc, "exportType"));
	m->incremental = strcmp(type, "INCREMENTAL_EXPORT") == 0;
	take_time(m, doc, m->incremental ? "exportToTime" : "exportTime");
	m->items = count_of(doc, "itemCount");
	m->table_id = string_of(doc, "tableId");
	if (arn != NULL)
		take_arn(m, arn);
	*files = xstrdup(key == NULL ? FILES : slash != NULL ? slash + 1 : key);
	free(key);
	free(arn);
	slice_copy(format, sizeof(format), slice_get(doc, "outputFormat"));
	if (format[0] == '\0' || strcmp(format, "DYNAMODB_JSON") == 0)
		return 0;
	return fault(f, FAULT_DATA,
	    "the export is in %s: only DYNAMODB_JSON can be read; export again "
	    "with --export-format DYNAMODB_JSON",
	    format);
}

static int
check_json(struct slice text, struct fault *f)
{
	size_t where;

	if (slice_check(text, &where) == 0)
		return 0;
	return fault(f, FAULT_DATA, "not valid JSON from byte %zu on",
	    where + 1);
}

static int
read_summary(struct s3_manifest *m, char **files, struct fault *f)
{
	char *path = xasprintf("%s/%s", m->directory, SUMMARY);
	struct buf text = { 0 };
	struct slice doc;
	int rc = read_all(&text, path, f);

	if (rc == 0) {
		doc = (struct slice){ buf_text(&text), text.n };
		if (check_json(doc, f) != 0 ||
		    take_summary(m, doc, files, f) != 0) {
			(void)fault_at(f, "%s", path);
			rc = -1;
		}
	}
	buf_release(&text);
	free(path);
	return rc;
}

static int
take_file(struct s3_manifest *m, struct slice line, struct fault *f)
{
	struct s3_file file = { .items = count_of(line, "itemCount") };
	struct slice sum = slice_get(line, "md5Checksum");
	char text[64];

	slice_copy(text, sizeof(text), sum);
	file.has_md5 = sum_parse(file.md5, text, strlen(text));
	if (slice_unquote(sum).p != NULL && !file.has_md5)
		return fault(f, FAULT_DATA,
		    "its md5Checksum is not an MD5 sum in base64");
	file.key = string_of(line, "dataFileS3Key");
	if (file.key == NULL)
		return fault(f, FAULT_DATA, "it names no dataFileS3Key");
	m->files = xreallocarray(m->files, m->n + 1, sizeof(*m->files));
	m->files[m->n++] = file;
	return 0;
}

static int
read_files(struct s3_manifest *m, const char *name, struct fault *f)
{
	char *path = xasprintf("%s/%s", m->directory, name);
	struct lines *l = lines_open(path, f);
	struct slice line;
	bool torn;
	int r = -1;

	while (l != NULL && (r = lines_next(l, &line, &torn, f)) == 1)
		if (line.n > 0 &&
		    (check_json(line, f) != 0 || take_file(m, line, f) != 0)) {
			r = fault_at(f, "%s:%lld", path,
			    (long long)lines_number(l));
			break;
		}
	lines_close(l);
	free(path);
	return r;
}

/* Do the two manifests agree on the number of entries? */
static int
check_counts(const struct s3_manifest *m, struct fault *f)
{
	int64_t sum = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (m->files[i].items < 0)
			return 0;
		sum += m->files[i].items;
	}
	if (m->items < 0 || m->items == sum)
		return 0;
	return fault(f, FAULT_DATA,
	    "%s: the export has %lld entries, but the files that its manifest "
	    "lists have %lld entries in all; fetch its manifests again",
	    m->directory, (long long)m->items, (long long)sum);
}

/* Whether there is a file *.journal (or *.journal.gz) in ${directory}. */
static bool
has_journals(const char *directory)
{
	DIR *d = opendir(directory);
	const struct dirent *e;
	bool found = false;

	while (d != NULL && !found && (e = readdir(d)) != NULL)
		found =
		    text_ends_in(e->d_name, strlen(e->d_name), ".journal") ||
		    text_ends_in(e->d_name, strlen(e->d_name), ".journal.gz");
	if (d != NULL)
		(void)closedir(d);
	return found;
}

/* Say that ${path} contains no export, and what it lacks. */
static int
no_export(const struct s3_manifest *m, const char *path, struct fault *f)
{
	struct buf hint = { 0 };
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	if (has_journals(path))
		buf_addf(&hint,
		    "; for journals, name the files: %.*s/*.journal", (int)n,
		    path);
	(void)fault(f, FAULT_DATA,
	    "%.900s: contains no export to S3: there is no %s%s%.900s", path,
	    m->directory != NULL ? "" : SUMMARY ", and no ",
	    m->directory != NULL ? FILES ", and no data file (*.json.gz)"
				 : "data file (*.json.gz, *.json)",
	    buf_text(&hint));
	buf_release(&hint);
	return -1;
}

/* No manifest names the files: take those in the export's own directory or,
 * without one, in ${path}. */
static int
take_what_is_there(struct s3_manifest *m, const char *path, struct fault *f)
{
	m->unlisted = true;
	if (m->directory != NULL && !m->incremental &&
	    s3_locate_data(m, m->directory, f) != 0)
		return -1;
	if (m->n == 0 && s3_locate_data(m, path, f) != 0)
		return -1;
	if (m->n == 0)
		return no_export(m, path, f);
	if (m->directory == NULL)
		m->directory = xstrdup(path);
	return 0;
}

/* The manifest of files ${name}, in m->directory. */
static int
read_list(struct s3_manifest *m, const char *name, const char *path,
    struct fault *f)
{
	char *file = xasprintf("%s/%s", m->directory, name);
	bool there = s3_locate_is_file(file);

	free(file);
	if (!there)
		return take_what_is_there(m, path, f);
	if (check_sum(m, name, f) != 0 || read_files(m, name, f) != 0 ||
	    check_counts(m, f) != 0)
		return -1;
	return s3_locate_files(m, path, f);
}

int
s3_manifest_read(struct s3_manifest *m, const char *path, struct fault *f)
{
	char *files = NULL;
	int rc = -1;

	*m = (struct s3_manifest){ .items = -1 };
	if (s3_locate_export(&m->directory, path, SUMMARY, f) != 0)
		return -1;
	if (m->directory != NULL) {
		if (check_sum(m, SUMMARY, f) == 0 &&
		    read_summary(m, &files, f) == 0)
			rc = read_list(m, files, path, f);
	} else if (s3_locate_export(&m->directory, path, FILES, f) == 0) {
		rc = m->directory != NULL ? read_list(m, FILES, path, f)
					  : take_what_is_there(m, path, f);
	}
	free(files);
	return rc;
}

void
s3_manifest_release(struct s3_manifest *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->files[i].key);
		free(m->files[i].path);
	}
	for (size_t i = 0; i < m->nsurplus; i++)
		free(m->surplus[i]);
	free(m->files);
	free(m->surplus);
	free(m->bad_time);
	free(m->directory);
	free(m->table);
	free(m->table_id);
	free(m->region);
	*m = (struct s3_manifest){ 0 };
}
