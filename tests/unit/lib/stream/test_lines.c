#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "lib/base/fault.h"
#include "lib/stream/lines.h"
#include "tests/unit/files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct lines *
opened(const char *path)
{
	struct fault f = { 0 };
	struct lines *l = lines_open(path, &f);

	if (l == NULL)
		fail_msg("%s", f.text);
	return l;
}

/* Add all lines of ${l}, each in brackets, to ${out}; "~" marks a torn one.
 * Returns the result of the last call. */
static int
all(struct lines *l, struct buf *out, struct fault *f)
{
	struct slice line;
	bool torn;
	int r;

	while ((r = lines_next(l, &line, &torn, f)) == 1) {
		buf_addc(out, '[');
		buf_add(out, line.p, line.n);
		buf_adds(out, torn ? "~]" : "]");
	}
	return r;
}

/* The same in blocks of about ${want} bytes and ${most} lines, which are
 * numbered. */
static int
all_blocks(struct lines *l, size_t want, size_t most, struct buf *out,
    struct fault *f)
{
	struct buf block = { 0 };
	struct slice rest, line;
	int64_t first, next = 1;
	bool torn;
	int r;

	while ((r = lines_block(l, want, most, &block, &first, f)) == 1) {
		assert_int_equal(block.p[block.n], 0);
		assert_int_equal(first, next);
		rest = (struct slice){ block.p, block.n };
		while (lines_split(&rest, &line, &torn)) {
			assert_true(++next - first <= (int64_t)most);
			buf_addc(out, '[');
			buf_add(out, line.p, line.n);
			buf_adds(out, torn ? "~]" : "]");
		}
	}
	buf_release(&block);
	return r;
}

static const struct {
	const char *name;
	struct slice text;
	struct slice want;
} texts[] = {
	{ "nothing", SLICE(""), SLICE("") },
	{ "one line", SLICE("a\n"), SLICE("[a]") },
	{ "no newline at the end", SLICE("a\nb"), SLICE("[a][b~]") },
	{ "one byte without a newline", SLICE("a"), SLICE("[a~]") },
	{ "empty lines", SLICE("\n\na\n\n"), SLICE("[][][a][]") },
	{ "CRLF", SLICE("a\r\n\r\nb\r\n"), SLICE("[a][][b]") },
	{ "CR inside, and at the end of a torn line", SLICE("a\rb\r\r\nc\r"),
	    SLICE("[a\rb\r][c\r~]") },
	{ "NUL bytes", SLICE("a\0b\n\0\n"), SLICE("[a\0b][\0]") },
	{ "a UTF-8 byte order mark",
	    SLICE("\xef\xbb\xbf"
		  "a\n"),
	    SLICE("[a]") },
	{ "only a UTF-8 byte order mark", SLICE("\xef\xbb\xbf"), SLICE("") },
	{ "half a UTF-8 byte order mark", SLICE("\xef\xbb\n"),
	    SLICE("[\xef\xbb]") },
	{ "half of gzip's magic", SLICE("\x1f"), SLICE("[\x1f~]") },
};

static void
test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		/* a file, a gzip file, a pipe */
		for (int way = 0; way < 3; way++) {
			struct buf file = { 0 }, out = { 0 };
			struct fault f = { 0 };
			struct lines *l;
			char name[32];
			int ends[2];

			print_message("%s %d\n", texts[i].name, way);
			/* only plain files are checked for the mark */
			if (way == 1 && texts[i].text.n > 2 &&
			    memcmp(texts[i].text.p, "\xef\xbb\xbf", 3) == 0)
				continue;
			if (way == 1)
				gzip_member(&file, texts[i].text.p,
				    texts[i].text.n);
			else
				buf_add(&file, texts[i].text.p,
				    texts[i].text.n);
			if (way == 2) {
				assert_int_equal(pipe(ends), 0);
				assert_int_equal(write(ends[1], file.p, file.n),
				    file.n);
				close(ends[1]);
				(void)snprintf(name, sizeof(name), "/dev/fd/%d",
				    ends[0]);
				l = opened(name);
			} else {
				put(at("text"), file.p, file.n);
				l = opened(at("text"));
			}
			assert_int_equal(all(l, &out, &f), 0);
			assert_int_equal(out.n, texts[i].want.n);
			assert_memory_equal(buf_text(&out), texts[i].want.p,
			    out.n);
			/* a second time */
			assert_int_equal(all(l, &out, &f), 0);
			assert_int_equal(out.n, texts[i].want.n);
			lines_close(l);
			if (way == 2)
				close(ends[0]);
			for (size_t want = 1; way < 2 && want < 36; want++) {
				buf_reset(&out);
				l = opened(at("text"));
				assert_int_equal(all_blocks(l, 1 + want % 8,
						     1 + want / 8 * 2, &out,
						     &f),
				    0);
				assert_int_equal(out.n, texts[i].want.n);
				assert_memory_equal(buf_text(&out),
				    texts[i].want.p, out.n);
				lines_close(l);
			}
			buf_release(&file);
			buf_release(&out);
		}
	}
}

