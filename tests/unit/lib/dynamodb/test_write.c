#include "tests/unit/script.h"

#include "lib/dynamodb/table.h"
#include "lib/dynamodb/write.h"

static struct ddb_table table = { .name = (char *)"T\"1",
	.partition = (char *)"key",
	.schema = { "key", NULL } };
static struct ddb_table sorted = { .name = (char *)"T",
	.partition = (char *)"p k",
	.sort = (char *)"a\"b",
	.schema = { "p k", "a\"b" } };

#define KEY(s) SLICE("{\"S\":\"" s "\"}")
#define NUM(s) SLICE("{\"N\":\"" s "\"}")

static const struct {
	const char *name;
	const struct ddb_table *table;
	struct ddb_write d;
	const char *item;       /* the DeleteItem body, from Key on */
	const char *batch;      /* the statement … */
	const char *parameters; /* … and its parameters; NULL: not checked */
} bodies[] = {
	/* clang-format off */
	{ "expired", &table,
	    { .partition = KEY("a\\u0000b"),
		.cond = { DDB_COND_LESS, "ttl", NUM("7"), { 0, 0 } } },
	    "\"Key\":{\"key\":{\"S\":\"a\\u0000b\"}},"
	    "\"ConditionExpression\":\"#t < :a\","
	    "\"ExpressionAttributeNames\":{\"#t\":\"ttl\"},"
	    "\"ExpressionAttributeValues\":{\":a\":{\"N\":\"7\"}},",
	    "\"Statement\":\"DELETE FROM \\\"T\\\"\\\"1\\\" WHERE "
	    "\\\"key\\\"=? AND \\\"ttl\\\" < ? RETURNING ALL OLD *\"",
	    "\"Parameters\":[{\"S\":\"a\\u0000b\"},{\"N\":\"7\"}],\"Statement\"" },
	{ "expired, but not before a time", &table,
	    { .partition = KEY("k"),
		.cond = { DDB_COND_FROM_TO, "t\"t", NUM("7"), NUM("9") } },
	    "\"ConditionExpression\":\"#t >= :a AND #t < :b\","
	    "\"ExpressionAttributeNames\":{\"#t\":\"t\\\"t\"},"
	    "\"ExpressionAttributeValues\":{\":a\":{\"N\":\"7\"},"
	    "\":b\":{\"N\":\"9\"}},",
	    "\\\"key\\\"=? AND \\\"t\\\"\\\"t\\\" >= ? AND "
	    "\\\"t\\\"\\\"t\\\" < ? RETURNING ALL OLD *\"",
	    "\"Parameters\":[{\"S\":\"k\"},{\"N\":\"7\"},{\"N\":\"9\"}],\"Statement\"" },
	{ "live, within a span", &table,
	    { .partition = KEY("k"),
		.cond = { DDB_COND_BETWEEN, "ttl", NUM("7"), NUM("9") } },
	    "\"ConditionExpression\":\"#t BETWEEN :a AND :b\","
	    "\"ExpressionAttributeNames\":{\"#t\":\"ttl\"},"
	    "\"ExpressionAttributeValues\":{\":a\":{\"N\":\"7\"},"
	    "\":b\":{\"N\":\"9\"}},",
	    "AND \\\"ttl\\\" BETWEEN ? AND ? RETURNING ALL OLD *\"",
	    "\"Parameters\":[{\"S\":\"k\"},{\"N\":\"7\"},{\"N\":\"9\"}],\"Statement\"" },
	{ "unchanged, with a sort key and quotes in names", &sorted,
	    { .partition = KEY("k"), .sort = NUM("1"),
		.cond = { DDB_COND_SAME, "t.t", SLICE("{\"NULL\":true}"),
		    { 0, 0 } } },
	    "\"Key\":{\"p k\":{\"S\":\"k\"},\"a\\\"b\":{\"N\":\"1\"}},"
	    "\"ConditionExpression\":\"#t = :a\","
	    "\"ExpressionAttributeNames\":{\"#t\":\"t.t\"},"
	    "\"ExpressionAttributeValues\":{\":a\":{\"NULL\":true}},",
	    "WHERE \\\"p k\\\"=? AND \\\"a\\\"\\\"b\\\"=? AND "
	    "\\\"t.t\\\" = ? RETURNING ALL OLD *\"",
	    "\"Parameters\":[{\"S\":\"k\"},{\"N\":\"1\"},{\"NULL\":true}],\"Statement\"" },
	{ "missing", &table,
	    { .partition = KEY("k"),
		.cond = { DDB_COND_MISSING, "ttl", { 0, 0 }, { 0, 0 } } },
	    "\"ConditionExpression\":\"attribute_not_exists(#t)\","
	    "\"ExpressionAttributeNames\":{\"#t\":\"ttl\"},\"ReturnValues\"",
	    "AND \\\"ttl\\\" IS MISSING RETURNING ALL OLD *\"",
	    "\"Parameters\":[{\"S\":\"k\"}],\"Statement\"" },
	{ "exists", &table,
	    { .partition = KEY("k"),
		.cond = { DDB_COND_EXISTS, "ttl", { 0, 0 }, { 0, 0 } } },
	    "\"ConditionExpression\":\"attribute_exists(#t)\","
	    "\"ExpressionAttributeNames\":{\"#t\":\"key\"},",
	    "WHERE \\\"key\\\"=? RETURNING ALL OLD *\"", NULL },
	{ "no condition becomes one that is never true", &table,
	    { .partition = KEY("k"),
		.cond = { DDB_COND_NONE, "ttl", { 0, 0 }, { 0, 0 } } },
	    "\"attribute_exists(#t) AND attribute_not_exists(#t)\"",
	    "\\\"ttl\\\" IS MISSING AND \\\"ttl\\\" IS NOT MISSING", NULL },
	/* clang-format on */
};

