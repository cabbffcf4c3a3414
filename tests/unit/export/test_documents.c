#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "export/documents.h"
#include "export/export_line.h"
#include "lib/base/fault.h"
#include "lib/stream/lines.h"
#include "tests/unit/files.h"
#include "tests/unit/journal_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* An entry over four lines, as the AWS CLI prints it. */
#define PRETTY(key) "{\n\"key\": {\n\"S\": \"" key "\"\n}}"

/* How a text must begin, and how much of it decides. */
static void
test_begin(void **state)
{
	static const struct {
		const char *name, *text;
		int want;
	} cases[] = {
		{ "empty", "", -1 },
		{ "white space", " \r\n\t", -1 },
		{ "an array", " [", 1 },
		{ "a part of an object", "{", -1 },
		{ "an object over two lines", "{ \n", 1 },
		{ "an object over two lines, CRLF", "{\r\n", 1 },
		{ "a part of a name", "{\"Item", -1 },
		{ "a reply", "{\"Items\"", 1 },
		{ "a reply, with a space", "{ \"Items\"", 1 },
		{ "a reply, the count first", "{\"Count\"", 1 },
		{ "of the SDK for JavaScript", "{\"$metadata\"", 1 },
		{ "an item", "{\"Item\"", 0 },
		{ "a bare item", "{\"key\"", 0 },
		{ "a journal", "{\"ttlsweep.journal/1\"", 0 },
		{ "an empty object", "{}", 0 },
		{ "a name with an escape", "{\"It\\u0065ms\"", 0 },
		{ "CSV", "\"key\",kind", 0 },
		{ "not JSON", "key", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t n = strlen(cases[i].text);

		if (documents_begin(cases[i].text, n) != cases[i].want)
			fail_msg("%s", cases[i].name);
		/* no part of it gives another answer */
		for (size_t k = 0; k < n; k++) {
			int got = documents_begin(cases[i].text, k);

			if (got >= 0 && got != cases[i].want)
				fail_msg("%s: %zu bytes", cases[i].name, k);
		}
	}
}

static void
test_walks(void **state)
{
	static const struct {
		const char *name, *text, *want;
		bool partial;
		const char *why; /* in the fault */
	} cases[] = {
		{ "a reply", "{\"Items\":[" KEY("a") "," KEY("b") "]}",
		    "a@1 b@1 ", false, NULL },
		{ "pretty-printed",
		    "{\n  \"Items\": [\n" PRETTY("a") ",\n" PRETTY(
			"b") "\n],\n\"Count\": 2\n}\n",
		    "a@3 b@7 ", false, NULL },
		{ "two replies",
		    "{\"Items\":[" KEY("a") "]}\n{\"Items\":[" KEY("b") "]}",
		    "a@1 b@2 ", false, NULL },
		{ "two on one line",
		    "{\"Items\":[" KEY("a") "]}{\"Items\":[" KEY("b") "]}",
		    "a@1 b@1 ", false, NULL },
		{ "no entries", "{\"Items\":[]}", "", false, NULL },
		{ "Items is null", "{\"Items\":null,\"Count\":0}", "", false,
		    NULL },
		{ "other members first",
		    "{\"Count\":1,\"ScannedCount\":1,\"ConsumedCapacity\":null,"
		    "\"LastEvaluatedKey\":null,\"Items\":[" KEY("a") "]}",
		    "a@1 ", false, NULL },
		{ "an unknown member",
		    "{\"Items\":[" KEY("a") "],\"x\":[{\"Items\":[]},\"}]\"]}",
		    "a@1 ", false, NULL },
		{ "more entries follow",
		    "{\"Items\":[" KEY("a") "],\"LastEvaluatedKey\":" KEY(
			"a") "}",
		    "a@1 ", true, NULL },
		{ "more entries follow, first member",
		    "{\"LastEvaluatedKey\":" KEY("a") ",\"Items\":[" KEY(
			"a") "]}",
		    "a@1 ", true, NULL },
		{ "more entries follow, NextToken",
		    "{\"Items\":[" KEY("a") "],\"NextToken\":\"eyJ\"}", "a@1 ",
		    true, NULL },
		{ "the rest follows",
		    "{\"Items\":[" KEY("a") "],\"NextToken\":\"eyJ\"}\n"
					    "{\"Items\":[" KEY("b") "]}",
		    "a@1 b@2 ", false, NULL },
		{ "no more entries, empty LastEvaluatedKey",
		    "{\"Items\":[" KEY("a") "],\"LastEvaluatedKey\":{}}",
		    "a@1 ", false, NULL },
		{ "GetItem",
		    "{\n\"Item\": " KEY("a") ",\n\"ConsumedCapacity\": {"
					     "\"TableName\":\"T\"}}",
		    "a@1 ", false, NULL },
		{ "GetItem, capacity first",
		    "{\"ConsumedCapacity\":{\"TableName\":\"T\"},\n\"Item\":" KEY(
			"a") "}",
		    "a@2 ", false, NULL },
		{ "BatchGetItem",
		    "{\"Responses\":{\"Tab\":[" KEY("a") "," KEY(
			"b") "]},\"UnprocessedKeys\":{}}",
		    "a@1 b@1 ", false, NULL },
		{ "BatchGetItem with unprocessed keys",
		    "{\"Responses\":{\"Tab\":[" KEY(
			"a") "]},\"UnprocessedKeys\":{\"Tab\":{\"Keys\":[]}}}",
		    "a@1 ", true, NULL },
		{ "BatchGetItem without tables", "{\"Responses\":{}}", "",
		    false, NULL },
		{ "BatchGetItem of two tables",
		    "{\"Responses\":{\"Tab\":[],\"Tac\":[]}}", "!", false,
		    ":1: a reply with entries of several tables" },
		{ "BatchGetItem of tables with short names",
		    "{\"Responses\":{\"T1\":[" KEY("a") "],\"M\":[" KEY(
			"b") "]}}",
		    "a@1 !", false,
		    ":1: a reply with entries of several tables" },
		{ "an array", "[" KEY("a") ",\n" KEY("b") "]", "a@1 b@2 ",
		    false, NULL },
		{ "an array of an export's lines",
		    "[{\"Item\":" KEY("a") "},{\"Item\":" KEY("b") "}]",
		    "a@1 b@1 ", false, NULL },
		{ "arrays", "[]\n[" KEY("a") "][[]]", "a@2 !", false,
		    ":2: it is not an entry, which is a JSON object" },
		{ "bare items", PRETTY("a") "\n\n" PRETTY("b"), "a@1 b@6 ",
		    false, NULL },
		{ "an export's lines, pretty-printed",
		    "{\n\"Item\":\n" KEY("a") "}\n{\n\"Keys\":" KEY(
			"b") ",\"NewImage\":" KEY("b") "}",
		    "a@1 b@4 ", false, NULL },

		/* attributes with the names of the members of a reply */
		{ "the attribute Items",
		    "{\"Items\":{\"L\":[{\"S\":\"x\"}]},\"key\":{\"S\":\"a\"}}",
		    "a@1 ", false, NULL },
		{ "the attribute Responses",
		    "{\"Responses\":{\"L\":[]},\"key\":{\"S\":\"a\"}}", "a@1 ",
		    false, NULL },
		{ "the attribute Responses, a map",
		    "{\"Responses\":{\"M\":{\"Tab\":{\"L\":[]}}},\"key\":{"
		    "\"S\":\"a\"}}",
		    "a@1 ", false, NULL },
		{ "the attribute Count",
		    "{\"Count\":{\"N\":\"1\"},\"key\":{\"S\":\"a\"}}", "a@1 ",
		    false, NULL },
		{ "the attribute LastEvaluatedKey",
		    "{\"LastEvaluatedKey\":{\"M\":{\"key\":{\"S\":\"x\"}}},"
		    "\"key\":{\"S\":\"a\"}}",
		    "a@1 ", false, NULL },
		{ "a LastEvaluatedKey of the attribute M",
		    "{\"LastEvaluatedKey\":{\"M\":{\"S\":\"x\"}},\"Items\":[" KEY(
			"a") "]}",
		    "a@1 ", true, NULL },
		{ "a LastEvaluatedKey of the attribute S",
		    "{\"LastEvaluatedKey\":{\"S\":{\"S\":\"x\"}},\"Items\":[" KEY(
			"a") "]}",
		    "a@1 ", true, NULL },
		{ "the attributes Item, Keys and Outcome",
		    "{\n\"Item\":{\"M\":{\"key\":{\"S\":\"x\"}}},\"Keys\":{"
		    "\"S\":\"y\"},\"Outcome\":{\"L\":[]},\"key\":{\"S\":\"a\"}"
		    "}",
		    "a@1 ", false, NULL },
		{ "the attribute Item in a reply",
		    "{\"Items\":[{\"Item\":{\"M\":{}},\"key\":{\"S\":\"a\"}}]}",
		    "a@1 ", false, NULL },
		{ "an item in an item, in a reply",
		    "{\"Items\":[{\"Item\":" KEY("a") "}]}", "!", false,
		    ":1: the value of \"Item\" has no type" },

		/* invalid */
		{ "truncated in an entry",
		    "{\"Items\":[\n" KEY("a") ",\n{\"key\":\n", "a@2 !", false,
		    ":4: the file ends inside what begins in line 3: it is "
		    "truncated" },
		{ "truncated after an entry", "{\"Items\":[\n" KEY("a"),
		    "a@2 !", false,
		    ":2: the file ends inside a reply: it is truncated" },
		{ "truncated after the entries",
		    "{\"Items\":[\n" KEY("a") "]\n", "a@2 !", false,
		    ":3: the file ends inside a reply: it is truncated" },
		{ "truncated in a string", "{\"Items\":[{\"key\":{\"S\":\"a",
		    "!", false, ":1: the file ends inside" },
		{ "a comma too many", "{\"Items\":[" KEY("a") ",\n]}", "a@1 !",
		    false, ":2: not valid JSON from byte 1 on" },
		{ "no comma", "{\"Items\":[\n" KEY("a") "\n" KEY("b") "]}",
		    "a@2 !", false, ":3: not valid JSON from byte 1 on" },
		{ "a quote is missing",
		    "{\"Items\":[\n{\"key\":{\"S\":\"a}},\n" KEY("b") "]}", "!",
		    false, ":2: not valid JSON from byte 18 on" },
		{ "a brace is missing",
		    "{\"Items\":[\n{\"key\":{\"S\":\"a\"},\n" KEY("b") "]}",
		    "!", false, ":3: not valid JSON from byte 1 on" },
		{ "the wrong brace", "{\"Items\":[{\"key\":{\"S\":\"a\"]}}]}",
		    "!", false, ":1: not valid JSON from byte 26 on" },
		{ "no colon", "{\n\"Items\" [" KEY("a") "]}", "!", false,
		    ":2: not valid JSON from byte 9 on" },
		{ "text after it", "{\"Items\":[" KEY("a") "]}\nx", "a@1 !",
		    false, ":2: not valid JSON from byte 1 on" },
		{ "not UTF-8", "{\"Items\":[{\"key\":{\"S\":\"\xff\"}}]}", "!",
		    false, ":1: not valid JSON from byte 24 on" },
		{ "not an entry", "{\"Items\":[7]}", "!", false,
		    ":1: it is not an entry, which is a JSON object" },
		{ "an empty entry", "{\"Items\":[\n{}]}", "!", false,
		    ":2: an empty object, not an entry" },
		{ "without types", "{\"Items\":[\n{\"key\":\"a\"}]}", "!",
		    false,
		    ":2: the value of \"key\" has no type, such as "
		    "{\"S\":\"...\"}, so this is not an entry; JSON Lines have lost the types" },
		{ "no Items", "{\"Count\":3,\n\"ScannedCount\":3}", "!", false,
		    ":2: a reply without \"Items\"" },
		{ "Items is not an array", "{\"Count\":1,\"Items\":{}}", "!",
		    false, ":1: not valid JSON" },
		{ "Items twice",
		    "{\"Items\":[" KEY("a") "],\"Items\":[" KEY("b") "]}",
		    "a@1 !", false, ":1: a reply has its entries twice" },
		{ "a journal's line", "{\n\"Outcome\":[]}", "!", false,
		    ":1: a line of a journal" },
		{ "a manifest",
		    "{\n\"version\":\"1\",\n\"manifestFilesS3Key\":\"k\"}", "!",
		    false, ":1: a manifest of an export to S3" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault f = { 0 };
		struct buf out = { 0 };
		struct reader *r;
		bool partial = false;

		put(at("file"), cases[i].text, strlen(cases[i].text));
		r = reader_open(at("file"), READER_DELETED, NULL, &f);
		assert_non_null(r);
		reader_watch(r, &partial);
		walk(&out, r, &f);
		if (strcmp(buf_text(&out), cases[i].want) != 0 ||
		    partial != cases[i].partial ||
		    (cases[i].why != NULL ? f.kind != FAULT_DATA ||
				strstr(f.text, cases[i].why) == NULL
					  : f.kind != FAULT_NONE))
			fail_msg("%s: %s %s", cases[i].name, buf_text(&out),
			    f.text);
		reader_close(r);
		buf_release(&out);
	}
}

/* The deepest valid entry is read, one level more is refused. */
static void
test_depth(void **state)
{
	(void)state;
	for (int deep = 0; deep < 2; deep++) {
		struct buf text = { 0 }, out = { 0 };
		struct fault f = { 0 };
		int levels = deep != 0 ? 100000 : 30;

		buf_adds(&text, "{\"Items\":[{\"key\":{\"S\":\"a\"},\"x\":");
		for (int i = 0; i < levels; i++)
			buf_adds(&text, "{\"L\":[");
		for (int i = 0; i < levels; i++)
			buf_adds(&text, "]}");
		buf_adds(&text, "}]}");
		put(at("file"), text.p, text.n);
		walked(&out, at("file"), READER_DELETED, &f);
		assert_string_equal(buf_text(&out), deep != 0 ? "!" : "a@1 ");
		if (deep != 0)
			assert_non_null(strstr(f.text, ":1: not valid JSON"));
		buf_release(&text);
		buf_release(&out);
	}
}

/* Entries of 400 KB, longer than one read; and one that is too long. */
static void
test_long(void **state)
{
	struct buf text = { 0 }, out = { 0 };
	struct fault f = { 0 };
	char *x = xmalloc(400000);

	(void)state;
	memset(x, 'x', 400000);
	buf_adds(&text, "{\"Items\":[\n");
	for (int i = 0; i < 5; i++) {
		buf_addf(&text, "%s{\"key\":{\"S\":\"%d\"},\n\"x\":{\"S\":\"",
		    i > 0 ? "," : "", i);
		buf_add(&text, x, 400000);
		buf_adds(&text, "\"}}\n");
	}
	buf_adds(&text, "]}");
	put(at("file"), text.p, text.n);
	walked(&out, at("file"), READER_RESTORE, &f);
	assert_string_equal(buf_text(&out), "0@2 1@4 2@6 3@8 4@10 ");
	buf_reset(&out);
	buf_reset(&text);
	buf_adds(&text, "{\"Items\":[\n{\"key\":{\"S\":\"");
	for (size_t n = 0; n <= LINES_MAX; n += 400000)
		buf_add(&text, x, 400000);
	buf_adds(&text, "\"}}]}");
	put(at("file"), text.p, text.n);
	walked(&out, at("file"), READER_DELETED, &f);
	assert_string_equal(buf_text(&out), "!");
	assert_non_null(strstr(f.text, ":2: an entry longer than 16 MiB"));
	buf_release(&out);
	buf_release(&text);
	free(x);
}

/* Through a pipe, byte by byte and compressed; after finding the key, and for
 * restore from the start again. */
static void
test_pipe(void **state)
{
	const char *text = "{\n\"Items\":[" PRETTY("a") ",\n" PRETTY("b") "]}";

	(void)state;
	for (int i = 0; i < 4; i++) {
		enum reader_which which =
		    i < 2 ? READER_DELETED : READER_RESTORE;
		struct buf packed = { 0 }, out = { 0 };
		struct reader *r;
		char *partition, *sort;
		char path[32];
		int fds[2];
		pid_t pid;

		if (i % 2 == 0)
			buf_adds(&packed, text);
		else
			gzip_member(&packed, text, strlen(text));
		assert_int_equal(pipe(fds), 0);
		pid = fork();
		if (pid == 0) {
			for (size_t k = 0; k < packed.n; k++)
				if (write(fds[1], packed.p + k, 1) != 1)
					_exit(1);
			_exit(0);
		}
		close(fds[1]);
		(void)snprintf(path, sizeof(path), "/dev/fd/%d", fds[0]);
		r = reader_open(path, which, NULL, NULL);
		assert_non_null(r);
		assert_int_not_equal(reader_schema(r, NULL, &partition, &sort,
					 NULL),
		    KEY_UNKNOWN);
		assert_string_equal(partition, "key");
		assert_null(sort);
		walk(&out, r, NULL);
		assert_string_equal(buf_text(&out), "a@2 b@6 ");
		if (which == READER_RESTORE) {
			buf_reset(&out);
			assert_int_equal(reader_rewind(r, NULL), 0);
			walk(&out, r, NULL);
			assert_string_equal(buf_text(&out), "a@2 b@6 ");
		}
		reader_close(r);
		close(fds[0]);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		free(partition);
		buf_release(&packed);
		buf_release(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_begin),
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_pipe),
	};

	return cmocka_run_group_tests(tests, directory_setup,
	    directory_teardown);
}