/* Lines of many lengths, some longer than one read, in gzip members that do not
 * end at newlines. */
static void
test_long(void **state)
{
	struct buf text = { 0 }, file = { 0 };
	size_t lengths[] = { 0, 1, 5, 262143, 262144, 262145, 3, 700000, 2,
		524288, 524287 };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		memset(buf_reserve(&text, lengths[i]), 'a' + (int)i,
		    lengths[i]);
		text.n += lengths[i];
		buf_addc(&text, '\n');
	}
	for (size_t i = 0; i < text.n; i += 100003)
		gzip_member(&file, text.p + i,
		    text.n - i < 100003 ? text.n - i : 100003);
	put(at("plain"), text.p, text.n);
	put(at("packed"), file.p, file.n);
	for (int packed = 0; packed < 2; packed++) {
		struct lines *l = opened(at(packed ? "packed" : "plain"));
		struct slice line;
		struct fault f;
		bool torn;

		for (size_t i = 0; i < COUNT(lengths); i++) {
			assert_int_equal(lines_next(l, &line, &torn, &f), 1);
			assert_int_equal(line.n, lengths[i]);
			for (size_t k = 0; k < line.n; k += 1000)
				assert_int_equal(line.p[k], 'a' + (int)i);
			assert_int_equal(lines_number(l), i + 1);
			assert_false(torn);
		}
		assert_int_equal(lines_next(l, &line, &torn, &f), 0);
		lines_close(l);
	}
	buf_release(&text);
	buf_release(&file);
}

static void
test_too_long(void **state)
{
	struct buf text = { 0 }, out = { 0 };
	struct fault f = { 0 };
	struct lines *l;

	(void)state;
	buf_adds(&text, "short\n");
	memset(buf_reserve(&text, LINES_MAX + 1), 'x', LINES_MAX + 1);
	text.n += LINES_MAX + 1;
	put(at("long"), text.p, text.n);
	l = opened(at("long"));
	assert_int_equal(all(l, &out, &f), -1);
	assert_string_equal(buf_text(&out), "[short]");
	assert_int_equal(f.kind, FAULT_DATA);
	assert_non_null(strstr(f.text, "long:2: "));
	assert_int_equal(all(l, &out, &f), -1);
	lines_close(l);
	buf_reset(&out);
	l = opened(at("long"));
	assert_int_equal(all_blocks(l, 1, 9, &out, &f), -1);
	assert_string_equal(buf_text(&out), "[short]");
	assert_non_null(strstr(f.text, "long:2: "));
	lines_close(l);
	buf_release(&text);
	buf_release(&out);
}

/* A file truncated at any byte is an error, unless a member ends there. */
static void
test_cut(void **state)
{
	static const char first[] = "one\ntwo\n", second[] = "three\nfour\n";
	struct buf file = { 0 };
	size_t border;

	(void)state;
	gzip_member(&file, first, strlen(first));
	border = file.n;
	gzip_member(&file, second, strlen(second));
	for (size_t n = 2; n < file.n; n++) {
		struct buf out = { 0 }, blocks = { 0 };
		struct fault f = { 0 }, g = { 0 };
		struct lines *l;
		int r;

		put(at("cut"), file.p, n);
		l = opened(at("cut"));
		r = all(l, &out, &f);
		assert_int_equal(r, n == border ? 0 : -1);
		assert_int_equal(lines_cut(l), n != border);
		if (r < 0) {
			assert_int_equal(f.kind, FAULT_DATA);
			assert_non_null(strstr(f.text, "truncated"));
			assert_non_null(strstr(f.text, "/cut:"));
		}
		lines_close(l);
		buf_reset(&blocks);
		l = opened(at("cut"));
		assert_int_equal(all_blocks(l, 5, 9, &blocks, &g), r);
		assert_string_equal(buf_text(&blocks), buf_text(&out));
		assert_string_equal(f.text, g.text);
		/* whole lines only, and all of the first member */
		if (n >= border)
			assert_int_equal(strncmp(buf_text(&out), "[one][two]",
					     10),
			    0);
		assert_null(strchr(buf_text(&out), '~'));
		lines_close(l);
		buf_release(&out);
		buf_release(&blocks);
	}
	buf_release(&file);
}