static void
each_condition_has_its_expression(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct ddb_write d = bodies[i].d, *list[1] = { &d };
		struct buf b = { 0 };

		ddb_delete_body(&b, bodies[i].table, &d);
		if (strstr(buf_text(&b), bodies[i].item) == NULL)
			fail_msg("%s: %s", bodies[i].name, buf_text(&b));
		assert_int_equal(slice_check((struct slice){ b.p, b.n }, NULL),
		    0);
		assert_non_null(strstr(buf_text(&b),
		    "\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\""));
		buf_reset(&b);
		assert_int_equal(ddb_batch_body(&b, bodies[i].table, list, 1),
		    1);
		if (strstr(buf_text(&b), bodies[i].batch) == NULL)
			fail_msg("%s: %s", bodies[i].name, buf_text(&b));
		assert_int_equal(slice_check((struct slice){ b.p, b.n }, NULL),
		    0);
		buf_release(&b);
	}
}

#define OLD(k) "{\"TableName\":\"T\",\"Item\":{\"key\":{\"S\":\"" k "\"}}}"
#define ERR(c) \
	"{\"TableName\":\"T\",\"Error\":{\"Code\":\"" c "\",\"Message\":\"m\"}}"
#define ANSWERS(...) "{\"Responses\":[" __VA_ARGS__ "]}"
#define NOPE(c) "{\"__type\":\"x#" c "\",\"message\":\"m\"}"

struct want {
	enum ddb_said said;
	int sends;
	bool old, unsure;
};

