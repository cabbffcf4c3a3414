#include "tests/unit/script.h"

#include "export/reader.h"
#include "inspector/record.h"
#include "inspector/select.h"
#include "lib/dynamodb/table.h"
#include "lib/dynamodb/write.h"
#include "sweep/ceiling.h"
#include "sweep/images.h"
#include "sweep/restore.h"
#include "sweep/totals.h"
#include "tests/unit/files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ITEM "{\"key\":{\"S\":\"a\"},\"p\":{\"S\":\"x\"}}"
#define LOST                                                                  \
	{                                                                     \
		.status = 500, .body = "{\"__type\":\"InternalServerError\"}" \
	}
#define TAKEN                                                             \
	{                                                                 \
		.status = 400,                                            \
		.body = "{\"__type\":\"ConditionalCheckFailedException\"" \
			"}"                                               \
	}
#define SLOW                                                               \
	{                                                                  \
		.status = 400,                                             \
		.body = "{\"__type\":\"ThrottlingException\",\"message\":" \
			"\"m\"}"                                           \
	}
#define READ(items)                                                          \
	{                                                                    \
		.status = 200, .body = "{\"Responses\":{\"T\":[" items "]}}" \
	}
#define DENIED                                                   \
	{                                                        \
		.status = 400,                                   \
		.body = "{\"__type\":\"AccessDeniedException\"," \
			"\"message\":\"no\"}"                    \
	}

#define BATCH(answer)                                                       \
	{                                                                   \
		.status = 200,                                              \
		.body = "{\"Responses\":[{\"TableName\":\"T\"" answer "}]}" \
	}
#define DUPLICATE BATCH(",\"Error\":{\"Code\":\"DuplicateItem\"}")

static struct ddb_table table = { .name = (char *)"T",
	.partition = (char *)"key",
	.partition_type = ATTR_S,
	.schema = { "key", NULL } };

/* The outcome of an entry, by the replies. */
static const struct {
	const char *name;
	int batch;
	struct script_reply replies[4];
	size_t n;
	int rc;
	enum outcome outcome;
	int64_t unconfirmed;
} cases[] = {
	/* clang-format off */
	{ "put", DDB_BATCH_SINGLE, { { .status = 200 } }, 1, 0, OUTCOME_DELETED, 0 },
	{ "in use", DDB_BATCH_SINGLE, { TAKEN }, 1, 0, OUTCOME_REFRESHED, 0 },
	{ "put, with a lost reply", DDB_BATCH_SINGLE, { LOST, TAKEN, READ(ITEM) }, 3,
	    0, OUTCOME_DELETED, 1 },
	{ "in use, with a lost reply", DDB_BATCH_SINGLE, { LOST, TAKEN, READ("{\"key\":{\"S\":\"a\"}}") },
	    3, 0, OUTCOME_REFRESHED, 0 },
	{ "throttled to the end", DDB_BATCH_SINGLE, { SLOW, SLOW }, 2, 0, OUTCOME_FAILED, 0 },
	{ "unknown", DDB_BATCH_SINGLE, { LOST, TAKEN, DENIED }, 3, -1, OUTCOME_FAILED, 0 },
	{ "put by a batch", DDB_BATCH_AUTO, { BATCH("") }, 1,
	    0, OUTCOME_DELETED, 0 },
	{ "in use, by a batch", DDB_BATCH_AUTO, { DUPLICATE }, 1,
	    0, OUTCOME_REFRESHED, 0 },
	{ "put by a batch, with a lost reply", DDB_BATCH_AUTO,
	    { LOST, DUPLICATE, READ(ITEM) }, 3, 0, OUTCOME_DELETED, 1 },
	{ "in use, by a batch with a lost reply", DDB_BATCH_AUTO,
	    { LOST, DUPLICATE, READ("{\"key\":{\"S\":\"a\"}}") }, 3,
	    0, OUTCOME_REFRESHED, 0 },
	{ "unknown, by a batch", DDB_BATCH_AUTO, { LOST, DUPLICATE, DENIED }, 3,
	    -1, OUTCOME_FAILED, 0 },
	/* clang-format on */
};

static void
test_outcomes(void **state)
{
	const char *path = at("export.json");

	(void)state;
	put(path, "{\"Item\":" ITEM "}\n", strlen("{\"Item\":" ITEM "}\n"));
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rules rules = { .now = SCRIPT_NOW };
		const struct selection any = selection_any();
		const struct ceilings none = { 0 };
		struct sweep_totals totals = { 0 };
		struct fault f = { 0 };
		struct script s;
		struct images_file file = { .path = path,
			.reader = reader_open(path, READER_RESTORE, NULL, &f),
			.items = -1,
			.total = -1 };
		struct restore r = {
			.table = &table,
			.rules = &rules,
			.selection = &any,
			.ceilings = &none,
			.ttl_attribute = "ttl",
			.files = &file,
			.nfiles = 1,
			.extend_ttl = -1,
			.batch = cases[i].batch,
			.jobs = 1,
			.execute = true,
		};

		script_open(&s, cases[i].replies, cases[i].n);
		s.config.max_attempts = 2;
		r.ddb = s.ddb;
		if (restore_run(&r, &totals, &f) != cases[i].rc ||
		    totals.matched != 1 ||
		    totals.outcomes[cases[i].outcome] != 1 ||
		    totals.unconfirmed != cases[i].unconfirmed)
			fail_msg("%s: %s", cases[i].name, f.text);
		assert_int_equal(totals.nfailures,
		    cases[i].outcome == OUTCOME_FAILED);
		sweep_totals_release(&totals);
		script_close(&s);
		reader_close(file.reader);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_outcomes, directory_setup,
		    directory_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
