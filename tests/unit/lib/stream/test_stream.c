#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "lib/base/fault.h"
#include "lib/base/thread.h"
#include "lib/stream/stream.h"
#include "tests/unit/files.h"

static struct stream *
opened(const char *path, bool gzip)
{
	struct stream_options o = { .path = path, .gzip = gzip };
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

static void
committed(struct stream *s)
{
	struct fault f = { 0 };

	if (stream_commit(s, &f) != 0)
		fail_msg("%s", f.text);
}

static void
holds(const char *path, const char *text)
{
	struct buf b = get(path);

	assert_int_equal(b.n, strlen(text));
	assert_string_equal(buf_text(&b), text);
	buf_release(&b);
}

/* How many names the directory contains besides "." and "..". */
static int
names_in(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		n += strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0;
	assert_int_equal(closedir(dir), 0);
	return n;
}

/* Mode 0600 whatever the umask; shared files follow the umask. */
static void
check_modes(void)
{
	static const struct {
		mode_t umask, shared;
	} rows[] = { { 022, 0644 }, { 027, 0640 }, { 0377, 0400 },
		{ 0777, 0 } };
	struct fault f = { 0 };
	struct stat st;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		mode_t before = umask(rows[i].umask);

		assert_int_equal(stream_file(at("mode"), "x", 1, &f), 0);
		assert_int_equal(stat(at("mode"), &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(stream_file_shared(at("mode"), "x", 1, &f), 0);
		assert_int_equal(stat(at("mode"), &st), 0);
		assert_int_equal(st.st_mode & 07777, rows[i].shared);
		(void)umask(before);
	}
	assert_int_equal(unlink(at("mode")), 0);
}

static void
test_whole_or_not(void **state)
{
	struct stream *s = opened(at("out"), false);
	struct stat st;

	(void)state;
	wrote(s, "one\n");
	wrote(s, "");
	wrote(s, "two\n");
	assert_int_equal(stream_bytes(s), 8);
	assert_int_not_equal(access(at("out"), F_OK), 0);
	assert_int_equal(names_in(directory), 1);
	committed(s);
	holds(at("out"), "one\ntwo\n");
	assert_int_equal(stat(at("out"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(names_in(directory), 1);

	check_modes();

	/* the old file stays until it is replaced */
	s = opened(at("out"), false);
	wrote(s, "three\n");
	holds(at("out"), "one\ntwo\n");
	stream_discard(s);
	holds(at("out"), "one\ntwo\n");
	assert_int_equal(names_in(directory), 1);
	stream_discard(NULL);

	/* an empty one */
	committed(opened(at("empty"), false));
	holds(at("empty"), "");
}

static void
test_longest_name(void **state)
{
	char name[256];

	(void)state;
	memset(name, 'n', 255);
	name[255] = '\0';
	committed(opened(at(name), false));
	holds(at(name), "");
}

static void
test_relative(void **state)
{
	char *was = getcwd(NULL, 0);
	struct stream *s;

	(void)state;
	assert_non_null(was);
	assert_int_equal(chdir(directory), 0);
	s = opened("here", false);
	wrote(s, "x");
	committed(s);
	holds(at("here"), "x");
	assert_int_equal(chdir(was), 0);
	free(was);
}

static void
test_links(void **state)
{
	static const struct {
		const char *name, *link, *to, *real;
	} cases[] = {
		{ "a file in another directory", "a", "sub/file", "sub/file" },
		{ "a file that does not exist yet", "b", "sub/new", "sub/new" },
		{ "a link to a link", "c", "b", "sub/new" },
		{ "through the parent directory", "sub/d", "../top", "top" },
	};
	struct fault f = { 0 };
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(at("sub"), 0700), 0);
	put(at("sub/file"), "old", 3);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stream *s;

		print_message("%s\n", cases[i].name);
		assert_int_equal(symlink(cases[i].to, at(cases[i].link)), 0);
		s = opened(at(cases[i].link), false);
		wrote(s, cases[i].name);
		committed(s);
		assert_int_equal(lstat(at(cases[i].link), &st), 0);
		assert_true(S_ISLNK(st.st_mode));
		assert_int_equal(lstat(at(cases[i].real), &st), 0);
		assert_true(S_ISREG(st.st_mode));
		holds(at(cases[i].real), cases[i].name);
	}
	assert_int_equal(symlink("ring", at("ring")), 0);
	assert_int_equal(stream_file(at("ring"), "x", 1, &f), -1);
	assert_int_equal(f.kind, FAULT_IO);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *name, *path, *text;
		enum fault_kind kind;
	} cases[] = {
		{ "a directory", "", "is a directory", FAULT_IO },
		{ "no such directory", "none/out", "No such file", FAULT_IO },
		{ "a file as a directory", "file/out", "Not a directory",
		    FAULT_IO },
		{ "a name that ends in a slash", "new/", "No such file",
		    FAULT_IO },
	};

	(void)state;
	put(at("file"), "x", 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault f = { 0 };

		print_message("%s\n", cases[i].name);
		assert_int_equal(stream_file(at(cases[i].path), "x", 1, &f),
		    -1);
		assert_int_equal(f.kind, cases[i].kind);
		assert_non_null(strstr(f.text, cases[i].text));
		assert_non_null(strstr(f.text, at(cases[i].path)));
	}
	{
		struct fault f = { 0 };

		assert_int_equal(stream_file("", "x", 1, &f), -1);
		assert_int_equal(f.kind, FAULT_USAGE);
	}
}

static void
test_read_only_directory(void **state)
{
	struct fault f = { 0 };

	(void)state;
	if (geteuid() == 0)
		skip();
	assert_int_equal(mkdir(at("locked"), 0500), 0);
	assert_int_equal(stream_file(at("locked/out"), "x", 1, &f), -1);
	assert_int_equal(f.kind, FAULT_IO);
	assert_non_null(strstr(f.text, "Permission denied"));
}

/* The target becomes a directory while its file is being written. */
static void
test_rename_fails(void **state)
{
	struct stream *s = opened(at("out"), false);
	struct fault f = { 0 };

	(void)state;
	wrote(s, "x");
	assert_int_equal(mkdir(at("out"), 0700), 0);
	assert_int_equal(stream_commit(s, &f), -1);
	assert_int_equal(f.kind, FAULT_IO);
	assert_int_equal(names_in(directory), 1);
}

static void
test_full(void **state)
{
	struct fault f = { 0 }, again = { 0 };
	struct stream *s;

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	s = opened("/dev/full", false);
	assert_int_equal(stream_write(s, "x", 1, &f), -1);
	assert_int_equal(f.kind, FAULT_IO);
	assert_non_null(strstr(f.text, "/dev/full"));
	assert_non_null(strstr(f.text, "No space left on device"));
	/* and again */
	assert_int_equal(stream_write(s, "x", 1, &again), -1);
	assert_string_equal(again.text, f.text);
	assert_int_equal(stream_bytes(s), 0);
	again = (struct fault){ 0 };
	assert_int_equal(stream_commit(s, &again), -1);
	assert_string_equal(again.text, f.text);
	assert_int_equal(access("/dev/full", W_OK), 0);

	/* zlib may hold it back until the end */
	s = opened("/dev/full", true);
	(void)stream_write(s, "x", 1, &again);
	f = (struct fault){ 0 };
	assert_int_equal(stream_commit(s, &f), -1);
	assert_non_null(strstr(f.text, "No space left on device"));
}

static void
test_fifo(void **state)
{
	char text[8] = "";
	int fd;
	struct stream *s;

	(void)state;
	assert_int_equal(mkfifo(at("pipe"), 0600), 0);
	fd = open(at("pipe"), O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	s = opened(at("pipe"), false);
	wrote(s, "row\n");
	committed(s);
	assert_int_equal(read(fd, text, sizeof(text)), 4);
	assert_string_equal(text, "row\n");
	close(fd);
	assert_int_equal(names_in(directory), 1);
}

/* More than a pipe holds, into one that does not block. */
static void
test_nonblocking(void **state)
{
	size_t n = 1 << 20, got = 0;
	struct fault f = { 0 };
	struct stream *s;
	char *big = xmalloc(n), name[32];
	int ends[2], status;
	pid_t child;

	(void)state;
	memset(big, 'b', n);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		ssize_t r;

		close(ends[1]);
		while ((r = read(ends[0], big, 4096)) > 0)
			got += (size_t)r;
		_exit(got == n ? 0 : 1);
	}
	close(ends[0]);
	(void)snprintf(name, sizeof(name), "/dev/fd/%d", ends[1]);
	s = opened(name, false);
	if (stream_write(s, big, n, &f) != 0)
		fail_msg("%s", f.text);
	committed(s);
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	free(big);
}

/* Run ${body} in a child with stdout on ${fd}: its exit status. */
static int
with_stdout(int fd, int (*body)(const char *path), const char *path)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		(void)signal(SIGPIPE, SIG_IGN);
		if (fd >= 0)
			(void)dup2(fd, STDOUT_FILENO);
		else
			(void)close(STDOUT_FILENO);
		_exit(body(path));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Write a line to stdout: 0, or the kind of the fault. */
static int
say(const char *path)
{
	struct stream_options o = { .path = path };
	struct fault f = { 0 };
	struct stream *s = stream_open(&o, &f);

	if (s == NULL)
		return (int)f.kind;
	(void)stream_write(s, "said\n", 5, &f);
	(void)stream_commit(s, &f);
	return (int)f.kind;
}

static void
test_stdout(void **state)
{
	static const char *const paths[] = { NULL, "-", "/dev/stdout",
		"/dev/fd/1", "/proc/self/fd/1" };
	struct buf want = { 0 };
	int full = open("/dev/full", O_WRONLY), ends[2], fd;

	(void)state;
	fd = open(at("said"), O_WRONLY | O_CREAT | O_APPEND, 0600);
	assert_true(fd >= 0);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(close(ends[0]), 0);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		print_message("%s\n", paths[i] != NULL ? paths[i] : "NULL");
		assert_int_equal(with_stdout(fd, say, paths[i]), 0);
		/* appended, not overwritten */
		buf_adds(&want, "said\n");
		holds(at("said"), buf_text(&want));
		assert_int_equal(with_stdout(ends[1], say, paths[i]),
		    FAULT_PIPE);
		assert_int_equal(with_stdout(-1, say, paths[i]), FAULT_IO);
		if (full >= 0)
			assert_int_equal(with_stdout(full, say, paths[i]),
			    FAULT_IO);
	}
	buf_release(&want);
	close(ends[1]);
	close(fd);
	close(full);
}

static void
test_gzip(void **state)
{
	struct buf big = { 0 }, a, b;
	struct fault f = { 0 };
	struct stream *s;

	(void)state;
	for (int i = 0; i < 200000; i++)
		buf_addf(&big, "{\"Item\":{\"key\":{\"S\":\"%d\"}}}\n", i * 7);
	for (int round = 0; round < 2; round++) {
		s = opened(at(round == 0 ? "a.gz" : "b.gz"), true);
		for (size_t i = 0; i < big.n; i += 5000)
			assert_int_equal(stream_write(s, big.p + i,
					     big.n - i < 5000 ? big.n - i
							      : 5000,
					     &f),
			    0);
		assert_int_equal(stream_bytes(s), big.n);
		committed(s);
		if (round == 0)
			sleep(1); /* another second in the clock */
	}
	a = gunzip(at("a.gz"));
	assert_int_equal(a.n, big.n);
	assert_memory_equal(a.p, big.p, a.n);
	buf_release(&a);
	/* no name and no time: the same bytes each time */
	a = get(at("a.gz"));
	b = get(at("b.gz"));
	assert_int_equal(a.n, b.n);
	assert_true(a.n < big.n / 3);
	assert_memory_equal(a.p, b.p, a.n);
	assert_memory_equal(a.p, "\x1f\x8b\x08\0\0\0\0\0", 8);
	buf_release(&a);
	buf_release(&b);
	buf_release(&big);
	/* an empty text makes a valid gzip file */
	committed(opened(at("empty.gz"), true));
	a = gunzip(at("empty.gz"));
	assert_int_equal(a.n, 0);
	buf_release(&a);
}

static struct stream *shared;

static void
write_rows(void *ctx, int worker)
{
	char row[64];
	struct fault f = { 0 };

	(void)ctx;
	memset(row, 'a' + worker, sizeof(row));
	row[sizeof(row) - 1] = '\n';
	for (int i = 0; i < 500; i++)
		if (stream_write(shared, row, sizeof(row), &f) != 0)
			abort();
}

static void
test_threads(void **state)
{
	struct buf b;

	(void)state;
	for (int gzip = 0; gzip < 2; gzip++) {
		shared = opened(at("rows"), gzip != 0);
		threads_run(4, write_rows, NULL, NULL, NULL);
		committed(shared);
		b = gzip ? gunzip(at("rows")) : get(at("rows"));
		assert_int_equal(b.n, 4 * 500 * 64);
		for (size_t i = 0; i < b.n; i += 64)
			for (size_t k = 1; k < 64; k++)
				assert_int_equal(b.p[i + k],
				    k == 63 ? '\n' : b.p[i]);
		buf_release(&b);
	}
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, directory_setup, directory_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole_or_not),
		TEST(test_longest_name),
		TEST(test_relative),
		TEST(test_links),
		TEST(test_refused),
		TEST(test_read_only_directory),
		TEST(test_rename_fails),
		TEST(test_full),
		TEST(test_fifo),
		TEST(test_nonblocking),
		TEST(test_stdout),
		TEST(test_gzip),
		TEST(test_threads),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
