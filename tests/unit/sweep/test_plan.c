#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "cli/report/text_report.h"
#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/dynamodb/table.h"
#include "sweep/plan.h"

#define GLOBAL(w)                                  \
	{                                          \
		.global = true, .write_units = (w) \
	}

static struct ddb_index slow[] = { GLOBAL(300), GLOBAL(20) };
static struct ddb_index unknown[] = { GLOBAL(0) };
static struct ddb_index local[] = { { .write_units = 2 } };

static const struct {
	const char *name;
	double reads, writes; /* of the table */
	struct ddb_index *indexes;
	size_t nindexes;
	int64_t max_rcu, max_wcu;
	const char *pace;
	double units; /* to write, and to read */
	const char *takes;
} cases[] = {
	/* clang-format off */
	{ "unknown", 0, 0, NULL, 0, -1, -1, "reads and writes unlimited",
	    1e6, "" },
	{ "a quarter", 80, 400, NULL, 0, -1, -1,
	    "20 read units and 100 write units a second", 100,
	    "" },
	{ "at least one", 2, 3, NULL, 0, -1, -1,
	    "1 read unit and 1 write unit a second", 60,
	    "; at 1 write unit a second that takes 1 min" },
	{ "59 seconds", 2, 3, NULL, 0, -1, -1,
	    "1 read unit and 1 write unit a second", 59, "" },
	{ "an index is slower", 400, 400, slow, 2, -1, -1,
	    "100 read units and 5 write units a second", 600,
	    "; at 5 write units a second that takes 2 min" },
	{ "an index of unknown speed", 400, 400, unknown, 1, -1, -1,
	    "100 read units and 100 write units a second", 600, "" },
	{ "a local index has no speed of its own", 400, 400, local, 1, -1, -1,
	    "100 read units and 100 write units a second", 600, "" },
	{ "only the index is known", 0, 0, slow, 2, -1, -1,
	    "5 write units a second, reads unlimited", 600,
	    "; at 5 write units a second that takes 2 min" },
	{ "given", 400, 400, slow, 2, 10, 20,
	    "10 read units and 20 write units a second", 600,
	    "; reading at 10 read units a second takes 1 min" },
	{ "no limit", 400, 400, slow, 2, 0, 0, "reads and writes unlimited",
	    1e6, "" },
	{ "no limit for writes", 400, 400, slow, 2, -1, 0,
	    "100 read units a second, writes unlimited", 6000,
	    "; reading at 100 read units a second takes 1 min" },
	/* clang-format on */
};

static void
test_pace(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct ddb_table t = { .read_units = cases[i].reads,
			.write_units = cases[i].writes,
			.indexes = cases[i].indexes,
			.nindexes = cases[i].nindexes };
		const struct plan_pace pace =
		    plan_pace(&t, cases[i].max_rcu, cases[i].max_wcu, 0);
		struct buf said = { 0 }, takes = { 0 };

		text_report_pace(&said, &pace);
		text_report_takes(&takes, &pace, cases[i].units,
		    cases[i].units);
		if (strcmp(buf_text(&said), cases[i].pace) != 0 ||
		    strcmp(buf_text(&takes), cases[i].takes) != 0)
			fail_msg("%s: %s%s", cases[i].name, buf_text(&said),
			    buf_text(&takes));
		buf_release(&said);
		buf_release(&takes);
	}
}

