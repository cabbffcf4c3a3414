#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/fault.h"
#include "dynamodb/table.h"
#include "export/checkpoint.h"
#include "tests/unit/files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char name[] = "T", id[] = "a1b2", no_id[] = "", pk[] = "pk",
	    sk[] = "s\"k", key[] = "key";

static const struct ddb_table simple = { .name = name,
	.id = id,
	.partition = key,
	.schema = { key, NULL } };
static const struct ddb_table both = { .name = name,
	.id = no_id,
	.partition = pk,
	.sort = sk,
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

/* Positions as they come from a scan: hostile keys, blanks, ends. */
static const struct {
	const char *next; /* NULL: at the start */
	bool finished;
} positions[] = {
	{ NULL, false },
	{ "{\"key\":{\"S\":\"a\\u0000b\"}}", false },
	{ NULL, true },
	{ "{\"key\":{\"S\":\"\xc3\xa4\\ud83d\\ude00\\\"\\\\\"}}", false },
	{ "{ \"key\" :\r\n{\"B\":\"AP8=\"} }", false },
	{ "{\"key\":{\"N\":\"-12345678901234567890123456789012345678\"}}",
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
	/* a folder is not "none" */
	assert_int_equal(checkpoint_load(folder, &c, &f), -1);
	assert_int_equal(f.kind, FAULT_IO);
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
	static const char *const texts[] = { "table is \"T\"",
		"table_id is \"a1b2\"", "another key", "another key",
		"command is \"purge\"", "endpoint is", "ttl_attribute is",
		"selection is" };

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
		{ "whole",
		    HEAD "\"segments\":1,\"positions\":[null],"
			 "\"file\":null}",
		    1 },
		{ "empty", "", -1 },
		{ "not JSON", "checkpoint", -1 },
		{ "something else", "{}", -1 },
		{ "a later version", "{\"schema\":\"ttlsweep.checkpoint/2\"}",
		    -1 },
		{ "no segments", HEAD "\"positions\":[],\"file\":null}", -1 },
		{ "0 segments",
		    HEAD "\"segments\":0,\"positions\":[],"
			 "\"file\":null}",
		    -1 },
		{ "too many",
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
		{ "a position that is none",
		    HEAD "\"segments\":1,"
			 "\"positions\":[7],\"file\":null}",
		    -1 },
		{ "half a position",
		    HEAD "\"segments\":1,\"positions\":["
			 "{\"next\":null}],\"file\":null}",
		    -1 },
		{ "neither here nor there",
		    HEAD "\"segments\":1,"
			 "\"positions\":[{\"next\":null,\"done\":false}],"
			 "\"file\":null}",
		    -1 },
		{ "another key",
		    HEAD
		    "\"segments\":1,\"positions\":[{\"next\""
		    ":{\"id\":{\"S\":\"a\"}},\"done\":false}],\"file\":null}",
		    -1 },
		{ "a key too many",
		    HEAD "\"segments\":1,\"positions\":[{"
			 "\"next\":{\"key\":{\"S\":\"a\"},\"b\":{\"S\":\"a\"}},"
			 "\"done\":false}],\"file\":null}",
		    -1 },
		{ "a key of no key's type",
		    HEAD "\"segments\":1,\"positions\""
			 ":[{\"next\":{\"key\":{\"L\":[]}},\"done\":false}],"
			 "\"file\":null}",
		    -1 },
		{ "no file", HEAD "\"segments\":1,\"positions\":[null]}", -1 },
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
		put(at("cp"), cases[i].text, strlen(cases[i].text));
		if (checkpoint_load(at("cp"), &c, &f) != cases[i].want)
			fail_msg("%s: %s", cases[i].name, f.text);
		if (cases[i].want < 0) {
			assert_int_equal(f.kind, FAULT_DATA);
			assert_non_null(strstr(f.text, "/cp: "));
			assert_null(c.positions);
		}
		checkpoint_release(&c);
	}
	/* cut at any byte */
	for (size_t n = 0; n < strlen(cases[0].text); n++) {
		struct checkpoint c = run_of(&simple);

		c.selection = "s";
		put(at("cp"), cases[0].text, n);
		assert_int_equal(checkpoint_load(at("cp"), &c, NULL), -1);
	}
}

/* As many segments as there can be, with keys as long as there can be. */
static void
test_largest(void **state)
{
	struct checkpoint c = run_of(&simple), d = run_of(&simple);
	struct segment *s = xcalloc(4096, sizeof(*s));
	struct fault f = { 0 };

	(void)state;
	for (int i = 0; i < 4096; i++) {
		buf_adds(&s[i].next, "{\"key\":{\"S\":\"");
		for (int k = 0; k < 2048; k++)
			buf_adds(&s[i].next, "\\u0001");
		buf_adds(&s[i].next, "\"}}");
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
	cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_round_trip),
		TEST(test_sort_key),
		TEST(test_none),
		TEST(test_of_another_run),
		TEST(test_damaged),
		TEST(test_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
