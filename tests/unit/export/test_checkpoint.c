#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "export/checkpoint.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/table.h"
#include "tests/unit/files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char name[] = "T", id[] = "a1b2", no_id[] = "", pk[] = "pk",
	    sk[] = "s\"k", key[] = "key";

static const struct ddb_table simple = { .name = name,
	.id = id,
	.partition = key,
	.schema = { key, NULL } };
static const struct ddb_table numbered = { .name = name,
	.id = id,
	.partition = key,
	.partition_type = ATTR_N,
	.schema = { key, NULL } };
static const struct ddb_table binary = { .name = name,
	.id = id,
	.partition = key,
	.partition_type = ATTR_B,
	.schema = { key, NULL } };
static const struct ddb_table both = { .name = name,
	.id = no_id,
	.partition = pk,
	.sort = sk,
	.sort_type = ATTR_N,
	.schema = { pk, sk } };

static struct checkpoint
run_of(const struct ddb_table *table)
{
	return (struct checkpoint){ .command = "purge",
		.endpoint = "http://localhost:8000",
		.table = table,
		.ttl_attribute = "ttl",
		.selection = "state=expired prefix=\xff\"\n",
		.file_bytes = -1 };
}

/* Write ${text} to the checkpoint "cp", mode 0600 whatever the umask. */
static const char *
put_own(const char *text, size_t n)
{
	const char *path = at("cp");

	put(path, text, n);
	assert_int_equal(chmod(path, 0600), 0);
	return path;
}

/* Positions of a scan: odd keys, white space, finished segments. */
static const struct {
	const char *next; /* NULL: at the start */
	bool finished;
} positions[] = {
	{ NULL, false },
	{ "{\"key\":{\"S\":\"a\\u0000b\"}}", false },
	{ NULL, true },
	{ "{\"key\":{\"S\":\"\xc3\xa4\\ud83d\\ude00\\\"\\\\\"}}", false },
	{ "{ \"key\" :\r\n{\"S\":\"AP8=\"} }", false },
	{ "{\"key\":{\"S\":\"-12345678901234567890123456789012345678\"}}",
	    false },
	{ "{\"key\":{\"S\":\"z\"}}", true },
	{ "{\"\\u006bey\":{\"S\":\"escaped name\"}}", false },
};

static void
test_round_trip(void **state)
{
	struct checkpoint c = run_of(&simple), d = run_of(&simple);
	struct segment at_disk[COUNT(positions)] = { 0 };
	struct fault f = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(positions); i++) {
		at_disk[i].finished = positions[i].finished;
		if (positions[i].next != NULL)
			buf_adds(&at_disk[i].next, positions[i].next);
	}
	c.positions = at_disk;
	c.segments = COUNT(positions);
	c.now = INT64_C(1795332271);
	for (int round = 0; round < 2; round++) {
		c.file_bytes = round == 0 ? -1 : INT64_MAX;
		c.command = d.command = round == 0 ? "purge" : "export";
		if (checkpoint_save(at("cp"), &c, &f) != 0)
			fail_msg("%s", f.text);
		if (checkpoint_load(at("cp"), &d, &f) != 1)
			fail_msg("%s", f.text);
		assert_int_equal(d.segments, c.segments);
		assert_int_equal(d.now, c.now);
		assert_int_equal(d.file_bytes, c.file_bytes);
		for (size_t i = 0; i < COUNT(positions); i++) {
			const char *want = positions[i].next;

			assert_int_equal(d.positions[i].index, i);
			assert_int_equal(d.positions[i].finished,
			    positions[i].finished);
			if (positions[i].finished)
				want = NULL;
			assert_string_equal(buf_text(&d.positions[i].next),
			    want != NULL ? want : "");
		}
		checkpoint_release(&d);
		checkpoint_release(&d);
	}
	for (size_t i = 0; i < COUNT(positions); i++)
		buf_release(&at_disk[i].next);
}

