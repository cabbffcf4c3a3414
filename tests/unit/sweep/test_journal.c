#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/thread.h"
#include "lib/base/version.h"
#include "lib/dynamodb/table.h"
#include "sweep/journal.h"
#include "tests/unit/journal_index.h"

/* --- a slow disk that counts syncs, and fails on request --- */

static struct {
	int count;
	long nap_us;
	int error;
} disk;

/* Replaces libc's; only one leader at a time calls it. */
int
fdatasync(int fd)
{
	struct timespec nap = { 0, disk.nap_us * 1000 };

	disk.count++;
	if (disk.nap_us > 0)
		(void)nanosleep(&nap, NULL);
	if (disk.error != 0) {
		errno = disk.error;
		return -1;
	}
	return fsync(fd);
}

/* --- a directory for each test --- */

static char *place; /* its path */

static int
setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	memset(&disk, 0, sizeof(disk));
	place = xasprintf("%s/journal-XXXXXX", tmp != NULL ? tmp : P_tmpdir);
	return mkdtemp(place) != NULL ? 0 : -1;
}

static int
forget(const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

static int
teardown(void **state)
{
	int rc = nftw(place, forget, 8, FTW_DEPTH | FTW_PHYS);

	(void)state;
	free(place);
	return rc;
}

static char *
at(const char *name)
{
	return xasprintf("%s/%s", place, name);
}

static const struct ddb_table table = { .name = "TSAGalleryCache",
	.id = "a1b2",
	.schema = { "key", NULL } };

static struct journal_options
options(const char *path)
{
	return (struct journal_options){ .path = path,
		.run = { .table = &table,
		    .endpoint = "http://localhost:8000",
		    .region = "eu-west-1",
		    .ttl_attribute = "ttl",
		    .command = "purge",
		    .options = "purge --yes",
		    .now = 1795332271 } };
}

#define HEADER                                                          \
	"{\"ttlsweep.journal/1\":{\"table\":\"TSAGalleryCache\","       \
	"\"table_id\":\"a1b2\",\"endpoint\":\"http://localhost:8000\"," \
	"\"region\":\"eu-west-1\",\"key\":[\"key\"],"                   \
	"\"ttl_attribute\":\"ttl\",\"now\":1795332271,"                 \
	"\"command\":\"purge\",\"options\":\"purge --yes\","            \
	"\"version\":\"" TTLSWEEP_VERSION "\"}}\n"

static struct journal *
open_at(const char *path)
{
	struct journal_options o = options(path);
	struct fault f = { 0 };
	struct journal *j = journal_open(&o, &f);

	if (j == NULL)
		fail_msg("%s", f.text);
	return j;
}

/* The whole file; gzip(1) decompresses it if needed. */
static void
slurp(struct buf *out, const char *path)
{
	size_t n = strlen(path);
	bool gz = n > 3 && strcmp(path + n - 3, ".gz") == 0;
	char *command = xasprintf("gzip -dc '%s'", path);
	/* NOLINTNEXTLINE(cert-env33-c): the path is the test's own */
	FILE *file = gz ? popen(command, "r") : fopen(path, "r");

	assert_non_null(file);
	buf_reset(out);
	do {
		n = fread(buf_reserve(out, 65536), 1, 65536, file);
		out->n += n;
		out->p[out->n] = '\0';
	} while (n > 0);
	assert_int_equal(gz ? pclose(file) : fclose(file), 0);
	free(command);
}

static off_t
size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static int
append(struct journal *j, const char *text, bool sync, struct fault *f)
{
	struct buf lines = { 0 };
	int rc;

	buf_adds(&lines, text);
	rc = journal_append(j, &lines, sync, f);
	buf_release(&lines);
	return rc;
}

/* --- lines --- */

static void
the_header_describes_the_run(void **state)
{
	static const struct {
		const char *name;
		struct key_schema schema;
		const char *id, *options;
		const char *want; /* a part of it */
	} cases[] = {
		{ "partition key", { "key", NULL }, "x", "purge",
		    ",\"table_id\":\"x\"" },
		{ "sort key", { "pk", "sk" }, "", NULL,
		    ",\"key\":[\"pk\",\"sk\"],\"ttl_attribute\"" },
		{ "no table id", { "key", NULL }, NULL, "a",
		    ",\"table_id\":\"\"," },
		{ "no options", { "key", NULL }, "", NULL,
		    "\"command\":\"purge\",\"version\":" },
		{ "odd names", { "a\"b\\", "\n\x01" }, "", "\xff x",
		    "[\"a\\\"b\\\\\",\"\\u000a\\u0001\"]" },
		{ "bytes that are not UTF-8", { "k", NULL }, "", "\xff",
		    "\"options\":\"\xef\xbf\xbd\"" },
	};
	struct buf out = { 0 };
	struct journal_options o = options("x");

	(void)state;
	journal_header(&out, &o.run);
	assert_string_equal(buf_text(&out), HEADER);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ddb_table t = table;

		t.schema = cases[i].schema;
		t.id = (char *)cases[i].id;
		o.run.table = &t;
		o.run.options = cases[i].options;
		buf_reset(&out);
		journal_header(&out, &o.run);
		if (strstr(buf_text(&out), cases[i].want) == NULL ||
		    strchr(buf_text(&out), '\n') != out.p + out.n - 1 ||
		    slice_check((struct slice){ out.p, out.n }, NULL) != 0) {
			print_error("%s: %s", cases[i].name, out.p);
			fail();
		}
	}
	buf_release(&out);
}