static const struct {
	const char *name;
	int mode;
	struct script_reply replies[10];
	size_t n;
	int rc;
	struct want want[3];
	int mode_after;
	const char *second; /* must be in the second request */
	const char *not_second;
} batches[] = {
	/* clang-format off */
	{ "all deleted", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(OLD("k0") "," OLD("k1") "," OLD("k2")), 0, 0, 0 } },
	    1, 0, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_DONE, 1, true, false } },
	    DDB_BATCH_AUTO, NULL, NULL },
	{ "the real service: an absent key is a success without an item",
	    DDB_BATCH_AUTO,
	    { { 200, ANSWERS(OLD("k0") ",{\"TableName\":\"T\"},"
		ERR("ConditionalCheckFailed")), 0, 0, 0 } },
	    1, 0, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_ABSENT, 1, false, false },
		{ DDB_SAID_CONDITION, 1, false, false } },
	    DDB_BATCH_AUTO, NULL, NULL },
	{ "one statement throttled: only it is retried", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(OLD("k0") "," ERR("ThrottlingError") ","
		OLD("k2")), 0, 0, 0 },
		{ 200, ANSWERS(OLD("k1")), 0, 0, 0 } },
	    2, 0, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_DONE, 1, true, false } },
	    DDB_BATCH_AUTO, "k1", "k0" },
	{ "one statement failed in the service: it may have acted", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(OLD("k0") "," ERR("InternalServerError") ","
		OLD("k2")), 0, 0, 0 },
		{ 200, ANSWERS("{}"), 0, 0, 0 } },
	    2, 0, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_ABSENT, 2, false, false },
		{ DDB_SAID_DONE, 1, true, false } },
	    DDB_BATCH_AUTO, "k1", "k2" },
	{ "an error that is final", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(OLD("k0") ","
		ERR("ItemCollectionSizeLimitExceeded") "," OLD("k2")),
		0, 0, 0 } },
	    1, 0, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_ERROR, 1, false, false },
		{ DDB_SAID_DONE, 1, true, false } },
	    DDB_BATCH_AUTO, NULL, NULL },
	{ "the reply was lost: everything is sent twice", DDB_BATCH_AUTO,
	    { { 0, NULL, 0, 0, 0 },
		{ 200, ANSWERS("{},{},{}"), 0, 0, 0 } },
	    2, 0, { { DDB_SAID_ABSENT, 2, false, false },
		{ DDB_SAID_ABSENT, 2, false, false },
		{ DDB_SAID_ABSENT, 2, false, false } },
	    DDB_BATCH_AUTO, "k0", NULL },
	{ "too few answers are not an answer", DDB_BATCH_AUTO,
	    { { 200, ANSWERS("{}"), 0, 0, 0 },
		{ 200, ANSWERS("{},{},{}"), 0, 0, 0 } },
	    2, 0, { { DDB_SAID_ABSENT, 2, false, false },
		{ DDB_SAID_ABSENT, 2, false, false },
		{ DDB_SAID_ABSENT, 2, false, false } },
	    DDB_BATCH_AUTO, NULL, NULL },
	{ "no PartiQL: single deletes from then on", DDB_BATCH_AUTO,
	    { { 400, "{\"__type\":\"x#UnknownOperationException\"}", 0, 0, 0 },
		{ 200, "{\"Attributes\":{\"key\":{\"S\":\"k0\"}}}", 0, 0, 0 },
		{ 400, NOPE("ConditionalCheckFailedException"), 0, 0, 0 },
		{ 400, "{\"__type\":\"x#ConditionalCheckFailedException\","
		    "\"Item\":{\"key\":{\"S\":\"k2\"}}}", 0, 0, 0 } },
	    4, 0, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_CONDITION, 1, false, false },
		{ DDB_SAID_CONDITION, 1, true, false } },
	    DDB_BATCH_SINGLE, "ConditionExpression", NULL },
	{ "PartiQLDelete denied statement by statement", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(ERR("AccessDenied") "," ERR("AccessDenied") ","
		ERR("AccessDenied")), 0, 0, 0 },
		{ 200, "{\"Attributes\":{\"key\":{\"S\":\"k0\"}}}", 0, 0, 0 },
		{ 200, "{\"Attributes\":{\"key\":{\"S\":\"k1\"}}}", 0, 0, 0 },
		{ 200, "{}", 0, 0, 0 } },
	    4, 0, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_ABSENT, 1, false, false } },
	    DDB_BATCH_SINGLE, NULL, NULL },
	{ "--batch partiql without PartiQL fails", DDB_BATCH_PARTIQL,
	    { { 400, "{\"__type\":\"x#UnknownOperationException\"}",
		0, 0, 0 } },
	    1, -1, { { DDB_SAID_NOTHING, 0, false, false },
		{ DDB_SAID_NOTHING, 0, false, false },
		{ DDB_SAID_NOTHING, 0, false, false } },
	    DDB_BATCH_PARTIQL, NULL, NULL },
	{ "a refused batch is sent as single deletes, this time", DDB_BATCH_AUTO,
	    { { 400, NOPE("ValidationException"), 0, 0, 0 },
		{ 200, "{\"Attributes\":{\"key\":{\"S\":\"k0\"}}}", 0, 0, 0 },
		{ 400, NOPE("ValidationException"), 0, 0, 0 },
		{ 200, "{\"Attributes\":{\"key\":{\"S\":\"k2\"}}}",
		    0, 0, 0 } },
	    4, 0, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_ERROR, 1, false, false },
		{ DDB_SAID_DONE, 1, true, false } },
	    DDB_BATCH_AUTO, NULL, NULL },
	{ "a proxy answered a batch that it had forwarded", DDB_BATCH_AUTO,
	    { { 403, "<html>", 0, 0, 0 },
		{ 200, ANSWERS("{}," ERR("ConditionalCheckFailed") ","
		    OLD("k2")), 0, 0, 0 } },
	    2, 0, { { DDB_SAID_ABSENT, 2, false, false },
		{ DDB_SAID_CONDITION, 2, false, false },
		{ DDB_SAID_DONE, 2, true, false } },
	    DDB_BATCH_AUTO, "k0", NULL },
	{ "... and never anything else", DDB_BATCH_AUTO,
	    { { 403, "", 0, 0, 0 }, { 404, "", 0, 0, 0 },
		{ 302, "", 0, 0, 0 }, { 204, "", 0, 0, 0 },
		{ 207, "", 0, 0, 0 }, { 401, "", 0, 0, 0 },
		{ 429, "", 0, 0, 0 }, { 502, "", 0, 0, 0 },
		{ 200, "", 0, 0, 0 }, { 200, "<html>", 0, 0, 0 } },
	    10, -1, { { DDB_SAID_NOTHING, 10, false, true },
		{ DDB_SAID_NOTHING, 10, false, true },
		{ DDB_SAID_NOTHING, 10, false, true } },
	    DDB_BATCH_AUTO, NULL, NULL },
	{ "... and an unknown error", DDB_BATCH_AUTO,
	    { { 403, NOPE("ForbiddenException"), 0, 0, 0 } },
	    1, -1, { { DDB_SAID_NOTHING, 1, false, true },
		{ DDB_SAID_NOTHING, 1, false, true },
		{ DDB_SAID_NOTHING, 1, false, true } },
	    DDB_BATCH_AUTO, NULL, NULL },
	{ "... and a denial, then single ones", DDB_BATCH_AUTO,
	    { { 204, "", 0, 0, 0 },
		{ 400, NOPE("AccessDeniedException"), 0, 0, 0 },
		{ 200, "{}", 0, 0, 0 },
		{ 400, NOPE("ConditionalCheckFailedException"), 0, 0, 0 },
		{ 400, NOPE("ItemCollectionSizeLimitExceededException"),
		    0, 0, 0 } },
	    5, 0, { { DDB_SAID_ABSENT, 2, false, false },
		{ DDB_SAID_CONDITION, 2, false, false },
		{ DDB_SAID_ERROR, 2, false, true } },
	    DDB_BATCH_SINGLE, NULL, NULL },
	{ "a statement with an unknown error may have acted",
	    DDB_BATCH_AUTO,
	    { { 200, ANSWERS(OLD("k0") "," ERR("SomethingNew") ","
		OLD("k2")), 0, 0, 0 } },
	    1, 0, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_ERROR, 1, false, true },
		{ DDB_SAID_DONE, 1, true, false } },
	    DDB_BATCH_AUTO, NULL, NULL },
