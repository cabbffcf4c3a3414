#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/report/text_report.h"
#include "lib/base/buf.h"
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
	double units; /* to write; as many are read */
	const char *takes;
} cases[] = {
	/* clang-format off */
	{ "not known", 0, 0, NULL, 0, -1, -1, "reads and writes unlimited",
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
	{ "one of unknown speed", 400, 400, unknown, 1, -1, -1,
	    "100 read units and 100 write units a second", 600, "" },
	{ "a local one has none of its own", 400, 400, local, 1, -1, -1,
	    "100 read units and 100 write units a second", 600, "" },
	{ "only the index is known", 0, 0, slow, 2, -1, -1,
	    "5 write units a second, reads unlimited", 600,
	    "; at 5 write units a second that takes 2 min" },
	{ "given", 400, 400, slow, 2, 10, 20,
	    "10 read units and 20 write units a second", 600,
	    "; at 10 read units a second that takes 1 min" },
	{ "no limit", 400, 400, slow, 2, 0, 0, "reads and writes unlimited",
	    1e6, "" },
	{ "none for writes", 400, 400, slow, 2, -1, 0,
	    "100 read units a second, writes unlimited", 6000,
	    "; at 100 read units a second that takes 1 min" },
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
		    plan_pace(&t, cases[i].max_rcu, cases[i].max_wcu);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
