#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "export/reader.h"
#include "lib/base/fault.h"
#include "lib/stream/input.h"
#include "lib/stream/lines.h"
#include "tests/unit/files.h"
#include "tests/unit/journal_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_walks(void **state)
{
	static const struct {
		const char *name, *text;
		const char *deleted, *restore;
	} cases[] = {
		{ "an export", ITEM("a") "\n" ITEM("b"), "a@1 b@3 ",
		    "a@1 b@3 " },
		{ "empty", "", "", "" },
		{ "no newline at the end",
		    ITEM("a") "{\"Item\":{\"key\":{\"S\":\"b\"}}}", "a@1 b@2 ",
		    "a@1 b@2 " },
		{ "changes",
		    "{\"Keys\":{},\"NewImage\":" KEY("n") ",\"OldImage\":" KEY(
			"o") "}\n"
			     "{\"Keys\":{},\"OldImage\":" KEY("d") "}\n" ITEM(
				 "i"),
		    "n@1 i@3 ", "n@1 i@3 " },
		{ "a deletion without image", "{\"Keys\":{}}\n" ITEM("i"),
		    "i@2 ", "i@2 " },
		{ "a journal", JOURNAL, "two@2 one@3 new@7 seven@9 ",
		    "two@2 one@3 unsure@6 new@7 seven@9 " },
		{ "a journal without its header", INTENT("1", "a"), "!", "!" },
		{ "plain JSON", ITEM("a") "{\"key\":\"b\"}\n", "a@1 !",
		    "a@1 !" },
		{ "a journal with a torn line",
		    HEADER INTENT("1", "a") "{\"Outcome\":[[1,\"refr", "a@2 ",
		    "a@2 " },
		{ "torn after an outcome",
		    HEADER INTENT("1", "a") "{\"Outcome\":[[1,\"gone\",1]]}",
		    "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = { 0 };
		struct fault f = { 0 };

		put(at("file"), cases[i].text, strlen(cases[i].text));
		walked(&out, at("file"), READER_DELETED, &f);
		if (strcmp(buf_text(&out), cases[i].deleted) != 0)
			fail_msg("%s: %s %s", cases[i].name, buf_text(&out),
			    f.text);
		buf_reset(&out);
		walked(&out, at("file"), READER_RESTORE, &f);
		if (strcmp(buf_text(&out), cases[i].restore) != 0)
			fail_msg("%s: %s %s", cases[i].name, buf_text(&out),
			    f.text);
		buf_release(&out);
	}
}

/* Deleted entries of an incremental export are returned on request, else
 * counted; those of a journal are always returned. */
static void
test_take_deleted(void **state)
{
	static const struct {
		const char *name, *text;
		bool take;
		const char *want;
		int64_t left_out;
	} cases[] = {
		{ "left out",
		    ITEM("a") "{\"Keys\":{},\"OldImage\":" KEY(
			"d") "}\n"
			     "{\"Keys\":{}}\n",
		    false, "a@1 ", 2 },
		{ "taken",
		    ITEM("a") "{\"Keys\":{},\"OldImage\":" KEY("d") "}\n", true,
		    "a@1 d@2 ", 0 },
		{ "null images",
		    "{\"Keys\":{},\"OldImage\":null,\"NewImage\":null}\n",
		    false, "", 1 },
		{ "no image to take", "{\"Keys\":{}}\n", true, "!", 0 },
		{ "a journal", HEADER INTENT("1", "a"), false, "a@2 ", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = { 0 };
		struct reader *r;

		put(at("file"), cases[i].text, strlen(cases[i].text));
		r = reader_open(at("file"), READER_RESTORE, NULL, NULL);
		if (cases[i].take)
			reader_take_deleted(r);
		for (int round = 0; round < 2; round++) {
			buf_reset(&out);
			walk(&out, r, NULL);
			if (strcmp(buf_text(&out), cases[i].want) != 0 ||
			    reader_left_out(r) != cases[i].left_out)
				fail_msg("%s: %s", cases[i].name,
				    buf_text(&out));
			assert_int_equal(reader_rewind(r, NULL), 0);
		}
		reader_close(r);
		buf_release(&out);
	}
}

/* The TTL value written by a repair comes with its image, and only with it. */
static void
test_given_ttl(void **state)
{
	static const char *const want[] = { "", "{\"N\":\"7\"}", "" };
	const char *text =
	    HEADER INTENT("1", "a") "{\"Keys\":" KEY("b") ",\"OldImage\":" KEY(
		"b") ",\"Ttlsweep\":{\"n\":2,\"why\":\"string\",\"ttl\":"
		     "{\"N\":\"7\"}}}\n" INTENT("3", "c");
	struct reader *r;
	struct slice item;
	int64_t line;

	(void)state;
	put(at("file"), text, strlen(text));
	r = reader_open(at("file"), READER_RESTORE, NULL, NULL);
	assert_non_null(r);
	assert_null(reader_ttl(r).p);
	for (size_t i = 0; i < COUNT(want); i++) {
		assert_int_equal(reader_next(r, &item, &line, NULL), 1);
		assert_int_equal(reader_ttl(r).n, strlen(want[i]));
		if (*want[i] != '\0')
			assert_memory_equal(reader_ttl(r).p, want[i],
			    strlen(want[i]));
		else
			assert_null(reader_ttl(r).p);
	}
	assert_int_equal(reader_next(r, &item, &line, NULL), 0);
	reader_close(r);
}

#define ADVICE \
	": use another copy of it or, to restore the rest, remove this line from a copy"

/* A damaged journal: what of it was restored, and what to do. */
static void
test_journal_faults(void **state)
{
	static const struct {
		const char *text;
		enum reader_which which;
		const char *why;
	} cases[] = {
		{ HEADER INTENT("1", "a") "x\n" INTENT("2", "b"),
		    READER_RESTORE,
		    "/file:3: it is not a JSON object; the journal is damaged" ADVICE },
		{ HEADER INTENT("1", "a") "x\n" INTENT("2", "b"),
		    READER_DELETED,
		    "/file:3: it is not a JSON object; the journal is damaged" ADVICE },
		{ HEADER OUTCOME("[7,\"deleted\",1]"), READER_RESTORE,
		    "/file:2: an outcome of entry 7, which is not in the "
		    "journal; the journal is damaged" ADVICE },
		/* found only where its image is read */
		{ HEADER "{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"1\"}"
			 "},\"Keys\":" KEY(
			     "a") ",\"OldImage\":{,},\"Ttlsweep\":{\"n\":1,"
				  "\"why\":\"none\"}}\n" INTENT("2", "b"),
		    READER_RESTORE, "; the journal is damaged" ADVICE },
		{ HEADER HEADER, READER_RESTORE,
		    "/file:2: another journal begins here; give them one at a "
		    "time" },
		{ INTENT("1", "a") OUTCOME(""), READER_RESTORE,
		    "/file:1: a line of a journal, but the file does not begin "
		    "like one: its beginning is missing or damaged; use "
		    "another copy of it" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault f = { 0 };
		struct buf out = { 0 };

		put(at("file"), cases[i].text, strlen(cases[i].text));
		walked(&out, at("file"), cases[i].which, &f);
		if (strstr(f.text, cases[i].why) == NULL ||
		    strlen(strstr(f.text, cases[i].why)) !=
			strlen(cases[i].why))
			fail_msg("%zu: %s", i, f.text);
		buf_release(&out);
	}
}

static void
test_export_faults(void **state)
{
	struct fault f = { 0 };
	struct buf out = { 0 }, packed = { 0 };
	const char *cut = ITEM("a") "{\"Item\":{\"key\":{\"S\":\"b\"}}";
	/* last lines without a newline that are wrong as they are */
	static const struct {
		const char *text, *why;
	} whole[] = {
		{ ITEM("a") "{\"key\":{\"S\":\"b\"}}{\"key\":{\"S\":\"c\"}}",
		    "/file:2: something follows the object, at byte 18; put "
		    "each entry on a line of its own" },
		{ ITEM("a") "{\"Item\":{\"key\":{\"S\":b}}}",
		    "/file:2: not valid JSON from byte 21 on" },
	};

	(void)state;
	put(at("file"), cut, strlen(cut));
	walked(&out, at("file"), READER_RESTORE, &f);
	assert_string_equal(buf_text(&out), "a@1 !");
	assert_int_equal(f.kind, FAULT_DATA);
	assert_non_null(strstr(f.text, "/file:2: the file ends inside"));
	for (size_t i = 0; i < COUNT(whole); i++) {
		put(at("file"), whole[i].text, strlen(whole[i].text));
		buf_reset(&out);
		walked(&out, at("file"), READER_RESTORE, &f);
		assert_string_equal(strstr(f.text, "/file:2: "), whole[i].why);
	}
	/* a truncated gzip member of an export is an error */
	gzip_member(&packed, ITEM("a") ITEM("b"), 2 * strlen(ITEM("a")));
	put(at("file"), packed.p, packed.n - 1);
	buf_reset(&out);
	walked(&out, at("file"), READER_RESTORE, &f);
	assert_string_equal(buf_text(&out), "a@1 b@2 !");
	assert_non_null(strstr(f.text, "/file:3: the file is truncated"));
	buf_release(&out);
	buf_release(&packed);
}

static void
test_rewind(void **state)
{
	static const char *const texts[] = { ITEM("a") ITEM("b"), JOURNAL };
	static const char *const want[] = { "a@1 b@2 ",
		"two@2 one@3 unsure@6 new@7 seven@9 " };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct buf out = { 0 };
		struct reader *r;
		struct slice item;
		int64_t line;

		put(at("file"), texts[i], strlen(texts[i]));
		r = reader_open(at("file"), READER_RESTORE, NULL, NULL);
		for (int steps = 0; steps < 6; steps++) {
			for (int k = 0; k < steps; k++)
				(void)reader_next(r, &item, &line, NULL);
			assert_int_equal(reader_rewind(r, NULL), 0);
			buf_reset(&out);
			walk(&out, r, NULL);
			assert_string_equal(buf_text(&out), want[i]);
			assert_int_equal(reader_rewind(r, NULL), 0);
		}
		assert_int_equal(reader_journal(r) != NULL, i == 1);
		reader_close(r);
		buf_release(&out);
	}
}

/* A line of an incremental export: its key attributes, and one more. */
#define CHANGE(a, b)                              \
	"{\"Keys\":{\"" a "\":{\"S\":\"1\"},\"" b \
	"\":{\"N\":\"2\"}},\"NewImage\":{\"" b    \
	"\":{\"N\":\"2\"},\"z\":{\"S\":\"1\"},\"" a "\":{\"S\":\"1\"}}}\n"

static void
test_schema(void **state)
{
	static const struct {
		const char *name, *hint, *text, *want; /* NULL: refused */
	} cases[] = {
		{ "key", NULL, ITEM("a"), "key" },
		{ "key before id", NULL,
		    "{\"Item\":{\"id\":{\"S\":\"1\"},"
		    "\"key\":{\"S\":\"1\"}}}\n",
		    "key" },
		{ "id", NULL, "{\"Item\":{\"id\":{\"N\":\"1\"}}}\n", "id" },
		{ "sessionId", NULL,
		    "{\"Item\":{\"sessionId\":{\"B\":\"AA==\""
		    "}}}\n",
		    "sessionId" },
		{ "pk alone", NULL, "{\"Item\":{\"pk\":{\"S\":\"1\"}}}\n",
		    "pk" },
		{ "pk and sk", NULL,
		    "{\"Item\":{\"sk\":{\"S\":\"1\"},\"pk\":"
		    "{\"S\":\"1\"}}}\n",
		    "pk,sk" },
		{ "a key of a wrong type", NULL,
		    "{\"Item\":{\"key\":"
		    "{\"BOOL\":true},\"id\":{\"S\":\"1\"}}}\n",
		    "id" },
		{ "no well-known name", NULL,
		    "{\"Item\":{\"x\":{\"S\":\"1\"},\"y\":"
		    "{\"L\":[]}}}\n",
		    NULL },
		{ "a hint", "x", "{\"Item\":{\"x\":{\"S\":\"1\"}}}\n", "x" },
		{ "a hint of two", "x,y",
		    "{\"Item\":{\"x\":{\"S\":\"1\"},"
		    "\"y\":{\"N\":\"1\"}}}\n",
		    "x,y" },
		{ "a hint instead of a well-known name", "x",
		    "{\"Item\":{\"x\":{\"S\":"
		    "\"1\"},\"key\":{\"S\":\"1\"}}}\n",
		    "x" },
		{ "a hint for a missing attribute", "z", ITEM("a"), NULL },
		{ "a hint for a missing sort key", "key,z", ITEM("a"), NULL },
		{ "an empty file", NULL, "", "key" },
		{ "an empty file and a hint", "a,b", "\n\n", "a,b" },
		{ "after deletions", NULL,
		    "\n{\"Keys\":{}}\n"
		    "{\"Item\":{\"id\":{\"S\":\"1\"}}}\n",
		    "id" },
		{ "a journal", "x", JOURNAL, "key" },
		{ "named by the file", NULL, CHANGE("x", "y"), "x,y" },
		{ "a well-known name comes first", NULL, CHANGE("a", "id"),
		    "id,a" },
		{ "the better known name comes first", NULL,
		    CHANGE("id", "key"), "key,id" },
		{ "named, and one of them is the hint", "y", CHANGE("x", "y"),
		    "y,x" },
		{ "named, and both are the hint", "y,x", CHANGE("x", "y"),
		    "y,x" },
		{ "named, and another is the hint", "z", CHANGE("x", "y"),
		    "z" },
		{ "one attribute is named", NULL,
		    "{\"Keys\":{\"x\":{\"S\":\"1\"}},\"NewImage\":"
		    "{\"x\":{\"S\":\"1\"},\"id\":{\"S\":\"1\"}}}\n",
		    "x" },
		{ "named, but missing in the image", NULL,
		    "{\"Keys\":{\"x\":{\"S\":\"1\"}},"
		    "\"NewImage\":{\"id\":{\"S\":\"1\"}}}\n",
		    "id" },
		{ "three attributes are named", NULL,
		    "{\"Keys\":{\"x\":1,\"y\":1,\"id\":1},"
		    "\"NewImage\":{\"x\":{\"S\":\"1\"},"
		    "\"y\":{\"S\":\"1\"},\"id\":{\"S\":\"1\"}}}\n",
		    "id" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *partition = NULL, *sort = NULL, got[64];
		struct fault f = { 0 };
		struct buf all = { 0 }, rest = { 0 };
		struct reader *r;
		enum key_told told;

		put(at("file"), cases[i].text, strlen(cases[i].text));
		walked(&all, at("file"), READER_DELETED, &f);
		r = reader_open(at("file"), READER_DELETED, NULL, &f);
		assert_non_null(r);
		told = reader_schema(r, cases[i].hint, &partition, &sort, &f);
		if (cases[i].want == NULL) {
			assert_int_equal(told, KEY_UNKNOWN);
			assert_int_equal(f.kind, FAULT_DATA);
			assert_non_null(strstr(f.text, "/file:1: "));
		} else {
			assert_int_not_equal(told, KEY_UNKNOWN);
			(void)snprintf(got, sizeof(got), "%s%s%s", partition,
			    sort != NULL ? "," : "", sort != NULL ? sort : "");
			if (strcmp(got, cases[i].want) != 0)
				fail_msg("%s: %s", cases[i].name, got);
		}
		/* no entry was consumed */
		walk(&rest, r, &f);
		assert_string_equal(buf_text(&rest), buf_text(&all));
		reader_close(r);
		free(partition);
		free(sort);
		buf_release(&all);
		buf_release(&rest);
	}
}

/* A journal that grows after it was opened. */
static void
test_refresh(void **state)
{
	static const char more[] = INTENT("2", "b") OUTCOME("[1,\"gone\",1]");
	struct buf out = { 0 };
	struct fault f = { 0 };
	struct reader *r;
	FILE *to;

	(void)state;
	put(at("file"), HEADER INTENT("1", "a"),
	    strlen(HEADER INTENT("1", "a")));
	r = reader_open(at("file"), READER_RESTORE, NULL, &f);
	assert_non_null(r);
	assert_int_equal(reader_refresh(r, &f), 0);
	walk(&out, r, &f);
	assert_string_equal(buf_text(&out), "a@2 ");
	assert_int_equal(reader_rewind(r, &f), 0);
	/* also when its descriptor was closed */
	input_rest(reader_input(r));
	to = fopen(at("file"), "a");
	assert_non_null(to);
	assert_int_equal(fwrite(more, 1, strlen(more), to), strlen(more));
	assert_int_equal(fclose(to), 0);
	/* new lines are not read … */
	buf_reset(&out);
	walk(&out, r, &f);
	assert_string_equal(buf_text(&out), "a@2 ");
	assert_int_equal(reader_rewind(r, &f), 0);
	/* … before it is indexed again */
	assert_int_equal(reader_refresh(r, &f), 0);
	buf_reset(&out);
	walk(&out, r, &f);
	assert_string_equal(buf_text(&out), "b@3 ");
	assert_int_equal(reader_rewind(r, &f), 0);
	/* another file with its name is an error */
	input_rest(reader_input(r));
	put(at("other"), HEADER, strlen(HEADER));
	assert_int_equal(rename(at("other"), at("file")), 0);
	buf_reset(&out);
	walk(&out, r, &f);
	assert_string_equal(buf_text(&out), "!");
	assert_non_null(strstr(f.text, "another file"));
	reader_close(r);
	buf_release(&out);
}

/* In a child with a pipe as stdin; returns 1 when a walk does not give ${want}.
 */
static int
piped(const char *text, int (*body)(const char *want), const char *want)
{
	int ends[2], status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
	close(ends[1]);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)dup2(ends[0], STDIN_FILENO);
		close(ends[0]);
		_exit(body(want));
	}
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
walk_stdin(const char *want)
{
	struct buf out = { 0 };
	int rc;

	walked(&out, "-", READER_DELETED, NULL);
	rc = strcmp(buf_text(&out), want) != 0;
	buf_release(&out);
	return rc;
}

/* Like list: find the key first. */
static int
schema_stdin(const char *want)
{
	struct reader *r = reader_open("-", READER_DELETED, NULL, NULL);
	char *partition, *sort;
	struct buf out = { 0 };
	int rc;

	if (r == NULL ||
	    reader_schema(r, NULL, &partition, &sort, NULL) == KEY_UNKNOWN)
		return 2;
	walk(&out, r, NULL);
	rc = strcmp(buf_text(&out), want) != 0;
	/* a stream cannot be read again */
	if (reader_journal(r) == NULL && reader_rewind(r, NULL) == 0)
		rc = 3;
	reader_close(r);
	free(partition);
	free(sort);
	buf_release(&out);
	return rc;
}

/* Like restore: open it twice, and read it twice. */
static int
restore_stdin(const char *want)
{
	struct buf out = { 0 };

	for (int i = 0; i < 2; i++) {
		buf_reset(&out);
		walked(&out, "-", READER_RESTORE, NULL);
		if (strcmp(buf_text(&out), want) != 0)
			return 3;
	}
	buf_release(&out);
	return 0;
}

static void
test_stdin(void **state)
{
	(void)state;
	assert_int_equal(piped("", walk_stdin, ""), 0);
	assert_int_equal(piped(ITEM("a") ITEM("b"), walk_stdin, "a@1 b@2 "), 0);
	assert_int_equal(piped(JOURNAL, walk_stdin,
			     "two@2 one@3 new@7 seven@9 "),
	    0);
	assert_int_equal(piped(ITEM("a") ITEM("b"), schema_stdin, "a@1 b@2 "),
	    0);
	assert_int_equal(piped(JOURNAL, schema_stdin,
			     "two@2 one@3 new@7 seven@9 "),
	    0);
	assert_int_equal(piped(ITEM("a") ITEM("b"), restore_stdin, "a@1 b@2 "),
	    0);
	assert_int_equal(piped(JOURNAL, restore_stdin,
			     "two@2 one@3 unsure@6 new@7 seven@9 "),
	    0);
	assert_int_equal(piped("{\"Item\":", walk_stdin, "!"), 0);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, directory_setup, directory_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_walks),
		TEST(test_take_deleted),
		TEST(test_given_ttl),
		TEST(test_journal_faults),
		TEST(test_export_faults),
		TEST(test_rewind),
		TEST(test_schema),
		TEST(test_refresh),
		TEST(test_stdin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