#define NOT_ONE(what, answer)        \
	{ what, DDB_BATCH_AUTO, \
	    { { 200, ANSWERS(OLD("k0") "," answer "," OLD("k2")), 0, 0, 0 }, \
		{ 200, ANSWERS("{},{},{}"), 0, 0, 0 } }, \
	    2, 0, { { DDB_SAID_ABSENT, 2, false, false }, \
		{ DDB_SAID_ABSENT, 2, false, false }, \
		{ DDB_SAID_ABSENT, 2, false, false } }, \
	    DDB_BATCH_AUTO, NULL, NULL }
	NOT_ONE("an answer that is not an object", "null"),
	NOT_ONE("an error that is not an object", "{\"Error\":\"no\"}"),
	NOT_ONE("an error without a name", "{\"Error\":{}}"),
	NOT_ONE("an error whose name is empty",
	    "{\"Error\":{\"Code\":\"\"}}"),
	NOT_ONE("an item that is not an object", "{\"Item\":[]}"),
	NOT_ONE("one answer too many", "{},{}"),
	{ "a list is not a reply", DDB_BATCH_AUTO,
	    { { 200, "[]", 0, 0, 0 }, { 200, "\"Responses\"", 0, 0, 0 },
		{ 200, ANSWERS("{},{},{}"), 0, 0, 0 } },
	    3, 0, { { DDB_SAID_ABSENT, 3, false, false },
		{ DDB_SAID_ABSENT, 3, false, false },
		{ DDB_SAID_ABSENT, 3, false, false } },
	    DDB_BATCH_AUTO, NULL, NULL },
	{ "single: a proxy's 200 is not an answer", DDB_BATCH_SINGLE,
	    { { 200, "{\"status\":\"ok\"}", 0, 0, 0 },
		{ 200, "{\"Attributes\":{\"key\":{\"S\":\"k0\"}}}", 0, 0, 0 },
		{ 200, "[]", 0, 0, 0 }, { 200, "{\"Attributes\":7}", 0, 0, 0 },
		{ 200, "{\"ConsumedCapacity\":{}}", 0, 0, 0 },
		{ 403, "", 0, 0, 0 },
		{ 400, NOPE("ConditionalCheckFailedException"), 0, 0, 0 } },
	    7, 0, { { DDB_SAID_DONE, 2, true, false },
		{ DDB_SAID_ABSENT, 3, false, false },
		{ DDB_SAID_CONDITION, 2, false, false } },
	    DDB_BATCH_SINGLE, NULL, NULL },
	{ "names that statements cannot have: single deletes from then on",
	    DDB_BATCH_AUTO,
	    { { 200, ANSWERS(ERR("ValidationError") "," ERR("ValidationError")
		"," ERR("ValidationError")), 0, 0, 0 },
		{ 200, "{\"Attributes\":{\"key\":{\"S\":\"k0\"}}}", 0, 0, 0 },
		{ 400, NOPE("ConditionalCheckFailedException"), 0, 0, 0 },
		{ 200, "{\"Attributes\":{\"key\":{\"S\":\"k2\"}}}",
		    0, 0, 0 } },
	    4, 0, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_CONDITION, 1, false, false },
		{ DDB_SAID_DONE, 1, true, false } },
	    DDB_BATCH_SINGLE, "ConditionExpression", NULL },
	{ "an entry that is always refused: batches continue", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(OLD("k0") "," ERR("ValidationError") ","
		OLD("k2")), 0, 0, 0 },
		{ 400, NOPE("ValidationException"), 0, 0, 0 } },
	    2, 0, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_ERROR, 1, false, false },
		{ DDB_SAID_DONE, 1, true, false } },
	    DDB_BATCH_AUTO, "ConditionExpression", NULL },
	{ "... and where batches were asked for", DDB_BATCH_PARTIQL,
	    { { 200, ANSWERS(OLD("k0") "," ERR("ValidationError") ","
		OLD("k2")), 0, 0, 0 } },
	    1, 0, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_ERROR, 0, false, false },
		{ DDB_SAID_DONE, 1, true, false } },
	    DDB_BATCH_PARTIQL, NULL, NULL },
	{ "single: the table is gone", DDB_BATCH_SINGLE,
	    { { 200, "{\"Attributes\":{\"key\":{\"S\":\"k0\"}}}", 0, 0, 0 },
		{ 400, NOPE("ResourceNotFoundException"), 0, 0, 0 } },
	    2, -1, { { DDB_SAID_DONE, 1, true, false },
		{ DDB_SAID_ERROR, 1, false, false },
		{ DDB_SAID_NOTHING, 0, false, false } },
	    DDB_BATCH_SINGLE, NULL, NULL },
	/* clang-format on */
};

static void
each_delete_gets_its_answer(void **state)
{
	static const struct slice keys[] = { KEY("k0"), KEY("k1"), KEY("k2") };

	(void)state;
	for (size_t i = 0; i < sizeof(batches) / sizeof(batches[0]); i++) {
		struct ddb_write list[3] = { 0 };
		atomic_int mode = batches[i].mode;
		struct ddb_writes many = { .table = &table,
			.list = list,
			.n = 3,
			.mode = &mode };
		struct fault f = { 0 };
		struct script s;
		int rc;

		for (int k = 0; k < 3; k++) {
			list[k].partition = keys[k];
			list[k].cond = (struct ddb_cond){ DDB_COND_LESS, "ttl",
				NUM("7"), { 0, 0 } };
		}
		script_open(&s, batches[i].replies, batches[i].n);
		rc = ddb_write_many(s.conn, &many, &f);
		if (rc != batches[i].rc || mode != batches[i].mode_after)
			fail_msg("%s: %d, mode %d (%s)", batches[i].name, rc,
			    mode, f.text);
		for (int k = 0; k < 3; k++) {
			const struct want *w = &batches[i].want[k];

			if (list[k].said != w->said ||
			    list[k].sends != w->sends ||
			    (list[k].old.p != NULL) != w->old ||
			    list[k].unsure != w->unsure)
				fail_msg("%s: %d: said %d, %d sends",
				    batches[i].name, k, list[k].said,
				    list[k].sends);
			if (w->old)
				assert_int_equal(slice_check(list[k].old, NULL),
				    0);
		}
		if (batches[i].second != NULL)
			assert_non_null(
			    strstr(buf_text(&s.sent[1]), batches[i].second));
		if (batches[i].not_second != NULL)
			assert_null(strstr(buf_text(&s.sent[1]),
			    batches[i].not_second));
		if (mode != batches[i].mode)
			assert_non_null(strstr(s.log, "DeleteItem"));
		buf_release(&many.old);
		script_close(&s);
	}
}