/* A member that is zeros from any byte on is an error, as if it were truncated
 * there. */
static void
test_zeros_take_over(void **state)
{
	static const char zeros[100];
	struct buf file = { 0 }, text = { 0 };
	size_t border;

	(void)state;
	gzip_member(&file, "one\ntwo\n", 8);
	border = file.n;
	for (int i = 0; i < 200; i++)
		buf_addf(&text, "line %d\n", i * i * 7919 % 10007);
	gzip_member(&file, text.p, text.n);
	while (file.p[file.n - 1] == '\0')
		file.n--;
	for (size_t n = border + 1; n < file.n; n++) {
		struct buf cut = { 0 }, out = { 0 };
		struct fault f = { 0 };
		struct lines *l;

		buf_add(&cut, file.p, n);
		buf_add(&cut, zeros, sizeof(zeros));
		put(at("cut"), cut.p, cut.n);
		l = opened(at("cut"));
		assert_int_equal(all(l, &out, &f), -1);
		assert_int_equal(f.kind, FAULT_DATA);
		assert_true(lines_cut(l));
		assert_int_equal(strncmp(buf_text(&out), "[one][two]", 10), 0);
		lines_close(l);
		buf_release(&cut);
		buf_release(&out);
	}
	buf_release(&file);
	buf_release(&text);
}

