#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/fault.h"
#include "dynamodb/source.h"
#include "export/lines.h"
#include "export/reader.h"
#include "tests/unit/files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define ITEM(key) "{\"Item\":{\"key\":{\"S\":\"" key "\"}}}\n"
#define HEADER                                                          \
	"{\"ttlsweep.journal/1\":{\"table\":\"T\",\"table_id\":\"i\","  \
	"\"endpoint\":\"http://e\",\"region\":\"r\",\"key\":[\"key\"]," \
	"\"ttl_attribute\":\"ttl\",\"now\":1795332271,\"command\":"     \
	"\"purge\",\"options\":\"--yes\"}}\n"
#define KEY(key) "{\"key\":{\"S\":\"" key "\"}}"
#define INTENT(n, key)                                                   \
	"{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"1\"}},"        \
	"\"Keys\":" KEY(key) ",\"OldImage\":" KEY(key) ",\"Ttlsweep\":{" \
						       "\"n\":" n        \
						       ",\"why\":\"none\"}}\n"
#define OUTCOME(list) "{\"Outcome\":[" list "]}\n"

static void
test_line(void **state)
{
	static const struct {
		const char *name;
		struct slice text;
		int want; /* enum line_kind, or -1 */
	} cases[] = {
		{ "empty", SLICE(""), LINE_BLANK },
		{ "blanks", SLICE(" \t\r"), LINE_BLANK },
		{ "an item", SLICE("{\"Item\":{}}"), LINE_ITEM },
		{ "in blanks", SLICE(" { \"Item\" : { } } "), LINE_ITEM },
		{ "its name escaped", SLICE("{\"\\u0049tem\":{}}"), LINE_ITEM },
		{ "with something else", SLICE("{\"x\":1,\"Item\":{}}"),
		    LINE_ITEM },
		{ "a change", SLICE("{\"Keys\":{},\"NewImage\":{}}"),
		    LINE_CHANGE },
		{ "a deletion", SLICE("{\"Keys\":{},\"OldImage\":{}}"),
		    LINE_CHANGE },
		{ "a deletion without image", SLICE("{\"Keys\":{}}"),
		    LINE_CHANGE },
		{ "an image that is null",
		    SLICE("{\"Keys\":{},\"NewImage\":null}"), LINE_CHANGE },
		{ "a header", SLICE("{\"ttlsweep.journal/1\":{}}"),
		    LINE_HEADER },
		{ "an intent",
		    SLICE("{\"Keys\":{},\"OldImage\":{},"
			  "\"Ttlsweep\":{\"n\":17}}"),
		    LINE_INTENT },
		{ "outcomes", SLICE("{\"Outcome\":[]}"), LINE_OUTCOME },

		{ "NUL", SLICE("\0"), -1 },
		{ "no object", SLICE("[]"), -1 },
		{ "plain JSON", SLICE("{\"key\":\"a\"}"), -1 },
		{ "an empty object", SLICE("{}"), -1 },
		{ "CSV", SLICE("\"key\",\"kind\""), -1 },
		{ "cut", SLICE("{\"Item\":{}"), -1 },
		{ "two objects", SLICE("{\"Item\":{}}{}"), -1 },
		{ "an item that is none", SLICE("{\"Item\":[]}"), -1 },
		{ "an item that is null", SLICE("{\"Item\":null}"), -1 },
		{ "two items", SLICE("{\"Item\":{},\"Item\":{}}"), -1 },
		{ "item and outcome", SLICE("{\"Item\":{},\"Outcome\":[]}"),
		    -1 },
		{ "item and keys", SLICE("{\"Item\":{},\"Keys\":{}}"), -1 },
		{ "a change without keys", SLICE("{\"NewImage\":{}}"), -1 },
		{ "another version", SLICE("{\"ttlsweep.journal/2\":{}}"), -1 },
		{ "an intent without image",
		    SLICE("{\"Keys\":{},\"Ttlsweep\":{\"n\":1}}"), -1 },
		{ "an intent with a new image",
		    SLICE(
			"{\"Keys\":{},"
			"\"OldImage\":{},\"NewImage\":{},\"Ttlsweep\":{\"n\":1}}"),
		    -1 },
		{ "an intent without number",
		    SLICE("{\"Keys\":{},"
			  "\"OldImage\":{},\"Ttlsweep\":{}}"),
		    -1 },
		{ "entry 0",
		    SLICE("{\"Keys\":{},\"OldImage\":{},"
			  "\"Ttlsweep\":{\"n\":0}}"),
		    -1 },
		{ "entry 1.5",
		    SLICE("{\"Keys\":{},\"OldImage\":{},"
			  "\"Ttlsweep\":{\"n\":1.5}}"),
		    -1 },
		{ "entry 2^63",
		    SLICE("{\"Keys\":{},\"OldImage\":{},"
			  "\"Ttlsweep\":{\"n\":9223372036854775808}}"),
		    -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault f = { 0 };
		struct line line;
		int rc = line_parse(&line, cases[i].text, &f);

		if ((rc == 0 ? (int)line.kind : -1) != cases[i].want)
			fail_msg("%s: %d %s", cases[i].name, rc, f.text);
		if (rc != 0)
			assert_int_equal(f.kind, FAULT_DATA);
	}
}

static void
test_line_parts(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(
	    line_parse(&line,
		SLICE("{\"Keys\":{\"k\":1},"
		      "\"OldImage\":{\"o\":1},\"NewImage\":{\"n\":1}}"),
		NULL),
	    0);
	assert_false(line.deletes);
	assert_memory_equal(line.item.p, "{\"n\":1}", line.item.n);
	assert_memory_equal(line.keys.p, "{\"k\":1}", line.keys.n);
	assert_int_equal(
	    line_parse(&line,
		SLICE("{\"Keys\":{},\"OldImage\":"
		      "{\"o\":1},\"Ttlsweep\":{\"why\":\"none\",\"n\":7}}"),
		NULL),
	    0);
	assert_true(line.deletes);
	assert_int_equal(line.n, 7);
	assert_memory_equal(line.item.p, "{\"o\":1}", line.item.n);
}

/* Write ${text} and read it as a journal. */
static int
indexed(struct journal_index *ix, const char *text, struct fault *f)
{
	put(at("journal"), text, strlen(text));
	return journal_index_load(ix, at("journal"), f);
}

static void
test_header(void **state)
{
	static const struct {
		const char *name, *text, *fault;
	} bad[] = {
		{ "empty", "", "is empty" },
		{ "an export", ITEM("a"), "begin like a journal" },
		{ "no table",
		    "{\"ttlsweep.journal/1\":{\"key\":[\"k\"],"
		    "\"now\":1}}\n",
		    "table" },
		{ "no key",
		    "{\"ttlsweep.journal/1\":{\"table\":\"T\","
		    "\"now\":1}}\n",
		    "key" },
		{ "an empty key",
		    "{\"ttlsweep.journal/1\":{\"table\":\"T\","
		    "\"key\":[],\"now\":1}}\n",
		    "key" },
		{ "three keys",
		    "{\"ttlsweep.journal/1\":{\"table\":\"T\","
		    "\"key\":[\"a\",\"b\",\"c\"],\"now\":1}}\n",
		    "key" },
		{ "a key with NUL",
		    "{\"ttlsweep.journal/1\":{\"table\":\"T\","
		    "\"key\":[\"a\\u0000\"],\"now\":1}}\n",
		    "key" },
		{ "a key without name",
		    "{\"ttlsweep.journal/1\":{\"table\":"
		    "\"T\",\"key\":[\"\"],\"now\":1}}\n",
		    "key" },
		{ "no time",
		    "{\"ttlsweep.journal/1\":{\"table\":\"T\","
		    "\"key\":[\"k\"]}}\n",
		    "time" },
		{ "a table that is a number",
		    "{\"ttlsweep.journal/1\":{"
		    "\"table\":1,\"key\":[\"k\"],\"now\":1}}\n",
		    "table" },
		{ "a torn one",
		    "{\"ttlsweep.journal/1\":{\"table\":", "not valid JSON" },
	};
	struct journal_index ix;
	struct fault f = { 0 };
	bool yes;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		f = (struct fault){ 0 };
		if (indexed(&ix, bad[i].text, &f) != -1 ||
		    f.kind != FAULT_DATA ||
		    strstr(f.text, bad[i].fault) == NULL ||
		    strstr(f.text, "/journal") == NULL)
			fail_msg("%s: %s", bad[i].name, f.text);
	}
	assert_int_equal(indexed(&ix, HEADER, &f), 0);
	assert_string_equal(ix.header.table, "T");
	assert_string_equal(ix.header.table_id, "i");
	assert_string_equal(ix.header.endpoint, "http://e");
	assert_string_equal(ix.header.region, "r");
	assert_string_equal(ix.header.ttl_attribute, "ttl");
	assert_string_equal(ix.header.command, "purge");
	assert_string_equal(ix.header.partition, "key");
	assert_null(ix.header.sort);
	assert_int_equal(ix.header.now, 1795332271);
	assert_int_equal(ix.intents, 0);
	assert_false(ix.torn);
	assert_int_equal(journal_fate(&ix, 1), FATE_KEPT);
	assert_int_equal(journal_fate(&ix, 0), FATE_KEPT);
	journal_index_release(&ix);
	assert_int_equal(journal_is(at("journal"), &yes, &f), 0);
	assert_true(yes);
	put(at("export"), ITEM("a"), strlen(ITEM("a")));
	assert_int_equal(journal_is(at("export"), &yes, &f), 0);
	assert_false(yes);
	put(at("export"), "", 0);
	assert_int_equal(journal_is(at("export"), &yes, &f), 0);
	assert_false(yes);
	put(at("export"), HEADER, 20);
	assert_int_equal(journal_is(at("export"), &yes, &f), 0);
	assert_false(yes);
	put(at("export"), "\x1f\x8b\x08", 3);
	assert_int_equal(journal_is(at("export"), &yes, &f), 0);
	assert_false(yes);
	assert_int_equal(journal_is(at("none"), &yes, &f), -1);
}