#define TOLD(units, ...)               \
	"{\"Responses\":[" __VA_ARGS__ \
	"],\"ConsumedCapacity\":[{\"CapacityUnits\":" units "}]}"
#define GONE "{\"TableName\":\"T\"}"
#define SLOW ERR("ThrottlingError")

/* The cost of three deletes that are estimated at 2 units each. */
static const struct {
	const char *name;
	int mode;
	struct script_reply replies[5];
	size_t n;
	double units;
	int64_t retries;
} costs[] = {
	/* clang-format off */
	{ "no units are reported", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(OLD("a") "," OLD("b") "," OLD("c")), 0, 0, 0 } },
	    1, 6, 0 },
	{ "more units are reported: indexes", DDB_BATCH_AUTO,
	    { { 200, TOLD("9", OLD("a") "," OLD("b") "," OLD("c")), 0, 0, 0 } },
	    1, 9, 0 },
	{ "fewer units are reported, all deleted: a sparse index", DDB_BATCH_AUTO,
	    { { 200, TOLD("3", OLD("a") "," OLD("b") "," OLD("c")), 0, 0, 0 } },
	    1, 3, 0 },
	{ "units of failed conditions are reported, too", DDB_BATCH_AUTO,
	    { { 200, TOLD("5", OLD("a") "," GONE ","
		ERR("ConditionalCheckFailed")), 0, 0, 0 } },
	    1, 5, 0 },
	{ "only units of deletes are reported", DDB_BATCH_AUTO,
	    { { 200, TOLD("2", OLD("a") "," GONE ","
		ERR("ConditionalCheckFailed")), 0, 0, 0 } },
	    1, 5, 0 },
	{ "throttled statements did nothing", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(SLOW "," SLOW "," SLOW), 0, 0, 0 },
		{ 200, ANSWERS(SLOW "," SLOW "," SLOW), 0, 0, 0 },
		{ 200, ANSWERS(OLD("a") "," OLD("b") "," OLD("c")),
		    0, 0, 0 } },
	    3, 6, 2 },
	{ "one that failed in the service may have acted", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(OLD("a") "," ERR("InternalServerError") ","
		OLD("c")), 0, 0, 0 },
		{ 200, ANSWERS(GONE), 0, 0, 0 } },
	    2, 7, 1 },
	{ "a batch whose reply is lost may have acted", DDB_BATCH_AUTO,
	    { { 0, NULL, 0, 0, 0 },
		{ 200, ANSWERS(GONE "," GONE "," GONE), 0, 0, 0 } },
	    2, 9, 1 },
	{ "a batch throttled as a whole did nothing", DDB_BATCH_AUTO,
	    { { 400, NOPE("ThrottlingException"), 0, 0, 0 },
		{ 200, ANSWERS(OLD("a") "," OLD("b") "," OLD("c")),
		    0, 0, 0 } },
	    2, 6, 1 },
	{ "a denied batch did nothing", DDB_BATCH_AUTO,
	    { { 400, NOPE("AccessDeniedException"), 0, 0, 0 },
		{ 200, "{\"ConsumedCapacity\":{\"CapacityUnits\":3}}",
		    0, 0, 0 },
		{ 400, NOPE("ConditionalCheckFailedException"), 0, 0, 0 },
		{ 400, NOPE("ValidationException"), 0, 0, 0 } },
	    4, 5, 0 },
	{ "single: throttled, reported, failed, not reported", DDB_BATCH_SINGLE,
	    { { 400, NOPE("ThrottlingException"), 0, 0, 0 },
		{ 200, "{\"ConsumedCapacity\":{\"CapacityUnits\":3}}",
		    0, 0, 0 },
		{ 400, NOPE("ConditionalCheckFailedException"), 0, 0, 0 },
		{ 200, "{}", 0, 0, 0 } },
	    4, 7, 1 },
	/* clang-format on */
};

static void
the_cost_is_as_reported_or_estimated(void **state)
{
	static const struct slice keys[] = { KEY("k0"), KEY("k1"), KEY("k2") };

	(void)state;
	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		struct ddb_write list[3] = { 0 };
		atomic_int mode = costs[i].mode;
		struct ddb_writes many = { .table = &table,
			.list = list,
			.n = 3,
			.mode = &mode };
		struct ddb_counts counts;
		struct fault f = { 0 };
		struct script s;

		for (int k = 0; k < 3; k++) {
			list[k].partition = keys[k];
			list[k].units = 2;
			list[k].cond = (struct ddb_cond){ DDB_COND_LESS, "ttl",
				NUM("7"), { 0, 0 } };
		}
		script_open(&s, costs[i].replies, costs[i].n);
		assert_int_equal(ddb_write_many(s.conn, &many, &f), 0);
		ddb_counts(s.ddb, &counts);
		if (many.units != costs[i].units ||
		    counts.write_units != costs[i].units ||
		    counts.retries != costs[i].retries)
			fail_msg("%s: %g units, counted %g, %lld retries",
			    costs[i].name, many.units, counts.write_units,
			    (long long)counts.retries);
		buf_release(&many.old);
		script_close(&s);
	}
}

