#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "lib/base/fault.h"
#include "lib/stream/outfile.h"
#include "lib/stream/stream.h"
#include "tests/unit/files.h"

/* Files that are written by several runs. */

static struct stream *
run_from(const char *name, bool gzip, int64_t from)
{
	const struct stream_options o = { .path = at(name),
		.gzip = gzip,
		.resumable = true,
		.from = from };
	struct fault f = { 0 };
	struct stream *s = stream_open(&o, &f);

	if (s == NULL)
		fail_msg("%s", f.text);
	return s;
}

static void
wrote(struct stream *s, const char *text)
{
	struct fault f = { 0 };

	if (stream_write(s, text, strlen(text), &f) != 0)
		fail_msg("%s", f.text);
}

static int64_t
marked(struct stream *s)
{
	struct fault f = { 0 };
	int64_t n;

	if (stream_mark(s, &n, &f) != 0 || stream_sync(s, &f) != 0)
		fail_msg("%s", f.text);
	return n;
}

static void
committed(struct stream *s)
{
	struct fault f = { 0 };

	if (stream_commit(s, &f) != 0)
		fail_msg("%s", f.text);
}

static void
refused(const char *name, int64_t from, const char *text)
{
	const struct stream_options o = { .path = at(name),
		.resumable = true,
		.from = from };
	struct fault f = { 0 };

	assert_null(stream_open(&o, &f));
	if (strstr(f.text, text) == NULL)
		fail_msg("%s", f.text);
}

static void
holds(const char *name, bool gzip, const char *text)
{
	struct buf b = gzip ? gunzip(at(name)) : get(at(name));

	assert_string_equal(buf_text(&b), text);
	assert_int_equal(b.n, strlen(text));
	buf_release(&b);
}

static void
test_goes_on(void **state)
{
	(void)state;
	for (int gzip = 0; gzip < 2; gzip++) {
		struct stream *s = run_from("x", gzip, 0);
		int64_t n, again;
		struct stat st;

		assert_int_equal(marked(s), 0);
		wrote(s, "one\n");
		n = marked(s);
		again = marked(s);
		assert_int_equal(n, again);
		assert_true(gzip || n == 4);
		/* what follows the mark is lost, and written again */
		wrote(s, "two\nthree\n");
		stream_discard(s);
		assert_int_not_equal(access(at("x"), F_OK), 0);
		assert_int_equal(chmod(at("x.part"), 0644), 0);

		s = run_from("x", gzip, n);
		assert_int_equal(stat(at("x.part"), &st), 0);
		assert_int_equal(st.st_size, n);
		assert_int_equal(st.st_mode & 07777, 0600);
		wrote(s, "three\n");
		n = marked(s);
		wrote(s, "two\n");
		stream_discard(s);

		s = run_from("x", gzip, n);
		assert_int_equal(marked(s), n);
		wrote(s, "two\n");
		n = marked(s);
		committed(s);
		holds("x", gzip, "one\nthree\ntwo\n");
		assert_int_equal(stat(at("x"), &st), 0);
		assert_int_equal(st.st_size, n);
		assert_int_not_equal(access(at("x.part"), F_OK), 0);
		assert_int_equal(unlink(at("x")), 0);
	}
}

static void
test_nothing(void **state)
{
	(void)state;
	committed(run_from("x", false, 0));
	holds("x", false, "");
	/* gzip has at least one member, even an empty one */
	committed(run_from("x", true, 0));
	holds("x", true, "");
}

static void
test_refused(void **state)
{
	struct stream *s;

	(void)state;
	refused("x", 1, "does not exist");
	assert_int_not_equal(access(at("x.part"), F_OK), 0);
	put(at("x.part"), "12345", 5);
	refused("x", 6, "has 5 bytes");
	holds("x.part", false, "12345");
	s = run_from("x", false, 3);
	refused("x", 3, "another run");
	refused("x", 0, "another run");
	holds("x.part", false, "123");
	stream_discard(s);
	s = run_from("x", false, 3);
	stream_discard(s);
	assert_int_equal(unlink(at("x.part")), 0);

	/* a link there, which somebody else may have made, is not followed */
	put(at("other"), "other", 5);
	assert_int_equal(symlink(at("other"), at("x.part")), 0);
	refused("x", 0, "x.part");
	holds("other", false, "other");
	assert_int_equal(unlink(at("x.part")), 0);
	assert_int_equal(mkdir(at("x.part"), 0700), 0);
	refused("x", 0, "x.part");
	assert_int_equal(mkdir(at("directory"), 0700), 0);
	refused("directory", 0, "not a regular file");
	refused("none/x", 0, "No such file");
}

/* A link stays; its target is replaced. */
static void
test_link(void **state)
{
	struct stream *s;
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(at("there"), 0700), 0);
	assert_int_equal(symlink("there/file", at("x")), 0);
	s = run_from("x", false, 0);
	wrote(s, "hello");
	assert_int_equal(access(at("there/file.part"), F_OK), 0);
	committed(s);
	holds("there/file", false, "hello");
	assert_int_equal(lstat(at("x"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

/* When the disk is full, the last good mark is the last one. */
static void
test_full(void **state)
{
	struct rlimit was, few = { 1000, RLIM_INFINITY };
	struct stream *s = run_from("x", false, 0);
	struct fault f = { 0 };
	char row[400];
	int64_t n;

	(void)state;
	memset(row, 'r', sizeof(row));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	few.rlim_max = was.rlim_max;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(stream_write(s, row, sizeof(row), &f), 0);
	n = marked(s);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	assert_int_equal(stream_write(s, row, sizeof(row), &f), 0);
	assert_int_equal(stream_write(s, row, sizeof(row), &f), -1);
	assert_int_equal(stream_mark(s, &n, &f), -1);
	assert_int_equal(stream_commit(s, &f), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	(void)signal(SIGXFSZ, SIG_DFL);
	assert_non_null(strstr(f.text, "File too large"));
	assert_int_not_equal(access(at("x"), F_OK), 0);
	s = run_from("x", false, 400);
	committed(s);
	{
		struct buf b = get(at("x"));

		assert_int_equal(b.n, 400);
		buf_release(&b);
	}
}

int
main(void)
{
#define EACH(test)                                             \
	cmocka_unit_test_setup_teardown(test, directory_setup, \
	    directory_teardown)
	const struct CMUnitTest tests[] = {
		EACH(test_goes_on),
		EACH(test_nothing),
		EACH(test_refused),
		EACH(test_link),
		EACH(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