static void
test_fates(void **state)
{
	static const struct {
		const char *name, *outcomes;
		enum journal_fate want;
		bool restores;
	} cases[] = {
		{ "none on record", "", FATE_UNKNOWN, true },
		{ "deleted", OUTCOME("[1,\"deleted\",1]"), FATE_DELETED, true },
		{ "deleted, sent twice", OUTCOME("[1,\"deleted\",2]"),
		    FATE_DELETED, true },
		{ "refreshed", OUTCOME("[1,\"refreshed\",1]"), FATE_KEPT,
		    false },
		{ "refreshed, sent twice", OUTCOME("[1,\"refreshed\",2]"),
		    FATE_UNSURE, true },
		{ "gone", OUTCOME("[1,\"gone\",1]"), FATE_KEPT, false },
		{ "failed", OUTCOME("[1,\"failed\",1]"), FATE_KEPT, false },
		{ "failed, never sent", OUTCOME("[1,\"failed\",0]"), FATE_KEPT,
		    false },
		{ "failed, sent often", OUTCOME("[1,\"failed\",10]"),
		    FATE_UNSURE, true },
		{ "skipped", OUTCOME("[1,\"skipped\",0]"), FATE_KEPT, false },
		{ "told twice", OUTCOME("[1,\"failed\",1],[1,\"deleted\",1]"),
		    FATE_DELETED, true },
		{ "deleted stays deleted",
		    OUTCOME("[1,\"deleted\",1]") OUTCOME("[1,\"gone\",1]"),
		    FATE_DELETED, true },
		{ "more than is needed",
		    "{\"Outcome\":[[1,\"gone\",1,{}]],"
		    "\"x\":1}\n",
		    FATE_KEPT, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct journal_index ix;
		struct fault f = { 0 };
		char text[2048];

		(void)snprintf(text, sizeof(text), "%s%s",
		    HEADER INTENT("1", "a"), cases[i].outcomes);
		if (indexed(&ix, text, &f) != 0)
			fail_msg("%s: %s", cases[i].name, f.text);
		if (journal_fate(&ix, 1) != cases[i].want ||
		    journal_restores(&ix, 1) != cases[i].restores)
			fail_msg("%s: %d", cases[i].name,
			    (int)journal_fate(&ix, 1));
		assert_int_equal(ix.intents, 1);
		journal_index_release(&ix);
	}
}

static void
test_damaged(void **state)
{
	static const struct {
		const char *name, *text, *fault;
	} cases[] = {
		{ "a torn line, then another",
		    HEADER "{\"Metadata\n" INTENT("1", "a"), "/journal:2: " },
		{ "a line of zeros in between",
		    HEADER INTENT("1", "a") "\x01\x02\n" INTENT("2", "b"),
		    "/journal:3: " },
		{ "a whole line that is none", HEADER ITEM("a"),
		    "/journal:2: " },
		{ "a change that is no intent", HEADER "{\"Keys\":{}}\n",
		    "/journal:2: " },
		{ "a second header", HEADER INTENT("1", "a") HEADER,
		    "/journal:3: another journal" },
		{ "a number far ahead", HEADER INTENT("1000000000000", "a"),
		    "entry number" },
		{ "too many images",
		    HEADER INTENT("1", "a") INTENT("1", "a") INTENT("1", "a")
			INTENT("1", "a") INTENT("1", "a") INTENT("1", "a")
			    INTENT("1", "a") INTENT("1", "a"),
		    "/journal:9: too many images" },
		{ "an outcome of no entry", HEADER OUTCOME("[1,\"gone\",1]"),
		    "entry 1, which" },
		{ "an outcome of a hole",
		    HEADER INTENT("2", "b") OUTCOME("[1,\"gone\",1]"),
		    "entry 1, which" },
		{ "of entry 0",
		    HEADER INTENT("1", "a") OUTCOME("[0,\"gone\",1]"),
		    "entry 0, which" },
		{ "an unknown outcome",
		    HEADER INTENT("1", "a") OUTCOME("[1,\"eaten\",1]"),
		    "unknown outcome" },
		{ "too short", HEADER INTENT("1", "a") OUTCOME("[1,\"gone\"]"),
		    "is not [number" },
		{ "of wrong kinds", HEADER INTENT("1", "a") OUTCOME("[1,2,3]"),
		    "is not [number" },
		{ "no array", HEADER INTENT("1", "a") OUTCOME("{}"),
		    "not an array" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct journal_index ix;
		struct fault f = { 0 };

		if (indexed(&ix, cases[i].text, &f) != -1 ||
		    f.kind != FAULT_DATA ||
		    strstr(f.text, cases[i].fault) == NULL)
			fail_msg("%s: %s", cases[i].name, f.text);
	}
}

/* The keys of what ${path} gives, with their lines; "!" for a fault. */
static void
walk(struct buf *out, struct reader *r, struct fault *f)
{
	struct slice item, inner;
	int64_t line;
	int got;

	while ((got = reader_next(r, &item, &line, f)) == 1) {
		inner = slice_unquote(slice_get(slice_get(item, "key"), "S"));
		buf_addf(out, "%.*s@%d ", SLICE_ARG(inner), (int)line);
	}
	if (got < 0)
		buf_adds(out, "!");
}

static void
walked(struct buf *out, const char *path, enum reader_which which,
    struct fault *f)
{
	struct reader *r = reader_open(path, which, f);

	if (r == NULL) {
		buf_adds(out, "!");
		return;
	}
	walk(out, r, f);
	reader_close(r);
}

/* Entries out of order, a second image, every fate. */
#define JOURNAL                                                             \
	HEADER INTENT("2", "two") INTENT("1", "one") INTENT("3", "old")     \
	    INTENT("4", "kept") INTENT("5", "unsure") INTENT("3", "new")    \
		OUTCOME(                                                    \
		    "[1,\"deleted\",1],[3,\"deleted\",1],[4,\"refreshed\"," \
		    "1],[5,\"failed\",3]") INTENT("7", "seven")

static void
test_walks(void **state)
{
	static const struct {
		const char *name, *text;
		const char *deleted, *restore;
	} cases[] = {
		{ "an export", ITEM("a") "\n" ITEM("b"), "a@1 b@3 ",
		    "a@1 b@3 " },
		{ "nothing", "", "", "" },
		{ "no end of the last line",
		    ITEM("a") "{\"Item\":{\"key\":{\"S\":\"b\"}}}", "a@1 b@2 ",
		    "a@1 b@2 " },
		{ "changes",
		    "{\"Keys\":{},\"NewImage\":" KEY("n") ",\"OldImage\":" KEY(
			"o") "}\n"
			     "{\"Keys\":{},\"OldImage\":" KEY("d") "}\n" ITEM(
				 "i"),
		    "n@1 i@3 ", "n@1 d@2 i@3 " },
		{ "a deletion without image", "{\"Keys\":{}}\n" ITEM("i"),
		    "i@2 ", "!" },
		{ "a journal", JOURNAL, "two@2 one@3 new@7 seven@9 ",
		    "two@2 one@3 unsure@6 new@7 seven@9 " },
		{ "a journal without its first line", INTENT("1", "a"), "!",
		    "!" },
		{ "plain JSON", ITEM("a") "{\"key\":\"b\"}\n", "a@1 !",
		    "a@1 !" },
		{ "a journal with a torn line",
		    HEADER INTENT("1", "a") "{\"Outcome\":[[1,\"refr", "a@2 ",
		    "a@2 " },
		{ "torn behind a whole outcome",
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

static void
test_export_faults(void **state)
{
	struct fault f = { 0 };
	struct buf out = { 0 }, packed = { 0 };
	const char *cut = ITEM("a") "{\"Item\":{\"key\":{\"S\":\"b\"}}";

	(void)state;
	put(at("file"), cut, strlen(cut));
	walked(&out, at("file"), READER_RESTORE, &f);
	assert_string_equal(buf_text(&out), "a@1 !");
	assert_int_equal(f.kind, FAULT_DATA);
	assert_non_null(strstr(f.text, "/file:2: the file ends inside"));
	/* a cut gzip member of an export is not passed over */
	gzip_member(&packed, ITEM("a") ITEM("b"), 2 * strlen(ITEM("a")));
	put(at("file"), packed.p, packed.n - 1);
	buf_reset(&out);
	walked(&out, at("file"), READER_RESTORE, &f);
	assert_string_equal(buf_text(&out), "a@1 b@2 !");
	assert_non_null(strstr(f.text, "/file:3: the file is cut short"));
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
		r = reader_open(at("file"), READER_RESTORE, NULL);
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

/*
 * A journal cut at every byte, as a kill leaves it: it reads or is refused,
 * and what it gives is what the whole lines say, no more and no less.
 */
static const struct {
	const char *line;    /* … */
	const char *restore; /* what is to be restored when it is whole */
} story[] = {
	{ HEADER, "" },
	{ INTENT("1", "a"), "a " },
	{ INTENT("2", "b"), "a b " },
	{ OUTCOME("[1,\"deleted\",1],[2,\"refreshed\",1]"), "a " },
	{ INTENT("3", "c"), "a c " },
	{ INTENT("3", "C"), "a C " },
	{ OUTCOME("[3,\"gone\",2]"), "a C " },
	{ INTENT("4", "d"), "a C d " },
	{ OUTCOME("[4,\"failed\",1]"), "a C " },
};

/* ${got} without the lines' numbers is ${want}. */
static bool
same_walk(const char *got, const char *want)
{
	struct buf b = { 0 };
	bool same;

	for (; *got != '\0'; got++) {
		if (*got == '@')
			got += strspn(got, "@0123456789");
		buf_addc(&b, *got);
	}
	same = strcmp(buf_text(&b), want) == 0;
	buf_release(&b);
	return same;
}

/* Walk ${path}, cut behind byte ${n}; ${line}: the first that is not whole
 * in it; ${complete}: nothing of it is missing but its end. */
static void
check_cut(const char *path, size_t n, size_t line, bool complete)
{
	struct buf out = { 0 };
	struct fault f = { 0 };
	const char *want;

	walked(&out, path, READER_RESTORE, &f);
	if (complete)
		line++;
	want = line == 0 ? (n == 0 ? "" : "!") : story[line - 1].restore;
	if (!same_walk(buf_text(&out), want))
		fail_msg("byte %zu: %s, not %s (%s)", n, buf_text(&out), want,
		    f.text);
	buf_release(&out);
}

static void
test_torn_plain(void **state)
{
	struct buf text = { 0 };
	size_t line = 0, end;

	(void)state;
	for (size_t i = 0; i < COUNT(story); i++)
		buf_adds(&text, story[i].line);
	end = strlen(story[0].line);
	for (size_t n = 0; n <= text.n; n++) {
		struct journal_index ix;

		while (line < COUNT(story) && n >= end)
			if (++line < COUNT(story))
				end += strlen(story[line].line);
		put(at("torn"), text.p, n);
		check_cut(at("torn"), n, line,
		    line < COUNT(story) && n == end - 1);
		if (line > 0 && n < end) {
			bool begun = n > end - strlen(story[line].line);

			assert_int_equal(journal_index_load(&ix, at("torn"),
					     NULL),
			    0);
			assert_int_equal(ix.torn, begun);
			journal_index_release(&ix);
		}
	}
	buf_release(&text);
}

/* What a crash leaves instead of bytes that never reached the disk. */
static void
test_zeros(void **state)
{
	struct buf text = { 0 };
	size_t keep = strlen(HEADER INTENT("1", "a")) + 30;

	(void)state;
	buf_adds(&text, HEADER INTENT("1", "a") INTENT("2", "b"));
	memset(text.p + keep, 0, text.n - keep);
	put(at("torn"), text.p, text.n);
	check_cut(at("torn"), keep, 2, false);
	buf_release(&text);
}

static void
test_torn_gzip(void **state)
{
	struct buf packed = { 0 };
	size_t ends[COUNT(story)], line = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(story); i++) {
		gzip_member(&packed, story[i].line, strlen(story[i].line));
		ends[i] = packed.n;
	}
	for (size_t n = 0; n <= packed.n; n++) {
		struct buf out = { 0 };
		struct fault f = { 0 };
		bool fits = false;

		while (line < COUNT(story) && n >= ends[line])
			line++;
		for (int zeros = 0; zeros < 2; zeros++) {
			struct buf file = { 0 };

			buf_add(&file, packed.p, n);
			if (zeros) {
				memset(buf_reserve(&file, 512), 0, 512);
				file.n += 512;
			}
			put(at("torn"), file.p, file.n);
			buf_release(&file);
			if (n < 10 && zeros)
				continue;
			buf_reset(&out);
			walked(&out, at("torn"), READER_RESTORE, &f);
			/* a member may have given its line before its end */
			fits = n == 0 ||
			    same_walk(buf_text(&out),
				line == 0 ? "!" : story[line - 1].restore);
			if (!fits && line < COUNT(story))
				fits = same_walk(buf_text(&out),
				    story[line].restore);
			if (!fits)
				fail_msg("byte %zu, line %zu: %s (%s)", n, line,
				    buf_text(&out), f.text);
		}
		buf_release(&out);
	}
	buf_release(&packed);
}

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
		{ "a key of no key's type", NULL,
		    "{\"Item\":{\"key\":"
		    "{\"BOOL\":true},\"id\":{\"S\":\"1\"}}}\n",
		    "id" },
		{ "none known", NULL,
		    "{\"Item\":{\"x\":{\"S\":\"1\"},\"y\":"
		    "{\"L\":[]}}}\n",
		    NULL },
		{ "a hint", "x", "{\"Item\":{\"x\":{\"S\":\"1\"}}}\n", "x" },
		{ "a hint of two", "x,y",
		    "{\"Item\":{\"x\":{\"S\":\"1\"},"
		    "\"y\":{\"N\":\"1\"}}}\n",
		    "x,y" },
		{ "a hint before the known", "x",
		    "{\"Item\":{\"x\":{\"S\":"
		    "\"1\"},\"key\":{\"S\":\"1\"}}}\n",
		    "x" },
		{ "a hint that does not fit", "z", ITEM("a"), NULL },
		{ "a second name that does not fit", "key,z", ITEM("a"), NULL },
		{ "an empty file", NULL, "", "key" },
		{ "an empty file and a hint", "a,b", "\n\n", "a,b" },
		{ "behind deletions", NULL,
		    "\n{\"Keys\":{}}\n"
		    "{\"Item\":{\"id\":{\"S\":\"1\"}}}\n",
		    "id" },
		{ "a journal", "x", JOURNAL, "key" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *partition = NULL, *sort = NULL, got[64];
		struct fault f = { 0 };
		struct buf all = { 0 }, rest = { 0 };
		struct reader *r;
		int rc;

		put(at("file"), cases[i].text, strlen(cases[i].text));
		walked(&all, at("file"), READER_DELETED, &f);
		r = reader_open(at("file"), READER_DELETED, &f);
		assert_non_null(r);
		rc = reader_schema(r, cases[i].hint, &partition, &sort, &f);
		if (cases[i].want == NULL) {
			assert_int_equal(rc, -1);
			assert_int_equal(f.kind, FAULT_DATA);
			assert_non_null(strstr(f.text, "/file:1: "));
		} else {
			assert_int_equal(rc, 0);
			(void)snprintf(got, sizeof(got), "%s%s%s", partition,
			    sort != NULL ? "," : "", sort != NULL ? sort : "");
			if (strcmp(got, cases[i].want) != 0)
				fail_msg("%s: %s", cases[i].name, got);
		}
		/* nothing is lost by asking */
		walk(&rest, r, &f);
		assert_string_equal(buf_text(&rest), buf_text(&all));
		reader_close(r);
		free(partition);
		free(sort);
		buf_release(&all);
		buf_release(&rest);
	}
}

/* Take every page: entries, and how many pages. */
static int
drain(struct source *s, size_t *items, int *pages, struct fault *f)
{
	struct page page = { 0 };
	struct segment seg, other;
	int r = 0;

	*items = 0;
	*pages = 0;
	while (s->ops->take(s, &seg, f) == 1) {
		assert_int_equal(seg.index, 0);
		assert_int_equal(s->ops->take(s, &other, f), 0);
		while (!seg.finished &&
		    (r = s->ops->fetch(s, &seg, NULL, &page, f)) == 1) {
			const char *begin = page.body.p;
			const char *end = begin + page.body.n;

			++*pages;
			*items += page.n;
			assert_in_range(page.n, 1, 2000);
			assert_int_equal(page.scanned, page.n);
			assert_null(page.last.p);
			for (size_t i = 0; i < page.n; i++) {
				struct slice j = page.items[i].json;

				assert_true(j.p >= begin);
				assert_true(j.p + j.n <= end);
				assert_int_equal(j.p[0], '{');
				assert_int_equal(j.p[j.n - 1], '}');
				assert_true(page.items[i].partition.p > j.p);
			}
			/* somebody else goes on after every other page */
			if (*pages % 2 == 0)
				break;
		}
		if (seg.finished)
			assert_int_equal(seg.pages, *pages);
		s->ops->put(s, &seg);
		if (r < 0)
			break;
	}
	page_release(&page);
	return r;
}

static void
test_source(void **state)
{
	static const struct key_schema schema = { "key", NULL };
	struct buf text = { 0 };
	struct fault f = { 0 };
	struct source *s;
	size_t items;
	int pages;

	(void)state;
	for (int big = 0; big < 3; big++) {
		buf_reset(&text);
		for (int i = 0; i < 4500; i++)
			buf_addf(&text,
			    "{\"Item\":{\"key\":{\"S\":\"%d\"},"
			    "\"d\":{\"S\":\"%*s\"}}}\n%s",
			    i, big == 2 ? 3000 : 10, "", i % 7 ? "" : "\n");
		if (big == 1)
			text.n = 0;
		put(at("file"), text.p, text.n);
		s = reader_source(reader_open(at("file"), READER_DELETED, &f),
		    &schema, "ttl");
		assert_int_equal(s->segments, 1);
		assert_true(drain(s, &items, &pages, &f) >= 0);
		assert_int_equal(items, big == 1 ? 0 : 4500);
		if (big == 0)
			assert_int_equal(pages, 3);
		if (big == 2)
			assert_in_range(pages, 12, 15);
		source_close(s);
	}
	/* one that lacks its key */
	buf_reset(&text);
	buf_adds(&text, ITEM("a") "\n{\"Item\":{\"k\":{\"S\":\"b\"}}}\n");
	put(at("file"), text.p, text.n);
	s = reader_source(reader_open(at("file"), READER_DELETED, &f), &schema,
	    "ttl");
	assert_int_equal(drain(s, &items, &pages, &f), -1);
	assert_int_equal(f.kind, FAULT_DATA);
	assert_non_null(strstr(f.text, "/file:3: "));
	source_close(s);
	/* a journal gives what was deleted, by its last image */
	put(at("file"), JOURNAL, strlen(JOURNAL));
	s = reader_source(reader_open(at("file"), READER_DELETED, &f), &schema,
	    "ttl");
	assert_true(drain(s, &items, &pages, &f) >= 0);
	assert_int_equal(items, 4);
	source_close(s);
	source_close(NULL);
	buf_release(&text);
}

/* In a child with a pipe as stdin: what a walk gives; 1 when not ${want}. */
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

/* As the list command reads: the key first. */
static int
schema_stdin(const char *want)
{
	struct reader *r = reader_open("-", READER_DELETED, NULL);
	char *partition, *sort;
	struct buf out = { 0 };
	int rc;

	if (r == NULL || reader_schema(r, NULL, &partition, &sort, NULL) != 0)
		return 2;
	walk(&out, r, NULL);
	rc = strcmp(buf_text(&out), want) != 0;
	/* a stream has gone by */
	if (reader_journal(r) == NULL && reader_rewind(r, NULL) == 0)
		rc = 3;
	reader_close(r);
	free(partition);
	free(sort);
	buf_release(&out);
	return rc;
}

/* As restore reads: all of it, twice over, from two openings. */
static int
restore_stdin(const char *want)
{
	struct buf out = { 0 };
	bool yes;

	if (journal_is("-", &yes, NULL) != 0)
		return 2;
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
	cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_line),
		TEST(test_line_parts),
		TEST(test_header),
		TEST(test_fates),
		TEST(test_damaged),
		TEST(test_walks),
		TEST(test_export_faults),
		TEST(test_rewind),
		TEST(test_torn_plain),
		TEST(test_zeros),
		TEST(test_torn_gzip),
		TEST(test_schema),
		TEST(test_source),
		TEST(test_stdin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