static void
a_statement_that_kept_failing_may_have_acted(void **state)
{
	static struct script_reply replies[10];
	struct ddb_write d = { .partition = KEY("k"),
		.cond = { DDB_COND_LESS, "ttl", NUM("7"), { 0, 0 } } };
	atomic_int mode = DDB_BATCH_AUTO;
	struct ddb_writes many = { .table = &table,
		.list = &d,
		.n = 1,
		.mode = &mode };
	struct fault f = { 0 };
	struct script s;

	(void)state;
	for (int i = 0; i < 10; i++)
		replies[i] = (struct script_reply){ .status = 200,
			.body = ANSWERS(ERR("InternalServerError")) };
	script_open(&s, replies, 10);
	assert_int_equal(ddb_write_many(s.conn, &many, &f), 0);
	assert_int_equal(d.said, DDB_SAID_ERROR);
	assert_true(d.unsure);
	assert_string_equal(d.code, "InternalServerError");
	buf_release(&many.old);
	script_close(&s);
}

static void
a_put_does_not_overwrite(void **state)
{
	static const struct script_reply replies[] = {
		{ .status = 200 },
		{ .status = 400,
		    .body = "{\"__type\":\"x#ConditionalCheckFailedException\","
			    "\"Item\":{\"key\":{\"S\":\"k\"}}}" },
		{ .status = 0 },
		{ .status = 400,
		    .body = NOPE("ConditionalCheckFailedException") },
		{ .status = 404, .body = "" },
		{ .status = 200, .body = "{\"status\":\"ok\"}" },
		{ .status = 400,
		    .body = NOPE("ConditionalCheckFailedException") },
	};
	const struct slice item = SLICE("{\"key\":{\"S\":\"k\"}}");
	struct ddb_write d = { .put = item, .sends = 7 };
	atomic_int mode = DDB_BATCH_SINGLE;
	struct ddb_writes one = { .table = &table,
		.list = &d,
		.n = 1,
		.mode = &mode };
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 7);
	assert_int_equal(ddb_write_many(s.conn, &one, &f), 0);
	assert_int_equal(d.said, DDB_SAID_DONE);
	assert_non_null(strstr(buf_text(&s.sent[0]),
	    "\"ConditionExpression\":\"attribute_not_exists(#k)\""));
	assert_int_equal(ddb_write_many(s.conn, &one, &f), 0);
	assert_int_equal(d.said, DDB_SAID_CONDITION);
	assert_int_equal(d.sends, 1);
	assert_null(d.old.p); /* nobody asks */
	assert_int_equal(ddb_write_many(s.conn, &one, &f), 0);
	assert_int_equal(d.said, DDB_SAID_CONDITION);
	assert_int_equal(d.sends, 2);
	assert_null(d.old.p);
	/* a proxy's own answer, and a 200 that is not DynamoDB's */
	assert_int_equal(ddb_write_many(s.conn, &one, &f), 0);
	assert_int_equal(d.said, DDB_SAID_CONDITION);
	assert_int_equal(d.sends, 3);
	buf_release(&one.old);
	script_close(&s);
}

/* Three puts, of entries with one, two and three attributes. */
#define ITEM(key, more) SLICE("{\"key\":{\"S\":\"" key "\"}" more "}")
#define PUT "{\"TableName\":\"T\"}"
#define TAKEN ERR("DuplicateItem")