static void
test_damaged(void **state)
{
	static const struct {
		const char *name, *tail;
		size_t n;
		int flip; /* a byte of the member from its end, 0: none */
		int want;
		bool cut;
	} cases[] = {
		{ "padding of zeros", "\0\0\0\0\0", 5, 0, 0, false },
		{ "zeros, then something else", "\0\0x", 3, 0, -1, false },
		{ "plain text after the member", "text\n", 5, 0, -1, false },
		{ "half of gzip's magic after the member", "\x1f", 1, 0, -1,
		    true },
		{ "another magic after the member", "\x1f\x9d", 2, 0, -1,
		    false },
		{ "half of gzip's magic, then zeros", "\x1f\0\0\0", 4, 0, -1,
		    true },
		{ "a bad distance in the last bytes",
		    "\x1f\x8b\x08\0\0\0\0\0\0\3"
		    "\x03\x02\1\2\3\4\1\0\0\0",
		    20, 0, -1, false },
		{ "a wrong checksum", "", 0, 6, -1, false },
		{ "a wrong checksum and another member", "\x1f\x8b", 2, 6, -1,
		    false },
		{ "a wrong length", "\x1f\x8b", 2, 2, -1, false },
		{ "zeros instead of a member",
		    "\x1f\x8b\x08\0\0\0\0\0\0\3"
		    "\0\0\0\0\0\0",
		    16, 0, -1, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf file = { 0 }, out = { 0 };
		struct fault f = { 0 };
		struct lines *l;

		print_message("%s\n", cases[i].name);
		gzip_member(&file, "one\ntwo\n", 8);
		if (cases[i].flip > 0)
			file.p[file.n - (size_t)cases[i].flip] ^= 1;
		buf_add(&file, cases[i].tail, cases[i].n);
		put(at("file"), file.p, file.n);
		l = opened(at("file"));
		assert_int_equal(all(l, &out, &f), cases[i].want);
		if (cases[i].want < 0)
			assert_int_equal(f.kind, FAULT_DATA);
		assert_int_equal(lines_cut(l), cases[i].cut);
		assert_string_equal(buf_text(&out), "[one][two]");
		lines_close(l);
		buf_release(&file);
		buf_release(&out);
	}
}

static void
test_again(void **state)
{
	struct slice line;
	struct lines *l;
	struct fault f;
	bool torn;

	(void)state;
	put(at("file"), "one\ntwo", 7);
	l = opened(at("file"));
	assert_int_equal(lines_next(l, &line, &torn, &f), 1);
	lines_again(l);
	assert_int_equal(lines_next(l, &line, &torn, &f), 1);
	assert_int_equal(line.n, 3);
	assert_memory_equal(line.p, "one", 3);
	assert_int_equal(lines_number(l), 1);
	assert_int_equal(lines_next(l, &line, &torn, &f), 1);
	assert_true(torn);
	lines_again(l);
	torn = false;
	assert_int_equal(lines_next(l, &line, &torn, &f), 1);
	assert_true(torn);
	assert_memory_equal(line.p, "two", 3);
	assert_int_equal(lines_next(l, &line, &torn, &f), 0);
	assert_int_equal(lines_restart(l, &f), 0);
	assert_int_equal(lines_next(l, &line, &torn, &f), 1);
	assert_memory_equal(line.p, "one", 3);
	assert_int_equal(lines_number(l), 1);
	lines_close(l);
}

static void
test_not_there(void **state)
{
	struct fault f = { 0 };

	(void)state;
	assert_null(lines_open(at("none"), &f));
	assert_int_equal(f.kind, FAULT_IO);
	assert_non_null(strstr(f.text, "No such file"));
	assert_null(lines_open(directory, &f));
	assert_non_null(strstr(f.text, "is a directory"));
}

/* The other tests run in a child with its own stdin. */
static int
child_of(int fd, int (*body)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		if (dup2(fd, STDIN_FILENO) < 0)
			_exit(99);
		close(fd);
		_exit(body());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
first_is(struct lines *l, const char *want)
{
	struct slice line;
	bool torn;

	return lines_next(l, &line, &torn, NULL) == 1 &&
	    line.n == strlen(want) && memcmp(line.p, want, line.n) == 0;
}

/* Standard input is read twice, and again when it is opened again. */
static int
read_twice(void)
{
	struct fault f = { 0 };
	struct lines *l = lines_open("-", &f);
	struct buf out = { 0 };

	if (l == NULL || strcmp(lines_path(l), "standard input") != 0)
		return 1;
	if (!first_is(l, "one"))
		return 2;
	if (lines_restart(l, &f) != 0 || !first_is(l, "one"))
		return 3;
	if (all(l, &out, &f) != 0 || strcmp(buf_text(&out), "[two]") != 0)
		return 4;
	lines_close(l);
	buf_reset(&out);
	l = lines_open("-", &f);
	if (all(l, &out, &f) != 0 || strcmp(buf_text(&out), "[one][two]") != 0)
		return 5;
	if (lines_restart(l, &f) != 0 || !first_is(l, "one"))
		return 6;
	lines_close(l);
	buf_release(&out);
	return 0;
}

static int
restart_late(void)
{
	struct fault f = { 0 };
	struct lines *l = lines_open("-", &f);

	if (!first_is(l, "one") || !first_is(l, "two"))
		return 1;
	if (lines_restart(l, &f) == 0 || f.kind != FAULT_IO ||
	    strstr(f.text, "read twice") == NULL)
		return 2;
	lines_close(l);
	return 0;
}

static void
test_stdin(void **state)
{
	struct buf packed = { 0 };
	int ends[2], fd;

	(void)state;
	gzip_member(&packed, "one\ntwo\n", 8);
	for (int gzip = 0; gzip < 2; gzip++) {
		const char *p = gzip ? packed.p : "one\ntwo\n";
		size_t n = gzip ? packed.n : 8;

		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], p, n), n);
		close(ends[1]);
		assert_int_equal(child_of(ends[0], read_twice), 0);
		close(ends[0]);
		put(at("file"), p, n);
		fd = open(at("file"), O_RDONLY);
		assert_int_equal(child_of(fd, read_twice), 0);
		close(fd);
	}
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "one\ntwo\n", 8), 8);
	close(ends[1]);
	assert_int_equal(child_of(ends[0], restart_late), 0);
	close(ends[0]);
	/* a file whose first line was read before */
	put(at("file"), "none\none\ntwo\n", 13);
	fd = open(at("file"), O_RDONLY);
	assert_int_equal(lseek(fd, 5, SEEK_SET), 5);
	assert_int_equal(child_of(fd, read_twice), 0);
	close(fd);
	buf_release(&packed);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, directory_setup, directory_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_texts),
		TEST(test_long),
		TEST(test_too_long),
		TEST(test_cut),
		TEST(test_zeros_take_over),
		TEST(test_damaged),
		TEST(test_again),
		TEST(test_not_there),
		TEST(test_stdin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
