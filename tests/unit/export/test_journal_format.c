#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/fault.h"
#include "tests/unit/files.h"
#include "tests/unit/journal_index.h"
#include "tests/unit/journal_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Write ${text} and read it as a journal. */
static int
indexed(struct journal_index *ix, const char *text, struct fault *f)
{
	put(at("journal"), text, strlen(text));
	return index_of(ix, at("journal"), f);
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
		{ "a torn header",
		    "{\"ttlsweep.journal/1\":{\"table\":", "not valid JSON" },
	};
	static const struct {
		const char *p;
		size_t n;
	} others[] = { { ITEM("a"), sizeof(ITEM("a")) - 1 }, { "", 0 },
		{ HEADER, 20 }, { "\x1f\x8b\x08", 3 } };
	struct journal_index ix;
	struct journal_header h;
	struct fault f = { 0 };

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
	assert_int_equal(ix.first_us, 0);
	assert_int_equal(ix.last_us, 0);
	journal_index_release(&ix);
	/* times are in any order, and may be missing */
	assert_int_equal(indexed(&ix,
			     HEADER INTENT_AT("5", "1") INTENT_AT("3", "2")
				 INTENT_AT("9", "3") INTENT_AT("x", "4"),
			     &f),
	    0);
	assert_int_equal(ix.first_us, 3);
	assert_int_equal(ix.last_us, 9);
	journal_index_release(&ix);
	assert_int_equal(journal_header_load(&h, at("journal"), &f), 0);
	assert_string_equal(h.table, "T");
	journal_header_release(&h);
	for (size_t i = 0; i < COUNT(others); i++) {
		put(at("export"), others[i].p, others[i].n);
		assert_int_equal(journal_header_load(&h, at("export"), &f), -1);
	}
	assert_int_equal(journal_header_load(&h, at("none"), &f), -1);
}

static void
test_fates(void **state)
{
	static const struct {
		const char *name, *outcomes;
		enum journal_fate want;
		bool restores;
	} cases[] = {
		{ "no outcome", "", FATE_UNKNOWN, true },
		{ "deleted", OUTCOME("[1,\"deleted\",1]"), FATE_DELETED, true },
		{ "deleted, sent twice", OUTCOME("[1,\"deleted\",2]"),
		    FATE_DELETED, true },
		{ "repaired", OUTCOME("[1,\"repaired\",1]"), FATE_DELETED,
		    true },
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
		{ "two outcomes", OUTCOME("[1,\"failed\",1],[1,\"deleted\",1]"),
		    FATE_DELETED, true },
		{ "gone after deleted",
		    OUTCOME("[1,\"deleted\",1]") OUTCOME("[1,\"gone\",1]"),
		    FATE_DELETED, true },
		{ "additional members",
		    "{\"Outcome\":[[1,\"gone\",1,{}]],"
		    "\"x\":1}\n",
		    FATE_KEPT, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct journal_index ix = { 0 };
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
		{ "a line of an export", HEADER ITEM("a"), "/journal:2: " },
		{ "a change that is not an intent", HEADER "{\"Keys\":{}}\n",
		    "/journal:2: " },
		{ "a second header", HEADER INTENT("1", "a") HEADER,
		    "/journal:3: another journal" },
		{ "a number far ahead", HEADER INTENT("1000000000000", "a"),
		    "entry number" },
		{ "an outcome without an entry",
		    HEADER OUTCOME("[1,\"gone\",1]"), "entry 1, which" },
		{ "an outcome of a missing number",
		    HEADER INTENT("2", "b") OUTCOME("[1,\"gone\",1]"),
		    "entry 1, which" },
		{ "an outcome of entry 0",
		    HEADER INTENT("1", "a") OUTCOME("[0,\"gone\",1]"),
		    "entry 0, which" },
		{ "an unknown outcome",
		    HEADER INTENT("1", "a") OUTCOME("[1,\"eaten\",1]"),
		    "unknown outcome" },
		{ "an outcome that is too short",
		    HEADER INTENT("1", "a") OUTCOME("[1,\"gone\"]"),
		    "is not [number" },
		{ "an outcome of wrong types",
		    HEADER INTENT("1", "a") OUTCOME("[1,2,3]"),
		    "is not [number" },
		{ "outcomes are not an array",
		    HEADER INTENT("1", "a") OUTCOME("{}"), "not an array" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct journal_index ix = { 0 };
		struct fault f = { 0 };

		if (indexed(&ix, cases[i].text, &f) != -1 ||
		    (f.kind != FAULT_DATA && f.kind != FAULT_REFUSED) ||
		    strstr(f.text, cases[i].fault) == NULL)
			fail_msg("%s: %s", cases[i].name, f.text);
	}
}

/* A journal truncated at every byte, as after a kill: it is read or refused,
 * and gives exactly what its complete lines say. */
static const struct {
	const char *line;    /* … */
	const char *restore; /* to be restored when the line is complete */
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

/* ${got} without line numbers must be ${want}. */
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

/* Walk ${path}, truncated after byte ${n}; ${line} is the first incomplete one;
 * ${complete}: only its newline is missing. */
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
		struct journal_index ix = { 0 };

		while (line < COUNT(story) && n >= end)
			if (++line < COUNT(story))
				end += strlen(story[line].line);
		put(at("torn"), text.p, n);
		check_cut(at("torn"), n, line,
		    line < COUNT(story) && n == end - 1);
		if (line > 0 && n < end) {
			bool begun = n > end - strlen(story[line].line);

			assert_int_equal(index_of(&ix, at("torn"), NULL), 0);
			assert_int_equal(ix.torn, begun);
			journal_index_release(&ix);
		}
	}
	buf_release(&text);
}

/* Zeros, which a crash leaves for bytes that never reached the disk. */
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
			/* a line may be complete before its gzip member is */
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

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, directory_setup, directory_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_header),
		TEST(test_fates),
		TEST(test_damaged),
		TEST(test_torn_plain),
		TEST(test_zeros),
		TEST(test_torn_gzip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