static const struct put_case {
	const char *name;
	int mode;
	struct script_reply replies[5];
	size_t n;
	int rc;
	enum ddb_said said[3];
	int sends[3];
	double units; /* at 2 each, 1 if its key has an entry */
	int mode_after;
} put_cases[] = {
	/* clang-format off */
	{ "all put", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(PUT "," PUT "," PUT), 0, 0, 0 } }, 1, 0,
	    { DDB_SAID_DONE, DDB_SAID_DONE, DDB_SAID_DONE }, { 1, 1, 1 }, 6,
	    DDB_BATCH_AUTO },
	{ "one key has an entry", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(PUT "," TAKEN "," PUT), 0, 0, 0 } }, 1, 0,
	    { DDB_SAID_DONE, DDB_SAID_CONDITION, DDB_SAID_DONE }, { 1, 1, 1 },
	    5, DDB_BATCH_AUTO },
	{ "one is throttled, and sent again alone", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(PUT "," SLOW "," PUT), 0, 0, 0 },
		{ 200, ANSWERS(PUT), 0, 0, 0 } }, 2, 0,
	    { DDB_SAID_DONE, DDB_SAID_DONE, DDB_SAID_DONE }, { 1, 1, 1 }, 6,
	    DDB_BATCH_AUTO },
	{ "the reply is lost: the second finds what the first put", DDB_BATCH_AUTO,
	    { { 0, NULL, 0, 0, 0 },
		{ 200, ANSWERS(TAKEN "," PUT "," TAKEN), 0, 0, 0 } }, 2, 0,
	    { DDB_SAID_CONDITION, DDB_SAID_DONE, DDB_SAID_CONDITION },
	    { 2, 2, 2 }, 10, DDB_BATCH_AUTO },
	{ "batches are denied", DDB_BATCH_AUTO,
	    { { 400, NOPE("AccessDeniedException"), 0, 0, 0 },
		{ 200, "{}", 0, 0, 0 },
		{ 400, NOPE("ConditionalCheckFailedException"), 0, 0, 0 },
		{ 200, "{}", 0, 0, 0 } }, 4, 0,
	    { DDB_SAID_DONE, DDB_SAID_CONDITION, DDB_SAID_DONE }, { 1, 1, 1 },
	    5, DDB_BATCH_SINGLE },
	{ "statements are denied", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(ERR("AccessDenied") "," ERR("AccessDenied") ","
		ERR("AccessDenied")), 0, 0, 0 },
		{ 200, "{}", 0, 0, 0 }, { 200, "{}", 0, 0, 0 },
		{ 200, "{}", 0, 0, 0 } }, 4, 0,
	    { DDB_SAID_DONE, DDB_SAID_DONE, DDB_SAID_DONE }, { 1, 1, 1 }, 6,
	    DDB_BATCH_SINGLE },
	{ "no PartiQL, though it was demanded", DDB_BATCH_PARTIQL,
	    { { 400, NOPE("UnknownOperationException"), 0, 0, 0 } }, 1, -1,
	    { DDB_SAID_NOTHING, DDB_SAID_NOTHING, DDB_SAID_NOTHING },
	    { 0, 0, 0 }, 0, DDB_BATCH_PARTIQL },
	{ "a batch is no valid request: one by one", DDB_BATCH_AUTO,
	    { { 400, NOPE("ValidationException"), 0, 0, 0 },
		{ 200, "{}", 0, 0, 0 }, { 200, "{}", 0, 0, 0 },
		{ 400, NOPE("ValidationException"), 0, 0, 0 } }, 4, 0,
	    { DDB_SAID_DONE, DDB_SAID_DONE, DDB_SAID_ERROR }, { 1, 1, 1 }, 4,
	    DDB_BATCH_AUTO },
	{ "one statement is refused, and put by itself", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(PUT "," ERR("ValidationError") "," PUT), 0, 0, 0 },
		{ 200, "{}", 0, 0, 0 } }, 2, 0,
	    { DDB_SAID_DONE, DDB_SAID_DONE, DDB_SAID_DONE }, { 1, 1, 1 }, 6,
	    DDB_BATCH_AUTO },
	{ "the same where batches are demanded", DDB_BATCH_PARTIQL,
	    { { 200, ANSWERS(PUT "," ERR("ValidationError") "," PUT), 0, 0, 0 },
		{ 200, "{}", 0, 0, 0 } }, 2, 0,
	    { DDB_SAID_DONE, DDB_SAID_DONE, DDB_SAID_DONE }, { 1, 1, 1 }, 6,
	    DDB_BATCH_PARTIQL },
	{ "all statements are refused", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(ERR("ValidationError") "," ERR("ValidationError")
		"," ERR("ValidationError")), 0, 0, 0 },
		{ 200, "{}", 0, 0, 0 }, { 200, "{}", 0, 0, 0 },
		{ 200, "{}", 0, 0, 0 } }, 4, 0,
	    { DDB_SAID_DONE, DDB_SAID_DONE, DDB_SAID_DONE }, { 1, 1, 1 }, 6,
	    DDB_BATCH_SINGLE },
	{ "the table is gone after the first", DDB_BATCH_AUTO,
	    { { 200, ANSWERS(PUT "," ERR("ResourceNotFound") ","
		ERR("ResourceNotFound")), 0, 0, 0 } }, 1, -1,
	    { DDB_SAID_DONE, DDB_SAID_ERROR, DDB_SAID_ERROR }, { 1, 0, 0 }, 2,
	    DDB_BATCH_AUTO },
	/* clang-format on */
};

static void
each_put_gets_its_answer(void **state)
{
	const struct slice items[] = { ITEM("a", ""),
		ITEM("b", ",\"x\":{\"N\":\"1\"}"),
		ITEM("c", ",\"x\":{\"N\":\"1\"},\"y y\":{\"NULL\":true}") };

	(void)state;
	for (size_t i = 0; i < sizeof(put_cases) / sizeof(*put_cases); i++) {
		const struct put_case *c = &put_cases[i];
		struct ddb_write list[3] = { 0 };
		atomic_int mode = c->mode;
		struct ddb_writes many = { .table = &table,
			.list = list,
			.n = 3,
			.mode = &mode };
		struct fault f = { 0 };
		struct script s;
		int rc;

		for (int k = 0; k < 3; k++)
			list[k] = (struct ddb_write){ .put = items[k],
				.units = 2,
				.refused = 1 };
		script_open(&s, c->replies, c->n);
		rc = ddb_write_many(s.conn, &many, &f);
		if (rc != c->rc || mode != c->mode_after ||
		    many.units != c->units)
			fail_msg("%s: %d, mode %d, %g units (%s)", c->name, rc,
			    mode, many.units, f.text);
		for (int k = 0; k < 3; k++)
			if (list[k].said != c->said[k] ||
			    list[k].sends != c->sends[k])
				fail_msg("%s: %d: said %d, %d sends", c->name,
				    k, list[k].said, list[k].sends);
		if (mode != c->mode)
			assert_non_null(strstr(s.log, "PutItem"));
		if (rc != 0)
			assert_non_null(strstr(f.text,
			    c->mode == DDB_BATCH_PARTIQL ? "PartiQLInsert"
							 : "not found"));
		buf_release(&many.old);
		script_close(&s);
	}
}

static void
an_insert_has_names_and_parameters(void **state)
{
	const struct slice item =
	    SLICE("{\"key\":{\"S\":\"a\"},\"#d: t\":"
		  "{\"M\":{\"x\":{\"L\":[]}}},\"ttl\":{\"N\":\"7\"}}");
	struct ddb_write d = { .put = item }, *list[] = { &d };
	struct buf b = { 0 };

	(void)state;
	ddb_batch_body(&b, &table, list, 1);
	assert_string_equal(buf_text(&b),
	    "{\"Statements\":[{\"Parameters\":[{\"S\":\"a\"},"
	    "{\"M\":{\"x\":{\"L\":[]}}},{\"N\":\"7\"}],"
	    "\"Statement\":\"INSERT INTO \\\"T\\\"\\\"1\\\" VALUE "
	    "{'key':?,'#d: t':?,'ttl':?}\"}],"
	    "\"ReturnConsumedCapacity\":\"TOTAL\"}");
	buf_release(&b);
}