/* Shards share the default; what is given is for each. */
static void
test_pace_of_shards(void **state)
{
	static const struct {
		const char *name;
		double units; /* of reads and of writes */
		int64_t max, shards;
		double pace;
	} shared[] = {
		{ "one of four", 80, -1, 4, 5 },
		{ "at least one", 15, -1, 4, 1 },
		{ "the only one", 80, -1, 1, 20 },
		{ "unknown", 0, -1, 4, 0 },
		{ "given", 80, 10, 4, 10 },
		{ "no limit", 80, 0, 4, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++) {
		const struct ddb_table t = { .read_units = shared[i].units,
			.write_units = shared[i].units };
		const struct plan_pace pace = plan_pace(&t, shared[i].max,
		    shared[i].max, shared[i].shards);

		if (pace.reads != shared[i].pace ||
		    pace.writes != shared[i].pace)
			fail_msg("%s: %g, %g", shared[i].name, pace.reads,
			    pace.writes);
	}
}

/* The checks before a write. */
#define HERE INT64_C(1795000000)
#define NO INT64_MIN

enum check { CLOCKS, NOW, TABLE, REPLICAS };

static char *replica[] = { (char *)"eu-west-1" };
static char active[] = "ACTIVE", updating[] = "UPDATING", none[] = "",
	    archived[] = "ARCHIVED", name[] = "T";

static const struct {
	const char *name;
	enum check check;
	int64_t now; /* --now minus HERE; NO: not given */
	int64_t overdue;
	bool unknown; /* the service's clock */
	int64_t skew_ms;
	char *status;
	bool replicas, strong,
	    keeps;        /* keeps: existing entries are left alone */
	const char *says; /* NULL: accepted */
} checks[] = {
	/* clang-format off */
	{ "the same time", CLOCKS, NO, -1, false, 0, NULL, 0, 0, 0, NULL },
	{ "a minute behind", CLOCKS, NO, -1, false, 60000, NULL, 0, 0, 0,
	    NULL },
	{ "further behind", CLOCKS, NO, -1, false, 60001, NULL, 0, 0, 0,
	    "1 min behind the service's" },
	{ "a minute ahead", CLOCKS, NO, -1, false, -60000, NULL, 0, 0, 0,
	    NULL },
	{ "further ahead", CLOCKS, NO, -1, false, -60001, NULL, 0, 0, 0,
	    "1 min ahead of the service's" },
	{ "--now", CLOCKS, 0, -1, false, -60001, NULL, 0, 0, 0, NULL },
	{ "unknown", CLOCKS, NO, -1, true, -60001, NULL, 0, 0, 0, NULL },

	{ "no --now", NOW, NO, -1, false, 0, NULL, 0, 0, 0, NULL },
	{ "--now is now", NOW, 0, -1, false, 0, NULL, 0, 0, 0, NULL },
	{ "--now is later", NOW, 1, -1, false, 0, NULL, 0, 0, 0,
	    "--now is in the future" },
	{ "the service is ahead", NOW, 1, -1, false, 5000, NULL, 0, 0, 0,
	    "--now is in the future" },
	{ "the service is behind", NOW, 0, -1, false, -5000, NULL, 0, 0, 0,
	    "before 2026-11-18T11:06:35Z, which is the present" },
	{ "--now as early as the service's clock", NOW, -5, -1, false, -5000, NULL, 0, 0, 0, NULL },
	{ "the service's clock is unknown", NOW, 0, -1, true, -5000, NULL, 0, 0, 0,
	    NULL },

	{ "active", TABLE, NO, -1, false, 0, active, 0, 0, 0, NULL },
	{ "updating", TABLE, NO, -1, false, 0, updating, 0, 0, 0, NULL },
	{ "archived", TABLE, NO, -1, false, 0, archived, 0, 0, 0,
	    "is ARCHIVED" },
	{ "no status", TABLE, NO, -1, false, 0, none, 0, 0, 0,
	    "of unknown status" },

	{ "no replica", REPLICAS, NO, -1, false, 0, NULL, 0, 0, 0, NULL },
	{ "replica", REPLICAS, NO, -1, false, 0, NULL, 1, 0, 0,
	    "replica in eu-west-1" },
	{ "14 minutes", REPLICAS, NO, 899, false, 0, NULL, 1, 0, 0,
	    "15m or more" },
	{ "15 minutes", REPLICAS, NO, 900, false, 0, NULL, 1, 0, 0, NULL },
	{ "strong", REPLICAS, NO, -1, false, 0, NULL, 1, 1, 0, NULL },
	{ "restore", REPLICAS, NO, -1, false, 0, NULL, 1, 0, 1, NULL },
	/* clang-format on */
};

static void
test_checks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		const struct ddb_table t = { .name = name,
			.status = checks[i].status,
			.replicas = replica,
			.nreplicas = checks[i].replicas,
			.strong_replicas = checks[i].strong };
		struct fault f = { 0 };
		const struct plan p = { .now_given = checks[i].now != NO,
			.now = checks[i].now != NO ? HERE + checks[i].now : -1,
			.overdue = checks[i].overdue,
			.table = &t,
			.clock_known = !checks[i].unknown,
			.skew_ms = checks[i].skew_ms,
			.here_ms = HERE * 1000,
			.changes = !checks[i].keeps };
		int rc = plan_checks[checks[i].check](&p, &f);

		if (checks[i].says == NULL
			? rc != 0
			: rc != -1 || f.kind != FAULT_REFUSED ||
			    strstr(f.text, checks[i].says) == NULL)
			fail_msg("%d: %s: %d '%s'", (int)checks[i].check,
			    checks[i].name, rc, f.text);
	}
}

/* A table whose keys are "key" and "at", with the indexes "a", by "b" and "n",
 * and "c", by "s". */