static void
test_sort_key(void **state)
{
	struct checkpoint c = run_of(&both), d = run_of(&both);
	struct segment at_disk[1] = { 0 };
	struct fault f = { 0 };
	struct stat st;

	(void)state;
	buf_adds(&at_disk[0].next,
	    "{\"pk\":{\"S\":\"a\"},\"s\\\"k\":{\"N\":\"1\"}}");
	c.positions = at_disk;
	c.segments = 1;
	assert_int_equal(checkpoint_save(at("cp"), &c, &f), 0);
	assert_int_equal(stat(at("cp"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	if (checkpoint_load(at("cp"), &d, &f) != 1)
		fail_msg("%s", f.text);
	assert_string_equal(buf_text(&d.positions[0].next),
	    buf_text(&at_disk[0].next));
	checkpoint_release(&d);
	buf_release(&at_disk[0].next);
}

/* A position has the types of the table's key. */
static void
test_key_types(void **state)
{
	static const struct {
		const struct ddb_table *table;
		const char *next;
		int want;
	} cases[] = {
		{ &simple, "{\"key\":{\"S\":\"a\"}}", 1 },
		{ &simple, "{\"key\":{\"N\":\"1\"}}", -1 },
		{ &simple, "{\"key\":{\"S\":\"\"}}", -1 },
		{ &simple, "{\"key\":{\"S\":1}}", -1 },
		{ &simple, "{\"key\":\"a\"}", -1 },
		{ &simple, "{\"key\":{\"S\":\"a\",\"N\":\"1\"}}", -1 },
		{ &simple, "{\"key\":{\"S\":\"a\"},\"key\":{\"S\":\"b\"}}",
		    -1 },
		{ &simple, "{}", -1 },
		{ &simple, "[]", -1 },
		{ &numbered, "{\"key\":{\"N\":\"-1.5E3\"}}", 1 },
		{ &numbered, "{\"key\":{\"N\":\"one\"}}", -1 },
		{ &numbered, "{\"key\":{\"S\":\"1\"}}", -1 },
		{ &binary, "{\"key\":{\"B\":\"AP8=\"}}", 1 },
		{ &binary, "{\"key\":{\"B\":\"AP8\"}}", -1 },
		{ &both, "{\"pk\":{\"S\":\"a\"},\"s\\\"k\":{\"N\":\"1\"}}", 1 },
		{ &both, "{\"pk\":{\"S\":\"a\"},\"s\\\"k\":{\"S\":\"1\"}}",
		    -1 },
		{ &both, "{\"pk\":{\"S\":\"a\"}}", -1 },
		{ &both, "{\"pk\":{\"S\":\"a\"},\"pk\":{\"S\":\"a\"}}", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct checkpoint c = run_of(cases[i].table), d = c;
		struct segment at_disk[1] = { 0 };
		struct fault f = { 0 };

		buf_adds(&at_disk[0].next, cases[i].next);
		c.positions = at_disk;
		c.segments = 1;
		assert_int_equal(checkpoint_save(at("cp"), &c, &f), 0);
		if (checkpoint_load(at("cp"), &d, &f) != cases[i].want)
			fail_msg("%s: %s", cases[i].next, f.text);
		checkpoint_release(&d);
		buf_release(&at_disk[0].next);
	}
}

/* A checkpoint is trusted by the mode and the owner of the open file. */
static void
test_trusted(void **state)
{
	static const struct {
		const char *name;
		mode_t mode;
		uid_t owner, me;
		int want;
		const char *says;
	} cases[] = {
		{ "as it was created", S_IFREG | 0600, 7, 7, 0, "" },
		{ "readable by all", S_IFREG | 0644, 7, 7, 0, "" },
		{ "root's own", S_IFREG | 0600, 0, 0, 0, "" },
		{ "the group writes", S_IFREG | 0620, 7, 7, -1,
		    "run: chmod 600 'a b'; otherwise" },
		{ "everybody writes", S_IFREG | 0602, 7, 7, -1,
		    "run: chmod 600 'a b'; otherwise" },
		{ "of another user", S_IFREG | 0600, 8, 7, -1, "user 8" },
		{ "root's, for a user", S_IFREG | 0600, 0, 7, -1, "user 0" },
		{ "a user's, for root", S_IFREG | 0600, 7, 0, -1, "user 7" },
		{ "a directory", S_IFDIR | 0700, 7, 7, -1, "not a regular" },
		{ "a FIFO", S_IFIFO | 0600, 7, 7, -1, "not a regular" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct stat st = { .st_mode = cases[i].mode,
			.st_uid = cases[i].owner };
		struct fault f = { 0 };

		if (checkpoint_trusted(&st, cases[i].me, "a b", &f) !=
			cases[i].want ||
		    strstr(f.text, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].name, f.text);
	}
}

/* The same with real files. */
static void
test_file(void **state)
{
	struct checkpoint c = run_of(&simple);
	struct segment at_disk[1] = { 0 };
	struct fault f = { 0 };

	(void)state;
	c.positions = at_disk;
	c.segments = 1;
	assert_int_equal(checkpoint_save(at("cp"), &c, &f), 0);
	c = run_of(&simple);
	assert_int_equal(chmod(at("cp"), 0660), 0);
	assert_int_equal(checkpoint_load(at("cp"), &c, &f), -1);
	assert_int_equal(f.kind, FAULT_REFUSED);
	assert_non_null(strstr(f.text, "mode 0660"));
	assert_int_equal(chmod(at("cp"), 0600), 0);
	assert_int_equal(symlink(at("cp"), at("link")), 0);
	assert_int_equal(checkpoint_load(at("link"), &c, &f), -1);
	assert_non_null(strstr(f.text, "symbolic link"));
	/* a dangling link is not a missing file */
	assert_int_equal(symlink("nowhere", at("dangling")), 0);
	assert_int_equal(checkpoint_load(at("dangling"), &c, &f), -1);
	assert_int_equal(mkfifo(at("fifo"), 0600), 0);
	assert_int_equal(checkpoint_load(at("fifo"), &c, &f), -1);
}

static void
test_none(void **state)
{
	struct checkpoint c = run_of(&simple);
	struct fault f = { 0 };

	(void)state;
	c.segments = 32;
	c.now = 7;
	assert_int_equal(checkpoint_load(at("none"), &c, &f), 0);
	assert_int_equal(c.segments, 32);
	assert_int_equal(c.now, 7);
	assert_int_equal(f.kind, FAULT_NONE);
	/* nor is a directory */
	assert_int_equal(checkpoint_load(directory, &c, &f), -1);
	assert_non_null(strstr(f.text, "not a regular file"));
	assert_int_equal(checkpoint_save(at("no/such"), &c, &f), -1);
}

static void
test_of_another_run(void **state)
{
	static char other[] = "U", other_id[] = "ffff";
	static const struct ddb_table table = { .name = other,
		.id = id,
		.schema = { key, NULL } };
	static const struct ddb_table again = { .name = name,
		.id = other_id,
		.schema = { key, NULL } };
	static const struct ddb_table keyed = { .name = name,
		.id = id,
		.schema = { pk, NULL } };
	static const struct ddb_table sorted = { .name = name,
		.id = id,
		.schema = { key, sk } };
	struct checkpoint c = run_of(&simple);
	struct segment at_disk[1] = { 0 };
	struct checkpoint cases[8];
	static const char *const texts[] = { "(table: T; this run: U)",
		"(table_id: a1b2; this run: ", "another key", "another key",
		"(command: purge; this run: export)", "(endpoint: ",
		"(TTL attribute: ", "(options: state=expired prefix=" };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		cases[i] = run_of(&simple);
	cases[0].table = &table;
	cases[1].table = &again;
	cases[2].table = &keyed;
	cases[3].table = &sorted;
	cases[4].command = "export";
	cases[5].endpoint = "https://dynamodb.eu-west-1.amazonaws.com";
	cases[6].ttl_attribute = "expires";
	cases[7].selection = "state=any";
	c.positions = at_disk;
	c.segments = 1;
	assert_int_equal(checkpoint_save(at("cp"), &c, NULL), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault f = { 0 };

		if (checkpoint_load(at("cp"), &cases[i], &f) != -1 ||
		    f.kind != FAULT_REFUSED || strstr(f.text, texts[i]) == NULL)
			fail_msg("%s: %s", texts[i], f.text);
		assert_null(cases[i].positions);
	}
}

/* Everything before the members that a case has. */
#define HEAD                                                             \
	"{\"schema\":\"ttlsweep.checkpoint/1\",\"command\":\"purge\","   \
	"\"table\":\"T\",\"table_id\":\"a1b2\",\"endpoint\":"            \
	"\"http://localhost:8000\",\"key\":[\"key\"],\"ttl_attribute\":" \
	"\"ttl\",\"selection\":\"s\",\"now\":1,"

static void
test_damaged(void **state)
{
	static const struct {
		const char *name, *text;
		int want;
	} cases[] = {
		{ "complete",
		    HEAD "\"segments\":1,\"positions\":[null],"
			 "\"file\":null}",
		    1 },
		{ "empty", "", -1 },
		{ "a later version", "{\"schema\":\"ttlsweep.checkpoint/2\"}",
		    -1 },
		{ "no segments", HEAD "\"positions\":[],\"file\":null}", -1 },
		{ "0 segments",
		    HEAD "\"segments\":0,\"positions\":[],"
			 "\"file\":null}",
		    -1 },
		{ "too many segments",
		    HEAD "\"segments\":4097,\"positions\":[null],"
			 "\"file\":null}",
		    -1 },
		{ "fewer positions",
		    HEAD "\"segments\":2,\"positions\":["
			 "null],\"file\":null}",
		    -1 },
		{ "more positions",
		    HEAD "\"segments\":1,\"positions\":[null,"
			 "null],\"file\":null}",
		    -1 },
		{ "no positions", HEAD "\"segments\":1,\"file\":null}", -1 },
		{ "an invalid position",
		    HEAD "\"segments\":1,"
			 "\"positions\":[7],\"file\":null}",
		    -1 },
		{ "a position with one member",
		    HEAD "\"segments\":1,\"positions\":["
			 "{\"next\":null}],\"file\":null}",
		    -1 },
		{ "neither a key nor done",
		    HEAD "\"segments\":1,"
			 "\"positions\":[{\"next\":null,\"done\":false}],"
			 "\"file\":null}",
		    -1 },
		{ "another key",
		    HEAD
		    "\"segments\":1,\"positions\":[{\"next\""
		    ":{\"id\":{\"S\":\"a\"}},\"done\":false}],\"file\":null}",
		    -1 },
		{ "a key with too many attributes",
		    HEAD "\"segments\":1,\"positions\":[{"
			 "\"next\":{\"key\":{\"S\":\"a\"},\"b\":{\"S\":\"a\"}},"
			 "\"done\":false}],\"file\":null}",
		    -1 },
		{ "a key of another type",
		    HEAD "\"segments\":1,\"positions\""
			 ":[{\"next\":{\"key\":{\"L\":[]}},\"done\":false}],"
			 "\"file\":null}",
		    -1 },
		{ "segments that are no power of two",
		    HEAD "\"segments\":3,\"positions\":[null,null,null],"
			 "\"file\":null}",
		    -1 },
		{ "negative segments",
		    HEAD "\"segments\":-1,\"positions\":[],\"file\":null}",
		    -1 },
		{ "segments past 64 bits",
		    HEAD "\"segments\":18446744073709551617,"
			 "\"positions\":[null],\"file\":null}",
		    -1 },
		{ "segments with a fraction",
		    HEAD "\"segments\":1.5,\"positions\":[null],"
			 "\"file\":null}",
		    -1 },
		{ "segments twice",
		    HEAD "\"segments\":1,\"segments\":4096,"
			 "\"positions\":[null],\"file\":null}",
		    -1 },
		{ "segments twice, once escaped",
		    HEAD "\"segments\":1,\"\\u006eow\":2,"
			 "\"positions\":[null],\"file\":null}",
		    -1 },
		{ "done twice",
		    HEAD "\"segments\":1,\"positions\":[{\"next\":null,"
			 "\"done\":true,\"done\":false}],\"file\":null}",
		    -1 },
		{ "two segments with the same position",
		    HEAD "\"segments\":2,\"positions\":["
			 "{\"next\":{\"key\":{\"S\":\"a\"}},\"done\":false},"
			 "{\"next\":{\"key\":{\"S\":\"a\"}},\"done\":false}],"
			 "\"file\":null}",
		    -1 },
		{ "two finished segments",
		    HEAD "\"segments\":2,\"positions\":["
			 "{\"next\":null,\"done\":true},"
			 "{\"next\":null,\"done\":true}],\"file\":null}",
		    1 },
		{ "positions are not an array",
		    HEAD "\"segments\":1,\"positions\":{\"0\":null},"
			 "\"file\":null}",
		    -1 },
		{ "text after it",
		    HEAD "\"segments\":1,\"positions\":[null],"
			 "\"file\":null}{}",
		    -1 },
		{ "file is missing",
		    HEAD "\"segments\":1,\"positions\":[null]}", -1 },
		{ "a purge with a file",
		    HEAD "\"segments\":1,\"positions\":[null],"
			 "\"file\":{\"bytes\":1}}",
		    -1 },
		{ "a negative file",
		    HEAD "\"segments\":1,\"positions\":["
			 "null],\"file\":{\"bytes\":-2}}",
		    -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct checkpoint c = run_of(&simple);
		struct fault f = { 0 };

		c.selection = "s";
		if (checkpoint_load(put_own(cases[i].text,
					strlen(cases[i].text)),
			&c, &f) != cases[i].want)
			fail_msg("%s: %s", cases[i].name, f.text);
		if (cases[i].want < 0) {
			assert_int_equal(f.kind, FAULT_DATA);
			assert_non_null(strstr(f.text,
			    "/cp: not a checkpoint "
			    "of ttlsweep, or "
			    "damaged: it"));
			assert_non_null(strstr(f.text,
			    "; name another file, or remove it to start over"));
			assert_null(c.positions);
		}
		checkpoint_release(&c);
	}
	/* truncated at any byte */
	for (size_t n = 0; n < strlen(cases[0].text); n++) {
		struct checkpoint c = run_of(&simple);

		c.selection = "s";
		assert_int_equal(checkpoint_load(put_own(cases[0].text, n), &c,
				     NULL),
		    -1);
	}
}

/* What is no checkpoint may be the only copy of something: nobody is told to
 * remove it. */
static void
test_foreign(void **state)
{
	static const struct {
		const char *name, *text, *says;
	} cases[] = {
		{ "bytes that are not text", "\xff\xfe\x01", "/cp: not a " },
		{ "a word", "checkpoint",
		    "/cp: not a checkpoint of ttlsweep; " },
		{ "an empty object", "{}", "/cp: not a checkpoint of " },
		{ "text", "hello\n",
		    "/cp: not a checkpoint of ttlsweep; name" },
		{ "other JSON", "{\"a\":1}", "/cp: not a checkpoint of " },
		{ "a report", "{\"schema\":\"ttlsweep.inspect/1\"}",
		    "/cp: not a checkpoint of ttlsweep; name another file" },
		{ "an export", "{\"Item\":{\"key\":{\"S\":\"a\"}}}\n",
		    "/cp: not a checkpoint of ttlsweep; name another file" },
		{ "a journal",
		    "{\"ttlsweep.journal/1\":{\"table\":\"T\"}}\n{\"Outcome\":[]}\n",
		    "/cp: a journal, from which a run can be undone, not a "
		    "checkpoint; keep it, and name another file" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct checkpoint c = run_of(&simple);
		struct fault f = { 0 };

		assert_int_equal(checkpoint_load(put_own(cases[i].text,
						     strlen(cases[i].text)),
				     &c, &f),
		    -1);
		assert_int_equal(f.kind, FAULT_DATA);
		if (strstr(f.text, cases[i].says) == NULL ||
		    strstr(f.text, "remove") != NULL)
			fail_msg("%s: %s", cases[i].name, f.text);
		assert_null(c.positions);
		checkpoint_release(&c);
	}
}

/* The time has the range of --now. */
static void
test_now(void **state)
{
	static const struct {
		const char *now;
		int want;
	} cases[] = {
		{ "0", 1 },
		{ "-1", 1 },
		{ "99999999999", 1 },
		{ "-99999999999", 1 },
		{ "100000000000", -1 },
		{ "-100000000000", -1 },
		{ "9223372036854775807", -1 },
		{ "-9223372036854775808", -1 },
		{ "9223372036854775808", -1 },
		{ "1e9", -1 },
		{ "1.5", -1 },
		{ "null", -1 },
		{ "[1]", -1 },
		{ "\"\"", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct checkpoint c = run_of(&simple);
		struct buf b = { 0 };
		int r;

		c.selection = "s";
		buf_add(&b, HEAD, strlen(HEAD) - strlen("\"now\":1,"));
		buf_addf(&b,
		    "\"now\":%s,\"segments\":1,\"positions\":[null],"
		    "\"file\":null}",
		    cases[i].now);
		r = checkpoint_load(put_own(b.p, b.n), &c, NULL);
		if (r != cases[i].want)
			fail_msg("%s: %d", cases[i].now, r);
		checkpoint_release(&c);
		buf_release(&b);
	}
}

/* With any byte changed it is refused, or all values are in their ranges. */
static void
test_changed(void **state)
{
	static const char text[] =
	    HEAD "\"segments\":2,\"positions\":[{\"next\":{\"key\":{\"S\":"
		 "\"a\"}},\"done\":false},null],\"file\":null}";
	static const char others[] = { 0, '"', '\\', '{', '}', '[', ']', ',',
		':', '0', '9', '-', 'n', 't', 'f', '\xff' };
	size_t n = sizeof(text) - 1;
	char *changed = xstrdup(text);
	const char *path = put_own(text, n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof(others); k++) {
			struct checkpoint c = run_of(&simple);

			c.selection = "s";
			changed[i] = others[k];
			put(path, changed, n);
			if (checkpoint_load(path, &c, NULL) == 1) {
				assert_in_range(c.segments, 1, 4096);
				assert_int_equal(c.segments & (c.segments - 1),
				    0);
			} else {
				assert_null(c.positions);
			}
			checkpoint_release(&c);
			changed[i] = text[i];
		}
	free(changed);
}

/* The most segments, with the longest keys. */
static void
test_largest(void **state)
{
	struct checkpoint c = run_of(&simple), d = run_of(&simple);
	struct segment *s = xcalloc(4096, sizeof(*s));
	struct fault f = { 0 };

	(void)state;
	for (int i = 0; i < 4096; i++) {
		buf_adds(&s[i].next, "{\"key\":{\"S\":\"");
		for (int k = 0; k < 2044; k++)
			buf_adds(&s[i].next, "\\u0001");
		buf_addf(&s[i].next, "%04d\"}}", i);
	}
	c.positions = s;
	c.segments = 4096;
	assert_int_equal(checkpoint_save(at("cp"), &c, &f), 0);
	if (checkpoint_load(at("cp"), &d, &f) != 1)
		fail_msg("%s", f.text);
	assert_string_equal(buf_text(&d.positions[4095].next),
	    buf_text(&s[4095].next));
	checkpoint_release(&d);
	for (int i = 0; i < 4096; i++)
		buf_release(&s[i].next);
	free(s);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, directory_setup, directory_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_round_trip),
		TEST(test_sort_key),
		TEST(test_key_types),
		TEST(test_trusted),
		TEST(test_file),
		TEST(test_none),
		TEST(test_of_another_run),
		TEST(test_damaged),
		TEST(test_foreign),
		TEST(test_now),
		TEST(test_changed),
		TEST(test_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