/* What is not certain to mean the same in a statement is put by itself. */
static void
some_puts_cannot_be_statements(void **state)
{
	static const struct {
		const char *name, *item;
		bool takes;
	} cases[] = {
		{ "plain", "{\"a b\":{\"S\":\"'\"}}", true },
		{ "a quote", "{\"it's\":{\"S\":\"\"}}", false },
		{ "double quotes", "{\"a\\\"b\":{\"S\":\"\"}}", false },
		{ "a backslash", "{\"a\\\\b\":{\"S\":\"\"}}", false },
		{ "an accent", "{\"\xc3\xa9\":{\"S\":\"\"}}", false },
		{ "a tab", "{\"a\\tb\":{\"S\":\"\"}}", false },
	};
	struct ddb_write d = { 0 }, three[3] = { 0 }, *list3[3];
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ddb_write *list[] = { &d };

		d.put = slice_str(cases[i].item);
		buf_reset(&b);
		if (ddb_batch_body(&b, &table, list, 1) != cases[i].takes)
			fail_msg("%s", cases[i].name);
	}
	/* those are moved to the end, and the others are a batch */
	for (size_t i = 0; i < 3; i++)
		three[i].put = slice_str(cases[i].item);
	list3[0] = &three[1], list3[1] = &three[0], list3[2] = &three[2];
	buf_reset(&b);
	assert_int_equal(ddb_batch_body(&b, &table, list3, 3), 1);
	assert_ptr_equal(list3[0], &three[0]);
	assert_int_equal(slice_check((struct slice){ b.p, b.n }, NULL), 0);
	buf_release(&b);
}

/* It contains the names of all attributes. */
static void
a_put_with_many_attributes_is_no_statement(void **state)
{
	/* INSERT INTO "T""1" VALUE {'name-00':?,…} */
	const int most =
	    (8192 - (int)sizeof("INSERT INTO \"T\"\"1\" VALUE {}") + 2) /
	    (int)(sizeof("'name-000':?,") - 1);

	(void)state;
	for (int names = most - 1; names <= most + 1; names++) {
		struct ddb_write d = { 0 }, *list[] = { &d };
		struct buf item = { 0 }, body = { 0 };

		for (int i = 0; i < names; i++)
			buf_addf(&item, "%s\"name-%03d\":{\"NULL\":true}",
			    i == 0 ? "{" : ",", i);
		buf_addc(&item, '}');
		d.put = (struct slice){ item.p, item.n };
		assert_int_equal(ddb_batch_body(&body, &table, list, 1),
		    names <= most);
		buf_release(&item);
		buf_release(&body);
	}
}

/* Success means that it has changed one, whatever is returned. */
static void
an_update_changes_an_entry_and_creates_none(void **state)
{
	static const struct script_reply replies[] = {
		{ .status = 200,
		    .body = "{\"Attributes\":{\"key\":{\"S\":\"k\"}}}" },
		{ .status = 200, .body = "{}" },
		{ .status = 204, .body = "" },
		{ .status = 400,
		    .body = NOPE("ConditionalCheckFailedException") },
	};
	struct ddb_write d = { .partition = KEY("k"),
		.cond = { DDB_COND_MISSING, "ttl", { 0, 0 }, { 0, 0 } } };
	struct ddb_writes one = { .table = &table, .list = &d, .n = 1 };
	struct fault f = { 0 };
	struct script s;

	(void)state;
	script_open(&s, replies, 4);
	assert_int_equal(ddb_update_ttl(s.conn, &one, NUM("7"), &f), 0);
	assert_int_equal(d.said, DDB_SAID_DONE);
	assert_true(slice_same(d.old, SLICE("{\"key\":{\"S\":\"k\"}}")));
	assert_non_null(strstr(buf_text(&s.sent[0]),
	    "\"attribute_not_exists(#t) AND attribute_exists(#k)\","
	    "\"ExpressionAttributeNames\":{\"#t\":\"ttl\",\"#k\":\"key\"}"));
	assert_int_equal(ddb_update_ttl(s.conn, &one, NUM("7"), &f), 0);
	assert_int_equal(d.said, DDB_SAID_DONE);
	assert_null(d.old.p);
	assert_int_equal(ddb_update_ttl(s.conn, &one, NUM("7"), &f), 0);
	assert_int_equal(d.said, DDB_SAID_CONDITION);
	assert_int_equal(d.sends, 2);
	assert_int_equal(d.lost, 1);
	buf_release(&one.old);
	script_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_condition_has_its_expression),
		cmocka_unit_test(each_delete_gets_its_answer),
		cmocka_unit_test(the_cost_is_as_reported_or_estimated),
		cmocka_unit_test(a_statement_that_kept_failing_may_have_acted),
		cmocka_unit_test(an_update_changes_an_entry_and_creates_none),
		cmocka_unit_test(a_put_does_not_overwrite),
		cmocka_unit_test(each_put_gets_its_answer),
		cmocka_unit_test(an_insert_has_names_and_parameters),
		cmocka_unit_test(some_puts_cannot_be_statements),
		cmocka_unit_test(a_put_with_many_attributes_is_no_statement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