static void
an_intent_is_one_line(void **state)
{
	struct buf out = { 0 };

	(void)state;
	journal_intent(&out,
	    &(struct journal_entry){ .n = 17,
		.image = SLICE("{\"key\":{\"S\":\"a\\u0000b\"},"
			       "\"n\":{\"N\":\"1\"}}"),
		.why = "milliseconds",
		.at_us = 1795332271000001 },
	    SLICE("{\"key\":{\"S\":\"a\\u0000b\"}}"));
	assert_string_equal(buf_text(&out),
	    "{\"Metadata\":{\"WriteTimestampMicros\":"
	    "{\"N\":\"1795332271000001\"}},"
	    "\"Keys\":{\"key\":{\"S\":\"a\\u0000b\"}},"
	    "\"OldImage\":{\"key\":{\"S\":\"a\\u0000b\"},"
	    "\"n\":{\"N\":\"1\"}},"
	    "\"Ttlsweep\":{\"n\":17,\"why\":\"milliseconds\"}}\n");
	/* a reply may contain newlines between its tokens */
	buf_reset(&out);
	journal_intent(&out,
	    &(struct journal_entry){ .n = INT64_MAX,
		.image = SLICE("{\n}\r"),
		.why = "none",
		.at_us = -1 },
	    SLICE("{\r\n\"k\":\n{\"S\":\"\\n\"}}"));
	assert_string_equal(buf_text(&out),
	    "{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"-1\"}},"
	    "\"Keys\":{  \"k\": {\"S\":\"\\n\"}},\"OldImage\":{ } ,"
	    "\"Ttlsweep\":{\"n\":9223372036854775807,\"why\":\"none\"}}\n");
	assert_int_equal(slice_check((struct slice){ out.p, out.n }, NULL), 0);
	/* a repair records its new value */
	buf_reset(&out);
	journal_intent(&out,
	    &(struct journal_entry){ .n = 1,
		.image = SLICE("{}"),
		.why = "string",
		.ttl = SLICE("{\"N\":\"5\"}") },
	    SLICE("{}"));
	assert_non_null(strstr(buf_text(&out),
	    "\"Ttlsweep\":{\"n\":1,\"why\":\"string\","
	    "\"ttl\":{\"N\":\"5\"}}}\n"));
	buf_release(&out);
}

static void
outcomes_share_a_line(void **state)
{
	struct buf out = { 0 };

	(void)state;
	journal_outcomes_begin(&out);
	journal_outcome(&out, 17, "deleted", 1);
	journal_outcome(&out, 18, "refreshed", 2);
	journal_outcome(&out, 20, "gone", 1);
	journal_outcomes_end(&out);
	journal_outcomes_begin(&out);
	journal_outcomes_end(&out);
	assert_string_equal(buf_text(&out),
	    "{\"Outcome\":[[17,\"deleted\",1],[18,\"refreshed\",2],"
	    "[20,\"gone\",1]]}\n{\"Outcome\":[]}\n");
	buf_release(&out);
}

/* --- the file --- */

static void
a_journal_is_private_whatever_the_umask(void **state)
{
	static const mode_t masks[] = { 0, 022, 077, 0777 };

	(void)state;
	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		char *path = at("mode.journal");
		mode_t before = umask(masks[i]);
		struct journal *j = open_at(path);
		struct stat st;

		(void)umask(before);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(journal_close(j, false, NULL), 0);
		assert_int_equal(unlink(path), 0);
		free(path);
	}
}