static void
test_number(void **state)
{
	static const struct {
		const char *name, *attribute;
		const char *says; /* NULL: accepted */
	} keys[] = {
		{ "no key", "ttl", NULL },
		{ "the partition key", "key", "key is part of the key" },
		{ "the sort key", "at", "at is part of the key" },
		{ "a number in an index", "n", NULL },
		{ "a string in an index", "s",
		    "s cannot become a number: it is a key of the index c, "
		    "which takes only string values" },
		{ "a binary in an index", "b",
		    "index a, which takes only binary values" },
	};
	char key[] = "key", at[] = "at", a[] = "a", c[] = "c", b[] = "b",
	     n[] = "n", s[] = "s";
	struct ddb_index_key of_a[] = { { b, ATTR_B }, { n, ATTR_N } };
	struct ddb_index_key of_c[] = { { s, ATTR_S } };
	struct ddb_index indexes[] = { { .name = a, .keys = of_a, .nkeys = 2 },
		{ .name = c, .keys = of_c, .nkeys = 1 } };
	struct ddb_table t = { .name = name,
		.partition = key,
		.sort = at,
		.indexes = indexes,
		.nindexes = 2 };

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct fault f = { 0 };
		int rc = plan_number(&t, keys[i].attribute, &f);

		if (keys[i].says == NULL
			? rc != 0
			: rc != -1 || f.kind != FAULT_REFUSED ||
			    strstr(f.text, keys[i].says) == NULL)
			fail_msg("%s: %d '%s'", keys[i].name, rc, f.text);
	}
	t.sort = NULL;
	assert_int_equal(plan_number(&t, "at", NULL), 0);
}

static const struct {
	const char *name, *file;
	const char *says; /* NULL: accepted */
	enum fault_kind kind;
} places[] = {
	{ "new", "new", NULL, FAULT_NONE },
	{ "a file", "file", "file exists, and a journal must be", FAULT_USAGE },
	{ "a directory", "dir", "is a directory; use --journal-dir",
	    FAULT_USAGE },
	{ "a dangling link", "dangling", "file exists, and a journal must be",
	    FAULT_USAGE },
	{ "a link to a file", "link", "file exists, and a journal must be",
	    FAULT_USAGE },
	{ "a link to a directory", "dirlink",
	    "is a directory; use --journal-dir", FAULT_USAGE },
	{ "a FIFO", "fifo", "not a regular file, so nothing written to it",
	    FAULT_REFUSED },
	{ "a link to a device", "null",
	    "not a regular file, so nothing written to it", FAULT_REFUSED },
};

/* A run that writes, a dry run and doctor get the same answer. */
static void
test_journal(void **state)
{
	char at[] = "/tmp/ttlsweep-plan-XXXXXX", clean[64];
	int here = open(".", O_RDONLY);

	(void)state;
	assert_non_null(mkdtemp(at));
	assert_int_equal(chdir(at), 0);
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(close(open("file", O_WRONLY | O_CREAT, 0600)), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(symlink("nothing", "dangling"), 0);
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(symlink("dir", "dirlink"), 0);
	assert_int_equal(symlink("/dev/null", "null"), 0);
	for (size_t i = 0; i < 2 * sizeof(places) / sizeof(*places); i++) {
		const struct plan_journal j = { .file = places[i / 2].file };
		struct fault f = { 0 };
		char *path;
		int rc = plan_journal_path(&j, "T", 0, i % 2 == 1, &path, &f);

		if (places[i / 2].says == NULL
			? rc != 0
			: rc != -1 || f.kind != places[i / 2].kind ||
			    strstr(f.text, places[i / 2].says) == NULL)
			fail_msg("%s: %d '%s'", places[i / 2].name, rc, f.text);
		assert_string_equal(path, places[i / 2].file);
		free(path);
	}
	assert_int_equal(fchdir(here), 0);
	assert_int_equal(close(here), 0);
	(void)snprintf(clean, sizeof(clean), "rm -r %s", at);
	/* NOLINTNEXTLINE(cert-env33-c): a name of our own */
	assert_int_equal(system(clean), 0);
}

static void
test_room(void **state)
{
	static const struct {
		const char *name;
		int64_t bytes, items, space;
		bool fits;
	} tables[] = {
		{ "its size is not known", 0, 0, 1000000, false },
		{ "nor the room", 0, 0, -1, true },
		{ "just", 100000, 1000, 667200, true },
		{ "not quite", 100000, 1000, 667199, false },
		{ "huge", INT64_MAX, INT64_MAX, INT64_MAX, false },
	};
	static const struct {
		struct plan_journal journal;
		bool asked;
	} asked[] = {
		{ { .none = true }, false },
		{ { .file = "x" }, false },
		{ { .directory = "x" }, false },
		{ { .limited = true }, false },
		{ { .none = false }, true },
	};
	struct fault f = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		const struct ddb_table t = { .bytes = tables[i].bytes,
			.items = tables[i].items };

		if (plan_room_fits_all(&t, tables[i].space) != tables[i].fits)
			fail_msg("%s", tables[i].name);
	}
	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++)
		assert_int_equal(plan_room_asked(&asked[i].journal),
		    asked[i].asked);
	assert_int_equal(plan_room(1000, 1200, "x", &f), 0);
	assert_int_equal(plan_room(1000, -1, "x", &f), 0);
	assert_int_equal(plan_room(1000, 1199, "x", &f), -1);
	assert_int_equal(f.kind, FAULT_REFUSED);
	assert_non_null(strstr(f.text, "1.2 KiB are free for x"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_pace_of_shards),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_journal),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