static void
nothing_is_overwritten(void **state)
{
	char *there = at("there"), *link = at("link"), *dangling = at("dang"),
	     *none = at("no/such/directory"), *nowhere = at("nowhere");
	const struct {
		const char *name;
		const char *path;
		enum fault_kind kind;
	} cases[] = {
		{ "a file", there, FAULT_REFUSED },
		{ "a link to a file", link, FAULT_REFUSED },
		{ "a dangling link", dangling, FAULT_REFUSED },
		{ "the directory", place, FAULT_REFUSED },
		{ "a device", "/dev/null", FAULT_REFUSED },
		{ "no such directory", none, FAULT_IO },
		{ "nothing", "", FAULT_IO },
	};
	FILE *file = fopen(there, "w");

	(void)state;
	assert_non_null(file);
	assert_true(fputs("mine", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(symlink(there, link), 0);
	assert_int_equal(symlink(nowhere, dangling), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct journal_options o = options(cases[i].path);
		struct fault f = { 0 };

		if (journal_open(&o, &f) != NULL || f.kind != cases[i].kind) {
			print_error("%s: %d %s\n", cases[i].name, (int)f.kind,
			    f.text);
			fail();
		}
	}
	assert_int_equal(size_of(there), 4);
	assert_int_equal(access(nowhere, F_OK), -1);
	free(there);
	free(link);
	free(dangling);
	free(none);
	free(nowhere);
}

static void
a_header_that_cannot_be_written_leaves_no_file(void **state)
{
	char *path = at("x.journal");
	struct journal_options o = options(path);
	struct fault f = { 0 };

	(void)state;
	disk.error = EIO;
	assert_null(journal_open(&o, &f));
	assert_int_equal(f.kind, FAULT_IO);
	assert_non_null(strstr(f.text, path));
	assert_int_equal(access(path, F_OK), -1);
	free(path);
}

static void
lines_are_in_the_file_when_append_returns(void **state)
{
	static const char *const names[] = { "x.journal", "x.journal.gz" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *path = at(names[i]);
		struct journal *j;
		struct buf text = { 0 };

		disk.count = 0;
		j = open_at(path);
		assert_string_equal(journal_path(j), path);
		assert_int_equal(journal_numbers(j, 1), 1);
		assert_int_equal(journal_numbers(j, 3), 2);
		assert_int_equal(journal_numbers(j, 1), 5);
		assert_int_equal(disk.count, 1);
		assert_int_equal(append(j, "one\n", true, NULL), 0);
		assert_int_equal(disk.count, 2);
		assert_int_equal(journal_bytes(j), size_of(path));
		slurp(&text, path);
		assert_string_equal(buf_text(&text), HEADER "one\n");
		/* without sync: written, so that it survives a kill */
		assert_int_equal(append(j, "two\n", false, NULL), 0);
		assert_int_equal(disk.count, 2);
		slurp(&text, path);
		assert_string_equal(buf_text(&text), HEADER "one\ntwo\n");
		/* nothing new: sync what is not synced yet */
		assert_int_equal(append(j, "", true, NULL), 0);
		assert_int_equal(disk.count, 3);
		assert_int_equal(append(j, "", true, NULL), 0);
		assert_int_equal(disk.count, 3);
		assert_int_equal(append(j, "three\n", false, NULL), 0);
		assert_int_equal(journal_close(j, true, NULL), 0);
		assert_int_equal(disk.count, 4);
		slurp(&text, path);
		assert_string_equal(buf_text(&text),
		    HEADER "one\ntwo\nthree\n");
		buf_release(&text);
		free(path);
	}
	assert_int_equal(journal_close(NULL, true, NULL), 0);
}

static void
each_commit_is_a_gzip_member(void **state)
{
	char *path = at("x.gz");
	struct journal *j = open_at(path);
	struct buf raw = { 0 };
	unsigned char out[4096];
	z_stream z = { 0 };
	FILE *file;
	int members = 0;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(append(j, "a line\n", i % 2 == 0, NULL), 0);
	assert_int_equal(journal_close(j, false, NULL), 0);
	file = fopen(path, "r");
	assert_non_null(file);
	raw.n = fread(buf_reserve(&raw, 8192), 1, 8192, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_in = (Bytef *)raw.p;
	z.avail_in = (uInt)raw.n;
	while (z.avail_in > 0) {
		z.next_out = out;
		z.avail_out = sizeof(out);
		assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
		assert_int_equal(inflateReset(&z), Z_OK);
		members++;
	}
	assert_int_equal(members, 6); /* the header's too */
	(void)inflateEnd(&z);
	buf_release(&raw);
	free(path);
}

static void
an_unused_journal_is_removed(void **state)
{
	static const struct {
		const char *name;
		bool line, sync, discard, there;
	} cases[] = {
		{ "unused", false, false, true, false },
		{ "unused, kept", false, false, false, true },
		{ "used", true, true, true, true },
		{ "used, not synced", true, false, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = at("x.journal");
		struct journal *j = open_at(path);

		if (cases[i].line)
			assert_int_equal(append(j, "x\n", cases[i].sync, NULL),
			    0);
		assert_int_equal(journal_close(j, cases[i].discard, NULL), 0);
		if ((access(path, F_OK) == 0) != cases[i].there)
			fail_msg("%s", cases[i].name);
		(void)unlink(path);
		free(path);
	}
}

static void
another_file_with_its_name_stays(void **state)
{
	char *path = at("x.journal"), *away = at("away.journal");
	struct journal *j = open_at(path);

	(void)state;
	assert_int_equal(rename(path, away), 0);
	assert_int_equal(close(open(path, O_WRONLY | O_CREAT, 0600)), 0);
	assert_int_equal(journal_close(j, true, NULL), 0);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(access(away, F_OK), 0);
	free(path);
	free(away);
}

/* --- a journal that was removed or replaced --- */

static void
a_lost_journal_stops_all_workers(void **state)
{
	enum how { REMOVED, MOVED, REPLACED, LINKED };
	static const struct {
		const char *name;
		enum how how;
		const char *says;
		int saved;
	} cases[] = {
		{ "x.journal", REMOVED, "the journal was removed", 1 },
		{ "x.journal.gz", REMOVED, "the journal was removed", 1 },
		{ "m.journal", MOVED, "the journal was moved away while", 1 },
		{ "r.journal", REPLACED, "the journal was removed", 1 },
		{ "l.journal", LINKED,
		    "the journal was replaced by another file while", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = at(cases[i].name), *away = at("away");
		struct journal *j = open_at(path);
		struct buf text = { 0 };
		struct fault f = { 0 };

		assert_int_equal(append(j, "1\n", true, NULL), 0);
		if (cases[i].how == MOVED || cases[i].how == LINKED)
			assert_int_equal(rename(path, away), 0);
		else
			assert_int_equal(unlink(path), 0);
		if (cases[i].how == REPLACED)
			assert_int_equal(close(open(path, O_WRONLY | O_CREAT,
					     0600)),
			    0);
		else if (cases[i].how == LINKED)
			assert_int_equal(symlink(away, path), 0);
		assert_int_equal(append(j, "2\n", true, &f), -1);
		assert_int_equal(f.kind, FAULT_IO);
		if (strstr(f.text, cases[i].says) == NULL)
			fail_msg("%s", f.text);
		assert_int_equal(append(j, "3\n", true, NULL), -1);
		assert_int_equal(journal_save(j, NULL), cases[i].saved);
		if (cases[i].saved > 0) {
			slurp(&text, journal_path(j));
			assert_string_equal(buf_text(&text), HEADER "1\n2\n");
		}
		(void)unlink(journal_path(j));
		assert_int_equal(journal_close(j, true, NULL), -1);
		(void)unlink(path);
		(void)unlink(away);
		buf_release(&text);
		free(path);
		free(away);
	}
}

/* After the last commit: nothing more is written, and it is reported. */
static void
a_journal_lost_at_the_end_is_reported(void **state)
{
	char *path = at("x.journal");
	struct journal *j = open_at(path);
	struct fault f = { 0 };

	(void)state;
	assert_int_equal(append(j, "1\n", true, NULL), 0);
	assert_int_equal(journal_save(j, NULL), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(journal_save(j, NULL), 1);
	assert_string_equal(journal_path(j), path);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(journal_close(j, false, &f), -1);
	assert_non_null(strstr(f.text, "the journal was removed"));
	free(path);
}

/* --- old journals --- */

#define OLD_HEADER(table, id, endpoint, region)                               \
	"{\"ttlsweep.journal/1\":{\"table\":\"" table "\",\"table_id\":\"" id \
	"\",\"endpoint\":\"" endpoint "\",\"region\":\"" region               \
	"\",\"key\":[\"key\"],\"ttl_attribute\":\"ttl\",\"now\":1,"           \
	"\"command\":\"purge\"}}\n"
#define OURS                                                           \
	OLD_HEADER("TSAGalleryCache", "a1b2", "http://localhost:8000", \
	    "eu-west-1")
#define OURS_BUT_ID(id) \
	OLD_HEADER("TSAGalleryCache", id, "http://localhost:8000", "eu-west-1")

static void
write_old(const char *path, const char *text, time_t when)
{
	size_t n = strlen(path);
	bool gz = n > 3 && strcmp(path + n - 3, ".gz") == 0;
	gzFile file = gzopen(path, gz ? "wb" : "wbT");
	const struct timespec times[2] = { { when, 0 }, { when, 0 } };

	assert_non_null(file);
	assert_true(text[0] == '\0' || gzputs(file, text) > 0);
	assert_int_equal(gzclose(file), Z_OK);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
count_told(void *ctx, const char *path)
{
	assert_int_equal(access(path, F_OK), -1);
	++*(int *)ctx;
}

static void
only_old_journals_of_this_table_expire(void **state)
{
	static const struct {
		const char *name, *text;
		time_t when;
		const char *id; /* the table's */
		bool goes;
	} cases[] = {
		{ "x.journal", OURS "x", 99, "a1b2", true },
		{ "x.journal.gz", OURS "x", 99, "a1b2", true },
		{ "any name", OURS, 99, "a1b2", true },
		{ "not old", OURS, 100, "a1b2", false },
		{ "another region",
		    OLD_HEADER("TSAGalleryCache", "a1b2",
			"http://localhost:8000", "eu-west-2"),
		    99, "a1b2", false },
		{ "another endpoint",
		    OLD_HEADER("TSAGalleryCache", "a1b2",
			"http://localhost:8001", "eu-west-1"),
		    99, "a1b2", false },
		{ "a recreated table", OURS_BUT_ID("a1b3"), 99, "a1b2", false },
		{ "no id there", OURS_BUT_ID(""), 99, "a1b2", false },
		{ "no id here", OURS, 99, "", false },
		{ "named by its ARN",
		    OLD_HEADER("arn:aws:dynamodb:eu-west-1:1:table/"
			       "TSAGalleryCache",
			"a1b2", "http://localhost:8000", "eu-west-1"),
		    99, "a1b2", true },
		{ "no id at all", OURS_BUT_ID(""), 99, "", true },
		{ "another table without id",
		    OLD_HEADER("TSAGalleryCache2", "", "http://localhost:8000",
			"eu-west-1"),
		    99, "", false },
		{ "TSAGalleryCache-20200101T000000Z.journal", "", 99, "",
		    false },
		{ "torn", "{\"ttlsweep.journal/1\":{\"table\":\"TSAG", 99,
		    "a1b2", false },
		{ "no newline",
		    "{\"ttlsweep.journal/1\":{\"table\":\"TSAGalleryCache\","
		    "\"table_id\":\"a1b2\",\"endpoint\":"
		    "\"http://localhost:8000\",\"region\":\"eu-west-1\","
		    "\"key\":[\"key\"],\"now\":1}}",
		    99, "a1b2", false },
		{ "no key",
		    "{\"ttlsweep.journal/1\":{\"table\":\"TSAGalleryCache\","
		    "\"table_id\":\"a1b2\",\"endpoint\":"
		    "\"http://localhost:8000\",\"region\":\"eu-west-1\","
		    "\"now\":1}}\n",
		    99, "a1b2", false },
		{ "an export", "{\"Item\":{\"key\":{\"S\":\"x\"}}}\n", 99,
		    "a1b2", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int dry = 1; dry >= 0; dry--) {
			struct ddb_table t = { .name = "TSAGalleryCache" };
			struct fault f = { 0 };
			char *path = at(cases[i].name), *id = NULL;
			struct journal_expiry e = { .dir = place,
				.table = &t,
				.endpoint = "http://localhost:8000",
				.region = "eu-west-1",
				.before = 100,
				.dry = dry != 0 };
			int64_t n = -1;
			int told = 0;

			t.id = id = xstrdup(cases[i].id);
			if (!e.dry) {
				e.told = count_told;
				e.ctx = &told;
			}
			write_old(path, cases[i].text, cases[i].when);
			assert_int_equal(journal_expire(&e, &n, &f), 0);
			if (n != cases[i].goes ||
			    (access(path, F_OK) != 0) !=
				(cases[i].goes && !e.dry))
				fail_msg("%s", cases[i].name);
			assert_int_equal(told, cases[i].goes && !e.dry);
			(void)unlink(path);
			free(id);
			free(path);
		}
}

static void
no_journal_in_use_expires(void **state)
{
	char *held = at("held.journal"), *own = at("own.journal"),
	     *link = at("link.journal"), *pipe = at("pipe.journal");
	struct journal *j = open_at(held);
	const struct journal_expiry e = { .dir = place,
		.table = &table,
		.endpoint = "http://localhost:8000",
		.region = "eu-west-1",
		.own = own,
		.before = INT64_MAX };
	int64_t n = -1;

	(void)state;
	write_old(own, OURS, 1);
	assert_int_equal(symlink(own, link), 0);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(journal_expire(&e, &n, NULL), 0);
	assert_int_equal(n, 0);
	assert_int_equal(access(held, F_OK), 0);
	assert_int_equal(access(own, F_OK), 0);
	/* its run has ended */
	assert_int_equal(journal_close(j, false, NULL), 0);
	assert_int_equal(journal_expire(&e, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(access(held, F_OK), -1);
	assert_int_equal(access(own, F_OK), 0);
	free(held);
	free(own);
	free(link);
	free(pipe);
}

/* --- many at a time --- */

#define THREADS 8
#define EACH 200

struct crowd {
	struct journal *j;
	struct lock *lock;
	bool mixed;          /* every other append without sync */
	int stored[THREADS]; /* … appends that returned 0, synced */
	int failures;
	struct fault f;
};

static void
crowd_fn(void *ctx, int i)
{
	struct crowd *c = ctx;

	for (int k = 0; k < EACH; k++) {
		char line[64];
		struct fault f = { 0 };
		bool sync = !c->mixed || k % 2 == 1;

		(void)snprintf(line, sizeof(line), "%d %d %032d\n", i, k, k);
		if (append(c->j, line, sync, &f) == 0) {
			if (sync)
				c->stored[i] = k + 1;
			continue;
		}
		lock_enter(c->lock);
		c->failures++;
		c->f = f;
		lock_leave(c->lock);
	}
}

/* Read all threads' lines back, check that they are complete, in order, without
 * a gap, and include all that were stored; returns how many there are. */
static int
crowd_check(const struct crowd *c, const char *path)
{
	struct buf text = { 0 };
	int next[THREADS] = { 0 }, lines = 0;
	char *p, *end;

	slurp(&text, path);
	assert_memory_equal(text.p, HEADER, strlen(HEADER));
	for (p = text.p + strlen(HEADER); *p != '\0'; p = end + 1) {
		char want[64];
		int i = *p - '0';

		end = strchr(p, '\n');
		assert_non_null(end); /* not torn */
		assert_in_range(i, 0, THREADS - 1);
		(void)snprintf(want, sizeof(want), "%d %d %032d", i, next[i],
		    next[i]);
		*end = '\0';
		assert_string_equal(p, want);
		next[i]++;
		lines++;
	}
	for (int i = 0; i < THREADS; i++)
		assert_true(next[i] >= c->stored[i]);
	buf_release(&text);
	return lines;
}

static void
workers_that_commit_together_share_a_sync(void **state)
{
	static const struct {
		const char *name;
		bool mixed;
		long nap_us;
		int most; /* syncs */
	} cases[] = {
		/* a sync includes lines added during the one before: two
		 * rounds for 8 threads in step, never one per append */
		{ "a.journal", false, 2000, THREADS * EACH / 2 },
		{ "b.journal.gz", false, 2000, THREADS * EACH / 2 },
		{ "c.journal", true, 2000, THREADS * EACH / 4 },
		{ "d.journal", false, 0, THREADS * EACH + 2 },
		{ "e.journal.gz", true, 0, THREADS * EACH / 2 + 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = at(cases[i].name);
		struct crowd c = { .j = open_at(path),
			.lock = lock_new(),
			.mixed = cases[i].mixed };

		disk.count = 0;
		disk.nap_us = cases[i].nap_us;
		threads_run(THREADS, crowd_fn, &c, NULL, NULL);
		assert_int_equal(c.failures, 0);
		if (disk.count > cases[i].most) {
			print_error("%s: %d syncs for %d appends\n",
			    cases[i].name, disk.count, THREADS * EACH);
			fail();
		}
		assert_int_equal(crowd_check(&c, path), THREADS * EACH);
		assert_int_equal(journal_bytes(c.j), size_of(path));
		assert_int_equal(journal_close(c.j, false, NULL), 0);
		lock_free(c.lock);
		free(path);
	}
}

/* --- a disk that is full --- */

/* Limit the size of files; 0: no limit. */
static void
fill_up(off_t size)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size > 0 ? (rlim_t)size : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void
a_full_disk_tears_no_line(void **state)
{
	static const struct {
		const char *name;
		int room; /* bytes left */
		bool sync;
	} cases[] = {
		{ "none.journal", 0, true },
		{ "short.journal", 5, true },
		{ "byte.journal", 49, true },
		{ "nosync.journal", 5, false },
		{ "none.gz", 0, true },
		{ "short.gz", 10, true },
	};

	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = at(cases[i].name), line[51];
		struct journal *j = open_at(path);
		struct buf text = { 0 };
		struct fault f = { 0 }, again = { 0 };
		off_t size;

		memset(line, 'x', sizeof(line));
		line[49] = '\n';
		line[50] = '\0';
		assert_int_equal(append(j, "good\n", true, NULL), 0);
		size = size_of(path);
		fill_up(size + cases[i].room);
		assert_int_equal(append(j, line, cases[i].sync, &f), -1);
		fill_up(0);
		if (f.kind != FAULT_IO || strstr(f.text, path) == NULL ||
		    strstr(f.text, strerror(EFBIG)) == NULL ||
		    size_of(path) != size || journal_bytes(j) != size)
			fail_msg("%s: %s", cases[i].name, f.text);
		/* there is room again, but nothing more is accepted */
		assert_int_equal(append(j, "x\n", true, &again), -1);
		assert_string_equal(again.text, f.text);
		assert_int_equal(append(j, "x\n", false, NULL), -1);
		assert_int_equal(journal_close(j, true, &again), -1);
		slurp(&text, path);
		assert_string_equal(buf_text(&text), HEADER "good\n");
		buf_release(&text);
		free(path);
	}
	(void)signal(SIGXFSZ, SIG_DFL);
}

static void
a_full_disk_stops_all_workers(void **state)
{
	static const char *const names[] = { "x.journal", "x.journal.gz" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *path = at(names[i]);
		struct crowd c = { .j = open_at(path),
			.lock = lock_new(),
			.mixed = i == 1 };
		int lines;

		(void)signal(SIGXFSZ, SIG_IGN);
		fill_up(size_of(path) + 5001);
		disk.nap_us = 200;
		threads_run(THREADS, crowd_fn, &c, NULL, NULL);
		fill_up(0);
		(void)signal(SIGXFSZ, SIG_DFL);
		lines = crowd_check(&c, path);
		assert_in_range(lines, 1, THREADS * EACH - 1);
		assert_true(c.failures >= THREADS);
		assert_int_equal(c.f.kind, FAULT_IO);
		assert_int_equal(journal_close(c.j, false, NULL), -1);
		lock_free(c.lock);
		free(path);
	}
}

static void
a_failed_sync_stops_the_journal(void **state)
{
	char *path = at("x.journal");
	struct journal *j = open_at(path);
	struct fault f = { 0 };
	struct buf text = { 0 };

	(void)state;
	assert_int_equal(append(j, "good\n", false, NULL), 0);
	disk.error = EIO;
	assert_int_equal(append(j, "bad\n", true, &f), -1);
	disk.error = 0;
	assert_int_equal(f.kind, FAULT_IO);
	assert_non_null(strstr(f.text, strerror(EIO)));
	assert_int_equal(append(j, "late\n", true, NULL), -1);
	assert_int_equal(journal_close(j, false, NULL), -1);
	slurp(&text, path);
	assert_string_equal(buf_text(&text), HEADER "good\n");
	buf_release(&text);
	free(path);
}

/* After journal_wait the submitted lines are on disk, behind those appended
 * before, no matter which thread wrote them. */
static void
submitted_lines_are_on_disk_after_a_wait(void **state)
{
	static const char *const names[] = { "x.journal", "x.journal.gz" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *path = at(names[i]);
		struct journal *j = open_at(path);
		struct buf first = { 0 }, second = { 0 }, text = { 0 };
		struct journal_waiting one = { .lines = &first },
				       two = { .lines = &second };

		buf_adds(&first, "first\n");
		buf_adds(&second, "second\n");
		assert_int_equal(append(j, "before\n", false, NULL), 0);
		journal_submit(j, &one);
		journal_submit(j, &two);
		assert_int_equal(journal_wait(j, &two, NULL), 0);
		assert_int_equal(journal_wait(j, &one, NULL), 0);
		assert_int_equal(append(j, "behind\n", false, NULL), 0);
		slurp(&text, path);
		assert_string_equal(buf_text(&text),
		    HEADER "before\nfirst\nsecond\nbehind\n");
		assert_int_equal(journal_close(j, false, NULL), 0);
		buf_release(&first);
		buf_release(&second);
		buf_release(&text);
		free(path);
	}
}

static void
a_wait_reports_that_submitted_lines_failed(void **state)
{
	char *path = at("x.journal");
	struct journal *j = open_at(path);
	struct buf bad = { 0 }, text = { 0 };
	struct journal_waiting waiting = { .lines = &bad };
	struct fault f = { 0 };

	(void)state;
	buf_adds(&bad, "bad\n");
	assert_int_equal(append(j, "good\n", true, NULL), 0);
	disk.error = EIO;
	journal_submit(j, &waiting);
	assert_int_equal(journal_wait(j, &waiting, &f), -1);
	disk.error = 0;
	assert_int_equal(f.kind, FAULT_IO);
	journal_submit(j, &waiting);
	assert_int_equal(journal_wait(j, &waiting, NULL), -1);
	assert_int_equal(journal_close(j, false, NULL), -1);
	slurp(&text, path);
	assert_string_equal(buf_text(&text), HEADER "good\n");
	buf_release(&bad);
	buf_release(&text);
	free(path);
}

/* It was synced in time, and lost before its writes were sent. */
static void
a_journal_lost_after_its_sync_stops_the_send(void **state)
{
	char *path = at("x.journal");
	struct journal *j = open_at(path);
	struct buf first = { 0 }, second = { 0 };
	struct journal_waiting one = { .lines = &first },
			       two = { .lines = &second };
	struct fault f = { 0 };

	(void)state;
	buf_adds(&first, "first\n");
	buf_adds(&second, "second\n");
	journal_submit(j, &one);
	journal_submit(j, &two);
	assert_int_equal(journal_wait(j, &two, NULL), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(journal_wait(j, &one, &f), -1);
	assert_int_equal(f.kind, FAULT_IO);
	assert_non_null(strstr(f.text, "the journal was removed"));
	assert_int_equal(append(j, "third\n", false, NULL), -1);
	assert_int_equal(journal_save(j, NULL), 1);
	assert_int_equal(journal_close(j, false, NULL), -1);
	buf_release(&first);
	buf_release(&second);
	free(path);
}

/* --- kills --- */

struct doomed {
	struct journal *j;
	int told; /* where stored lines are reported */
};

static void
doomed_fn(void *ctx, int i)
{
	struct doomed *d = ctx;

	for (int32_t k = 0;; k++) {
		struct buf line = { 0 };
		int32_t number = k * THREADS + i;

		buf_addf(&line, "%d ", (int)number);
		for (int n = 0; n < 300; n++)
			buf_adds(&line, "0123456789");
		buf_adds(&line, "\n");
		if (journal_append(d->j, &line, k % 4 != 3, NULL) != 0 ||
		    (k % 4 != 3 &&
			write(d->told, &number, sizeof(number)) !=
			    (ssize_t)sizeof(number)))
			_exit(1);
		buf_release(&line);
	}
}

static bool
is_there(const struct buf *text, int32_t number)
{
	char want[32];
	const char *p;
	size_t n = (size_t)snprintf(want, sizeof(want), "\n%d 0", (int)number);

	p = strstr(buf_text(text), want);
	return p != NULL && strlen(p) >= n + 3000 && p[n + 2999] == '\n';
}

static void
a_killed_journal_contains_all_stored_lines(void **state)
{
	char *path = at("x.journal");
	int pipes[2], status;
	int32_t numbers[THREADS * 100];
	size_t n = 0;
	struct buf text = { 0 };
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct doomed d = { .j = open_at(path), .told = pipes[1] };

		(void)close(pipes[0]);
		threads_run(THREADS, doomed_fn, &d, NULL, NULL);
		_exit(1);
	}
	assert_int_equal(close(pipes[1]), 0);
	for (;;) {
		if (read(pipes[0], &numbers[n], sizeof(numbers[0])) !=
		    (ssize_t)sizeof(numbers[0]))
			break;
		if (++n == sizeof(numbers) / sizeof(numbers[0]) / 2)
			assert_int_equal(kill(pid, SIGKILL), 0);
		if (n == sizeof(numbers) / sizeof(numbers[0]))
			break;
	}
	assert_int_equal(close(pipes[0]), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_in_range(n, THREADS * 50, THREADS * 100);
	slurp(&text, path);
	for (size_t i = 0; i < n; i++)
		if (!is_there(&text, numbers[i]))
			fail_msg("%d is not there", (int)numbers[i]);
	buf_release(&text);
	free(path);
}

/* --- read back --- */

/* Two batches as purge writes them: 1 deleted, 2 refreshed, 3 sent without a
 * reply, 4 gone, but sent twice. */
static void
write_batches(const char *path)
{
	struct journal *j = open_at(path);
	struct buf lines = { 0 };

	for (int batch = 0; batch < 2; batch++) {
		for (int i = 0; i < 2; i++)
			journal_intent(&lines,
			    &(struct journal_entry){ .n = journal_numbers(j, 1),
				.image =
				    SLICE("{\"key\":{\"S\":\"session:a\"},\n"
					  "\"ttl\":{\"N\":\"1\"}}"),
				.why = "none",
				.at_us = 1 },
			    SLICE("{\"key\":{\"S\":\"session:a\"}}"));
		assert_int_equal(journal_append(j, &lines, true, NULL), 0);
		buf_reset(&lines);
		journal_outcomes_begin(&lines);
		journal_outcome(&lines, 1 + 3 * batch,
		    batch == 0 ? "deleted" : "gone", 1 + batch);
		if (batch == 0)
			journal_outcome(&lines, 2, "refreshed", 1);
		journal_outcomes_end(&lines);
		assert_int_equal(journal_append(j, &lines, false, NULL), 0);
		buf_reset(&lines);
	}
	buf_release(&lines);
	assert_int_equal(journal_close(j, false, NULL), 0);
}

static void
a_journal_can_be_read_back(void **state)
{
	static const char *const names[] = { "x.journal", "x.journal.gz" };
	struct fault f = { 0 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *path = at(names[i]);
		struct journal_index ix = { 0 };

		write_batches(path);
		if (index_of(&ix, path, &f) != 0)
			fail_msg("%s: %s", names[i], f.text);
		assert_string_equal(ix.header.table, "TSAGalleryCache");
		assert_string_equal(ix.header.table_id, "a1b2");
		assert_string_equal(ix.header.endpoint,
		    "http://localhost:8000");
		assert_string_equal(ix.header.region, "eu-west-1");
		assert_string_equal(ix.header.ttl_attribute, "ttl");
		assert_string_equal(ix.header.command, "purge");
		assert_string_equal(ix.header.partition, "key");
		assert_null(ix.header.sort);
		assert_int_equal(ix.header.now, 1795332271);
		assert_int_equal(ix.intents, 4);
		assert_false(ix.torn);
		assert_int_equal(journal_fate(&ix, 1), FATE_DELETED);
		assert_int_equal(journal_fate(&ix, 2), FATE_KEPT);
		assert_int_equal(journal_fate(&ix, 3), FATE_UNKNOWN);
		assert_int_equal(journal_fate(&ix, 4), FATE_UNSURE);
		journal_index_release(&ix);
		free(path);
	}
}

/* The file is truncated at each byte after the header: it can be read, and only
 * entries recorded as kept count as kept. */
static void
a_truncated_journal_can_be_read(void **state)
{
	static const char *const names[] = { "x.journal", "x.journal.gz" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *path = at(names[i]);
		off_t head, size;

		assert_int_equal(journal_close(open_at(path), false, NULL), 0);
		head = size_of(path);
		assert_int_equal(unlink(path), 0);
		write_batches(path);
		for (size = size_of(path); size >= head; size--) {
			struct journal_index ix = { 0 };
			struct fault f = { 0 };

			assert_int_equal(truncate(path, size), 0);
			if (index_of(&ix, path, &f) != 0)
				fail_msg("%s cut at %d: %s", names[i],
				    (int)size, f.text);
			for (int n = 1; n <= ix.intents; n++)
				if (n != 2 && !journal_restores(&ix, n))
					fail_msg("%s cut at %d: entry %d",
					    names[i], (int)size, n);
			journal_index_release(&ix);
		}
		free(path);
	}
}

/* --- the default place --- */

static void
the_default_directory_is_created_private(void **state)
{
	char *base = at("state/deep"), *want, *path;
	struct stat st;
	mode_t before = umask(0);
	struct fault f = { 0 };

	(void)state;
	assert_int_equal(setenv("XDG_STATE_HOME", base, 1), 0);
	path = journal_default_path(NULL, "My.Table_1-a", 1795335120, true, &f);
	(void)umask(before);
	assert_non_null(path);
	want = at("state/deep/ttlsweep/My.Table_1-a-20261122T081200Z.journal");
	assert_string_equal(path, want);
	free(want);
	want = at("state/deep/ttlsweep");
	assert_int_equal(stat(want, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	free(want);
	want = at("state");
	assert_int_equal(stat(want, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	free(want);
	assert_int_equal(access(path, F_OK), -1);
	free(path);
	free(base);
	assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
}

static void
a_name_that_is_taken_gets_a_number(void **state)
{
	char *first, *second, *third;
	struct journal_options o;
	struct journal *a, *b;

	(void)state;
	first = journal_default_path(place, "T", 0, true, NULL);
	assert_non_null(first);
	assert_non_null(strstr(first, "/T-19700101T000000Z.journal"));
	a = open_at(first);
	second = journal_default_path(place, "T", 0, true, NULL);
	assert_non_null(strstr(second, "/T-19700101T000000Z-2.journal"));
	/* another run has taken the name: use the next number, but only for a
	 * default name */
	o = options(first);
	assert_null(journal_open(&o, NULL));
	o.numbered = true;
	b = journal_open(&o, NULL);
	assert_non_null(b);
	assert_string_equal(journal_path(b), second);
	third = journal_default_path(place, "T", 0, true, NULL);
	assert_non_null(strstr(third, "/T-19700101T000000Z-3.journal"));
	assert_int_equal(journal_close(a, false, NULL), 0);
	assert_int_equal(journal_close(b, false, NULL), 0);
	free(first);
	free(second);
	free(third);
}

static void
any_table_name_gives_a_file_name(void **state)
{
	char big[256], longest[256];
	const struct {
		const char *name;
		const char *table;
		int64_t now;
		const char *want;
	} cases[] = {
		{ "an ARN", "arn:aws:dynamodb:eu-west-1:1:table/T", 0,
		    "arn_aws_dynamodb_eu-west-1_1_table_T-"
		    "19700101T000000Z.journal" },
		{ "a leading dot", "..", 0, "_.-19700101T000000Z.journal" },
		{ "a table called .journal", "a.journal", 0,
		    "a.journal-19700101T000000Z.journal" },
		{ "the longest", big, 0, longest },
		{ "a time without a date", "T", INT64_MAX,
		    "T-9223372036854775807.journal" },
	};

	(void)state;
	memset(big, 'B', sizeof(big) - 1);
	big[255] = '\0';
	(void)snprintf(longest, sizeof(longest),
	    "%.200s-19700101T000000Z.journal", big);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = journal_default_path(place, cases[i].table,
		    cases[i].now, true, NULL);
		char *want = at(cases[i].want);

		if (path == NULL || strcmp(path, want) != 0)
			fail_msg("%s: %s", cases[i].name, path);
		assert_int_equal(journal_close(open_at(path), true, NULL), 0);
		free(path);
		free(want);
	}
}

static void
numbers_come_before_the_ending(void **state)
{
	static const struct {
		const char *path;
		int n;
		const char *want;
	} cases[] = {
		{ "a/T.journal", 0, "a/T.journal" },
		{ "a/T.journal", 1, "a/T.journal" },
		{ "a/T.journal", 2, "a/T-2.journal" },
		{ "a.journal/T.journal", 12, "a.journal/T-12.journal" },
		{ "a.journal/T", 2, "a.journal/T-2" },
		{ "a/T.gz", 2, "a/T-2.gz" },
		{ "a/T.journal.gz", 3, "a/T-3.journal.gz" },
		{ "a/.gz", 2, "a/.gz-2" },
		{ "", 2, "-2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *got = journal_numbered(cases[i].path, cases[i].n);

		assert_string_equal(got, cases[i].want);
		free(got);
	}
}

static void
the_next_name_is_not_taken(void **state)
{
	static const struct {
		const char *there[3], *path, *want;
	} cases[] = {
		{ { "n1.gz" }, "n1.gz", "n1-2.gz" },
		{ { "n2", "n2-2" }, "n2-2", "n2-3" },
		{ { "n3.journal", "n3-2.journal", "n3-3.journal" },
		    "n3-2.journal", "n3-4.journal" },
		/* a number given by the user stays */
		{ { "n4-2" }, "n4-2", "n4-2-2" },
		{ { "n5-20261122" }, "n5-20261122", "n5-20261122-2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = at(cases[i].path), *want = at(cases[i].want), *got;

		for (size_t k = 0; k < 3 && cases[i].there[k] != NULL; k++) {
			char *there = at(cases[i].there[k]);

			assert_int_equal(journal_close(open_at(there), false,
					     NULL),
			    0);
			free(there);
		}
		got = journal_fresh(path);
		assert_string_equal(got, want);
		free(got);
		free(path);
		free(want);
	}
}

static void
directories_that_others_may_change_are_refused(void **state)
{
	char *open_dir = at("open"), *file = at("file"), *mine = at("mine"),
	     *link = at("link"), *theirs = at("theirs"), *slash = at("mine//"),
	     *below = at("file/x"), *fresh = at("a/b/c/");
	const struct {
		const char *name;
		const char *dir;
		bool root_only;
		enum fault_kind kind; /* FAULT_NONE: accepted */
	} cases[] = {
		{ "everybody may write", open_dir, false, FAULT_REFUSED },
		{ "a file", file, false, FAULT_IO },
		{ "below a file", below, false, FAULT_IO },
		{ "empty", "", false, FAULT_CONFIG },
		{ "our own", mine, false, FAULT_NONE },
		{ "with slashes at the end", slash, false, FAULT_NONE },
		{ "a new one", fresh, false, FAULT_NONE },
		{ "our own link", link, false, FAULT_NONE },
		{ "another user's link", theirs, true, FAULT_REFUSED },
	};

	(void)state;
	assert_int_equal(mkdir(open_dir, 0700), 0);
	assert_int_equal(chmod(open_dir, 0777), 0);
	assert_int_equal(mkdir(mine, 0700), 0);
	assert_int_equal(close(open(file, O_WRONLY | O_CREAT, 0600)), 0);
	assert_int_equal(symlink(mine, link), 0);
	assert_int_equal(symlink(mine, theirs), 0);
	if (geteuid() == 0)
		assert_int_equal(lchown(theirs, 12345, 12345), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault f = { 0 };
		char *path;

		if (cases[i].root_only && geteuid() != 0)
			continue;
		path = journal_default_path(cases[i].dir, "T", 0, true, &f);
		if ((path != NULL) != (cases[i].kind == FAULT_NONE) ||
		    f.kind != cases[i].kind)
			fail_msg("%s: %d %s", cases[i].name, (int)f.kind,
			    f.text);
		if (path != NULL)
			assert_int_equal(journal_close(open_at(path), true,
					     NULL),
			    0);
		free(path);
	}
	free(open_dir);
	free(file);
	free(mine);
	free(link);
	free(theirs);
	free(slash);
	free(below);
	free(fresh);
}

static void
checking_a_directory_leaves_it_as_it_was(void **state)
{
	char *file = at("plain"), *below = at("plain/x.journal"),
	     *here = at("x.journal"), *deep = at("d/e/x.journal"),
	     *made = at("d");
	const struct {
		const char *path;
		bool works;
	} cases[] = {
		{ here, true },
		{ deep, true },
		{ below, false },
		{ "/proc/x.journal", false },
		{ "/proc/none/x.journal", false },
	};

	(void)state;
	assert_int_equal(close(open(file, O_WRONLY | O_CREAT, 0600)), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault f = { 0 };
		int rc = journal_check_place(cases[i].path, true, &f);

		if ((rc == 0) != cases[i].works ||
		    (f.kind == FAULT_IO) == cases[i].works)
			fail_msg("%s: %d %s", cases[i].path, rc, f.text);
	}
	assert_int_not_equal(access(made, F_OK), 0);
	assert_int_equal(unlink(file), 0);
	free(file);
	free(below);
	free(here);
	free(deep);
	free(made);
}

static void
free_space_is_that_of_the_directory(void **state)
{
	char *missing = at("no/such/directory/x.journal"),
	     *here = at("x.journal"), *file = at("file"), *below = at("file/x");

	(void)state;
	assert_int_equal(close(open(file, O_WRONLY | O_CREAT, 0600)), 0);
	assert_true(journal_free_space(here) > 0);
	assert_true(journal_free_space(missing) > 0);
	assert_true(journal_free_space("x.journal") > 0);
	assert_true(journal_free_space("/x.journal") >= 0);
	assert_true(journal_free_space("no/such/x.journal") > 0);
	assert_true(journal_free_space(below) != 0);
	free(missing);
	free(here);
	free(file);
	free(below);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_header_describes_the_run),
		TEST(an_intent_is_one_line),
		TEST(outcomes_share_a_line),
		TEST(a_journal_is_private_whatever_the_umask),
		TEST(nothing_is_overwritten),
		TEST(a_header_that_cannot_be_written_leaves_no_file),
		TEST(lines_are_in_the_file_when_append_returns),
		TEST(each_commit_is_a_gzip_member),
		TEST(an_unused_journal_is_removed),
		TEST(another_file_with_its_name_stays),
		TEST(a_lost_journal_stops_all_workers),
		TEST(a_journal_lost_at_the_end_is_reported),
		TEST(only_old_journals_of_this_table_expire),
		TEST(no_journal_in_use_expires),
		TEST(workers_that_commit_together_share_a_sync),
		TEST(a_full_disk_tears_no_line),
		TEST(a_full_disk_stops_all_workers),
		TEST(a_failed_sync_stops_the_journal),
		TEST(submitted_lines_are_on_disk_after_a_wait),
		TEST(a_wait_reports_that_submitted_lines_failed),
		TEST(a_journal_lost_after_its_sync_stops_the_send),
		TEST(a_killed_journal_contains_all_stored_lines),
		TEST(a_journal_can_be_read_back),
		TEST(a_truncated_journal_can_be_read),
		TEST(the_default_directory_is_created_private),
		TEST(a_name_that_is_taken_gets_a_number),
		TEST(any_table_name_gives_a_file_name),
		TEST(numbers_come_before_the_ending),
		TEST(the_next_name_is_not_taken),
		TEST(directories_that_others_may_change_are_refused),
		TEST(checking_a_directory_leaves_it_as_it_was),
		TEST(free_space_is_that_of_the_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
